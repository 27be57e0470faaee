/**
 * What a second worker gives: one server of one process and one of two, up at once over one database, in turn. Build first;
 * see --help.
 *
 * Where server, database and load share two cores, as two workers and a Postgres server do here, rates cannot show it: then
 * look at the processor time a request takes, which must not rise, and at what two cores of their own would make of it. Or hold
 * each worker to a share of a core (`--share 0.3`), so that there is enough left for the database, as if it were elsewhere.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { coresBusy, cpuOfChildren, cpuTaken, startContender } from './contenders.js';
import { prepareDatabase } from './databases.js';
import { factsOf } from './facts.js';
import { install } from './install.js';
import { runLoad } from './load.js';
import { operationsOver } from './operations.js';
import { readOptions } from './options.js';
import { holdTo } from './quota.js';
import { requestFor } from './requests.js';

const options = readOptions('node bench/workers.js -- [options]: what a second worker gives.', undefined, {
  operations: 'list,get,upsert',
});
const says = (what) => process.stderr.write(`${what}\n`);
mkdirSync(options.folder, { recursive: true });
const installed = install(options, says);
const lines = [
  '| database | operation | 1 worker: requests/s | 2 workers: requests/s | gain | CPU a request, 1 worker: server, database, load | 2 workers | server at 1 and 2 full cores | cores busy with 2 |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
];
try {
  for (const provider of options.databases) await measureDatabase(provider);
} finally {
  installed.remove();
}
process.stdout.write(`${lines.join('\n')}\n`);
process.exit(0);

async function measureDatabase(provider) {
  const database = await prepareDatabase(provider, options, says);
  const running = [];
  let letGo = () => {};
  try {
    const facts = await factsOf(database, options.clients);
    for (const workers of [1, 2]) {
      const logFile = join(options.folder, `${provider}-workers-${workers}.log`);
      const args = ['--workers', String(workers)];
      running.push(
        await startContender('clientele', { install: installed, databaseUrl: database.url, facts, logFile, args }),
      );
    }
    const workers = running.flatMap(({ pid }) => {
      const children = [...(cpuOfChildren(pid)?.keys() ?? [])].filter(Boolean);
      return children.length > 0 ? children : [pid];
    });
    if (options.share > 0) letGo = holdTo(options.share, workers);
    for (const operation of operationsOver(facts).filter(({ name }) => options.operations.includes(name))) {
      says(`${provider}: ${operation.name}`);
      await measure(provider, operation, running, facts);
    }
  } finally {
    letGo();
    for (const one of running) await one.close();
    await database.close();
  }
}

async function measure(provider, operation, running, facts) {
  const rounds = running.map(() => []);
  // One for all: an upsert that was made by way of the other server would be a replay.
  const request = requestFor(operation, running[0], facts);
  // As many callers for each worker: what arrives together is worked off together, which is cheaper.
  const load = (index, seconds) => {
    const connections = options.connections * (index + 1);
    return runLoad({ ...options, connections, port: running[index].port, seconds, request });
  };
  for (const index of running.keys()) await load(index, options.warmup);
  for (let round = 0; round < options.rounds; round++) {
    for (const index of running.keys()) {
      const before = look(running[index].pid, facts.postmaster);
      const { requests, seconds } = await load(index, options.seconds);
      const after = look(running[index].pid, facts.postmaster);
      const each = (key) => (after[key] - before[key]) / requests;
      rounds[index].push({
        rate: requests / seconds,
        server: each('server'),
        database: each('database'),
        sending: each('sending'),
        busy: after.cores.map((core, number) => (core - before.cores[number]) / (seconds * 1e6)),
      });
    }
  }
  const [one, two] = rounds.map((all) => ({
    rate: median(all.map(({ rate }) => rate)),
    server: median(all.map(({ server }) => server)),
    parts: ['server', 'database', 'sending']
      .map((part) => Math.round(median(all.map((round) => round[part]))))
      .join(', '),
    busy: all[0].busy.map((_, core) => `${Math.round(100 * median(all.map(({ busy }) => busy[core])))} %`).join(', '),
  }));
  const full = (workers, cpu) => Math.round((workers * 1e6) / cpu);
  lines.push(
    `| ${provider} | ${operation.name} | ${Math.round(one.rate)} | ${Math.round(two.rate)} | × ${(two.rate / one.rate).toFixed(2)} | ${one.parts} µs | ${two.parts} µs | ${full(1, one.server)} → ${full(2, two.server)}/s | ${two.busy} |`,
  );
}

/** Processor time so far, in microseconds: of the server with its workers, of the database's processes, and of this one. */
function look(pid, postmaster) {
  const sum = (processes) => [...(processes?.values() ?? [])].reduce((total, taken) => total + taken, 0);
  const { user, system } = process.cpuUsage();
  return {
    server: (cpuTaken(pid) ?? 0) + sum(cpuOfChildren(pid)),
    database: postmaster ? sum(cpuOfChildren(postmaster)) : 0,
    sending: user + system,
    cores: coresBusy() ?? [],
  };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
