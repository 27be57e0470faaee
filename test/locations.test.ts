/** Locations: every client has one, one is its primary, and what is there goes and comes with the client. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { type FeedEntry, feedOf } from './support/feed.ts';
import { make } from './support/records.ts';

let app: TestApp;
let firm: TestFirm;
let roleId: string;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  firm = await app.firm();
  roleId = (await make(firm, 'ContactRole', { name: 'Adjuster' })).id;
});

type Input = Record<string, unknown>;

interface Location {
  id: string;
  name: string;
  isPrimary: boolean;
  revision: number;
}

const LOCATION = `fragment L on ClientLocation {
  id name isPrimary address { line1 city country fullAddress } salesperson { id } client { id } createdAt updatedAt revision
}`;
const PATCH = `mutation ($id: ID!, $input: PatchClientLocationInput!) { patchClientLocation(by: { id: $id }, input: $input) { clientLocation { ...L } } } ${LOCATION}`;
const CREATE = `mutation ($input: CreateClientLocationInput!) { createClientLocation(input: $input) { clientLocation { ...L } } } ${LOCATION}`;
const DELETE = `mutation ($id: ID!) { deleteClientLocation(by: { id: $id }) { clientLocation { ...L } } } ${LOCATION}`;
const LIST = `query ($clientId: ID!) { clientLocations(client: { id: $clientId }) { totalCount nodes { ...L } } } ${LOCATION}`;
const CREATE_CLIENT = `mutation ($input: CreateClientInput!, $key: String) { createClient(input: $input, idempotencyKey: $key) { client {
  id name locations { nodes { ...L } } contacts { nodes { lastName email location { name } } }
} } } ${LOCATION}`;
const DELETE_CLIENT = 'mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }';
const RESTORE_CLIENT = 'mutation ($id: ID!) { restoreClient(by: { id: $id }) { client { id } } }';
const CREATE_CONTACT =
  'mutation ($input: CreateClientContactInput!) { createClientContact(input: $input) { clientContact { id location { id } } } }';

const createClient = async (input: Input) => (await firm.ok(CREATE_CLIENT, { input })).createClient.client;
const createLocation = async (input: Input) =>
  (await firm.ok(CREATE, { input })).createClientLocation.clientLocation as Location;
const patch = async (id: string, input: Input) =>
  (await firm.ok(PATCH, { id, input })).patchClientLocation.clientLocation as Location;
const locations = async (clientId: string): Promise<Location[]> =>
  (await firm.ok(LIST, { clientId })).clientLocations.nodes;
const createContact = async (input: Input) =>
  (await firm.ok(CREATE_CONTACT, { input: { role: { id: roleId }, ...input } })).createClientContact.clientContact;

/** What the feed tells of clients and what is at them, once it has so many entries. */
const told = (count: number): Promise<FeedEntry[]> =>
  feedOf(firm, count, ['CLIENT', 'CLIENT_LOCATION', 'CLIENT_CONTACT']);

/** The paths of an error's fields, each as one text, in order. */
const paths = (error: { extensions: { fields?: { path: (string | number)[] }[] } }) =>
  error.extensions.fields?.map(({ path }) => path.join('.')).sort();

describe('the first location of a client', () => {
  it('is made with it, is called Main, is the primary one, and has its address', async () => {
    const address = { line1: '1 High Street', city: 'Cardiff', country: 'GB' };
    const client = await createClient({ name: 'C', address });
    expect(client.locations.nodes).toMatchObject([
      { name: 'Main', isPrimary: true, address, salesperson: null, client: { id: client.id }, revision: 1 },
    ]);
  });

  it('is made by an upsert too, and by no second one', async () => {
    const upsert =
      'mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { client { id locations { totalCount nodes { name } } } } }';
    for (const name of ['U', 'U again']) {
      const { client } = (await firm.ok(upsert, { input: { trackingId: 'U', name } })).upsertClient;
      expect(client.locations).toEqual({ totalCount: 1, nodes: [{ name: 'Main' }] });
    }
  });

  it('may come with the client', async () => {
    const employee = await make(firm, 'Employee', { name: 'Dana' });
    const location = { name: 'Head office', address: { city: 'Swansea' }, salesperson: { id: employee.id } };
    const client = await createClient({ name: 'C', address: { city: 'Cardiff' }, location });
    expect(client.locations.nodes).toMatchObject([
      { name: 'Head office', isPrimary: true, address: { city: 'Swansea' }, salesperson: { id: employee.id } },
    ]);
    const unnamed = await createClient({ name: 'D', address: { city: 'Cardiff' }, location: {} });
    expect(unnamed.locations.nodes).toMatchObject([{ name: 'Main', address: { city: 'Cardiff' } }]);
  });

  it('is told in the feed with its client', async () => {
    const client = await createClient({ name: 'C' });
    const entries = await told(2);
    expect(entries).toMatchObject([
      { kind: 'CREATED', entity: 'CLIENT', entityId: client.id },
      {
        kind: 'CREATED',
        entity: 'CLIENT_LOCATION',
        entityId: client.locations.nodes[0].id,
        after: { client: { id: client.id }, name: 'Main', isPrimary: true },
      },
    ]);
  });
});

describe('a client created with contacts', () => {
  const contacts = (...lastNames: string[]) =>
    lastNames.map((lastName) => ({ lastName, role: { id: roleId }, email: `${lastName.trim()}@example.com` }));

  it('has them at its first location', async () => {
    const client = await createClient({ name: 'C', location: { name: 'HQ' }, contacts: contacts('Ash', 'Birch') });
    expect(client.contacts.nodes).toEqual([
      { lastName: 'Ash', email: 'Ash@example.com', location: { name: 'HQ' } },
      { lastName: 'Birch', email: 'Birch@example.com', location: { name: 'HQ' } },
    ]);
    expect((await told(4)).map(({ kind, entity }) => `${kind} ${entity}`)).toEqual([
      'CREATED CLIENT',
      'CREATED CLIENT_LOCATION',
      'CREATED CLIENT_CONTACT',
      'CREATED CLIENT_CONTACT',
    ]);
  });

  it('is created with all of them or not at all, each error at its place', async () => {
    const [ash, birch, cedar] = contacts('Ash', 'Birch', 'Cedar');
    const input = {
      name: 'C',
      trackingId: 'nothing',
      location: { name: ' ' },
      contacts: [
        { ...ash, phoneFax: '5'.repeat(51) },
        birch,
        { ...cedar, salesperson: { id: 'employee_00000000000000000000000000' }, language: 'xx' },
      ],
    };
    expect(paths(await firm.fails(CREATE_CLIENT, { input }))).toEqual([
      'input.contacts.0.phoneFax',
      'input.contacts.2.language',
      'input.contacts.2.salesperson',
      'input.location.name',
    ]);
    const third = { ...input, location: null, contacts: [ash, birch, { ...cedar, email: 'nobody' }] };
    expect(paths(await firm.fails(CREATE_CLIENT, { input: third }))).toEqual(['input.contacts.2.email']);
    const nothing = '{ clients { totalCount } clientLocations { totalCount } clientContacts { totalCount } }';
    const none = { totalCount: 0 };
    expect(await firm.ok(nothing)).toEqual({ clients: none, clientLocations: none, clientContacts: none });
    // An entry that must not be there would stand before this one.
    const { id } = await createClient({ name: 'After' });
    expect(await told(2)).toMatchObject([{ entityId: id }, { after: { client: { id } } }]);
  });

  it('names what is wrong with the client beside what is wrong with its contacts', async () => {
    const input = {
      name: '',
      address: { country: 'GB', city: 'x'.repeat(101) },
      contacts: [{ lastName: '', role: { id: roleId } }],
    };
    expect(paths(await firm.fails(CREATE_CLIENT, { input }))).toEqual([
      'input.address.city',
      'input.contacts.0.lastName',
      'input.name',
    ]);
  });

  it('refuses twins of others and of each other, unless they are allowed', async () => {
    const existing = await createClient({ name: 'A', contacts: contacts('Ash') });
    const twins = { name: 'B', contacts: contacts('Birch', 'Ash', 'birch ') };
    const error = await firm.fails(CREATE_CLIENT, { input: twins });
    expect(error).toMatchObject({ status: 409, extensions: { code: 'DUPLICATE' } });
    expect(paths(error)).toEqual(['input.contacts.1.lastName', 'input.contacts.2.lastName']);
    const allowed = await createClient({ ...twins, allowDuplicateContacts: true });
    expect(allowed.contacts.nodes).toHaveLength(3);
    expect(existing.contacts.nodes).toHaveLength(1);
    // However many share it, the name is taken.
    const late = await firm.fails(CREATE_CONTACT, {
      input: { role: { id: roleId }, client: { id: existing.id }, lastName: 'BIRCH' },
    });
    expect(late.extensions.code).toBe('DUPLICATE');
    expect(late.extensions.fields?.[0]?.ids).toHaveLength(2);
  });

  it('refuses two contacts of one tracking ID', async () => {
    const [ash, birch] = contacts('Ash', 'Birch').map((contact) => ({ ...contact, trackingId: 'same' }));
    const error = await firm.fails(CREATE_CLIENT, { input: { name: 'C', contacts: [ash, birch] } });
    expect(error).toMatchObject({ status: 409, extensions: { code: 'DUPLICATE' } });
    expect(paths(error)).toEqual(['input.contacts.1.trackingId']);
  });

  it('is created once by one idempotency key', async () => {
    const send = () => firm.ok(CREATE_CLIENT, { input: { name: 'Once', contacts: contacts('Ash') }, key: 'k' });
    const answers = await Promise.all([send(), send(), send()]);
    expect(new Set(answers.map(({ createClient }) => createClient.client.id)).size).toBe(1);
    expect((await firm.ok('{ clientContacts { totalCount } }')).clientContacts.totalCount).toBe(1);
  });
});

describe('locations of a client', () => {
  let clientId: string;
  let main: Location;
  beforeEach(async () => {
    const client = await createClient({ name: 'C' });
    clientId = client.id;
    main = client.locations.nodes[0];
  });

  const primaries = async () => (await locations(clientId)).filter(({ isPrimary }) => isPrimary);

  it('are added, changed and listed by name', async () => {
    const address = { line1: '1 High Street', city: 'Cardiff' };
    const branch = await createLocation({ client: { id: clientId }, name: 'Branch', address });
    expect(branch).toMatchObject({ name: 'Branch', isPrimary: false, address, client: { id: clientId }, revision: 1 });
    const patched = await patch(branch.id, { name: 'a branch', address: { line1: null } });
    expect(patched).toMatchObject({ name: 'a branch', address: { line1: null, city: 'Cardiff' }, revision: 2 });
    expect(await patch(branch.id, { name: 'a branch' })).toEqual(patched);
    expect((await locations(clientId)).map(({ name }) => name)).toEqual(['a branch', 'Main']);
    const { totalCount } = (await firm.ok('{ clientLocations { totalCount } }')).clientLocations;
    expect(totalCount).toBe(2);
  });

  it('need a client that is there, and a name', async () => {
    expect(paths(await firm.fails(CREATE, { input: {} }))).toEqual(['input.client', 'input.name']);
    const foreign = await make(await app.firm(), 'Client', { name: 'F' });
    for (const id of [foreign.id, 'client_00000000000000000000000000', 'nonsense']) {
      expect(paths(await firm.fails(CREATE, { input: { client: { id }, name: '' } }))).toEqual([
        'input.client',
        'input.name',
      ]);
    }
    expect(await firm.fails(PATCH, { id: clientId, input: { name: 'X' } })).toMatchObject({ status: 404 });
    expect(paths(await firm.fails(PATCH, { id: main.id, input: { name: null } }))).toEqual(['input.name']);
  });

  it('have one primary, which another takes over', async () => {
    const branch = await createLocation({ client: { id: clientId }, name: 'Branch', isPrimary: true });
    expect(await primaries()).toMatchObject([{ id: branch.id }]);
    await patch(main.id, { isPrimary: true });
    expect(await primaries()).toMatchObject([{ id: main.id, revision: 3 }]);
    expect(paths(await firm.fails(PATCH, { id: main.id, input: { isPrimary: false } }))).toEqual(['input.isPrimary']);
    // Each change of the two is told.
    const entries = await feedOf(firm, 5, ['CLIENT_LOCATION']);
    expect(entries.slice(1).map(({ entityId, kind, after }) => [entityId, kind, after?.isPrimary])).toEqual([
      [main.id, 'UPDATED', false],
      [branch.id, 'CREATED', true],
      [branch.id, 'UPDATED', false],
      [main.id, 'UPDATED', true],
    ]);
  });

  it('have one primary also when several are made so at once', async () => {
    const ids = await Promise.all(
      ['A', 'B', 'C', 'D'].map(async (name) => (await createLocation({ client: { id: clientId }, name })).id),
    );
    await Promise.all([
      ...ids.map((id) => patch(id, { isPrimary: true })),
      createLocation({ client: { id: clientId }, name: 'E', isPrimary: true }),
    ]);
    expect(await primaries()).toHaveLength(1);
    expect(await locations(clientId)).toHaveLength(6);
  });

  it('cannot lose the last of them', async () => {
    const error = await firm.fails(DELETE, { id: main.id });
    expect(error).toMatchObject({
      status: 409,
      extensions: { code: 'CONFLICT', fields: [{ path: ['by'], code: 'CONFLICT' }] },
    });
    expect(await locations(clientId)).toHaveLength(1);
  });

  it('hand the primary place on when it is deleted', async () => {
    const branch = await createLocation({ client: { id: clientId }, name: 'Branch' });
    await createLocation({ client: { id: clientId }, name: 'Annex' });
    const { deleteClientLocation } = await firm.ok(DELETE, { id: main.id });
    expect(deleteClientLocation.clientLocation).toMatchObject({ id: main.id, name: 'Main', client: { id: clientId } });
    expect(await primaries()).toMatchObject([{ id: branch.id }]);
    expect((await firm.ok('query ($id: ID!) { node(id: $id) { id } }', { id: main.id })).node).toBeNull();
    expect((await firm.fails(DELETE, { id: main.id })).extensions.code).toBe('NOT_FOUND');
  });

  it('keep one of two that are deleted at once', async () => {
    for (let round = 0; round < 5; round++) {
      const client = await createClient({ name: `R${round}` });
      const branch = await createLocation({ client: { id: client.id }, name: 'Branch' });
      const ids = [client.locations.nodes[0].id, branch.id];
      const answers = await Promise.all(ids.map((id) => firm.run(DELETE, { id })));
      const codes = answers.flatMap(({ errors }) => errors?.map(({ extensions }) => extensions.code) ?? []);
      expect(codes).toEqual(['CONFLICT']);
      expect(await locations(client.id)).toMatchObject([{ isPrimary: true }]);
    }
  });

  it('cannot be deleted while contacts are there, of which the answer tells the number', async () => {
    const branch = await createLocation({ client: { id: clientId }, name: 'Branch' });
    const ids: string[] = [];
    for (const lastName of ['A', 'B', 'C'])
      ids.push((await createContact({ location: { id: branch.id }, lastName })).id as string);
    const error = await firm.fails(DELETE, { id: branch.id });
    expect(error).toMatchObject({ status: 409, extensions: { code: 'CONFLICT', fields: [{ path: ['by'] }] } });
    expect(error.message).toMatch(/\b3\b/);
    for (const id of ids)
      await firm.ok('mutation ($id: ID!) { deleteClientContact(by: { id: $id }) { __typename } }', { id });
    expect((await firm.ok(DELETE, { id: branch.id })).deleteClientLocation.clientLocation.id).toBe(branch.id);
  });

  it('lose no contact that is put there while they are deleted', async () => {
    for (let round = 0; round < 5; round++) {
      const branch = await createLocation({ client: { id: clientId }, name: `B${round}` });
      const input = { role: { id: roleId }, location: { id: branch.id }, lastName: `N${round}` };
      const [made, gone] = await Promise.all([
        firm.run(CREATE_CONTACT, { input }),
        firm.run(DELETE, { id: branch.id }),
      ]);
      const codes = [made, gone].map(({ errors }) => errors?.[0]?.extensions.code);
      // Whichever was first: a contact that is nowhere, or a location that is in use.
      expect([
        ['BAD_USER_INPUT', undefined],
        [undefined, 'CONFLICT'],
        [undefined, undefined],
      ]).toContainEqual(codes);
      const { clientContacts } = await firm.ok(
        'query ($name: String!) { clientContacts(filter: { lastName: { equals: $name } }) { nodes { location { id } } } }',
        { name: input.lastName },
      );
      const there = (await locations(clientId)).map(({ id }) => id);
      expect(clientContacts.nodes).toHaveLength(made.errors ? 0 : 1);
      for (const { location } of clientContacts.nodes) expect(there).toContain(location.id);
    }
  });

  it('keep where deleted contacts were, so that these can come back', async () => {
    const branch = await createLocation({ client: { id: clientId }, name: 'Branch' });
    const { id } = await createContact({ location: { id: branch.id }, lastName: 'A', trackingId: 'A' });
    await firm.ok('mutation ($id: ID!) { deleteClientContact(by: { id: $id }) { __typename } }', { id });
    await firm.ok(DELETE, { id: branch.id });
    const { upsertClientContact } = await firm.ok(
      'mutation { upsertClientContact(input: { trackingId: "A" }) { clientContact { id location { id } } } }',
    );
    expect(upsertClientContact.clientContact).toEqual({ id, location: { id: main.id } });
  });
});

describe('a client that is deleted', () => {
  it('takes its contacts and locations along and brings them back, each told in the feed', async () => {
    const contacts = ['A', 'B'].map((lastName) => ({ lastName, role: { id: roleId } }));
    const client = await createClient({ name: 'C', contacts });
    await createLocation({ client: { id: client.id }, name: 'Branch' });
    const other = await createClient({ name: 'Other' });
    const ids = [...(await locations(client.id)).map(({ id }) => id)];
    const LISTS = '{ clientContacts { totalCount nodes { id } } clientLocations { totalCount nodes { id } } }';
    const before = await firm.ok(LISTS);
    ids.push(...before.clientContacts.nodes.map(({ id }: { id: string }) => id));

    await firm.ok(DELETE_CLIENT, { id: client.id });
    const gone = await firm.ok(LISTS);
    expect(gone.clientContacts.totalCount).toBe(0);
    expect(gone.clientLocations.nodes).toEqual([{ id: other.locations.nodes[0].id }]);
    const { nodes } = await firm.ok('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(nodes).toEqual([null, null, null, null]);
    for (const id of ids.slice(0, 2)) expect(await firm.fails(DELETE, { id })).toMatchObject({ status: 404 });

    await firm.ok(RESTORE_CLIENT, { id: client.id });
    expect(await firm.ok(LISTS)).toEqual(before);
    const entries = (await told(17)).slice(7);
    const toldAs = (kind: string) =>
      entries.filter((entry) => entry.kind === kind && entry.entity !== 'CLIENT').map(({ entityId }) => entityId);
    expect(toldAs('DELETED').sort()).toEqual([...ids].sort());
    expect(toldAs('RESTORED').sort()).toEqual([...ids].sort());
  });

  it('leaves behind no contact or location that is made meanwhile', async () => {
    for (let round = 0; round < 8; round++) {
      const client = await createClient({ name: `R${round}` });
      await Promise.all([
        firm.run(CREATE_CONTACT, { input: { role: { id: roleId }, client: { id: client.id }, lastName: `N${round}` } }),
        firm.run(CREATE, { input: { client: { id: client.id }, name: 'Late' } }),
        firm.run(DELETE_CLIENT, { id: client.id }),
      ]);
    }
    expect((await firm.ok('{ clients { totalCount } }')).clients.totalCount).toBe(0);
    const rest = '{ clientContacts { nodes { client { id } } } clientLocations { nodes { client { id } } } }';
    expect(await firm.ok(rest)).toEqual({ clientContacts: { nodes: [] }, clientLocations: { nodes: [] } });
  });
});

describe('a client that is merged into another', () => {
  it('leaves behind no contact or location that is made meanwhile', async () => {
    const merge =
      'mutation ($sourceId: ID!, $targetId: ID!) { mergeClients(source: { id: $sourceId }, target: { id: $targetId }) { client { id } } }';
    const target = await createClient({ name: 'Target' });
    for (let round = 0; round < 6; round++) {
      const source = await createClient({ name: `R${round}` });
      const [contact, location, merged] = await Promise.all([
        firm.run(CREATE_CONTACT, { input: { role: { id: roleId }, client: { id: source.id }, lastName: `N${round}` } }),
        firm.run(CREATE, { input: { client: { id: source.id }, name: 'Late' } }),
        firm.run(merge, { sourceId: source.id, targetId: target.id }),
      ]);
      expect(merged.errors).toBeUndefined();
      for (const { errors } of [contact, location]) {
        if (errors) expect(errors).toMatchObject([{ extensions: { fields: [{ code: 'NOT_FOUND' }] } }]);
      }
    }
    const { clientContacts, clientLocations } = await firm.ok(
      '{ clientContacts { nodes { client { id } location { id } } } clientLocations { nodes { id client { id } } } }',
    );
    const places = clientLocations.nodes.map(({ id }: { id: string }) => id);
    for (const { client } of [...clientContacts.nodes, ...clientLocations.nodes]) expect(client.id).toBe(target.id);
    for (const { location } of clientContacts.nodes) expect(places).toContain(location.id);
  });
});
