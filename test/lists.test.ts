/**
 * Lists of records with odd texts, some of them changed, deleted, restored or merged: whatever filter, search, order and
 * page is asked for, the answer is what looking at each record by itself gives. FUZZ_RUNS multiplies the random runs.
 */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { raw, sql } from '../src/database/sql/sql.ts';
import { fold } from '../src/fields/fold.ts';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { provider } from './support/database.ts';
import { make } from './support/records.ts';
import { query } from './support/sql.ts';

const RUNS = 60 * Number(process.env.FUZZ_RUNS ?? 1);
const TIMEOUT = 60_000 * Math.max(1, Number(process.env.FUZZ_RUNS ?? 1));

/** More than wait to be put into SQLite's search index. */
const COUNT = 300;

/** Texts that fold to others or to more characters, or that SQL, LIKE or FTS5 could take for something of theirs. */
const TEXTS = [
  ...[
    'Straße',
    'STRASSE',
    'İstanbul',
    'istanbul',
    'ΟΔΟΣ',
    'οδός',
    'ﬃce',
    'OFFICE',
    'ŉ',
    'cafe\u0301',
    'CAFÉ',
    '\u0301ab',
  ],
  ...[
    '😀😁😂',
    '𝒜𝒷𝒸',
    '中文字',
    '"quo"te""',
    "o'neil",
    '100%',
    'a_b_c',
    '\\back',
    '-000',
    '00000',
    'AND',
    'NEAR(',
    'abc*',
  ],
  ...[
    '^ab',
    'a:b',
    '{x}',
    '\u202eabc',
    'x\ny',
    'ab\tc',
    'bom\ufeffbom',
    '\uffff\ufffe\uffff',
    'ab',
    'abc',
    'ABCD',
    '👩‍👩‍👧',
  ],
];
const DATES = ['1999-12-31', '2024-02-29', '2025-01-01'];
const NUMBERS = [0, -1, 1.5, 1e21, 1e-7, 9007199254740991, -1e300];
const OPTIONS = ['a', 'b', 'c'];

type Value = string | number | boolean | null | undefined | readonly string[];
type Kept = Readonly<Record<string, unknown>> & { id: string };
type Filter = Readonly<Record<string, unknown>>;

const text = fc
  .array(fc.constantFrom(...TEXTS), { minLength: 1, maxLength: 3 })
  .chain((parts) => fc.constantFrom('', ' ', '-').map((between) => parts.join(between)));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 3 });

const custom = fc.record({
  text: maybe(text),
  number: maybe(fc.constantFrom(...NUMBERS)),
  date: maybe(fc.constantFrom(...DATES)),
  boolean: maybe(fc.boolean()),
  single: maybe(fc.constantFrom(...OPTIONS)),
  multi: maybe(fc.subarray(OPTIONS, { minLength: 1 })),
});

/** A kind of record: what it is made of, what is read of it, and what each filter field and order looks at. */
interface Kind {
  type: 'Client' | 'ClientContact';
  input: fc.Arbitrary<Record<string, unknown>>;
  shown: string;
  texts: Readonly<Record<string, (record: Kept) => Value>>;
  values: Readonly<Record<string, readonly [(record: Kept) => Value, fc.Arbitrary<Value>]>>;
  searched: (record: Kept) => unknown[];
  orders: Readonly<Record<string, (record: Kept) => string | number | null>>;
}

const own = (name: string) => (record: Kept) => record[name] as Value;
const inside = (object: string, name: string) => (record: Kept) => (record[object] as Kept | null)?.[name] as Value;
const bytes = (value: string) => Buffer.from(value).toString('hex');

const clients: Kind = {
  type: 'Client',
  input: fc.record({
    name: text,
    email: maybe(fc.constantFrom('a@example.com', 'Abc.D@EXAMPLE.com', 'o-000@example.org')),
    companyName: maybe(text),
    status: fc.constantFrom('ACTIVE', 'TRIAL', 'CLOSED'),
    active: fc.boolean(),
    tags: fc.uniqueArray(text, { maxLength: 2 }),
    npsScore: maybe(fc.integer({ min: -2, max: 2 })),
    inceptionDate: maybe(fc.constantFrom(...DATES)),
    address: maybe(fc.record({ city: text })),
    customFields: custom,
  }),
  shown: `id name trackingId email companyName status active tags npsScore inceptionDate address { city }
    externalIds { id } customFields createdAt updatedAt`,
  texts: {
    name: own('name'),
    trackingId: own('trackingId'),
    email: own('email'),
    companyName: own('companyName'),
  },
  values: {
    status: [own('status'), fc.constantFrom('ACTIVE', 'TRIAL')],
    active: [own('active'), fc.boolean()],
    npsScore: [own('npsScore'), fc.integer({ min: -2, max: 2 })],
    inceptionDate: [own('inceptionDate'), fc.constantFrom(...DATES)],
  },
  searched: (record) => [
    ...[record.name, record.email, record.companyName, record.trackingId],
    ...(record.externalIds as { id: string }[]).map(({ id }) => id),
  ],
  orders: {
    NAME: (record) => bytes(fold(String(record.name))),
    CREATED_AT: (record) => record.createdAt as string,
    UPDATED_AT: (record) => record.updatedAt as string,
    STATUS: (record) => record.status as string,
    NPS_SCORE: (record) => record.npsScore as number | null,
    INCEPTION_DATE: (record) => record.inceptionDate as string | null,
  },
};

const contacts: Kind = {
  type: 'ClientContact',
  input: fc.record({
    firstName: maybe(text),
    middleName: maybe(text),
    lastName: text,
    email: maybe(fc.constantFrom('a@example.com', 'Abc.D@EXAMPLE.com')),
    accountCode: maybe(fc.constantFrom('a_b', '000-000', 'ÄÖÜ')),
    customFields: custom,
  }),
  shown: 'id firstName middleName lastName email trackingId accountCode customFields createdAt updatedAt',
  texts: {
    firstName: own('firstName'),
    lastName: own('lastName'),
    email: own('email'),
    trackingId: own('trackingId'),
    accountCode: own('accountCode'),
  },
  values: {},
  searched: (record) => [
    ...[record.firstName, record.middleName, record.lastName, record.email, record.trackingId, record.accountCode],
  ],
  orders: {
    NAME: (record) =>
      bytes(
        fold(
          [record.lastName, record.firstName, record.middleName].map((name) => String(name ?? '').trim()).join('\n'),
        ),
      ),
    CREATED_AT: (record) => record.createdAt as string,
    UPDATED_AT: (record) => record.updatedAt as string,
  },
};

const externalId = (index: number) => `Ext-${index}`;

let app: TestApp;
let firm: TestFirm;
const kept = new Map<Kind, Kept[]>();

beforeAll(async () => {
  app = await startApp();
  firm = await app.firm();
  const fields = {
    text: 'TEXT',
    number: 'NUMBER',
    date: 'DATE',
    boolean: 'BOOLEAN',
    single: 'SINGLE_SELECT',
    multi: 'MULTI_SELECT',
  };
  const options = OPTIONS.map((key) => ({ key, label: key }));
  for (const entity of ['CLIENT', 'CLIENT_CONTACT']) {
    for (const [key, type] of Object.entries(fields)) {
      const input = { entity, key, name: key, type, ...(type.endsWith('SELECT') ? { options } : {}) };
      await make(firm, 'CustomField', input);
    }
  }
  const roleId = (await make(firm, 'ContactRole', { name: 'Role' })).id;
  const ids = await fill(clients, (index) => ({
    externalIds: index % 5 ? [] : [{ system: 's', id: externalId(index) }],
  }));
  const clientId = ids[0];
  await fill(contacts, () => ({ client: { id: clientId }, role: { id: roleId } }));
}, TIMEOUT);

interface Listed {
  nodes: Kept[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}

const lower = (type: string) => type.charAt(0).toLowerCase() + type.slice(1);

/** Makes records, changes them in every way, and notes which are left. Answers their ids, the first of them never deleted. */
async function fill({ type, ...kind }: Kind, more: (index: number) => object): Promise<string[]> {
  const sent = fc.sample(kind.input, { numRuns: COUNT, seed: 1 });
  const duplicates = type === 'ClientContact' ? ', allowDuplicates: true' : '';
  const mutate = (name: string, input: string, variables: object) =>
    firm.ok(`mutation ($input: ${input}Input!) { ${name}(input: $input${duplicates}) { ${lower(type)} { id } } }`, {
      input: variables,
    });
  const upsert = async (index: number, input: object): Promise<string> => {
    const trackingId = `T-${String(index).padStart(5, '0')}${TEXTS[index % TEXTS.length]?.trim()}`;
    const answer = await mutate(`upsert${type}`, `Upsert${type}`, { trackingId, ...more(index), ...input });
    return answer[`upsert${type}`][lower(type)].id;
  };
  const all = await Promise.all(sent.map((input, index) => upsert(index, input)));
  const at = (from: number, step: number) =>
    all.flatMap((id, index) => (index > 0 && index % step === from ? [id] : []));
  const run = (name: string, argument: string) =>
    firm.ok(`mutation { ${name}(${argument}) { ${lower(type)} { id } } }`);
  // Changed, deleted, and deleted and brought back.
  await Promise.all(
    at(1, 7).map((_, nth) => upsert(nth * 7 + 1, { customFields: sent[nth]?.customFields, lastName: undefined })),
  );
  const gone = new Set(at(2, 7));
  const back = at(3, 7);
  await Promise.all(
    [...gone, ...back].map((id) => firm.ok(`mutation { delete${type}(by: { id: "${id}" }) { __typename } }`)),
  );
  await Promise.all(back.map((id) => upsert(all.indexOf(id), {})));
  // Merged: two by two.
  const [targets, sources] = [at(4, 14), at(11, 14)];
  await Promise.all(
    sources.map((id, nth) => run(`merge${type}s`, `source: { id: "${id}" }, target: { id: "${targets[nth]}" }`)),
  );
  for (const id of sources) gone.add(id);
  const list = `query ($after: String) { ${lower(type)}s(first: 250, after: $after) { nodes { ${kind.shown} } pageInfo { hasNextPage endCursor } } }`;
  const left: Kept[] = [];
  for (let after: string | null = null; ; ) {
    const page: Listed = (await firm.ok(list, { after }))[`${lower(type)}s`];
    left.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  expect(left.map(({ id }) => id).sort()).toEqual(all.filter((id) => !gone.has(id)).sort());
  kept.set(type === 'Client' ? clients : contacts, left);
  return all;
}

/** What a condition asks, and whether a value meets it. */
type Test = { filter: Filter; holds: (record: Kept) => boolean };

/** Part of a text that may be there: by characters, not code units. */
const part = text.chain((whole) => {
  const characters = [...whole];
  return fc
    .tuple(fc.nat(characters.length - 1), fc.integer({ min: 1, max: 5 }))
    .map(([from, length]) => characters.slice(from, from + length).join(''));
});

const textOperator: fc.Arbitrary<[Filter, (value: Value) => boolean]> = fc.oneof(
  part.map((of): [Filter, (value: Value) => boolean] => [
    { contains: of },
    (value) => isText(value) && fold(value).includes(fold(of)),
  ]),
  part.map((of): [Filter, (value: Value) => boolean] => [
    { startsWith: of },
    (value) => isText(value) && fold(value).startsWith(fold(of)),
  ]),
  text.map((of): [Filter, (value: Value) => boolean] => [{ equals: of }, (value) => value === of]),
  fc
    .array(text, { maxLength: 3 })
    .map((of): [Filter, (value: Value) => boolean] => [{ in: of }, (value) => isText(value) && of.includes(value)]),
);

const isText = (value: Value): value is string => typeof value === 'string';

const ordering = (value: fc.Arbitrary<Value>): fc.Arbitrary<[Filter, (value: Value) => boolean]> =>
  fc.tuple(fc.constantFrom('equals', 'gt', 'gte', 'lt', 'lte', 'in'), value).map(([name, to]) => [
    { [name]: name === 'in' ? [to] : to },
    (held) => {
      if (held === null || held === undefined || to === null || to === undefined) return false;
      if (name === 'gt') return held > to;
      if (name === 'gte') return held >= to;
      if (name === 'lt') return held < to;
      if (name === 'lte') return held <= to;
      return held === to;
    },
  ]);

const equality = (value: fc.Arbitrary<Value>): fc.Arbitrary<[Filter, (value: Value) => boolean]> =>
  value.map((to) => [{ equals: to }, (held) => held === to]);

const nullness: fc.Arbitrary<[Filter, (value: Value) => boolean]> = fc
  .boolean()
  .map((isNull) => [{ isNull }, (held) => (held === null || held === undefined) === isNull]);

const options: fc.Arbitrary<[Filter, (value: Value) => boolean]> = fc
  .tuple(fc.constantFrom('hasEvery', 'hasSome'), fc.subarray(OPTIONS))
  .map(([name, of]) => [
    { [name]: of },
    (held) => {
      const list = (held ?? []) as readonly string[];
      return name === 'hasEvery' ? of.every((key) => list.includes(key)) : of.some((key) => list.includes(key));
    },
  ]);

const CUSTOM: Readonly<Record<string, fc.Arbitrary<[Filter, (value: Value) => boolean]>>> = {
  text: fc.oneof(textOperator, nullness),
  number: fc.oneof({ weight: 4, arbitrary: ordering(fc.constantFrom(...NUMBERS)) }, { weight: 1, arbitrary: nullness }),
  date: ordering(fc.constantFrom(...DATES)),
  boolean: fc.oneof(equality(fc.boolean()), nullness),
  single: equality(fc.constantFrom(...OPTIONS)),
  multi: fc.oneof(options, nullness),
};

/** Any of the conditions on one field. */
function condition(kind: Kind): fc.Arbitrary<Test> {
  const onTexts = Object.entries(kind.texts).map(([name, value]) =>
    fc
      .oneof({ weight: 5, arbitrary: textOperator }, { weight: 1, arbitrary: nullness })
      .map(([filter, test]): Test => ({ filter: { [name]: filter }, holds: (record) => test(value(record)) })),
  );
  const onValues = Object.entries(kind.values).map(([name, [value, some]]) =>
    (name === 'npsScore' || name === 'inceptionDate' ? ordering(some) : equality(some)).map(
      ([filter, test]): Test => ({ filter: { [name]: filter }, holds: (record) => test(value(record)) }),
    ),
  );
  const ofCustom = fc.oneof(
    ...Object.entries(CUSTOM).map(([key, operator]) =>
      operator.map(([filter, test]) => ({
        filter: { key, ...filter },
        holds: (record: Kept) => test(inside('customFields', key)(record)),
      })),
    ),
  );
  const onCustom = fc.array(ofCustom, { minLength: 1, maxLength: 3 }).map(
    (of): Test => ({
      filter: { customFields: of.map(({ filter }) => filter) },
      holds: (record) => of.every(({ holds }) => holds(record)),
    }),
  );
  const tags = fc.tuple(fc.constantFrom('hasEvery', 'hasSome'), fc.array(text, { maxLength: 2 })).map(
    ([name, of]): Test => ({
      filter: { tags: { [name]: of } },
      holds: ({ tags: held }) => of[name === 'hasEvery' ? 'every' : 'some']((tag) => (held as string[]).includes(tag)),
    }),
  );
  const external = fc
    .record(
      { isNull: fc.boolean(), equals: fc.nat(COUNT), in: fc.array(fc.nat(COUNT), { maxLength: 3 }) },
      { requiredKeys: [], noNullPrototype: true },
    )
    .map(({ isNull, equals, in: among }): Test => {
      const one = equals === undefined ? undefined : externalId(equals);
      const several = among?.map(externalId);
      return {
        filter: { externalId: { system: 's', isNull, equals: one, in: several } },
        holds: ({ externalIds }) => {
          const [held] = externalIds as { id: string }[];
          if (isNull && !held) return !one && !several;
          return !isNull && held !== undefined && held.id === (one ?? held.id) && (several?.includes(held.id) ?? true);
        },
      };
    });
  return fc.oneof(
    ...onTexts,
    ...onValues,
    ...Array<typeof onCustom>(5).fill(onCustom),
    ...(kind === clients ? [tags, external] : []),
  );
}

/** Conditions, nested. */
function nest(kind: Kind, depth: number): fc.Arbitrary<Test> {
  if (depth === 0) return condition(kind);
  const inner = nest(kind, depth - 1);
  const several = fc.array(inner, { maxLength: 3 });
  return fc.oneof(
    { weight: 2, arbitrary: condition(kind) },
    {
      weight: 2,
      arbitrary: several.map((of) => ({
        filter: { and: of.map(({ filter }) => filter) },
        holds: (record: Kept) => of.every(({ holds }) => holds(record)),
      })),
    },
    {
      weight: 2,
      arbitrary: several.map((of) => ({
        filter: { or: of.map(({ filter }) => filter) },
        holds: (record: Kept) => of.some(({ holds }) => holds(record)),
      })),
    },
    {
      weight: 1,
      arbitrary: inner.map((of) => ({ filter: { not: of.filter }, holds: (record: Kept) => !of.holds(record) })),
    },
  );
}

/** Words, mostly parts of what there is. */
const search = fc.array(part, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));

function searches(kind: Kind, words: string): (record: Kept) => boolean {
  const wanted = fold(words).split(/\s+/).filter(Boolean);
  return (record) => {
    const within = fold(
      kind
        .searched(record)
        .filter((value) => typeof value === 'string')
        .join('\n'),
    );
    return wanted.every((word) => within.includes(word));
  };
}

interface Term {
  field: string;
  direction: 'ASC' | 'DESC';
}

const order = (kind: Kind): fc.Arbitrary<Term[]> =>
  fc.uniqueArray(
    fc.record({
      field: fc.constantFrom(...Object.keys(kind.orders)),
      direction: fc.constantFrom('ASC' as const, 'DESC' as const),
    }),
    { minLength: 1, maxLength: 2, selector: ({ field }) => field },
  );

function sorted(kind: Kind, records: readonly Kept[], terms: readonly Term[]): Kept[] {
  return [...records].sort((a, b) => {
    for (const { field, direction } of terms) {
      const [x, y] = [kind.orders[field]?.(a) ?? null, kind.orders[field]?.(b) ?? null];
      if (x === y) continue;
      if (x === null) return 1;
      if (y === null) return -1;
      return (x < y ? -1 : 1) * (direction === 'DESC' ? -1 : 1);
    }
    return (a.id < b.id ? -1 : 1) * (terms.at(-1)?.direction === 'DESC' ? -1 : 1);
  });
}

interface Answered {
  edges: { cursor: string; node: { id: string } }[];
  totalCount: number;
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean };
}

async function listed(kind: Kind, variables: Record<string, unknown>, counted: boolean): Promise<Answered> {
  const { type } = kind;
  const name = `${lower(type)}s`;
  const answer = await firm.ok(
    `query ($first: Int, $after: String, $last: Int, $before: String, $filter: ${type}Filter, $search: String, $orderBy: [${type}Order!]) {
      ${name}(first: $first, after: $after, last: $last, before: $before, filter: $filter, search: $search, orderBy: $orderBy) {
        edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage } ${counted ? 'totalCount' : ''}
      }
    }`,
    variables,
  );
  return answer[name];
}

const cursors = new Map<string, Promise<Map<string, string>>>();

/** The cursors of all records in an order, by id. */
function cursorsOf(kind: Kind, orderBy: readonly Term[]): Promise<Map<string, string>> {
  const key = JSON.stringify([kind.type, orderBy]);
  const read = async () => {
    const first = (await listed(kind, { first: 250, orderBy }, false)).edges;
    const rest = (await listed(kind, { first: 250, orderBy, after: first.at(-1)?.cursor }, false)).edges;
    return new Map([...first, ...rest].map(({ cursor, node }) => [node.id, cursor]));
  };
  const known = cursors.get(key) ?? read();
  cursors.set(key, known);
  return known;
}

const asked = (kind: Kind) =>
  fc.record({
    test: fc.option(nest(kind, 2), { nil: undefined, freq: 5 }),
    words: fc.option(search, { nil: undefined, freq: 2 }),
    orderBy: order(kind),
    size: fc.constantFrom(0, 1, 2, 5, 20, 250),
    backward: fc.boolean(),
    counted: fc.boolean(),
    after: fc.option(fc.nat(), { nil: undefined, freq: 2 }),
    before: fc.option(fc.nat(), { nil: undefined, freq: 2 }),
  });

async function check(kind: Kind): Promise<void> {
  const records = kept.get(kind) ?? [];
  const property = fc.asyncProperty(
    asked(kind),
    async ({ test, words, orderBy, size, backward, counted, after, before }) => {
      const all = sorted(kind, records, orderBy);
      const places = await cursorsOf(kind, orderBy);
      expect([...places.keys()]).toEqual(all.map(({ id }) => id));
      const found = words === undefined ? () => true : searches(kind, words);
      const place = (from: number | undefined) => (from === undefined ? undefined : from % all.length);
      const [start, end] = [place(after), place(before)];
      const cursor = (from: number | undefined) => (from === undefined ? undefined : places.get(all[from]?.id ?? ''));
      const meets = all.map((record) => (test?.holds(record) ?? true) && found(record));
      const count = (from: number, to: number) => meets.slice(from, to).filter(Boolean).length;
      const between = all.filter((_, index) => meets[index] && index > (start ?? -1) && index < (end ?? all.length));
      const page = size === 0 ? [] : backward ? between.slice(-size) : between.slice(0, size);
      const beyond = between.length > page.length;
      const variables = {
        ...(backward ? { last: size } : { first: size }),
        ...{ filter: test?.filter, search: words, orderBy, after: cursor(start), before: cursor(end) },
      };
      const answer = await listed(kind, variables, counted);
      expect(answer.edges).toEqual(page.map(({ id }) => ({ cursor: places.get(id), node: { id } })));
      expect(answer.pageInfo).toEqual({
        hasNextPage: backward ? end !== undefined && count(end, all.length) > 0 : beyond,
        hasPreviousPage: backward ? beyond : start !== undefined && count(0, start + 1) > 0,
      });
      if (counted) expect(answer.totalCount).toBe(count(0, all.length));
    },
  );
  await fc.assert(property, { numRuns: RUNS });
}

it.each([clients, contacts])(
  'a list of $type is what looking at each record gives',
  async (kind) => {
    await check(kind);
    if (provider === 'sqlite') return;
    // Postgres's planner now knows how few they are.
    await query(app.database, sql`${raw('ANALYZE')}`);
    await check(kind);
  },
  TIMEOUT,
);
