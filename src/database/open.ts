/** Opens the database that the configuration names. */
import type { Config } from '../config.ts';
import { clientOn, type Db } from './client.ts';
import type { Adapter } from './sql/connection.ts';

/** Opens the migrated database at `config.databaseUrl`. The other database's driver is not even loaded. */
export async function openDatabase(config: Pick<Config, 'databaseUrl' | 'poolSize'>): Promise<Db> {
  return clientOn(await openAdapter(config));
}

/** The driver adapter of that database, which serves any client of Prisma's. */
export async function openAdapter(config: Pick<Config, 'databaseUrl' | 'poolSize'>): Promise<Adapter> {
  if (config.databaseUrl.startsWith('file:')) {
    const { openSqlite } = await import('./sqlite/sqlite.ts');
    return openSqlite(config.databaseUrl);
  }
  const { openPostgres } = await import('./postgres/postgres.ts');
  return openPostgres(config.databaseUrl, config.poolSize);
}
