/** Custom-field values and filters as pure functions: what is taken, what is refused, and what never happens. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { getCountries, getExampleNumber } from 'libphonenumber-js';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, it } from 'vitest';
import type { FieldError } from '../src/base/errors.ts';
import { keyOf } from '../src/custom-fields/custom-fields.ts';
import { customFieldCondition, OPERATORS, OPERATORS_OF, type Operator } from '../src/custom-fields/filter.ts';
import {
  CUSTOM_FIELD_TYPES,
  type CustomFieldType,
  type Definition,
  FIELDS_MAX,
  type Option,
} from '../src/custom-values/types.ts';
import {
  addressText,
  indexKey,
  indexRows,
  mergeCustomFields,
  namedValues,
  TEXT_MAX,
  valueMap,
} from '../src/custom-values/values.ts';
import { Issues } from '../src/fields/parse.ts';
import type { Values } from '../src/fields/patch.ts';

const TYPES = Object.keys(CUSTOM_FIELD_TYPES) as CustomFieldType[];
const PATH = ['input', 'customFields'];

const option = (key: string, more: Partial<Option> = {}): Option => ({
  id: `option_${key}`,
  key,
  label: key,
  color: null,
  order: 0,
  archived: false,
  ...more,
});

const numbers: string[] = [];

/** The number of the field of a key. */
function numberOf(key: string): number {
  if (!numbers.includes(key)) numbers.push(key);
  return numbers.indexOf(key) + 1;
}

/** A definition whose key is its type in lower case, unless said. */
function define(type: CustomFieldType, more: Partial<Definition> = {}): Definition {
  const selects = type === 'SINGLE_SELECT' || type === 'MULTI_SELECT';
  const key = more.key ?? type.toLowerCase();
  return {
    id: `field_${key}`,
    number: numberOf(key),
    entity: 'CLIENT',
    key,
    name: key,
    trackingId: null,
    externalIds: [],
    type,
    order: 0,
    required: false,
    archived: false,
    options: selects ? [option('a'), option('b'), option('c'), option('old', { archived: true })] : [],
    ...more,
  };
}

const ALL = TYPES.map((type, order) => define(type, { order }));

function merge(
  definitions: readonly Definition[],
  sent: Values | null,
  current: Values = {},
  creating = false,
): { values: Values; issues: readonly FieldError[] } {
  const issues = new Issues();
  const values = mergeCustomFields(definitions, creating)(current, sent, PATH, issues);
  return { values, issues: issues.list };
}

/** The values that one sent value of the type makes, and the issues. */
const mergeOne = (type: CustomFieldType, value: unknown, current: Values = {}, more: Partial<Definition> = {}) =>
  merge([define(type, more)], { [type.toLowerCase()]: value }, current);

const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed() && !value.includes('\u0000'));
const part = (max: number) =>
  fc.option(
    text.map((value) => value.slice(0, max).toWellFormed()),
    { nil: undefined },
  );
const day = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const phone = fc.constantFrom(
  ...getCountries().flatMap((country) => getExampleNumber(country, examples)?.number ?? []),
);

/** Values that each type takes. */
const VALID: Record<CustomFieldType, fc.Arbitrary<unknown>> = {
  TEXT: text.filter((value) => value !== ''),
  NUMBER: fc.double({ noNaN: true, noDefaultInfinity: true }),
  BOOLEAN: fc.boolean(),
  DATE: day,
  EMAIL: fc.emailAddress({ size: 'small' }).filter((email) => /^[\w.+-]+@/.test(email) && !/\.\.|^\.|\.@/.test(email)),
  URL: fc.webUrl({ withQueryParameters: true, withFragments: true, validSchemes: ['http', 'https'] }),
  PHONE_NUMBER: phone,
  ADDRESS: fc.oneof(
    text.filter((value) => value !== ''),
    fc.record({
      fullAddress: text.filter((value) => value !== ''),
      country: fc.constantFrom('US', 'GB', 'us', undefined),
      region: part(100),
      postalCode: part(20),
      addressLine1: part(1024),
      addressLine2: part(1024),
      city: part(100),
    }),
  ),
  SINGLE_SELECT: fc.constantFrom('a', 'b', 'c'),
  MULTI_SELECT: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
};

const noString = fc.anything().filter((value) => typeof value !== 'string' && value !== null && value !== undefined);
const junkText = fc.oneof(
  noString,
  fc.constantFrom('', ' ', '\u0000', '\ud800', 'x', '2020-02-30', '2021-1-1', 'javascript:alert(1)', '+1', 'a@', '@b'),
);

/** Values that each type refuses. */
const JUNK: Record<CustomFieldType, fc.Arbitrary<unknown>> = {
  TEXT: fc.oneof(noString, fc.constantFrom('\u0000', '\ud800', 'x'.repeat(TEXT_MAX + 1))),
  NUMBER: fc.anything().filter((value) => value !== null && value !== undefined && !Number.isFinite(value)),
  BOOLEAN: fc.anything().filter((value) => value !== null && value !== undefined && typeof value !== 'boolean'),
  DATE: junkText,
  EMAIL: junkText,
  URL: junkText,
  PHONE_NUMBER: junkText,
  ADDRESS: fc.oneof(
    noString.filter((value) => typeof value !== 'object' || Array.isArray(value)),
    fc.constantFrom<unknown>(
      { street: 'x' },
      { country: 'USA' },
      { country: '' },
      { city: 1 },
      { city: '\u0000' },
      '\ud800',
      [],
      ['x'],
    ),
    fc.constant(JSON.parse('{"__proto__": "x"}')),
    fc.constant({ addressLine1: 'x'.repeat(1025) }),
  ),
  SINGLE_SELECT: fc.oneof(noString, fc.constantFrom('', 'A', 'd', 'old', 'constructor', '__proto__')),
  MULTI_SELECT: fc.oneof(
    noString.filter((value) => !Array.isArray(value)),
    fc.constantFrom<unknown>('a', ['d'], ['a', 'a'], ['old'], [null], ['a', 1], [['a']]),
    fc.constant(Array.from({ length: 100_000 }, () => 'a')),
  ),
};

describe.each(TYPES)('a value of type %s', (type) => {
  const definition = define(type);

  it('survives: it is stored, read back and sent again without a change', () => {
    fc.assert(
      fc.property(VALID[type], (sent) => {
        const { values, issues } = mergeOne(type, sent);
        expect(issues).toEqual([]);
        const stored: Values = JSON.parse(JSON.stringify(values));
        expect(isDeepStrictEqual(stored, values)).toBe(true);
        const read = valueMap([definition], stored)[definition.key];
        if (type !== 'ADDRESS') expect(read).toEqual(sent === 0 ? 0 : sent);
        const again = mergeOne(type, read, stored);
        expect(again.issues).toEqual([]);
        expect(isDeepStrictEqual(again.values, stored)).toBe(true);
        expect(namedValues([definition], stored)).toEqual({ [definition.key]: read });
      }),
    );
  });

  it('is indexed under keys that both databases can store and index', () => {
    fc.assert(
      fc.property(VALID[type], (sent) => {
        const { values } = mergeOne(type, sent);
        const rows = indexRows([define(type, { archived: true })], values);
        expect(rows.length).toBeGreaterThan(0);
        expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
        for (const row of rows) {
          expect(row.field).toBe(definition.number);
          expect(row.key.length).toBeLessThanOrEqual(230);
          expect(row.key.isWellFormed()).toBe(true);
          expect(row.number).toBe(type === 'NUMBER' ? values[definition.number] : null);
        }
      }),
    );
  });

  it('is refused with an issue that names the key when it is none', () => {
    fc.assert(
      fc.property(JUNK[type], (sent) => {
        const { values, issues } = mergeOne(type, sent);
        expect(issues.length).toBeGreaterThan(0);
        expect(values).toEqual({});
        for (const issue of issues) {
          expect(issue.path.slice(0, 3)).toEqual([...PATH, definition.key]);
          expect(issue.message).toContain(`"${definition.key}"`);
          expect(issue.message.length).toBeLessThan(1_000);
        }
      }),
    );
  });

  it('takes empty text for nothing when it is free text, and for a wrong value when it has a format', () => {
    const held = mergeOne(type, fc.sample(VALID[type], { numRuns: 1, seed: 7 })[0]).values;
    const { values, issues } = mergeOne(type, '', held);
    if (type === 'TEXT' || type === 'ADDRESS') expect({ values, issues }).toEqual({ values: {}, issues: [] });
    else expect(issues.map(({ path }) => path.slice(0, 3))).toEqual([[...PATH, definition.key]]);
    expect(mergeOne(type, '', held, { required: true }).issues).toHaveLength(1);
  });

  it('never throws, and never touches what is stored, whatever is sent', () => {
    const held = mergeOne(type, fc.sample(VALID[type], { numRuns: 1, seed: 7 })[0]).values;
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (sent) => {
        const before = structuredClone(held);
        mergeOne(type, sent, held);
        expect(held).toEqual(before);
      }),
    );
  });

  it('is kept when nothing is sent and cleared by null, unless the field is required', () => {
    fc.assert(
      fc.property(VALID[type], (sent) => {
        const held = mergeOne(type, sent).values;
        expect(mergeOne(type, undefined, held).values).toEqual(held);
        expect(mergeOne(type, null, held)).toEqual({ values: {}, issues: [] });
        expect(mergeOne(type, null, held, { required: true }).issues).toMatchObject([
          { path: [...PATH, definition.key], code: 'BAD_USER_INPUT' },
        ]);
      }),
    );
  });

  it('is cleared by an empty list when it is a list, which is junk otherwise', () => {
    const { issues } = mergeOne(type, []);
    expect(issues).toHaveLength(type === 'MULTI_SELECT' ? 0 : 1);
    expect(mergeOne(type, [], {}, { required: true }).issues).toHaveLength(1);
  });
});

describe('the map', () => {
  it('is refused as a whole only for what is wrong in it, all of which is named', () => {
    const { issues } = merge(ALL, { number: 'x', date: '2026-02-30', zip: 1, text: 'fine', multi_select: ['a', 'z'] });
    expect(issues.map(({ path }) => path.slice(2))).toEqual([['number'], ['date'], ['zip'], ['multi_select', 1]]);
  });

  it('names unknown keys, and those there are, without growing beyond reason', () => {
    const many = Array.from({ length: 300 }, (_, order) => define('TEXT', { key: `field${order}`, order }));
    const { issues } = merge(many, { ['z'.repeat(100_000)]: 1, '\ud800': 2 });
    expect(issues).toHaveLength(2);
    expect(issues[0]?.message).toContain('field0, field1');
    expect(issues[0]?.message).toContain('and 280 more');
    expect(JSON.stringify(issues).length).toBeLessThan(2_000);
    expect(JSON.stringify(issues).isWellFormed()).toBe(true);
  });

  it('takes keys that objects have anyway for what they are', () => {
    for (const key of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(merge(ALL, JSON.parse(`{"${key}": "x"}`)).issues).toMatchObject([{ path: [...PATH, key] }]);
    }
    const definitions = [define('TEXT', { key: 'constructor' })];
    const { values, issues } = merge(definitions, { constructor: 'x' } as unknown as Values);
    expect(issues).toEqual([]);
    expect(Object.entries(valueMap(definitions, values))).toEqual([['constructor', 'x']]);
  });

  it('is not looked at when it is huge', () => {
    const huge = Object.fromEntries(Array.from({ length: FIELDS_MAX + 1 }, (_, index) => [`k${index}`, 1]));
    expect(merge(ALL, huge).issues).toMatchObject([{ path: PATH }]);
  });

  it('clears all when it is null, but for required fields', () => {
    const definitions = [define('TEXT'), define('NUMBER', { required: true }), define('DATE', { archived: true })];
    const held = { [numberOf('text')]: 'x', [numberOf('date')]: '2026-01-01' };
    expect(merge(definitions, null, held)).toEqual({ values: {}, issues: [] });
    expect(merge(definitions, null, { ...held, [numberOf('number')]: 1 }).issues).toMatchObject([
      { path: [...PATH, 'number'] },
    ]);
  });

  it('asks for required fields when a record is created, and only then', () => {
    const definitions = [define('TEXT', { required: true }), define('DATE', { required: true, archived: true })];
    expect(merge(definitions, {}, {}, true).issues).toMatchObject([{ path: [...PATH, 'text'] }]);
    expect(merge(definitions, { text: null }, {}, true).issues).toHaveLength(1);
    expect(merge(definitions, null, {}, true).issues).toHaveLength(1);
    expect(merge(definitions, {}, {}, false).issues).toEqual([]);
    expect(merge(definitions, { text: '  ' }, {}, true).issues).toHaveLength(1);
  });

  it('has every live field in order when read, and none that was archived or deleted', () => {
    const definitions = [
      define('TEXT', { key: 'late', order: 2 }),
      define('TEXT', { key: 'tieB', order: 1 }),
      define('TEXT', { key: 'tieA', order: 1 }),
      define('TEXT', { key: 'gone', archived: true }),
    ];
    const read = valueMap(definitions, { [numberOf('late')]: 'x', [numberOf('gone')]: 'y', [numberOf('dead')]: 'z' });
    expect(Object.entries(read)).toEqual([
      ['tieA', null],
      ['tieB', null],
      ['late', 'x'],
    ]);
  });

  it('refuses an archived field by saying so', () => {
    const { issues } = merge([define('TEXT', { archived: true })], { text: 'x' });
    expect(issues[0]?.message).toContain('archived');
  });
});

describe('options', () => {
  it('that are archived may stay where they are, but not be chosen', () => {
    expect(mergeOne('SINGLE_SELECT', 'old').issues).toHaveLength(1);
    expect(mergeOne('SINGLE_SELECT', 'old', { [numberOf('single_select')]: 'old' }).issues).toEqual([]);
    expect(mergeOne('MULTI_SELECT', ['a', 'old']).issues).toHaveLength(1);
    expect(mergeOne('MULTI_SELECT', ['a', 'old'], { [numberOf('multi_select')]: ['old'] }).issues).toEqual([]);
  });

  it('that are unknown are answered with those there are', () => {
    expect(mergeOne('SINGLE_SELECT', 'd').issues[0]?.message).toBe(
      '"single_select" has no option "d"; there are a, b, c',
    );
  });
});

describe('an address', () => {
  it('may be a plain string', () => {
    expect(mergeOne('ADDRESS', '1201 Broadway, New York').values).toEqual({
      [numberOf('address')]: { fullAddress: '1201 Broadway, New York' },
    });
  });

  it('is cleared by one without content', () => {
    for (const empty of ['', {}, { city: null }, { city: '', country: null }]) {
      expect(mergeOne('ADDRESS', empty, { [numberOf('address')]: { city: 'x' } })).toEqual({ values: {}, issues: [] });
      expect(mergeOne('ADDRESS', empty, {}, { required: true }).issues).toHaveLength(1);
    }
  });

  it('is replaced as a whole', () => {
    expect(mergeOne('ADDRESS', { city: 'Oslo' }, { [numberOf('address')]: { region: 'x' } }).values).toEqual({
      [numberOf('address')]: { city: 'Oslo' },
    });
  });

  it('names a country that there is, in either case', () => {
    const stored = { [numberOf('address')]: { country: 'GB' } };
    for (const country of ['GB', 'gb', 'Gb']) {
      expect(mergeOne('ADDRESS', { country }, stored)).toEqual({ values: stored, issues: [] });
    }
    expect(mergeOne('ADDRESS', { country: 'XX' }).issues).toMatchObject([
      { path: [...PATH, 'address', 'country'], message: expect.stringContaining('must be a country as ISO 3166-1') },
    ]);
  });

  it('is one text, a line each, when it was given in parts', () => {
    const parts = {
      addressLine1: '1201 Broadway',
      addressLine2: '704',
      city: 'New York',
      postalCode: '10001',
      country: 'US',
    };
    expect(addressText(parts)).toBe('1201 Broadway\n704\nNew York, 10001\nUS');
    expect(addressText({ ...parts, fullAddress: 'As given' })).toBe('As given');
  });
});

describe('index keys', () => {
  it('tell texts apart, however long', () => {
    fc.assert(
      fc.property(text, text, fc.nat(400), (one, other, filler) => {
        const [first, second] = [one, other].map((end) => 'x'.repeat(filler) + end) as [string, string];
        expect(indexKey(first) === indexKey(second)).toBe(first === second);
      }),
    );
    expect(indexKey(`${'x'.repeat(159)}${'😀'.repeat(100)}`).isWellFormed()).toBe(true);
  });
});

describe('keys made of names', () => {
  it.each([
    ['Phone number', 'phoneNumber'],
    ['Services', 'services'],
    ['NPS-Score (2024)', 'npsScore2024'],
    ['LinkedIn URL', 'linkedInUrl'],
    ["Client's größte Straße", 'clientsGrossteStrasse'],
    ['Ærø Łódź', 'aeroLodz'],
    ['2024 revenue', 'field2024Revenue'],
    ['1-10', 'field1_10'],
    ['Next_Renewal_Date__cs', 'nextRenewalDateCs'],
  ])('%s: %s', (name, key) => {
    expect(keyOf(name, 'field')).toBe(key);
  });

  it('are keys, or nothing where there is no Latin letter', () => {
    expect(keyOf('電話番号', 'field')).toBeUndefined();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 255 }), (name) => {
        const key = keyOf(name, 'field');
        if (key !== undefined) expect(key).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,99}$/);
      }),
    );
  });
});

describe('a filter', () => {
  const problems = (filter: Values) => {
    const issues = new Issues();
    customFieldCondition(ALL, filter, ['filter'], issues);
    return issues.list;
  };

  /** A value of the form that the operator takes, drawn for the type. */
  function operand(type: CustomFieldType, operator: Operator): fc.Arbitrary<unknown> {
    const single = type === 'ADDRESS' ? text : type === 'MULTI_SELECT' ? fc.constantFrom('a', 'old') : VALID[type];
    if (operator === 'isNull') return fc.boolean();
    if (operator === 'contains' || operator === 'startsWith') return text;
    return ['in', 'hasEvery', 'hasSome'].includes(operator) ? fc.array(single) : single;
  }

  it.each(TYPES)('on %s takes the operators of the type and names them when it is given another', (type) => {
    const key = type.toLowerCase();
    for (const operator of Object.keys(OPERATORS) as Operator[]) {
      fc.assert(
        fc.property(operand(type, operator), (value) => {
          const list = problems({ key, [operator]: value });
          if (OPERATORS_OF[type].includes(operator)) expect(list).toEqual([]);
          else {
            expect(list).toMatchObject([{ path: ['filter', operator], code: 'BAD_USER_INPUT' }]);
            expect(list[0]?.message).toContain(OPERATORS_OF[type].join(', '));
          }
        }),
        { numRuns: 20 },
      );
      expect(problems({ key, [operator]: null }).length, `${operator}: null`).toBe(1);
    }
  });

  it.each(TYPES)('on %s never throws, and names the operator when its value is of another type', (type) => {
    const key = type.toLowerCase();
    fc.assert(
      fc.property(fc.constantFrom(...OPERATORS_OF[type]), fc.anything(), (operator, value) => {
        for (const issue of problems({ key, [operator]: value })) expect(issue.path[0]).toBe('filter');
        expect(problems({ key, [operator]: { junk: [value] } }).length).toBeGreaterThan(0);
      }),
    );
  });

  it('needs a field that there is and something to ask of it', () => {
    expect(problems({ key: 'zip', equals: 'x' })).toMatchObject([{ path: ['filter', 'key'] }]);
    expect(problems({ key: 'text' })).toMatchObject([{ path: ['filter'] }]);
  });
});
