/** The arguments `normalize` and `nulls` of mutations. What they make of single values is in normalize.unit.test.ts. */
import { isInputObjectType, isObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../src/schema.ts';
import { startApp, type TestFirm } from './support/app.ts';
import { make } from './support/records.ts';

let firm: TestFirm;
beforeAll(async () => {
  firm = await (await startApp()).firm();
  await make(firm, 'CustomField', { name: 'site', type: 'URL' });
  await make(firm, 'CustomField', { name: 'level', type: 'SINGLE_SELECT', options: [{ label: 'gold' }] });
  await make(firm, 'ContactRole', { name: 'Buyer' });
});

const READ = 'id name websiteUrl phone tags note region { name } address { city country } customFields revision';
const CREATE = `mutation ($input: CreateClientInput!, $normalize: Boolean! = true) {
  done: createClient(input: $input, normalize: $normalize) {
    normalized { path from to } client { ${READ} contacts(first: 5) { nodes { lastName title customFields } } }
  }
}`;
const UPSERT = `mutation ($input: UpsertClientInput!, $normalize: Boolean! = true, $nulls: Nulls! = CLEAR) {
  done: upsertClient(input: $input, normalize: $normalize, nulls: $nulls) {
    result changedFields normalized { path from to } client { ${READ} }
  }
}`;
const PATCH = `mutation ($id: ID!, $input: PatchClientInput!, $normalize: Boolean! = true) {
  done: patchClient(by: { id: $id }, input: $input, normalize: $normalize) {
    changedFields normalized { path from to } client { ${READ} }
  }
}`;

const AS_WRITTEN = {
  name: ' Acme Ltd',
  websiteUrl: 'www.acme.com',
  phone: '(020) 7946 0958',
  tags: ['vip', ' vip', 'new'],
  note: ' ',
  address: { city: 'London', country: 'United Kingdom' },
  customFields: { site: 'acme.com', level: '' },
};
const AS_STORED = {
  name: 'Acme Ltd',
  websiteUrl: 'https://www.acme.com',
  phone: '+442079460958',
  tags: ['vip', 'new'],
  note: null,
  address: { city: 'London', country: 'GB' },
  customFields: { site: 'https://acme.com', level: null },
};
const CHANGES = [
  [['name'], ' Acme Ltd', 'Acme Ltd'],
  [['websiteUrl'], 'www.acme.com', 'https://www.acme.com'],
  [['phone'], '(020) 7946 0958', '+442079460958'],
  [['tags', '1'], ' vip', null],
  [['note'], ' ', null],
  [['address', 'country'], 'United Kingdom', 'GB'],
  [['customFields', 'site'], 'acme.com', 'https://acme.com'],
  [['customFields', 'level'], '', null],
] as const;
const sorted = (changes: { path: string[] }[]) =>
  [...changes].sort((a, b) => (String(a.path) < String(b.path) ? -1 : 1));
const changesOf = sorted(CHANGES.map(([path, from, to]) => ({ path: ['input', ...path], from, to })));

describe('normalize', () => {
  it('creates a client of values as people write them, and says what it took them as', async () => {
    const { done } = await firm.ok(CREATE, { input: AS_WRITTEN });
    expect(done.client).toMatchObject(AS_STORED);
    expect(sorted(done.normalized)).toEqual(changesOf);
  });

  it('is off by default, and then nothing is stored', async () => {
    const answer = await firm.run(CREATE, { input: AS_WRITTEN, normalize: false });
    const paths = answer.errors?.[0]?.extensions.fields?.map(({ path }) => path.slice(1).join('.'));
    // White space in tags and texts is as valid as any.
    expect(paths?.sort()).toEqual([
      'address.country',
      'customFields.level',
      'customFields.site',
      'phone',
      'websiteUrl',
    ]);
    const off = await firm.run(
      'mutation { createClient(input: { name: "x", websiteUrl: "acme.com" }) { client { id } } }',
    );
    expect(off.errors?.[0]?.extensions.fields?.[0]?.path).toEqual(['input', 'websiteUrl']);
  });

  it('leaves what is ambiguous as it is, which is an error, with all others in one answer', async () => {
    const input = {
      name: '',
      websiteUrl: 'acme',
      phone: '7946 0958',
      inceptionDate: '01/02/2024',
      address: { country: 'Korea' },
      customFields: { level: ' gold' },
    };
    const answer = await firm.run(CREATE, { input });
    const paths = answer.errors?.[0]?.extensions.fields?.map(({ path }) => path.slice(1).join('.'));
    expect(paths?.sort()).toEqual(
      ['address.country', 'customFields.level', 'inceptionDate', 'name', 'phone', 'websiteUrl'].sort(),
    );
  });

  it('holds for what comes with a client', async () => {
    await make(firm, 'CustomField', { name: 'card', type: 'PHONE_NUMBER', entity: 'CLIENT_CONTACT' });
    const contact = {
      lastName: ' Doe ',
      title: '',
      role: { name: 'Buyer' },
      address: { country: 'USA' },
      customFields: { card: '(212) 555-1234' },
    };
    const input = { name: 'With contacts', location: { name: ' Depot ' }, contacts: [contact] };
    const { done } = await firm.ok(CREATE, { input });
    expect(done.client.contacts.nodes).toEqual([
      { lastName: 'Doe', title: null, customFields: { card: '+12125551234' } },
    ]);
    expect(done.normalized.map(({ path }: { path: string[] }) => path.slice(1).join('.')).sort()).toEqual([
      'contacts.0.address.country',
      'contacts.0.customFields.card',
      'contacts.0.lastName',
      'contacts.0.title',
      'location.name',
    ]);
  });

  it('upserts alike: the same input again changes nothing', async () => {
    const input = { trackingId: 'N-1', ...AS_WRITTEN };
    const first = (await firm.ok(UPSERT, { input })).done;
    expect(first.result).toBe('CREATED');
    expect(first.client).toMatchObject(AS_STORED);
    const again = (await firm.ok(UPSERT, { input })).done;
    expect(again).toEqual({ ...first, result: 'UPDATED', changedFields: [] });
    expect(sorted(again.normalized)).toEqual(changesOf);
    const asStored = (await firm.ok(UPSERT, { input: { trackingId: 'N-1', ...AS_STORED } })).done;
    expect(asStored).toEqual({ ...again, normalized: [] });
  });

  it('dials from the country of the address that is sent, or else of the record', async () => {
    const { id } = await make(firm, 'Client', { name: 'Caller', address: { city: 'London', country: 'GB' } });
    const patched = async (input: object) => (await firm.ok(PATCH, { id, input })).done.client.phone;
    expect(await patched({ phone: '020 7946 0958' })).toBe('+442079460958');
    expect(await patched({ phone: '(212) 555-1234', address: { country: 'United States' } })).toBe('+12125551234');
    expect(await patched({ phone: '212-555-9876' })).toBe('+12125559876');
    const { errors } = await firm.run(PATCH, { id, input: { phone: '212-555-1234', address: { country: '' } } });
    expect(errors?.[0]?.extensions.fields?.map(({ path }) => path)).toEqual([['input', 'phone']]);
  });

  it('patches single tags alike', async () => {
    const { id } = await make(firm, 'Client', { name: 'Tagged', tags: ['a', 'b'] });
    const { done } = await firm.ok(PATCH, { id, input: { addTags: [' c', 'c'], removeTags: ['b '] } });
    expect(done.client.tags).toEqual(['a', 'c']);
    expect(done.normalized).toEqual([
      { path: ['input', 'addTags', '0'], from: ' c', to: 'c' },
      { path: ['input', 'addTags', '1'], from: 'c', to: null },
      { path: ['input', 'removeTags', '0'], from: 'b ', to: 'b' },
    ]);
  });

  it('never touches keys', async () => {
    const input = { trackingId: ' N-2 ', name: 'Keys' };
    const { errors } = await firm.run(UPSERT, { input });
    expect(errors?.[0]?.extensions.fields?.[0]?.path).toEqual(['input', 'trackingId']);
    const missing = await firm.run(UPSERT, { input: { trackingId: 'N-3', name: 'x', region: { name: ' Nowhere ' } } });
    expect(missing.errors?.[0]?.extensions.fields?.[0]).toMatchObject({ path: ['input', 'region'], code: 'NOT_FOUND' });
    const external = { system: 'stripe', id: ' cus_1' };
    const ids = await firm.run(UPSERT, { input: { trackingId: 'N-4', name: 'x', externalIds: [external] } });
    expect(ids.errors?.[0]?.extensions.fields?.[0]?.path).toEqual(['input', 'externalIds', 0, 'id']);
  });

  it('holds for every kind of record', async () => {
    const { done } = await firm.ok(
      'mutation { done: createEmployee(input: { name: " Ada ", email: "" }, normalize: true) { normalized { path } employee { name email } } }',
    );
    expect(done).toEqual({
      normalized: [{ path: ['input', 'name'] }, { path: ['input', 'email'] }],
      employee: { name: 'Ada', email: null },
    });
  });
});

describe('nulls: IGNORE', () => {
  it('takes null as left out, in objects and custom fields too', async () => {
    const input = {
      trackingId: 'N-5',
      ...AS_STORED,
      note: 'x',
      customFields: { level: 'gold', site: 'https://acme.com' },
    };
    const { client } = (await firm.ok(UPSERT, { input })).done;
    const nothing = {
      trackingId: 'N-5',
      name: null,
      tags: null,
      note: null,
      region: null,
      address: { city: null, country: null },
      customFields: { level: null },
    };
    const ignored = (await firm.ok(UPSERT, { input: nothing, nulls: 'IGNORE' })).done;
    expect(ignored).toMatchObject({ result: 'UPDATED', changedFields: [], client });
    const { errors } = await firm.run(UPSERT, { input: nothing });
    expect(errors?.[0]?.extensions.fields?.map(({ path }) => path[1]).sort()).toEqual(['name', 'tags']);
    const { name: _, tags: __, ...clearing } = nothing;
    const cleared = (await firm.ok(UPSERT, { input: clearing })).done;
    expect(cleared.changedFields.sort()).toEqual(['address', 'customFields', 'note']);
  });

  it('creates with the defaults, and still removes single external ids', async () => {
    const input = {
      trackingId: 'N-6',
      name: 'Defaults',
      status: null,
      setExternalIds: [{ system: 'stripe', id: 'cus_6' }],
    };
    const upsert = `mutation ($input: UpsertClientInput!) {
      done: upsertClient(input: $input, nulls: IGNORE) { client { status externalIds { id } } }
    }`;
    expect((await firm.ok(upsert, { input })).done.client).toEqual({
      status: 'ACTIVE',
      externalIds: [{ id: 'cus_6' }],
    });
    const removing = { trackingId: 'N-6', setExternalIds: [{ system: 'stripe', id: null }] };
    expect((await firm.ok(upsert, { input: removing })).done.client.externalIds).toEqual([]);
  });

  it('leaves empty text to normalize, which clears by it', async () => {
    await firm.ok(UPSERT, { input: { trackingId: 'N-7', name: 'Both', note: 'x', websiteUrl: 'https://acme.com' } });
    const input = { trackingId: 'N-7', note: null, websiteUrl: '' };
    const { client } = (await firm.ok(UPSERT, { input, nulls: 'IGNORE' })).done;
    expect(client).toMatchObject({ note: 'x', websiteUrl: null });
  });
});

it('every mutation that creates, upserts or patches a record of a kind takes normalize, and every upsert nulls', () => {
  const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
  // Definitions of custom fields hold no values to normalize.
  const isOfRecords = (name: string) => /^(create|upsert|patch)[A-Z]/.test(name) && !name.includes('CustomField');
  // Those of many records take them in their input.
  const writes = fields.filter(({ name, args }) => isOfRecords(name) && args.length > 1);
  expect(writes.length).toBeGreaterThan(25);
  for (const { name, args, type } of writes) {
    const names = args.map((arg) => arg.name);
    expect(names, name).toContain('normalize');
    expect(names.includes('nulls'), name).toBe(name.startsWith('upsert'));
    expect(isObjectType(type) && 'normalized' in type.getFields(), name).toBe(true);
  }
});

it('descriptions of inputs say what empty text does', () => {
  const patch = schema.getType('PatchClientInput');
  if (!isInputObjectType(patch)) throw new Error('There is no PatchClientInput');
  const { note, email } = patch.getFields();
  expect(note?.description).toContain('null or "" clears it');
  expect(email?.description).not.toContain('""');
  expect(patch.description).toContain('""');
});
