/** Requests as bytes for the load, and the comparison of answers before it. */
import { CONTENDERS } from './contenders.js';
import { post } from './load.js';
import { comparable, upsertInput } from './operations.js';

/** There may be several contenders of one kind: their names end in a dash and what distinguishes them. */
const contenderOf = (name) => CONTENDERS[name.replace(/-.*/, '')];
const wayOf = (name) => contenderOf(name).way;
const isPlain = ({ name }) => contenderOf(name).plain === true;

/** Whether a contender takes part in an operation on a database. */
export function takesPart(name, operation, provider) {
  const { way, writes, only = provider } = contenderOf(name);
  return operation[way] !== undefined && only === provider && (!writes || operation.writes === true);
}

/** Different requests kept ready of an operation that only reads. */
const KEPT = 997;

/** The requests of an operation to a contender, by number; the numbers go on from one round to the next. */
export function requestFor(operation, { name }, facts) {
  const make = (turn) => {
    const { path, headers, body } = requestOf(operation, name, facts, (how) => (how.body ?? how.variables)(turn, name));
    return post(path, headers, JSON.stringify(body));
  };
  let turn = 0;
  if (operation.writes) return () => make(turn++);
  const kept = Array.from({ length: KEPT }, (_, index) => make(index));
  return () => kept[turn++ % KEPT];
}

/** Floors have a path for each operation; the others take a document. `given` makes the body or the variables. */
function requestOf(operation, name, facts, given) {
  const how = operation[wayOf(name)];
  return how.query === undefined
    ? { path: `/${operation.name}`, headers: {}, body: given(how) }
    : documentOf(name, facts, how.query, given(how));
}

function documentOf(name, { token }, query, variables) {
  const headers = wayOf(name) === 'clientele' ? { authorization: `Bearer ${token}` } : {};
  return { path: '/graphql', headers, body: { query, variables } };
}

/** Sends one request outside the load and returns the data. */
async function send({ name, port }, { path, headers, body }) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const answer = response.ok ? JSON.parse(text) : undefined;
  if (!answer || answer.errors) throw new Error(`${name} answered ${response.status} ${text.slice(0, 2000)}`);
  return path === '/graphql' ? answer.data : answer;
}

const ask = (contender, facts, query, variables) =>
  send(contender, documentOf(contender.name, facts, query, variables));

/** The cursor of the deep page, by way. */
export async function deepCursors(contenders, facts) {
  const { offset, place } = facts.deepPlace;
  const cursors = {};
  for (const contender of contenders) {
    const way = wayOf(contender.name);
    if (way === 'floor') cursors[way] = place;
    if (way === 'floorPlain') {
      cursors[way] = (await send(contender, { path: '/place', body: { offset: offset - 1 } })).after;
    }
    if (way === 'clientele') cursors[way] = await cursorAt(contender, facts, offset);
    if (way.startsWith('postgraphile')) {
      const plain = isPlain(contender);
      const list = plain
        ? 'orderBy: [NAME_ASC, ROW_ID_ASC]'
        : `orderBy: [NAME_FOLDED_ASC, ROW_ID_ASC], condition: { firmId: ${facts.firmId}, deletedAt: null }`;
      const query = `query($skip: Int!) { allClients(first: 1, offset: $skip, ${list}) { pageInfo { endCursor } } }`;
      const { allClients } = await ask(contender, facts, query, { skip: offset - 1 });
      cursors[way] = allClients.pageInfo.endCursor;
    }
  }
  return cursors;
}

async function cursorAt(clientele, facts, offset) {
  let cursor = null;
  for (let read = 0; read < offset; read += 250) {
    const query =
      'query($first: Int!, $after: String) { clients(first: $first, after: $after) { pageInfo { endCursor } } }';
    const variables = { first: Math.min(250, offset - read), after: cursor };
    cursor = (await ask(clientele, facts, query, variables)).clients.pageInfo.endCursor;
  }
  return cursor;
}

/** Throws unless all contenders return the same for a few requests of the operation. */
export async function agree(operation, contenders, facts) {
  for (let turn = 0; turn < 5; turn++) {
    const answers = [];
    for (const contender of contenders) {
      const { name } = contender;
      const request = requestOf(operation, name, facts, (how) => (how.body ?? how.variables)(turn, name));
      answers.push({ contender, answer: comparable(operation, wayOf(name), await send(contender, request)) });
    }
    sameThroughout(
      operation.name,
      answers.map(({ contender, answer }) => ({ contender, answer: shared(answer) })),
    );
  }
}

/** Plain tables have other ids, others over ours tell the numbers that stand for them, and plain ones have no row for a custom field without a value. */
const shared = (json) =>
  JSON.stringify(JSON.parse(json), (key, value) => (key === 'id' || value === null ? undefined : value));

function sameThroughout(what, answers) {
  if (answers.length === 0) return;
  const [{ contender: first, answer: expected }] = answers;
  if (expected.length < 3) throw new Error(`${what}: ${first.name} answered nothing`);
  for (const { contender, answer } of answers) {
    if (answer === expected) continue;
    let at = 0;
    while (answer[at] === expected[at]) at++;
    const shown = (text) => text.slice(Math.max(0, at - 200), at + 200);
    throw new Error(
      `${what}: ${first.name} answered\n… ${shown(expected)} …\nbut ${contender.name}\n… ${shown(answer)} …`,
    );
  }
}

/**
 * Throws unless an upsert by each contender returns the same and, over our tables, leaves the same behind: the client as
 * Clientele reads it afterwards, also by filters and search, and the entry in its history.
 */
export async function writesAgree(operation, contenders, facts) {
  const clientele = contenders.find(({ name }) => name === 'clientele');
  if (!clientele) return;
  const put = (contender, input) =>
    send(
      contender,
      requestOf(operation, contender.name, facts, (how) => how.of(input)),
    );
  const before = upsertInput(1, 'before', facts.clients);
  for (const isNew of [false, true]) {
    const answers = [];
    for (const contender of contenders) {
      const trackingId = isNew ? `UP-check-${contender.name}-${Date.now()}` : before.trackingId;
      if (!isNew) await put(isPlain(contender) ? contender : clientele, before);
      const input = { ...upsertInput(3, 'after', facts.clients), trackingId };
      const { id, result, ...told } = JSON.parse(
        comparable(operation, wayOf(contender.name), await put(contender, input)),
      );
      const { records, ...left } = isPlain(contender) ? {} : await leftBehind(clientele, facts, input);
      const same = (value) =>
        JSON.stringify(value)
          .replaceAll(trackingId, 'T')
          .replaceAll(trackingId.toLowerCase(), 't')
          .replaceAll(String(id), 'I')
          // Others over our tables tell the number of an id, and what is left is read by Clientele.
          .replace(/client_[0-9a-z]{26}/g, 'I');
      answers.push({ contender, told: same(told), left: same(left), records: same({ result, records }) });
    }
    const ours = answers.filter(({ contender }) => !isPlain(contender));
    // The others record nothing, and PostGraphile does not tell whether the client is new.
    const recording = ours.filter(({ contender: { name } }) => name !== 'bare' && name !== 'postgraphile');
    const compare = (those, part) =>
      sameThroughout(
        operation.name,
        those.map((one) => ({ contender: one.contender, answer: one[part] })),
      );
    compare(answers, 'told');
    compare(ours, 'left');
    compare(recording, 'records');
  }
}

async function leftBehind(clientele, facts, { trackingId, name, tags }) {
  const query = `query($trackingId: String!, $tags: [String!]!, $name: String!, $search: String!) {
    client(by: { trackingId: $trackingId }) {
      id trackingId name status active invitationStatus tags note clientGroup { name isDefault } externalIds { system id } customFields email
      locations(first: 5) { nodes { name isPrimary address { line1 } history(first: 1) { nodes { actor kind changedFields after } } } }
      history(first: 1) { nodes { actor kind changedFields before after } } }
    tagged: clients(first: 5, filter: { trackingId: { equals: $trackingId }, tags: { hasEvery: $tags } }) { nodes { trackingId } }
    named: clients(first: 5, filter: { trackingId: { contains: $trackingId }, name: { contains: $name } }) { nodes { trackingId } }
    searched: clients(first: 5, search: $search) { nodes { trackingId } } }`;
  const variables = { trackingId, tags, name: name.toUpperCase(), search: `${trackingId.toUpperCase()} ${name}` };
  const { client, ...found } = await ask(clientele, facts, query, variables);
  const { history, locations, ...rest } = client;
  const places = locations.nodes.map(({ history: _, ...place }) => place);
  const records = [history.nodes, locations.nodes.map((place) => place.history.nodes)];
  return { ...rest, ...found, places, records };
}
