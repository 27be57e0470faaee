import { beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { make } from './support/records.ts';

let app: TestApp;
let firm: TestFirm;
beforeAll(async () => {
  app = await startApp();
  firm = await app.firm();
});

const UPSERT = `mutation ($input: UpsertClientInput!) {
  upsertClient(input: $input) { result changedFields client { id trackingId name tags note revision updatedAt clientGroup { name isDefault } } }
}`;
const CREATE = `mutation ($input: CreateClientInput!, $key: String) {
  createClient(input: $input, idempotencyKey: $key) { client { id trackingId name status active invitationStatus tags externalIds { system id } address { line1 city country fullAddress } revision } }
}`;
const PATCH = `mutation ($id: ID!, $input: PatchClientInput!, $expected: Int) {
  patchClient(by: { id: $id }, input: $input, expectedRevision: $expected) { changedFields client { id name note tags npsScore address { line1 city country fullAddress } externalIds { system id } revision updatedAt } }
}`;
const BY_TRACKING = `query ($trackingId: String!) { client(by: { trackingId: $trackingId }) { id name } }`;
const HISTORY = `query ($id: ID!) { client(by: { id: $id }) { history { nodes { kind changedFields before after actor } } } }`;

/** Creates a client and answers it. */
async function created(input: Record<string, unknown>, by: TestFirm = firm) {
  return (await by.ok(CREATE, { input })).createClient.client;
}

describe('upsertClient', () => {
  it('creates the client with the defaults the first time', async () => {
    const { upsertClient } = await firm.ok(UPSERT, {
      input: { trackingId: 'U-1', name: 'Harbour Point', tags: ['a', 'b'] },
    });
    expect(upsertClient.result).toBe('CREATED');
    expect(upsertClient.client).toMatchObject({
      trackingId: 'U-1',
      name: 'Harbour Point',
      tags: ['a', 'b'],
      note: null,
      revision: 1,
      clientGroup: { name: 'Unassigned', isDefault: true },
    });
  });

  it('writes nothing when it is repeated', async () => {
    const input = { trackingId: 'U-2', name: 'Same', tags: ['x'], note: 'n' };
    const first = (await firm.ok(UPSERT, { input })).upsertClient;
    const second = (await firm.ok(UPSERT, { input })).upsertClient;
    expect(second).toEqual({ result: 'UPDATED', changedFields: [], client: first.client });
    const { client } = await firm.ok(HISTORY, { id: first.client.id });
    expect(client.history.nodes).toHaveLength(1);
  });

  it('changes only what is sent and differs', async () => {
    await firm.ok(UPSERT, { input: { trackingId: 'U-3', name: 'Kept', tags: ['x'], note: 'old' } });
    const { upsertClient } = await firm.ok(UPSERT, { input: { trackingId: 'U-3', name: 'Kept', tags: [] } });
    expect(upsertClient).toMatchObject({
      result: 'UPDATED',
      changedFields: ['tags'],
      client: { name: 'Kept', tags: [], note: 'old', revision: 2 },
    });
  });

  it('takes tracking IDs exactly: case and inner spaces count', async () => {
    await firm.ok(UPSERT, { input: { trackingId: 'Exact One', name: 'A' } });
    for (const other of ['exact one', 'Exact  One']) {
      expect((await firm.ok(UPSERT, { input: { trackingId: other, name: 'B' } })).upsertClient.result).toBe('CREATED');
    }
    expect((await firm.ok(BY_TRACKING, { trackingId: 'Exact One' })).client.name).toBe('A');
  });

  it('refuses an outer space in a tracking ID, and names everything else that is wrong', async () => {
    const error = await firm.fails(UPSERT, {
      input: { trackingId: ' x', name: '', npsScore: 101, websiteUrl: 'ftp://x' },
    });
    expect(error.status).toBe(400);
    expect(error.extensions.code).toBe('BAD_USER_INPUT');
    expect(error.extensions.fields?.map(({ path }) => path.join('.')).sort()).toEqual([
      'input.name',
      'input.npsScore',
      'input.trackingId',
      'input.websiteUrl',
    ]);
  });

  it('needs a name only to create', async () => {
    const error = await firm.fails(UPSERT, { input: { trackingId: 'U-nameless' } });
    expect(error.extensions.fields).toMatchObject([{ path: ['input', 'name'] }]);
    expect((await firm.ok(BY_TRACKING, { trackingId: 'U-nameless' })).client).toBeNull();
  });

  it('leaves one client when a hundred arrive at once, one of them answering CREATED and none failing', async () => {
    const inputs = Array.from({ length: 100 }, (_, index) => ({
      trackingId: 'U-race',
      name: 'Race',
      note: `n${index % 7}`,
    }));
    const answers = await Promise.all(inputs.map((input) => firm.ok(UPSERT, { input })));
    const results = answers.map(({ upsertClient }) => upsertClient.result);
    expect(results.filter((result) => result === 'CREATED')).toHaveLength(1);
    expect(results.filter((result) => result === 'UPDATED')).toHaveLength(99);
    expect(new Set(answers.map(({ upsertClient }) => upsertClient.client.id)).size).toBe(1);
  });

  it('restores a deleted client', async () => {
    const { client } = (await firm.ok(UPSERT, { input: { trackingId: 'U-back', name: 'Back', note: 'kept' } }))
      .upsertClient;
    await firm.ok('mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }', { id: client.id });
    expect((await firm.ok(BY_TRACKING, { trackingId: 'U-back' })).client).toBeNull();
    const again = (await firm.ok(UPSERT, { input: { trackingId: 'U-back', name: 'Back again' } })).upsertClient;
    expect(again).toMatchObject({
      result: 'RESTORED',
      changedFields: ['name'],
      client: { id: client.id, name: 'Back again', note: 'kept' },
    });
    const history = (await firm.ok(HISTORY, { id: client.id })).client.history.nodes;
    expect(history.map(({ kind }: { kind: string }) => kind)).toEqual(['RESTORED', 'DELETED', 'CREATED']);
  });

  it('tells a client that came back as it was from one that was there', async () => {
    const input = { trackingId: 'U-same', name: 'Same' };
    const { client } = (await firm.ok(UPSERT, { input })).upsertClient;
    await firm.ok('mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }', { id: client.id });
    expect((await firm.ok(UPSERT, { input })).upsertClient).toMatchObject({ result: 'RESTORED', changedFields: [] });
    expect((await firm.ok(UPSERT, { input })).upsertClient).toMatchObject({ result: 'UPDATED', changedFields: [] });
  });
});

describe('createClient', () => {
  it('gives the defaults of the contract', async () => {
    expect(await created({ name: 'Plain' })).toMatchObject({
      status: 'ACTIVE',
      active: true,
      invitationStatus: 'NOT_INVITED',
      tags: [],
      externalIds: [],
      address: null,
      trackingId: null,
      revision: 1,
    });
  });

  it('makes the name of a person when none is given', async () => {
    expect((await created({ person: { firstName: 'Rhiannon', lastName: 'Pryce' } })).name).toBe('Rhiannon Pryce');
    const error = await firm.fails(CREATE, { input: { person: { firstName: 'Only' } } });
    expect(error.extensions.fields).toMatchObject([{ path: ['input', 'name'] }]);
  });

  it('refuses a tracking ID that is taken, naming the holder', async () => {
    const holder = await created({ name: 'Holder', trackingId: 'C-taken' });
    const error = await firm.fails(CREATE, { input: { name: 'Other', trackingId: 'C-taken' } });
    expect(error).toMatchObject({
      status: 409,
      extensions: { code: 'DUPLICATE', fields: [{ path: ['input', 'trackingId'], ids: [holder.id] }] },
    });
  });

  it('refuses an external id that is taken, and names it beside what else is wrong', async () => {
    const holder = await created({ name: 'Ext', externalIds: [{ system: 'stripe', id: 'cus_1' }] });
    const externalIds = [
      { system: 'zendesk', id: 'z1' },
      { system: 'stripe', id: 'cus_1' },
    ];
    const error = await firm.fails(CREATE, { input: { name: 'Ext 2', externalIds } });
    expect(error).toMatchObject({
      status: 409,
      extensions: { code: 'IDENTIFIER_CONFLICT', fields: [{ path: ['input', 'externalIds', 1], ids: [holder.id] }] },
    });
    const both = await firm.fails(CREATE, { input: { name: '', externalIds } });
    expect(both.extensions.fields?.map(({ path }) => path.join('.')).sort()).toEqual([
      'input.externalIds.1',
      'input.name',
    ]);
  });

  it('refuses two ids of one system, and ids longer than the system gives', async () => {
    const error = await firm.fails(CREATE, {
      input: {
        name: 'X',
        externalIds: [
          { system: 'salesforce', id: 'x'.repeat(19) },
          { system: 'zendesk', id: '1' },
          { system: 'zendesk', id: '2' },
        ],
      },
    });
    expect(error.extensions.fields?.map(({ path }) => path.join('.')).sort()).toEqual([
      'input.externalIds.0.id',
      'input.externalIds.2',
    ]);
  });

  it('with an idempotency key makes one client, also when sent twice at once', async () => {
    const send = () => firm.ok(CREATE, { input: { name: 'Once', tags: ['t'] }, key: 'key-1' });
    const answers = [...(await Promise.all([send(), send(), send()])), await send()];
    expect(new Set(answers.map(({ createClient }) => createClient.client.id)).size).toBe(1);
    const error = await firm.fails(CREATE, { input: { name: 'Twice' }, key: 'key-1' });
    expect(error).toMatchObject({
      status: 409,
      extensions: { code: 'CONFLICT', fields: [{ path: ['idempotencyKey'] }] },
    });
  });

  it('says that there is no such group', async () => {
    const error = await firm.fails(CREATE, {
      input: { name: 'G', clientGroup: { id: 'group_00000000000000000000000000' } },
    });
    expect(error).toMatchObject({
      status: 400,
      extensions: { code: 'BAD_USER_INPUT', fields: [{ path: ['input', 'clientGroup'], code: 'NOT_FOUND' }] },
    });
  });

  it('makes the full address of its parts unless it is given', async () => {
    const parts = await created({
      name: 'A',
      address: { line1: 'Flat 2', city: 'Cardiff', postalCode: 'CF11 9LJ', country: 'GB' },
    });
    expect(parts.address.fullAddress).toBe('Flat 2\nCardiff, CF11 9LJ\nGB');
    expect((await created({ name: 'B', address: { city: 'X', fullAddress: 'As it is' } })).address.fullAddress).toBe(
      'As it is',
    );
  });
});

describe('what is checked', () => {
  it('reads countries in either case, and stores and finds them in upper case', async () => {
    const { address } = await created({ name: 'Either case', address: { country: 'mt' } });
    expect(address.country).toBe('MT');
    for (const operators of [{ equals: 'MT' }, { equals: 'mt' }, { in: ['Mt'] }]) {
      const { clients } = await firm.ok(
        'query ($filter: ClientFilter) { clients(filter: $filter) { nodes { name } } }',
        { filter: { address: { country: operators } } },
      );
      expect(clients.nodes).toEqual([{ name: 'Either case' }]);
    }
    const error = await firm.fails(CREATE, { input: { name: 'Nowhere', address: { country: 'xx' } } });
    expect(error.extensions.fields).toMatchObject([{ path: ['input', 'address', 'country'] }]);
  });

  it('holds phone numbers of clients to the rule of custom fields', async () => {
    await make(firm, 'CustomField', { entity: 'CLIENT', name: 'Other phone', type: 'PHONE_NUMBER' });
    const says = 'must be a phone number in E.164 form, +{countryCode}{areaCode}{number}';
    for (const number of ['+10001234567', '+999123456789', '+4402079460958', '020 7946 0958']) {
      const input = { name: 'Phones', phone: number, altPhone: number, customFields: { otherPhone: number } };
      expect((await firm.fails(CREATE, { input })).extensions.fields).toMatchObject([
        { path: ['input', 'phone'], message: expect.stringContaining(says) },
        { path: ['input', 'altPhone'], message: expect.stringContaining(says) },
        { path: ['input', 'customFields', 'otherPhone'], message: expect.stringContaining(says) },
      ]);
    }
    const taken = { phone: '+442079460958', altPhone: '+12123456789', customFields: { otherPhone: '+14441234576' } };
    await created({ name: 'Phones', ...taken });
  });
});

describe('patchClient', () => {
  it('merges the address field by field and clears by null', async () => {
    const { id } = await created({ name: 'P', address: { line1: 'One', city: 'Here' } });
    const patched = (await firm.ok(PATCH, { id, input: { address: { city: 'There' } } })).patchClient;
    expect(patched).toMatchObject({ changedFields: ['address'], client: { address: { line1: 'One', city: 'There' } } });
    const parts = (await firm.ok(PATCH, { id, input: { address: { line1: null, city: null } } })).patchClient;
    expect(parts.client.address).toBeNull();
  });

  it('refuses a change made for another revision', async () => {
    const { id } = await created({ name: 'R' });
    await firm.ok(PATCH, { id, input: { note: 'one' }, expected: 1 });
    const error = await firm.fails(PATCH, { id, input: { note: 'two' }, expected: 1 });
    expect(error).toMatchObject({
      status: 409,
      extensions: { code: 'CONFLICT', fields: [{ path: ['expectedRevision'] }] },
    });
  });

  it('leaves revision and updatedAt when nothing changes', async () => {
    const { id } = await created({ name: 'Still', tags: ['a'] });
    const first = (await firm.ok(PATCH, { id, input: { note: 'x' } })).patchClient;
    const second = (await firm.ok(PATCH, { id, input: { note: 'x', tags: ['a'] } })).patchClient;
    expect(second).toEqual({ changedFields: [], client: first.client });
  });

  it('answers NOT_FOUND for a client that is not there or belongs to another firm', async () => {
    const other = await app.firm();
    const foreign = await created({ name: 'Foreign' }, other);
    for (const id of [foreign.id, 'client_00000000000000000000000000', 'nonsense', 'x\u0000']) {
      const error = await firm.fails(PATCH, { id, input: { name: 'Mine' } });
      expect(error).toMatchObject({ status: 404, extensions: { code: 'NOT_FOUND' } });
    }
  });

  it('keeps terminatedDate from lying before inceptionDate', async () => {
    const { id } = await created({ name: 'D', inceptionDate: '2024-04-01' });
    const error = await firm.fails(PATCH, { id, input: { terminatedDate: '2024-03-31' } });
    expect(error.extensions.fields).toMatchObject([{ path: ['input', 'terminatedDate'] }]);
  });

  it('loses no value when different fields are patched at once', async () => {
    const { id } = await created({ name: 'Busy' });
    const patches = [
      { note: 'n' },
      { npsScore: 5 },
      { tags: ['t'] },
      { address: { city: 'C' } },
      { address: { country: 'GB' } },
    ];
    await Promise.all(patches.map((input) => firm.ok(PATCH, { id, input })));
    const { client } = (await firm.ok(PATCH, { id, input: {} })).patchClient;
    expect(client).toMatchObject({
      note: 'n',
      npsScore: 5,
      tags: ['t'],
      address: { city: 'C', country: 'GB' },
      revision: 6,
    });
  });
});

describe('deleteClient and restoreClient', () => {
  const DELETE = 'mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id name } } }';
  const RESTORE = 'mutation ($id: ID!) { restoreClient(by: { id: $id }) { client { id name revision } } }';

  it('hides a client and brings it back', async () => {
    const { id } = await created({ name: 'Gone', externalIds: [{ system: 'usage', id: 'gone' }] });
    expect((await firm.ok(DELETE, { id })).deleteClient.client.name).toBe('Gone');
    expect((await firm.ok('query ($id: ID!) { node(id: $id) { id } }', { id })).node).toBeNull();
    expect((await firm.fails(DELETE, { id })).extensions.code).toBe('NOT_FOUND');
    expect((await firm.ok(RESTORE, { id })).restoreClient.client).toMatchObject({ id, name: 'Gone', revision: 3 });
    const found = await firm.ok('{ client(by: { externalId: { system: "usage", id: "gone" } }) { id } }');
    expect(found.client.id).toBe(id);
  });

  it('frees external ids, and refuses to restore when one was given away', async () => {
    const { id } = await created({ name: 'First', externalIds: [{ system: 'usage', id: 'shared' }] });
    await firm.ok(DELETE, { id });
    const second = await created({ name: 'Second', externalIds: [{ system: 'usage', id: 'shared' }] });
    const error = await firm.fails(RESTORE, { id });
    expect(error).toMatchObject({
      status: 409,
      extensions: { code: 'IDENTIFIER_CONFLICT', fields: [{ ids: [second.id] }] },
    });
  });
});

describe('client groups', () => {
  const CREATE_GROUP =
    'mutation ($name: String!) { createClientGroup(input: { name: $name }) { clientGroup { id name revision } } }';

  it('move their clients to Unassigned when they are deleted, each move an entry of the feed', async () => {
    const { clientGroup } = (await firm.ok(CREATE_GROUP, { name: 'To go' })).createClientGroup;
    const clients = await Promise.all(
      ['a', 'b', 'c'].map((name) => created({ name, clientGroup: { id: clientGroup.id } })),
    );
    await firm.ok('mutation ($id: ID!) { deleteClientGroup(by: { id: $id }) { clientGroup { name } } }', {
      id: clientGroup.id,
    });
    for (const { id } of clients) {
      const { client } = await firm.ok(
        'query ($id: ID!) { client(by: { id: $id }) { revision clientGroup { name } history { nodes { kind changedFields before } } } }',
        { id },
      );
      expect(client).toMatchObject({ revision: 2, clientGroup: { name: 'Unassigned' } });
      expect(client.history.nodes[0]).toMatchObject({
        kind: 'UPDATED',
        changedFields: ['clientGroup'],
        before: { clientGroup: { id: clientGroup.id } },
      });
    }
  });

  it('are unique by name without regard to case', async () => {
    const { clientGroup } = (await firm.ok(CREATE_GROUP, { name: 'Größe' })).createClientGroup;
    const error = await firm.fails(CREATE_GROUP, { name: 'GRÖSSE' });
    expect(error).toMatchObject({
      status: 409,
      extensions: { code: 'DUPLICATE', fields: [{ path: ['input', 'name'], ids: [clientGroup.id] }] },
    });
  });

  it('include Unassigned, which can be neither deleted nor renamed', async () => {
    const { clientGroups } = await firm.ok('{ clientGroups { nodes { id name isDefault } } }');
    const { id } = clientGroups.nodes.find(({ isDefault }: { isDefault: boolean }) => isDefault);
    expect(
      (await firm.fails('mutation ($id: ID!) { deleteClientGroup(by: { id: $id }) { clientGroup { id } } }', { id }))
        .status,
    ).toBe(409);
    const renamed = await firm.fails(
      'mutation ($id: ID!) { patchClientGroup(by: { id: $id }, input: { name: "Other" }) { clientGroup { id } } }',
      { id },
    );
    expect(renamed.status).toBe(409);
  });
});
