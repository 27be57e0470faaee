/** What one mutation does to many records at once: all of them or none, each with an entry of its own in the feed. */
import { beforeEach, describe, expect, it } from 'vitest';
import { parseId } from '../src/base/ids.ts';
import type { Row } from '../src/database/sql/columns.ts';
import { sql } from '../src/database/sql/sql.ts';
import { ENTRIES_MAX } from '../src/database/store/adapter.ts';
import { createToken, findViewer } from '../src/firms/tokens.ts';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { copies } from './support/copies.ts';
import { entriesOf } from './support/feed.ts';
import { make } from './support/records.ts';
import { query } from './support/sql.ts';

let app: TestApp;
let firm: TestFirm;
beforeEach(async () => {
  app ??= await startApp();
  firm = await app.firm();
});

/** The id of what a value of the feed refers to. */
const idOf = (value: unknown) => (value as { id: string } | null | undefined)?.id;

/** A client below `parentId` and copies of it: so many in all. */
async function children(parentId: string, count: number): Promise<string[]> {
  const { id } = await make(firm, 'Client', { name: 'Child', parent: { id: parentId } });
  const named = (index: number) => ({ name: `Child ${index}`, nameFolded: `child ${index}` });
  return [id, ...(await copies(app.database, 'Client', id, count - 1, named))];
}

const MERGE = `mutation ($sourceId: ID!, $targetId: ID!, $input: PatchClientInput) {
  mergeClients(source: { id: $sourceId }, target: { id: $targetId }, input: $input) { client { id parent { id } } }
}`;

const BELOW = `query ($id: ID!) { clients(first: 0, filter: { parent: { equals: { id: $id } }}) { totalCount } }`;

async function countBelow(id: string): Promise<number> {
  return (await firm.ok(BELOW, { id })).clients.totalCount;
}

interface Entry {
  sequence: string;
  kind: string;
  entityId: string;
  after: Row | null;
}

const FEED = `query ($after: String, $entities: [ChangeEntity!]) { changes(first: 250, after: $after, entities: $entities) {
  nodes { sequence kind entityId after } pageInfo { hasNextPage endCursor }
} }`;

/** The whole feed, which has so many entries, or those of some kinds of records in it. */
async function feed(count: number, entities: readonly string[]): Promise<Entry[]> {
  // On Postgres one may wait for another database's transaction to end.
  const last = 'query { changes(first: 1) { totalCount } }';
  await expect
    .poll(async () => (await firm.ok(last)).changes.totalCount, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(count);
  const entries: Entry[] = [];
  for (let after: string | undefined, more = true; more; ) {
    const { nodes, pageInfo } = (await firm.ok(FEED, { after, entities })).changes;
    entries.push(...nodes);
    after = pageInfo.endCursor ?? after;
    more = pageInfo.hasNextPage;
  }
  return entries;
}

describe('mergeClients', () => {
  it.each([1_000, 1_001, 3_000])('moves %i clients below the source, each with an entry in the feed', async (count) => {
    // With entries of the target and of the source's location beside those of the children.
    const source = await make(firm, 'Client', { name: 'S', note: 'Taken over.' });
    const target = await make(firm, 'Client', { name: 'T' });
    const ids = await children(source.id, count);
    await firm.ok(MERGE, { sourceId: source.id, targetId: target.id });
    expect(await countBelow(source.id)).toBe(0);
    expect(await countBelow(target.id)).toBe(count);

    const entries = await feed(await entriesOf(app, firm), ['CLIENT']);
    const moved = entries.filter(({ kind, after }) => kind === 'UPDATED' && idOf(after?.parent) === target.id);
    expect(moved.map(({ entityId }) => entityId).sort()).toEqual([...ids].sort());
    const sequences = entries.map(({ sequence }) => BigInt(sequence));
    expect(sequences.every((sequence, index) => sequence > (sequences[index - 1] ?? -1n))).toBe(true);
  });

  it('moves more contacts and locations than a page or a batch holds', async () => {
    const role = await make(firm, 'ContactRole', { name: 'R' });
    const contact = { lastName: 'Contact', role: { id: role.id } };
    const source = await make(
      firm,
      'Client',
      { name: 'S', contacts: [contact] },
      'id contacts { nodes { id } } locations { nodes { id } }',
    );
    const target = await make(firm, 'Client', { name: 'T' });
    const [contactId, locationId] = [source.contacts.nodes[0].id, source.locations.nodes[0].id];
    const contacts = await copies(app.database, 'ClientContact', contactId, 1_100, () => ({ nameClaim: null }));
    const locations = await copies(app.database, 'ClientLocation', locationId, 1_100, () => ({ isPrimary: false }));
    await firm.ok(MERGE, { sourceId: source.id, targetId: target.id });
    const counts = `query ($id: ID!) { client(by: { id: $id }) {
      contacts(first: 0) { totalCount } locations(first: 0) { totalCount }
    } }`;
    expect((await firm.ok(counts, { id: target.id })).client).toEqual({
      contacts: { totalCount: 1_101 },
      locations: { totalCount: 1_102 },
    });
    const entries = await feed(await entriesOf(app, firm), ['CLIENT_CONTACT', 'CLIENT_LOCATION']);
    const moved = entries.filter(({ kind, after }) => kind === 'UPDATED' && idOf(after?.client) === target.id);
    expect(moved.map(({ entityId }) => entityId).sort()).toEqual(
      [contactId, ...contacts, locationId, ...locations].sort(),
    );
  });

  it('finds the client between the two however far below the source the target is', async () => {
    const source = await make(firm, 'Client', { name: 'Source' });
    const other = await make(firm, 'Client', { name: 'Other', parent: { id: source.id } });
    const between = await make(firm, 'Client', { name: 'Between', parent: { id: source.id } });
    // Longer than a chain that is built from its end: two were put together.
    const [last] = await children(between.id, 1);
    let above = last ?? '';
    for (let depth = 0; depth < 130; depth++) {
      const [next] = await copies(app.database, 'Client', above, 1, () => ({ parentId: above }));
      above = next ?? '';
    }
    await firm.ok(MERGE, { sourceId: source.id, targetId: above });
    const parents = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Client { parent { id } } } }`;
    expect((await firm.ok(parents, { ids: [between.id, other.id] })).nodes).toEqual([
      { parent: null },
      { parent: { id: above } },
    ]);
  });

  it('gives the target a new parent, but none that comes below it', async () => {
    const [source, target] = [await make(firm, 'Client', { name: 'S' }), await make(firm, 'Client', { name: 'T' })];
    const child = await make(firm, 'Client', { name: 'Child', parent: { id: source.id } });
    const below = await make(firm, 'Client', { name: 'Below', parent: { id: child.id } });
    const elsewhere = await make(firm, 'Client', { name: 'Elsewhere' });
    const merge = { sourceId: source.id, targetId: target.id };
    for (const parentId of [source.id, child.id, below.id]) {
      const error = await firm.fails(MERGE, { ...merge, input: { parent: { id: parentId } } });
      expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ path: ['input', 'parent'] }] });
    }
    const merged = await firm.ok(MERGE, { ...merge, input: { parent: { id: elsewhere.id } } });
    expect(merged.mergeClients.client.parent).toEqual({ id: elsewhere.id });
    expect(await countBelow(target.id)).toBe(1);
  });

  it('refuses to drop what does not fit into a list, unless the input says what it shall be', async () => {
    const tags = (prefix: string) => Array.from({ length: 150 }, (_, index) => `${prefix}${index}`);
    const source = await make(firm, 'Client', { name: 'S', tags: tags('s') });
    const target = await make(firm, 'Client', { name: 'T', tags: tags('t') });
    const merge = { sourceId: source.id, targetId: target.id };
    const error = await firm.fails(MERGE, merge);
    expect(error.extensions.fields).toEqual([
      {
        path: ['input', 'tags'],
        code: 'BAD_USER_INPUT',
        message: 'has 300 items when both records are combined, but the maximum is 250; set the field in the input',
      },
    ]);
    await firm.ok(MERGE, { ...merge, input: { tags: ['both'] } });
  });

  it('takes along the external ids that the source took over before', async () => {
    const clients = ['a', 'b', 'c'].map((id) =>
      make(firm, 'Client', { name: id, externalIds: [{ system: 'stripe', id }] }),
    );
    const [a, b, c] = (await Promise.all(clients)).map(({ id }) => id);
    await firm.ok(MERGE, { sourceId: a, targetId: b });
    await firm.ok(MERGE, { sourceId: b, targetId: c });
    const patch = `mutation ($id: ID!) {
      patchClient(by: { id: $id }, input: { externalIds: [{ system: "stripe", id: "a" }] }) { changedFields }
    }`;
    expect((await firm.ok(patch, { id: c })).patchClient.changedFields).toEqual(['externalIds']);
    const find = '{ client(by: { externalId: { system: "stripe", id: "b" } }) { id } }';
    expect((await firm.ok(find)).client).toEqual({ id: c });
  });

  it('adds an external id again that is one of very many the client took over', async () => {
    const client = await make(firm, 'Client', { name: 'Old' });
    const rows = Array.from({ length: 1_100 }, (_, index) => ({
      firmId: firm.id,
      kind: 'Client',
      system: 'stripe',
      externalId: `cus_${String(index).padStart(5, '0')}`,
      entityId: client.id,
    }));
    await app.database.$commit([{ kind: 'insert', model: 'ExternalId', rows }]);
    const patch = `mutation ($id: ID!, $input: PatchClientInput!) {
      patchClient(by: { id: $id }, input: $input) { client { externalIds { id } } }
    }`;
    const externalIds = [{ system: 'stripe', id: 'cus_01099' }];
    const { patchClient } = await firm.ok(patch, { id: client.id, input: { externalIds } });
    expect(patchClient.client.externalIds).toEqual([{ id: 'cus_01099' }]);
  });
});

describe('mergeClientContacts', () => {
  it('takes along any number of portal tokens', async () => {
    const role = await make(firm, 'ContactRole', { name: 'R' });
    const contacts = [
      { lastName: 'Source', role: { id: role.id } },
      { lastName: 'Target', role: { id: role.id } },
    ];
    const client = await make(firm, 'Client', { name: 'C', contacts }, 'contacts { nodes { id } }');
    const [source, target] = client.contacts.nodes;
    const token = { firmId: firm.id, name: 'portal', role: 'CONTACT' as const, contactId: source.id };
    const { id, secret } = await createToken(app.database, token);
    await copies(app.database, 'Token', id, 1_100, (index) => ({ hash: `copy-${firm.id}-${index}` }));
    const merge = `mutation ($sourceId: ID!, $targetId: ID!) {
      mergeClientContacts(source: { id: $sourceId }, target: { id: $targetId }) { clientContact { id } }
    }`;
    await firm.ok(merge, { sourceId: source.id, targetId: target.id });
    const contactId = parseId(source.id)?.number;
    const left = await query(app.database, sql`SELECT 1 FROM "Token" WHERE "contactId" = ${contactId}`);
    expect(left).toEqual([]);
    expect(await findViewer(app.database, secret)).toMatchObject({ contactId: target.id });
  });
});

describe('deleteClientGroup', () => {
  it('moves any number of clients to Unassigned, each with an entry in the feed', async () => {
    const group = await make(firm, 'ClientGroup', { name: 'Group' });
    const { id } = await make(firm, 'Client', { name: 'In it', clientGroup: { id: group.id } });
    const ids = [id, ...(await copies(app.database, 'Client', id, 1_100, () => ({})))];
    await firm.ok('mutation ($id: ID!) { deleteClientGroup(by: { id: $id }) { clientGroup { id } } }', {
      id: group.id,
    });
    const entries = await feed(await entriesOf(app, firm), ['CLIENT']);
    const moved = entries.filter(({ kind, after }) => kind === 'UPDATED' && after?.clientGroup !== undefined);
    expect(moved.map(({ entityId }) => entityId).sort()).toEqual([...ids].sort());
  });
});

describe('a commit', () => {
  it('changes nothing when it would make more entries in the feed than fit', async () => {
    const { id } = await make(firm, 'Region', { name: 'Region' });
    const named = (index: number) => ({ name: `Region ${index}`, nameFolded: `region ${index}` });
    await copies(app.database, 'Region', id, ENTRIES_MAX, named);
    const before = await entriesOf(app, firm);
    const at = '2026-11-21T09:30:00.000+00:00';
    const change = {
      firmId: firm.id,
      at,
      actor: 'test',
      kind: 'UPDATED',
      entity: 'Region',
      before: {},
      after: {},
    } as const;
    const updateAll = { kind: 'updateAll', model: 'Region', where: { firmId: firm.id }, told: {}, change } as const;
    const committing = app.database.$commit([{ ...updateAll, set: { updatedAt: at } }]);
    await expect(committing).rejects.toMatchObject({ code: 'TOO_COMPLEX', message: /100,000 records at once/ });
    expect(await entriesOf(app, firm)).toBe(before);
    const changed = sql`SELECT 1 FROM "Region" WHERE "firmId" = ${firm.id} AND "revision" > 1 LIMIT 1`;
    expect(await query(app.database, changed)).toEqual([]);
  }, 120_000);
});
