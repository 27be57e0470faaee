/**
 * Whatever is sent, over HTTP: no fault of the server, always a code of the enum, and nothing written by what failed.
 * Arguments and input fields are found in the schema, so that new ones are covered too. FUZZ_RUNS multiplies the number
 * of random runs.
 */
import fc from 'fast-check';
import {
  type GraphQLInputType,
  GraphQLNonNull,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../src/base/errors.ts';
import { models } from '../src/database/generated/models.ts';
import { join, name, raw, sql } from '../src/database/sql/sql.ts';
import { schema } from '../src/schema.ts';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { DEEP, hostile, NUMBERS, OBJECTS } from './support/hostile.ts';
import { completing, placed, places, smallest, smallestArguments } from './support/inputs.ts';
import { Raw, toJson, toLiteral } from './support/json.ts';
import { type RootField, rootFields } from './support/operations.ts';
import { type Records, recordsOf } from './support/records.ts';
import { query } from './support/sql.ts';

const RUNS = Number(process.env.FUZZ_RUNS ?? 1);
/** Time to shrink what was found. */
const TIMEOUT = 120_000 * Math.max(1, RUNS);

let app: TestApp;
let forReading: Seeds;
beforeAll(async () => {
  app = await startApp();
  forReading = await seed();
});

/** Sends a body as it is, and answers what came of it. */
async function post(firm: TestFirm, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const reply = await app.port.send({
    headers: { 'content-type': 'application/json', authorization: `Bearer ${firm.tokens.ADMIN}`, ...headers },
    body,
  });
  const answer = JSON.parse(reply.text) as { errors?: { message: string; extensions?: { code?: string } }[] };
  return { status: reply.status, ...answer };
}

type Answer = Awaited<ReturnType<typeof post>>;

/** What holds of every answer. */
function expectNoFault({ status, errors }: Answer): void {
  for (const { message, extensions } of errors ?? []) {
    expect(Object.keys(ERROR_CODES), message).toContain(extensions?.code);
    expect(extensions?.code, message).not.toBe('INTERNAL_SERVER_ERROR');
  }
  expect(status).toBeLessThan(500);
}

/** The number of rows of each table. */
async function rowCounts(): Promise<unknown> {
  const tables = Object.keys(models);
  const counts = tables.map((table) => sql`(SELECT count(*) FROM ${name(table)}) AS ${raw(`"${table}"`)}`);
  const [row] = await query(app.database, sql`SELECT ${join(counts)}`);
  return row;
}

/** The counts as they are for sure, when they are: nothing was written since they were taken. */
let counted: unknown;

/** Runs `act`, and makes sure that the tables are as they were when it failed. */
async function writingNothingOnFailure(act: () => Promise<Answer>): Promise<Answer> {
  const before = counted ?? (await rowCounts());
  counted = undefined;
  const answer = await act();
  expectNoFault(answer);
  if (answer.errors) {
    counted = await rowCounts();
    expect(counted).toEqual(before);
  }
  return answer;
}

/** A firm with records that plausible values can speak of. */
interface Seeds extends Records {
  firm: TestFirm;
}

async function seed(): Promise<Seeds> {
  counted = undefined;
  const firm = await app.firm();
  return { firm, ...(await recordsOf(firm)) };
}

/** Values of the type that may well be accepted, with something hostile in one place of ten. */
function plausible(type: GraphQLInputType, seeds: Seeds, depth = 0): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return plausible(type.ofType, seeds, depth);
  if (isListType(type)) {
    const item = sometimesHostile(type.ofType, seeds, depth);
    // As long as a body may be: of what is large, a few.
    const long = item.map((one) => Array.from({ length: toJson(one ?? null).length > 500 ? 2 : 1_000 }, () => one));
    return fc.oneof({ weight: 20, arbitrary: fc.array(item, { maxLength: 3 }) }, { weight: 1, arbitrary: long });
  }
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map((value) => value.name));
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => depth < 4 || isRequiredInputField(field));
    const all = fc.record(
      Object.fromEntries(fields.map((field) => [field.name, sometimesHostile(field.type, seeds, depth + 1)])),
    );
    // A few of many at a time: of thirty fields one would always be refused.
    const names = fields.map((field) => field.name);
    const few = fc.subarray(names, { maxLength: Math.min(names.length, type.isOneOf ? 1 : 4) });
    const required = fields.filter(isRequiredInputField).map((field) => field.name);
    return fc.tuple(all, few).map(([values, picked]) => ({
      ...(type.isOneOf ? {} : completing(type.name, seeds)),
      ...Object.fromEntries([...required, ...picked].map((field) => [field, values[field]])),
    }));
  }
  switch (type.name) {
    case 'Int':
      return fc.constantFrom(0, 1, 5, 250);
    case 'Float':
      return fc.double({ noNaN: true });
    case 'Boolean':
      return fc.boolean();
    case 'ID':
      return fc.constantFrom(...Object.values(seeds.ids), 'client_00000000000000000000000000');
    case 'Date':
      return fc.constantFrom('2024-02-29', '0001-01-01', '9999-12-31');
    case 'DateTime':
      return fc.constantFrom(
        '2026-11-21T09:30:00Z',
        '0000-01-01T00:00:00+14:00',
        '9999-12-31T23:59:59.999999999-14:00',
      );
    case 'EmailAddress':
      return fc.constant('a@example.com');
    case 'URL':
      return fc.constant('https://example.com/ü?x#y');
    case 'PhoneNumber':
      return fc.constant('+442079460958');
    case 'CountryCode':
      return fc.constantFrom('GB', 'US');
    case 'TimeZone':
      return fc.constant('Europe/London');
    case 'JSONObject':
      return customFieldMap(seeds);
    default: {
      // Text and JSON: keys that exist, so that a filter by one means something.
      const known = fc.constantFrom(...seeds.keys, seeds.mark, 'external', 'a', '2024-01-01', '5');
      return fc.oneof(known, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }));
    }
  }
}

function sometimesHostile(type: GraphQLInputType, seeds: Seeds, depth: number): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 9, arbitrary: plausible(type, seeds, depth) }, { weight: 1, arbitrary: hostile });
}

function customFieldMap({ keys }: Seeds): fc.Arbitrary<unknown> {
  const key = fc.constantFrom(...keys, ...keys, '__proto__', 'constructor', 'toString', '');
  const values = ['a', ['a', 'b'], 1.5, true, '2024-02-29', 'a@example.com', 'https://example.com', '+12123456789'];
  const value = fc.oneof(fc.constantFrom<unknown>(...values, { city: 'X', country: 'GB' }), hostile);
  // As text, so that `__proto__` is a key like any other.
  const member = fc.tuple(key, value).map(([one, held]) => `${JSON.stringify(one)}:${toJson(held)}`);
  return fc.array(member, { maxLength: 3 }).map((members) => new Raw(`{${members.join()}}`));
}

/** Values that mostly get past the check of types, and are bad or large all the same. */
function sharpValues(type: GraphQLInputType, seeds: Seeds): unknown[] {
  const inner = getNullableType(type);
  if (isListType(inner)) {
    const item = getNullableType(inner.ofType);
    const thousand = Array.from({ length: 1_000 }, (_, index) =>
      isInputObjectType(item) ? smallest(new GraphQLNonNull(item), seeds) : String(index),
    );
    return [[], thousand, ...sharpValues(item, seeds).map((value) => [value])];
  }
  if (isEnumType(inner)) return ['__proto__', 'constructor'];
  if (isInputObjectType(inner)) return [{}];
  const texts = ['a\u0000b', '\ud800', 'x'.repeat(70_000), '__proto__', '', '9999999999999999999'];
  switch (inner.name) {
    case 'Boolean':
      return [true, false];
    case 'ID':
      // And of records, but of another kind in most places.
      return [...texts, ...['Client', 'ClientLocation', 'ClientContact', 'ClientGroup'].map((kind) => seeds.ids[kind])];
    case 'Int':
    case 'Float':
      return [2_147_483_647, -2_147_483_648, ...NUMBERS];
    case 'JSON':
      return [...texts, ...NUMBERS, ...OBJECTS, ...DEEP.slice(0, 3), [], {}];
    case 'JSONObject': {
      const values = ['a\u0000b', '\ud800', ...NUMBERS, ...OBJECTS, ...DEEP.slice(0, 2), [], ['a\u0000b']];
      return [...OBJECTS, ...seeds.keys.flatMap((key) => values.map((value) => ({ [key]: value })))];
    }
    default:
      return texts;
  }
}

describe.each(rootFields(schema).map((field) => [field.name, field] as const))('%s', (_name, field: RootField) => {
  let seeds: Seeds;
  beforeAll(async () => {
    seeds = field.operation === 'query' ? forReading : await seed();
  });

  const run = (body: { query: string; variables?: Record<string, unknown> }) => {
    const act = () => post(seeds.firm, toJson(body));
    if (field.operation === 'mutation') return writingNothingOnFailure(act);
    return act().then((answer) => {
      expectNoFault(answer);
      return answer;
    });
  };
  const send = (variables: Record<string, unknown>) => run({ query: field.document, variables });

  /** The arguments as text in the document, or undefined where they cannot be. */
  function written(variables: Record<string, unknown>): string | undefined {
    const literals = field.args
      .filter(({ name: argument }) => variables[argument] !== undefined)
      .map(({ name: argument, type }) => [argument, toLiteral(variables[argument], type)] as const);
    if (literals.some(([, literal]) => literal === undefined)) return undefined;
    return literals.length > 0 ? `(${literals.map(([argument, literal]) => `${argument}: ${literal}`).join()})` : '';
  }

  it('takes its arguments, and all that it leads to can be asked for', async () => {
    const { errors } = await send(smallestArguments(field, seeds));
    const codes = errors?.map(({ extensions }) => extensions?.code) ?? [];
    // What follows would test nothing if the document itself were refused.
    for (const code of codes) expect(['BAD_USER_INPUT', 'CONFLICT', 'DUPLICATE', 'NOT_FOUND']).toContain(code);
  });

  it.runIf(field.args.length > 0)(
    'answers whatever its arguments hold, sent as variables or written in the document',
    async () => {
      const variables = fc.record(
        Object.fromEntries(field.args.map((arg) => [arg.name, sometimesHostile(arg.type, seeds, 0)])),
        { requiredKeys: field.args.filter((arg) => isNonNullType(arg.type)).map((arg) => arg.name) },
      );
      const sendEither = async (values: Record<string, unknown>, inline: boolean) => {
        const args = inline ? written(values) : undefined;
        if (args === undefined) return void (await send(values));
        await run({ query: field.inline(args) });
      };
      await fc.assert(fc.asyncProperty(variables, fc.boolean(), sendEither), { numRuns: 25 * RUNS });
    },
    TIMEOUT,
  );

  it.runIf(field.args.length > 0)(
    'answers a bad value in each place there is',
    async () => {
      for (const { name: argument, type } of field.args) {
        for (const place of places({ type })) {
          for (const value of sharpValues(place.type, seeds)) {
            const sent = { ...smallestArguments(field, seeds), [argument]: placed(type, place.path, value, seeds) };
            await send(sent).catch((fault: unknown) => {
              throw new Error(`${argument} ${place.path.join('.')}: ${toJson(value).slice(0, 100)}`, { cause: fault });
            });
          }
        }
      }
    },
    TIMEOUT,
  );

  it.runIf(field.args.length > 0)('refuses arguments that are nested without end', async () => {
    for (const { name: argument } of field.args) {
      for (const value of DEEP) {
        const { errors } = await send({ ...smallestArguments(field, seeds), [argument]: value });
        expect(errors).toBeDefined();
      }
    }
  });
});

describe('a request body', () => {
  const VALID = {
    query: 'mutation ($n: String) { createClient(input: { name: $n }) { client { id } } }',
    variables: { n: 'N' },
  };
  let firm: TestFirm;
  beforeAll(async () => {
    firm = (await seed()).firm;
  });

  const send = (body: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>) =>
    writingNothingOnFailure(() => post(firm, body, headers));

  const withMember = (member: string, value: string) => `{"query":${JSON.stringify(VALID.query)},"${member}":${value}}`;
  const odd = [
    'null',
    '0',
    '"x"',
    'true',
    '[]',
    '[{}]',
    '{"":{}}',
    '{"__proto__":1}',
    '{"n":1}',
    '{"n":{}}',
    '{"n":"\\ud800"}',
  ];

  it.each(
    [
      ...[
        '',
        ' ',
        'null',
        'true',
        '1',
        '"x"',
        '[]',
        '[{}]',
        '{}',
        '{',
        '{"query"',
        '{}{}',
        '\ufeff{}',
        '\u0000',
        'query=1',
      ],
      ...odd.map((value) => `{"query":${value}}`),
      ...['variables', 'operationName', 'extensions', 'unknown'].flatMap((member) =>
        odd.map((value) => withMember(member, value)),
      ),
      ...[
        '',
        '{',
        '{ }',
        'x',
        '{ clients',
        '{ nothing }',
        'subscription { x }',
        'query A { __typename } query A { __typename }',
        '\u0000',
        '\ud800',
      ].map((query) => JSON.stringify({ query })),
      `[${JSON.stringify(VALID)}]`,
      '['.repeat(400_000),
      '{"query":'.repeat(50_000),
      ...DEEP.flatMap(({ text }) => [
        text,
        `{"query":${text}}`,
        withMember('variables', text),
        withMember('variables', `{"n":${text}}`),
        withMember('extensions', text),
        withMember('operationName', text),
      ]),
    ].map((body) => [body.length > 60 ? `${body.slice(0, 60)}… (${body.length})` : body, body] as const),
  )('answers %j', async (_title, body) => {
    await send(body);
  });

  it.each([
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0xc3, 0x28, 0x00)],
    ['UTF-16', new Uint8Array(Buffer.from(JSON.stringify(VALID), 'utf16le'))],
    [
      'half a surrogate pair in UTF-8',
      new Uint8Array(Buffer.concat([Buffer.from('{"query":"'), Buffer.of(0xed, 0xa0, 0x80), Buffer.from('"}')])),
    ],
  ])('answers %s', async (_name, body) => {
    expect((await send(body)).errors).toBeDefined();
  });

  it.each([
    'text/plain',
    'multipart/form-data',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/graphql',
    'application/json; charset=utf-16',
    'x',
  ])('answers one said to be %s', async (contentType) => {
    for (const body of [JSON.stringify(VALID), '', '--x\r\n', '%', VALID.query])
      await send(body, { 'content-type': contentType });
  });

  it('is answered whatever bytes it holds', async () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => new Uint8Array(array));
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => void (await send(body))),
      { numRuns: 50 * RUNS },
    );
  });

  it('is answered when a piece of it is missing, doubled or something else', async () => {
    const text = JSON.stringify(VALID);
    const at = fc.nat({ max: text.length });
    const bent = fc
      .tuple(at, at, fc.string({ unit: 'binary', maxLength: 3 }))
      .map(([from, to, piece]) => text.slice(0, from) + piece + text.slice(to));
    await fc.assert(
      fc.asyncProperty(bent, async (body) => void (await send(body))),
      { numRuns: 100 * RUNS },
    );
  });
});
