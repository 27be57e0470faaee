/** The firm's own lists (employees, roles, types, regions, success cycles), each alike, and the clients that point into them. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createToken } from '../src/firms/tokens.ts';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { make } from './support/records.ts';

let app: TestApp;
let firm: TestFirm;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  firm = await app.firm();
});

type Input = Record<string, unknown>;

interface Page {
  totalCount: number;
  nodes: { name: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}

const KINDS = [
  { type: 'ContactRole', list: 'contactRoles', unique: true },
  { type: 'Employee', list: 'employees', unique: false },
  { type: 'ClientType', list: 'clientTypes', unique: true },
  { type: 'Region', list: 'regions', unique: true },
  { type: 'SuccessCycle', list: 'successCycles', unique: true },
  { type: 'ClientGroup', list: 'clientGroups', unique: true },
] as const;
type Kind = (typeof KINDS)[number]['type'];

const carried = (type: string) => type.charAt(0).toLowerCase() + type.slice(1);
const NAMED = 'id name createdAt updatedAt revision';
const createOf = (type: Kind) =>
  `mutation ($input: Create${type}Input!) { done: create${type}(input: $input) { row: ${carried(type)} { ${NAMED} } } }`;
const patchOf = (type: Kind) =>
  `mutation ($id: ID!, $input: Patch${type}Input!) { done: patch${type}(by: { id: $id }, input: $input) { row: ${carried(type)} { ${NAMED} } } }`;
const deleteOf = (type: Kind) =>
  `mutation ($id: ID!) { done: delete${type}(by: { id: $id }) { row: ${carried(type)} { ${NAMED} } } }`;

const CLIENT = `fragment C on Client {
  id name type { id name } region { id } successCycle { id } clientGroup { id } assignedCsm { id } assignedSalesRep { id }
  createdBy { id name } modifiedBy { id name } parent { id } accountTeam { employee { id name } role } revision
}`;
const CREATE = `mutation ($input: CreateClientInput!) { createClient(input: $input) { client { ...C } } } ${CLIENT}`;
const PATCH = `mutation ($id: ID!, $input: PatchClientInput!) { patchClient(by: { id: $id }, input: $input) { changedFields client { ...C } } } ${CLIENT}`;

const create = async (input: Input) => (await firm.ok(CREATE, { input: { name: 'C', ...input } })).createClient.client;
const patch = async (id: string, input: Input) => (await firm.ok(PATCH, { id, input })).patchClient;

/** The paths of an error's fields, each as one text, in order. */
const paths = (error: { extensions: { fields?: { path: (string | number)[] }[] } }) =>
  error.extensions.fields?.map(({ path }) => path.join('.')).sort();

describe.each(KINDS)('$type', ({ type, list, unique }) => {
  const named = async (name: string) => (await firm.ok(createOf(type), { input: { name } })).done.row;

  it('is created, read, changed and deleted', async () => {
    const made = await named('First');
    expect(made).toMatchObject({ name: 'First', revision: 1 });
    const node = `query ($id: ID!) { node(id: $id) { ... on ${type} { ${NAMED} } } }`;
    expect((await firm.ok(node, { id: made.id })).node).toEqual(made);
    const patched = (await firm.ok(patchOf(type), { id: made.id, input: { name: 'Second' } })).done.row;
    expect(patched).toMatchObject({ id: made.id, name: 'Second', revision: 2 });
    expect((await firm.ok(patchOf(type), { id: made.id, input: { name: 'Second' } })).done.row).toEqual(patched);
    expect((await firm.ok(deleteOf(type), { id: made.id })).done.row).toEqual(patched);
    expect((await firm.ok(node, { id: made.id })).node).toBeNull();
    for (const [document, variables] of [
      [patchOf(type), { id: made.id, input: {} }],
      [deleteOf(type), { id: made.id }],
    ] as const) {
      expect(await firm.fails(document, variables)).toMatchObject({ status: 404, extensions: { code: 'NOT_FOUND' } });
    }
  });

  it('is listed by name without regard to case, in pages', async () => {
    for (const name of ['beta', 'Alpha', 'ärger', 'Zoe', 'alpha 2']) await named(name);
    const document = `query ($first: Int, $after: String) { ${list}(first: $first, after: $after) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } }`;
    const names: string[] = [];
    let after: string | null = null;
    for (;;) {
      const page: Page = (await firm.ok(document, { first: 2, after }))[list];
      expect(page.totalCount).toBe(type === 'ClientGroup' ? 6 : 5);
      names.push(...page.nodes.map(({ name }) => name));
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect(names.filter((name) => name !== 'Unassigned')).toEqual(['Alpha', 'alpha 2', 'beta', 'Zoe', 'ärger']);
  });

  it(`${unique ? 'has' : 'need not have'} a name that no other of the firm has`, async () => {
    const { id } = await named('Große');
    await make(await app.firm(), type, { name: 'Große' });
    const other = await named('Other');
    for (const name of ['GROSSE', 'große']) {
      const attempts = [
        await firm.run(createOf(type), { input: { name } }),
        await firm.run(patchOf(type), { id: other.id, input: { name } }),
      ];
      for (const { errors, status } of attempts) {
        if (unique) {
          expect(status).toBe(409);
          expect(errors).toMatchObject([
            { extensions: { code: 'DUPLICATE', fields: [{ path: ['input', 'name'], ids: [id] }] } },
          ]);
        } else expect(errors).toBeUndefined();
      }
    }
    // Its own name in another case is no one else's.
    expect((await firm.ok(patchOf(type), { id, input: { name: 'GROßE' } })).done.row.name).toBe('GROßE');
  });

  it('refuses names that are empty, long or null', async () => {
    const { id } = await named('Named');
    for (const name of ['', '  ', 'x'.repeat(256), 'x\u0000']) {
      expect(paths(await firm.fails(createOf(type), { input: { name } }))).toEqual(['input.name']);
      expect(paths(await firm.fails(patchOf(type), { id, input: { name } }))).toEqual(['input.name']);
    }
    expect(paths(await firm.fails(patchOf(type), { id, input: { name: null } }))).toEqual(['input.name']);
    expect(paths(await firm.fails(createOf(type), { input: {} }))).toEqual(['input.name']);
    expect((await named('x'.repeat(255))).name).toHaveLength(255);
  });

  it('is for WRITER to change and for READER to read', async () => {
    const { row } = (await firm.ok(createOf(type), { input: { name: 'Mine' } }, 'WRITER')).done;
    for (const [document, variables] of [
      [createOf(type), { input: { name: 'R' } }],
      [patchOf(type), { id: row.id, input: { name: 'R' } }],
      [deleteOf(type), { id: row.id }],
    ] as const) {
      expect(await firm.fails(document, variables, 'READER')).toMatchObject({
        status: 403,
        extensions: { code: 'FORBIDDEN' },
      });
    }
    const { nodes } = (await firm.ok(`{ ${list} { nodes { name } } }`, {}, 'READER'))[list];
    expect(nodes.map(({ name }: { name: string }) => name)).toContain('Mine');
  });

  it('is not found by another firm', async () => {
    const { id } = await make(await app.firm(), type, { name: 'Theirs' });
    expect((await firm.ok('query ($id: ID!) { node(id: $id) { id } }', { id })).node).toBeNull();
    expect((await firm.fails(patchOf(type), { id, input: { name: 'Mine' } })).extensions.code).toBe('NOT_FOUND');
    expect((await firm.fails(deleteOf(type), { id })).extensions.code).toBe('NOT_FOUND');
  });
});

describe.each(KINDS.filter(({ unique }) => unique))('$type', ({ type }) => {
  it('is created once by ten at once of one name', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        firm.run(createOf(type), { input: { name: index % 2 ? 'Race' : 'RACE' } }),
      ),
    );
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
    for (const { errors } of answers) if (errors) expect(errors[0]?.extensions.code).toBe('DUPLICATE');
  });
});

describe('what is in use', () => {
  /** What points at a record of a type, and how. */
  const uses: [Kind, string, (id: string) => Promise<unknown>][] = [
    ['ClientType', 'type of a client', (id) => create({ type: { id } })],
    ['Region', 'region of a client', (id) => create({ region: { id } })],
    ['SuccessCycle', 'successCycle of a client', (id) => create({ successCycle: { id } })],
    ['Employee', 'assignedCsm of a client', (id) => create({ assignedCsm: { id } })],
    ['Employee', 'assignedSalesRep of a client', (id) => create({ assignedSalesRep: { id } })],
    ['Employee', 'createdBy of a client', (id) => create({ createdBy: { id } })],
    ['Employee', 'modifiedBy of a client', (id) => create({ modifiedBy: { id } })],
    ['Employee', 'accountTeam of a client', (id) => create({ accountTeam: [{ employee: { id }, role: 'Lead' }] })],
    ['Employee', 'salesperson of a location', (id) => create({ location: { salesperson: { id } } })],
    [
      'Employee',
      'salesperson of a contact',
      async (id) => {
        const role = await make(firm, 'ContactRole', { name: 'R' });
        await create({ contacts: [{ lastName: 'A', role: { id: role.id }, salesperson: { id } }] });
      },
    ],
    [
      'Employee',
      'employee of a token',
      (employeeId) => createToken(app.database, { firmId: firm.id, name: 'x', role: 'READER', employeeId }),
    ],
    ['ContactRole', 'role of a contact', (id) => create({ contacts: [{ lastName: 'A', role: { id } }] })],
  ];

  it.each(uses)('%s as %s cannot be deleted, of which the answer tells the number', async (type, _, use) => {
    const { id } = await make(firm, type, { name: 'Used' });
    await use(id);
    const error = await firm.fails(deleteOf(type), { id });
    expect(error).toMatchObject({
      status: 409,
      extensions: { code: 'CONFLICT', fields: [{ path: ['by'], code: 'CONFLICT' }] },
    });
    expect(error.message).toMatch(/\b1\b/);
    expect((await firm.ok('query ($id: ID!) { node(id: $id) { id } }', { id })).node).toEqual({ id });
  });

  it('counts every use, and those of deleted clients', async () => {
    const { id } = await make(firm, 'Region', { name: 'West' });
    const clients = [
      await create({ region: { id } }),
      await create({ region: { id } }),
      await create({ region: { id } }),
    ];
    await firm.ok('mutation ($id: ID!) { deleteClient(by: { id: $id }) { __typename } }', { id: clients[0].id });
    expect((await firm.fails(deleteOf('Region'), { id })).message).toMatch(/\b3\b/);
    await patch(clients[1].id, { region: null });
    expect((await firm.fails(deleteOf('Region'), { id })).message).toMatch(/\b2\b/);
  });

  it('is never lost by a client that is put into it meanwhile', async () => {
    for (let round = 0; round < 4; round++) {
      const region = await make(firm, 'Region', { name: `R${round}` });
      const clients = await Promise.all(Array.from({ length: 4 }, () => create({})));
      const [deletion, ...writes] = await Promise.all([
        firm.run(deleteOf('Region'), { id: region.id }),
        ...clients.map(({ id }) => firm.run(PATCH, { id, input: { region: { id: region.id } } })),
        firm.run(CREATE, { input: { name: 'New', region: { id: region.id } } }),
      ]);
      const deleted = !deletion?.errors;
      if (!deleted) expect(deletion?.errors?.[0]?.extensions.code).toBe('CONFLICT');
      for (const { errors } of writes) {
        if (errors) expect(errors).toMatchObject([{ extensions: { fields: [{ path: ['input', 'region'] }] } }]);
        // Whoever was told that it worked must find the region there.
        else expect(deleted).toBe(false);
      }
      const { clients: found } = await firm.ok(
        'query ($id: ID!) { clients(filter: { region: { equals: { id: $id } }}) { totalCount } }',
        { id: region.id },
      );
      expect(found.totalCount).toBe(writes.filter(({ errors }) => !errors).length);
    }
  });

  it('is left to Unassigned where it is a group, also while clients are put into it', async () => {
    for (let round = 0; round < 4; round++) {
      const group = await make(firm, 'ClientGroup', { name: `G${round}` });
      const answers = await Promise.all([
        ...Array.from({ length: 5 }, (_, index) =>
          firm.run(CREATE, { input: { name: `${round}-${index}`, clientGroup: { id: group.id } } }),
        ),
        firm.run(deleteOf('ClientGroup'), { id: group.id }),
      ]);
      expect(answers.at(-1)?.errors).toBeUndefined();
      for (const { errors } of answers) {
        if (errors) expect(errors).toMatchObject([{ extensions: { fields: [{ path: ['input', 'clientGroup'] }] } }]);
      }
      const { clients } = await firm.ok('{ clients(first: 250) { nodes { clientGroup { name } } } }');
      for (const { clientGroup } of clients.nodes) expect(clientGroup.name).toBe('Unassigned');
    }
  });
});

describe('the type of a client', () => {
  const UPSERT = `mutation ($input: UpsertClientInput!, $missing: OnMissingReference! = CREATE) {
    upsertClient(input: $input, onMissingReference: $missing) { client { type { id name } } }
  }`;
  const typesOf = async () => (await firm.ok('{ clientTypes { totalCount } }')).clientTypes.totalCount;

  it('is given by any of its keys', async () => {
    const externalIds = [{ system: 'trackops', id: '6' }];
    const { id } = await make(firm, 'ClientType', { name: 'Enterprise', trackingId: 'T-1', externalIds });
    const client = await create({ type: { id } });
    expect(client.type).toEqual({ id, name: 'Enterprise' });
    for (const type of [{ name: 'ENTERPRISE' }, { trackingId: 'T-1' }, { externalId: externalIds[0] }]) {
      expect(await patch(client.id, { type })).toMatchObject({ changedFields: [] });
      expect((await create({ type })).type.id).toBe(id);
    }
    expect(await patch(client.id, { type: null })).toMatchObject({ changedFields: ['type'], client: { type: null } });
  });

  it('is named at its place when a key finds nothing', async () => {
    for (const type of [
      { id: 'type_00000000000000000000000000' },
      { name: 'Charity' },
      { trackingId: 'charity' },
      { externalId: { system: 'trackops', id: '7' } },
    ]) {
      const error = await firm.fails(CREATE, { input: { name: 'C', type } });
      expect(error).toMatchObject({
        status: 400,
        extensions: { code: 'BAD_USER_INPUT', fields: [{ path: ['input', 'type'], code: 'NOT_FOUND' }] },
      });
    }
    expect(await typesOf()).toBe(0);
  });

  it('is made of an unknown name where an ADMIN says so', async () => {
    const input = { trackingId: 'c', name: 'C', type: { name: 'Charity' } };
    const error = await firm.fails(UPSERT, { input, missing: 'ERROR' });
    expect(error.extensions.fields).toMatchObject([{ path: ['input', 'type'], code: 'NOT_FOUND' }]);
    expect(await firm.fails(UPSERT, { input }, 'WRITER')).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect(await typesOf()).toBe(0);
    expect((await firm.ok(UPSERT, { input })).upsertClient.client.type.name).toBe('Charity');
    const known = await firm.ok(UPSERT, { input: { ...input, type: { name: 'charity' } } }, 'WRITER');
    expect(known.upsertClient.client.type.name).toBe('Charity');
  });

  it('comes to nothing when the client does', async () => {
    await firm.fails(UPSERT, { input: { trackingId: 'c', name: '', type: { name: 'Charity' } } });
    expect(await typesOf()).toBe(0);
  });

  it('is made once when many name it at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        firm.ok(UPSERT, {
          input: { trackingId: `t${index}`, name: 'C', type: { name: index % 2 ? 'Trust' : 'TRUST' } },
        }),
      ),
    );
    expect(new Set(answers.map(({ upsertClient }) => upsertClient.client.type.id)).size).toBe(1);
    expect(await typesOf()).toBe(1);
  });
});

describe('the parent of a client', () => {
  const CHILDREN = 'query ($id: ID!) { client(by: { id: $id }) { parent { id } children { nodes { name } } } }';
  const link = (id: string, parentId: string | null) =>
    firm.run(PATCH, { id, input: { parent: parentId === null ? null : { id: parentId } } });
  const above = (id: string | undefined) => (id === undefined ? null : { id });
  const chain = async (...names: string[]): Promise<string[]> => {
    const ids: string[] = [];
    for (const name of names) ids.push((await create({ name, parent: above(ids.at(-1)) })).id);
    return ids;
  };

  it('is found from the child, and its children by name', async () => {
    const { id } = await create({ name: 'Parent' });
    const child = await create({ name: 'B', parent: { id } });
    await create({ name: 'a', parent: { id } });
    expect((await firm.ok(CHILDREN, { id })).client).toEqual({
      parent: null,
      children: { nodes: [{ name: 'a' }, { name: 'B' }] },
    });
    expect(child.parent.id).toBe(id);
    expect((await patch(child.id, { parent: null })).client.parent).toBeNull();
  });

  it('is neither the client itself nor below it', async () => {
    const [top, middle, bottom] = await chain('Top', 'Middle', 'Bottom');
    for (const [id, parentId] of [
      [top, top],
      [top, middle],
      [top, bottom],
      [middle, bottom],
    ]) {
      const error = await firm.fails(PATCH, { id, input: { parent: { id: parentId } } });
      expect(error.status).toBe(400);
      expect(paths(error)).toEqual(['input.parent']);
    }
    expect((await firm.ok(CHILDREN, { id: top })).client.parent).toBeNull();
  });

  it('is not below it by way of a deleted client either', async () => {
    const [top, middle, bottom] = await chain('Top', 'Middle', 'Bottom');
    await firm.ok('mutation ($id: ID!) { deleteClient(by: { id: $id }) { __typename } }', { id: middle });
    expect(paths(await firm.fails(PATCH, { id: top, input: { parent: { id: bottom } } }))).toEqual(['input.parent']);
  });

  it('is a client of the firm that is there', async () => {
    const { id } = await create({ name: 'C' });
    const foreign = await make(await app.firm(), 'Client', { name: 'F' });
    const gone = await create({ name: 'Gone' });
    await firm.ok('mutation ($id: ID!) { deleteClient(by: { id: $id }) { __typename } }', { id: gone.id });
    for (const parentId of [foreign.id, gone.id, 'nonsense']) {
      expect(paths(await firm.fails(PATCH, { id, input: { parent: { id: parentId } } }))).toEqual(['input.parent']);
      expect(paths(await firm.fails(CREATE, { input: { name: 'D', parent: { id: parentId } } }))).toEqual([
        'input.parent',
      ]);
    }
  });

  it('closes no cycle when two patches at once would', async () => {
    for (let round = 0; round < 6; round++) {
      const [a, b] = [(await create({})).id, (await create({})).id];
      const answers = await Promise.all([link(a, b), link(b, a)]);
      expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
    }
  });

  it('closes no cycle when three patches at once would', async () => {
    for (let round = 0; round < 6; round++) {
      const [a, b, c] = [(await create({})).id, (await create({})).id, (await create({})).id];
      const answers = await Promise.all([link(a, b), link(b, c), link(c, a)]);
      expect(answers.filter(({ errors }) => !errors)).toHaveLength(2);
      for (const { errors } of answers) if (errors) expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  it('can be one of many that are moved at once', async () => {
    const parents = await Promise.all(Array.from({ length: 3 }, () => create({})));
    const children = await Promise.all(Array.from({ length: 12 }, () => create({})));
    const answers = await Promise.all(children.map(({ id }, index) => link(id, parents[index % 3]?.id)));
    expect(answers.filter(({ errors }) => errors)).toEqual([]);
  });
});

describe('the account team of a client', () => {
  let ids: string[];
  beforeEach(async () => {
    ids = [];
    for (const name of ['Ann', 'Bob', 'Cy']) ids.push((await make(firm, 'Employee', { name })).id);
  });
  const member = (index: number, role: string) => ({ employee: { id: ids[index] }, role });

  it('is kept in order, replaced whole and cleared', async () => {
    const { id, accountTeam } = await create({
      accountTeam: [member(1, 'Lead'), member(0, 'Sponsor'), member(1, 'CSM')],
    });
    expect(accountTeam).toEqual([
      { employee: { id: ids[1], name: 'Bob' }, role: 'Lead' },
      { employee: { id: ids[0], name: 'Ann' }, role: 'Sponsor' },
      { employee: { id: ids[1], name: 'Bob' }, role: 'CSM' },
    ]);
    const replaced = await patch(id, { accountTeam: [member(2, 'Lead'), member(0, 'Sponsor')] });
    expect(replaced.changedFields).toEqual(['accountTeam']);
    expect(replaced.client.accountTeam).toMatchObject([
      { employee: { name: 'Cy' }, role: 'Lead' },
      { employee: { name: 'Ann' }, role: 'Sponsor' },
    ]);
    expect((await patch(id, { accountTeam: [member(2, 'Lead'), member(0, 'Sponsor')] })).changedFields).toEqual([]);
    const swapped = await patch(id, { accountTeam: [member(0, 'Sponsor'), member(2, 'Lead')] });
    expect(swapped.client.accountTeam.map(({ role }: { role: string }) => role)).toEqual(['Sponsor', 'Lead']);
    expect((await patch(id, { accountTeam: [] })).client.accountTeam).toEqual([]);
    for (const employeeId of ids) await firm.ok(deleteOf('Employee'), { id: employeeId });
  });

  it('names every member that is not there or comes twice', async () => {
    const error = await firm.fails(CREATE, {
      input: {
        name: 'C',
        accountTeam: [
          member(0, 'Lead'),
          { employee: { id: 'employee_00000000000000000000000000' }, role: '' },
          member(0, 'Lead'),
        ],
      },
    });
    expect(paths(error)).toEqual(['input.accountTeam.1.employee', 'input.accountTeam.1.role', 'input.accountTeam.2']);
  });

  it('finds clients by its members', async () => {
    await create({ name: 'With', accountTeam: [member(0, 'Lead'), member(1, 'Lead')] });
    await create({ name: 'Without', accountTeam: [member(2, 'Lead')] });
    const { clients } = await firm.ok(
      'query ($keys: [EmployeeKey!]!) { clients(filter: { accountTeam: { in: $keys } }) { nodes { name } } }',
      { keys: ids.slice(0, 2).map((id) => ({ id })) },
    );
    expect(clients.nodes).toEqual([{ name: 'With' }]);
  });

  it.each([
    [{ isNull: true }, ['None']],
    [{ isNull: false }, ['One', 'Two']],
    [{ isNull: false, equals: 0 }, ['Two']],
    [{ isNull: true, equals: 0 }, []],
    [{ equals: 1 }, ['One', 'Two']],
    [{}, ['None', 'One', 'Two']],
  ])('finds clients by whether there are any: %o', async (asked, names) => {
    await create({ name: 'Two', accountTeam: [member(0, 'Lead'), member(1, 'Lead')] });
    await create({ name: 'One', accountTeam: [member(1, 'Lead')] });
    await create({ name: 'None' });
    const accountTeam = 'equals' in asked ? { ...asked, equals: { id: ids[asked.equals ?? 0] } } : asked;
    const document = 'query ($filter: ClientFilter) { clients(filter: $filter) { nodes { name } } }';
    const { clients } = await firm.ok(document, { filter: { accountTeam } });
    expect(clients.nodes.map(({ name }: { name: string }) => name)).toEqual(names);
  });
});

describe('who created and changed a client', () => {
  let dana: string;
  let eve: string;
  let token: string;
  beforeEach(async () => {
    dana = (await make(firm, 'Employee', { name: 'Dana' })).id;
    eve = (await make(firm, 'Employee', { name: 'Eve' })).id;
    token = (await createToken(app.database, { firmId: firm.id, name: 'Dana', role: 'WRITER', employeeId: dana }))
      .secret;
  });
  const send = async (document: string, variables: Input) => {
    const { data, errors } = await app.send(token, document, variables);
    expect(errors).toBeUndefined();
    return Object.values(data ?? {})[0] as { changedFields: string[]; client: Record<string, { id: string } | null> };
  };

  it('is the employee of the token, unless it is said', async () => {
    const own = (await send(CREATE, { input: { name: 'C' } })).client;
    expect(own).toMatchObject({ createdBy: { id: dana }, modifiedBy: { id: dana }, revision: 1 });
    const said = (await send(CREATE, { input: { name: 'C', createdBy: { id: eve }, modifiedBy: null } })).client;
    expect(said).toMatchObject({ createdBy: { id: eve }, modifiedBy: null });
  });

  it('is nobody with a token that acts for none', async () => {
    expect(await create({})).toMatchObject({ createdBy: null, modifiedBy: null });
  });

  it('changes with a change only', async () => {
    const { id } = await create({ createdBy: { id: eve }, modifiedBy: { id: eve } });
    const still = await send(PATCH, { id, input: { name: 'C' } });
    expect(still).toMatchObject({ changedFields: [], client: { modifiedBy: { id: eve }, revision: 1 } });
    const changed = await send(PATCH, { id, input: { name: 'D' } });
    expect(changed.changedFields.sort()).toEqual(['modifiedBy', 'name']);
    expect(changed.client).toMatchObject({ createdBy: { id: eve }, modifiedBy: { id: dana }, revision: 2 });
    // A token without an employee leaves the name of the last who had one.
    expect((await patch(id, { name: 'E' })).client.modifiedBy.id).toBe(dana);
  });
});

describe('an employee', () => {
  it('lists the clients looked after, by each relation', async () => {
    const { id } = await make(firm, 'Employee', { name: 'Dana', email: 'dana@example.com' });
    await create({ name: 'b', assignedCsm: { id } });
    await create({ name: 'A', assignedCsm: { id }, assignedSalesRep: { id } });
    await create({ name: 'C' });
    const { employees } = await firm.ok(
      '{ employees { nodes { name email clients { totalCount nodes { name } } salesClients { nodes { name } } } } }',
    );
    expect(employees.nodes).toEqual([
      {
        name: 'Dana',
        email: 'dana@example.com',
        clients: { totalCount: 2, nodes: [{ name: 'A' }, { name: 'b' }] },
        salesClients: { nodes: [{ name: 'A' }] },
      },
    ]);
  });

  it('takes an e-mail address only, and may have none', async () => {
    const input = { name: 'Dana', email: 'nobody' };
    expect(paths(await firm.fails(createOf('Employee'), { input }))).toEqual(['input.email']);
    const { id } = await make(firm, 'Employee', { name: 'Dana', email: 'dana@example.com' });
    const cleared = await firm.ok(
      'mutation ($id: ID!) { patchEmployee(by: { id: $id }, input: { email: null }) { employee { email } } }',
      { id },
    );
    expect(cleared.patchEmployee.employee.email).toBeNull();
  });
});

describe('a contact role', () => {
  it('is available for contacts unless it is said not to be', async () => {
    const made = async (input: Input) => await make(firm, 'ContactRole', input, 'id availableForContacts');
    expect((await made({ name: 'A' })).availableForContacts).toBe(true);
    const { id, availableForContacts } = await made({ name: 'B', availableForContacts: false });
    expect(availableForContacts).toBe(false);
    const document =
      'mutation ($id: ID!, $input: PatchContactRoleInput!) { patchContactRole(by: { id: $id }, input: $input) { contactRole { availableForContacts } } }';
    const { patchContactRole } = await firm.ok(document, { id, input: { availableForContacts: true } });
    expect(patchContactRole.contactRole.availableForContacts).toBe(true);
    expect(paths(await firm.fails(document, { id, input: { availableForContacts: null } }))).toEqual([
      'input.availableForContacts',
    ]);
  });
});
