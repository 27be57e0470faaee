/**
 * Lists of which many rows meet what is asked, but not where the list begins: they are walked for a while, and then looked
 * up. Whichever way is taken, every page holds what it should.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestFirm } from './support/app.ts';
import { freshDatabase } from './support/database.ts';
import { analyze, type ExplainingDatabase, explaining } from './support/explaining.ts';

/** Of these, every fourth is called Zebra, which is last by name, and some are called Yak: more than few, but not all. */
const CLIENTS = 1_600;
const isZebra = (number: number) => number % 4 === 0 && number % 16 !== 0;
const isYak = (number: number) => number % 4 === 2;

const clients = Array.from({ length: CLIENTS }, (_, number) => {
  const animal = isZebra(number) ? 'Zebra' : isYak(number) ? 'Yak' : 'Ant';
  return {
    trackingId: `T-${number}`,
    name: `${animal} ${String(number).padStart(4, '0')}`,
    tags: [...(isZebra(number) ? ['striped'] : []), ...(number % 2 === 0 ? ['even'] : ['odd'])],
    npsScore: number % 11,
  };
});

let database: ExplainingDatabase;
let firm: TestFirm;
let small: TestFirm;
beforeAll(async () => {
  database = await explaining(await freshDatabase());
  const app = await startApp(database);
  firm = await app.firm();
  small = await app.firm();
  const upsert = 'mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { client { id } } }';
  const waiting = [...clients];
  const work = async () => {
    for (let input = waiting.pop(); input; input = waiting.pop()) await firm.ok(upsert, { input });
  };
  await Promise.all(Array.from({ length: 40 }, work));
  for (const name of ['Zebra one', 'Zebra two', 'Ant']) await small.ok(upsert, { input: { trackingId: name, name } });
  await analyze(database);
});

const LIST = `query ($first: Int, $after: String, $last: Int, $before: String, $search: String, $filter: ClientFilter, $orderBy: [ClientOrder!]) {
  clients(first: $first, after: $after, last: $last, before: $before, search: $search, filter: $filter, orderBy: $orderBy) {
    nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

interface Asked {
  search?: string;
  filter?: Record<string, unknown>;
  orderBy?: { field: string; direction?: string }[];
}

/** All names of a list, page by page, from either end. */
async function pages(asked: Asked, size: number, backward: boolean): Promise<string[]> {
  const names: string[] = [];
  for (let place: Record<string, unknown> = {}; ; ) {
    const { clients } = await firm.ok(LIST, { ...asked, [backward ? 'last' : 'first']: size, ...place });
    const found = clients.nodes.map(({ name }: { name: string }) => name);
    if (backward) names.unshift(...found);
    else names.push(...found);
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = clients.pageInfo;
    expect(backward ? hasNextPage : hasPreviousPage, 'rows behind').toBe(Object.keys(place).length > 0);
    if (!(backward ? hasPreviousPage : hasNextPage)) return names;
    expect(found).toHaveLength(size);
    place = backward ? { before: startCursor } : { after: endCursor };
  }
}

const byName = (names: readonly string[]) => names.toSorted((one, other) => (one < other ? -1 : 1));

describe.each([
  ['what few have', { search: 'zebra 0004' }, (name: string) => name === 'Zebra 0004'],
  ['what many have, all of them last', { search: 'zebra' }, (name: string) => name.startsWith('Zebra')],
  ['two things that many have', { search: 'zebra 00' }, (name: string) => /Zebra.*00|00.*Zebra/.test(name)],
  ['what most have, and first', { search: 'ant' }, (name: string) => name.startsWith('Ant')],
  [
    'a tag of those that are last',
    { filter: { tags: { hasSome: ['striped'] } } },
    (name: string) => /Zebra/.test(name),
  ],
  [
    'a tag of half of all, and a part of a name',
    { filter: { tags: { hasSome: ['even'] }, name: { contains: 'ak ' } } },
    (name: string) => /Yak/.test(name),
  ],
])('%s', (_title, asked: Asked, meets) => {
  const expected = byName(clients.map(({ name }) => name).filter(meets));

  it.each([
    ['forward', false],
    ['backward', true],
  ])('is found page by page, %s', async (_way, backward) => {
    expect(await pages(asked, 90, backward)).toEqual(expected);
  });

  it('is found in the opposite order, and in one that no index has', async () => {
    const opposite = await pages({ ...asked, orderBy: [{ field: 'NAME', direction: 'DESC' }] }, 90, false);
    expect(opposite).toEqual(expected.toReversed());
    const byScore = await pages({ ...asked, orderBy: [{ field: 'NPS_SCORE' }] }, 90, false);
    expect(byName(byScore)).toEqual(expected);
  });

  it('is counted', async () => {
    const document =
      'query ($search: String, $filter: ClientFilter) { clients(first: 3, search: $search, filter: $filter) { totalCount nodes { name } } }';
    const { clients: found } = await firm.ok(document, asked as Record<string, unknown>);
    expect(found).toEqual({ totalCount: expected.length, nodes: expected.slice(0, 3).map((name) => ({ name })) });
  });
});

it('what many have is walked no further than it is worth when it is not among the first', async () => {
  const plans = await database.plansOf(() => firm.ok(LIST, { first: 10, search: 'zebra' }));
  const statements = plans.map(({ statement }) => statement).filter((statement) => /FROM "Client" t/.test(statement));
  const walked = [expect.stringContaining(' OFFSET '), expect.stringMatching(/\(t\."nameFolded",t\."id"\) < \(/)];
  const lookedUp = expect.stringMatching(/t\."rowNumber" IN \(|(t\."searchText" LIKE \$\d+.+?){3}/);
  expect(statements).toEqual([...walked, ...walked, lookedUp]);
});

it('what many have is looked for where the list begins before it is further on', async () => {
  const plans = await database.plansOf(() => firm.ok(LIST, { first: 10, search: 'ant' }));
  expect(plans.filter(({ statement }) => statement.includes(' OFFSET '))).toHaveLength(1);
});

it('a list that ends soon is walked to its end, however many others have in theirs', async () => {
  let found: unknown;
  const plans = await database.plansOf(async () => {
    found = (await small.ok(LIST, { first: 10, search: 'zebra' })).clients.nodes;
  });
  expect(found).toEqual([{ name: 'Zebra one' }, { name: 'Zebra two' }]);
  const statements = plans.map(({ statement }) => statement).filter((statement) => /FROM "Client" t/.test(statement));
  expect(statements).toHaveLength(2);
  expect(statements.join()).not.toMatch(/"rowNumber" IN \(|(t\."searchText" LIKE \$\d+.+?){3}/);
});
