/**
 * The SQL of operations on each database, in test/golden/, so that a change of it is seen in review. `npm run golden`
 * writes the files anew. Values are parameters and not in them; the look-up of the token, which comes with every request,
 * is only in the first.
 */
import { existsSync, readdirSync } from 'node:fs';
import { format } from 'sql-formatter';
import { beforeAll, describe, expect, it } from 'vitest';
import { models } from '../src/database/generated/models.ts';
import { name, sql } from '../src/database/sql/sql.ts';
import { createToken } from '../src/firms/tokens.ts';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { provider } from './support/database.ts';
import { statementsOf } from './support/recording.ts';
import { make, type Records, recordsOf } from './support/records.ts';
import { query } from './support/sql.ts';

interface Operation {
  document: string;
  variables?: Record<string, unknown>;
}

let app: TestApp;
let firm: TestFirm;
let ids: Records['ids'];
let mark: string;
let portal: string;
beforeAll(async () => {
  app = await startApp();
  // How a filtered list is best read depends on what the database knows of its tables: here, nothing all the time.
  for (const table of provider === 'postgres' ? Object.keys(models) : [])
    await query(app.database, sql`ALTER TABLE ${name(table)} SET (autovacuum_enabled = false)`);
  firm = await app.firm();
  ({ ids, mark } = await recordsOf(firm));
  const contact = { firmId: firm.id, name: 'portal', role: 'CONTACT', contactId: ids.ClientContact } as const;
  portal = (await createToken(app.database, contact)).secret;
  await app.send(portal, '{ viewer { role } }');
});

const list = (args: string, selection = 'nodes { id name }') => `{ clients(${args}) { ${selection} } }`;
const filtered = (filter: string) => list(`filter: { ${filter} }`);
const upsert = `mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { result changedFields client { id } } }`;
const upserting = (input: Record<string, unknown>): Operation => ({ document: upsert, variables: { input } });
const newClient = async (input: Record<string, unknown> = {}) =>
  (await make(firm, 'Client', { name: 'New', ...input })).id;
const newContact = async (lastName: string) =>
  (await make(firm, 'ClientContact', { client: { id: ids.Client }, role: { id: ids.ContactRole }, lastName })).id;

/** Reads, by the names of their files. They are sent twice and shown as they are the second time. */
const reads: Record<string, () => Operation> = {
  'client-by-id': () => ({
    document: 'query ($id: ID!) { client(by: { id: $id }) { id name tags customFields revision } }',
    variables: { id: ids.Client },
  }),
  'client-by-tracking-id': () => ({ document: `{ client(by: { trackingId: "${mark}" }) { id name } }` }),
  'client-by-external-id': () => ({
    document: `{ client(by: { externalId: { system: "external", id: "${mark}" } }) { id name } }`,
  }),
  'contact-by-id': () => ({
    document: 'query ($id: ID!) { clientContact(by: { id: $id }) { id lastName client { name } location { name } } }',
    variables: { id: ids.ClientContact },
  }),
  node: () => ({
    document: 'query ($id: ID!) { node(id: $id) { id ... on Region { name } } }',
    variables: { id: ids.Region },
  }),
  nodes: () => ({
    document: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Client { name } ... on Employee { name } } }',
    variables: { ids: [ids.Client, ids.Employee] },
  }),
  clients: () => ({ document: '{ clients { nodes { id name } pageInfo { hasNextPage endCursor } } }' }),
  'clients-count': () => ({ document: list('first: 0', 'totalCount') }),
  'clients-ordered': () => ({
    document: list('first: 10, orderBy: [{ field: NPS_SCORE, direction: DESC }, { field: NAME }]'),
  }),
  'clients-search': () => ({ document: list('search: "client mark"', 'totalCount nodes { id name }') }),
  'clients-by-text': () => ({
    document: filtered('name: { contains: "ent" }, email: { startsWith: "a" }, companyName: { equals: "x" }'),
  }),
  'clients-by-number-and-date': () => ({
    document: filtered(
      'npsScore: { gte: 1, lt: 9 }, inceptionDate: { isNull: true }, createdAt: { gt: "2020-01-01T00:00:00Z" }',
    ),
  }),
  'clients-by-enum-and-id': () => ({
    document: `query ($region: ID!) { clients(filter: { status: { in: [ACTIVE, TRIAL] }, region: { equals: { id: $region } }}) { nodes { id } } }`,
    variables: { region: ids.Region },
  }),
  'clients-by-tags': () => ({ document: filtered(`tags: { hasSome: ["${mark}", "b"], isEmpty: false }`) }),
  'clients-by-any-of': () => ({
    document: filtered('or: [{ name: { contains: "mark" } }, { not: { tags: { hasEvery: ["a"] } } }]'),
  }),
  'clients-by-custom-fields': () => ({
    document: filtered(`customFields: [{ key: "text", equals: "${mark}" }, { key: "number", isNull: true }]`),
  }),
  'clients-nested': () => ({
    document: list(
      'first: 5',
      `totalCount nodes { name clientGroup { name } parent { name }
        contacts(first: 3) { totalCount nodes { lastName role { name } } }
        children(first: 2) { nodes { name } } accountTeam { role employee { name } } externalIds { system id } }`,
    ),
  }),
  history: () => ({
    document: 'query ($id: ID!) { client(by: { id: $id }) { history(first: 3) { nodes { kind at before after } } } }',
    variables: { id: ids.Client },
  }),
  contacts: () => ({
    document: '{ clientContacts(filter: { email: { isNull: true } }) { nodes { id lastName client { name } } } }',
  }),
  locations: () => ({ document: '{ clientLocations { nodes { name isPrimary contacts { totalCount } } } }' }),
  employees: () => ({ document: '{ employees { nodes { name clients { nodes { name } } } } }' }),
  changes: () => ({ document: '{ changes(first: 10, after: "0") { nodes { sequence kind entityId before after } } }' }),
  'duplicate-clients': () => ({ document: '{ duplicateClients(by: NAME) { nodes { value count clients { id } } } }' }),
  'duplicate-contacts': () => ({
    document: '{ duplicateClientContacts(by: EMAIL) { nodes { value count contacts { id } } } }',
  }),
};

/** Reads of a portal user. */
const portalReads: Record<string, () => Operation> = {
  'portal-client': () => ({
    document: 'query ($id: ID!) { client(by: { id: $id }) { name contacts { nodes { lastName } } } }',
    variables: { id: ids.Client },
  }),
  'portal-nodes': () => ({
    document: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
    variables: { ids: [ids.Client, ids.ClientContact] },
  }),
  'portal-locations': () => ({ document: '{ clientLocations { nodes { name } } }' }),
};

/** Writes, each on records of its own. */
const writes: Record<string, () => Promise<Operation>> = {
  'upsert-new': async () => upserting({ trackingId: 'new', name: 'N', tags: ['a'], customFields: { text: 't' } }),
  'upsert-changed': async () => {
    await newClient({ trackingId: 'changed' });
    return upserting({ trackingId: 'changed', note: 'n', tags: ['b'] });
  },
  'upsert-unchanged': async () => {
    await newClient({ trackingId: 'unchanged' });
    return upserting({ trackingId: 'unchanged', name: 'New' });
  },
  'upsert-deleted': async () => {
    const id = await newClient({ trackingId: 'deleted' });
    await firm.ok(`mutation { deleteClient(by: { id: "${id}" }) { client { id } } }`);
    return upserting({ trackingId: 'deleted', name: 'Back' });
  },
  'create-with-contacts': async () => ({
    document:
      'mutation ($input: CreateClientInput!) { createClient(idempotencyKey: "key", input: $input) { client { id contacts { nodes { id } } } } }',
    variables: {
      input: {
        name: 'With contacts',
        contacts: ['A', 'B'].map((lastName) => ({ lastName, role: { id: ids.ContactRole } })),
      },
    },
  }),
  patch: async () => ({
    document:
      'mutation ($id: ID!) { patchClient(by: { id: $id }, input: { note: "n", npsScore: 1 }) { client { note region { name } } } }',
    variables: { id: await newClient() },
  }),
  'patch-external-ids': async () => ({
    document:
      'mutation ($id: ID!) { patchClient(by: { id: $id }, input: { externalIds: [{ system: "x", id: "1" }] }) { changedFields } }',
    variables: { id: await newClient({ externalIds: [{ system: 'y', id: '1' }] }) },
  }),
  delete: async () => ({
    document: 'mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }',
    variables: { id: await newClient() },
  }),
  restore: async () => {
    const id = await newClient();
    await firm.ok(`mutation { deleteClient(by: { id: "${id}" }) { client { id } } }`);
    return { document: 'mutation ($id: ID!) { restoreClient(by: { id: $id }) { client { id } } }', variables: { id } };
  },
  merge: async () => ({
    document:
      'mutation ($source: ID!, $target: ID!) { mergeClients(source: { id: $source }, target: { id: $target }) { changedFields } }',
    variables: { source: await newClient({ note: 'n', tags: ['a'] }), target: await newClient() },
  }),
  'contact-create': async () => ({
    document:
      'mutation ($input: CreateClientContactInput!) { createClientContact(input: $input) { clientContact { id } } }',
    variables: { input: { client: { id: ids.Client }, role: { id: ids.ContactRole }, lastName: 'Created' } },
  }),
  'contact-upsert': async () => ({
    document: 'mutation ($input: UpsertClientContactInput!) { upsertClientContact(input: $input) { result } }',
    variables: { input: { trackingId: mark, email: 'a@b.example' } },
  }),
  'contact-delete': async () => ({
    document: 'mutation ($id: ID!) { deleteClientContact(by: { id: $id }) { clientContact { id } } }',
    variables: { id: await newContact('Deleted') },
  }),
  'contact-merge': async () => ({
    document:
      'mutation ($source: ID!, $target: ID!) { mergeClientContacts(source: { id: $source }, target: { id: $target }) { changedFields } }',
    variables: { source: await newContact('Source'), target: await newContact('Target') },
  }),
  'group-delete': async () => {
    const { id } = await make(firm, 'ClientGroup', { name: 'Deleted' });
    await newClient({ clientGroup: { id } });
    return {
      document: 'mutation ($id: ID!) { deleteClientGroup(by: { id: $id }) { clientGroup { id } } }',
      variables: { id },
    };
  },
  'custom-field-create': async () => ({
    document: 'mutation { createCustomField(input: { name: "Created", type: TEXT }) { customField { key } } }',
  }),
};

/** What a request asks to know whether its token still holds. */
const isTokens = (statement: string) => /FROM "Token"|^PRAGMA data_version/.test(statement);

/** The statement over many lines, and columns and parameters that stand alone on theirs over few. */
function formatted(statement: string): string {
  const lines = format(statement, { language: provider === 'sqlite' ? 'sqlite' : 'postgresql' }).split('\n');
  const joined: string[] = [];
  let open = false;
  for (const line of lines) {
    const isItem = /^ +([\w."]+|\?|\$\d+),?$/.test(line);
    const last = joined.at(-1);
    if (open && isItem && last && last.length + line.trim().length < 120)
      joined[joined.length - 1] = `${last} ${line.trim()}`;
    else joined.push(line);
    open = isItem && line.endsWith(',');
  }
  return `${joined.join('\n')};`;
}

const NAMES = [
  ...['token', 'custom-fields'],
  ...[reads, portalReads, writes].flatMap((operations) => Object.keys(operations)),
];

/** Compares the statements with the file of that name. */
async function expectGolden(name: string, document: string, statements: readonly string[]): Promise<void> {
  const operation = document.replace(/\s+/g, ' ').trim().replaceAll(mark, 'mark');
  const text = [`-- ${operation}`, ...statements.map(formatted)].join('\n\n');
  await expect(`${text}\n`).toMatchFileSnapshot(`golden/${provider}/${name}.sql`);
}

async function send(token: string, { document, variables }: Operation): Promise<void> {
  const { errors } = await app.send(token, document, variables);
  expect(errors, JSON.stringify(errors)).toBeUndefined();
}

describe('the SQL of', () => {
  it('token', async () => {
    const document = '{ viewer { role } }';
    const { secret } = await createToken(app.database, { firmId: firm.id, name: 'new', role: 'READER' });
    await expectGolden('token', document, await statementsOf(() => send(secret, { document })));
  });

  it('custom-fields', async () => {
    const other = await app.firm();
    const document = '{ customFields { key } }';
    const statements = await statementsOf(() => send(other.tokens.READER, { document }));
    await expectGolden(
      'custom-fields',
      document,
      statements.filter((statement) => !isTokens(statement)),
    );
  });

  it.each(Object.entries({ ...reads, ...portalReads }))('%s', async (name, operation) => {
    const given = operation();
    const token = name in portalReads ? portal : firm.tokens.READER;
    // What is read once and kept, and connections that are opened, are none of the operation's.
    await send(token, given);
    const statements = await statementsOf(() => send(token, given));
    await expectGolden(
      name,
      given.document,
      statements.filter((statement) => !isTokens(statement)),
    );
  });

  it.each(Object.entries(writes))('%s', async (name, operation) => {
    const given = await operation();
    const statements = await statementsOf(() => send(firm.tokens.ADMIN, given));
    await expectGolden(
      name,
      given.document,
      statements.filter((statement) => !isTokens(statement)),
    );
  });

  it('nothing else is in the folder', () => {
    const folder = new URL(`./golden/${provider}/`, import.meta.url);
    const files = existsSync(folder) ? readdirSync(folder) : [];
    expect(files.filter((file) => !NAMES.includes(file.replace(/\.sql$/, '')))).toEqual([]);
  });
});
