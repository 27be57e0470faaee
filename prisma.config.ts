// The schema engine is never used (migrations run through its WASM build): without this line
// Prisma's command line would download it before `generate`.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

import { defineConfig } from 'prisma/config';

export default defineConfig({ schema: 'prisma/schema.prisma' });
