/** Requests as bytes for the load, and the comparison of answers before it. */
import { post } from './load.js';
import { comparable, upsertInput } from './operations.js';

/** As what a contender is asked: two of them come in two forms, and there may be several of a name, told apart by what follows it. */
export const wayOf = (name) => ({ bare: 'floor', against: 'clientele' })[name] ?? name.replace(/-.*/, '');

/** Different requests kept ready of an operation that only reads. */
const KEPT = 997;

/** The requests of an operation to a contender, by number; the numbers go on from one round to the next. */
export function requestFor(operation, { name }, facts) {
  const make = (turn) => bytesOf(operation, name, turn, facts);
  let turn = 0;
  if (operation.writes) return () => make(turn++);
  const kept = Array.from({ length: KEPT }, (_, index) => make(index));
  return () => kept[turn++ % KEPT];
}

function bytesOf(operation, name, turn, { token }) {
  const way = wayOf(name);
  const how = operation[way];
  if (way === 'floor') return post(`/${operation.name}`, {}, JSON.stringify(how.body(turn, name)));
  const body = JSON.stringify({ query: how.query, variables: how.variables(turn, name) });
  return post('/graphql', way === 'clientele' ? { authorization: `Bearer ${token}` } : {}, body);
}

/** Asks one thing outside the load and answers the data. */
export async function ask({ name, port }, { token }, body, path = '/graphql') {
  const headers = {
    'content-type': 'application/json',
    ...(wayOf(name) === 'clientele' ? { authorization: `Bearer ${token}` } : {}),
  };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const answer = response.ok ? JSON.parse(text) : undefined;
  if (!answer || answer.errors) throw new Error(`${name} answered ${response.status} ${text.slice(0, 2000)}`);
  return wayOf(name) === 'floor' ? answer : answer.data;
}

function askOperation(operation, contender, facts, turn) {
  const how = operation[wayOf(contender.name)];
  return wayOf(contender.name) === 'floor'
    ? ask(contender, facts, how.body(turn, contender.name), `/${operation.name}`)
    : ask(contender, facts, { query: how.query, variables: how.variables(turn, contender.name) });
}

/** Throws unless all contenders answer a few requests of the operation alike. */
export async function agree(operation, contenders, facts) {
  for (let turn = 0; turn < 5; turn++) {
    const answers = [];
    for (const contender of Object.values(contenders)) {
      const answer = await askOperation(operation, contender, facts, turn);
      answers.push([contender.name, comparable(operation, wayOf(contender.name), answer)]);
    }
    sameThroughout(operation.name, answers);
  }
}

function sameThroughout(what, answers) {
  const [[first, expected]] = answers;
  if (expected.length < 3) throw new Error(`${what}: ${first} answered nothing`);
  for (const [name, answer] of answers) {
    if (answer === expected) continue;
    let at = 0;
    while (answer[at] === expected[at]) at++;
    const shown = (text) => text.slice(Math.max(0, at - 200), at + 200);
    throw new Error(`${what}: ${first} answered\n… ${shown(expected)} …\nbut ${name}\n… ${shown(answer)} …`);
  }
}

/**
 * Throws unless an upsert by each contender leaves the same: what Clientele reads of the client afterwards, by filters and
 * search too, and the entry in its history.
 */
export async function writesAgree(operation, contenders, facts) {
  const { clientele } = contenders;
  if (!clientele) return;
  const put = (contender, input) => {
    const how = operation[wayOf(contender.name)];
    const body = how.of(input);
    return wayOf(contender.name) === 'floor'
      ? ask(contender, facts, body, '/upsert')
      : ask(contender, facts, { query: how.query, variables: body });
  };
  const before = upsertInput(1, 'before', facts.clients);
  for (const isNew of [false, true]) {
    const answers = [];
    for (const contender of Object.values(contenders)) {
      const trackingId = isNew ? `UP-check-${contender.name}-${Date.now()}` : before.trackingId;
      if (!isNew) await put(clientele, before);
      const input = { ...upsertInput(3, 'after', facts.clients), trackingId };
      const { id, result, ...told } = JSON.parse(
        comparable(operation, wayOf(contender.name), await put(contender, input)),
      );
      const { records, ...left } = await leftBehind(clientele, facts, input);
      const same = (value) =>
        JSON.stringify(value).replaceAll(trackingId, 'T').replaceAll(trackingId.toLowerCase(), 't').replaceAll(id, 'I');
      answers.push([contender.name, same({ told, left }), same({ result, records })]);
    }
    sameThroughout(operation.name, answers);
    // The others record nothing, and PostGraphile does not tell whether the client is new.
    const recording = answers.filter(([name]) => name !== 'bare' && name !== 'postgraphile');
    sameThroughout(
      operation.name,
      recording.map(([name, , records]) => [name, records]),
    );
  }
}

async function leftBehind(clientele, facts, { trackingId, name, tags }) {
  const query = `query($trackingId: String!, $tags: [String!]!, $name: String!, $search: String!) {
    client(by: { trackingId: $trackingId }) {
      id trackingId name status active invitationStatus tags note clientGroup { name isDefault } externalIds { system id } customFields emailAddress
      locations(first: 5) { nodes { name isPrimary address { line1 } history(first: 1) { nodes { actor kind changedFields after } } } }
      history(first: 1) { nodes { actor kind changedFields before after } } }
    tagged: clients(first: 5, filter: { trackingId: { equals: $trackingId }, tags: { hasEvery: $tags } }) { nodes { trackingId } }
    named: clients(first: 5, filter: { trackingId: { contains: $trackingId }, name: { contains: $name } }) { nodes { trackingId } }
    searched: clients(first: 5, search: $search) { nodes { trackingId } } }`;
  const { client, ...found } = await ask(clientele, facts, {
    query,
    variables: { trackingId, tags, name: name.toUpperCase(), search: `${trackingId.toUpperCase()} ${name}` },
  });
  const { history, locations, ...rest } = client;
  const places = locations.nodes.map(({ history: _, ...place }) => place);
  const records = [history.nodes, locations.nodes.map((place) => place.history.nodes)];
  return { ...rest, ...found, places, records };
}
