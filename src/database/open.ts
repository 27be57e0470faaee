/** Opens the database that the configuration names. */
import type { Config } from '../config.ts';
import type { Database } from './database.ts';

/** Opens the migrated database at `config.databaseUrl`. The other database's driver is not even loaded. */
export async function openDatabase(config: Pick<Config, 'databaseUrl' | 'poolSize'>): Promise<Database> {
  if (config.databaseUrl.startsWith('file:')) {
    const { openSqlite } = await import('./sqlite.ts');
    return openSqlite(config.databaseUrl);
  }
  const { openPostgres } = await import('./postgres.ts');
  return openPostgres(config.databaseUrl, config.poolSize);
}
