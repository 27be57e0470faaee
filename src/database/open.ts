/** Opens the database that the configuration names. */
import { clientOn, type Db } from './client.ts';
import type { Adapter } from './store/index.ts';

/** Where a database is, and over how many connections a Postgres one is used. */
export interface Place {
  databaseUrl: string;
  poolSize: number;
}

/** Opens the migrated database at `config.databaseUrl`. The other database's driver is not even loaded. */
export async function openDatabase(config: Place): Promise<Db> {
  return clientOn(await openAdapter(config));
}

/** The driver adapter of that database, which serves any client of Prisma's. */
export async function openAdapter(config: Place): Promise<Adapter> {
  if (config.databaseUrl.startsWith('file:')) {
    const { openSqlite } = await import('./sqlite/index.ts');
    return openSqlite(config.databaseUrl);
  }
  const { openPostgres } = await import('./postgres/index.ts');
  return openPostgres(config.databaseUrl, config.poolSize);
}
