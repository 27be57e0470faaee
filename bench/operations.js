/**
 * What is measured: each operation as every contender is asked it, and what its answers have in common, so that they can be
 * compared.
 */
import { idText } from '../dist/base/ids.js';
import '../dist/kinds.js';
import { overOurTables, overPlainTables } from './postgraphile-documents.js';
import { costCentre, nameWord, segment, tagsOf, trackingId } from './sample.js';

/** The page of `deep`, where there are that many. */
const DEEP_PAGE = 200;
export const deepOffset = (clients) => Math.max(0, Math.min(DEEP_PAGE - 1, Math.floor(clients / 20) - 2)) * 20;

/** Words that one name in 60 begins with, from all over the alphabet. */
const FIRST_WORDS = ['acorn', 'coral', 'harbour', 'mercer', 'saffron', 'vale'];

/** Pairs of letters that many names contain. */
const LETTERS = ['ar', 'co', 'el', 'in', 'me', 'or', 'ra', 'te'];

/** Numbers spread over the clients, the same for everyone. */
const spread = (turn, clients) => (turn * 7919 + 13) % clients;

const inOrder = (value) => {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, inOrder(inner)]),
  );
};

/**
 * The nested connections of the schema, each once: the first 20 of a list by name, with the first three of the connection.
 * A client's contacts are in `list`, and histories, which plain tables lack, in `history`. `postgraphile` names the list and
 * the connection over plain tables.
 */
const NESTED = [
  {
    name: 'locations',
    title: '20 clients with their locations',
    clientele: ['clients', 'locations'],
    postgraphile: ['allClients', 'locationsByClientId'],
  },
  {
    name: 'children',
    title: '20 clients with their children',
    clientele: ['clients', 'children'],
    postgraphile: ['allClients', 'clientsByParentId'],
  },
  {
    name: 'locationContacts',
    title: '20 locations with their contacts',
    clientele: ['clientLocations', 'contacts'],
    postgraphile: ['allLocations', 'contactsByLocationId'],
    names: ['lastName', 'firstName'],
  },
  {
    name: 'employeeClients',
    title: '20 employees with the clients they manage',
    clientele: ['employees', 'clients'],
    postgraphile: ['allEmployees', 'clientsByAssignedCsmId'],
  },
  {
    name: 'salesClients',
    title: '20 employees with the clients they sell to',
    clientele: ['employees', 'salesClients'],
    postgraphile: ['allEmployees', 'clientsByAssignedSalesRepId'],
  },
  {
    name: 'typeClients',
    title: 'client types with their clients',
    clientele: ['clientTypes', 'clients'],
    postgraphile: ['allClientTypes', 'clientsByTypeId'],
  },
  {
    name: 'regionClients',
    title: 'regions with their clients',
    clientele: ['regions', 'clients'],
    postgraphile: ['allRegions', 'clientsByRegionId'],
  },
  {
    name: 'cycleClients',
    title: 'success cycles with their clients',
    clientele: ['successCycles', 'clients'],
    postgraphile: ['allSuccessCycles', 'clientsBySuccessCycleId'],
  },
];

function nested({ name, title, clientele: [list, field], postgraphile: [pgList, pgField], names = ['name'] }) {
  const selects = names.join(' ');
  const order = [...names.map((one) => `${one.replace(/[A-Z]/g, '_$&').toUpperCase()}_ASC`), 'ROW_ID_ASC'].join(', ');
  const answer = ({ found }) => found.nodes.map((row) => ({ name: row.name, nested: row.nested.nodes }));
  const variables = () => ({});
  return {
    name,
    title: `${title}: the first three of each`,
    nested: true,
    clientele: {
      query: `query ${name} { found: ${list}(first: 20) { nodes { name nested: ${field}(first: 3) { nodes { ${selects} } } } } }`,
      variables,
      answer,
    },
    floorPlain: { body: variables, answer: ({ nodes }) => nodes },
    postgraphilePlain: {
      query: `query ${name} { found: ${pgList}(first: 20, orderBy: [NAME_ASC, ROW_ID_ASC]) { nodes {
        name nested: ${pgField}(first: 3, orderBy: [${order}]) { nodes { ${selects} } } } } }`,
      variables,
      answer,
    },
  };
}

const CHANGES = 'history(first: 3) { nodes { sequence at actor kind changedFields } }';

/** Only Clientele has these. */
const HISTORY = {
  name: 'history',
  title: '20 clients with their last three changes, and those of their first contact and location',
  nested: true,
  clientele: {
    query: `query history { clients(first: 20) { nodes {
      ${CHANGES} contacts(first: 1) { nodes { ${CHANGES} } } locations(first: 1) { nodes { ${CHANGES} } } } } }`,
    variables: () => ({}),
    answer: ({ clients }) => clients.nodes,
  },
};

/** The operations over a database of which `facts` are known. */
export function operationsOver(facts) {
  const { clients, fieldNumbers, deep, feedAfter } = facts;
  const contact = 'id firstName lastName email role { name }';
  const brief = 'id trackingId name status tags clientGroup { id name }';
  const whole = `${brief} customFields contacts(first: 3) { nodes { ${contact} } }`;

  const clientOf = ({ contacts, ...rest }) => ({ ...rest, ...(contacts ? { contacts: contacts.nodes } : {}) });
  const ours = overOurTables(facts);
  const plain = overPlainTables();
  const query = (name, declared, selection) =>
    `query ${name}${declared.length > 0 ? `(${declared.join(', ')})` : ''} { ${selection} }`;
  const pgClient = (words) => (client) =>
    clientOf({ ...client, ...(client.customFields ? { customFields: words.valuesOf(client) } : {}) });
  /** An operation for PostGraphile: `make` returns its variables and selection, and what of the result is compared. */
  const pgOver = (words, name, make) => {
    const { declares = [], selection, variables = () => ({}), answer } = make(words, pgClient(words));
    return {
      query: query(name, [...words.declares, ...declares], selection),
      variables: (turn) => ({ ...words.variables, ...variables(turn) }),
      answer,
    };
  };
  const pgOverBoth = (name, make) => ({
    postgraphile: pgOver(ours, name, make),
    postgraphilePlain: pgOver(plain, name, make),
  });
  const floors = (floor) => ({ floor, floorPlain: floor });

  /** Any operation that returns a page of clients. `pg` makes PostGraphile's list. */
  const page = ({ name, title, declares = [], args = '', selects = 'whole', ask = () => ({}), pg }) => ({
    name,
    title,
    clientele: {
      query: query(name, declares, `clients(first: 20${args}) { nodes { ${selects === 'whole' ? whole : brief} } }`),
      variables: ask,
      answer: ({ clients: found }) => found.nodes.map(clientOf),
    },
    ...floors({ body: ask, answer: ({ nodes }) => nodes }),
    ...pgOverBoth(name, (words, client) => {
      const { declares: declared, list, variables } = pg(words);
      return {
        declares: declared,
        selection: `found: ${list} { nodes { ${words[selects]} } }`,
        variables,
        answer: ({ found }) => found.nodes.map(client),
      };
    }),
  });

  const withField = (name, key, asked, title) =>
    page({
      name,
      title,
      declares: ['$key: String!', '$value: JSON!'],
      args: ', filter: { customFields: [{ key: $key, equals: $value }] }',
      ask: (turn) => ({ key, value: asked(turn) }),
      pg: (words) => ({
        declares: [`$field: ${words.fieldType}!`, `$value: ${words.valueType}!`],
        list: words.call('clientsWithValue', 'field: $field, value: $value, first: 20'),
        variables: (turn) => ({ field: words.field(key), value: asked(turn) }),
      }),
    });

  /** A range that holds a share of all clients: revenues lie evenly between 0 and a million. */
  const within = (name, share, title) => {
    const key = 'annualRevenue';
    const bounds = (turn) => ({ from: spread(turn, 99) * 10_000, to: spread(turn, 99) * 10_000 + share * 1_000_000 });
    return page({
      name,
      title,
      declares: ['$key: String!', '$from: JSON!', '$to: JSON!'],
      args: ', filter: { customFields: [{ key: $key, gte: $from, lt: $to }] }',
      ask: (turn) => ({ key, ...bounds(turn) }),
      pg: (words) => ({
        declares: [`$field: ${words.fieldType}!`, '$from: Float!', '$to: Float!'],
        list: words.call('clientsWithin', 'field: $field, lower: $from, upper: $to, first: 20'),
        variables: (turn) => ({ field: words.field(key), ...bounds(turn) }),
      }),
    });
  };

  /** Plain tables have no search column. */
  const searching = (name, what, asked) => {
    const {
      floorPlain: _,
      postgraphilePlain: __,
      ...search
    } = page({
      name,
      title: `search by ${what}: first 20`,
      declares: ['$search: String!'],
      args: ', search: $search',
      selects: 'brief',
      ask: (turn) => ({ search: asked(turn) }),
      pg: (words) => ({
        declares: ['$search: String!'],
        list: words.call('clientsHolding', 'part: $search, first: 20'),
        variables: (turn) => ({ search: asked(turn) }),
      }),
    });
    return search;
  };

  const named = (name, asked, title) => ({
    name,
    title,
    clientele: {
      query: `query ${name}($name: String!, $status: ClientStatus!) {
        clients(first: 20, filter: { name: { contains: $name }, status: { equals: $status } }) { totalCount nodes { ${brief} } } }`,
      variables: (turn) => ({ name: asked(turn), status: 'ACTIVE' }),
      answer: ({ clients: { totalCount, nodes } }) => ({ totalCount, nodes }),
    },
    ...floors({ body: (turn) => ({ name: asked(turn), status: 'ACTIVE' }), answer: (answer) => answer }),
    ...pgOverBoth(name, (words, client) => ({
      declares: ['$name: String!', '$status: String!'],
      selection: `found: ${words.call('clientsNamed', 'part: $name, wanted: $status, first: 20')} { totalCount nodes { ${words.brief} } }`,
      variables: (turn) => ({ name: asked(turn).toLowerCase(), status: 'ACTIVE' }),
      answer: ({ found: { totalCount, nodes } }) => ({ totalCount: Number(totalCount), nodes: nodes.map(client) }),
    })),
  });

  /** A change as the tables hold it, in the words of the API. */
  const changeOf = (change) => {
    const { entity, before, after } = change;
    return {
      ...change,
      at: new Date(change.at).toISOString(),
      entity: entity.replace(/(?<=.)[A-Z]/g, '_$&').toUpperCase(),
      entityId: idText(entity, Number(change.entityId)),
      changedFields: Object.keys(after ?? before).sort(),
    };
  };

  const deepOfFloor = (way) => ({
    body: () => ({ after: deep[way] }),
    answer: ({ nodes, hasNextPage: more }) => ({ nodes, more }),
  });
  const one = (turn) => ({ trackingId: trackingId(spread(turn, clients)) });
  const all = [
    page({
      name: 'list',
      title: `20 clients by name with group, tags, 3 contacts and ${Object.keys(fieldNumbers).length} custom fields`,
      pg: (words) => ({ list: words.clients('first: 20') }),
    }),
    {
      name: 'get',
      title: 'one client by trackingId, the same selection',
      clientele: {
        query: `query get($trackingId: String!) { client(by: { trackingId: $trackingId }) { ${whole} } }`,
        variables: one,
        answer: ({ client }) => clientOf(client),
      },
      ...floors({ body: one, answer: ({ client }) => client }),
      ...pgOverBoth('get', (words, client) => ({
        declares: ['$trackingId: String!'],
        selection: `found: ${words.client} { ${words.whole} }`,
        variables: one,
        answer: ({ found }) => client(found),
      })),
    },
    named('filter', nameWord, 'name contains a word and status equals: first 20 and totalCount'),
    named('letters', (turn) => LETTERS[turn % LETTERS.length], 'the same with two letters, which many names contain'),
    {
      name: 'deep',
      title: `page ${deepOffset(clients) / 20 + 1} of the list, with pageInfo`,
      clientele: {
        query: `query deep($after: String!) { clients(first: 20, after: $after) { nodes { ${whole} } pageInfo { hasNextPage endCursor } } }`,
        variables: () => ({ after: deep.clientele }),
        answer: ({ clients: { nodes, pageInfo } }) => ({ nodes: nodes.map(clientOf), more: pageInfo.hasNextPage }),
      },
      floor: deepOfFloor('floor'),
      floorPlain: deepOfFloor('floorPlain'),
      ...pgOverBoth('deep', (words, client) => ({
        declares: ['$after: Cursor!'],
        selection: `found: ${words.clients('first: 20, after: $after')} { nodes { ${words.whole} } pageInfo { hasNextPage endCursor } }`,
        variables: () => ({ after: deep[words.way] }),
        answer: ({ found: { nodes, pageInfo } }) => ({ nodes: nodes.map(client), more: pageInfo.hasNextPage }),
      })),
    },
    withField(
      'field',
      'costCentre',
      (turn) => costCentre(spread(turn, clients), clients),
      'a custom field equals: first 20, of about as many',
    ),
    withField('common', 'segment', segment, 'a custom field equals: first 20, of an eighth of all'),
    within('range', 100 / clients, 'a custom field within a range: first 20, of about a hundred'),
    within('wide', 0.01, 'a custom field within a range: first 20, of a hundredth of all'),
    searching('search', 'a part of the trackingId', (turn) => trackingId(spread(turn, clients)).slice(2)),
    searching('word', 'the first word of the names of one in 60', (turn) => FIRST_WORDS[turn % FIRST_WORDS.length]),
    {
      name: 'feed',
      title: '100 changes from the middle of the feed',
      clientele: {
        query: `query feed($after: String!) { changes(first: 100, after: $after) {
          nodes { sequence at actor kind entity entityId changedFields before after } } }`,
        variables: () => ({ after: feedAfter }),
        answer: ({ changes }) =>
          changes.nodes.map((change) => ({ ...change, changedFields: [...change.changedFields].sort() })),
      },
      floor: {
        body: () => ({ after: feedAfter }),
        answer: ({ nodes }) => nodes.map(changeOf),
      },
      postgraphile: pgOver(ours, 'feed', (words) => ({
        declares: ['$after: BigInt!'],
        selection: `found: ${words.call('changesAfter', 'seen: $after, first: 100')} {
          nodes { sequence at actor kind entity entityId before after } }`,
        variables: () => ({ after: feedAfter }),
        answer: ({ found }) => found.nodes.map(changeOf),
      })),
    },
    {
      name: 'contacts',
      title: '20 contacts by name with their role',
      clientele: {
        query: `query contacts { clientContacts(first: 20) { nodes { ${contact} } } }`,
        variables: () => ({}),
        answer: ({ clientContacts }) => clientContacts.nodes,
      },
      ...floors({ body: () => ({}), answer: ({ nodes }) => nodes }),
      ...pgOverBoth('contacts', (words) => ({
        selection: `found: ${words.contacts('first: 20')} { nodes { ${words.contact} } }`,
        answer: ({ found }) => found.nodes,
      })),
    },
    ...NESTED.map(nested),
    HISTORY,
    // Last, since databases differ after it.
    upsertOver({ clients, ours, plain }),
  ];
  return all.filter(({ name }) => !['range', 'wide'].includes(name) || Object.hasOwn(fieldNumbers, 'annualRevenue'));
}

/** Operations that are measured only when they are named. */
const UNUSUAL = ['common', 'range', 'wide', 'search', 'word'];

/** Selects operations by name, `nested` ones together; without names, the usual ones. */
export function chosen(operations, names) {
  return operations.filter((operation) =>
    names.length === 0
      ? !UNUSUAL.includes(operation.name)
      : names.includes(operation.name) || (operation.nested && names.includes('nested')),
  );
}

/** What an upsert sends: every other one is a new client. Each changes all it sends. */
export function upsertInput(turn, who, clients) {
  return {
    trackingId: turn % 2 === 0 ? `UP-${who}-${turn}` : trackingId(spread(turn, clients)),
    name: `Upserted ${who} ${turn}`,
    tags: tagsOf(turn, turn),
    note: `Note ${turn} of ${who}`,
  };
}

function upsertOver({ clients, ours, plain }) {
  const input = (turn, who) => upsertInput(turn, who, clients);
  const floor = { body: input, of: (given) => given, answer: (client) => client };
  const pg = (words) => ({
    query: `mutation upsert($input: UpsertClientInput!) { upsertClient(input: $input) { result { id: rowId trackingId name tags note } } }`,
    variables: (turn, who) => ({ input: words.upsertInput(input(turn, who)) }),
    of: (given) => ({ input: words.upsertInput(given) }),
    answer: ({ upsertClient: { result } }) => result,
  });
  return {
    name: 'upsert',
    title: 'name, 2 tags and note; half of them new',
    writes: true,
    clientele: {
      query: `mutation upsert($input: UpsertClientInput!) { upsertClient(input: $input) { client { id trackingId name tags note } result } }`,
      variables: (turn, who) => ({ input: input(turn, who) }),
      of: (given) => ({ input: given }),
      answer: ({ upsertClient: { client, result } }) => ({ ...client, result }),
    },
    floor,
    floorPlain: floor,
    postgraphile: pg(ours),
    postgraphilePlain: pg(plain),
  };
}

/** An answer in the form in which all contenders' answers are alike. */
export function comparable(operation, way, answer) {
  return JSON.stringify(inOrder(operation[way].answer(answer)));
}
