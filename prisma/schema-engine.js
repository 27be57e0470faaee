/**
 * Prisma's schema engine as WebAssembly, so that nothing native is downloaded. A development tool: it writes migrations
 * (new-migration.js), and tests ask it what it makes of a migrated database.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

/** Once only: the bindings keep views of the first instance's memory. */
let loaded = false;

/** Starts an engine on the databases that a driver adapter factory opens. */
export async function startEngine(factory) {
  if (!loaded) await load();
  loaded = true;
  return bindings.SchemaEngine.new({ datamodels: undefined }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
}

async function load() {
  const glue = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const code = readFileSync(glue.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(code, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}
