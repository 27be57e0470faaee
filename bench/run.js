/**
 * How fast Clientele is, beside what the machine's database can give at best (the floor) and beside PostGraphile, in one
 * run. Both of these work on plain tables and on Clientele's. All are up at once and take turns in every round. Build
 * first; see --help.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  CONTENDERS,
  chooseCores,
  coresBusy,
  cpuOfChildren,
  cpuTaken,
  memoryOf,
  pinSelf,
  startContender,
} from './contenders.js';
import { prepareDatabases } from './databases.js';
import { factsOf } from './facts.js';
import { install } from './install.js';
import { runLoad } from './load.js';
import { chosen, operationsOver } from './operations.js';
import { readOptions } from './options.js';
import { report } from './report.js';
import { agree, deepCursors, requestFor, takesPart, writesAgree } from './requests.js';
import { sizesOf, sumOf } from './size.js';

const options = readOptions('npm run bench -- [options]: measures Clientele against its floor and PostGraphile.');
const says = (what) => process.stderr.write(`${what}\n`);

const cores = chooseCores(options.cores);
if (cores) pinSelf(cores.load);
mkdirSync(options.folder, { recursive: true });
const installed = install(options, says);
const other = options.against ? install(options, says, resolve(options.against)) : undefined;
const results = [];
try {
  for (const provider of options.databases) results.push(await measureDatabase(provider));
} finally {
  installed.remove();
  other?.remove();
}
await report(results, { ...options, cores, version: installed.version });
process.exit(0);

async function measureDatabase(provider) {
  const databases = await prepareDatabases(provider, options, says);
  const running = [];
  try {
    const facts = await factsOf(databases.ours, options.clients);
    const sizes = {};
    for (const tables of ['ours', 'plain']) {
      if (databases[tables]) sizes[tables] = sumOf(await sizesOf(databases[tables].url));
    }
    for (const name of options.contenders) {
      const { plain, only = provider } = CONTENDERS[name];
      if (only !== provider) continue;
      const set = {
        install: name === 'against' ? other : installed,
        databaseUrl: (plain ? databases.plain : databases.ours).url,
        facts,
        core: cores?.server,
        logFile: join(options.folder, `${provider}-${name}.log`),
      };
      try {
        running.push(await startContender(name, set));
      } catch (error) {
        if (!name.startsWith('postgraphile')) throw error;
        says(
          `PostGraphile is left out (npm install in bench/, and --node with a Node from 22 on): ${error.message.slice(0, 300)}`,
        );
      }
    }
    facts.deep = await deepCursors(running, facts);
    const measured = [];
    for (const operation of chosen(operationsOver(facts), options.operations)) {
      says(`${provider}: ${operation.name}`);
      const { name, title, nested } = operation;
      const taking = running.filter((one) => takesPart(one.name, operation, provider));
      if (operation.writes) await writesAgree(operation, taking, facts);
      else await agree(operation, taking, facts);
      measured.push({ operation: name, title, nested, rounds: await measure(operation, taking, facts) });
    }
    const memory = Object.fromEntries(running.map((one) => [one.name, memoryOf(one.pid)]));
    return { provider, server: facts.server, fields: facts.fields.length, measured, memory, sizes };
  } finally {
    for (const one of running) await one.close();
    await databases.close();
  }
}

/** Rounds of load; in each, every contender has its turn. Answers, by contender, what each round gave. */
async function measure(operation, taking, facts) {
  const senders = new Map(taking.map((one) => [one.name, requestFor(operation, one, facts)]));
  const load = async (one, seconds) => {
    try {
      return await runLoad({ ...options, port: one.port, seconds, request: senders.get(one.name) });
    } catch (error) {
      throw new Error(`${one.name} failed: ${error.message}\n${one.lastWords()}`, { cause: error });
    }
  };
  for (const one of taking) await load(one, options.warmup);
  const rounds = Object.fromEntries(taking.map((one) => [one.name, []]));
  for (let round = 0; round < options.rounds; round++) {
    const order = taking.map((_, index) => taking[(index + round) % taking.length]);
    for (const one of order) rounds[one.name].push(await measureOnce(one, () => load(one, options.seconds), facts));
  }
  return rounds;
}

async function measureOnce(one, load, { postmaster }) {
  const databaseBefore = cpuOfChildren(postmaster);
  const ownBefore = process.cpuUsage();
  const cpuBefore = cpuTaken(one.pid);
  const busyBefore = coresBusy();
  const { requests, seconds, p50, p99 } = await load();
  const busyAfter = coresBusy();
  const cpuAfter = cpuTaken(one.pid);
  const databaseAfter = cpuOfChildren(postmaster);
  const own = process.cpuUsage(ownBefore);
  const cpu = cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore;
  const busy = (core) =>
    core === undefined || !busyBefore || !busyAfter
      ? undefined
      : (busyAfter[core] - busyBefore[core]) / (seconds * 1e6);
  const share = cpu === undefined ? undefined : cpu / (seconds * 1e6);
  return {
    rate: requests / seconds,
    cpu: cpu === undefined ? undefined : cpu / requests,
    database: databaseBefore && databaseAfter ? takenSince(databaseBefore, databaseAfter) / requests : undefined,
    sending: (own.user + own.system) / requests,
    share,
    others: share === undefined || !cores ? undefined : Math.max(0, busy(cores.server) - share),
    load: busy(cores?.load),
    p50,
    p99,
  };
}

/** CPU time between two looks at processes, of those that are still there. */
function takenSince(before, after) {
  return [...after].reduce((sum, [pid, taken]) => sum + taken - (before.get(pid) ?? 0), 0);
}
