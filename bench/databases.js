/** The databases that are measured: filled once per size and kept, and copied for each run. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { CONTENDERS } from './contenders.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The database of one run: a copy of what is kept, which `close` takes away; with `inPlace` what is kept itself, for which
 * there may be no room twice. With `plain`, the same rows in plain tables.
 */
export async function prepareDatabase(provider, options, says) {
  mkdirSync(options.folder, { recursive: true });
  const tables = options.plain ? 'plain_' : '';
  const key = `${tables}${options.clients}_${options.fields}_${digest(provider, options.plain)}`;
  const run = `run_${tables}${process.pid}`;
  return provider === 'sqlite' ? sqlite(key, run, options, says) : postgres(key, run, options, says);
}

/** The databases of a run, on one server: `ours` and, where a contender needs it, `plain`. */
export async function prepareDatabases(provider, options, says) {
  const server = provider === 'postgres' ? await postgresServer(options) : undefined;
  const prepared = {};
  const close = async () => {
    for (const database of Object.values(prepared)) await database.close();
    await server?.stop();
  };
  try {
    prepared.ours = await prepareDatabase(provider, { ...options, server }, says);
    if (options.contenders.some((name) => CONTENDERS[name].plain)) {
      prepared.plain = await prepareDatabase(provider, { ...options, server, plain: true }, says);
    }
    return { ...prepared, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function sqlite(key, name, options, says) {
  const { folder, fresh, inPlace } = options;
  const kept = join(folder, `bench-${key}.db`);
  const run = join(folder, `${name}.db`);
  if (fresh || !existsSync(kept)) {
    const filling = `${kept}.filling`;
    for (const end of ['', '-wal', '-shm']) rmSync(filling + end, { force: true });
    fill(`file:${filling}`, options, says);
    renameSync(filling, kept);
  }
  if (inPlace) return { url: `file:${kept}`, close: async () => {} };
  cpSync(kept, run);
  return {
    url: `file:${run}`,
    async close() {
      for (const end of ['', '-wal', '-shm']) rmSync(run + end, { force: true });
    },
  };
}

/** The Postgres server that the databases are on: the one named, or one of our own, which `stop` ends. */
export function postgresServer({ folder }) {
  return process.env.BENCH_DATABASE_URL
    ? { url: process.env.BENCH_DATABASE_URL, stop: async () => {} }
    : startPostgres(join(folder, 'postgres'));
}

async function postgres(key, name, options, says) {
  const { folder, plain, fresh, inPlace, server: given } = options;
  const server = given ? { url: given.url, stop: async () => {} } : await postgresServer({ folder });
  const kept = `clientele_bench_${key}`;
  const run = `clientele_bench_${name}`;
  const admin = new pg.Client({ connectionString: server.url });
  // The server may end before it does, when something failed: that is what is to be told then.
  admin.on('error', () => {});
  await admin.connect();
  const drop = (name) => admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  try {
    if (fresh) await drop(kept);
    const { rows } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [kept]);
    if (rows.length === 0) {
      const filling = `${kept}_filling`;
      await drop(filling);
      // Plain columns then sort as Clientele's lists do, by character, which is also the fastest.
      const locale = plain ? ` LOCALE_PROVIDER libc LOCALE 'C'` : '';
      await admin.query(`CREATE DATABASE "${filling}" TEMPLATE template0${locale}`);
      fill(withDatabase(server.url, filling), options, says);
      await admin.query(`ALTER DATABASE "${filling}" RENAME TO "${kept}"`);
    }
    if (!inPlace) await admin.query(`CREATE DATABASE "${run}" TEMPLATE "${kept}" STRATEGY FILE_COPY`);
  } catch (error) {
    await admin.end();
    await server.stop();
    throw error;
  }
  return {
    url: withDatabase(server.url, inPlace ? kept : run),
    // Whether its processes are on this machine, so that their CPU time can be told.
    isHere: !process.env.BENCH_DATABASE_URL,
    async close() {
      if (!inPlace) await drop(run);
      await admin.end();
      await server.stop();
    },
  };
}

async function startPostgres(dataFolder) {
  const script = fileURLToPath(new URL('./postgres-server.js', import.meta.url));
  const child = spawn(process.execPath, [script, dataFolder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const url = await Promise.race([
    once(child.stdout, 'data').then(([line]) => String(line).trim()),
    ended.then(() => Promise.reject(new Error('The Postgres server did not start.'))),
  ]);
  return {
    url,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

/** In a process of its own, whose clock and randomness the generator takes over. */
function fill(url, { clients, fields, plain }, says) {
  says(`filling a database with ${clients} clients${plain ? ' in plain tables' : ''}`);
  const script = fileURLToPath(new URL('./generate.js', import.meta.url));
  const args = [script, '--database', url, '--clients', String(clients), '--fields', String(fields)];
  const { status } = spawnSync(process.execPath, plain ? [...args, '--plain'] : args, { stdio: 'inherit' });
  if (status !== 0) throw new Error('The database could not be filled.');
}

function withDatabase(serverUrl, database) {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Of everything that determines the rows: the generator and, except for plain tables, the migrations and the product's rules. */
function digest(provider, plain) {
  const hash = createHash('sha256');
  const rules = filesBelow(join(root, 'dist')).filter((file) => {
    const path = relative(join(root, 'dist'), file);
    return path.endsWith('.js') && !/^(http|graphql|database|cli)\/|schema\.js$|^server\.js$/.test(path);
  });
  const generator = ['bulk.js', plain ? 'plain.js' : 'generate.js', 'sample.js', 'seeded.js'];
  const files = generator.map((file) => join(root, 'bench', file));
  if (!plain) files.push(...filesBelow(join(root, 'prisma', provider, 'migrations')), ...rules);
  for (const file of files.sort()) hash.update(relative(root, file)).update(readFileSync(file));
  return hash.digest('hex').slice(0, 10);
}

function filesBelow(folder) {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
