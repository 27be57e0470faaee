/** Contacts: what they hold, how they change, and who is taken for a twin. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../src/database/open.ts';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { freshDatabaseUrl } from './support/database.ts';
import { feedOf } from './support/feed.ts';
import { make } from './support/records.ts';

let app: TestApp;
let firm: TestFirm;
let roleId: string;
let clientId: string;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  firm = await app.firm();
  roleId = (await make(firm, 'ContactRole', { name: 'Adjuster' })).id;
  clientId = (await make(firm, 'Client', { name: 'Home' })).id;
});

type Input = Record<string, unknown>;

const CONTACT = `fragment C on ClientContact {
  id client { id name } location { id name } role { id name } trackingId firstName middleName lastName title email
  address { line1 city country fullAddress } phoneHome phoneMobile phoneOffice phoneFax language birthday accountCode
  notes adminNotes salesperson { id name } customFields customFieldValues { key } createdAt updatedAt revision
}`;
const CREATE = `mutation ($input: CreateClientContactInput!, $allow: Boolean! = false) {
  createClientContact(input: $input, allowDuplicates: $allow) { clientContact { ...C } }
} ${CONTACT}`;
const UPSERT = `mutation ($input: UpsertClientContactInput!, $allow: Boolean! = false) {
  upsertClientContact(input: $input, allowDuplicates: $allow) { result changedFields clientContact { ...C } }
} ${CONTACT}`;
const PATCH = `mutation ($id: ID!, $input: PatchClientContactInput!, $allow: Boolean! = false) {
  patchClientContact(by: { id: $id }, input: $input, allowDuplicates: $allow) { changedFields clientContact { ...C } }
} ${CONTACT}`;
const DELETE = `mutation ($id: ID!) { deleteClientContact(by: { id: $id }) { clientContact { ...C } } } ${CONTACT}`;
const BY_ID = `query ($id: ID!) { clientContact(by: { id: $id }) { ...C } } ${CONTACT}`;
const BY_TRACKING = 'query ($trackingId: String!) { clientContact(by: { trackingId: $trackingId }) { id } }';
const PRIME =
  'mutation ($id: ID!, $contact: ID!) { patchClient(by: { id: $id }, input: { primaryContact: { id: $contact }}) { client { id } } }';
const PRIMARY = `query ($id: ID!) { client(by: { id: $id }) { primaryContact { id } revision
  history(first: 1) { nodes { kind changedFields before after } } } }`;
const FIRST_LOCATION = 'query ($id: ID!) { client(by: { id: $id }) { locations(first: 1) { nodes { id } } } }';

/** A contact at the client, unless the input says otherwise. */
const contact = (input: Input): Input => {
  const placed = input.client === undefined && input.location === undefined ? { client: { id: clientId } } : {};
  return { role: { id: roleId }, ...placed, ...input };
};
const create = async (input: Input, allow = false) =>
  (await firm.ok(CREATE, { input: contact(input), allow })).createClientContact.clientContact;
const patch = async (id: string, input: Input, allow = false) =>
  (await firm.ok(PATCH, { id, input, allow })).patchClientContact;
const remove = async (id: string) => (await firm.ok(DELETE, { id })).deleteClientContact.clientContact;
const read = async (id: string) => (await firm.ok(BY_ID, { id })).clientContact;
const firstLocation = async (id: string): Promise<string> =>
  (await firm.ok(FIRST_LOCATION, { id })).client.locations.nodes[0].id;

/** The paths of an error's fields, each as one text, in order. */
const paths = (error: { extensions: { fields?: { path: (string | number)[] }[] } }) =>
  error.extensions.fields?.map(({ path }) => path.join('.')).sort();

describe('createClientContact', () => {
  it('keeps every field as it was given', async () => {
    const salesperson = await make(firm, 'Employee', { name: 'Dana' });
    const given = {
      trackingId: 'T-1',
      firstName: 'Susie',
      middleName: 'B',
      lastName: 'Smith',
      title: 'Claims Adjuster',
      email: 'susie@example.com',
      phoneHome: '555-555-55555',
      phoneMobile: '555-555-5555',
      phoneOffice: '+1 404-555-5555 x501',
      phoneFax: '999-999-9999',
      language: 'cy',
      birthday: '1979-01-01',
      accountCode: '12345',
      notes: 'These are some general notes!',
      adminNotes: 'This is a VIP contact.',
    };
    const address = { line1: '1 High Street', city: 'Cardiff', country: 'GB' };
    const made = await create({ ...given, address, salesperson: { id: salesperson.id } });
    expect(made).toMatchObject({
      ...given,
      address: { ...address, fullAddress: '1 High Street\nCardiff\nGB' },
      client: { id: clientId, name: 'Home' },
      location: { name: 'Main' },
      role: { id: roleId, name: 'Adjuster' },
      salesperson: { id: salesperson.id, name: 'Dana' },
      customFields: {},
      customFieldValues: [],
      revision: 1,
    });
    expect(await read(made.id)).toEqual(made);
    expect((await firm.ok(BY_TRACKING, { trackingId: 'T-1' })).clientContact.id).toBe(made.id);
  });

  it('has nothing but what is required otherwise', async () => {
    expect(await create({ lastName: 'Only' })).toMatchObject({
      trackingId: null,
      firstName: null,
      middleName: null,
      title: null,
      email: null,
      address: null,
      phoneHome: null,
      phoneMobile: null,
      phoneOffice: null,
      phoneFax: null,
      language: null,
      birthday: null,
      accountCode: null,
      notes: null,
      adminNotes: null,
      salesperson: null,
    });
  });

  it('needs a last name, a role and a place', async () => {
    expect(paths(await firm.fails(CREATE, { input: {} }))).toEqual(['input.lastName', 'input.role']);
    expect(paths(await firm.fails(CREATE, { input: { lastName: 'X', role: { id: roleId } } }))).toEqual([
      'input.location',
    ]);
    expect(paths(await firm.fails(UPSERT, { input: { trackingId: 'bare' } }))).toEqual([
      'input.lastName',
      'input.location',
      'input.role',
    ]);
    expect(
      paths(await firm.fails(CREATE, { input: { lastName: ' ', role: { id: roleId }, client: { id: clientId } } })),
    ).toEqual(['input.lastName']);
  });

  it('places the contact of a client at its primary location', async () => {
    expect((await create({ lastName: 'First' })).location.id).toBe(await firstLocation(clientId));
    const branch = await make(firm, 'ClientLocation', { client: { id: clientId }, name: 'Branch' });
    expect((await create({ lastName: 'Second' })).location.name).toBe('Main');
    await firm.ok(
      'mutation ($id: ID!) { patchClientLocation(by: { id: $id }, input: { isPrimary: true }) { __typename } }',
      {
        id: branch.id,
      },
    );
    expect((await create({ lastName: 'Third' })).location.name).toBe('Branch');
  });

  it('finds the client by the location', async () => {
    const branch = await make(firm, 'ClientLocation', { client: { id: clientId }, name: 'Branch' });
    expect(await create({ lastName: 'A', location: { id: branch.id } })).toMatchObject({
      client: { id: clientId },
      location: { id: branch.id },
    });
    expect(await create({ lastName: 'B', location: { id: branch.id }, client: { id: clientId } })).toMatchObject({
      client: { id: clientId },
      location: { id: branch.id },
    });
  });

  it('refuses a location of another client than the one given', async () => {
    const other = await make(firm, 'Client', { name: 'Other' });
    const locationId = await firstLocation(other.id);
    const error = await firm.fails(CREATE, {
      input: contact({ lastName: 'X', client: { id: clientId }, location: { id: locationId } }),
    });
    expect(error).toMatchObject({ status: 400, extensions: { code: 'BAD_USER_INPUT' } });
    expect(paths(error)).toEqual(['input.location']);
  });

  it('names every reference that leads nowhere, also one of another firm', async () => {
    const other = await app.firm();
    const [role, client, employee] = [
      await make(other, 'ContactRole', { name: 'R' }),
      await make(other, 'Client', { name: 'C' }),
      await make(other, 'Employee', { name: 'E' }),
    ];
    const { client: found } = await other.ok(FIRST_LOCATION, { id: client.id });
    const ids = { role: { id: role.id }, salesperson: { id: employee.id } };
    const byLocation = await firm.fails(CREATE, {
      input: { lastName: 'X', location: { id: found.locations.nodes[0].id }, ...ids },
    });
    expect(paths(byLocation)).toEqual(['input.location', 'input.role', 'input.salesperson']);
    expect(byLocation.extensions.fields?.map(({ code }) => code)).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']);
    const byClient = await firm.fails(CREATE, { input: { lastName: 'X', client: { id: client.id }, ...ids } });
    expect(paths(byClient)).toEqual(['input.client', 'input.role', 'input.salesperson']);
    expect((await firm.ok('{ clientContacts { totalCount } }')).clientContacts.totalCount).toBe(0);
  });

  it('refuses a role that is not available for contacts', async () => {
    const internal = await make(firm, 'ContactRole', { name: 'Internal', availableForContacts: false });
    const error = await firm.fails(CREATE, { input: contact({ lastName: 'X', role: { id: internal.id } }) });
    expect(error.status).toBe(400);
    expect(paths(error)).toEqual(['input.role']);
    const { id } = await create({ lastName: 'X' });
    expect(paths(await firm.fails(PATCH, { id, input: { role: { id: internal.id } } }))).toEqual(['input.role']);
  });

  it('keeps a role that is no longer available, until another is chosen', async () => {
    const { id } = await create({ lastName: 'Old hand' });
    await firm.ok(
      'mutation ($id: ID!) { patchContactRole(by: { id: $id }, input: { availableForContacts: false }) { __typename } }',
      { id: roleId },
    );
    expect((await patch(id, { title: 'Senior', role: { id: roleId } })).clientContact.role.id).toBe(roleId);
    expect(paths(await firm.fails(CREATE, { input: contact({ lastName: 'New hand' }) }))).toEqual(['input.role']);
  });

  it.each([
    ['phoneHome', '5'.repeat(50)],
    ['phoneMobile', 'call reception, ask for 🙂'],
    ['phoneOffice', '+1 404-555-5555 x501'],
    ['phoneFax', '🙂'.repeat(50)],
    ['language', 'en'],
    ['birthday', '2024-02-29'],
    ['email', 'a.b+c@example.co.uk'],
    ['notes', 'x'.repeat(65_536)],
  ])('takes %s %s', async (field, value) => {
    expect((await create({ lastName: 'X', [field]: value }))[field]).toBe(value);
  });

  it.each([
    ['phoneHome', '5'.repeat(51)],
    ['phoneFax', '🙂'.repeat(51)],
    ['language', 'eng'],
    ['language', 'EN'],
    ['language', 'xx'],
    ['birthday', '2023-02-29'],
    ['birthday', '1979-1-1'],
    ['email', 'nobody'],
    ['notes', 'x'.repeat(65_537)],
    ['adminNotes', 'x'.repeat(65_537)],
    ['trackingId', ' outer'],
    ['lastName', 'x'.repeat(256)],
  ])('refuses %s %s', async (field, value) => {
    const error = await firm.fails(CREATE, { input: contact({ lastName: 'X', [field]: value }) });
    expect(error.status).toBe(400);
    expect(paths(error)).toEqual([`input.${field}`]);
  });

  it('refuses a tracking ID that is taken, naming the holder', async () => {
    const holder = await create({ lastName: 'Holder', trackingId: 'taken' });
    const error = await firm.fails(CREATE, { input: contact({ lastName: 'Other', trackingId: 'taken' }) });
    expect(error).toMatchObject({
      status: 409,
      extensions: { code: 'DUPLICATE', fields: [{ path: ['input', 'trackingId'], ids: [holder.id] }] },
    });
  });
});

describe('upsertClientContact', () => {
  const upsert = async (input: Input, allow = false) => (await firm.ok(UPSERT, { input, allow })).upsertClientContact;

  it('creates the contact, then changes what is sent and differs, and writes nothing by a replay', async () => {
    const first = await upsert(contact({ trackingId: 'U', lastName: 'Smith', title: 'Adjuster', notes: 'n' }));
    expect(first).toMatchObject({ result: 'CREATED', clientContact: { lastName: 'Smith', revision: 1 } });
    const second = await upsert({ trackingId: 'U', lastName: 'Smith', title: null });
    expect(second).toMatchObject({
      result: 'UPDATED',
      changedFields: ['title'],
      clientContact: { id: first.clientContact.id, title: null, notes: 'n', revision: 2 },
    });
    const third = await upsert({ trackingId: 'U', title: null, client: { id: clientId }, role: { id: roleId } });
    expect(third).toEqual({ result: 'UPDATED', changedFields: [], clientContact: second.clientContact });
  });

  it('leaves one contact when a hundred arrive at once, one of them answering CREATED and none failing', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        upsert(contact({ trackingId: 'race', lastName: 'Race', firstName: 'One', notes: `n${index % 7}` })),
      ),
    );
    const results = answers.map(({ result }) => result);
    expect(results.filter((result) => result === 'CREATED')).toHaveLength(1);
    expect(results.filter((result) => result === 'UPDATED')).toHaveLength(99);
    expect(new Set(answers.map(({ clientContact }) => clientContact.id)).size).toBe(1);
    expect((await firm.ok('{ clientContacts { totalCount } }')).clientContacts.totalCount).toBe(1);
  });

  it('brings a deleted contact back, also when its name was given to another meanwhile', async () => {
    const { clientContact } = await upsert(contact({ trackingId: 'back', lastName: 'Back', notes: 'kept' }));
    await remove(clientContact.id);
    const successor = await create({ lastName: 'Back' });
    expect(await upsert({ trackingId: 'back', title: 'Returned' })).toMatchObject({
      result: 'RESTORED',
      changedFields: ['title'],
      clientContact: { id: clientContact.id, lastName: 'Back', notes: 'kept', title: 'Returned' },
    });
    const error = await firm.fails(CREATE, { input: contact({ lastName: 'back' }) });
    expect(error.extensions.fields).toMatchObject([{ ids: [clientContact.id, successor.id] }]);
    const { history } = (
      await firm.ok('query ($id: ID!) { clientContact(by: { id: $id }) { history { nodes { kind } } } }', {
        id: clientContact.id,
      })
    ).clientContact;
    expect(history.nodes.map(({ kind }: { kind: string }) => kind)).toEqual(['RESTORED', 'DELETED', 'CREATED']);
  });

  it('refuses the name of another contact, unless duplicates are allowed', async () => {
    const twin = await create({ firstName: 'Ann', lastName: 'Smith' });
    const input = contact({ trackingId: 'twin', firstName: 'ann', lastName: 'SMITH' });
    expect((await firm.fails(UPSERT, { input })).extensions).toMatchObject({
      code: 'DUPLICATE',
      fields: [{ path: ['input', 'lastName'], ids: [twin.id] }],
    });
    expect((await upsert(input, true)).result).toBe('CREATED');
    // Its name does not change by this, so that nothing is in its way.
    expect((await upsert({ ...input, notes: 'n' })).changedFields).toEqual(['notes']);
  });

  it('says where a contact is to come back to, when its place is gone', async () => {
    const other = await make(firm, 'Client', { name: 'Closing' });
    const { clientContact } = await upsert(
      contact({ trackingId: 'homeless', lastName: 'X', client: { id: other.id } }),
    );
    await remove(clientContact.id);
    await firm.ok('mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }', { id: other.id });
    const error = await firm.fails(UPSERT, { input: { trackingId: 'homeless' } });
    expect(paths(error)).toEqual(['input.client', 'input.location']);
    expect((await upsert({ trackingId: 'homeless', client: { id: clientId } })).clientContact.client.id).toBe(clientId);
  });
});

describe('patchClientContact', () => {
  it('changes what is sent, and leaves revision and updatedAt when nothing differs', async () => {
    const made = await create({ lastName: 'P', address: { line1: 'One', city: 'Here' } });
    const first = await patch(made.id, { address: { city: 'There' }, language: 'en' });
    expect(first).toMatchObject({
      changedFields: ['address', 'language'],
      clientContact: { address: { line1: 'One', city: 'There' }, revision: 2 },
    });
    const second = await patch(made.id, { address: { city: 'There' }, language: 'en', lastName: 'P' });
    expect(second).toEqual({ changedFields: [], clientContact: first.clientContact });
  });

  it('answers NOT_FOUND for a contact that is not there or belongs to another firm', async () => {
    const other = await app.firm();
    const role = await make(other, 'ContactRole', { name: 'R' });
    const client = await make(other, 'Client', { name: 'C' });
    const foreign = await make(other, 'ClientContact', {
      lastName: 'F',
      role: { id: role.id },
      client: { id: client.id },
    });
    for (const id of [foreign.id, clientId, 'contact_00000000000000000000000000', 'nonsense', 'x\u0000']) {
      for (const [document, variables] of [
        [PATCH, { id, input: { title: 'Mine' } }],
        [DELETE, { id }],
      ] as const) {
        expect(await firm.fails(document, variables)).toMatchObject({ status: 404, extensions: { code: 'NOT_FOUND' } });
      }
    }
  });

  it('loses no value when different fields are patched at once', async () => {
    const { id } = await create({ lastName: 'Busy' });
    const inputs = [{ notes: 'n' }, { title: 't' }, { address: { city: 'C' } }, { address: { country: 'GB' } }];
    await Promise.all(inputs.map((input) => patch(id, input)));
    expect(await read(id)).toMatchObject({
      notes: 'n',
      title: 't',
      address: { city: 'C', country: 'GB' },
      revision: 5,
    });
  });

  it('moves a contact to another location of its client, which stays its primary contact', async () => {
    const { id } = await create({ lastName: 'Mover' });
    await firm.ok(PRIME, { id: clientId, contact: id });
    const branch = await make(firm, 'ClientLocation', { client: { id: clientId }, name: 'Branch' });
    expect(await patch(id, { location: { id: branch.id } })).toMatchObject({
      changedFields: ['location'],
      clientContact: { client: { id: clientId }, location: { id: branch.id } },
    });
    expect((await firm.ok(PRIMARY, { id: clientId })).client.primaryContact.id).toBe(id);
    // The client it is at already tells no other place.
    expect((await patch(id, { client: { id: clientId } })).changedFields).toEqual([]);
  });

  it.each(['client', 'location'])('moves a contact to another client by its %s', async (by) => {
    const { id } = await create({ lastName: 'Mover' });
    await firm.ok(PRIME, { id: clientId, contact: id });
    const other = await make(firm, 'Client', { name: 'Other' });
    const locationId = await firstLocation(other.id);
    const moved = await patch(id, by === 'client' ? { client: { id: other.id } } : { location: { id: locationId } });
    expect(moved.changedFields.sort()).toEqual(['client', 'location']);
    expect(moved.clientContact).toMatchObject({ client: { id: other.id }, location: { id: locationId } });
    expect((await firm.ok(PRIMARY, { id: clientId })).client).toMatchObject({
      primaryContact: null,
      revision: 3,
      history: {
        nodes: [{ kind: 'UPDATED', before: { primaryContact: { id } }, after: { primaryContact: null } }],
      },
    });
  });

  it('refuses a move to nowhere, or to two clients at once', async () => {
    const { id } = await create({ lastName: 'Mover' });
    const [one, two] = [await make(firm, 'Client', { name: 'One' }), await make(firm, 'Client', { name: 'Two' })];
    const inputs: [Input, string[]][] = [
      [{ client: { id: 'client_00000000000000000000000000' } }, ['input.client']],
      [{ location: { id: 'location_00000000000000000000000000' } }, ['input.location']],
      [{ client: { id: one.id }, location: { id: await firstLocation(two.id) } }, ['input.location']],
      [{ client: null }, ['input.client']],
      [{ location: null }, ['input.location']],
    ];
    for (const [input, where] of inputs) expect(paths(await firm.fails(PATCH, { id, input }))).toEqual(where);
    expect(await read(id)).toMatchObject({ client: { id: clientId }, revision: 1 });
  });
});

describe('deleteClientContact', () => {
  it('answers the contact as it was, which is found no more', async () => {
    const made = await create({ lastName: 'Gone', trackingId: 'gone', notes: 'n' });
    expect(await remove(made.id)).toMatchObject({
      id: made.id,
      lastName: 'Gone',
      notes: 'n',
      client: { id: clientId },
    });
    expect(await read(made.id)).toBeNull();
    expect((await firm.ok(BY_TRACKING, { trackingId: 'gone' })).clientContact).toBeNull();
    expect((await firm.ok('query ($id: ID!) { node(id: $id) { id } }', { id: made.id })).node).toBeNull();
    const { client } = await firm.ok(
      'query ($id: ID!) { client(by: { id: $id }) { contacts { totalCount nodes { id } } } }',
      { id: clientId },
    );
    expect(client.contacts).toEqual({ totalCount: 0, nodes: [] });
    expect((await firm.fails(DELETE, { id: made.id })).extensions.code).toBe('NOT_FOUND');
  });

  it('leaves its client without a primary contact, which is an entry of the feed', async () => {
    const { id } = await create({ lastName: 'Primary' });
    await firm.ok(PRIME, { id: clientId, contact: id });
    await remove(id);
    expect((await firm.ok(PRIMARY, { id: clientId })).client).toMatchObject({
      primaryContact: null,
      history: {
        nodes: [{ kind: 'UPDATED', before: { primaryContact: { id } }, after: { primaryContact: null } }],
      },
    });
  });

  it('is told in the feed like every other change', async () => {
    const { id } = await create({ lastName: 'Told', adminNotes: 'inner' });
    await patch(id, { notes: 'n' });
    await patch(id, { notes: 'n' });
    await remove(id);
    const entries = await feedOf(firm, 3, ['CLIENT_CONTACT']);
    expect(entries.map(({ kind, entityId }) => [kind, entityId])).toEqual([
      ['CREATED', id],
      ['UPDATED', id],
      ['DELETED', id],
    ]);
    expect(entries).toMatchObject([
      {
        before: null,
        after: { lastName: 'Told', adminNotes: 'inner', client: { id: clientId }, role: { id: roleId } },
      },
      { changedFields: ['notes'], before: { notes: null }, after: { notes: 'n' } },
      { before: { lastName: 'Told', adminNotes: 'inner', notes: 'n' }, after: null },
    ]);
  });
});

describe('the primary contact of a client', () => {
  it('is one of its own contacts', async () => {
    const other = await make(firm, 'Client', { name: 'Other' });
    const foreign = await create({ lastName: 'Foreign', client: { id: other.id } });
    expect(paths(await firm.fails(PRIME, { id: clientId, contact: foreign.id }))).toEqual(['input.primaryContact']);
    const gone = await create({ lastName: 'Gone' });
    await remove(gone.id);
    expect(paths(await firm.fails(PRIME, { id: clientId, contact: gone.id }))).toEqual(['input.primaryContact']);
  });

  it('never is of another client, also when it is chosen while it moves', async () => {
    const other = await make(firm, 'Client', { name: 'Other' });
    for (let round = 0; round < 6; round++) {
      const { id } = await create({ lastName: `Mover ${round}` });
      await Promise.all([firm.run(PRIME, { id: clientId, contact: id }), patch(id, { client: { id: other.id } })]);
      expect((await firm.ok(PRIMARY, { id: clientId })).client.primaryContact).toBeNull();
      expect((await read(id)).client.id).toBe(other.id);
    }
  });

  it('never is one that was deleted, also when it is chosen meanwhile', async () => {
    for (let round = 0; round < 6; round++) {
      const { id } = await create({ lastName: `Leaver ${round}` });
      await Promise.all([firm.run(PRIME, { id: clientId, contact: id }), remove(id)]);
      const row = await app.database.client.findFirst({ where: { id: clientId } });
      expect(row?.primaryContactId).toBeNull();
    }
  });
});

describe('a contact of the same name as another', () => {
  const refused = async (input: Input, ids: string[]) => {
    const error = await firm.fails(CREATE, { input: contact(input) });
    expect(error).toMatchObject({ status: 409, extensions: { code: 'DUPLICATE' } });
    expect(error.extensions.fields).toMatchObject([{ path: ['input', 'lastName'], code: 'DUPLICATE', ids }]);
  };

  it.each([
    ['without regard to case', ['Ann', 'Smith'], ['ANN', 'sMITH']],
    ['without regard to outer spaces', ['Ann', 'Smith'], ['  Ann ', '\tSmith\u00a0']],
    ['in another Unicode normal form', ['Zo\u00eb', '\u00c5berg'], ['Zoe\u0308', 'A\u030aberg']],
    ['where case makes one letter two', ['Groß', 'Strauß'], ['GROSS', 'strauss']],
    ['where there is no first name', [null, 'Smith'], ['', 'smith']],
    ['with another middle name', ['Ann', 'Smith'], ['Ann', 'Smith']],
  ] as const)('is a twin %s', async (_, [firstName, lastName], [first, last]) => {
    const { id } = await create({ firstName, lastName, middleName: 'A' });
    await refused({ firstName: first, lastName: last, middleName: 'B' }, [id]);
  });

  it.each([
    ['of another first name', ['Ann', 'Smith'], ['Anna', 'Smith']],
    ['without a first name', ['Ann', 'Smith'], [null, 'Smith']],
    ['with the names the other way round', ['Ann', 'Lee'], ['Lee', 'Ann']],
    ['with a space inside', ['Maryann', 'Lee'], ['Mary ann', 'Lee']],
    ['with the accent of another', ['Zoë', 'Lee'], ['Zoe', 'Lee']],
  ] as const)('is no twin %s', async (_, [firstName, lastName], [first, last]) => {
    await create({ firstName, lastName });
    await create({ firstName: first, lastName: last });
    expect((await firm.ok('{ clientContacts { totalCount } }')).clientContacts.totalCount).toBe(2);
  });

  it('may be in another firm', async () => {
    await create({ lastName: 'Smith' });
    const other = await app.firm();
    const role = await make(other, 'ContactRole', { name: 'R' });
    const client = await make(other, 'Client', { name: 'C' });
    expect(
      await make(other, 'ClientContact', { lastName: 'Smith', role: { id: role.id }, client: { id: client.id } }),
    ).toBeTypeOf('object');
  });

  it('is refused at any client of the firm, with the ids of all twins, and allowed on demand', async () => {
    const other = await make(firm, 'Client', { name: 'Other' });
    const one = await create({ firstName: 'Ann', lastName: 'Smith' });
    const two = await create({ firstName: 'ann', lastName: 'smith', client: { id: other.id } }, true);
    await refused({ firstName: 'Ann', lastName: 'Smith' }, [one.id, two.id]);
    await refused({ firstName: 'Ann', lastName: 'Smith', client: { id: other.id } }, [one.id, two.id]);
  });

  it('is named beside whatever else is wrong', async () => {
    await create({ lastName: 'Smith', trackingId: 'taken' });
    const input = contact({ lastName: 'Smith', trackingId: 'taken', phoneFax: 'x'.repeat(51) });
    expect(paths(await firm.fails(CREATE, { input }))).toEqual([
      'input.lastName',
      'input.phoneFax',
      'input.trackingId',
    ]);
  });

  it('does not count once it is deleted or renamed', async () => {
    const deleted = await create({ lastName: 'Free' });
    await remove(deleted.id);
    const renamed = await create({ lastName: 'Free' });
    await patch(renamed.id, { lastName: 'Taken' });
    const { id } = await create({ lastName: 'Free' });
    await refused({ lastName: 'free' }, [id]);
    await refused({ lastName: 'taken' }, [renamed.id]);
  });

  it('still counts when the first of the name leaves', async () => {
    const first = await create({ lastName: 'Smith' });
    const second = await create({ lastName: 'Smith' }, true);
    await remove(first.id);
    await refused({ lastName: 'Smith' }, [second.id]);
    await patch(second.id, { lastName: 'Other' });
    expect((await create({ lastName: 'Smith' })).lastName).toBe('Smith');
  });

  it('comes back to another client, also after it went with its own', async () => {
    const [first, second] = [
      await make(firm, 'Client', { name: 'First' }),
      await make(firm, 'Client', { name: 'Second' }),
    ];
    const upsert = (input: Record<string, unknown>) =>
      firm.ok(
        `mutation ($input: UpsertClientContactInput!) { upsertClientContact(input: $input) { result clientContact { id client { name } } } }`,
        { input },
      );
    const values = {
      trackingId: 'moves',
      lastName: 'Mover',
      role: { id: roleId },
      email: 'before@example.com',
      phoneHome: '0123456789',
    };
    const { upsertClientContact: made } = await upsert({ ...values, client: { id: first.id } });
    await firm.ok(`mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }`, { id: first.id });
    const { upsertClientContact: back } = await upsert({
      ...values,
      email: 'after@example.com',
      client: { id: second.id },
    });
    expect(back).toMatchObject({
      result: 'RESTORED',
      clientContact: { id: made.clientContact.id, client: { name: 'Second' } },
    });
    const found = async (email: string) =>
      (
        await firm.ok(
          'query ($email: String!) { clientContacts(filter: { email: { equals: $email } }) { nodes { id } } }',
          { email },
        )
      ).clientContacts.nodes;
    expect(await found('after@example.com')).toEqual([{ id: made.clientContact.id }]);
    expect(await found('before@example.com')).toEqual([]);
  });

  it('still counts after it went with its client and came back', async () => {
    const { id } = await create({ lastName: 'Smith' });
    await firm.ok('mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }', { id: clientId });
    const other = await make(firm, 'Client', { name: 'Other' });
    const meanwhile = await create({ lastName: 'Smith', client: { id: other.id } });
    await firm.ok('mutation ($id: ID!) { restoreClient(by: { id: $id }) { client { id } } }', { id: clientId });
    await refused({ lastName: 'Smith' }, [id, meanwhile.id]);
  });

  it('matters to a patch only when the name changes', async () => {
    const one = await create({ firstName: 'Ann', lastName: 'Smith' });
    const two = await create({ firstName: 'Ann', lastName: 'Smith' }, true);
    expect((await patch(two.id, { title: 'Other', firstName: 'Ann' })).changedFields).toEqual(['title']);
    expect((await patch(two.id, { lastName: 'SMITH', middleName: 'M' })).changedFields).toEqual([
      'middleName',
      'lastName',
    ]);
    expect((await patch(two.id, { lastName: 'Jones' })).changedFields).toEqual(['lastName']);
    const error = await firm.fails(PATCH, { id: two.id, input: { lastName: 'Smith' } });
    expect(error).toMatchObject({
      status: 409,
      extensions: { code: 'DUPLICATE', fields: [{ path: ['input', 'lastName'], ids: [one.id] }] },
    });
    expect((await read(two.id)).lastName).toBe('Jones');
    expect((await patch(two.id, { lastName: 'Smith' }, true)).changedFields).toEqual(['lastName']);
  });

  it('is refused to all but one of fifty that are created at once', async () => {
    const names = [
      ['Zo\u00eb', 'Smith'],
      ['ZOE\u0308', ' smith '],
    ];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const [firstName, lastName] = names[index % 2] ?? [];
        return firm.run(CREATE, { input: contact({ firstName, lastName }) });
      }),
    );
    const { clientContacts } = await firm.ok('{ clientContacts { nodes { id } } }');
    const [winner] = clientContacts.nodes;
    expect(clientContacts.nodes).toHaveLength(1);
    const failed = answers.flatMap(({ errors }) => errors ?? []);
    expect(failed).toHaveLength(49);
    for (const { extensions } of failed) {
      expect(extensions).toMatchObject({
        code: 'DUPLICATE',
        fields: [{ path: ['input', 'lastName'], ids: [winner.id] }],
      });
    }
  });

  it('is taken by one at most of those that do not allow duplicates, however many that do come with them', async () => {
    for (const name of ['Ash', 'Birch', 'Cedar']) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const allow = index % 2 === 1;
          return { allow, ...(await firm.run(CREATE, { input: contact({ lastName: name }), allow })) };
        }),
      );
      expect(answers.filter(({ allow, errors }) => allow && errors)).toEqual([]);
      const strict = answers.filter(({ allow }) => !allow);
      expect(strict.filter(({ errors }) => !errors).length).toBeLessThanOrEqual(1);
      expect(new Set(strict.flatMap(({ errors }) => errors?.map(({ extensions }) => extensions.code) ?? []))).toEqual(
        new Set(['DUPLICATE']),
      );
      expect((await firm.fails(CREATE, { input: contact({ lastName: name }) })).extensions.code).toBe('DUPLICATE');
    }
  });

  it('is taken by one of those that are renamed to it and those created by it at once', async () => {
    const ids = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => (await create({ lastName: `N${index}` })).id),
    );
    const answers = await Promise.all([
      ...ids.map((id) => firm.run(PATCH, { id, input: { lastName: 'Wanted' } })),
      ...ids.map(() => firm.run(CREATE, { input: contact({ lastName: 'wanted ' }) })),
    ]);
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
    for (const { errors } of answers) if (errors) expect(errors[0]?.extensions.code).toBe('DUPLICATE');
    const { clientContacts } = await firm.ok(
      '{ clientContacts(filter: { lastName: { startsWith: "wanted" } }) { totalCount } }',
    );
    expect(clientContacts.totalCount).toBe(1);
  });
});

describe('contacts written by two processes at once', () => {
  /** Two programs on one database, which take turns with nobody but themselves. */
  let others: TestApp[];
  beforeAll(async () => {
    const databaseUrl = await freshDatabaseUrl();
    const databases = await Promise.all([1, 2].map(() => openDatabase({ databaseUrl, poolSize: 8 })));
    others = await Promise.all(databases.map((database) => startApp(database)));
    return async () => {
      for (const database of databases) await database.$close();
    };
  });

  /** Sends the same to each in turn, all at once. */
  const sendAll = async (document: string, inputs: Input[]) => {
    const [first] = others;
    const shared = await first?.firm();
    if (!shared) throw new Error('no firm');
    const role = await make(shared, 'ContactRole', { name: 'R' });
    const client = await make(shared, 'Client', { name: 'C' });
    const answers = await Promise.all(
      inputs.map((input, index) =>
        others[index % others.length]?.send(shared.tokens.WRITER, document, {
          input: { role: { id: role.id }, client: { id: client.id }, ...input },
        }),
      ),
    );
    const { clientContacts } = await shared.ok('{ clientContacts { totalCount } }');
    return { answers, count: clientContacts.totalCount };
  };

  it('are upserted once by each tracking ID, none of them failing', async () => {
    const inputs = Array.from({ length: 40 }, (_, index) => ({
      trackingId: `T${index % 2}`,
      lastName: `N${index % 2}`,
      notes: `n${index % 7}`,
    }));
    const { answers, count } = await sendAll(UPSERT, inputs);
    expect(answers.flatMap((answer) => answer?.errors ?? [])).toEqual([]);
    const upserts = answers.map((answer) => answer?.data?.upsertClientContact as { result: string } | undefined);
    expect(upserts.filter((upsert) => upsert?.result === 'CREATED')).toHaveLength(2);
    expect(count).toBe(2);
  });

  it('take a name once', async () => {
    const { answers, count } = await sendAll(CREATE, Array(30).fill({ firstName: 'Ann', lastName: 'Smith' }));
    const codes = answers.flatMap((answer) => answer?.errors?.map(({ extensions }) => extensions.code) ?? []);
    expect(codes).toEqual(Array(29).fill('DUPLICATE'));
    expect(count).toBe(1);
  });
});

describe('custom fields of contacts', () => {
  const define = (input: Input) =>
    firm.ok('mutation ($input: CreateCustomFieldInput!) { createCustomField(input: $input) { customField { key } } }', {
      input: { entity: 'CLIENT_CONTACT', ...input },
    });
  const found = async (...customFields: Input[]): Promise<string[]> =>
    (
      await firm.ok('query ($filter: ClientContactFilter) { clientContacts(filter: $filter) { nodes { lastName } } }', {
        filter: { customFields },
      })
    ).clientContacts.nodes.map(({ lastName }: { lastName: string }) => lastName);

  beforeEach(async () => {
    await define({ name: 'Shoe size', type: 'NUMBER' });
    await define({ name: 'Nickname', type: 'TEXT' });
    await define({ name: 'Hobbies', type: 'MULTI_SELECT', options: [{ label: 'chess' }, { label: 'golf' }] });
    await define({ name: 'Segment', type: 'TEXT', entity: 'CLIENT' });
  });

  it('are read back in their order, and follow the patch rule', async () => {
    const made = await create({ lastName: 'A', customFields: { nickname: 'Al', hobbies: ['golf'] } });
    expect(made.customFields).toEqual({ shoeSize: null, nickname: 'Al', hobbies: ['golf'] });
    expect(made.customFieldValues.map(({ key }: { key: string }) => key)).toEqual(['shoeSize', 'nickname', 'hobbies']);
    const { changedFields, clientContact } = await patch(made.id, { customFields: { shoeSize: 43, hobbies: [] } });
    expect(changedFields).toEqual(['customFields']);
    expect(clientContact.customFields).toEqual({ shoeSize: 43, nickname: 'Al', hobbies: null });
    expect((await patch(made.id, { customFields: null })).clientContact.customFields).toEqual({
      shoeSize: null,
      nickname: null,
      hobbies: null,
    });
  });

  it('are only those of contacts, each checked by its type', async () => {
    const customFields = { segment: 'x', shoeSize: 'big', hobbies: ['chess', 'darts'], nickname: 1 };
    const error = await firm.fails(CREATE, { input: contact({ lastName: 'A', customFields }) });
    expect(paths(error)?.map((path) => path.split('.').slice(0, 3).join('.'))).toEqual([
      'input.customFields.hobbies',
      'input.customFields.nickname',
      'input.customFields.segment',
      'input.customFields.shoeSize',
    ]);
  });

  it('may be required', async () => {
    await define({ name: 'Badge', type: 'TEXT', required: true });
    expect(paths(await firm.fails(CREATE, { input: contact({ lastName: 'A' }) }))).toEqual([
      'input.customFields.badge',
    ]);
    expect((await create({ lastName: 'A', customFields: { badge: 'b' } })).customFields.badge).toBe('b');
  });

  it('find contacts, until these are deleted', async () => {
    const ann = await create({
      lastName: 'Ann',
      customFields: { shoeSize: 38, nickname: 'Annie', hobbies: ['chess'] },
    });
    await create({ lastName: 'Bob', customFields: { shoeSize: 44, hobbies: ['chess', 'golf'] } });
    await create({ lastName: 'Cy' });
    expect(await found({ key: 'shoeSize', gt: 38 })).toEqual(['Bob']);
    expect(await found({ key: 'nickname', startsWith: 'ANN' })).toEqual(['Ann']);
    expect(await found({ key: 'nickname', isNull: true })).toEqual(['Bob', 'Cy']);
    expect(await found({ key: 'hobbies', hasSome: ['chess', 'golf'] })).toEqual(['Ann', 'Bob']);
    expect(await found({ key: 'hobbies', hasEvery: ['chess', 'golf'] }, { key: 'shoeSize', lte: 44 })).toEqual(['Bob']);
    await remove(ann.id);
    expect(await found({ key: 'nickname', startsWith: 'ann' })).toEqual([]);
    const error = await firm.fails(
      'query ($filter: ClientContactFilter) { clientContacts(filter: $filter) { totalCount } }',
      { filter: { customFields: [{ key: 'segment', equals: 'x' }] } },
    );
    expect(paths(error)).toEqual(['filter.customFields.0.key']);
  });
});
