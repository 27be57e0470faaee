/** What Prisma's schema engine makes of the migrations in a database. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { startEngine } from '../../prisma/schema-engine.js';
import { adapterOn, SQLITE_ADAPTER } from '../../src/database/sqlite/adapter.ts';
import { openHandle } from '../../src/database/sqlite/driver.ts';

/** Compares the notes in the database with the migrations in a folder. */
export async function historyOf(databaseUrl: string, folder: string) {
  const opened: SqlDriverAdapter[] = [];
  const factory = databaseUrl.startsWith('file:')
    ? sqliteFactory(databaseUrl.slice('file:'.length))
    : new PrismaPg({ connectionString: databaseUrl, max: 1 });
  const engine = await startEngine({
    ...factory,
    provider: factory.provider,
    adapterName: factory.adapterName,
    connectToShadowDb: () => factory.connectToShadowDb(),
    async connect() {
      const adapter = await factory.connect();
      opened.push(adapter);
      return adapter;
    },
  });
  try {
    return await engine.diagnoseMigrationHistory({
      migrationsList: await migrationsIn(folder),
      optInToShadowDatabase: false,
      filters: { externalTables: [], externalEnums: [] },
    });
  } finally {
    engine.free();
    for (const adapter of opened) await adapter.dispose();
  }
}

function sqliteFactory(file: string): SqlMigrationAwareDriverAdapterFactory {
  const connectTo = async (path: string): Promise<SqlDriverAdapter> => {
    const handle = openHandle(path);
    return { ...adapterOn(handle), dispose: async () => handle.close() };
  };
  return { ...SQLITE_ADAPTER, connect: () => connectTo(file), connectToShadowDb: () => connectTo(':memory:') };
}

async function migrationsIn(baseDir: string) {
  const entries = await readdir(baseDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const migrationDirectories = await Promise.all(
    names.sort().map(async (path) => {
      const value = await readFile(join(baseDir, path, 'migration.sql'), 'utf8');
      return { path, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } };
    }),
  );
  const content = await readFile(join(baseDir, 'migration_lock.toml'), 'utf8');
  return { baseDir, lockfile: { path: 'migration_lock.toml', content }, shadowDbInitScript: '', migrationDirectories };
}
