/**
 * The two roads of a request give the same answers: the fast path, and all of it through Yoga as with plugins of others.
 * Each has a database of its own, and both begin with the same records. How HTTP itself is spoken is compared in
 * http.unit.test.ts.
 */
import { once } from 'node:events';
import { request } from 'node:http';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../src/database/open.ts';
import { createToken } from '../src/firms/tokens.ts';
import { schema } from '../src/schema.ts';
import { type Road, startApp, type TestApp, type TestFirm } from './support/app.ts';
import { copyOf, freshDatabaseUrl } from './support/database.ts';
import { rootFields } from './support/operations.ts';
import { comparable } from './support/port.ts';
import { type Records, recordsOf } from './support/records.ts';

type Tokens = TestFirm['tokens'] & Record<'PORTAL' | 'NONE', string>;

/** What is sent. Ids are those of the first records. */
interface Operation {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
  extensions?: Record<string, unknown>;
}

let roads: Record<Road, TestApp>;
let tokens: Tokens;
let ids: Records['ids'];
let mark: string;
beforeAll(async () => {
  const url = await freshDatabaseUrl();
  const open = (databaseUrl: string) => openDatabase({ databaseUrl, poolSize: 5 });
  const first = await open(url);
  const firm = await (await startApp(first)).firm();
  ({ ids, mark } = await recordsOf(firm));
  const large = 'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }';
  for (let at = 0; at < 6; at++) {
    await firm.ok(large, {
      input: { name: `Large ${at}`, trackingId: `large-${at}`, note: `ä€😀 ${'n'.repeat(50_000)}` },
    });
  }
  const portal = { firmId: firm.id, name: 'portal', role: 'CONTACT', contactId: ids.ClientContact } as const;
  tokens = { ...firm.tokens, PORTAL: (await createToken(first, portal)).secret, NONE: 'clt_unknown' };
  await first.$close();
  const copied = await copyOf(url);
  roads = {
    fast: await startApp(await open(url), { road: 'fast' }),
    yoga: await startApp(await open(copied), { road: 'yoga' }),
  };
  // The first request of a token goes through Yoga in any case.
  for (const token of Object.values(tokens)) await roads.fast.send(token, '{ __typename }');
});

/** Sends the same by both roads; new ids and instants are told apart by where they come first. */
async function compare(token: keyof Tokens, operation: Operation, headers: Record<string, string> = {}) {
  const sent = {
    headers: { authorization: `Bearer ${tokens[token]}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(operation),
  };
  const told = async (road: Road) => {
    const reply = comparable(await roads[road].port.send(sent));
    const { 'x-changes-head': head, ...others } = reply.headers;
    return { ...reply, headers: { ...others, head: head && 'a sequence' }, text: even(reply.text) };
  };
  const [fast, yoga] = await Promise.all([told('fast'), told('yoga')]);
  expect(fast).toEqual(yoga);
  return fast;
}

/** The text with numbers in place of ids and instants. */
function even(text: string): string {
  const met = new Map<string, number>();
  return text.replace(/\b[a-z]+_[0-9a-hjkmnp-tv-z]{26}\b|\b\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, (value) => {
    if (!met.has(value)) met.set(value, met.size);
    return `<${met.get(value)}>`;
  });
}

const isOpen = (args: readonly { type: unknown; defaultValue?: unknown }[]) =>
  args.every(({ type, defaultValue }) => !String(type).endsWith('!') || defaultValue !== undefined);

describe('a query is answered alike', () => {
  const queries = rootFields(schema).filter(({ operation, args }) => operation === 'query' && isOpen(args));

  it.each(queries)('$name', async ({ name, inline }) => {
    // The feed's sequences are a database's own.
    const query = name === 'changes' ? '{ changes { totalCount nodes { kind entity entityId } } }' : inline('');
    for (const role of ['ADMIN', 'READER', 'PORTAL'] as const) await compare(role, { query });
  });

  it.each<[string, () => Operation, number?]>([
    ['by its key', () => ({ query: `{ client(by: { trackingId: "${mark}" }) { id name customFields tags } }` })],
    ['by a key that is not there', () => ({ query: '{ client(by: { trackingId: "none" }) { id } }' })],
    [
      'with variables that have defaults',
      () => ({ query: 'query ($n: Int = 2, $s: String) { clients(first: $n, search: $s) { nodes { name } } }' }),
    ],
    [
      'that is one of several operations',
      () => ({
        query: 'query A { viewer { firm } } query B($id: ID!) { node(id: $id) { __typename id } }',
        operationName: 'B',
        variables: { id: ids.Client },
      }),
    ],
    [
      'with extensions',
      () => ({ query: '{ viewer { role } }', extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } } }),
    ],
    [
      'of nested pages, with fragments and aliases',
      () => ({
        query: `{
          a: clients(first: 3, orderBy: [{ field: NAME, direction: DESC }]) { ...Page }
          b: clients(filter: { tags: { hasSome: ["${mark}"] } }) { ...Page }
        }
        fragment Page on ClientConnection {
          totalCount pageInfo { hasNextPage }
          nodes { name contacts(first: 1) { nodes { lastName role { name } } } customFieldValues { __typename key } }
        }`,
      }),
    ],
    ['that is large', () => ({ query: '{ clients { nodes { name note } } }' })],
    [
      'that is large, beside an error',
      () => ({ query: '{ clients { nodes { note } } bad: clients(first: 999) { totalCount } }' }),
    ],
    ['of introspection', () => ({ query: '{ __type(name: "Client") { fields { name type { name } } } }' })],
    ['with a cursor that is none', () => ({ query: '{ clients(after: "x") { nodes { id } } }' })],
    [
      'that costs too much',
      () => ({ query: '{ clients(first: 250) { nodes { contacts(first: 250) { nodes { id } } } } }' }),
    ],
    ['that does not fit the schema', () => ({ query: '{ clients { nodes { nam } } }' })],
    ['that cannot be parsed', () => ({ query: '{ clients' })],
    [
      'whose variables do not fit',
      () => ({
        query: 'query ($n: Int, $f: ClientFilter) { clients(first: $n, filter: $f) { totalCount } }',
        variables: { n: 'x', f: { status: { in: ['NONE'] }, nam: 1 } },
      }),
    ],
  ])('%s', async (_title, operation) => {
    for (const token of ['READER', 'PORTAL', 'NONE'] as const) {
      for (const accept of ['*/*', 'application/json', 'application/graphql-response+json'])
        await compare(token, operation(), { accept });
    }
  });

  it('and the large one is beyond what is written at once', async () => {
    const { text } = await compare('READER', { query: '{ clients { nodes { note } } }' });
    expect(text.length).toBeGreaterThan(200_000);
  });
});

describe('a mutation is answered alike', () => {
  const upsert =
    'mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { result changedFields client { id name tags customFields revision createdAt } } }';
  const contact =
    'mutation ($input: CreateClientContactInput!, $twice: Boolean) { createClientContact(input: $input, allowDuplicates: $twice) { clientContact { id lastName } } }';
  const twin = () => ({
    client: { id: ids.Client },
    role: { id: ids.ContactRole },
    firstName: 'Contact',
    lastName: mark,
  });

  /** In this order, and what each of them is to end with. */
  const steps: [string, keyof Tokens, () => Operation, string][] = [
    [
      'a new client',
      'WRITER',
      () => ({ query: upsert, variables: { input: { trackingId: 'r', name: 'R' } } }),
      'CREATED',
    ],
    ['the same again', 'WRITER', () => ({ query: upsert, variables: { input: { trackingId: 'r', name: 'R' } } }), '[]'],
    ['a change', 'WRITER', () => ({ query: upsert, variables: { input: { trackingId: 'r', tags: ['ä'] } } }), '"tags"'],
    [
      'several, of which one fails',
      'WRITER',
      () => ({
        query: `mutation ($id: ID!) {
          a: patchClient(by: { id: $id }, input: { note: "a" }) { changedFields }
          b: patchClient(by: { id: $id }, input: { npsScore: 400 }) { changedFields }
          c: patchClient(by: { id: "${ids.Region}" }, input: {}) { changedFields }
        }`,
        variables: { id: ids.Client },
      }),
      'BAD_USER_INPUT',
    ],
    [
      'a batch whose variables do not fit',
      'WRITER',
      () => ({
        query:
          'mutation ($a: UpsertClientInput!, $b: UpsertClientInput!) { a: upsertClient(input: $a) { result } b: upsertClient(input: $b) { result } }',
        variables: { a: { trackingId: 'x', name: 'X' }, b: { trackingId: 1, status: 'NONE' } },
      }),
      '"variable":"b"',
    ],
    [
      'a revision that has passed',
      'WRITER',
      () => ({
        query:
          'mutation ($id: ID!) { patchClient(by: { id: $id }, input: { note: "b" }, expectedRevision: 1) { changedFields } }',
        variables: { id: ids.Client },
      }),
      'CONFLICT',
    ],
    ['a twin', 'WRITER', () => ({ query: contact, variables: { input: twin() } }), 'DUPLICATE'],
    [
      'a twin that is accepted',
      'WRITER',
      () => ({ query: contact, variables: { input: twin(), twice: true } }),
      'data',
    ],
    [
      'a key that is taken',
      'WRITER',
      () => ({
        query: 'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }',
        variables: { input: { name: 'T', trackingId: mark } },
      }),
      'DUPLICATE',
    ],
    [
      'a record that is not there',
      'WRITER',
      () => ({ query: 'mutation { deleteClient(by: { id: "client_00000000000000000000000000" }) { client { id } } }' }),
      'NOT_FOUND',
    ],
    ['of a READER', 'READER', () => ({ query: upsert, variables: { input: { trackingId: 'r' } } }), 'FORBIDDEN'],
    ['of a portal user', 'PORTAL', () => ({ query: upsert, variables: { input: { trackingId: 'r' } } }), 'FORBIDDEN'],
    ['of nobody', 'NONE', () => ({ query: upsert, variables: { input: { trackingId: 'r' } } }), 'UNAUTHENTICATED'],
    [
      'a deletion, a return and a merge',
      'ADMIN',
      () => ({
        query: `mutation ($a: ID!, $b: ID!) {
          deleteClient(by: { id: $a }) { client { id } }
          restoreClient(by: { id: $a }) { client { name revision } }
          mergeClients(source: { id: $a }, target: { id: $b }, input: { note: null }) { changedFields client { name } }
        }`,
        variables: { a: ids.Client, b: ids.Client },
      }),
      'BAD_USER_INPUT',
    ],
    [
      'a group',
      'ADMIN',
      () => ({ query: 'mutation { createClientGroup(input: { name: "New" }) { clientGroup { id name isDefault } } }' }),
      'New',
    ],
  ];

  it.each(steps)('%s', async (_title, token, operation, expected) => {
    expect((await compare(token, operation())).text).toContain(expected);
  });

  it('and leaves the same records and entries of the feed', async () => {
    const query = `{
      clients(first: 100) { totalCount nodes { id name tags note revision updatedAt contacts { nodes { id lastName } } } }
      changes(first: 250) { totalCount nodes { kind entity entityId before after } }
    }`;
    // On Postgres the feed lags behind the oldest transaction of all databases.
    await vi.waitFor(() => compare('ADMIN', { query }), { timeout: 20_000 });
  });
});

describe('a caller that goes', () => {
  const query = 'mutation ($id: String!) { upsertClient(input: { trackingId: $id, name: "Gone" }) { result } }';
  const exists = async (road: Road, id: string) =>
    Boolean((await roads[road].send(tokens.READER, `{ client(by: { trackingId: "${id}" }) { id } }`)).data?.client);

  async function leave(road: Road, id: string, part: number): Promise<void> {
    const listening = await roads[road].listen();
    const body = JSON.stringify({ query, variables: { id } });
    const leaving = request(`${listening.url}/graphql`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokens.WRITER}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    }).on('error', () => undefined);
    leaving.write(body.slice(0, body.length * part));
    await once(leaving, 'socket');
    if (part === 1) await expect.poll(() => exists(road, id)).toBe(true);
    leaving.destroy();
    // Waits for what is under way.
    await listening.close();
  }

  it.each(['fast', 'yoga'] as const)(
    'has what it sent whole written, and what it sent in part not (%s)',
    async (road) => {
      await leave(road, 'whole', 1);
      await leave(road, 'half', 0.5);
      expect([await exists(road, 'whole'), await exists(road, 'half')]).toEqual([true, false]);
    },
  );
});
