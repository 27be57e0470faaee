/** Custom fields through the whole product: how definitions change, and how clients hold, show and are found by values. */
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Unavailable } from '../src/base/errors.ts';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { feedOf } from './support/feed.ts';
import { committing } from './support/sql.ts';

let app: TestApp;
let firm: TestFirm;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  firm = await app.firm();
});

const FIELD = `fragment F on CustomField { id key name type entity order required archived options { id key label color order archived } }`;
const CREATE = `mutation ($input: CreateCustomFieldInput!) { createCustomField(input: $input) { customField { ...F } } } ${FIELD}`;
const PATCH = `mutation ($id: ID!, $input: PatchCustomFieldInput!) { patchCustomField(by: { id: $id }, input: $input) { customField { ...F } } } ${FIELD}`;
const ARCHIVE = `mutation ($id: ID!, $archived: Boolean) { archiveCustomField(by: { id: $id }, archived: $archived) { customField { ...F } } } ${FIELD}`;
const DELETE = `mutation ($id: ID!) { deleteCustomField(by: { id: $id }) { deletedId } }`;
const LIST = `query ($entity: CustomFieldEntity, $all: Boolean) { customFields(entity: $entity, includeArchived: $all) { key } }`;
const UPSERT = `mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { changedFields client { id revision customFields } } }`;
const FIND = `query ($filter: ClientFilter) { clients(first: 250, filter: $filter) { totalCount nodes { trackingId } } }`;

interface Field {
  id: string;
  key: string;
  order: number;
  options: { id: string; key: string; label: string; color: string | null; order: number; archived: boolean }[];
}

type Input = Record<string, unknown>;

const create = async (input: Input, by = firm): Promise<Field> =>
  (await by.ok(CREATE, { input })).createCustomField.customField;
const patch = async (id: string, input: Input): Promise<Field> =>
  (await firm.ok(PATCH, { id, input })).patchCustomField.customField;
const upsert = async (trackingId: string, customFields: unknown) =>
  (await firm.ok(UPSERT, { input: { trackingId, name: trackingId, customFields } })).upsertClient;
const find = async (...customFields: Input[]): Promise<string[]> =>
  (await firm.ok(FIND, { filter: { customFields } })).clients.nodes.map(
    (client: { trackingId: string }) => client.trackingId,
  );
const keys = async (variables: Input = {}): Promise<string[]> =>
  (await firm.ok(LIST, variables)).customFields.map((field: Field) => field.key);
const feed = (entries: number) => feedOf(firm, entries, ['CLIENT', 'CUSTOM_FIELD']);

describe('createCustomField', () => {
  it('makes the key of the name, and places the field after the last', async () => {
    expect(await create({ name: 'Phone number', type: 'PHONE_NUMBER' })).toMatchObject({
      key: 'phoneNumber',
      entity: 'CLIENT',
      order: 0,
      required: false,
      archived: false,
      options: [],
    });
    expect(await create({ name: 'Pronouns', type: 'TEXT', key: 'she_her' })).toMatchObject({
      key: 'she_her',
      order: 1,
    });
    expect(await create({ name: 'Pronouns', type: 'TEXT', entity: 'CLIENT_CONTACT' })).toMatchObject({ order: 0 });
  });

  it('takes the options of a select in order, with keys made of their labels', async () => {
    const options = [
      { label: 'File sharing', color: 'rgba(76, 154, 255, 1)' },
      { label: 'Metrics', key: 'm' },
    ];
    const field = await create({ name: 'Services', type: 'MULTI_SELECT', options });
    expect(field.options).toMatchObject([
      { key: 'fileSharing', label: 'File sharing', color: 'rgba(76, 154, 255, 1)', order: 0, archived: false },
      { key: 'm', label: 'Metrics', color: null, order: 1, archived: false },
    ]);
  });

  it('refuses a key that is taken, naming the field that has it, archived or not', async () => {
    const { id } = await create({ name: 'Segment', type: 'TEXT' });
    for (const archived of [false, true]) {
      await firm.ok(ARCHIVE, { id, archived });
      const error = await firm.fails(CREATE, { input: { name: 'segment', type: 'TEXT' } });
      expect(error).toMatchObject({
        status: 409,
        extensions: { code: 'DUPLICATE', fields: [{ path: ['input', 'name'], code: 'DUPLICATE', ids: [id] }] },
      });
    }
    await create({ name: 'Segment', type: 'TEXT', entity: 'CLIENT_CONTACT' });
    await create({ name: 'Segment', type: 'TEXT' }, await app.firm());
  });

  it('lets one of many creating the same key at once through', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => firm.run(CREATE, { input: { name: 'Race', type: 'TEXT' } })),
    );
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'OK').sort();
    expect(codes).toEqual([...Array(7).fill('DUPLICATE'), 'OK']);
    expect(await keys()).toEqual(['race']);
  });

  it('names everything that is wrong at once', async () => {
    const options = [{ label: '' }, { label: 'A', color: 'x'.repeat(51) }, { label: 'a' }, { label: '電話' }];
    const input = { name: ' ', key: '1x', type: 'SINGLE_SELECT', order: -1, required: null, options };
    const error = await firm.fails(CREATE, { input });
    expect(error.status).toBe(400);
    expect(error.extensions.fields?.map(({ path }) => path.slice(1).join('.')).sort()).toEqual([
      'key',
      'name',
      'options.0.label',
      'options.1.color',
      'options.2.label',
      'options.3.key',
      'order',
      'required',
    ]);
  });

  it('takes options for selects only', async () => {
    const error = await firm.fails(CREATE, { input: { name: 'Text', type: 'TEXT', options: [{ label: 'A' }] } });
    expect(error.extensions.fields).toMatchObject([{ path: ['input', 'options'] }]);
  });
});

describe('the role', () => {
  it('must be ADMIN to change a definition, and READER to see it', async () => {
    const { id } = await create({ name: 'Text', type: 'TEXT' });
    for (const role of ['WRITER', 'READER'] as const) {
      for (const [document, variables] of [
        [CREATE, { input: { name: 'Other', type: 'TEXT' } }],
        [PATCH, { id, input: { name: 'Other' } }],
        [ARCHIVE, { id }],
        [DELETE, { id }],
      ] as const) {
        expect(await firm.fails(document, variables, role)).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
      }
    }
    expect((await firm.ok(LIST, {}, 'READER')).customFields).toEqual([{ key: 'text' }]);
  });
});

describe('another firm', () => {
  it('has fields of its own, and cannot see or change ours', async () => {
    const { id } = await create({ name: 'Text', type: 'TEXT' });
    const other = await app.firm();
    expect((await other.ok(LIST)).customFields).toEqual([]);
    for (const [document, variables] of [
      [PATCH, { id, input: { name: 'Other' } }],
      [ARCHIVE, { id }],
      [DELETE, { id }],
    ] as const) {
      expect(await other.fails(document, variables)).toMatchObject({
        status: 404,
        extensions: { code: 'NOT_FOUND', fields: [{ path: ['by'] }] },
      });
    }
    const node = 'query ($id: ID!) { node(id: $id) { id ... on CustomField { key options { key } } } }';
    expect(await other.ok(node, { id })).toEqual({ node: null });
    expect(await firm.ok(node, { id })).toEqual({ node: { id, key: 'text', options: [] } });
  });
});

describe('patchCustomField', () => {
  it('changes what is sent, and enters only that in the feed', async () => {
    const { id } = await create({ name: 'Old', type: 'TEXT' });
    expect(await patch(id, { name: 'New', required: true, order: 7 })).toMatchObject({
      key: 'old',
      name: 'New',
      required: true,
      order: 7,
    });
    const [made, changed] = await feed(2);
    const after = { key: 'old', name: 'Old', type: 'TEXT', required: false };
    expect(made).toMatchObject({ kind: 'CREATED', entity: 'CUSTOM_FIELD', entityId: id, before: null, after });
    expect(changed).toEqual({
      kind: 'UPDATED',
      entity: 'CUSTOM_FIELD',
      entityId: id,
      changedFields: expect.arrayContaining(['name', 'required', 'order']),
      before: { name: 'Old', required: false, order: 0 },
      after: { name: 'New', required: true, order: 7 },
      actor: 'admin token',
    });
  });

  it('writes nothing when nothing changes', async () => {
    const options = [{ label: 'A' }, { label: 'B' }];
    const field = await create({ name: 'Same', type: 'SINGLE_SELECT', options });
    const [a, b] = field.options;
    expect(await patch(field.id, {})).toEqual(field);
    expect(
      await patch(field.id, { name: 'Same', order: 0, options: [{ id: b?.id }, { key: a?.key, label: 'A' }] }),
    ).toEqual(field);
    await feed(1);
  });

  it('adds, relabels, reorders and archives options, and keeps those it is not told of', async () => {
    const field = await create({
      name: 'S',
      type: 'SINGLE_SELECT',
      options: ['A', 'B', 'C'].map((label) => ({ label })),
    });
    const [a, b, c] = field.options;
    const options = [
      { key: 'b', label: 'Bee', color: '#b00' },
      { label: 'D' },
      { id: c?.id, archived: true },
      { id: a?.id, order: 5 },
    ];
    const changed = await patch(field.id, { options });
    expect(changed.options.map(({ id, key, label, order, archived }) => [id, key, label, order, archived])).toEqual([
      [b?.id, 'b', 'Bee', 1, false],
      [c?.id, 'c', 'C', 2, true],
      [expect.any(String), 'd', 'D', 3, false],
      [a?.id, 'a', 'A', 5, false],
    ]);
    expect((await patch(field.id, { options: [{ key: 'b', color: null }] })).options[0]?.color).toBeNull();
  });

  it('names every option at fault', async () => {
    const field = await create({ name: 'S', type: 'SINGLE_SELECT', options: [{ label: 'A' }] });
    const [a] = field.options;
    const options = [
      { id: a?.id, key: 'other' },
      { key: 'a', label: null },
      { id: 'option_00000000000000000000000000' },
      { label: 'A' },
      { order: null, label: 'Z' },
      { key: 'noLabel' },
    ];
    const error = await firm.fails(PATCH, { id: field.id, input: { options } });
    expect(error.extensions.fields?.map(({ path, code }) => [path.slice(2).join('.'), code])).toEqual([
      ['0.key', 'BAD_USER_INPUT'],
      ['1', 'BAD_USER_INPUT'],
      ['2.id', 'NOT_FOUND'],
      ['3.label', 'DUPLICATE'],
      ['4.order', 'BAD_USER_INPUT'],
      ['5.label', 'BAD_USER_INPUT'],
    ]);
  });

  it('does not remove options: an empty list is an error, as are nulls', async () => {
    const { id } = await create({ name: 'S', type: 'SINGLE_SELECT', options: [{ label: 'A' }] });
    const error = await firm.fails(PATCH, { id, input: { options: [], name: null, order: null, required: null } });
    expect(error.extensions.fields?.map(({ path }) => path[1]).sort()).toEqual([
      'name',
      'options',
      'order',
      'required',
    ]);
  });

  it('has no way to change key, type or entity', async () => {
    const { id } = await create({ name: 'S', type: 'TEXT' });
    for (const input of [{ key: 'x' }, { type: 'DATE' }, { entity: 'CLIENT_CONTACT' }]) {
      expect(await firm.fails(PATCH, { id, input })).toMatchObject({ status: 400 });
    }
  });

  it('loses nothing when many patch at once', async () => {
    const { id } = await create({ name: 'S', type: 'MULTI_SELECT' });
    const labels = Array.from({ length: 10 }, (_, index) => `L${index}`);
    await Promise.all(labels.map((label) => patch(id, { options: [{ label }] })));
    const { options } = await patch(id, {});
    expect(options.map(({ label }) => label).sort()).toEqual(labels);
    expect(options.map(({ order }) => order)).toEqual(labels.map((_, index) => index));
  });
});

describe('customFields(entity)', () => {
  it('lists fields in order, by entity, archived ones when asked', async () => {
    await create({ name: 'B', type: 'TEXT', order: 2 });
    await create({ name: 'A', type: 'TEXT', order: 1 });
    await create({ name: 'C', type: 'TEXT', order: 1 });
    await create({ name: 'K', type: 'TEXT', entity: 'CLIENT_CONTACT' });
    const { id } = await create({ name: 'Z', type: 'TEXT', order: 0 });
    await firm.ok(ARCHIVE, { id });
    expect(await keys()).toEqual(['a', 'c', 'b', 'k']);
    expect(await keys({ entity: 'CLIENT' })).toEqual(['a', 'c', 'b']);
    expect(await keys({ entity: 'CLIENT_CONTACT' })).toEqual(['k']);
    expect(await keys({ all: true })).toEqual(['z', 'a', 'c', 'b', 'k']);
  });
});

/** One field of each type, under the key that is the type in lower case. */
async function defineAll(by = firm): Promise<void> {
  const options = ['a', 'b', 'c'].map((key) => ({ key, label: key.toUpperCase() }));
  for (const type of ['TEXT', 'NUMBER', 'BOOLEAN', 'DATE', 'EMAIL', 'URL', 'PHONE_NUMBER', 'ADDRESS']) {
    await create({ name: type, key: type.toLowerCase(), type }, by);
  }
  await create({ name: 'One', key: 'single', type: 'SINGLE_SELECT', options }, by);
  await create({ name: 'Many', key: 'multi', type: 'MULTI_SELECT', options }, by);
}

const FULL = {
  text: 'She/Her/Hers',
  number: 12.5,
  boolean: true,
  date: '2027-03-31',
  email: 'amara@example.com',
  url: 'https://example.com/a?b=c',
  phone_number: '+14441234576',
  address: { addressLine1: '1201 Broadway', city: 'New York', country: 'US' },
  single: 'b',
  multi: ['c', 'a'],
};
const UNSET = Object.fromEntries(Object.keys(FULL).map((key) => [key, null]));

describe('values of a client', () => {
  beforeEach(() => defineAll());

  it('of every type are stored and read back, in the order of the fields', async () => {
    const { client } = await upsert('full', FULL);
    expect(client.customFields).toEqual(FULL);
    expect(Object.keys(client.customFields)).toEqual(Object.keys(FULL));
    expect((await upsert('empty', undefined)).client.customFields).toEqual(UNSET);
  });

  it('sent again change nothing', async () => {
    const first = await upsert('full', FULL);
    expect(await upsert('full', FULL)).toEqual({ changedFields: [], client: first.client });
    expect(await upsert('full', first.client.customFields)).toEqual({ changedFields: [], client: first.client });
  });

  it('may be written into the document as well as sent as variables', async () => {
    const document = `mutation { upsertClient(input: { trackingId: "full", name: "full", customFields: {
      text: "She/Her/Hers", number: 12.5, boolean: true, date: "2027-03-31", email: "amara@example.com",
      url: "https://example.com/a?b=c", phone_number: "+14441234576", single: "b", multi: ["c", "a"],
      address: { addressLine1: "1201 Broadway", city: "New York", country: "US" }
    } }) { client { customFields } } }`;
    expect((await firm.ok(document)).upsertClient.client.customFields).toEqual(FULL);
    expect((await upsert('full', FULL)).changedFields).toEqual([]);
  });

  it('are kept, replaced and cleared each for itself; null for the map clears all', async () => {
    await upsert('full', FULL);
    const changed = await upsert('full', { text: 'They', number: null, multi: [], address: '1201 Broadway' });
    const expected = { ...FULL, text: 'They', number: null, multi: null, address: { fullAddress: '1201 Broadway' } };
    expect(changed).toMatchObject({ changedFields: ['customFields'], client: { customFields: expected } });
    expect((await upsert('full', null)).client.customFields).toEqual(UNSET);
    expect(await app.database.indexedValue.count({ where: { firmId: firm.id } })).toBe(0);
  });

  it('that are wrong are all named in one answer, and nothing is written', async () => {
    const customFields = { phone_number: '+10001234567', zip: '1', number: 'x', multi: ['a', 'z'], text: 'fine' };
    const error = await firm.fails(UPSERT, { input: { trackingId: 'bad', name: 'bad', customFields } });
    expect(error).toMatchObject({ status: 400, extensions: { code: 'BAD_USER_INPUT' } });
    expect(error.extensions.fields?.map(({ path }) => path)).toEqual([
      ['input', 'customFields', 'phone_number'],
      ['input', 'customFields', 'zip'],
      ['input', 'customFields', 'number'],
      ['input', 'customFields', 'multi', 1],
    ]);
    expect(await find()).toEqual([]);
  });

  it('are asked for on create only, when the field is required', async () => {
    await upsert('before', {});
    await create({ name: 'Needed', type: 'TEXT', required: true });
    for (const customFields of [undefined, null, {}, { needed: null }]) {
      const error = await firm.fails(UPSERT, { input: { trackingId: 'after', name: 'after', customFields } });
      expect(error.extensions.fields).toMatchObject([{ path: ['input', 'customFields', 'needed'] }]);
    }
    await upsert('after', { needed: 'x' });
    await upsert('before', { text: 'x' });
    expect(await firm.fails(UPSERT, { input: { trackingId: 'after', customFields: { needed: null } } })).toMatchObject({
      status: 400,
    });
  });

  it('are read as typed objects, on which fragments of all types fit together', async () => {
    await upsert('full', FULL);
    await upsert('empty', {});
    const document = `query ($id: String!) { client(by: { trackingId: $id }) { customFieldValues {
      __typename key field { key type }
      ... on TextFieldValue { text } ... on NumberFieldValue { number } ... on BooleanFieldValue { boolean }
      ... on DateFieldValue { date } ... on EmailFieldValue { email } ... on UrlFieldValue { url }
      ... on PhoneNumberFieldValue { phoneNumber } ... on AddressFieldValue { address { fullAddress addressLine1 region } }
      ... on SingleSelectFieldValue { option { key label } } ... on MultiSelectFieldValue { options { key label } }
    } } }`;
    const { client } = await firm.ok(document, { id: 'full' });
    const value = (key: string, type: string, typename: string, rest: Input) => ({
      __typename: `${typename}FieldValue`,
      key,
      field: { key, type },
      ...rest,
    });
    const address = { fullAddress: '1201 Broadway\nNew York\nUS', addressLine1: '1201 Broadway', region: null };
    const options = [
      { key: 'c', label: 'C' },
      { key: 'a', label: 'A' },
    ];
    expect(client.customFieldValues).toEqual([
      value('text', 'TEXT', 'Text', { text: FULL.text }),
      value('number', 'NUMBER', 'Number', { number: FULL.number }),
      value('boolean', 'BOOLEAN', 'Boolean', { boolean: true }),
      value('date', 'DATE', 'Date', { date: FULL.date }),
      value('email', 'EMAIL', 'Email', { email: FULL.email }),
      value('url', 'URL', 'Url', { url: FULL.url }),
      value('phone_number', 'PHONE_NUMBER', 'PhoneNumber', { phoneNumber: FULL.phone_number }),
      value('address', 'ADDRESS', 'Address', { address }),
      value('single', 'SINGLE_SELECT', 'SingleSelect', { option: { key: 'b', label: 'B' } }),
      value('multi', 'MULTI_SELECT', 'MultiSelect', { options }),
    ]);
    const empty = (await firm.ok(document, { id: 'empty' })).client.customFieldValues;
    expect(empty.map((unset: Input) => Object.values(unset).at(-1))).toEqual(Array(10).fill(null));
  });

  it('appear in the feed by key', async () => {
    await upsert('one', { text: 'x' });
    await upsert('one', { text: null, single: 'a' });
    expect((await feed(12)).at(-1)).toMatchObject({
      changedFields: ['customFields'],
      before: { customFields: { text: 'x' } },
      after: { customFields: { single: 'a' } },
    });
  });
});

describe('filters', () => {
  type Client = Record<string, unknown>;
  const words = ['', 'a', 'A', 'straße', 'STRASSE', 'a%b_c\\', 'ß', `${'long '.repeat(60)}A`, `${'long '.repeat(60)}b`];
  const word = fc.constantFrom(...words);
  const number = fc.constantFrom(-1e300, -1.5, 0, 0.1, 2, 1e21, 5e-324);
  const day = fc.constantFrom('0001-01-01', '2026-02-28', '2026-03-01', '9999-12-31');
  const choice = fc.constantFrom('a', 'b', 'c');
  const client = fc.record(
    {
      text: word,
      number,
      boolean: fc.boolean(),
      date: day,
      single: choice,
      multi: fc.uniqueArray(choice, { minLength: 1 }),
    },
    { requiredKeys: [] },
  );

  const folded = (text: string) => text.normalize('NFC').toUpperCase().toLowerCase();
  const equal: Record<string, (held: unknown, asked: unknown) => boolean> = {
    equals: (held, asked) => held === asked,
    in: (held, asked) => (asked as unknown[]).includes(held),
    contains: (held, asked) => folded(String(held)).includes(folded(String(asked))),
    startsWith: (held, asked) => folded(String(held)).startsWith(folded(String(asked))),
    gt: (held, asked) => (held as number) > (asked as number),
    gte: (held, asked) => (held as number) >= (asked as number),
    lt: (held, asked) => (held as number) < (asked as number),
    lte: (held, asked) => (held as number) <= (asked as number),
    hasEvery: (held, asked) => (asked as string[]).every((key) => (held as string[]).includes(key)),
    hasSome: (held, asked) => (asked as string[]).some((key) => (held as string[]).includes(key)),
  };

  /** The filter's meaning, written down a second time on purpose. */
  function meets(held: Client, { key, ...operators }: Input): boolean {
    const value = held[String(key)] ?? null;
    return Object.entries(operators).every(([operator, asked]) => {
      if (operator === 'isNull') return (value === null) === asked;
      if (operator === 'hasEvery' && (asked as string[]).length === 0) return true;
      return value !== null && equal[operator]?.(value, asked) === true;
    });
  }

  const range = (key: string, value: fc.Arbitrary<unknown>) =>
    fc.record(
      {
        key: fc.constant(key),
        equals: value,
        in: fc.array(value, { maxLength: 3 }),
        gt: value,
        gte: value,
        lt: value,
        lte: value,
        isNull: fc.boolean(),
      },
      { requiredKeys: ['key'] },
    );
  const asked = fc
    .oneof(
      fc.record(
        {
          key: fc.constant('text'),
          equals: word,
          in: fc.array(word, { maxLength: 3 }),
          contains: word,
          startsWith: word,
          isNull: fc.boolean(),
        },
        { requiredKeys: ['key'] },
      ),
      range('number', number),
      range('date', day),
      fc.record({ key: fc.constant('boolean'), equals: fc.boolean() }),
      fc.record({ key: fc.constant('single'), in: fc.array(choice) }),
      fc.record(
        { key: fc.constant('multi'), hasEvery: fc.array(choice), hasSome: fc.array(choice), isNull: fc.boolean() },
        { requiredKeys: ['key'] },
      ),
    )
    // Few operators at once, so that something is found.
    .map((filter) => Object.fromEntries(Object.entries(filter).slice(0, 3)) as Input)
    .filter((filter) => Object.keys(filter).length > 1);

  it('find the clients that a second reading of the contract finds', async () => {
    await defineAll();
    const clients = fc.sample(client, { numRuns: 40, seed: 11 });
    await Promise.all(clients.map((held, index) => upsert(String(index), held)));
    const property = fc.asyncProperty(
      fc.array(asked, { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      async (all, not) => {
        const filter = { customFields: all };
        const { nodes, totalCount } = (await firm.ok(FIND, { filter: not ? { not: filter } : filter })).clients;
        const found = nodes.map(({ trackingId }: Input) => trackingId).sort();
        const expected = clients.flatMap((held, index) =>
          all.every((one) => meets(held, one)) !== not ? [String(index)] : [],
        );
        expect(found).toEqual(expected.sort());
        expect(totalCount).toBe(expected.length);
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });

  it('look into e-mail, URL, phone and address as text', async () => {
    await defineAll();
    await upsert('full', FULL);
    for (const filter of [
      { key: 'email', contains: 'EXAMPLE.com' },
      { key: 'email', equals: 'amara@example.com' },
      { key: 'url', startsWith: 'HTTPS://' },
      { key: 'phone_number', startsWith: '+1444' },
      { key: 'address', contains: 'new york' },
      { key: 'address', equals: '1201 Broadway\nNew York\nUS' },
    ]) {
      expect(await find(filter), JSON.stringify(filter)).toEqual(['full']);
    }
    expect(await find({ key: 'email', equals: 'AMARA@example.com' })).toEqual([]);
  });

  it('follow a value as it changes', async () => {
    await defineAll();
    await upsert('one', { number: 1, multi: ['a', 'b'] });
    await upsert('one', { number: 2, multi: ['b', 'c'] });
    expect(await find({ key: 'number', equals: 1 })).toEqual([]);
    expect(await find({ key: 'number', equals: 2 }, { key: 'multi', hasEvery: ['b', 'c'] })).toEqual(['one']);
    expect(await find({ key: 'multi', hasSome: ['a'] })).toEqual([]);
    await upsert('one', { multi: null });
    expect(await find({ key: 'multi', isNull: true })).toEqual(['one']);
  });

  it('that do not fit the field are errors that say what does', async () => {
    await defineAll();
    const customFields = [
      { key: 'multi', equals: 'a' },
      { key: 'number', gt: '2' },
      { key: 'zip', isNull: true },
    ];
    const error = await firm.fails(FIND, { filter: { customFields } });
    expect(error.extensions.fields).toMatchObject([
      { path: ['filter', 'customFields', 0, 'equals'], message: expect.stringContaining('hasEvery, hasSome, isNull') },
      { path: ['filter', 'customFields', 1, 'gt'] },
      { path: ['filter', 'customFields', 2, 'key'] },
    ]);
  });

  it('are of this firm alone, though another has the same keys', async () => {
    await defineAll();
    await upsert('ours', { text: 'x' });
    const other = await app.firm();
    await defineAll(other);
    const filter = { customFields: [{ key: 'text', equals: 'x' }] };
    expect((await other.ok(FIND, { filter })).clients.totalCount).toBe(0);
  });
});

describe('archiving', () => {
  it('hides values, refuses new ones, and brings them back', async () => {
    const { id } = await create({ name: 'Text', type: 'TEXT' });
    await upsert('one', { text: 'x' });
    expect((await firm.ok(ARCHIVE, { id })).archiveCustomField.customField).toMatchObject({ archived: true });
    expect(await upsert('one', {})).toMatchObject({ changedFields: [], client: { customFields: {} } });
    const error = await firm.fails(UPSERT, { input: { trackingId: 'one', customFields: { text: 'y' } } });
    expect(error.extensions.fields).toMatchObject([{ path: ['input', 'customFields', 'text'] }]);
    expect(await firm.fails(FIND, { filter: { customFields: [{ key: 'text', equals: 'x' }] } })).toMatchObject({
      extensions: { fields: [{ path: ['filter', 'customFields', 0, 'key'] }] },
    });
    await firm.ok(ARCHIVE, { id, archived: false });
    expect((await upsert('one', {})).client.customFields).toEqual({ text: 'x' });
    expect(await find({ key: 'text', equals: 'x' })).toEqual(['one']);
    const kinds = (await feed(4)).map(({ kind, changedFields }) => [kind, changedFields]);
    expect(kinds.slice(2)).toEqual([
      ['UPDATED', ['archived']],
      ['UPDATED', ['archived']],
    ]);
  });

  it('twice is the same as once', async () => {
    const { id } = await create({ name: 'Text', type: 'TEXT' });
    await firm.ok(ARCHIVE, { id });
    await firm.ok(ARCHIVE, { id });
    await feed(2);
  });
});

describe('deleteCustomField', () => {
  it('ends the values too: a field of the same key finds none', async () => {
    const { id } = await create({ name: 'Text', type: 'TEXT' });
    await upsert('one', { text: 'x' });
    expect(await firm.ok(DELETE, { id })).toEqual({ deleteCustomField: { deletedId: id } });
    expect(await firm.fails(DELETE, { id })).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    // The rows of the value; another one of the record is of its name.
    expect(await app.database.indexedValue.count({ where: { firmId: firm.id } })).toBe(0);
    const again = await create({ name: 'Text', type: 'TEXT' });
    expect(again.id).not.toBe(id);
    expect((await upsert('one', {})).client.customFields).toEqual({ text: null });
    expect(await find({ key: 'text', isNull: true })).toEqual(['one']);
    expect((await feed(4)).find(({ kind }) => kind === 'DELETED')).toMatchObject({
      entityId: id,
      before: { key: 'text', name: 'Text' },
      after: null,
    });
  });

  /** Of a field as many values as would keep others waiting. */
  const fill = async (id: string, many = 1_250) => {
    const { number: field } = await app.database.customField.findFirstOrThrow({ where: { firmId: firm.id, id } });
    const common = { firmId: firm.id, field, number: null };
    const rows = Array.from({ length: many }, (_, index) => ({ ...common, entityId: index, key: 'v' }));
    await app.database.$commit([{ kind: 'insert', model: 'IndexedValue', rows }]);
  };
  const valuesLeft = async () => app.database.indexedValue.count({ where: { firmId: firm.id, key: 'v' } });

  it('removes values from the index a few hundred at a time, so that others get turns', async () => {
    const [kept, { id }] = [
      await create({ name: 'Kept', type: 'TEXT' }),
      await create({ name: 'Text', type: 'TEXT', entity: 'CLIENT_CONTACT' }),
    ];
    await fill(kept.id, 10);
    await fill(id);
    const left: number[] = [];
    const meanwhile = committing(app.database, async (writes) => {
      const outcome = await app.database.$commit(writes);
      left.push(await valuesLeft());
      return outcome;
    });
    await (await startApp(meanwhile)).send(firm.tokens.ADMIN, DELETE, { id });
    expect(left).toEqual([1_260, 760, 260, 10]);
  });

  it('is done when the rest of the values cannot be removed, which the next deletion does', async () => {
    const [{ id }, other] = [
      await create({ name: 'Text', type: 'TEXT' }),
      await create({ name: 'Other', type: 'TEXT' }),
    ];
    await fill(id);
    let commits = 0;
    const failing = committing(app.database, async (writes) => {
      if (++commits > 2) throw new Unavailable('The database is away.');
      return app.database.$commit(writes);
    });
    const { data, errors } = await (await startApp(failing)).send(firm.tokens.ADMIN, DELETE, { id });
    expect({ data, errors }).toEqual({ data: { deleteCustomField: { deletedId: id } }, errors: undefined });
    expect(await valuesLeft()).toBe(750);
    await upsert('one', { other: 'x' });
    await firm.ok(DELETE, { id: other.id });
    expect(await app.database.indexedValue.count({ where: { firmId: firm.id } })).toBe(0);
  });
});
