/**
 * The statements that each documented operation costs, all of them: how reading record by record stays out. One of them
 * is always the look-up of the token. Definitions of custom fields and the default group are read once and kept.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { type CountingDatabase, counting } from './support/counting.ts';
import { freshDatabase } from './support/database.ts';
import { type Records, recordsOf } from './support/records.ts';

let database: CountingDatabase;
let app: TestApp;
let firm: TestFirm;
let records: Records;
beforeAll(async () => {
  database = await counting(await freshDatabase());
  app = await startApp(database);
  firm = await app.firm();
  records = await recordsOf(firm);
  await firm.ok('{ customFields { key } }');
});

/** The statements of an operation. The token is looked up beside the others, so that its place among them varies. */
async function cost(document: string, variables: Record<string, unknown> = {}, by = firm): Promise<string[]> {
  const statements = await database.statementsOf(() => by.ok(document, variables));
  const isToken = (statement: string) => statement === 'Token';
  return [...statements.filter(isToken), ...statements.filter((statement) => !isToken(statement))];
}

/** All that a list of clients shows of each. */
const SHOWN = `name clientGroup { name } region { name } type { name } parent { name } assignedCsm { name } customFields
  customFieldValues { key } contacts(first: 3) { nodes { lastName role { name } location { name } } }
  locations { totalCount nodes { name } } children { totalCount } accountTeam { employee { name } role } externalIds { id }
  history(first: 1) { nodes { kind } }`;

describe('reading', () => {
  it('a list of clients with all that is around them takes one statement, however long it is', async () => {
    const many = await app.firm();
    const list = `query ($first: Int) { clients(first: $first) { totalCount pageInfo { hasNextPage } nodes { ${SHOWN} } } }`;
    const create = 'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }';
    for (let index = 0; index < 50; index++) await many.ok(create, { input: { name: `Client ${index}`, tags: ['t'] } });
    expect(await cost(list, { first: 5 }, many)).toEqual(['Token', 'Client']);
    expect(await cost(list, { first: 50 }, many)).toEqual(['Token', 'Client']);
  });

  it('a list that is filtered, searched, ordered or continued takes one, and one look at each kind of value', async () => {
    const list = `query ($filter: ClientFilter, $orderBy: [ClientOrder!], $search: String, $after: String) {
      clients(first: 1, filter: $filter, orderBy: $orderBy, search: $search, after: $after) {
        totalCount pageInfo { hasNextPage hasPreviousPage endCursor } nodes { name }
      }
    }`;
    const filter = { tags: { hasSome: ['t'] }, not: { customFields: [{ key: 'text', contains: 'x' }] } };
    const variables = { filter, search: 'c', orderBy: [{ field: 'NPS_SCORE' }] };
    // After a look at how many have the tag.
    expect(await cost(list, variables)).toEqual(['Token', 'IndexedValue', 'Client']);
    const after = (await firm.ok(list)).clients.pageInfo.endCursor;
    expect(await cost(list, { after })).toEqual(['Token', 'Client']);
  });

  it.each([
    ['id', (of: Records) => ({ id: of.ids.Client })],
    ['trackingId', (of: Records) => ({ trackingId: of.mark })],
    ['externalId', (of: Records) => ({ externalId: { system: 'external', id: of.mark } })],
  ])('a client by its %s takes one, whatever is selected', async (_title, by) => {
    const document = `query ($by: ClientKey!) { client(by: $by) { id ${SHOWN} } }`;
    expect(await cost(document, { by: by(records) })).toEqual(['Token', 'Client']);
  });

  it('a node takes one, and nodes one for each type among them', async () => {
    const { Client, ClientContact, Region } = records.ids;
    expect(await cost('query ($id: ID!) { node(id: $id) { id } }', { id: Client })).toEqual(['Token', 'Client']);
    const ids = [Client, Region, Client, ClientContact];
    const statements = await cost('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(statements).toEqual(['Token', 'Client', 'Region', 'ClientContact']);
  });

  it.each([
    [
      'changes',
      'changes(first: 250) { nodes { sequence kind entityId before after } pageInfo { endCursor } }',
      ['Change'],
    ],
    ['clientGroups', 'clientGroups { nodes { name isDefault } totalCount }', ['ClientGroup']],
    [
      'clientContacts',
      'clientContacts { nodes { lastName client { name } role { name } salesperson { name } } }',
      ['ClientContact'],
    ],
    [
      'clientLocations',
      'clientLocations { nodes { name client { name } contacts { totalCount } } }',
      ['ClientLocation'],
    ],
    ['employees', 'employees { nodes { name clients { nodes { name } } } }', ['Employee']],
    ['customFields', 'customFields(entity: CLIENT) { key options { key label } }', []],
  ])('%s takes one, or none where all is known', async (_title, field, expected) => {
    expect(await cost(`{ ${field} }`)).toEqual(['Token', ...expected]);
  });

  it('a root field takes its own, beside one look-up of the token for all', async () => {
    expect(await cost('{ a: clients { nodes { name } } b: clientGroups { nodes { name } } }')).toEqual([
      'Token',
      'Client',
      'ClientGroup',
    ]);
  });

  it('without a token that is known, nothing but the token is asked for', async () => {
    const statements = await database.statementsOf(() => app.send('clt_unknown', '{ clients { nodes { name } } }'));
    expect(statements).toEqual(['Token']);
    expect(await database.statementsOf(() => app.send(null, '{ clients { nodes { name } } }'))).toEqual([]);
  });
});

describe('definitions of custom fields', () => {
  it('are read by the first request of a firm, and by the first after a change', async () => {
    const other = await app.firm();
    const list = '{ clients { nodes { customFields } } }';
    const reading = ['Token', 'Firm', 'CustomField', 'Client'];
    expect(await cost(list, {}, other)).toEqual(reading);
    expect(await cost(list, {}, other)).toEqual(['Token', 'Client']);
    const create = 'mutation { createCustomField(input: { name: "N", type: TEXT }) { customField { key } } }';
    expect(await cost(create, {}, other)).toEqual(['Token', 'Firm', 'CustomField', 'commit']);
    // Worked out with what was known of the firm, and once more when the token told that its fields are others by now.
    expect(await cost(list, {}, other)).toEqual([...reading, 'Client']);
    expect(await cost(list, {}, other)).toEqual(['Token', 'Client']);
  });
});

describe('writing a client', () => {
  const UPSERT =
    'mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { result changedFields client { id name tags customFields revision } } }';
  const upsert = (input: Record<string, unknown>) => cost(UPSERT, { input });
  const plain = {
    name: 'N',
    tags: ['a', 'b'],
    note: 'n',
    customFields: { text: 't', number: 1 },
    externalIds: [{ system: 'x', id: '1' }],
  };

  it('an upsert finds, and commits what differs: three statements, two for a replay', async () => {
    expect(await upsert({ trackingId: 'plain', ...plain })).toEqual(['Token', 'Client', 'commit']);
    expect(await upsert({ trackingId: 'plain', ...plain })).toEqual(['Token', 'Client']);
    expect(await upsert({ trackingId: 'plain', name: 'N2', tags: [] })).toEqual(['Token', 'Client', 'commit']);
  });

  it('references are looked up, those to one kind of record together, and only when they change', async () => {
    const { ids } = records;
    const employee = ids.Employee;
    const team = {
      assignedCsm: { id: employee },
      assignedSalesRep: { id: employee },
      accountTeam: [{ employee: { id: employee }, role: 'r' }],
    };
    const input = {
      trackingId: 'references',
      name: 'N',
      ...team,
      clientGroup: { id: ids.ClientGroup },
      region: { id: ids.Region },
    };
    expect(await upsert(input)).toEqual(['Token', 'Client', 'ClientGroup', 'Region', 'Employee', 'commit']);
    expect(await upsert(input)).toEqual(['Token', 'Client']);
    expect(await upsert({ ...input, note: 'n' })).toEqual(['Token', 'Client', 'commit']);
  });

  it('what a payload selects of other records takes one more', async () => {
    const document = `mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { client { ${SHOWN} } } }`;
    expect(await cost(document, { input: { trackingId: 'payload', name: 'N' } })).toEqual([
      'Token',
      'Client',
      'commit',
      'Client',
    ]);
  });

  it('creating takes a commit alone, and with an idempotency key a look-up of it', async () => {
    const create =
      'mutation ($input: CreateClientInput!, $key: String) { createClient(input: $input, idempotencyKey: $key) { client { id } } }';
    expect(await cost(create, { input: { ...plain, externalIds: [], trackingId: 'created' } })).toEqual([
      'Token',
      'commit',
    ]);
    const keyed = { input: { name: 'K' }, key: 'key' };
    expect(await cost(create, keyed)).toEqual(['Token', 'IdempotencyKey', 'commit']);
    expect(await cost(create, keyed)).toEqual(['Token', 'IdempotencyKey', 'Client']);
  });

  it('contacts that come with a client are looked up together, however many they are', async () => {
    const { ids } = records;
    const create = 'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }';
    const contacts = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        ...{ firstName: `${count}`, lastName: `Contact ${index}`, trackingId: `contact ${count} ${index}` },
        ...{ role: { id: ids.ContactRole }, salesperson: { id: ids.Employee } },
      }));
    for (const count of [2, 100]) {
      const input = { name: 'C', contacts: contacts(count) };
      const expected = ['Token', 'ContactRole', 'Employee', 'ClientContact', 'commit'];
      expect(await cost(create, { input })).toEqual(expected);
    }
  });

  it('keys that contacts of a client name are looked up together, those of a kind in one statement', async () => {
    await firm.ok(
      'mutation { upsertEmployee(input: { trackingId: "E", name: "E", email: "e@example.com" }) { result } }',
    );
    const create = 'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }';
    const salespersons = [{ email: 'e@example.com' }, { trackingId: 'E' }];
    const costs: (readonly string[])[] = [];
    for (const count of [2, 100]) {
      const contacts = Array.from({ length: count }, (_, index) => ({
        ...{ firstName: `Keyed ${count}`, lastName: `Contact ${index}` },
        ...{ role: { name: `ContactRole ${records.mark}` }, salesperson: salespersons[index % 2] },
      }));
      costs.push((await cost(create, { input: { name: 'C', contacts } })).toSorted());
    }
    // The role once by its name, and once for whether contacts may have it.
    const expected = ['ClientContact', 'ContactRole', 'ContactRole', 'Employee', 'Token', 'commit'];
    expect(costs).toEqual([expected, expected]);
  });

  it('patching, deleting and restoring take a look-up and a commit', async () => {
    const create = 'mutation { createClient(input: { name: "C" }) { client { id } } }';
    const { id } = (await firm.ok(create)).createClient.client;
    const patch = 'mutation ($id: ID!) { patchClient(by: { id: $id }, input: { note: "n" }) { client { note } } }';
    expect(await cost(patch, { id })).toEqual(['Token', 'Client', 'commit']);
    expect(await cost(patch, { id })).toEqual(['Token', 'Client']);
    const remove = 'mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }';
    // The feed tells what it pointed at by tracking ID too: here, its group.
    expect(await cost(remove, { id })).toEqual(['Token', 'Client', 'ClientGroup', 'commit']);
    const restore = 'mutation ($id: ID!) { restoreClient(by: { id: $id }) { client { id } } }';
    // What it points at may have gone meanwhile: here, its group.
    expect(await cost(restore, { id })).toEqual(['Token', 'Client', 'ClientGroup', 'commit']);
  });
});

describe('writing what is around clients', () => {
  it('a contact takes a look-up of its place, its role and its name', async () => {
    const { ids } = records;
    const create =
      'mutation ($input: CreateClientContactInput!) { createClientContact(input: $input) { clientContact { id } } }';
    const input = { lastName: 'Place', location: { id: ids.ClientLocation }, role: { id: ids.ContactRole } };
    // Of the client that its place is of, the feed tells the tracking ID.
    const expected = ['Token', 'ClientLocation', 'ContactRole', 'ClientContact', 'Client', 'commit'];
    expect(await cost(create, { input })).toEqual(expected);
    expect(
      await cost(create, { input: { lastName: 'Client', client: { id: ids.Client }, role: { id: ids.ContactRole } } }),
    ).toEqual(expected);
    const patch =
      'mutation ($id: ID!) { patchClientContact(by: { id: $id }, input: { notes: "n" }) { clientContact { notes } } }';
    expect(await cost(patch, { id: ids.ClientContact })).toEqual(['Token', 'ClientContact', 'commit']);
  });

  it('a group takes a commit, and one more to find it; deleting one takes no more for all its clients', async () => {
    const create = 'mutation { createClientGroup(input: { name: "Counted" }) { clientGroup { id } } }';
    expect(await cost(create)).toEqual(['Token', 'commit']);
    const { nodes } = (await firm.ok('{ clientGroups { nodes { id name } } }')).clientGroups;
    const { id } = nodes.find(({ name }: { name: string }) => name === 'Counted');
    for (const name of ['a', 'b', 'c']) {
      const move = 'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }';
      await firm.ok(move, { input: { name, clientGroup: { id } } });
    }
    const remove = 'mutation ($id: ID!) { deleteClientGroup(by: { id: $id }) { clientGroup { id } } }';
    expect(await cost(remove, { id })).toEqual(['Token', 'ClientGroup', 'commit']);
  });
});
