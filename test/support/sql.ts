/** Statements that only tests have. */
import type { Db } from '../../src/database/client.ts';
import type { Statement } from '../../src/database/sql.ts';

/** Runs a statement and answers its rows. */
export function query<T>(database: Db, { sql, text, values }: Statement): Promise<T[]> {
  return database.$queryRawUnsafe<T[]>(database.$adapter.provider === 'sqlite' ? sql : text, ...values);
}

/** The same database with another way to commit. */
export function committing(database: Db, commit: Db['$commit']): Db {
  return database.$extends({ client: { $commit: commit } }) as unknown as Db;
}
