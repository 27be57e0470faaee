// Prisma's command line would download its schema engine before `generate`, which has no use for it. Migrations are
// written by the engine's WebAssembly build (prisma/schema-engine.js) and run by src/database/migrate.ts.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

import { defineConfig } from 'prisma/config';

export default defineConfig({ schema: 'prisma/schema.prisma' });
