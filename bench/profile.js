/**
 * Where Clientele's time goes in one operation: a CPU profile of the server under load, in groups and by function.
 *
 *   node bench/profile.js --databases postgres --operations list [--contenders clientele] [--seconds 5]
 *
 * The profile itself is kept beside the databases, for Chrome's DevTools.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONTENDERS, chooseCores, cpuTaken, pinSelf, startContender } from './contenders.js';
import { prepareDatabases } from './databases.js';
import { factsOf } from './facts.js';
import { install } from './install.js';
import { runLoad } from './load.js';
import { chosen, operationsOver } from './operations.js';
import { readOptions } from './options.js';
import { deepCursors, requestFor, takesPart } from './requests.js';

const options = readOptions('node bench/profile.js [options]: profiles a server under load.', process.argv.slice(2), {
  contenders: 'clientele',
  seconds: '5',
});
const says = (what) => process.stderr.write(`${what}\n`);
const cores = chooseCores(options.cores);
if (cores) pinSelf(cores.load);
mkdirSync(options.folder, { recursive: true });
let installed;

async function profileDatabase(provider) {
  const databases = await prepareDatabases(provider, options, says);
  try {
    const facts = await factsOf(databases.ours, options.clients);
    for (const name of options.contenders) {
      const database = CONTENDERS[name].plain ? databases.plain : databases.ours;
      const operations = chosen(operationsOver({ ...facts, deep: {} }), options.operations);
      for (const operation of operations.filter((one) => takesPart(name, one, provider))) {
        await profile(provider, name, operation.name, { database, facts });
      }
    }
  } finally {
    await databases.close();
  }
}

async function profile(provider, name, operationName, { database, facts }) {
  const file = join(options.folder, `${provider}-${name}-${operationName}.cpuprofile`);
  rmSync(file, { force: true });
  process.env.BENCH_PROFILE = file;
  const server = await startContender(name, {
    install: installed,
    databaseUrl: database.url,
    facts,
    core: cores?.server,
    logFile: join(options.folder, `${provider}-${name}-profile.log`),
    nodeArgs: ['--import', './bench/profiler.js'],
  });
  try {
    const deep = await deepCursors([server], facts);
    const operation = operationsOver({ ...facts, deep }).find((one) => one.name === operationName);
    const request = requestFor(operation, server, facts);
    const load = (seconds) => runLoad({ port: server.port, connections: options.connections, seconds, request });
    await load(Math.max(3, options.warmup));
    const before = cpuTaken(server.pid);
    const bare = await load(options.seconds / 2);
    const cpu = (cpuTaken(server.pid) - before) / bare.requests;
    process.kill(server.pid, 'SIGUSR2');
    const { requests } = await load(options.seconds);
    process.kill(server.pid, 'SIGUSR2');
    while (!existsSync(file)) await sleep(50);
    process.stdout.write(
      `\n# ${operationName} on ${provider}: ${name}, ${Math.round(cpu)} µs of CPU a request unprofiled\n`,
    );
    show(JSON.parse(readFileSync(file, 'utf8')), requests);
    process.stdout.write(`${file}\n`);
  } finally {
    await server.close();
  }
}

/** Which part of the program a file belongs to; the first that fits. */
const GROUPS = [
  ['SQLite itself', /\/better-sqlite3\/|node:sqlite/],
  ['pg driver', /\/node_modules\/pg(-[a-z]+)?\//],
  ['logging', /\/node_modules\/(pino|sonic-boom|thread-stream|safe-stable-stringify|quick-format|on-exit)/],
  ['metrics', /\/node_modules\/(prom-client|tdigest|@opentelemetry)|\/dist\/http\/metrics/],
  ['executing the document', /\/node_modules\/(@graphql-tools|graphql-jit|fast-json|graphql)\//],
  ['yoga', /\/node_modules\/(graphql-yoga|@graphql-yoga|@envelop)\//],
  ['whatwg-node (Request, Response, server)', /\/node_modules\/@whatwg-node\//],
  ['composing SQL', /\/(app-[\d-]+|main|bw)\/dist\/database\/|\/node_modules\/@prisma\//],
  ['planning the selection', /\/dist\/graphql\/selection/],
  ['authentication', /\/dist\/(?:firms|session)\/|\/dist\/http\/authentication/],
  ['edge plugins (dist/http)', /\/dist\/http\//],
  ['resolvers (dist/graphql, schema.js)', /\/app-[\d-]+\/dist\/(graphql\/|[a-z-]+\/schema\.js)/],
  ['rules (dist/<domain>, records)', /\/app-[\d-]+\/dist\//],
  ['other packages', /./],
];

const groupOf = (url) => GROUPS.find(([, pattern]) => pattern.test(url))[0];

/** What a sample counts for. What is built into Node or the engine counts for whoever called it, but for sockets and streams. */
function groupOfNode(node) {
  const { functionName, url } = node.callFrame;
  if (functionName === '(garbage collector)') return 'garbage collection';
  // JSON.parse and JSON.stringify are often counted for the function that calls them and does nothing else.
  if (
    url === ''
      ? /^(parse|stringify)$/.test(functionName)
      : /^(parsed|jsonStringifyResult|processRegularResult)/.test(functionName)
  )
    return 'JSON';
  let owner = node;
  let sockets = false;
  while (owner && !owner.callFrame.url.startsWith('file:') && !owner.callFrame.url.startsWith('/')) {
    if (/^node:(_http|net|internal\/(stream|http|js_stream)|stream|dns)/.test(owner.callFrame.url)) sockets = true;
    owner = owner.parent;
  }
  const group = owner ? groupOf(owner.callFrame.url) : undefined;
  if (url === '' && owner && /^(all|get|run|prepare)$/.test(functionName) && /sqlite/.test(owner.callFrame.url))
    return 'SQLite itself';
  if (sockets) return group === 'pg driver' ? 'pg driver: its sockets' : 'node:http, sockets, streams';
  return group ?? 'node and the engine (promises, microtasks …)';
}

/** Microseconds between samples, as profiler.js asks for them. */
const INTERVAL = 200;

function show({ nodes, samples, timeDeltas }, requests) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const node of nodes) for (const child of node.children ?? []) byId.get(child).parent = node;
  const add = (map, key, time) => map.set(key, (map.get(key) ?? 0) + time);
  const self = new Map();
  // A long gap between two samples is another program's turn on the core.
  for (const [index, id] of samples.entries()) add(self, id, Math.min(timeDeltas[index], 2 * INTERVAL));

  const groups = new Map();
  const functions = new Map();
  const inclusive = new Map();
  for (const [id, time] of self) {
    const node = byId.get(id);
    const name = nameOf(node);
    if (name === '(idle)' || /node:inspector/.test(name)) continue;
    add(groups, groupOfNode(node), time);
    add(functions, name, time);
    const seen = new Set();
    for (let above = node; above; above = above.parent) {
      const aboveName = nameOf(above);
      if (seen.has(aboveName)) continue;
      seen.add(aboveName);
      if (/dist\//.test(above.callFrame.url) || /node_modules/.test(above.callFrame.url))
        add(inclusive, aboveName, time);
    }
  }
  const busy = [...groups.values()].reduce((sum, time) => sum + time, 0);
  const lines = (map, count) =>
    [...map]
      .sort((one, other) => other[1] - one[1])
      .slice(0, count)
      .map(
        ([name, time]) =>
          `${((time / busy) * 100).toFixed(1).padStart(6)} % ${(time / requests).toFixed(1).padStart(8)} µs  ${name}`,
      )
      .join('\n');
  process.stdout.write(`${requests} requests, ${Math.round(busy / requests)} µs sampled a request\n\n`);
  process.stdout.write(`By group, in itself:\n${lines(groups, 40)}\n\n`);
  process.stdout.write(`By function, in itself:\n${lines(functions, 45)}\n\n`);
  process.stdout.write(`By function, with all it calls before it waits:\n${lines(inclusive, 60)}\n\n`);
}

function nameOf({ callFrame: { functionName, url, lineNumber } }) {
  if (url === '') return functionName;
  const place = url.replace(/^.*\/(node_modules|app-[\d-]+)\//, '');
  return `${functionName || '(anonymous)'} ${place}:${lineNumber + 1}`;
}

installed = install(options, says);
try {
  for (const provider of options.databases) await profileDatabase(provider);
} finally {
  installed.remove();
}
process.exit(0);
