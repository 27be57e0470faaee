/** Lists of contacts: every filter, the search, and every order walked both ways. */
import { beforeAll, describe, expect, it } from 'vitest';
import { fold } from '../src/fields/fold.ts';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { make } from './support/records.ts';

const LIST = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: ClientContactFilter, $orderBy: [ClientContactOrder!], $search: String) {
  clientContacts(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy, search: $search) {
    edges { cursor node { id firstName middleName lastName createdAt updatedAt } }
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;
const PATCH =
  'mutation ($id: ID!, $title: String!) { patchClientContact(by: { id: $id }, input: { title: $title }) { __typename } }';

interface Listed {
  id: string;
  firstName: string | null;
  middleName: string | null;
  lastName: string;
  createdAt: string;
  updatedAt: string;
}

type Input = Record<string, unknown>;

let app: TestApp;
let firm: TestFirm;
/** Ids by the names the tests give things. */
const ids: Record<string, string> = {};
/** The contacts of the filters' tests, by last name. */
const contacts: Record<string, Listed> = {};

beforeAll(async () => {
  app = await startApp();
  firm = await app.firm();
  const note = async (name: string, type: string, input: Input) => {
    ids[name] = (await make(firm, type, input)).id;
  };
  await note('adjuster', 'ContactRole', { name: 'Adjuster' });
  await note('broker', 'ContactRole', { name: 'Broker' });
  await note('dana', 'Employee', { name: 'Dana' });
  await note('north', 'Client', { name: 'North' });
  await note('south', 'Client', { name: 'South' });
  await note('branch', 'ClientLocation', { client: { id: ids.north }, name: 'Branch' });
  const create = async (input: Input) => {
    const selection = 'id firstName middleName lastName createdAt updatedAt';
    contacts[String(input.lastName)] = await make(
      firm,
      'ClientContact',
      { role: { id: ids.adjuster }, client: { id: ids.north }, ...input },
      selection,
    );
  };
  await create({
    firstName: 'Änne',
    lastName: 'Alder',
    email: 'Anne@Example.com',
    trackingId: 'T-1',
    accountCode: 'AC-7',
    salesperson: { id: ids.dana },
    adminNotes: 'adminsecret',
    notes: 'plainsecret',
  });
  await create({ firstName: 'Bob', middleName: 'Quentin', lastName: 'Birch', location: { id: ids.branch } });
  await create({ lastName: "O'Cedar_100%", client: { id: ids.south }, role: { id: ids.broker } });
});

const variablesOf = (filter: Input) => ({ filter, first: 250 });
const found = async (variables: Input): Promise<string[]> =>
  (await firm.ok(LIST, variables)).clientContacts.edges.map(({ node }: { node: Listed }) => node.lastName);

describe('clientContacts filtered', () => {
  const [ALDER, BIRCH, CEDAR] = ['Alder', 'Birch', "O'Cedar_100%"];
  const idOf = (name: string) => contacts[name]?.id;

  it.each<[string, () => Input, string[]]>([
    ['id equals', () => ({ id: { equals: idOf(BIRCH) } }), [BIRCH]],
    ['id in', () => ({ id: { in: [idOf(BIRCH), idOf(CEDAR), ids.north] } }), [BIRCH, CEDAR]],
    ['firstName equals, which regards case', () => ({ firstName: { equals: 'bob' } }), []],
    ['firstName equals', () => ({ firstName: { equals: 'Bob' } }), [BIRCH]],
    ['firstName contains', () => ({ firstName: { contains: 'ÄNN' } }), [ALDER]],
    ['firstName in', () => ({ firstName: { in: ['Bob', 'Änne'] } }), [ALDER, BIRCH]],
    ['firstName isNull', () => ({ firstName: { isNull: true } }), [CEDAR]],
    ['lastName startsWith', () => ({ lastName: { startsWith: 'bi' } }), [BIRCH]],
    ['lastName with signs that LIKE knows', () => ({ lastName: { contains: 'r_100%' } }), [CEDAR]],
    ['lastName of two conditions', () => ({ lastName: { contains: 'b', startsWith: 'o' } }), []],
    ['email contains', () => ({ email: { contains: '@EXAMPLE' } }), [ALDER]],
    ['email equals', () => ({ email: { equals: 'Anne@Example.com' } }), [ALDER]],
    ['trackingId equals', () => ({ trackingId: { equals: 'T-1' } }), [ALDER]],
    ['accountCode startsWith', () => ({ accountCode: { startsWith: 'ac-' } }), [ALDER]],
    ['clientId equals', () => ({ client: { equals: { id: ids.north } } }), [ALDER, BIRCH]],
    ['clientId in', () => ({ client: { in: [{ id: ids.south }] } }), [CEDAR]],
    ['locationId equals', () => ({ location: { equals: { id: ids.branch } } }), [BIRCH]],
    ['roleId equals', () => ({ role: { equals: { id: ids.broker } } }), [CEDAR]],
    ['roleId in', () => ({ role: { in: [{ id: ids.broker }, { id: ids.adjuster }] } }), [ALDER, BIRCH, CEDAR]],
    ['salespersonId equals', () => ({ salesperson: { equals: { id: ids.dana } } }), [ALDER]],
    ['salespersonId isNull', () => ({ salesperson: { isNull: true } }), [BIRCH, CEDAR]],
    ['not', () => ({ not: { firstName: { equals: 'Bob' } } }), [ALDER, CEDAR]],
    ['or', () => ({ or: [{ lastName: { equals: ALDER } }, { role: { equals: { id: ids.broker } } }] }), [ALDER, CEDAR]],
    [
      'and',
      () => ({ and: [{ client: { equals: { id: ids.north } } }, { not: { email: { isNull: false } } }] }),
      [BIRCH],
    ],
  ])('by %s', async (_, filter, names) => {
    const variables = variablesOf(filter());
    const { clientContacts } = await firm.ok(LIST, variables);
    expect(clientContacts.totalCount).toBe(names.length);
    expect(await found(variables)).toEqual(names);
  });

  /** Instants may be equal, so that what is to be found is told by those the contacts have. */
  it.each<[string, (at: string) => Input, (at: string, of: Listed) => boolean]>([
    ['createdAt gt', (at) => ({ createdAt: { gt: at } }), (at, { createdAt }) => createdAt > at],
    ['createdAt gte', (at) => ({ createdAt: { gte: at } }), (at, { createdAt }) => createdAt >= at],
    ['createdAt lt', (at) => ({ createdAt: { lt: at } }), (at, { createdAt }) => createdAt < at],
    ['updatedAt lte', (at) => ({ updatedAt: { lte: at } }), (at, { updatedAt }) => updatedAt <= at],
    ['updatedAt equals', (at) => ({ updatedAt: { equals: at } }), (at, { updatedAt }) => updatedAt === at],
    ['updatedAt in', (at) => ({ updatedAt: { in: [at] } }), (at, { updatedAt }) => updatedAt === at],
    ['updatedAt with an offset', (at) => ({ updatedAt: { gte: eastOf(at) } }), (at, { updatedAt }) => updatedAt >= at],
    [
      'createdAt from and to',
      (at) => ({ createdAt: { gte: '2020-01-01T00:00Z', lt: at } }),
      (at, { createdAt }) => createdAt < at,
    ],
  ])('by %s', async (_, filter, holds) => {
    const at = contacts[BIRCH]?.createdAt ?? '';
    const names = Object.values(contacts).filter((contact) => holds(at, contact));
    const own = { client: { in: [{ id: ids.north }, { id: ids.south }] } };
    expect(await found(variablesOf({ ...filter(at), ...own }))).toEqual(names.map(({ lastName }) => lastName));
  });

  it('names what is wrong in a filter', async () => {
    const error = await firm.fails(LIST, {
      filter: {
        lastName: { equals: null },
        or: [{ email: { in: ['x\u0000'] } }],
        // Years that Postgres does not have, the second one in UTC only.
        createdAt: { gt: '0000-01-01T00:00:00Z', lte: '9999-12-31T23:00:00-01:00' },
      },
      search: 'x\u0000',
    });
    expect(error.status).toBe(400);
    expect(error.extensions.fields?.map(({ path }) => path.join('.')).sort()).toEqual([
      'filter.createdAt.gt',
      'filter.createdAt.lte',
      'filter.lastName.equals',
      'filter.or.0.email.in.0',
      'search',
    ]);
  });
});

/** The same instant as told an hour to the east. */
function eastOf(instant: string): string {
  return new Date(Date.parse(instant) + 3_600_000).toISOString().replace('Z', '+01:00');
}

describe('clientContacts searched', () => {
  it.each([
    ['first names without regard to case', 'ÄNNE', ['Alder']],
    ['parts of middle names', 'uent', ['Birch']],
    ['parts of last names', 'CEDAR', ["O'Cedar_100%"]],
    ['e-mail addresses', 'anne@example', ['Alder']],
    ['tracking IDs', 't-1', ['Alder']],
    ['account codes', 'ac-7', ['Alder']],
    ['several words, which must all be there', 'bob birch', ['Birch']],
    ['words of which one is missing', 'bob alder', []],
    ['signs that LIKE knows as themselves', '_100%', ["O'Cedar_100%"]],
    ['and not notes of either kind', 'secret', []],
  ])('looks in %s', async (_, search, names) => {
    expect(await found({ search })).toEqual(names);
  });

  it('narrows a filter further', async () => {
    expect(await found({ search: 'b', filter: { client: { equals: { id: ids.south } } } })).toEqual([]);
    expect(await found({ search: 'b', filter: { client: { equals: { id: ids.north } } } })).toEqual(['Birch']);
  });
});

const ORDERS = [
  ...['NAME', 'CREATED_AT', 'UPDATED_AT'].flatMap((field) =>
    ['ASC', 'DESC'].map((direction) => [{ field, direction }]),
  ),
  [
    { field: 'UPDATED_AT', direction: 'DESC' },
    { field: 'NAME', direction: 'ASC' },
  ],
];
const NAMES: [string | null, string][] = [
  ['Zoë', 'alpha'],
  ['zoe', 'Alpha'],
  [null, 'ALPHA'],
  ['', 'alpha'],
  ['A', 'Ärger'],
  ['B', '𝒜'],
  ['B', '中文'],
  ['B', '_x'],
  ['B', 'ß'],
  ['A', 'SS'],
  ['Z', 'ss'],
];

describe('clientContacts ordered', () => {
  let many: TestFirm;
  let place: Input;
  let all: Listed[];
  const create = async (input: Input): Promise<string> => {
    const document =
      'mutation ($input: CreateClientContactInput!) { createClientContact(input: $input, allowDuplicates: true) { clientContact { id } } }';
    return (await many.ok(document, { input: { ...place, ...input } })).createClientContact.clientContact.id;
  };

  beforeAll(async () => {
    many = await app.firm();
    const role = await make(many, 'ContactRole', { name: 'Any' });
    place = { role: { id: role.id }, client: { id: (await make(many, 'Client', { name: 'Many' })).id } };
    const made: string[] = [];
    for (const [firstName, lastName] of NAMES) made.push(await create({ firstName, lastName }));
    for (const id of made.filter((_, index) => index % 3 === 0)) await many.ok(PATCH, { id, title: 'Changed' });
    const { clientContacts } = await many.ok(LIST, { first: 250 });
    all = clientContacts.edges.map(({ node }: { node: Listed }) => node);
    expect(all).toHaveLength(NAMES.length);
  });

  describe.each(
    ORDERS.map((orderBy) => ({ orderBy, title: orderBy.map((term) => `${term.field} ${term.direction}`).join(', ') })),
  )('by $title', ({ orderBy }) => {
    /** All rows, page by page. */
    async function walk(size: number, backward = false, between?: () => Promise<unknown>): Promise<Listed[]> {
      const rows: Listed[] = [];
      for (let cursor: string | null = null; ; ) {
        const page: Input = backward ? { last: size, before: cursor } : { first: size, after: cursor };
        const { clientContacts } = await many.ok(LIST, { orderBy, ...page });
        const nodes = clientContacts.edges.map(({ node }: { node: Listed }) => node);
        if (backward) rows.unshift(...nodes);
        else rows.push(...nodes);
        const { hasNextPage, hasPreviousPage, startCursor, endCursor } = clientContacts.pageInfo;
        expect(backward ? hasNextPage : hasPreviousPage).toBe(cursor !== null);
        if (!(backward ? hasPreviousPage : hasNextPage)) return rows;
        cursor = backward ? startCursor : endCursor;
        await between?.();
      }
    }

    /** The order as it is stated: last, first and middle name folded, by code point; ties by id. */
    function compare(a: Listed, b: Listed): number {
      const name = ({ lastName, firstName, middleName }: Listed) =>
        Buffer.from(fold([lastName, firstName, middleName].map((part) => part ?? '').join('\n'))).toString('hex');
      const value = (row: Listed, field: string) =>
        field === 'NAME' ? name(row) : field === 'CREATED_AT' ? row.createdAt : row.updatedAt;
      for (const { field, direction } of orderBy) {
        const [x, y] = [value(a, field), value(b, field)];
        if (x !== y) return (x < y ? -1 : 1) * (direction === 'DESC' ? -1 : 1);
      }
      return (a.id < b.id ? -1 : 1) * (orderBy.at(-1)?.direction === 'DESC' ? -1 : 1);
    }

    const inOrder = () => [...all].sort(compare).map(({ id }) => id);

    it.each([1, 4, NAMES.length, 250])('are met once each by a walk in pages of %i, either way', async (size) => {
      expect((await walk(size)).map(({ id }) => id)).toEqual(inOrder());
      expect((await walk(size, true)).map(({ id }) => id)).toEqual(inOrder());
    });

    it('neither repeat nor hide others when some are written meanwhile', async () => {
      const extra: string[] = [];
      const between = async () => {
        extra.push(await create({ lastName: `${extra.length % 2 ? 'aa' : 'zz'} ${extra.length}` }));
      };
      for (const backward of [false, true]) {
        const met = (await walk(4, backward, between)).map(({ id }) => id);
        expect(new Set(met).size).toBe(met.length);
        expect(met.filter((id) => !extra.includes(id))).toEqual(inOrder());
      }
      for (const id of extra) {
        await many.ok('mutation ($id: ID!) { deleteClientContact(by: { id: $id }) { __typename } }', { id });
      }
    });
  });
});

describe('the contacts of a client and of a location', () => {
  it('come by name, in pages of their own', async () => {
    const own = await app.firm();
    const role = await make(own, 'ContactRole', { name: 'Any' });
    const client = await make(own, 'Client', { name: 'Nested' });
    for (const lastName of ['N3', 'n1', 'N2']) {
      await make(own, 'ClientContact', { role: { id: role.id }, client: { id: client.id }, lastName });
    }
    const document = `query ($id: ID!) { client(by: { id: $id }) {
      contacts(first: 2) { totalCount nodes { lastName } pageInfo { hasNextPage } }
      locations { nodes { contacts(last: 2) { totalCount nodes { lastName } pageInfo { hasPreviousPage } } } }
    } }`;
    expect((await own.ok(document, { id: client.id })).client).toEqual({
      contacts: { totalCount: 3, nodes: [{ lastName: 'n1' }, { lastName: 'N2' }], pageInfo: { hasNextPage: true } },
      locations: {
        nodes: [
          {
            contacts: {
              totalCount: 3,
              nodes: [{ lastName: 'N2' }, { lastName: 'N3' }],
              pageInfo: { hasPreviousPage: true },
            },
          },
        ],
      },
    });
  });
});
