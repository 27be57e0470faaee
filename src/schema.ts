/** The whole schema: each domain adds its part when it is imported. */
import './changes/schema.ts';
import './clients/mutations.ts';
import './clients/queries.ts';
import './clients/schema.ts';
import './contacts/mutations.ts';
import './contacts/schema.ts';
import './custom-fields/schema.ts';
import './directory/schema.ts';
import './duplicates/schema.ts';
import './firms/schema.ts';
import './graphql/errors.ts';
import './graphql/node.ts';
import './groups/schema.ts';
import './locations/schema.ts';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { builder } from './graphql/builder.ts';

/** The schema that is served: built once. */
export const schema: GraphQLSchema = builder.toSchema({ sortSchema: false });

/** The schema as text, sorted, as it is committed in schema.graphql. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
