/**
 * What the worst requests do to everybody else: twenty callers send each of them at once to a firm of 100,000 clients,
 * and /health/live is asked meanwhile. Prints, for each, how it ended, how long the longest wait was, and how much memory
 * the server took at most. Build first; see --help.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { memoryOf, startContender } from './contenders.js';
import { postgresServer, prepareDatabase } from './databases.js';
import { install } from './install.js';
import { post } from './load.js';
import { prepareWorst, READERS, SECRETS } from './worst-data.js';
import { prepareFields, prepareHistory, worstRequests } from './worst-requests.js';

const OPTIONS = {
  database: { type: 'string', default: 'sqlite,postgres' },
  node: { type: 'string', default: process.execPath },
  clients: { type: 'string', default: '100000' },
  callers: { type: 'string', default: '20' },
  rounds: { type: 'string', default: '3' },
  seconds: { type: 'string', default: '25' },
  only: { type: 'string', default: '' },
  folder: { type: 'string', default: process.env.BENCH_FOLDER || '/tmp/clientele-bench' },
  out: { type: 'string', default: fileURLToPath(new URL('./worst.md', import.meta.url)) },
  'no-out': { type: 'boolean', default: false },
  'node-args': { type: 'string', default: '' },
  help: { type: 'boolean', default: false },
};
const { values } = parseArgs({ options: OPTIONS });
if (values.help) {
  process.stdout.write(`node bench/worst.js [options]: the worst requests, and what they do to others.

  --database sqlite,postgres   which databases
  --node <binary>              the Node that runs the server
  --clients 100000             clients in the firm
  --callers 20                 callers at once, each with one request under way
  --rounds 3                   requests of each caller
  --seconds 25                 after which no more are sent; what is under way then is waited for as long again, then cut
  --only <words>               only requests whose names hold one of these, separated by commas
  --no-out                     print only, and do not write bench/worst.md
`);
  process.exit(0);
}
const options = {
  ...values,
  clients: Number(values.clients),
  callers: Number(values.callers),
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  fields: 6,
  only: values.only.split(',').filter(Boolean),
};
const says = (what) => process.stderr.write(`${what}\n`);

/** What must work after each: the largest response there may be. */
const LARGE = JSON.stringify({ query: '{ clients(first: 150) { nodes { note } } }' });

mkdirSync(options.folder, { recursive: true });
const installed = install(options, says);
try {
  for (const provider of options.database.split(',')) {
    const section = await measure(provider);
    process.stdout.write(section);
    if (!options['no-out']) keep(section);
  }
} finally {
  installed.remove();
}
process.exit(0);

async function measure(provider) {
  const postgres = provider === 'postgres' ? await postgresServer(options) : undefined;
  const database = await prepareDatabase(provider, { ...options, server: postgres }, says);
  const rows = [];
  let server;
  try {
    says('notes, families, tokens');
    const facts = await prepareWorst(database.url);
    const logFile = join(options.folder, `worst-${provider}.log`);
    const start = () =>
      startContender('clientele', {
        install: installed,
        databaseUrl: database.url,
        facts: {},
        logFile,
        nodeArgs: [
          '--import',
          join(installed.root, 'bench/worst-turns.js'),
          ...options['node-args'].split(' ').filter(Boolean),
        ],
      });
    server = await start();
    const ask = (role, body) => askOnce(server, role, body);
    const requests = worstRequests(facts).filter(
      ({ name }) => options.only.length === 0 || options.only.some((word) => name.includes(word)),
    );
    if (requests.some(({ name }) => name.startsWith('history('))) {
      says('a long history');
      await prepareHistory(ask, facts);
    }
    let probe = startProbe(server);
    rows.push(await observe('nothing, for five seconds', server, probe, () => sleep(5_000).then(() => [])));
    let phase = 1;
    for (const request of requests) {
      if (request.phase === 2 && phase === 1) {
        says('five hundred custom fields');
        await prepareFields(ask, facts, 500);
        phase = 2;
        await sleep(2_000);
      }
      await request.prepare?.(ask);
      const row = await observe(request.name, server, probe, () => send(request, server));
      if (!isAlive(server.pid)) {
        row.statuses = `the server died: ${server.lastWords().slice(-300).replaceAll('\n', ' ')}`;
        probe.close();
        server = await start();
        probe = startProbe(server);
      } else {
        row.after = await recovery(server);
      }
      rows.push(row);
      says(lineOf(row));
    }
    probe.close();
    await sleep(3_000);
    rows.push({ name: 'at rest, afterwards', statuses: '', size: 0, memory: memoryOf(server.pid) });
    const { version } = installed;
    return `## ${provider === 'sqlite' ? 'SQLite' : 'Postgres'}, Node ${version.slice(1)}\n\n${tableOf(rows)}\n`;
  } finally {
    await server?.close();
    await database.close();
    await postgres?.stop();
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return memoryOf(pid) !== undefined;
  } catch {
    return false;
  }
}

/** Has `act` done, and tells what was seen meanwhile. */
async function observe(name, server, probe, act) {
  const peak = peakMemory(server.pid);
  await probe.take();
  await longestTurn(server);
  const outcomes = await act();
  await sleep(300);
  const seen = await probe.take();
  return { name, ...summary(outcomes), ...seen, turn: await longestTurn(server), memory: peak() };
}

/** The longest turn of the server's event loop since this was asked last, in milliseconds of processor time. */
async function longestTurn({ pid, lastWords }) {
  const told = () => [...lastWords().matchAll(/\{"longestTurn":([\d.]+)\}\n/g)];
  const [before] = told().slice(-1);
  try {
    process.kill(pid, 'SIGUSR2');
  } catch {
    return undefined;
  }
  for (let tried = 0; tried < 200; tried++) {
    const [last] = told().slice(-1);
    if (last && (last[1] !== before?.[1] || tried > 20)) return Number(last[1]);
    await sleep(20);
  }
  return undefined;
}

/** Begins to look at the memory of the process; returns what tells its peak, in megabytes. */
function peakMemory(pid) {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    return () => {
      try {
        return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
      } catch {
        return undefined;
      }
    };
  } catch {
    let peak = 0;
    const sampling = setInterval(() => {
      peak = Math.max(peak, memoryOf(pid) ?? 0);
    }, 20);
    return () => {
      clearInterval(sampling);
      return peak;
    };
  }
}

function startProbe({ port, pid }) {
  const script = fileURLToPath(new URL('./worst-probe.js', import.meta.url));
  const child = spawn(process.execPath, [script, String(port), String(pid)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async take() {
      child.stdin.write('\n');
      return JSON.parse((await lines.next()).value);
    },
    close: () => child.stdin.end(),
  };
}

/** Has all callers send the request, each again and again. */
async function send(request, server) {
  const { how = 'read', callers = options.callers, rounds = options.rounds } = request;
  const until = performance.now() + options.seconds * 1000;
  const tokens = request.token === 'READER' ? READERS : [request.token];
  let turn = 0;
  const outcomes = [];
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      const headers = { authorization: `Bearer ${SECRETS[tokens[caller % tokens.length]]}` };
      for (let round = 0; round < rounds && performance.now() < until; round++) {
        const bytes = post('/graphql', headers, request.body(turn++));
        if (how === 'read') outcomes.push(await exchange(server.port, bytes, until + options.seconds * 1000));
        else if (how === 'leave') outcomes.push(await leave(server.port, bytes, request.after));
        else outcomes.push(await stall(server.port, bytes));
      }
    }),
  );
  return outcomes;
}

/** Sends on a new connection and reads the response, of which only the beginning and the end are kept. */
function exchange(port, bytes, deadline) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const began = performance.now();
    let head = '';
    let tail = '';
    let size = 0;
    const done = (outcome) => {
      clearTimeout(late);
      socket.destroy();
      const codes = new Set([...`${head}${tail}`.matchAll(/"code":"(\w+)"/g)].map(([, code]) => code));
      resolve({ size, status: head.slice(9, 12), codes: [...codes], took: performance.now() - began, ...outcome });
    };
    const late = setTimeout(() => done({ status: 'cut' }), Math.max(0, deadline - performance.now()));
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      size += chunk.length;
      if (head.length < 4_000) head += chunk.subarray(0, 4_000).toString('latin1');
      tail = (tail + chunk.subarray(-2_000).toString('latin1')).slice(-2_000);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = /\r\ncontent-length: *(\d+)/i.exec(head.slice(0, end));
      if (length ? size >= end + 4 + Number(length[1]) : tail.endsWith('\r\n0\r\n\r\n')) done({});
    });
    socket.on('error', (error) => done({ status: error.code ?? 'error' }));
    socket.on('close', () => done({ status: 'closed' }));
  });
}

/** Sends, and is gone after a while. */
async function leave(port, bytes, after) {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.write(bytes);
  await sleep(after);
  socket.destroy();
  return { size: 0, status: 'left', codes: [] };
}

/** Sends, and reads nothing for fifteen seconds. */
async function stall(port, bytes) {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.pause();
  let status = 'unread';
  socket.on('error', () => {
    status = 'unread, cut by the server';
  });
  socket.write(bytes);
  await sleep(15_000);
  socket.destroy();
  return { size: 0, status, codes: [] };
}

/** How long it takes until the largest response works, in seconds; undefined where it does at once. */
async function recovery(server) {
  const bytes = post('/graphql', { authorization: `Bearer ${SECRETS.READER}` }, LARGE);
  const began = performance.now();
  for (;;) {
    const { status, codes } = await exchange(server.port, bytes, performance.now() + 30_000);
    if (status === '200' && codes.length === 0) break;
    if (performance.now() - began > 45_000) return 'not after 45 s';
    await sleep(250);
  }
  const seconds = (performance.now() - began) / 1000;
  return seconds > 1 ? `${seconds.toFixed(1)} s` : undefined;
}

async function askOnce({ port }, role, body) {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${SECRETS[role]}` },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (answer.errors) throw new Error(JSON.stringify(answer.errors).slice(0, 1000));
  return answer.data;
}

function summary(outcomes) {
  const counts = new Map();
  for (const { status, codes } of outcomes) {
    const key = [status, ...codes].join(' ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return {
    statuses: [...counts].map(([key, count]) => `${count} × ${key}`).join(', '),
    size: Math.max(0, ...outcomes.map(({ size }) => size)),
    took: Math.max(0, ...outcomes.map(({ took }) => took ?? 0)),
  };
}

function cells({ name, statuses, size, longest, core, turn, memory, took, after }) {
  const milliseconds = (value) => (value === undefined ? '' : value.toFixed(0));
  const bytes = size > 100_000 ? `${(size / 1e6).toFixed(1)} MB` : size > 0 ? `${(size / 1e3).toFixed(1)} kB` : '';
  const own = longest === undefined ? undefined : Math.max(0, longest - core);
  return [
    name,
    `${statuses}${after ? `; works again after ${after}` : ''}`,
    bytes,
    took ? (took / 1000).toFixed(1) : '',
    milliseconds(longest),
    milliseconds(own),
    milliseconds(turn),
    memory === undefined ? '' : memory.toFixed(0),
  ];
}

function lineOf(row) {
  return `| ${cells(row)
    .map((cell) => cell.replaceAll('|', '\\|'))
    .join(' | ')} |`;
}

function tableOf(rows) {
  return [
    '| request | responses | largest | slowest, s | longest wait, ms | without waiting for a core | longest turn, ms | peak, MB |',
    '| --- | --- | --: | --: | --: | --: | --: | --: |',
    ...rows.map(lineOf),
    '',
  ].join('\n');
}

/** Puts the section into the file of results, in place of the one of its title. */
function keep(section) {
  const file = options.out;
  const title = section.slice(0, section.indexOf('\n'));
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const others = before.split(/^(?=## )/m).filter((part) => part.startsWith('## ') && !part.startsWith(`${title}\n`));
  const head = `# The worst requests

\`node bench/worst.js\`: ${options.callers} callers at once, ${options.rounds} requests each, on a firm of ${options.clients.toLocaleString('en')} clients. A process beside asks for
\`/health/live\` every 10 ms. ${cpus().length} cores, which server, database, load and that process share: what the server or the asking process spent waiting
for a core is taken off in the next column. The longest turn of the event loop is in processor time, whatever else the machine does. Memory is the server's resident peak. After each the largest response must work at once.

`;
  writeFileSync(file, head + [...others, section].sort().join(''));
}
