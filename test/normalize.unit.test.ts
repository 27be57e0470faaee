/** What `normalize` makes of values as people write them, and what `nulls: IGNORE` makes of null. */

import { countries as COUNTRIES } from 'countries-list';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientFields } from '../src/clients/fields.ts';
import { contactFields } from '../src/contacts/fields.ts';
import { CUSTOM_FIELD_TYPES, type CustomFieldType, type Definition } from '../src/custom-values/types.ts';
import { mergeCustomFields } from '../src/custom-values/values.ts';
import { type Field, type Fields, format } from '../src/fields/fields.ts';
import { Issues } from '../src/fields/parse.ts';
import { applyPatch, defaultsOf, type Values } from '../src/fields/patch.ts';
import '../src/kinds.ts';
import { kinds } from '../src/records/kind.ts';
import { normalized, withoutNulls } from '../src/records/normalize.ts';
import { day, plainValue } from './support/values.ts';

const definition = (type: CustomFieldType, number: number, more: Partial<Definition> = {}): Definition => ({
  id: String(number),
  trackingId: null,
  externalIds: [],
  number,
  entity: 'CLIENT',
  key: type.toLowerCase(),
  name: type,
  type,
  order: number,
  required: false,
  archived: false,
  options: ['a', 'b', ' c'].map((key, order) => ({
    id: key,
    key,
    label: key,
    color: null,
    order,
    archived: false,
  })),
  ...more,
});

const TYPES = Object.keys(CUSTOM_FIELD_TYPES) as CustomFieldType[];
const definitions = [
  ...TYPES.map((type, index) => definition(type, index + 1)),
  definition('TEXT', 100, { key: 'needed', required: true }),
];

/** What a client's input becomes. */
const read = (input: Values, record: Values | null = null) => normalized(clientFields, input, { record, definitions });

/** What one value becomes in a field of a client. */
const readOne = (name: string, value: unknown) => read({ [name]: value }).input[name];

describe('normalize reads', () => {
  it.each([
    ['acme.com', 'https://acme.com'],
    ['www.acme.com', 'https://www.acme.com'],
    [' www.Acme.co.uk/about?a=1#b ', 'https://www.Acme.co.uk/about?a=1#b'],
    ['müller.de', 'https://müller.de'],
    ['acme.com:8080', 'https://acme.com:8080'],
    [' http://acme.com', 'http://acme.com'],
  ])('the URL %s', (sent, meant) => {
    expect(readOne('websiteUrl', sent)).toBe(meant);
  });

  it.each([
    'acme',
    'info@acme.com',
    'ftp://acme.com',
    'http:/acme.com',
    '//acme.com',
    '10.0.0.1',
    'logo.png',
    'acme.com, acme.org',
    'n/a',
    'a..b.com',
    '-a.com',
  ])('no URL in %s', (sent) => {
    expect(readOne('websiteUrl', sent)).toBe(sent);
  });

  it.each([
    ['United States', 'US'],
    ['USA', 'US'],
    ['U.S.A.', 'US'],
    ['usa', 'US'],
    ['UK', 'GB'],
    ['GBR', 'GB'],
    ['The United Kingdom', 'GB'],
    ['Great Britain', 'GB'],
    ['Deutschland', 'DE'],
    ['GERMANY', 'DE'],
    ['Suisse', 'CH'],
    ['Osterreich', 'AT'],
    ['Österreich', 'AT'],
    ["Côte d'Ivoire", 'CI'],
    ['Bosnia & Herzegovina', 'BA'],
    ['日本', 'JP'],
    [' gb ', 'gb'],
  ])('the country %s', (sent, code) => {
    expect(readOne('address', { country: sent })).toEqual({ country: code });
  });

  it.each(['Korea', 'Congo', 'Atlantis', 'XX', 'U', 'England'])('no country in %s', (sent) => {
    expect(readOne('address', { country: sent })).toEqual({ country: sent });
  });

  it.each([
    ['(020) 7946 0958', 'GB', '+442079460958'],
    ['020 7946 0958', 'United Kingdom', '+442079460958'],
    ['0044 20 7946 0958', 'GB', '+442079460958'],
    ['212-555-1234', 'US', '+12125551234'],
    ['030/901820', 'DE', '+4930901820'],
    ['06 1234 5678', 'IT', '+390612345678'],
    ['+44 (0)20 7946 0958', undefined, '+442079460958'],
    ['+1 (212) 555-1234', 'GB', '+12125551234'],
  ])('the phone number %s of %s', (sent, country, meant) => {
    expect(read({ phone: sent, ...(country && { address: { country } }) }).input.phone).toBe(meant);
  });

  it.each([
    ['(020) 7946 0958', undefined],
    ['(020) 7946 0958', 'AQ'],
    ['020 7946 0958', 'US'],
    ['7946 0958', 'GB'],
    ['1234', 'GB'],
    ['000-555-1234', 'US'],
    ['+1 404-555-5555 x501', 'US'],
    ['1-800-FLOWERS', 'US'],
    ['call 020 7946 0958', 'GB'],
    ['020 7946 0958 / 020 7946 0959', 'GB'],
    ['0044 20 7946 0958', undefined],
  ])('no phone number in %s of %s', (sent, country) => {
    expect(read({ phone: sent, ...(country && { address: { country } }) }).input.phone).toBe(sent);
  });

  it('phone numbers by the address of the record where the input has no country', () => {
    const phone = '020 7946 0958';
    const record = { address: { country: 'GB', city: 'London' } };
    const meant = '+442079460958';
    expect(read({ phone }, record).input.phone).toBe(meant);
    expect(read({ phone, address: { city: 'Leeds' } }, record).input.phone).toBe(meant);
    expect(read({ phone, customFields: { phone_number: phone } }, record).input.customFields).toEqual({
      phone_number: meant,
    });
    expect(read({ phone: '030 901820', address: { country: 'DE' } }, record).input.phone).toBe('+4930901820');
    for (const address of [null, '', { country: null }, { country: '' }, { country: 'Atlantis' }]) {
      expect(read({ phone, address }, record).input.phone).toBe(phone);
    }
  });

  it('tags once, and nothing around text', () => {
    expect(readOne('tags', [' vip', 'vip', 'gold ', 'new'])).toEqual(['vip', 'gold', 'new']);
    expect(readOne('name', '\u00a0Acme\n')).toBe('Acme');
    expect(readOne('email', ' A@example.com ')).toBe('A@example.com');
    expect(readOne('person', { firstName: ' Ada ', nationalInsuranceNumber: ' AB123456C' })).toEqual({
      firstName: 'Ada',
      nationalInsuranceNumber: 'AB123456C',
    });
  });

  it('empty text as null where a field may be empty', () => {
    const blank = { websiteUrl: '', note: ' ', npsScore: '', email: '', inceptionDate: '', timezone: '', address: '' };
    expect(read(blank).input).toEqual(Object.fromEntries(Object.keys(blank).map((name) => [name, null])));
    expect(readOne('address', { country: '', uprn: '', city: ' ' })).toEqual({ country: null, uprn: null, city: null });
    const required = { name: '', status: '', active: '', tags: '', externalIds: '', customFields: '' };
    expect(read(required).input).toEqual(required);
  });

  it('custom fields by their types', () => {
    const customFields = {
      text: ' x ',
      email: ' a@example.com',
      url: 'acme.com',
      date: ' 2024-02-29',
      number: '',
      boolean: '',
      phone_number: '+44 20 7946 0958',
      address: { country: 'Deutschland', city: ' Bonn', region: '' },
      needed: '',
      unknown: ' x ',
    };
    expect(readOne('customFields', customFields)).toEqual({
      text: 'x',
      email: 'a@example.com',
      url: 'https://acme.com',
      date: '2024-02-29',
      number: null,
      boolean: null,
      phone_number: '+442079460958',
      address: { country: 'DE', city: 'Bonn', region: null },
      needed: '',
      unknown: ' x ',
    });
    expect(readOne('customFields', { address: ' 1 Old Street ' })).toEqual({ address: '1 Old Street' });
    expect(readOne('customFields', { single_select: '', multi_select: '' })).toEqual({
      single_select: null,
      multi_select: null,
    });
  });

  it('no keys', () => {
    const keys = {
      trackingId: ' A-1 ',
      externalIds: [
        { system: ' stripe', id: ' cus_1 ' },
        { system: ' stripe', id: ' cus_1 ' },
      ],
      regionId: ' region_1 ',
      clientGroupId: '',
      typeName: ' Fund ',
      customFields: { ' text ': ' x ', single_select: ' a ', multi_select: [' a', 'a', 'a'] },
    };
    const { input, changes } = read(keys);
    expect(input).toEqual(keys);
    expect(changes).toEqual([]);
  });

  it('lists of objects, and leaves out items that become the same', () => {
    const member = { employeeId: 'e1', role: 'Lead' };
    expect(
      readOne('accountTeam', [member, { ...member, role: ' Lead' }, { employeeId: 'e2', role: ' Lead ' }]),
    ).toEqual([member, { employeeId: 'e2', role: 'Lead' }]);
    expect(readOne('accountTeam', [member, member])).toEqual([member, member]);
  });

  it('and says what changed, and where it was sent', () => {
    const input = {
      name: 'Acme ',
      websiteUrl: 'acme.com',
      note: '',
      tags: ['a', ' a', 'b '],
      address: { country: 'UK', city: 'London' },
      accountTeam: [{ employeeId: 'e1', role: ' Lead' }],
      customFields: { address: { country: 'USA' }, number: '' },
    };
    expect(normalized(clientFields, input, { definitions, path: ['input', 'clients', 3] }).changes).toEqual(
      [
        { path: ['name'], from: 'Acme ', to: 'Acme' },
        { path: ['websiteUrl'], from: 'acme.com', to: 'https://acme.com' },
        { path: ['note'], from: '', to: null },
        { path: ['tags', 1], from: ' a', to: null },
        { path: ['tags', 2], from: 'b ', to: 'b' },
        { path: ['address', 'country'], from: 'UK', to: 'GB' },
        { path: ['accountTeam', 0, 'role'], from: ' Lead', to: 'Lead' },
        { path: ['customFields', 'address', 'country'], from: 'USA', to: 'US' },
        { path: ['customFields', 'number'], from: '', to: null },
      ].map(({ path, ...change }) => ({ path: ['input', 'clients', 3, ...path], ...change })),
    );
  });

  it('no list that is longer than it may be', () => {
    const tags = Array.from({ length: 251 }, () => 'a');
    expect(readOne('tags', tags)).toBe(tags);
  });

  it('and keeps the places of items where one of them is wrong', () => {
    const { input } = read({ tags: ['a', 'a', '', 'b'] });
    const issues = new Issues();
    applyPatch(clientFields, defaultsOf(clientFields), input, [], issues);
    expect(issues.list.map(({ path }) => path)).toContainEqual(['tags', 2]);
  });
});

it('every country is read by its names and codes, unless two share them', () => {
  const country: Fields = { country: format('country', '') };
  for (const [code, { name, native }] of Object.entries(COUNTRIES)) {
    for (const sent of [code, name, native]) {
      const { input } = normalized(country, { country: sent });
      expect([code, sent]).toContain(input.country);
    }
    expect(normalized(country, { country: name }).input.country).toBe(code);
  }
});

/** Values of a field as callers may send them, valid ones among them. */
function anyValue(field: Field): fc.Arbitrary<unknown> {
  const spaced = fc
    .tuple(fc.constantFrom('', ' ', '\n'), fc.string(), fc.constantFrom('', ' ', '\u00a0'))
    .map((parts) => parts.join(''));
  const loose = fc.oneof(
    spaced,
    fc.constantFrom('', ' ', 'acme.com', 'UK', 'United States', '(020) 7946 0958', '+44 20 7946 0958'),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(spaced, { maxLength: 3 }),
  );
  return fc.oneof({ weight: 3, arbitrary: validValue(field) }, { weight: 1, arbitrary: loose });
}

function validValue(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'text':
      return fc.oneof(fc.string(), fc.constantFrom('AB123456C', '100', 'stripe', ' a ', 'a\n'));
    case 'date':
      return day;
    case 'email':
      return fc.emailAddress();
    case 'country':
      return fc.constantFrom('GB', 'us', 'De', 'AQ');
    case 'textList':
      return fc.uniqueArray(fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('a', ' a', 'a ')), { maxLength: 4 });
    case 'object':
      return partsOf(field.fields);
    case 'objectList':
      return fc.array(partsOf(field.fields), { maxLength: 3 });
    case 'reference':
      return fc.constantFrom('id_1', ' id_2');
    case 'customFields':
      return fc.record(Object.fromEntries(definitions.map(({ key, type }) => [key, customValue(type)])), {
        requiredKeys: [],
      });
    default:
      return plainValue(field);
  }
}

function partsOf(fields: Fields): fc.Arbitrary<unknown> {
  return fc.record(Object.fromEntries(Object.entries(fields).map(([name, part]) => [name, anyValue(part)])), {
    requiredKeys: [],
  });
}

function customValue(type: CustomFieldType): fc.Arbitrary<unknown> {
  const valid: Partial<Record<CustomFieldType, fc.Arbitrary<unknown>>> = {
    NUMBER: fc.double({ noNaN: true, noDefaultInfinity: true }),
    BOOLEAN: fc.boolean(),
    DATE: day,
    EMAIL: fc.emailAddress(),
    URL: plainValue(format('url', '')),
    PHONE_NUMBER: plainValue(format('phone', '')),
    ADDRESS: fc.record({ country: fc.constantFrom('GB', 'UK'), city: fc.string() }, { requiredKeys: [] }),
    SINGLE_SELECT: fc.constantFrom('a', ' c'),
    MULTI_SELECT: fc.subarray(['a', 'b', ' c']),
  };
  return fc.oneof(
    valid[type] ?? fc.string(),
    fc.string(),
    fc.constantFrom<unknown>('', ' ', null, 'acme.com', '020 7946 0958', ['a', 'a'], 1),
  );
}

/** The field as it is stored when its value is accepted; undefined when it is not. */
function stored(name: string, field: Field, value: unknown): { value: unknown } | undefined {
  const fields = { [name]: field };
  const issues = new Issues();
  const next = applyPatch(
    fields,
    defaultsOf(fields),
    { [name]: value },
    [],
    issues,
    mergeCustomFields(definitions, false),
  );
  return issues.list.length === 0 ? { value: next[name] } : undefined;
}

/** What is stored, but for white space around texts, texts and items that are the same without it, and what is empty. */
function apartFromSpace(value: unknown): unknown {
  if (typeof value === 'string') return value.trim() || null;
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(apartFromSpace(item))))];
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, apartFromSpace(part)] as const);
  const kept = parts.filter(([, part]) => part !== null);
  return kept.length > 0 ? Object.fromEntries(kept) : null;
}

const FIELDS = kinds().flatMap(({ model, fields }) =>
  Object.entries(fields).map(([name, field]) => ({ at: `${model}.${name}`, name, field: field as Field })),
);

describe.each(FIELDS)('normalizing $at', ({ name, field }) => {
  const record = { address: { country: 'GB' } };
  const again = (value: unknown) => normalized({ [name]: field }, { [name]: value }, { record, definitions });

  it('a second time changes nothing', () => {
    fc.assert(
      fc.property(anyValue(field), (value) => {
        const once = again(value);
        const twice = again(once.input[name]);
        expect(twice.input).toEqual(once.input);
        expect(twice.changes).toEqual([]);
        if (once.changes.length === 0) expect(once.input[name]).toBe(value);
      }),
    );
  });

  it('changes nothing about a value that is accepted without, but for white space', () => {
    fc.assert(
      fc.property(anyValue(field), (value) => {
        const without = stored(name, field, value);
        if (!without) return;
        const { input } = again(value);
        const withIt = stored(name, field, input[name]);
        expect(withIt).toBeDefined();
        expect(apartFromSpace(withIt?.value)).toEqual(apartFromSpace(without.value));
      }),
    );
  });
});

describe('nulls: IGNORE', () => {
  it('takes null as left out, also within objects, but not within lists', () => {
    const items = [{ system: 'stripe', id: null }];
    const input = {
      name: null,
      note: 'x',
      tags: [],
      setExternalIds: items,
      address: { city: null, country: 'GB' },
      person: { firstName: null },
      customFields: { text: null, number: 1, address: { city: null, country: 'GB' } },
      communicationPreferences: {},
    };
    expect(withoutNulls(input)).toEqual({
      note: 'x',
      tags: [],
      setExternalIds: items,
      address: { country: 'GB' },
      communicationPreferences: {},
      customFields: { number: 1, address: { country: 'GB' } },
    });
  });

  it('leaves nothing behind that would clear a field', () => {
    const record = { ...defaultsOf(contactFields), lastName: 'Doe', address: { city: 'London' }, notes: 'x' };
    const nothing = Object.fromEntries(Object.keys(contactFields).map((name) => [name, null]));
    const issues = new Issues();
    for (const input of [
      nothing,
      { address: { city: null, country: null } },
      { customFields: { text: null, address: { city: null } } },
    ]) {
      const merge = mergeCustomFields(definitions, false);
      expect(applyPatch(contactFields, record, withoutNulls(input), [], issues, merge)).toEqual(record);
    }
    expect(issues.list).toEqual([]);
  });
});
