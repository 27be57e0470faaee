/**
 * What is measured: each operation as every contender is asked it, and what its answers have in common, so that they can be
 * compared.
 */
import { costCentre, FIELDS, nameWord, segment, tagsOf, trackingId } from './sample.js';

/** The page of `deep`, where there are that many. */
const DEEP_PAGE = 200;
export const deepOffset = (clients) => Math.max(0, Math.min(DEEP_PAGE - 1, Math.floor(clients / 20) - 2)) * 20;

/** Words that one name in 60 begins with, from all over the alphabet. */
const FIRST_WORDS = ['acorn', 'coral', 'harbour', 'mercer', 'saffron', 'vale'];

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

/** The operations over a database of which `facts` are known. */
export function operationsOver(facts) {
  const { firmId, clients, contacts, fieldIds, deep, feedAfter } = facts;
  const contactFields = 'id firstName lastName email role { name }';
  const brief = 'id trackingId name status tags clientGroup { id name }';
  const whole = `${brief} customFields${contacts ? ` contacts(first: 3) { nodes { ${contactFields} } }` : ''}`;

  // The same in PostGraphile’s names.
  const pgContact = 'id: rowId firstName lastName email contactRoleByFirmIdAndRoleId { name }';
  const pgBrief = 'id: rowId trackingId name status tags clientGroupByFirmIdAndClientGroupId { id: rowId name }';
  const pgContacts = `clientContactsByFirmIdAndClientId(first: 3, orderBy: [SORT_NAME_ASC, ROW_ID_ASC], condition: { deletedAt: null }) { nodes { ${pgContact} } }`;
  const pgWhole = `${pgBrief} customFields${contacts ? ` ${pgContacts}` : ''}`;
  const pgLive = 'condition: { firmId: $firm, deletedAt: null }';
  const pgByName = 'orderBy: [NAME_FOLDED_ASC, ROW_ID_ASC]';

  const keyOf = new Map(Object.entries(fieldIds).map(([key, id]) => [id, key]));
  const pgClient = ({
    clientGroupByFirmIdAndClientGroupId: clientGroup,
    clientContactsByFirmIdAndClientId: held,
    customFields,
    ...rest
  }) => ({
    ...rest,
    clientGroup,
    ...(customFields
      ? { customFields: Object.fromEntries([...keyOf].map(([id, key]) => [key, customFields[id] ?? null])) }
      : {}),
    ...(held ? { contacts: held.nodes.map(pgContactOf) } : {}),
  });
  const pgContactOf = ({ contactRoleByFirmIdAndRoleId: role, ...rest }) => ({ ...rest, role });
  const clientOf = ({ contacts: held, ...rest }) => ({ ...rest, ...(held ? { contacts: held.nodes } : {}) });

  /** Any operation that answers a page of clients. */
  const page = ({
    name,
    title,
    args = '',
    selects = whole,
    pgSelects = pgWhole,
    declares = '',
    pgQuery,
    pgArgs = '',
    ask,
    askFloor = ask,
    askPg = ask,
  }) => ({
    name,
    title,
    clientele: {
      query: `query ${name}${declares ? `(${declares})` : ''} { clients(first: 20${args}) { nodes { ${selects} } } }`,
      variables: ask,
      answer: ({ clients: found }) => found.nodes.map(clientOf),
    },
    floor: { body: askFloor, answer: ({ nodes }) => nodes },
    postgraphile: {
      query:
        pgQuery ??
        `query ${name}($firm: String!) { allClients(first: 20, ${pgByName}, ${pgLive}${pgArgs}) { nodes { ${pgSelects} } } }`,
      variables: (turn) => ({ firm: firmId, ...askPg(turn) }),
      answer: ({ allClients, found }) => (found ?? allClients).nodes.map(pgClient),
    },
  });

  const pgFunction = (name, declares, args, selects) =>
    `query ${name}($firm: String!, ${declares}) { found: ${args.replace('(', '(firm: $firm, first: 20, ')} { nodes { ${selects} } } }`;

  const withField = (name, key, asked, title) =>
    page({
      name,
      title,
      declares: '$key: String!, $value: JSON!',
      args: ', filter: { customFields: [{ key: $key, equals: $value }] }',
      ask: (turn) => ({ key, value: asked(turn) }),
      askFloor: (turn) => ({ field: fieldIds[key], value: asked(turn) }),
      pgQuery: pgFunction(
        name,
        '$field: String!, $value: String!',
        'clientsWithValue(field: $field, value: $value)',
        pgWhole,
      ),
      askPg: (turn) => ({ field: fieldIds[key], value: asked(turn) }),
    });

  const searching = (name, what, asked) =>
    page({
      name,
      title: `search by ${what}: first 20`,
      declares: '$search: String!',
      args: ', search: $search',
      selects: brief,
      pgSelects: pgBrief,
      ask: (turn) => ({ search: asked(turn) }),
      pgQuery: pgFunction(name, '$search: String!', 'clientsHolding(part: $search)', pgBrief),
    });

  /** A range that holds a share of all clients: revenues lie evenly between 0 and a million. */
  const within = (name, share, title) => {
    const bounds = (turn) => ({ from: spread(turn, 99) * 10_000, to: spread(turn, 99) * 10_000 + share * 1_000_000 });
    return page({
      name,
      title,
      declares: '$from: JSON!, $to: JSON!',
      args: ', filter: { customFields: [{ key: "annualRevenue", gte: $from, lt: $to }] }',
      ask: bounds,
      askFloor: (turn) => ({ field: fieldIds.annualRevenue, ...bounds(turn) }),
      pgQuery: pgFunction(
        name,
        '$field: String!, $from: Float!, $to: Float!',
        'clientsWithin(field: $field, lower: $from, upper: $to)',
        pgWhole,
      ),
      askPg: (turn) => ({ field: fieldIds.annualRevenue, ...bounds(turn) }),
    });
  };

  /** A change as the tables hold it, in the words of the API. */
  const changeOf = (change) => ({
    ...change,
    at: new Date(change.at).toISOString(),
    entity: change.entity.replace(/(?<=.)[A-Z]/g, '_$&').toUpperCase(),
    changedFields: Object.keys(change.after ?? change.before).sort(),
  });

  const none = () => ({});
  const all = [
    page({
      name: 'list',
      title: `20 clients by name with group, tags${contacts ? ', 3 contacts' : ''} and ${keyOf.size} custom fields`,
      ask: none,
    }),
    {
      name: 'get',
      title: 'one client by trackingId, the same selection',
      clientele: {
        query: `query get($trackingId: String!) { client(by: { trackingId: $trackingId }) { ${whole} } }`,
        variables: (turn) => ({ trackingId: trackingId(spread(turn, clients)) }),
        answer: ({ client }) => clientOf(client),
      },
      floor: { body: (turn) => ({ trackingId: trackingId(spread(turn, clients)) }), answer: ({ client }) => client },
      postgraphile: {
        query: `query get($firm: String!, $trackingId: String!) { clientByFirmIdAndTrackingId(firmId: $firm, trackingId: $trackingId) { ${pgWhole} } }`,
        variables: (turn) => ({ firm: firmId, trackingId: trackingId(spread(turn, clients)) }),
        answer: ({ clientByFirmIdAndTrackingId: client }) => pgClient(client),
      },
    },
    {
      name: 'filter',
      title: 'name contains and status equals: first 20 and totalCount',
      clientele: {
        query: `query filter($name: String!, $status: ClientStatus!) {
          clients(first: 20, filter: { name: { contains: $name }, status: { equals: $status } }) { totalCount nodes { ${brief} } } }`,
        variables: (turn) => ({ name: nameWord(turn), status: 'ACTIVE' }),
        answer: ({ clients: { totalCount, nodes } }) => ({ totalCount, nodes }),
      },
      floor: { body: (turn) => ({ name: nameWord(turn), status: 'ACTIVE' }), answer: (answer) => answer },
      postgraphile: {
        query: `query filter($firm: String!, $name: String!, $status: String!) {
          clientsNamed(firm: $firm, part: $name, wanted: $status, first: 20) { totalCount nodes { ${pgBrief} } } }`,
        variables: (turn) => ({ firm: firmId, name: nameWord(turn).toLowerCase(), status: 'ACTIVE' }),
        answer: ({ clientsNamed: { totalCount, nodes } }) => ({
          totalCount: Number(totalCount),
          nodes: nodes.map(pgClient),
        }),
      },
    },
    {
      name: 'deep',
      title: `page ${deepOffset(clients) / 20 + 1} of the list, with pageInfo`,
      clientele: {
        query: `query deep($after: String!) { clients(first: 20, after: $after) { nodes { ${whole} } pageInfo { hasNextPage endCursor } } }`,
        variables: () => ({ after: deep.clientele }),
        answer: ({ clients: { nodes, pageInfo } }) => ({ nodes: nodes.map(clientOf), more: pageInfo.hasNextPage }),
      },
      floor: { body: () => ({ after: deep.floor }), answer: ({ nodes, hasNextPage: more }) => ({ nodes, more }) },
      postgraphile: {
        query: `query deep($firm: String!, $after: Cursor!) {
          allClients(first: 20, after: $after, ${pgByName}, ${pgLive}) { nodes { ${pgWhole} } pageInfo { hasNextPage endCursor } } }`,
        variables: () => ({ firm: firmId, after: deep.postgraphile }),
        answer: ({ allClients: { nodes, pageInfo } }) => ({ nodes: nodes.map(pgClient), more: pageInfo.hasNextPage }),
      },
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
      postgraphile: {
        query: `query feed($firm: String!, $after: BigInt!) { found: changesAfter(firm: $firm, seen: $after, first: 100) {
          nodes { sequence at actor kind entity entityId before after } } }`,
        variables: () => ({ firm: firmId, after: feedAfter }),
        answer: ({ found }) => found.nodes.map(changeOf),
      },
    },
    ...(contacts
      ? [
          {
            name: 'contacts',
            title: '20 contacts by name with their role',
            clientele: {
              query: `query contacts { clientContacts(first: 20) { nodes { ${contactFields} } } }`,
              variables: none,
              answer: ({ clientContacts }) => clientContacts.nodes,
            },
            floor: { body: none, answer: ({ nodes }) => nodes },
            postgraphile: {
              query: `query contacts($firm: String!) {
                allClientContacts(first: 20, orderBy: [SORT_NAME_ASC, ROW_ID_ASC], ${pgLive}) { nodes { ${pgContact} } } }`,
              variables: () => ({ firm: firmId }),
              answer: ({ allClientContacts }) => allClientContacts.nodes.map(pgContactOf),
            },
          },
        ]
      : []),
    upsertOver(facts),
  ];
  return all.filter(
    ({ name }) =>
      !['range', 'wide'].includes(name) || FIELDS.slice(0, keyOf.size).some(({ key }) => key === 'annualRevenue'),
  );
}

/** Where the deep page begins, as each of those who take part marks it; `askers` ask them. */
export async function deepCursors({ clientele, postgraphile }, { firmId, deepPlace: { offset, place } }) {
  const cursors = { floor: place };
  for (let read = 0; clientele && read < offset; ) {
    const first = Math.min(250, offset - read);
    const query =
      'query($first: Int!, $after: String) { clients(first: $first, after: $after) { pageInfo { endCursor } } }';
    const { clients } = await clientele(query, { first, after: cursors.clientele ?? null });
    cursors.clientele = clients.pageInfo.endCursor;
    read += first;
  }
  if (postgraphile) {
    const query = `query($firm: String!, $skip: Int!) { allClients(first: 1, offset: $skip, orderBy: [NAME_FOLDED_ASC, ROW_ID_ASC],
      condition: { firmId: $firm, deletedAt: null }) { pageInfo { endCursor } } }`;
    const { allClients } = await postgraphile(query, { firm: firmId, skip: offset - 1 });
    cursors.postgraphile = allClients.pageInfo.endCursor;
  }
  return cursors;
}

/** Operations that are measured unless others are named. */
export const USUAL = ['list', 'get', 'filter', 'deep', 'field', 'feed', 'contacts', 'upsert'];

/** What an upsert sends: every other one is a new client. Each changes all it sends. */
export function upsertInput(turn, who, clients) {
  return {
    trackingId: turn % 2 === 0 ? `UP-${who}-${turn}` : trackingId(spread(turn, clients)),
    name: `Upserted ${who} ${turn}`,
    tags: tagsOf(turn, turn),
    note: `Note ${turn} of ${who}`,
  };
}

function upsertOver({ firmId, groupId, clients }) {
  const answer = ({ result, ...client }) => ({ ...client, result });
  return {
    name: 'upsert',
    title: 'name, 2 tags and note; half of them new',
    writes: true,
    clientele: {
      query: `mutation upsert($input: UpsertClientInput!) { upsertClient(input: $input) { client { id trackingId name tags note } result } }`,
      variables: (turn, who) => ({ input: upsertInput(turn, who, clients) }),
      of: (input) => ({ input }),
      answer: ({ upsertClient: { client, result } }) => answer({ ...client, result }),
    },
    floor: { body: (turn, who) => upsertInput(turn, who, clients), of: (input) => input, answer },
    postgraphile: {
      query: `mutation upsert($input: UpsertClientInput!) { upsertClient(input: $input) { result { id: rowId trackingId name tags note } } }`,
      variables: (turn, who) => ({
        input: { firm: firmId, inGroup: groupId, ...pgInput(upsertInput(turn, who, clients)) },
      }),
      of: (input) => ({ input: { firm: firmId, inGroup: groupId, ...pgInput(input) } }),
      answer: ({ upsertClient: { result: client } }) => answer({ ...client, result: undefined }),
    },
  };
}

const pgInput = ({ trackingId: tracked, name, tags, note }) => ({ tracked, called: name, labels: tags, remark: note });

/** An answer in the form in which all contenders' answers are alike. */
export function comparable(operation, kind, answer) {
  return JSON.stringify(inOrder(operation[kind].answer(answer)));
}
