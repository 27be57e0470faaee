import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';

export function startEngine(factory: SqlMigrationAwareDriverAdapterFactory): Promise<SchemaEngine>;
