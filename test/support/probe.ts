/**
 * Fields that run what a test wants in a resolver. To be imported before the schema: they become a part of it.
 */
import { builder } from '../../src/graphql/builder.ts';
import type { Context } from '../../src/graphql/context.ts';

type Probe = (context: Context) => Promise<unknown>;

let probe: Probe = async () => null;

builder.queryField('probe', (t) =>
  t.field({
    type: 'JSON',
    nullable: true,
    description: 'What the test asks for.',
    access: 'CONTACT',
    resolve: async (_root, _args, context) => (await probe(context)) ?? null,
  }),
);

builder.mutationField('probe', (t) =>
  t.field({
    type: 'JSON',
    nullable: true,
    description: 'What the test does.',
    access: 'CONTACT',
    resolve: async (_root, _args, context) => (await probe(context)) ?? null,
  }),
);

/** Has the fields run this, and answers the document that asks for one. */
export function probing(operation: 'query' | 'mutation', run: Probe): string {
  probe = run;
  return `${operation} { probe }`;
}
