/**
 * Whether callers who are slow, or ask for what takes long, make others wait: the times of gets, upserts, deletes and
 * filters on Postgres, alone and beside each kind of trouble. Build first; see --help.
 *
 * A statement that takes ten seconds is a filter on tags while another session keeps their table locked: it takes as long
 * as one that searches, but no processor, which here server, load and database share.
 */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startContender } from './contenders.js';
import { prepareDatabase } from './databases.js';
import { factsOf } from './facts.js';
import { post } from './load.js';
import { readOptions } from './options.js';
import { trackingId } from './sample.js';

const options = readOptions(
  'node bench/isolation.js -- [options]: what slow callers do to the others, on Postgres.',
  undefined,
  {
    databases: 'postgres',
    rounds: '3',
    seconds: '4',
  },
);
/** Requests of each kind in a second, sent when their time has come whether or not those before are answered. */
const EVERY_MS = 40;
const says = (what) => process.stderr.write(`${what}\n`);

mkdirSync(options.folder, { recursive: true });
const database = await prepareDatabase('postgres', options, says);
const facts = await factsOf(database, options.clients);
const install = { root: fileURLToPath(new URL('..', import.meta.url)), node: options.node };
const logFile = join(options.folder, 'isolation.log');
const server = await startContender('clientele', { install, databaseUrl: database.url, facts, logFile });
const request = (query, variables) =>
  post('/graphql', { authorization: `Bearer ${facts.token}` }, JSON.stringify({ query, variables }));

let turn = 0;
let deleted = 0;
const spread = () => trackingId((turn++ * 7919) % facts.clients);
const CLIENT =
  'id trackingId name status tags customFields clientGroup { id name } contacts(first: 3) { nodes { id lastName } }';
/** What others do meanwhile. None of it looks at the table of tags. */
const kinds = {
  get: () => request(`query ($id: String!) { client(by: { trackingId: $id }) { ${CLIENT} } }`, { id: spread() }),
  upsert: () =>
    request('mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { result } }', {
      input: { trackingId: spread(), note: `Note ${turn}` },
    }),
  'delete, restore': () =>
    request(
      `mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } restoreClient(by: { id: $id }) { client { id } } }`,
      { id: spare[deleted++ % spare.length] },
    ),
  filter: () => request('{ clients(first: 20, filter: { name: { startsWith: "acorn" } }) { nodes { id name } } }'),
};

/** What goes on beside them. Each answers how to end it. */
const troubles = {
  'nothing else': async () => async () => {},
  '1 statement of 10 s': () => slowStatements(1),
  '3 statements of 10 s': () => slowStatements(3),
  '6 statements of 10 s': () => slowStatements(6),
  '20 statements of 10 s': () => slowStatements(20),
  '8 upserts that wait for a lock': () => waitingUpserts(8),
  '1 who reads 250 clients slowly': () => slowReaders(1),
  '50 who read 250 clients slowly': () => slowReaders(50),
  '200 who send slowly': () => slowSenders(200),
};

/** All of them, or those that `--operations` names; nothing else to compare with. */
const chosen = Object.entries(troubles).filter(
  ([trouble], index) => index === 0 || options.operations.length === 0 || options.operations.includes(trouble),
);

// So many that none is deleted while it is being restored.
const spare = await makeSpare(1500);
const table = Object.fromEntries(chosen.map(([trouble]) => [trouble, {}]));
try {
  await measure(options.warmup);
  for (let round = 0; round < options.rounds; round++) {
    for (const [trouble, begin] of chosen) {
      says(`round ${round + 1}: ${trouble}`);
      const end = await begin();
      for (const [kind, times] of Object.entries(await measure(options.seconds))) {
        table[trouble][kind] ??= [];
        table[trouble][kind].push(times);
      }
      await end();
      await sleep(300);
    }
  }
} finally {
  await server.close();
  await database.close();
}
print(table);
process.exit(0);

/** Sends each kind at its pace on connections of its own, and answers the sorted times from when each was due, in ms. */
async function measure(seconds) {
  const entries = await Promise.all(
    Object.entries(kinds).map(async ([kind, make]) => [kind, await paced(make, seconds)]),
  );
  return Object.fromEntries(entries);
}

async function paced(make, seconds) {
  const idle = [];
  const times = [];
  const pending = [];
  const started = performance.now();
  for (let due = started; due < started + seconds * 1000; due += EVERY_MS) {
    await sleep(Math.max(0, due - performance.now()));
    const connection = idle.pop() ?? open();
    pending.push(
      connection.ask(make()).then(() => {
        times.push(performance.now() - due);
        idle.push(connection);
      }),
    );
  }
  // Who waits for longer than the trouble lasts has waited at least that long.
  await Promise.race([Promise.all(pending), sleep(12_000)]);
  while (times.length < pending.length) times.push(12_000);
  for (const connection of idle) connection.close();
  return times.sort((a, b) => a - b);
}

/** A kept-alive connection with one request under way at most. */
function open() {
  const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true });
  let settle;
  let parts = '';
  socket.on('error', (error) => settle?.reject(error));
  socket.on('data', (chunk) => {
    parts += chunk.latin1Slice();
    const end = parts.indexOf('\r\n\r\n');
    if (end === -1) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(parts.slice(0, end));
    const whole = length ? parts.length >= end + 4 + Number(length[1]) : parts.endsWith('0\r\n\r\n');
    if (!whole) return;
    const answer = parts;
    parts = '';
    if (answer.includes('"errors"')) settle.reject(new Error(answer.slice(0, 1000)));
    else settle.resolve(answer);
  });
  return {
    ask(bytes) {
      socket.write(bytes);
      return new Promise((resolve, reject) => {
        settle = { resolve, reject };
      });
    },
    close: () => socket.destroy(),
  };
}

async function makeSpare(count) {
  const connection = open();
  const ids = [];
  for (let index = 0; index < count; index++) {
    const answer = await connection.ask(
      request('mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { client { id } } }', {
        input: { trackingId: `SPARE-${index}`, name: `Spare ${index}` },
      }),
    );
    ids.push(/"id":"([^"]+)"/.exec(answer)[1]);
  }
  connection.close();
  return ids;
}

/** Filters on tags, which take until their table is unlocked. */
async function slowStatements(count) {
  const locked = await holding('LOCK TABLE "IndexedValue" IN ACCESS EXCLUSIVE MODE');
  const query = '{ clients(first: 5, filter: { tags: { hasSome: ["vip"] } }) { totalCount nodes { id } } }';
  return beside(
    locked,
    Array.from({ length: count }, () => request(query)),
  );
}

/** Upserts of clients, each a different one, that another session has changed and not committed. */
async function waitingUpserts(count) {
  const ids = Array.from({ length: count }, (_, index) => trackingId(index));
  const list = ids.map((id) => `'${id}'`).join(', ');
  const locked = await holding(`UPDATE "Client" SET "note" = "note" WHERE "trackingId" IN (${list})`);
  const query = 'mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { result } }';
  return beside(
    locked,
    ids.map((id) => request(query, { input: { trackingId: id, note: `Waited ${turn++}` } })),
  );
}

async function beside(locked, requests) {
  const connections = requests.map(() => open());
  const answers = requests.map((bytes, index) => connections[index].ask(bytes));
  await sleep(200);
  return async () => {
    await locked.release();
    await Promise.all(answers);
    for (const connection of connections) connection.close();
  };
}

/** A session that has run `statement` in a transaction which stays open. */
async function holding(statement) {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('BEGIN');
  await client.query(statement);
  return {
    async release() {
      await client.query('ROLLBACK');
      await client.end();
    },
  };
}

/** Connections that ask for a large page again and again, and take a little of it at a time. */
async function slowReaders(count) {
  const bytes = request(`{ clients(first: 250) { nodes { ${CLIENT} note } } }`);
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ port: server.port, host: '127.0.0.1', highWaterMark: 1024 });
    socket.on('error', () => {});
    socket.write(bytes);
    return socket;
  });
  // To make so many pages takes its time, which is not what is asked here: what their waiting costs is.
  await Promise.all(sockets.map((socket) => once(socket, 'readable')));
  const sipping = setInterval(() => {
    for (const socket of sockets) socket.read(1024);
  }, 100);
  return async () => {
    clearInterval(sipping);
    for (const socket of sockets) socket.destroy();
  };
}

/** Connections that send a request byte by byte. */
async function slowSenders(count) {
  const bytes = request('{ viewer { firm } }');
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true });
    socket.on('error', () => {});
    return socket;
  });
  let sent = 0;
  const dripping = setInterval(() => {
    for (const socket of sockets)
      if (sent < bytes.length && !socket.destroyed) socket.write(bytes.subarray(sent, sent + 1));
    sent++;
  }, 100);
  await sleep(500);
  return async () => {
    clearInterval(dripping);
    for (const socket of sockets) socket.destroy();
  };
}

function print(measured) {
  const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  const at = (times, share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  const p99 = (trouble, kind) => median(measured[trouble][kind].map((times) => at(times, 0.99)));
  const p50 = (trouble, kind) => median(measured[trouble][kind].map((times) => at(times, 0.5)));
  const names = Object.keys(kinds);
  const lines = [
    `| p50 / p99 in ms (p99 beside p99 alone) | ${names.join(' | ')} |`,
    `| --- |${' --- |'.repeat(names.length)}`,
    ...Object.keys(measured).map((trouble) => {
      const cells = names.map((kind) => {
        const ratio = p99(trouble, kind) / p99('nothing else', kind);
        return `${p50(trouble, kind).toFixed(1)} / ${p99(trouble, kind).toFixed(1)} (×${ratio.toFixed(1)})`;
      });
      return `| ${trouble} | ${cells.join(' | ')} |`;
    }),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
