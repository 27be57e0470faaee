/**
 * What it costs to have many clients: every operation over a firm of 10,000 and over one of a million, by turns, one
 * request at a time. Build first; see --help.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chooseCores, cpuOfChildren, cpuTaken, memoryOf, pinSelf, startContender } from './contenders.js';
import { postgresServer, prepareDatabase } from './databases.js';
import { factsOf } from './facts.js';
import { install } from './install.js';
import { runLoad } from './load.js';
import { operationsOver } from './operations.js';
import { readOptions } from './options.js';
import { deepCursors, requestFor } from './requests.js';

const SMALL = 10_000;
/** Operations whose work does not grow with the firm, and those of which a part does. */
const STEADY = ['list', 'get', 'deep', 'field', 'range', 'common', 'search', 'feed', 'contacts', 'upsert'];
const GROWING = ['word', 'wide', 'filter'];

/** Long enough for each of the requests to have been made once: what is on the disk only is another matter. */
const WARMUP = '8';

const here = dirname(fileURLToPath(import.meta.url));
const options = readOptions(
  'node bench/scale.js [options]: measures operations over 10,000 clients and over many.',
  undefined,
  { clients: '1000000', connections: '1', warmup: WARMUP, out: join(here, 'scale') },
);
const says = (what) => process.stderr.write(`${what}\n`);
const cores = chooseCores(options.cores);
if (cores) pinSelf(cores.load);
mkdirSync(options.folder, { recursive: true });
const installed = install(options, says);

const sections = [];
try {
  for (const provider of options.databases) sections.push(await measureDatabase(provider));
} finally {
  installed.remove();
}
const text = [
  `# ${SMALL.toLocaleString('en')} clients and ${options.clients.toLocaleString('en')}`,
  '',
  `\`node bench/scale.js\`, Node ${installed.version.slice(1)}: one request at a time, medians of ${options.rounds} rounds of ${options.seconds} seconds, by turns. Each client has about three contacts.`,
  'Milliseconds a request, and in brackets processor time of the server and, on Postgres, of the database, in microseconds. The last',
  'column compares all processor time. What a request takes beyond it is waiting for the disk, and for others on the machine.',
  '',
  ...sections,
].join('\n');
process.stdout.write(text);
if (options.out) writeFileSync(`${options.out}.md`, text);
process.exit(0);

async function measureDatabase(provider) {
  const server = provider === 'postgres' ? await postgresServer(options) : undefined;
  const sizes = [];
  try {
    for (const clients of [SMALL, options.clients]) sizes.push(await open(provider, { clients, server }));
    const rows = [];
    for (const name of options.operations.length > 0 ? options.operations : [...STEADY, ...GROWING]) {
      says(`${provider}: ${name}`);
      rows.push(await compare(name, sizes));
    }
    const memory = sizes.map(({ running }) => `${Math.round(memoryOf(running.pid))} MB`);
    return [
      `## ${sizes[0].facts.server}`,
      '',
      `| operation | ${sizes.map(({ facts }) => facts.clients.toLocaleString('en')).join(' | ')} | × |`,
      '| --- | ---: | ---: | ---: |',
      ...rows,
      '',
      `Memory of the server afterwards: ${memory.join(' and ')}.`,
      '',
      '',
    ].join('\n');
  } finally {
    for (const { running, database } of sizes) {
      await running.close();
      await database.close();
    }
    await server?.stop();
  }
}

async function open(provider, { clients, server }) {
  const prepared = { ...options, clients, server, inPlace: clients > SMALL };
  const database = await prepareDatabase(provider, prepared, says);
  const facts = await factsOf(database, clients);
  const running = await startContender('clientele', {
    install: installed,
    databaseUrl: database.url,
    facts,
    core: cores?.server,
    logFile: join(options.folder, `${provider}-${clients}.log`),
  });
  facts.deep = await deepCursors([running], facts);
  return { database, facts, running, operations: operationsOver(facts) };
}

/** One line of the table. */
async function compare(name, sizes) {
  const measured = sizes.map(() => []);
  const senders = sizes.map(({ operations, running, facts }) =>
    requestFor(
      operations.find((operation) => operation.name === name),
      { name: who(running) },
      facts,
    ),
  );
  for (const [index, { running }] of sizes.entries()) await load(running, senders[index], options.warmup);
  for (let round = 0; round < options.rounds; round++) {
    for (const [index, size] of sizes.entries()) measured[index].push(await once(size, senders[index]));
  }
  const [small, large] = measured.map((rounds) => ({
    p50: median(rounds.map(({ p50 }) => p50)),
    cpu: median(rounds.map(({ cpu }) => cpu)),
    database: median(rounds.map(({ database }) => database)),
  }));
  const cell = ({ p50, cpu, database }) =>
    `${p50.toFixed(2)} (${[cpu, ...(database > 0 ? [database] : [])].map(Math.round).join(' + ')})`;
  const ratio = (large.cpu + large.database) / (small.cpu + small.database);
  const { title } = sizes[0].operations.find((operation) => operation.name === name);
  return `| ${name}: ${title.replace(/page \d+/, 'a deep page')} | ${cell(small)} | ${cell(large)} | ${ratio.toFixed(1)} |`;
}

/** What the upserts of this run are called, so that those of another over the same database are others. */
function who({ pid }) {
  return `clientele-${process.pid}-${pid}`;
}

function load({ port }, request, seconds) {
  return runLoad({ port, connections: options.connections, seconds, request });
}

async function once({ running, facts }, request) {
  const databaseBefore = cpuOfChildren(facts.postmaster) ?? new Map();
  const before = cpuTaken(running.pid);
  const { requests, p50 } = await load(running, request, options.seconds);
  const after = cpuTaken(running.pid);
  const databaseAfter = cpuOfChildren(facts.postmaster) ?? new Map();
  const database = [...databaseAfter].reduce((sum, [pid, taken]) => sum + taken - (databaseBefore.get(pid) ?? 0), 0);
  return { p50, cpu: (after - before) / requests, database: database / requests };
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
