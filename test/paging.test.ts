/** Lists: every order, walked both ways with ties and empty values, also while rows are being written. */
import { beforeAll, describe, expect, it } from 'vitest';
import { fold } from '../src/fields/fold.ts';
import { startApp, type TestFirm } from './support/app.ts';

const LIST = `query ($first: Int, $after: String, $last: Int, $before: String, $orderBy: [ClientOrder!], $filter: ClientFilter, $search: String) {
  clients(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy, filter: $filter, search: $search) {
    edges { cursor node { id name status npsScore inceptionDate createdAt updatedAt } }
    nodes { id }
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

interface Listed {
  id: string;
  name: string;
  status: string;
  npsScore: number | null;
  inceptionDate: string | null;
  createdAt: string;
  updatedAt: string;
}

const FIELDS = ['NAME', 'CREATED_AT', 'UPDATED_AT', 'STATUS', 'NPS_SCORE', 'INCEPTION_DATE'] as const;
const ORDERS = [
  ...FIELDS.flatMap((field) => (['ASC', 'DESC'] as const).map((direction) => [{ field, direction }])),
  [
    { field: 'NPS_SCORE', direction: 'DESC' },
    { field: 'NAME', direction: 'ASC' },
  ],
  [
    { field: 'STATUS', direction: 'ASC' },
    { field: 'INCEPTION_DATE', direction: 'DESC' },
    { field: 'NPS_SCORE', direction: 'ASC' },
  ],
] as const;

const COUNT = 40;
let firm: TestFirm;
let all: Listed[];

beforeAll(async () => {
  firm = await (await startApp()).firm();
  const names = [
    'alpha',
    'Alpha',
    'ALPHA',
    'Ärger',
    'ärger',
    'zoë',
    'Zoe',
    'ß',
    'SS',
    '中文',
    'émile',
    'Emile',
    '🙂',
    '_x',
    '%y',
    '𝒜',
  ];
  const statuses = ['ACTIVE', 'TRIAL', 'CLOSED'];
  for (let index = 0; index < COUNT; index++) {
    await firm.ok('mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }', {
      input: {
        name: names[index % names.length],
        status: statuses[index % 3],
        npsScore: index % 4 === 0 ? null : (index % 5) - 2,
        inceptionDate: index % 3 === 0 ? null : `202${index % 4}-01-01`,
      },
    });
  }
  all = await walk({ orderBy: [{ field: 'CREATED_AT', direction: 'ASC' }], size: 250 });
});

/** All rows of a list, page by page. */
async function walk({
  size,
  backward = false,
  orderBy,
  between,
}: {
  size: number;
  backward?: boolean;
  orderBy: unknown;
  between?: () => Promise<unknown>;
}): Promise<Listed[]> {
  const rows: Listed[] = [];
  let cursor: string | null = null;
  for (;;) {
    const variables = backward ? { last: size, before: cursor, orderBy } : { first: size, after: cursor, orderBy };
    const { clients } = await firm.ok(LIST, variables);
    const nodes = clients.edges.map(({ node }: { node: Listed }) => node);
    expect(clients.nodes.map(({ id }: Listed) => id)).toEqual(nodes.map(({ id }: Listed) => id));
    if (backward) rows.unshift(...nodes);
    else rows.push(...nodes);
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = clients.pageInfo;
    expect(backward ? hasNextPage : hasPreviousPage).toBe(cursor !== null);
    if (!(backward ? hasPreviousPage : hasNextPage)) return rows;
    cursor = backward ? startCursor : endCursor;
    await between?.();
  }
}

/** The order as it is stated: folded names by code point, empty values last either way, ties by id. */
function compare(orderBy: readonly { field: string; direction: string }[]) {
  const value = (row: Listed, field: string): string | number | null => {
    switch (field) {
      case 'NAME':
        return Buffer.from(fold(row.name)).toString('hex');
      case 'STATUS':
        return row.status;
      case 'NPS_SCORE':
        return row.npsScore;
      case 'INCEPTION_DATE':
        return row.inceptionDate;
      case 'CREATED_AT':
        return row.createdAt;
      default:
        return row.updatedAt;
    }
  };
  return (a: Listed, b: Listed): number => {
    for (const { field, direction } of orderBy) {
      const [x, y] = [value(a, field), value(b, field)];
      if (x === y) continue;
      if (x === null) return 1;
      if (y === null) return -1;
      return (x < y ? -1 : 1) * (direction === 'DESC' ? -1 : 1);
    }
    const last = orderBy.at(-1)?.direction === 'DESC' ? -1 : 1;
    return (a.id < b.id ? -1 : 1) * last;
  };
}

describe.each(
  ORDERS.map((orderBy) => ({
    orderBy,
    title: orderBy.map(({ field, direction }) => `${field} ${direction}`).join(', '),
  })),
)('ordered by $title', ({ orderBy }) => {
  it.each([1, 3, 7, COUNT, 250])(
    'a walk by pages of %i meets every row once, in the stated order, both ways',
    async (size) => {
      const wanted = [...all].sort(compare(orderBy)).map(({ id }) => id);
      expect((await walk({ size, orderBy })).map(({ id }) => id)).toEqual(wanted);
      expect((await walk({ size, orderBy, backward: true })).map(({ id }) => id)).toEqual(wanted);
    },
  );

  it('rows written meanwhile neither repeat nor hide others', async () => {
    const extra: string[] = [];
    const between = async () => {
      const { createClient } = await firm.ok(
        'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }',
        {
          input: { name: extra.length % 2 ? 'aa new' : 'zz new', npsScore: extra.length % 3 ? 1 : null },
        },
      );
      extra.push(createClient.client.id);
    };
    for (const backward of [false, true]) {
      const met = (await walk({ size: 6, orderBy, backward, between })).map(({ id }) => id);
      expect(new Set(met).size).toBe(met.length);
      expect(met.filter((id) => !extra.includes(id))).toEqual([...all].sort(compare(orderBy)).map(({ id }) => id));
    }
    for (const id of extra) {
      await firm.ok('mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }', { id });
    }
  });
});

describe('the arguments of a page', () => {
  it('are 25 rows unless said, and the count only when asked', async () => {
    const { clients } = await firm.ok('{ clients { nodes { id } } }');
    expect(clients.nodes).toHaveLength(25);
    expect((await firm.ok('{ clients { totalCount } }')).clients.totalCount).toBe(COUNT);
  });

  it('may be 0 to 250, one of first and last, and cursors of the same order', async () => {
    const { clients } = await firm.ok(LIST, { first: 1 });
    const cursor = clients.pageInfo.endCursor;
    for (const [variables, paths] of [
      [{ first: 251 }, ['first']],
      [{ first: -1 }, ['first']],
      [{ first: 1, last: 1 }, ['last']],
      [{ first: 1, after: 'nonsense' }, ['after']],
      [{ first: 300, after: 'x', before: 'y' }, ['first', 'after', 'before']],
      [{ first: 1, after: cursor, orderBy: [{ field: 'STATUS', direction: 'ASC' }] }, ['after']],
    ] as const) {
      const error = await firm.fails(LIST, variables);
      expect(error.status).toBe(400);
      expect(error.extensions.fields?.map(({ path }) => path[0])).toEqual(paths);
    }
    expect((await firm.ok(LIST, { first: 0 })).clients).toMatchObject({
      edges: [],
      totalCount: COUNT,
      pageInfo: { hasNextPage: true, endCursor: null },
    });
  });

  it('take the rows between two cursors', async () => {
    const { clients } = await firm.ok(LIST, { first: 10 });
    const [second, , , fifth] = clients.edges.slice(1);
    const between = await firm.ok(LIST, { first: 10, after: second.cursor, before: fifth.cursor });
    expect(between.clients.nodes).toEqual(clients.nodes.slice(2, 4));
  });

  it('refuse cursors that were made up', async () => {
    const forge = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const place of [
      ['nameFolded,id', 1, 2],
      ['nameFolded,id', 'a'],
      ['nameFolded,id', null, 'b'],
      ['nameFolded,id', 'a\u0000', 'b'],
      { a: 1 },
      'x',
      null,
    ]) {
      expect((await firm.fails(LIST, { after: forge(place) })).status).toBe(400);
    }
    const instants = ['+010000-01-01T00:00:00.000Z', '0000-01-01T00:00:00.000+00:00', '2026'];
    for (const at of instants) {
      const after = forge(['createdAt,id', at, 'x']);
      expect((await firm.fails(LIST, { after, orderBy: [{ field: 'CREATED_AT' }] })).status).toBe(400);
    }
    const after = forge(['npsScore,id', 2 ** 31, 'x']);
    expect((await firm.fails(LIST, { after, orderBy: [{ field: 'NPS_SCORE' }] })).status).toBe(400);
  });
});
