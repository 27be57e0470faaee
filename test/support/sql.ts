/** Statements that only tests have. */
import type { Db } from '../../src/database/client.ts';
import type { Statement } from '../../src/database/sql/sql.ts';

/** Runs a statement and answers its rows. */
export async function query<T>(database: Db, { sql, text, values }: Statement): Promise<T[]> {
  const statement = database.$adapter.provider === 'sqlite' ? sql : text;
  const rows = await database.$queryRawUnsafe<Record<string, unknown>[]>(statement, ...values);
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])) as T);
}

/** A value that JSON can have. */
function plain(value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

/** The same database with another way to commit. */
export function committing(database: Db, commit: Db['$commit']): Db {
  return database.$extends({ client: { $commit: commit } }) as unknown as Db;
}
