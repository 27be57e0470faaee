/**
 * Prisma's schema engine as WebAssembly: what `prisma migrate` does, without a native binary to download.
 * It runs over the ordinary driver adapters, with their `executeScript` replaced so that a migration is one transaction.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { Pool } from 'pg';
import { adapterOn, SQLITE_ADAPTER, translating } from './sqlite-adapter.ts';
import { openHandle, type SqliteHandle } from './sqlite-driver.ts';

export type SchemaEngine = bindings.SchemaEngine;

/** The driver's own error of the script that failed last; of most errors on Postgres the engine keeps no word. */
export interface Scripts {
  failure: Error | undefined;
}

/** Neither the standard library's types nor those of Node 20 know this global. */
declare const WebAssembly: {
  instantiate(
    code: Uint8Array,
    imports: Record<string, unknown>,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};

/** Starts an engine on a database, hands it to `use`, and lets go of every connection and lock afterwards. */
export async function withSchemaEngine<T>(
  databaseUrl: string,
  use: (engine: SchemaEngine, scripts: Scripts) => Promise<T>,
): Promise<T> {
  await loadEngine();
  const scripts: Scripts = { failure: undefined };
  const factory = databaseUrl.startsWith('file:') ? sqlite(databaseUrl, scripts) : postgres(databaseUrl, scripts);
  const opened: SqlDriverAdapter[] = [];
  const tracked: SqlMigrationAwareDriverAdapterFactory = {
    ...factory,
    async connect() {
      const adapter = await factory.connect();
      opened.push(adapter);
      return adapter;
    },
  };
  const engine = await bindings.SchemaEngine.new(
    { datamodels: undefined },
    () => {},
    bindMigrationAwareSqlAdapterFactory(tracked),
  );
  try {
    return await use(engine, scripts);
  } finally {
    engine.free();
    // Freeing the engine keeps its advisory lock (Postgres) or its exclusive file lock (SQLite); only this releases them.
    for (const adapter of opened) await adapter.dispose();
  }
}

/**
 * Once in a process, even where this module is loaded twice (as test runners do): the bindings are one set of variables
 * that point into the memory of one instance.
 */
const shared = globalThis as { clienteleSchemaEngine?: Promise<void>; PRISMA_WASM_PANIC_REGISTRY?: unknown };

function loadEngine(): Promise<void> {
  shared.clienteleSchemaEngine ??= instantiate();
  return shared.clienteleSchemaEngine;
}

async function instantiate(): Promise<void> {
  // Where the engine leaves the message of a panic before it ends in a bare `unreachable`.
  shared.PRISMA_WASM_PANIC_REGISTRY = {
    set_message(message: string) {
      throw new Error(`The schema engine failed: ${message}`);
    },
  };
  const glue = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const code = await readFile(join(dirname(glue), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(code, {
    './schema_engine_bg.js': { ...bindings, ...idleTimers() },
  });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

/** The engine never clears the timer of its lock, ten seconds long: as an ordinary one it would hold up the process's end. */
function idleTimers(): Record<string, unknown> {
  const names = Object.keys(bindings).filter((name) => name.startsWith('__wbg_setTimeout_'));
  const idle = (callback: () => void, delay: number) => setTimeout(callback, delay >>> 0).unref();
  return Object.fromEntries(names.map((name) => [name, idle]));
}

function postgres(databaseUrl: string, scripts: Scripts): SqlMigrationAwareDriverAdapterFactory {
  // One connection: the engine takes a session's advisory lock on it and must run everything else under that lock.
  const factory: SqlMigrationAwareDriverAdapterFactory = new PrismaPg({ connectionString: databaseUrl, max: 1 });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connectToShadowDb: () => factory.connectToShadowDb(),
    async connect() {
      const adapter = (await factory.connect()) as OpenedPg;
      adapter.executeScript = async (script) => {
        try {
          // The adapter would cut the text at every semicolon. Sent whole, it is one implicit transaction.
          await adapter.client.query(script);
        } catch (error) {
          scripts.failure = error as Error;
          adapter.onError(error);
        }
      };
      return adapter;
    },
  };
}

/** What the adapter holds privately and a script needs: the driver, and the translation of its errors. */
type OpenedPg = SqlDriverAdapter & { client: Pool; onError(error: unknown): never };

function sqlite(databaseUrl: string, scripts: Scripts): SqlMigrationAwareDriverAdapterFactory {
  const connectTo = async (file: string): Promise<SqlDriverAdapter> => {
    const handle = openHandle(file);
    return {
      ...adapterOn(handle),
      executeScript: async (script) =>
        translating(() => {
          try {
            runScript(handle, script);
          } catch (error) {
            scripts.failure = error as Error;
            throw error;
          }
        }),
      dispose: async () => handle.close(),
    };
  };
  return {
    ...SQLITE_ADAPTER,
    connect: () => connectTo(databaseUrl.slice('file:'.length)),
    connectToShadowDb: () => connectTo(':memory:'),
  };
}

/** Runs a migration as one transaction. */
function runScript(handle: SqliteHandle, script: string): void {
  // Rebuilding a table drops it for a moment; inside a transaction this pragma would have no effect.
  handle.exec('PRAGMA foreign_keys = OFF');
  try {
    handle.exec('BEGIN IMMEDIATE');
    handle.exec(script);
    const dangling = handle.prepare('PRAGMA foreign_key_check').all();
    if (dangling.length > 0) throw new Error(`It leaves ${dangling.length} dangling references.`);
    handle.exec('COMMIT');
  } finally {
    if (handle.isTransaction) handle.exec('ROLLBACK');
    handle.exec('PRAGMA foreign_keys = ON');
  }
}
