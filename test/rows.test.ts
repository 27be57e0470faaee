/**
 * A record is read in three ways: as the row a read begins at, as the one row that another points at, and within a page of
 * another. Whatever the way, and whatever is read beside it, its values are the same.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { freshDatabase } from './support/database.ts';
import { make } from './support/records.ts';

let app: TestApp;
let firm: TestFirm;
let full: string;
let bare: string;

beforeAll(async () => {
  app = await startApp(await freshDatabase());
  firm = await app.firm();
  for (const type of ['TEXT', 'NUMBER', 'BOOLEAN', 'DATE']) await make(firm, 'CustomField', { name: type, type });
  full = (
    await make(firm, 'Client', {
      name: 'Füll “name” \\ \u2028',
      trackingId: 'full',
      status: 'TRIAL',
      active: false,
      tags: ['b', 'a"\\', '😀'],
      note: 'true',
      websiteUrl: 'https://example.com/?a=1&b=[2]',
      inceptionDate: '2024-02-29',
      address: { line1: 'null', city: '[]', country: 'GB' },
      timezone: 'Europe/London',
      externalIds: [{ system: 's', id: '1' }],
      npsScore: 0,
      email: 'a@example.com',
      companyName: '{"a":1}',
      customFields: { text: '0', number: 1e-7, boolean: false, date: '2024-02-29' },
    })
  ).id;
  bare = (await make(firm, 'Client', { name: '0' })).id;
  for (const parentId of [full, bare]) await make(firm, 'Client', { name: 'Child', parent: { id: parentId } });
  await make(firm, 'Client', { name: 'Parent' });
});

const SHOWN = `id trackingId name status active invitationStatus tags note websiteUrl logoUrl inceptionDate terminatedDate
  address { line1 line2 city country fullAddress } timezone externalIds { system id } npsScore email companyName
  customFields createdAt updatedAt revision clientGroup { id name isDefault createdAt revision }
  history { nodes { sequence at kind changedFields before after } }`;

describe.each([
  ['all its values', () => full],
  ['hardly any', () => bare],
])('a client with %s', (_title, idOf) => {
  it('reads the same by itself, in a list, from its child and below its parent', async () => {
    const id = idOf();
    const { client } = await firm.ok(`query ($id: ID!) { client(by: { id: $id }) { ${SHOWN} } }`, { id });
    expect(client.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(client.history.nodes[0].sequence).toMatch(/^\d+$/);

    const { clients } = await firm.ok(`{ clients { nodes { ${SHOWN} } } }`);
    expect(clients.nodes).toContainEqual(client);

    const fromChild = await firm.ok(
      `query ($id: ID!) { client(by: { id: $id }) { children { nodes { parent { ${SHOWN} } } } } }`,
      { id },
    );
    expect(fromChild.client.children.nodes).toEqual([{ parent: client }]);

    const [parent] = (await firm.ok('{ clients(filter: { name: { equals: "Parent" } }) { nodes { id } } }')).clients
      .nodes;
    await firm.ok(
      'mutation ($id: ID!, $parentId: ID) { patchClient(id: $id, input: { parentId: $parentId }) { client { id } } }',
      {
        ...{ id, parentId: parent.id },
      },
    );
    const now = await firm.ok(`query ($id: ID!) { client(by: { id: $id }) { ${SHOWN} } }`, { id });
    const below = await firm.ok(`query ($id: ID!) { client(by: { id: $id }) { children { nodes { ${SHOWN} } } } }`, {
      id: parent.id,
    });
    expect(below.client.children.nodes).toContainEqual(now.client);
    expect(now.client.createdAt).toBe(client.createdAt);
  });
});

it('a change reads the same in the feed and in the history of its record', async () => {
  const fields = 'sequence at actor kind entity entityId changedFields before after';
  const { clients } = await firm.ok(`{ clients { nodes { id history { nodes { ${fields} } } } } }`);
  const { changes } = await firm.ok(`{ changes(entities: [CLIENT]) { nodes { ${fields} } } }`);
  const told = clients.nodes.flatMap((client: { history: { nodes: { sequence: string }[] } }) => client.history.nodes);
  expect(changes.nodes.length).toBeGreaterThan(0);
  for (const change of changes.nodes) expect(told).toContainEqual(change);
});

it('a row is read however much is asked beside it, also within another', async () => {
  const pages = Array.from(
    { length: 90 },
    (_, at) => `p${at}: locations(first: ${at % 3}) { totalCount nodes { name } }`,
  );
  const wide = `${SHOWN} ${pages.join(' ')}`;
  const { client } = await firm.ok(`query ($id: ID!) { client(by: { id: $id }) { ${wide} } }`, { id: full });
  for (let at = 0; at < pages.length; at++) {
    expect(client[`p${at}`]).toEqual({ totalCount: 1, nodes: at % 3 === 0 ? [] : [{ name: 'Main' }] });
  }
  const below = await firm.ok(
    `query ($id: ID!) { client(by: { id: $id }) { children { nodes { parent { ${wide} } } } } }`,
    {
      id: full,
    },
  );
  expect(below.client.children.nodes).toEqual([{ parent: client }]);
});

it('a page is told from another field by whose name it is called', async () => {
  const { client } = await firm.ok(
    `query ($id: ID!) { client(by: { id: $id }) {
      parent: locations(first: 1) { nodes { name } } above: parent { id }
      accountTeam: history(first: 1) { nodes { kind } } team: accountTeam { role }
    } }`,
    { id: full },
  );
  const plain = await firm.ok(
    `query ($id: ID!) { client(by: { id: $id }) {
      locations(first: 1) { nodes { name } } parent { id } history(first: 1) { nodes { kind } } accountTeam { role }
    } }`,
    { id: full },
  );
  const { locations, parent, history, accountTeam } = plain.client;
  expect(client).toEqual({ parent: locations, above: parent, accountTeam: history, team: accountTeam });
});

it('a page without rows still tells of its list', async () => {
  const page = 'nodes { id } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
  const document = `query ($first: Int, $after: String, $filter: ClientFilter, $order: [ClientOrder!]) {
    clients(first: $first, after: $after, filter: $filter, orderBy: $order) { ${page} } }`;
  for (const order of [[{ field: 'NAME' }], [{ field: 'NPS_SCORE' }]]) {
    const all = (await firm.ok(document, { order })).clients;
    const { endCursor } = all.pageInfo;
    const none = { nodes: [], totalCount: all.nodes.length };
    const past = { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null };
    expect((await firm.ok(document, { order, after: endCursor })).clients).toEqual({ ...none, pageInfo: past });
    expect((await firm.ok(document, { order, first: 0, after: endCursor })).clients).toEqual({
      ...none,
      pageInfo: past,
    });
    const filter = { name: { equals: 'nobody' } };
    expect((await firm.ok(document, { order, filter })).clients).toEqual({
      ...{ nodes: [], totalCount: 0 },
      pageInfo: { ...past, hasPreviousPage: false },
    });
  }
});
