/**
 * Brings a database to the schema of this build. Any number of instances may do so at once, and each may be killed at any
 * moment: a migration and the note that it was applied are one commit. The notes are in the table that Prisma's own
 * `migrate` keeps, as it would write them.
 */
import { hash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql, storedInstant } from '../sql/index.ts';
import type { Migration, Target } from '../store/index.ts';
import { isThere } from './half-noted.ts';

/**
 * Applies the migrations of a folder laid out as Prisma does it, and returns the names of those the database did not have.
 * `check` is given the names of those noted, and throws where there is no way from them to these.
 */
export async function applyMigrations(
  databaseUrl: string,
  folder: string,
  check: (noted: readonly string[]) => void = () => undefined,
): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const target = await openTarget(databaseUrl);
  try {
    const applied: string[] = [];
    // Looks without the lock first: a start that finds all applied waits for nobody and need not be allowed to create.
    for (;;) {
      const notes = await notesOf(target);
      check(notes.map(({ name }) => name));
      if (!firstMissing(migrations, notes)) break;
      const name = await target.transact(() => applyNext(target, migrations));
      if (name !== undefined) applied.push(name);
    }
    return applied;
  } finally {
    await target.close();
  }
}

async function openTarget(databaseUrl: string): Promise<Target> {
  if (databaseUrl.startsWith('file:')) {
    const { openSqliteTarget } = await import('../sqlite/index.ts');
    return openSqliteTarget(databaseUrl.slice('file:'.length));
  }
  const { openPostgresTarget } = await import('../postgres/index.ts');
  return openPostgresTarget(databaseUrl);
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => ({ name, sql: await readFile(join(folder, name, 'migration.sql'), 'utf8') })),
  );
}

interface Note {
  name: string;
  /** False of a migration that was begun and never finished, or rolled back. */
  applied: boolean | number;
}

async function notesOf(target: Target): Promise<Note[]> {
  if ((await target.query(target.hasHistory)).length === 0) return [];
  return target.query(sql`SELECT "migration_name" AS "name",
    "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL AS "applied" FROM "_prisma_migrations"`);
}

function firstMissing(migrations: readonly Migration[], notes: readonly Note[]): Migration | undefined {
  const applied = new Set(notes.filter((note) => note.applied).map((note) => note.name));
  return migrations.find(({ name }) => !applied.has(name));
}

/** Applies the first missing migration and notes it. Returns its name; undefined when another instance was quicker. */
async function applyNext(target: Target, migrations: readonly Migration[]): Promise<string | undefined> {
  await target.query(target.createHistory);
  const notes = await notesOf(target);
  const next = firstMissing(migrations, notes);
  if (next === undefined) return undefined;
  const startedAt = storedInstant();
  const begun = notes.some(({ name }) => name === next.name);
  if (!begun || !(await isThere(target, migrations, next))) await apply(target, next, notes.length === 0);
  await target.query(sql`UPDATE "_prisma_migrations" SET "rolled_back_at" = ${storedInstant()}
    WHERE "migration_name" = ${next.name} AND "finished_at" IS NULL AND "rolled_back_at" IS NULL`);
  await target.query(sql`INSERT INTO "_prisma_migrations"
    ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count") VALUES
    (${randomUUID()}, ${hash('sha256', next.sql)}, ${next.name}, ${startedAt}, ${storedInstant()}, 1)`);
  return next.name;
}

async function apply(target: Target, { name, sql }: Migration, first: boolean): Promise<void> {
  try {
    await target.run(sql);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const hint =
      first && /already exists/.test(message)
        ? '. No migration was ever noted here: name an empty database, or bring back the table _prisma_migrations that belongs to its data'
        : '';
    throw new Error(`Migration ${name} failed, and nothing of it was kept: ${message}${hint}`, { cause: error });
  }
}
