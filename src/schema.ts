/** The whole schema: each kind of record adds its part, and so does each further domain when it is imported. */
// First: what is declared of kinds goes into the parts that follow.
import './kinds.ts';
import './changes/schema.ts';
import './custom-fields/schema.ts';
import './duplicates/schema.ts';
import './firms/schema.ts';
import './graphql/errors.ts';
import './graphql/node.ts';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { builder } from './graphql/builder.ts';
import { kinds } from './records/kind.ts';

for (const { schema } of kinds()) await schema?.();

/** The schema that is served: built once. */
export const schema: GraphQLSchema = builder.toSchema({ sortSchema: false });

/** The schema as text, sorted, as it is committed in schema.graphql. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
