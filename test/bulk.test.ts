/** Many records in one call: each as a single call would write it, with an outcome for each, in a few statements. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../src/http/limits.ts';
import { BATCH_MAX, BULK_MAX } from '../src/records/bulk.ts';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { type CountingDatabase, counting } from './support/counting.ts';
import { freshDatabase } from './support/database.ts';
import { make } from './support/records.ts';

let database: CountingDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await counting(await freshDatabase());
  app = await startApp(database);
});

type Item = Record<string, unknown>;

interface Outcome {
  index: number;
  result: string;
  changedFields: string[];
  client: { id: string; name: string; revision: number } | null;
  errors: { path: string[]; code: string; ids: string[] }[];
}

const UPSERT = `mutation ($input: UpsertClientsInput!) { upsertClients(input: $input) {
  created updated unchanged restored failed
  results { index result changedFields client { id name revision } errors { path code ids } }
} }`;

async function upsert(firm: TestFirm, clients: readonly Item[], options: Item = {}) {
  const { upsertClients } = await firm.ok(UPSERT, { input: { clients, ...options } });
  return upsertClients as { results: Outcome[]; created: number; updated: number; failed: number; restored: number };
}

const resultsOf = ({ results }: { results: readonly Outcome[] }) => results.map(({ result }) => result);

const LIST = `{ clients(first: 250, orderBy: [{ field: NAME }]) { nodes {
  trackingId name note tags revision parent { trackingId } externalIds { system id } contacts { nodes { lastName } }
} } }`;

const listOf = async (firm: TestFirm) => (await firm.ok(LIST)).clients.nodes;

async function feedOf(firm: TestFirm): Promise<{ kind: string; trackingId: string }[]> {
  const { changes } = await firm.ok('{ changes(first: 250, entities: [CLIENT]) { nodes { kind entityId } } }');
  return changes.nodes;
}

describe('a bulk upsert', () => {
  it('tells of each item what was done, in order, and leaves the others alone when one fails', async () => {
    const firm = await app.firm();
    const taken = await make(firm, 'Client', { name: 'Holder', externalIds: [{ system: 'stripe', id: 'cus_1' }] });
    await upsert(firm, [
      { trackingId: 'same', name: 'Same' },
      { trackingId: 'gone', name: 'Gone' },
    ]);
    await firm.ok('mutation { deleteClient(by: { trackingId: "gone" }) { client { id } } }');
    const answer = await upsert(firm, [
      { trackingId: 'new', name: 'New' },
      { trackingId: 'same', name: 'Same' },
      { trackingId: 'same', note: 'changed' },
      { trackingId: 'gone' },
      { trackingId: 'bad', name: 'Bad', email: 'nobody' },
      { trackingId: 'clash', name: 'Clash', externalIds: [{ system: 'stripe', id: 'cus_1' }] },
      { name: 'No key' },
    ]);
    expect(resultsOf(answer)).toEqual(['CREATED', 'UNCHANGED', 'UPDATED', 'RESTORED', 'FAILED', 'FAILED', 'FAILED']);
    expect(answer).toMatchObject({ created: 1, updated: 1, unchanged: 1, restored: 1, failed: 3 });
    expect(answer.results.map(({ errors }) => errors.map(({ path, code }) => [path.join('.'), code]))).toEqual([
      [],
      [],
      [],
      [],
      [['email', 'BAD_USER_INPUT']],
      [['externalIds.0', 'IDENTIFIER_CONFLICT']],
      [['trackingId', 'BAD_USER_INPUT']],
    ]);
    expect(answer.results[5]?.errors[0]?.ids).toEqual([taken.id]);
    expect((await listOf(firm)).map(({ name }: Item) => name)).toEqual(['Gone', 'Holder', 'New', 'Same']);
  });

  it('applies items of one record in order, and lets an item refer to one before it', async () => {
    const firm = await app.firm();
    const answer = await upsert(firm, [
      { trackingId: 'a', name: 'A', note: 'one' },
      { trackingId: 'b', name: 'B', parent: { trackingId: 'a' } },
      { trackingId: 'a', note: 'two' },
      { by: { externalId: { system: 'stripe', id: 's' } }, trackingId: 'c', name: 'C', parent: { trackingId: 'b' } },
      { by: { externalId: { system: 'stripe', id: 's' } }, note: 'found by its other key' },
      { trackingId: 'd', name: 'D', parent: { trackingId: 'later' } },
      { trackingId: 'later', name: 'Later' },
    ]);
    expect(resultsOf(answer)).toEqual(['CREATED', 'CREATED', 'UPDATED', 'CREATED', 'UPDATED', 'FAILED', 'CREATED']);
    expect(await listOf(firm)).toMatchObject([
      { trackingId: 'a', note: 'two', revision: 2 },
      { trackingId: 'b', parent: { trackingId: 'a' } },
      { trackingId: 'c', parent: { trackingId: 'b' }, note: 'found by its other key' },
      { trackingId: 'later' },
    ]);
  });

  it('takes as many statements for a whole batch as for ten items', async () => {
    const firm = await app.firm();
    const clients = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, index) => ({
        trackingId: `${prefix} ${index}`,
        name: `${prefix} ${index}`,
        tags: ['t', `${index}`],
        externalIds: [{ system: 'stripe', id: `${prefix} ${index}` }],
        clientGroup: { name: 'Unassigned' },
      }));
    const cost = async (items: readonly Item[]) =>
      (await database.statementsOf(() => upsert(firm, items))).filter((statement) => statement !== 'Token').sort();
    await upsert(firm, clients('known', 1));
    const few = await cost(clients('few', 10));
    expect(await cost(clients('many', BATCH_MAX))).toEqual(few);
    expect(few.filter((statement) => statement === 'commit')).toHaveLength(1);
    const changed = (prefix: string, count: number) => clients(prefix, count).map((each) => ({ ...each, tags: ['u'] }));
    expect(await cost(changed('many', BATCH_MAX))).toEqual(await cost(changed('few', 10)));
  });

  it('with REJECT_ALL writes all items or nothing', async () => {
    const firm = await app.firm();
    const items = [{ trackingId: 'a', name: 'A' }, { trackingId: 'b' }];
    const refused = await upsert(firm, items, { onError: 'REJECT_ALL' });
    expect(resultsOf(refused)).toEqual(['FAILED', 'FAILED']);
    expect(refused.results.map(({ errors }) => errors.map(({ code }) => code))).toEqual([
      ['CONFLICT'],
      ['BAD_USER_INPUT'],
    ]);
    expect(await listOf(firm)).toEqual([]);
    expect(await feedOf(firm)).toEqual([]);
    const done = await upsert(firm, [items[0] ?? {}, { trackingId: 'b', name: 'B', parent: { trackingId: 'a' } }], {
      onError: 'REJECT_ALL',
    });
    expect(resultsOf(done)).toEqual(['CREATED', 'CREATED']);
    expect(await listOf(firm)).toHaveLength(2);
  });

  it('as a dry run answers what would be done, and writes nothing', async () => {
    const firm = await app.firm();
    await upsert(firm, [{ trackingId: 'a', name: 'A' }]);
    const before = [await listOf(firm), await feedOf(firm)];
    const answer = await upsert(
      firm,
      [
        { trackingId: 'a', name: 'Another' },
        { trackingId: 'b', name: 'B' },
        { trackingId: 'b', note: 'n' },
        { trackingId: 'c' },
      ],
      { dryRun: true },
    );
    expect(answer.results.map(({ result, client }) => [result, client?.name])).toEqual([
      ['UPDATED', 'Another'],
      ['CREATED', undefined],
      ['UPDATED', undefined],
      ['FAILED', undefined],
    ]);
    expect([await listOf(firm), await feedOf(firm)]).toEqual(before);
  });

  it('only creates, or only updates, when its mode says so', async () => {
    const firm = await app.firm();
    const { results } = await upsert(firm, [
      { trackingId: 'there', name: 'There' },
      { trackingId: 'gone', name: 'Gone' },
    ]);
    await firm.ok('mutation { deleteClient(by: { trackingId: "gone" }) { client { id } } }');
    const items = ['there', 'gone', 'new'].map((trackingId) => ({ trackingId, name: 'Name' }));
    const created = await upsert(firm, items, { mode: 'CREATE_ONLY', dryRun: true });
    expect(created.results.map(({ result, errors }) => [result, errors[0]?.code, errors[0]?.ids])).toEqual([
      ['FAILED', 'DUPLICATE', [results[0]?.client?.id]],
      ['FAILED', 'DUPLICATE', [results[1]?.client?.id]],
      ['CREATED', undefined, undefined],
    ]);
    const updated = await upsert(firm, items, { mode: 'UPDATE_ONLY' });
    expect(updated.results.map(({ result, errors }) => [result, errors[0]?.code])).toEqual([
      ['UPDATED', undefined],
      ['FAILED', 'NOT_FOUND'],
      ['FAILED', 'NOT_FOUND'],
    ]);
  });

  it('writes a client with its contacts, or neither', async () => {
    const firm = await app.firm();
    await make(firm, 'ContactRole', { name: 'Buyer', availableForContacts: true });
    const role = { name: 'Buyer' };
    const contact = (trackingId: string, lastName: string) => ({ trackingId, lastName, role });
    const client = (trackingId: string, contacts: Item[]) => ({ trackingId, name: trackingId, contacts });
    const first = await upsert(firm, [
      client('a', [contact('a1', 'Able'), contact('a2', 'Baker')]),
      client('b', [contact('b1', 'Charlie'), { trackingId: 'b2', lastName: 'Nobody' }]),
    ]);
    expect(resultsOf(first)).toEqual(['CREATED', 'FAILED']);
    expect(first.results[1]?.errors).toMatchObject([{ path: ['contacts', '1', 'role'] }]);
    const again = await upsert(firm, [
      client('a', [contact('a1', 'Able'), contact('a2', 'Baker')]),
      client('c', [contact('a2', 'Dog')]),
    ]);
    expect(again.results.map(({ result, changedFields }) => [result, changedFields.includes('contacts')])).toEqual([
      ['UNCHANGED', false],
      ['CREATED', false],
    ]);
    const names = (await listOf(firm)).map(({ trackingId, contacts }: Item) => [
      trackingId,
      (contacts as { nodes: Item[] }).nodes.map(({ lastName }) => lastName),
    ]);
    expect(names).toEqual([
      ['a', ['Able']],
      ['c', ['Dog']],
    ]);
  });

  it('does the same as its items one after the other', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const item = fc.record(
      {
        trackingId: key,
        name: fc.constantFrom('One', 'Two', 'Three'),
        note: fc.option(fc.constantFrom('x', 'y')),
        tags: fc.uniqueArray(fc.constantFrom('p', 'q', 'r')),
        parent: key.map((trackingId) => ({ trackingId })),
        externalIds: fc
          .uniqueArray(fc.constantFrom('stripe', 'zendesk'))
          .chain((systems) =>
            fc.tuple(...systems.map((system) => fc.record({ system: fc.constant(system), id: key }))),
          ),
        email: fc.constantFrom('a@example.com', 'no address'),
      },
      { requiredKeys: ['trackingId'] },
    );
    const single = 'mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { result changedFields } }';
    // What an item refers to must not be found where only a later one makes it.
    const later: (typeof item extends fc.Arbitrary<infer Item> ? Item : never)[] = [
      { trackingId: 'a', name: 'One' },
      { trackingId: 'a', parent: { trackingId: 'b' } },
      { trackingId: 'b', name: 'One' },
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(item, { minLength: 1, maxLength: 12 }), async (items) => {
        const [together, apart] = [await app.firm(), await app.firm()];
        const { results } = await upsert(together, items);
        const one = [];
        for (const input of items) {
          const { data, errors } = await apart.run(single, { input });
          const saved = data?.upsertClient as { result: string; changedFields: string[] } | null;
          const isUnchanged = saved?.result === 'UPDATED' && saved.changedFields.length === 0;
          one.push(errors ? 'FAILED' : isUnchanged ? 'UNCHANGED' : saved?.result);
        }
        expect(results.map(({ result }) => result)).toEqual(one);
        // Those that wait for nothing may be created before others, which shows in the order of ids.
        const byKey = (clients: Item[]) =>
          clients.sort((a, b) => (String(a.trackingId) < String(b.trackingId) ? -1 : 1));
        expect(byKey(await listOf(together))).toEqual(byKey(await listOf(apart)));
      }),
      { numRuns: 40, examples: [[later]] },
    );
  });

  it('takes up to a thousand records, and a body larger than others may have', async () => {
    const firm = await app.firm();
    const note = 'n'.repeat(1_200);
    const clients = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ trackingId: `${index}`, name: `Client ${index}`, note }));
    expect((await upsert(firm, clients(BULK_MAX))).created).toBe(BULK_MAX);
    const error = await firm.fails(UPSERT, { input: { clients: clients(BULK_MAX + 1) } });
    expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ path: ['input', 'clients'] }] });
    const other = await firm.fails('query ($filter: ClientFilter) { clients(filter: $filter) { totalCount } }', {
      filter: { name: { equals: 'x'.repeat(LIMITS.bodyBytes.value) } },
    });
    expect(other.status).toBe(413);
  });
});

describe('a bulk deletion', () => {
  it('tells of each item whether it was deleted, and which was not', async () => {
    const firm = await app.firm();
    const { results } = await upsert(firm, [
      { trackingId: 'a', name: 'A' },
      { trackingId: 'b', name: 'B' },
      { trackingId: 'c', name: 'C' },
    ]);
    const DELETE = `mutation ($input: DeleteClientsInput!) { deleteClients(input: $input) {
      deleted failed results { index result client { name } errors { code path } }
    } }`;
    const clients = [
      { by: { trackingId: 'a' } },
      { by: { id: results[1]?.client?.id }, expectedRevision: 7 },
      { by: { trackingId: 'nowhere' } },
      { by: { trackingId: 'a' } },
    ];
    const { deleteClients } = await firm.ok(DELETE, { input: { clients } });
    expect(deleteClients).toMatchObject({
      deleted: 1,
      failed: 3,
      results: [
        { result: 'DELETED', client: { name: 'A' }, errors: [] },
        { result: 'FAILED', client: null, errors: [{ code: 'CONFLICT' }] },
        { result: 'FAILED', errors: [{ code: 'NOT_FOUND', path: ['by'] }] },
        { result: 'FAILED', errors: [{ code: 'NOT_FOUND' }] },
      ],
    });
    expect((await listOf(firm)).map(({ name }: Item) => name)).toEqual(['B', 'C']);
  });
});

describe('every kind', () => {
  it('has them', async () => {
    const firm = await app.firm();
    const { upsertRegions } = await firm.ok(
      'mutation { upsertRegions(input: { regions: [{ trackingId: "w", name: "West" }, { by: { name: "west" }, trackingId: "w" }] }) { created unchanged results { region { name } } } }',
    );
    expect(upsertRegions).toEqual({
      created: 1,
      unchanged: 1,
      results: [{ region: { name: 'West' } }, { region: { name: 'West' } }],
    });
  });
});
