/** Databases for tests: migrated, empty, and of the kind that the running vitest project is for. */
import { randomBytes } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import type { Db } from '../../src/database/client.ts';
import { openDatabase } from '../../src/database/open.ts';
import { withDatabase } from './urls.ts';

type Databases =
  | { provider: 'sqlite'; folder: string; template: string }
  | { provider: 'postgres'; url: string; prefix: string; template: string };

declare module 'vitest' {
  interface ProvidedContext {
    databases: Databases;
  }
}

const databases = inject('databases');

/** Which database this run is on. */
export const provider = databases.provider;

/** The URL of a new database that is migrated and empty. It goes away with the run. */
export function freshDatabaseUrl(): Promise<string> {
  return create(databases.template);
}

/** The URL of a new database without even the schema; on SQLite, of a file that is not there yet. */
export function unmigratedDatabaseUrl(): Promise<string> {
  return create(undefined);
}

/** The URL of a new database with all that is in another one, which nobody may be using. */
export function copyOf(databaseUrl: string): Promise<string> {
  return create(
    databaseUrl.startsWith('file:') ? databaseUrl.slice('file:'.length) : new URL(databaseUrl).pathname.slice(1),
  );
}

/** Opens a new database, and closes it after the tests of the file or block that asked for it. */
export async function freshDatabase(): Promise<Db> {
  const database = await openDatabase({ databaseUrl: await freshDatabaseUrl(), poolSize: 10 });
  afterAll(() => database.$close());
  return database;
}

async function create(template: string | undefined): Promise<string> {
  const unique = randomBytes(8).toString('hex');
  if (databases.provider === 'sqlite') {
    const file = join(databases.folder, `${unique}.db`);
    if (template) await copyFile(template, file);
    return `file:${file}`;
  }
  const name = `${databases.prefix}_${unique}`;
  const client = new pg.Client({ connectionString: databases.url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE "${name}" TEMPLATE "${template ?? 'template0'}"`);
  } finally {
    await client.end();
  }
  return withDatabase(databases.url, name);
}
