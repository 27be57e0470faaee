/** Nested reads: one statement however many rows, and each part of the answer is what was asked for there. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { type CountingDatabase, counting } from './support/counting.ts';
import { freshDatabase } from './support/database.ts';
import { make } from './support/records.ts';

let database: CountingDatabase;
let app: TestApp;
let firm: TestFirm;
/** A family of clients: a parent, its children, and one that is below a child. */
let parent: Client;
let children: Client[];
let employees: string[];
let roleId: string;

interface Client {
  id: string;
  name: string;
  branch: string;
}

const CHILDREN = 8;
const CONTACTS = 5;

beforeAll(async () => {
  database = await counting(await freshDatabase());
  app = await startApp(database);
  firm = await app.firm();
  roleId = (await make(firm, 'ContactRole', { name: 'Role' })).id;
  employees = [];
  for (const name of ['Ann', 'Bob', 'Cy']) employees.push((await make(firm, 'Employee', { name })).id);
  /** A client with a second location and contacts at both, each with a salesperson or none. */
  const create = async (name: string, index: number, parentId?: string): Promise<Client> => {
    const { id } = await make(firm, 'Client', {
      name,
      parentId,
      assignedCsm: { id: employees[index % 2] },
      tags: [name],
    });
    const branch = await make(firm, 'ClientLocation', {
      client: { id },
      name: `Branch of ${name}`,
      salesperson: { id: employees[index % 3] },
    });
    for (let at = 0; at < CONTACTS; at++) {
      const place = at % 2 ? { location: { id: branch.id } } : { client: { id } };
      const salespersonId = at < 3 ? employees[(index + at) % 3] : null;
      await make(firm, 'ClientContact', {
        ...place,
        role: { id: roleId },
        salesperson: { id: salespersonId },
        firstName: `${at}`,
        lastName: name,
      });
    }
    return { id, name, branch: branch.id };
  };
  parent = await create('Parent', 0);
  children = [];
  for (let index = 0; index < CHILDREN; index++) children.push(await create(`Child ${index}`, index, parent.id));
  await create('Grandchild', 1, children[0]?.id);
  // The firm's definitions are kept from the first request on.
  await firm.ok('{ customFields { key } }');
});

const statements = (document: string, variables: Record<string, unknown> = {}) =>
  database.statementsOf(() => firm.ok(document, variables));

describe('a nested read takes one statement beside the look-up of the token', () => {
  it.each<[string, string, string]>([
    [
      'from a client to its contacts, their locations and these to their salespersons',
      'Client',
      `query ($id: ID!, $n: Int!) { answer: client(by: { id: $id }) {
        name contacts(first: $n) { totalCount pageInfo { hasNextPage } nodes { lastName salesperson { name }
          location { name salesperson { name } contacts(first: $n) { nodes { firstName } } } } }
      } }`,
    ],
    [
      'from employees to their clients and the contacts of these',
      'Employee',
      `query ($n: Int!) { answer: employees(first: $n) { nodes {
        name clients(first: $n) { totalCount nodes { name contacts(first: $n) { totalCount nodes { lastName } } } } salesClients { nodes { name } }
      } } }`,
    ],
    [
      'from a parent to its children, their children and back',
      'Client',
      `query ($id: ID!, $n: Int!) { answer: client(by: { id: $id }) {
        name children(first: $n) { nodes { name parent { name } children(first: $n) { nodes { name parent { name parent { name } } } } } }
      } }`,
    ],
    [
      'from a list of clients to their locations and contacts',
      'Client',
      `query ($n: Int!) { answer: clients(first: $n) { totalCount edges { cursor node {
        name tags locations { nodes { name isPrimary } } contacts(first: $n) { edges { cursor node { lastName location { name } } } }
        accountTeam { role } primaryContact { lastName } history(first: $n) { nodes { kind } }
      } } } }`,
    ],
    [
      'from locations to their clients, and to the contacts there with their roles',
      'ClientLocation',
      `query ($n: Int!) { answer: clientLocations(first: $n) { nodes {
        name client { name type { name } } salesperson { name clients(first: $n) { totalCount } } contacts(first: $n) { nodes { lastName role { name } } }
      } } }`,
    ],
    [
      'from contacts to their clients, and to the parents of these',
      'ClientContact',
      `query ($n: Int!) { answer: clientContacts(first: $n) { nodes { lastName client { name parent { name } } location { name } salesperson { name } } } }`,
    ],
  ])('%s', async (_, table, document) => {
    for (const n of [1, 2, 20]) {
      expect(await statements(document, { id: parent.id, n })).toEqual(['Token', table]);
    }
  });
});

describe('a nested page', () => {
  it('belongs to its row', async () => {
    const document = `query ($n: Int!) { clients(first: 20) { nodes {
      id name contacts(first: $n) { totalCount nodes { lastName firstName client { id } } pageInfo { hasNextPage } }
      locations { nodes { name client { id } contacts { totalCount } } }
    } } }`;
    const { clients } = await firm.ok(document, { n: 2 });
    expect(clients.nodes).toHaveLength(CHILDREN + 2);
    for (const client of clients.nodes) {
      const mine = { lastName: client.name, client: { id: client.id } };
      expect(client.contacts).toEqual({
        totalCount: CONTACTS,
        nodes: [
          { ...mine, firstName: '0' },
          { ...mine, firstName: '1' },
        ],
        pageInfo: { hasNextPage: true },
      });
      expect(client.locations.nodes).toEqual([
        { name: `Branch of ${client.name}`, client: { id: client.id }, contacts: { totalCount: 2 } },
        { name: 'Main', client: { id: client.id }, contacts: { totalCount: 3 } },
      ]);
    }
  });

  it('is the same as the page of the list that is filtered by the row', async () => {
    const nested = await firm.ok(
      `query ($id: ID!) { client(by: { id: $id }) { contacts(last: 3) { nodes { id } totalCount pageInfo { startCursor hasPreviousPage } } } }`,
      { id: parent.id },
    );
    const flat = await firm.ok(
      `query ($id: ID!) { clientContacts(last: 3, filter: { client: { equals: { id: $id } }}) { nodes { id } totalCount pageInfo { startCursor hasPreviousPage } } }`,
      { id: parent.id },
    );
    expect(nested.client.contacts).toEqual(flat.clientContacts);
  });

  it('may be asked for several times, each time otherwise', async () => {
    const document = `query ($id: ID!, $n: Int!) { client(by: { id: $id }) {
      first: contacts(first: 1) { nodes { firstName } }
      last: contacts(last: 1) { nodes { firstName salesperson { name } } }
      some: contacts(first: $n) { nodes { firstName } pageInfo { hasNextPage } }
      count: contacts(first: 0) { totalCount nodes { id } }
      here: locations(first: 1) { nodes { name one: contacts(first: 1) { nodes { firstName } } two: contacts(last: 1) { nodes { firstName } } } }
      there: locations(last: 1) { nodes { name } }
      p: parent { name } parent { id }
    } }`;
    const { client } = await firm.ok(document, { id: children[0]?.id, n: 3 });
    const named = (...names: string[]) => ({ nodes: names.map((firstName) => ({ firstName })) });
    expect(client).toEqual({
      first: named('0'),
      last: { nodes: [{ firstName: '4', salesperson: null }] },
      some: { ...named('0', '1', '2'), pageInfo: { hasNextPage: true } },
      count: { totalCount: CONTACTS, nodes: [] },
      here: { nodes: [{ name: 'Branch of Child 0', one: named('1'), two: named('3') }] },
      there: { nodes: [{ name: 'Main' }] },
      p: { name: 'Parent' },
      parent: { id: parent.id },
    });
    expect(await statements(document, { id: parent.id, n: 3 })).toEqual(['Token', 'Client']);
  });

  it('is walked by its own cursors, either way, while rows come in', async () => {
    const document = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { client(by: { id: $id }) {
      contacts(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { firstName } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    } }`;
    const own = await app.firm();
    const role = await make(own, 'ContactRole', { name: 'Role' });
    const { id } = await make(own, 'Client', { name: 'Walked' });
    const add = (firstName: string) =>
      make(own, 'ClientContact', { client: { id }, role: { id: role.id }, firstName, lastName: 'Walked' });
    const names = ['b', 'd', 'f', 'h', 'j', 'l', 'n'];
    for (const firstName of names) await add(firstName);
    const page = async (variables: Record<string, unknown>) =>
      (await own.ok(document, { id, ...variables })).client.contacts;
    const firstNames = (edges: { node: { firstName: string } }[]) => edges.map(({ node }) => node.firstName);

    const forward: string[] = [];
    for (let after: string | undefined, more = true; more; ) {
      const { edges, pageInfo } = await page({ first: 2, after });
      forward.push(...firstNames(edges));
      [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
      // One before what was met, and one after all.
      await add(`a${forward.length}`);
      if (forward.length === 2) await add('z');
    }
    expect(forward).toEqual([...names, 'z']);
    const backward: string[] = [];
    for (let before: string | undefined, more = true; more; ) {
      const { edges, pageInfo } = await page({ last: 3, before });
      backward.unshift(...firstNames(edges));
      [before, more] = [pageInfo.startCursor, pageInfo.hasPreviousPage];
    }
    expect(backward.filter((name) => !name.startsWith('a'))).toEqual([...names, 'z']);
    const { edges } = await page({ first: 250 });
    const at = (name: string) =>
      edges.find(({ node }: { node: { firstName: string } }) => node.firstName === name).cursor;
    const between = await page({ first: 10, after: at('d'), before: at('l') });
    expect(firstNames(between.edges)).toEqual(['f', 'h', 'j']);
    const error = await own.fails(document, { id, first: 1, after: 'nonsense' });
    expect(error.extensions.fields).toMatchObject([{ path: ['client', 'contacts', 'after'] }]);
  });
});

describe('a selection', () => {
  it('in fragments on types and on interfaces, one within another, is put together', async () => {
    const document = `query ($id: ID!) {
      node(id: $id) { id ...Any ... on Client { contacts(first: 1) { nodes { firstName } } } ... on Region { name } }
      client(by: { id: $id }) { ...Whole contacts(first: 1) { nodes { lastName location { id } } } ... { locations { totalCount } } }
    }
    fragment Any on Node { ... on Client { name ...Whole } }
    fragment Whole on Client { contacts(first: 1) { totalCount nodes { ...Person } } locations { nodes { isPrimary } } }
    fragment Person on ClientContact { firstName location { name } }`;
    const { node, client } = await firm.ok(document, { id: parent.id });
    const locations = { nodes: [{ isPrimary: false }, { isPrimary: true }] };
    expect(node).toEqual({
      id: parent.id,
      name: 'Parent',
      contacts: { totalCount: CONTACTS, nodes: [{ firstName: '0', location: { name: 'Main' } }] },
      locations,
    });
    expect(client).toEqual({
      contacts: {
        totalCount: CONTACTS,
        nodes: [{ firstName: '0', lastName: 'Parent', location: { id: expect.any(String), name: 'Main' } }],
      },
      locations: { ...locations, totalCount: 2 },
    });
  });

  it('is read as far as @include and @skip let it, by one document for all', async () => {
    const document = `query ($id: ID!, $yes: Boolean!, $no: Boolean!, $n: Int = 1) { client(by: { id: $id }) {
      name @include(if: $yes)
      tags @skip(if: $yes)
      contacts(first: $n) @include(if: $yes) { nodes { firstName lastName @skip(if: $no) ...Place @include(if: $no) } }
      ... on Client @skip(if: $yes) { locations { totalCount } }
      ... @include(if: $no) { parent { name } }
    } } fragment Place on ClientContact { location { name } }`;
    const ask = async (yes: boolean, no: boolean, n?: number) =>
      (await firm.ok(document, { id: children[0]?.id, yes, no, n })).client;
    expect(await ask(true, false)).toEqual({
      name: 'Child 0',
      contacts: { nodes: [{ firstName: '0', lastName: 'Child 0' }] },
    });
    expect(await ask(true, true, 2)).toEqual({
      name: 'Child 0',
      contacts: {
        nodes: [
          { firstName: '0', location: { name: 'Main' } },
          { firstName: '1', location: { name: 'Branch of Child 0' } },
        ],
      },
      parent: { name: 'Parent' },
    });
    expect(await ask(false, false)).toEqual({ tags: ['Child 0'], locations: { totalCount: 2 } });
  });

  it('of nothing but __typename and of empty pages is answered', async () => {
    const document = `query ($id: ID!) { client(by: { id: $id }) { __typename contacts(first: 0) { __typename nodes { __typename } edges { __typename } }
      children { pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } } }`;
    expect((await firm.ok(document, { id: children[1]?.id })).client).toEqual({
      __typename: 'Client',
      contacts: { __typename: 'ClientContactConnection', nodes: [], edges: [] },
      children: { pageInfo: { startCursor: null, endCursor: null, hasNextPage: false, hasPreviousPage: false } },
    });
  });

  it('of a payload is read in one statement after the write', async () => {
    const document = `mutation ($id: ID!, $note: String!) { patchClient(by: { id: $id }, input: { note: $note }) { client {
      note contacts(first: 3) { nodes { firstName location { name } } } children { nodes { name contacts(first: 1) { totalCount } } }
    } } }`;
    const given = { id: parent.id, note: 'n' };
    expect(await statements(document, given)).toEqual(['Token', 'Client', 'commit', 'Client']);
    const { client } = (await firm.ok(document, given)).patchClient;
    expect(client.note).toBe('n');
    expect(client.children.nodes).toEqual(children.map(({ name }) => ({ name, contacts: { totalCount: CONTACTS } })));
  });
});

describe('a row that stands at several places', () => {
  /** Places of one row under recurring keys: each holds what was asked for there. */
  it('holds at each what that place asks for, whatever the keys', async () => {
    const id = children[0]?.id;
    const names = (...all: string[]) => ({ nodes: all.map((firstName) => ({ firstName })) });
    await firm.ok(
      `mutation ($id: ID!) { patchClient(by: { id: $id }, input: { note: "Of the parent" }) { client { id } } }`,
      {
        id: parent.id,
      },
    );
    const document = `query ($id: ID!, $n: Int = 2) {
      pages: client(by: { id: $id }) {
        a: parent { contacts(first: 1) { nodes { firstName } } }
        b: parent { contacts(first: 3) { nodes { firstName } } }
        c: parent { contacts: children(first: 1) { nodes { name } } }
        d: parent { contacts(first: $n) { nodes { firstName } } contacts2: contacts(first: $n) { totalCount } }
      }
      values: client(by: { id: $id }) { a: parent { x: name } b: parent { x: note } c: parent { x: revision } }
      groups: client(by: { id: $id }) { a: clientGroup { x: name } b: clientGroup { x: createdAt } }
      nodes: client(by: { id: $id }) { contacts(first: 1) {
        a: nodes { x: lastName } b: nodes { x: firstName } edges { node { x: email y: location { x: name } } c: node { x: role { x: name } } }
      } }
      list: clientContacts(first: 1, filter: { client: { equals: { id: $id } }}) {
        a: nodes { x: lastName } b: nodes { x: firstName } edges { a: node { x: lastName } b: node { x: location { x: name } } }
      }
    }`;
    const answer = await firm.ok(document, { id });
    expect(answer.pages).toEqual({
      a: { contacts: names('0') },
      b: { contacts: names('0', '1', '2') },
      c: { contacts: { nodes: [{ name: 'Child 0' }] } },
      d: { contacts: names('0', '1'), contacts2: { totalCount: CONTACTS } },
    });
    expect(answer.values).toEqual({ a: { x: 'Parent' }, b: { x: 'Of the parent' }, c: { x: expect.any(Number) } });
    expect(answer.groups).toEqual({ a: { x: 'Unassigned' }, b: { x: expect.stringMatching(/^\d{4}-/) } });
    expect(answer.nodes.contacts).toEqual({
      a: [{ x: 'Child 0' }],
      b: [{ x: '0' }],
      edges: [{ node: { x: null, y: { x: 'Main' } }, c: { x: { x: 'Role' } } }],
    });
    expect(answer.list).toEqual({
      a: [{ x: 'Child 0' }],
      b: [{ x: '0' }],
      edges: [{ a: { x: 'Child 0' }, b: { x: { x: 'Main' } } }],
    });
  });

  it('holds at each what that place asks for in a payload, in duplicates and among nodes', async () => {
    const names = (count: number) => ({ nodes: ['0', '1', '2'].slice(0, count).map((x) => ({ x })) });
    const contacts = (key: string, count: number) => `${key} { contacts(first: ${count}) { nodes { x: firstName } } }`;
    const { patchClient } = await firm.ok(
      `mutation ($id: ID!) { patchClient(by: { id: $id }, input: { note: "Again" }) { ${contacts('a: client', 1)} ${contacts('b: client', 3)} } }`,
      { id: parent.id },
    );
    expect(patchClient).toEqual({ a: { contacts: names(1) }, b: { contacts: names(3) } });
    for (const firstName of ['Twin', 'Other']) {
      const contact = {
        client: { id: children[2]?.id },
        role: { id: roleId },
        firstName,
        lastName: 'Twin',
        email: 'twin@example.com',
      };
      await make(firm, 'ClientContact', contact);
    }
    const { duplicateClientContacts } = await firm.ok(
      `{ duplicateClientContacts(by: EMAIL, first: 1) {
        a: nodes { x: contacts { x: lastName } } b: nodes { x: contacts { x: role { x: name } } }
        edges { a: node { contacts { x: lastName } } b: node { contacts { x: location { x: id } } } }
      } }`,
    );
    expect(duplicateClientContacts.a[0]?.x[0]).toEqual({ x: expect.any(String) });
    expect(duplicateClientContacts.b[0]?.x[0]).toEqual({ x: { x: 'Role' } });
    expect(duplicateClientContacts.edges[0].b.contacts[0]).toEqual({ x: { x: expect.any(String) } });
    const { a, b } = await firm.ok(
      `query ($id: ID!) { a: node(id: $id) { ... on Client { x: contacts(first: 1) { totalCount } } } b: node(id: $id) { ... on Client { x: name } } }`,
      { id: parent.id },
    );
    expect([a, b]).toEqual([{ x: { totalCount: CONTACTS } }, { x: 'Parent' }]);
  });
});

describe('one document', () => {
  it('answers by the variables that it is sent with, whatever it was sent with before', async () => {
    const document = `query ($id: ID!, $n: Int, $after: String, $names: Boolean = false, $total: Boolean!) {
      client(by: { id: $id }) {
        name @include(if: $names)
        contacts(first: $n, after: $after) {
          nodes { ...Contact } pageInfo { endCursor } totalCount @skip(if: $total)
        }
      }
    }
    fragment Contact on ClientContact { firstName location @include(if: $names) { name } }`;
    const ask = async (variables: Record<string, unknown>) =>
      (await firm.ok(document, { id: parent.id, total: true, ...variables })).client;
    const names = (client: { contacts: { nodes: { firstName: string }[] } }) =>
      client.contacts.nodes.map(({ firstName }) => firstName);

    const first = await ask({ n: 2 });
    expect(names(first)).toEqual(['0', '1']);
    expect(Object.keys(first)).toEqual(['contacts']);
    const after = first.contacts.pageInfo.endCursor;
    for (let again = 0; again < 2; again++) {
      expect(names(await ask({ n: 3 }))).toEqual(['0', '1', '2']);
      expect(names(await ask({ n: 2, after }))).toEqual(['2', '3']);
      expect(names(await ask({ n: null }))).toHaveLength(CONTACTS);
      expect(names(await ask({}))).toHaveLength(CONTACTS);
      expect((await ask({ n: 1, total: false })).contacts.totalCount).toBe(CONTACTS);
      expect(await ask({ n: 1, names: true })).toMatchObject({
        name: 'Parent',
        contacts: { nodes: [{ firstName: '0', location: { name: 'Main' } }] },
      });
      const wrong = await firm.fails(document, { id: parent.id, total: true, n: -1 });
      expect(wrong.extensions.code).toBe('BAD_USER_INPUT');
      expect(await ask({ n: 2 })).toEqual(first);
    }
  });
});

describe('what is wrong with a page', () => {
  it('is told with all else that is wrong, each by its list', async () => {
    const document = `query ($id: ID!) { client(by: { id: $id }) {
      contacts(first: 300) { nodes { id } }
      up: parent { locations(first: 1, last: 1) { nodes { contacts(after: "nowhere") { totalCount } } } }
    } }`;
    const nested = await firm.fails(document, { id: parent.id });
    expect(nested).toMatchObject({ status: 400, path: ['client'], extensions: { code: 'BAD_USER_INPUT' } });
    expect(nested.extensions.fields?.map(({ path }) => path.join('.')).sort()).toEqual([
      'client.contacts.first',
      'client.up.locations.last',
      'client.up.locations.nodes.contacts.after',
    ]);
    const root = await firm.fails(
      '{ clients(first: 251, filter: { name: { equals: null } }) { nodes { contacts(last: -1) { totalCount } } } }',
    );
    expect(root.extensions.fields?.map(({ path }) => path.join('.')).sort()).toEqual([
      'clients.nodes.contacts.last',
      'filter.name.equals',
      'first',
    ]);
  });

  it('in a payload is told before anything is written', async () => {
    const noteOf = async () =>
      (await firm.ok('query ($id: ID!) { client(by: { id: $id }) { note } }', { id: parent.id })).client.note;
    const before = await noteOf();
    for (const page of ['first: 300', 'after: "nowhere"', 'first: 1, last: 1']) {
      const document = `mutation ($id: ID!) { patchClient(by: { id: $id }, input: { note: "Written" }) { client { contacts(${page}) { totalCount } } } }`;
      expect(await firm.fails(document, { id: parent.id })).toMatchObject({ status: 400 });
    }
    expect(await noteOf()).toBe(before);
  });
});
