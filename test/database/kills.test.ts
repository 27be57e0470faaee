/**
 * Starts that are killed while they migrate: what is in the database is noted, what is noted is there, and the next starts
 * work. MIGRATION_KILLS is how often each kind of start is killed; where it is set, the moments that were hit are printed.
 */
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../src/database/client.ts';
import { applyMigrations } from '../../src/database/migrations/apply.ts';
import { openDatabase } from '../../src/database/open.ts';
import { storedInstant } from '../../src/database/sql/instants.ts';
import { type Sql, sql } from '../../src/database/sql/sql.ts';
import { createFirm } from '../../src/firms/firms.ts';
import { findViewer } from '../../src/firms/tokens.ts';
import { finished, run, start } from '../support/cli.ts';
import { copyOf, provider, unmigratedDatabaseUrl } from '../support/database.ts';
import { query } from '../support/sql.ts';

const KILLS = Number(process.env.MIGRATION_KILLS ?? 5);
const INTERRUPTS = Math.ceil(KILLS / 2);
const CLIENTS = 2_000;

const patient = { timeout: 60_000 + KILLS * 20_000 };

/** What is there after so many migrations: all of it in the database's own words. */
const expected: (readonly string[])[] = [];
/** All migrations but the newest, and many clients. */
let filled: string;

beforeAll(async () => {
  const all = fileURLToPath(new URL(`../../prisma/${provider}/migrations`, import.meta.url));
  const entries = await readdir(all, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const folder = await mkdtemp(join(tmpdir(), 'clientele-migrations-'));
  const url = await unmigratedDatabaseUrl();
  expected.push([]);
  for (const name of names.sort()) {
    if (name === names.at(-1)) {
      filled = await copyOf(url);
      await withOpen(filled, addClients);
    }
    await cp(join(all, name), join(folder, name), { recursive: true });
    expect(await applyMigrations(url, folder)).toEqual([name]);
    expected.push(await withOpen(url, contentsOf));
  }
  await rm(folder, { recursive: true });
}, 120_000);

async function withOpen<T>(databaseUrl: string, use: (database: Db) => Promise<T>): Promise<T> {
  const database = await openDatabase({ databaseUrl, poolSize: 1 });
  try {
    return await use(database);
  } finally {
    await database.$close();
  }
}

async function addClients(database: Db): Promise<void> {
  const { id: firmId } = await createFirm(database, 'Acme');
  const [group] = await query<{ id: string | number }>(database, sql`SELECT "id" FROM "ClientGroup"`);
  const at = storedInstant();
  const rows = Array.from({ length: CLIENTS }, (_, index) => {
    const name = `Client ${index} of ${CLIENTS}, ${index * 7919} Long Road, Little Town`;
    return {
      ...{ firmId, id: index, name, nameFolded: name, searchText: name, clientGroupId: Number(group?.id) },
      ...{ status: 'PRE_LIVE', active: true, invitationStatus: 'NOT_SENT', revision: 1, createdAt: at, updatedAt: at },
      ...{ tags: [], externalIds: [], accountTeam: [], customFields: {}, folded: {} },
    };
  });
  await database.$commit([{ kind: 'insert', model: 'Client', rows }]);
}

const isSqlite = provider === 'sqlite';

const tables = isSqlite
  ? sql`SELECT "name" AS "text" FROM sqlite_master WHERE "type" = 'table'`
  : sql`SELECT "tablename" AS "text" FROM pg_tables WHERE "schemaname" = 'public'`;

const contents = isSqlite
  ? sql`SELECT "sql" AS "text" FROM sqlite_master WHERE "sql" IS NOT NULL AND "name" <> '_prisma_migrations' ORDER BY 1`
  : sql`SELECT "indexdef" AS "text" FROM pg_indexes WHERE "schemaname" = 'public' AND "tablename" <> '_prisma_migrations'
      UNION ALL SELECT "table_name" || '.' || "column_name" FROM information_schema.columns
        WHERE "table_schema" = 'public' AND "table_name" <> '_prisma_migrations'
      UNION ALL SELECT "conname" FROM pg_constraint JOIN pg_class ON pg_class."oid" = "conrelid"
        WHERE "connamespace" = 'public'::regnamespace AND "relname" <> '_prisma_migrations' AND "contype" <> 'n'
      UNION ALL SELECT "proname" FROM pg_proc WHERE "proname" LIKE 'clientele%' ORDER BY 1`;

/** What is in the database but for the notes, with the one row that a migration makes. */
async function contentsOf(database: Db): Promise<string[]> {
  const texts = async (statement: Sql) => (await query<{ text: string }>(database, statement)).map(({ text }) => text);
  const clock = (await texts(tables)).includes('ChangeClock')
    ? sql`SELECT 'clock' AS "text" FROM "ChangeClock"`
    : sql`SELECT 1 AS "text" WHERE 1 = 0`;
  return [...(await texts(contents)), ...(await texts(clock))];
}

/** How many migrations are noted. */
async function notedIn(database: Db): Promise<number> {
  const there = (await query<{ text: string }>(database, tables)).some(({ text }) => text === '_prisma_migrations');
  if (!there) return 0;
  const notes = sql`SELECT 1 FROM "_prisma_migrations" WHERE "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL`;
  return (await query(database, notes)).length;
}

/** Looks, as often as it can, until something is so. */
async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await is())) await setImmediate();
}

/** Whether a command has the Postgres database open. */
async function isOpen(watch: pg.Client): Promise<boolean> {
  const commands = `SELECT 1 FROM pg_stat_activity WHERE "datname" = current_database() AND "application_name" = 'clientele'`;
  return (await watch.query(commands)).rowCount !== 0;
}

/** Starts a command on a database, and waits until it has opened that. */
async function begin(args: readonly string[], databaseUrl: string) {
  const file = databaseUrl.slice('file:'.length);
  const sign = existsSync(file) ? `${file}-wal` : file;
  const watch = new pg.Client({ connectionString: databaseUrl });
  if (!isSqlite) await watch.connect();
  const child = start(args, { DATABASE_URL: databaseUrl, PORT: '0', CLIENTELE_LOG_LEVEL: 'warn' });
  const end = finished(child);
  const printed = { text: '' };
  child.stdout.on('data', (text) => {
    printed.text += text;
  });
  await until(() => child.exitCode !== null || (isSqlite ? existsSync(sign) : isOpen(watch)));
  const opened = performance.now();
  if (!isSqlite) await watch.end();
  return { child, end, opened, printed };
}

/** Starts a command and sends it a signal so many milliseconds after it has opened the database. */
async function cutOff(args: readonly string[], databaseUrl: string, signal: NodeJS.Signals, after: number) {
  const { child, end, opened } = await begin(args, databaseUrl);
  await until(() => child.exitCode !== null || performance.now() - opened >= after);
  child.kill(signal);
  const result = await end;
  if (!isSqlite) {
    // A server takes some time to see that a client is gone.
    const watch = new pg.Client({ connectionString: databaseUrl });
    await watch.connect();
    await until(async () => !(await isOpen(watch)));
    await watch.end();
  }
  return result;
}

/** Where to look at a database as it was left. Whoever opens an SQLite file tidies it up, which is for the next start to do. */
async function sightOf(databaseUrl: string): Promise<string> {
  if (!isSqlite) return databaseUrl;
  for (const part of ['', '-wal']) {
    const file = databaseUrl.slice('file:'.length);
    if (existsSync(file + part)) await copyFile(file + part, `${file}.sight${part}`);
  }
  return `${databaseUrl}.sight`;
}

/** Counts what was seen, and prints it where many kills were asked for. */
function tally(title: string) {
  const seen = new Map<string, number>();
  return {
    add: (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1),
    print() {
      if (!process.env.MIGRATION_KILLS) return;
      const lines = [...seen].sort().map(([what, times]) => `  ${String(times).padStart(4)} ${what}\n`);
      process.stdout.write(`${provider}, ${title}:\n${lines.join('')}`);
    },
  };
}

/** So many moments, spread over a time. */
function momentsIn(span: number, count: number): number[] {
  return Array.from({ length: count }, (_, part) => ((part + Math.random()) / count) * span);
}

describe('kill -9 while migrating', patient, () => {
  it.each([
    ['an empty database', () => unmigratedDatabaseUrl(), 0],
    ['a database with data, at the version before', () => copyOf(filled), CLIENTS],
  ])('%s', async (title, database, clients) => {
    const spans: number[] = [];
    for (let times = 0; times < 3; times++) {
      const { child, opened, end, printed } = await begin(['migrate'], await database());
      await until(() => printed.text !== '' || child.exitCode !== null);
      spans.push(performance.now() - opened);
      expect(await end).toMatchObject({ code: 0 });
    }
    const span = Math.min(...spans);
    const hits = tally(`${KILLS} kills within ${span.toFixed()} ms, ${title}`);
    for (const moment of momentsIn(span, KILLS)) {
      const url = await database();
      const { code } = await cutOff(['migrate'], url, 'SIGKILL', moment);
      await withOpen(await sightOf(url), async (opened) => {
        const noted = await notedIn(opened);
        expect(await contentsOf(opened)).toEqual(expected[noted]);
        hits.add(`${noted} of ${expected.length - 1} noted, ${code === null ? 'killed' : 'over before'}`);
      });
      const next = await Promise.all([1, 2].map(() => run(['migrate'], { DATABASE_URL: url })));
      expect(next).toMatchObject([
        { code: 0, stderr: '' },
        { code: 0, stderr: '' },
      ]);
      await withOpen(url, async (opened) => {
        expect(await contentsOf(opened)).toEqual(expected.at(-1));
        expect(await query(opened, sql`SELECT 1 FROM "Client"`)).toHaveLength(clients);
      });
    }
    hits.print();
  });
});

/** Reads what a server prints until it serves, or ends. */
function untilServing({ child, printed }: Awaited<ReturnType<typeof begin>>): Promise<void> {
  return until(() => /^Clientele serves/m.test(printed.text) || child.exitCode !== null);
}

/** Starts a server, and ends it once it serves. Returns what it printed. */
async function serveOnce(databaseUrl: string): Promise<string> {
  const server = await begin(['serve'], databaseUrl);
  await untilServing(server);
  server.child.kill('SIGTERM');
  const { code, stdout, stderr } = await server.end;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

describe('a first start of the server', patient, () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('that is ended by %s says so, and its token is printed once', async (signal, exitCode) => {
    const whole = await begin(['serve'], await unmigratedDatabaseUrl());
    await untilServing(whole);
    const span = performance.now() - whole.opened;
    whole.child.kill('SIGTERM');
    await whole.end;
    const hits = tally(`${INTERRUPTS} × ${signal} within ${span.toFixed()} ms of a first start`);
    for (const moment of momentsIn(span, INTERRUPTS)) {
      const url = await unmigratedDatabaseUrl();
      const { code, stdout, stderr } = await cutOff(['serve'], url, signal, moment);
      if (code === 0) expect(stdout).toContain('Clientele serves');
      else {
        expect({ code, stderr }).toEqual({ code: exitCode, stderr: expect.stringMatching(/^Interrupted by .*\n$/) });
      }
      hits.add(`${await withOpen(await sightOf(url), notedIn)} of ${expected.length - 1} noted, exit code ${code}`);
      const printed = [stdout, ...(await Promise.all([serveOnce(url), serveOnce(url)]))].join('');
      const tokens = printed.match(/clt_\S+/g) ?? [];
      expect(tokens).toHaveLength(1);
      await withOpen(url, async (database) =>
        expect(await findViewer(database, tokens[0] ?? '')).toMatchObject({ firmName: 'demo', role: 'ADMIN' }),
      );
    }
    hits.print();
  });
});
