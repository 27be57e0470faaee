/** The servers under load: started on a core of their own, and what they took of it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const canPin = spawnSync('taskset', ['-c', '0', 'true']).status === 0;

/** Which cores: the last for the server, the one before it for load and database. Undefined where they cannot be chosen. */
export function chooseCores(cores) {
  return canPin && cores > 1 ? { server: cores - 1, load: cores - 2 } : undefined;
}

/** Puts this process, and what it starts from now on, on one core. */
export function pinSelf(core) {
  spawnSync('taskset', ['-a', '-c', '-p', String(core), String(process.pid)]);
}

const CLIENTELE = ['bin/clientele.js', 'serve'];
const FLOOR = ['bench/servers/floor.js'];
const POSTGRAPHILE = ['bench/servers/postgraphile.js'];

/**
 * The contenders, in the order in which they are shown. `way` names the requests of an operation that they understand.
 * `plain`: works on plain tables. `writes`: takes part in operations that write only. `only`: on this database only.
 */
export const CONTENDERS = {
  clientele: { label: 'Clientele', way: 'clientele', command: CLIENTELE, colour: '#2f6fde' },
  against: { label: 'Clientele, the other checkout', way: 'clientele', command: CLIENTELE, colour: '#7fb069' },
  postgraphilePlain: {
    label: 'PostGraphile 5, plain tables',
    way: 'postgraphilePlain',
    command: POSTGRAPHILE,
    plain: true,
    only: 'postgres',
    env: { BENCH_PLAIN: '1' },
    colour: '#e08b2f',
  },
  floorPlain: {
    label: 'floor, plain tables',
    way: 'floorPlain',
    command: FLOOR,
    plain: true,
    env: { BENCH_PLAIN: '1' },
    colour: '#9aa2ae',
  },
  floorPlainNormal: {
    label: 'floor, plain tables, synchronous=NORMAL',
    way: 'floorPlain',
    command: FLOOR,
    plain: true,
    writes: true,
    only: 'sqlite',
    env: { BENCH_PLAIN: '1', BENCH_SYNCHRONOUS: 'NORMAL' },
    colour: '#b9bfc9',
  },
  postgraphile: {
    label: 'PostGraphile 5, our tables',
    way: 'postgraphile',
    command: POSTGRAPHILE,
    only: 'postgres',
    colour: '#f0c48f',
  },
  floor: { label: 'floor, our tables', way: 'floor', command: FLOOR, colour: '#cdd2d9' },
  bare: {
    label: 'floor, our tables, no change record',
    way: 'floor',
    command: FLOOR,
    writes: true,
    env: { BENCH_BARE: '1' },
    colour: '#e3e6eb',
  },
};

/**
 * Starts a contender and waits until it answers. `install` says where its code is and which Node runs it; `nodeArgs` are for
 * that Node, `args` for the contender.
 */
export async function startContender(
  name,
  { install, databaseUrl, facts, core, logFile, nodeArgs = [], args: more = [] },
) {
  const port = await freePort();
  const command = [install.node, ...nodeArgs, ...CONTENDERS[name].command, ...more];
  const [file, ...args] = core === undefined ? command : ['taskset', '-c', String(core), ...command];
  const log = openSync(logFile, 'w');
  const child = spawn(file, args, {
    cwd: install.root,
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'production',
      DATABASE_URL: databaseUrl,
      HOST: '127.0.0.1',
      PORT: String(port),
      // So that a setting can be tried.
      ...Object.fromEntries(Object.entries(process.env).filter(([key]) => key.startsWith('CLIENTELE_'))),
      BENCH_FACTS: JSON.stringify(facts),
      ...(process.env.BENCH_PROFILE ? { BENCH_PROFILE: process.env.BENCH_PROFILE } : {}),
      ...CONTENDERS[name].env,
    },
  });
  const ended = once(child, 'exit');
  await ready(name, port, child, logFile);
  return {
    name,
    port,
    pid: child.pid,
    lastWords: () => readFileSync(logFile, 'utf8').slice(-2000),
    async close() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 12_000);
      await ended;
      clearTimeout(late);
    },
  };
}

async function ready(name, port, child, logFile) {
  for (let tried = 0; tried < 600; tried++) {
    if (child.exitCode !== null) break;
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
      await answer.arrayBuffer();
      // The others have no such page; that they answer is enough.
      if (answer.status === 200 || CONTENDERS[name].way !== 'clientele') return;
    } catch {}
    await sleep(50);
  }
  child.kill('SIGKILL');
  throw new Error(`${name} did not start:\n${readFileSync(logFile, 'utf8').slice(-3000)}`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** CPU time that the process has taken on all its threads, in microseconds; undefined where /proc does not tell. */
export function cpuTaken(pid) {
  try {
    let nanoseconds = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    }
    return nanoseconds / 1000;
  } catch {
    return undefined;
  }
}

/** The process that started the process `pid`; undefined where /proc does not tell. */
export function parentOf(pid) {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

/** CPU time that each process started by `pid` has taken, in microseconds; undefined where /proc does not tell. */
export function cpuOfChildren(pid) {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return new Map(children.map((child) => [child, cpuTaken(child) ?? 0]));
  } catch {
    return undefined;
  }
}

/** Memory that the process holds, in megabytes; undefined where /proc does not tell. */
export function memoryOf(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return undefined;
  }
}

/** Busy time of each core since the start of the machine, in microseconds; undefined where /proc does not tell. */
export function coresBusy() {
  try {
    const lines = readFileSync('/proc/stat', 'utf8').match(/^cpu\d+ .*$/gm) ?? [];
    return lines.map((line) => {
      const [user, nice, system, , , irq, softirq, steal] = line.split(/ +/).slice(1).map(Number);
      // In hundredths of a second, as on every Linux that Node runs on.
      return (user + nice + system + irq + softirq + steal) * 10_000;
    });
  } catch {
    return undefined;
  }
}
