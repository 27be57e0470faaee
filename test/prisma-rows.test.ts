/** Rows that a resolver reads with Prisma can be returned from any field of their type: what else is selected is read then. */
import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { expect, test } from 'vitest';
import { createFirm } from '../src/firms/firms.ts';
import { createToken, findViewer } from '../src/firms/tokens.ts';
import { builder } from '../src/graphql/builder.ts';
import { Client } from '../src/graphql/refs.ts';
import '../src/schema.ts';
import { createServer } from '../src/server.ts';
import { counting } from './support/counting.ts';
import { freshDatabase } from './support/database.ts';

const opened = await freshDatabase();

builder.queryField('clientsOfPrisma', (t) =>
  t.field({
    type: [Client],
    resolve: (_root, _args, { prisma }) => prisma.client.findMany({ orderBy: { nameFolded: 'asc' } }),
  }),
);
builder.queryField('namesOfPrisma', (t) =>
  t.field({
    type: [Client],
    resolve: (_root, _args, { prisma }) =>
      prisma.client.findMany({ orderBy: { nameFolded: 'asc' }, select: { id: true, name: true } }),
  }),
);
const schema = builder.toSchema({ sortSchema: false });

const SELECTION = `
  id name note tags status createdAt updatedAt revision customFields customFieldValues { key }
  clientGroup { id name isDefault } region { name } parent { name contacts(first: 1) { totalCount } }
  one: contacts(first: 1) { nodes { lastName role { name } } pageInfo { hasNextPage } }
  two: contacts(first: $two) { nodes { lastName } }
  locations { edges { cursor node { name isPrimary } } } accountTeam { role employee { name } }
  history(first: 1) { nodes { kind changedFields } }`;

async function start() {
  const database = await counting(opened);
  const logger = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });
  const config = { host: '127.0.0.1', port: 0, graphiql: false };
  const server = createServer({ config, database, schema, findViewer: (token) => findViewer(database, token), logger });
  const firm = await createFirm(opened, randomUUID());
  const { secret } = await createToken(opened, { firmId: firm.id, name: 'admin', role: 'ADMIN' });
  async function ask(query: string, variables: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
    const body = JSON.stringify({ query, variables });
    const response = await server.fetch(new Request('http://test/graphql', { method: 'POST', headers, body }));
    const answer = (await response.json()) as { data: Record<string, unknown>; errors?: unknown };
    expect(answer.errors, JSON.stringify(answer.errors)).toBeUndefined();
    return answer.data;
  }
  const { createEmployee } = await ask(`mutation {
    createContactRole(input: { name: "Buyer" }) { contactRole { id } }
    createEmployee(input: { name: "Ann" }) { employee { id } }
  }`);
  const { employee } = createEmployee as { employee: { id: string } };
  let parentId: string | undefined;
  for (const name of ['One', 'Three', 'Two']) {
    const contacts = ['A', 'B', 'C'].map((lastName) => ({ lastName: `${name} ${lastName}`, role: { name: 'Buyer' } }));
    const accountTeam = [{ employee: { id: employee.id }, role: 'Sponsor' }];
    const input = {
      name,
      note: `of ${name}`,
      tags: [name],
      contacts,
      accountTeam,
      parent: parentId === undefined ? null : { id: parentId },
    };
    const { createClient } = await ask(
      'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }',
      { input },
    );
    parentId = (createClient as { client: { id: string } }).client.id;
  }
  return { ask, statementsOf: database.statementsOf };
}

test('Rows of Prisma have what rows of ours have, relations and pages within them too, in a statement for each', async () => {
  const { ask, statementsOf } = await start();
  const { clients } = await ask(`query ($two: Int) { clients { nodes { ${SELECTION} } } }`, { two: 2 });
  const { nodes } = clients as { nodes: unknown };
  let answer: Record<string, unknown> = {};
  const statements = await statementsOf(async () => {
    answer = await ask(`query ($two: Int) { clientsOfPrisma { ${SELECTION} } }`, { two: 2 });
  });
  expect(answer.clientsOfPrisma).toEqual(nodes);
  // Eight fields lead elsewhere; the rest is on the rows.
  expect(statements.filter((statement) => statement === 'Client')).toHaveLength(8);
});

test('Columns that Prisma was not asked for are read as well', async () => {
  const { ask } = await start();
  const { clients } = await ask(`query ($two: Int) { clients { nodes { ${SELECTION} } } }`, { two: null });
  const { nodes } = clients as { nodes: unknown };
  const { namesOfPrisma } = await ask(`query ($two: Int) { namesOfPrisma { ${SELECTION} } }`, { two: null });
  expect(namesOfPrisma).toEqual(nodes);
});
