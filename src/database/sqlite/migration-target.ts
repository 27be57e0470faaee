/** An SQLite file while it is migrated. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { raw, type Statement, sql } from '../sql/index.ts';
import { PATIENCE_MS, type Stage, type Target } from '../store/index.ts';
import { isBusy, obstacleTo, openHandle, type SqliteHandle, sqliteCode } from './driver.ts';

/** How long one statement waits for a lock, in milliseconds. In this time no signal is taken. */
const BUSY_TIMEOUT = 50;

export async function openSqliteTarget(file: string): Promise<Target> {
  try {
    await mkdir(dirname(file), { recursive: true });
  } catch (error) {
    throw new Error(obstacleTo(file) ?? String(error), { cause: error });
  }
  const handle = openHandle(file, { timeout: BUSY_TIMEOUT });
  try {
    const obstacle = obstacleTo(file);
    if (obstacle !== undefined) throw new Error(obstacle);
    // The server works in this mode, too. It is kept in the file, and to change it takes the file for oneself.
    await patiently(() => handle.exec('PRAGMA journal_mode = WAL'));
    // Rebuilding a table drops it for a moment. Within a transaction this pragma would have no effect.
    handle.exec('PRAGMA foreign_keys = OFF');
  } catch (error) {
    handle.close();
    throw error;
  }
  return {
    ...stageOf(handle),
    createHistory: raw(`CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`),
    hasHistory: sql`SELECT 1 FROM sqlite_master WHERE "name" = '_prisma_migrations'`,
    async transact(act) {
      await patiently(() => handle.exec('BEGIN IMMEDIATE'));
      try {
        const result = await act();
        handle.exec('COMMIT');
        return result;
      } finally {
        if (handle.isTransaction) handle.exec('ROLLBACK');
      }
    },
    async rehearse(act) {
      const empty = openHandle(':memory:');
      try {
        empty.exec('PRAGMA foreign_keys = OFF');
        return await act(stageOf(empty));
      } finally {
        empty.close();
      }
    },
    close: async () => handle.close(),
  };
}

function stageOf(handle: SqliteHandle): Stage {
  const query = async <T>({ sql, values }: Statement) => patiently(() => handle.prepare(sql).all(...values) as T[]);
  return {
    query,
    async run(script) {
      handle.exec(script);
      const dangling = handle.prepare('PRAGMA foreign_key_check').all();
      if (dangling.length > 0) throw new Error(`It leaves ${dangling.length} dangling references.`);
    },
    async contents() {
      const definitions = await query<{ sql: string }>(sql`SELECT "sql" FROM sqlite_master WHERE "sql" IS NOT NULL`);
      // Those of virtual tables have types of their own.
      const tables = await query<{ name: string }>(
        sql`SELECT "name" FROM pragma_table_list WHERE "schema" = 'main' AND "type" = 'table' AND "name" NOT LIKE 'sqlite_%'`,
      );
      return { definitions: definitions.map((row) => row.sql), tables: tables.map((row) => row.name) };
    },
  };
}

/** Does it once no other process is in the way. Between tries the process is free to take signals. */
async function patiently<T>(act: () => T): Promise<T> {
  const giveUp = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return act();
    } catch (error) {
      const code = sqliteCode(error);
      if (code === undefined || !isBusy(code)) throw error;
      if (Date.now() > giveUp) {
        throw new Error('Another process has kept the database locked for two minutes.', { cause: error });
      }
      await sleep(10 + Math.random() * 40);
    }
  }
}
