/** Brings a database to the schema of this build. Safe to run from any number of instances at once. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import type { SchemaEngine, Scripts } from './schema-engine.ts';

/** How long an instance waits for another one that is migrating. */
const PATIENCE_MS = 120_000;

/** The engine's code for a history that holds a migration which was begun and never finished. */
const FAILED_BEFORE = 'P3009';

/** The engine wants to be told that no table is managed by someone else. */
const filters = { externalTables: [], externalEnums: [] };

/** Applies the migrations that the database does not have yet, and answers their names. */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const provider = databaseUrl.startsWith('file:') ? 'sqlite' : 'postgres';
  // From src as from dist, the package's root is two folders up.
  const migrations = fileURLToPath(new URL(`../../prisma/${provider}/migrations`, import.meta.url));
  const applied = await applyMigrations(databaseUrl, migrations);
  if (provider === 'postgres') await withClient(databaseUrl, raiseClock);
  return applied;
}

/** Applies the migrations of a folder laid out as Prisma does it. */
export async function applyMigrations(databaseUrl: string, folder: string): Promise<string[]> {
  if (databaseUrl.startsWith('file:')) await mkdir(dirname(fileOf(databaseUrl)), { recursive: true });
  const migrationsList = await readMigrations(folder);
  // Not only quicker: the engine wants an SQLite file for itself, and it may be in use by a server of this same build.
  if (await isUpToDate(databaseUrl, migrationsList)) return [];
  const { withSchemaEngine } = await import('./schema-engine.ts');
  const giveUp = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await withSchemaEngine(databaseUrl, (engine, scripts) => apply(engine, scripts, migrationsList));
    } catch (error) {
      if (!isLocked(error)) throw plain(error);
      if (Date.now() > giveUp)
        throw new Error('Another process has kept the database locked for too long.', { cause: error });
      await sleep(200);
    }
  }
}

/** Whether every migration is in the database and finished. False when in doubt: the engine finds out and says why. */
async function isUpToDate(databaseUrl: string, migrationsList: MigrationList): Promise<boolean> {
  const query =
    'SELECT migration_name AS "name" FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL';
  try {
    const rows = databaseUrl.startsWith('file:')
      ? await rowsOfFile(fileOf(databaseUrl), query)
      : await withClient(databaseUrl, async (client) => (await client.query<{ name: string }>(query)).rows);
    const names = new Set(rows.map((row) => row.name));
    return migrationsList.migrationDirectories.every((migration) => names.has(migration.path));
  } catch {
    return false;
  }
}

async function rowsOfFile(file: string, query: string): Promise<{ name: string }[]> {
  const { openHandle } = await import('./sqlite-driver.ts');
  const handle = openHandle(file, { readOnly: true });
  try {
    return handle.prepare(query).all() as { name: string }[];
  } finally {
    handle.close();
  }
}

async function withClient<T>(databaseUrl: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const { Client } = (await import('pg')).default;
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function fileOf(databaseUrl: string): string {
  return databaseUrl.slice('file:'.length);
}

async function apply(engine: SchemaEngine, scripts: Scripts, migrationsList: MigrationList): Promise<string[]> {
  const applyAll = async () => (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames;
  try {
    try {
      return await applyAll();
    } catch (error) {
      if (codeOf(error) !== FAILED_BEFORE) throw error;
      // Cut off, or failed for want of space or rights. Nothing of it was kept, so it can be applied again.
      await forgetFailed(engine, migrationsList);
      return await applyAll();
    }
  } catch (error) {
    if (!scripts.failure) throw error;
    const names = await forgetFailed(engine, migrationsList);
    const message = `Migration ${names.join(', ')} failed, and nothing of it was kept: ${scripts.failure.message}`;
    throw new Error(message, { cause: scripts.failure });
  }
}

/**
 * Lets the next run apply failed migrations again, and answers their names. To be called under the lock that
 * `applyMigrations` leaves behind: without it, a migration that another process has begun looks as if it had failed.
 */
async function forgetFailed(engine: SchemaEngine, migrationsList: MigrationList): Promise<string[]> {
  const history = await engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters });
  for (const migrationName of history.failedMigrationNames) await engine.markMigrationRolledBack({ migrationName });
  return history.failedMigrationNames;
}

type MigrationList = Parameters<SchemaEngine['applyMigrations']>[0]['migrationsList'];

async function readMigrations(baseDir: string): Promise<MigrationList> {
  const entries = await readdir(baseDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const migrationDirectories = await Promise.all(
    names.sort().map(async (name) => {
      const value = await readFile(join(baseDir, name, 'migration.sql'), 'utf8');
      return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } };
    }),
  );
  const lockfile = {
    path: 'migration_lock.toml',
    content: await readFile(join(baseDir, 'migration_lock.toml'), 'utf8'),
  };
  return { baseDir, lockfile, shadowDbInitScript: '', migrationDirectories };
}

/**
 * Sequences of the change feed are made of transaction ids (see the migration change_clock). Data restored into another
 * server may hold higher ones than that server's ids give: then the clock is raised until the next sequence is the highest.
 */
async function raiseClock(client: pg.Client): Promise<void> {
  // In one statement: its snapshot is older than its transaction id, so every change it sees on a running server,
  // with other instances writing, is below the sequence it takes. Only restored ones are not.
  const { rows } = await client.query(
    `${highestSequence} SELECT "highest" >= clientele_sequence(0) AS "behind" FROM "feed"`,
  );
  if (!rows[0].behind) return;
  await client.query('BEGIN');
  // No writer may be under way: a reader's horizon moves with the clock, and would move past what it still commits.
  await client.query('LOCK TABLE "Change" IN SHARE ROW EXCLUSIVE MODE');
  await client.query(`${highestSequence}
    UPDATE "ChangeClock" SET "value" = ("highest" >> 20) - pg_current_xact_id()::text::bigint + 1
    FROM "feed" WHERE "id" = 1 AND "highest" >= clientele_sequence(0)`);
  await client.query('COMMIT');
}

/** One step into the primary key for each firm, instead of a walk over the whole feed. */
const highestSequence = `WITH "feed" AS (
  SELECT coalesce(max("last"."sequence"), -1) AS "highest"
  FROM "Firm" CROSS JOIN LATERAL (
    SELECT "sequence" FROM "Change" WHERE "firmId" = "Firm"."id" ORDER BY "sequence" DESC LIMIT 1
  ) AS "last"
)`;

/** The engine gave up waiting for its lock on Postgres, or SQLite was busy (which the engine knows only by its text). */
function isLocked(error: unknown): boolean {
  return codeOf(error) === 'P1002' || /advisory lock|SocketTimeout|database is locked/.test(String(error));
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** The engine's messages go on with advice for other tools and with its own stack. */
function plain(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  return new Error(message.split('\n')[0]?.trim() ?? message, { cause: error });
}
