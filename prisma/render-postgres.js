/**
 * Renders prisma/postgres/schema.prisma from the one data model, prisma/schema.prisma.
 * `--check` writes nothing and exits with 1 when the committed file is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = new URL('schema.prisma', import.meta.url);
const target = new URL('postgres/schema.prisma', import.meta.url);

const header = [
  '// Rendered from prisma/schema.prisma by prisma/render-postgres.js (npm run generate). Change that file, not this one.',
  '',
];

/** The Postgres form of the data model: another provider and client, and instants that keep their time zone. */
export function renderPostgres(model) {
  const blocks = model
    .replace(/^\/\/[^/].*\n|^\/\/\n/gm, '')
    .replace(/^generator models \{[^}]*\}\n+/m, '')
    .replace('"../src/database/generated/sqlite"', '"../../src/database/generated/postgres"')
    .replace('provider = "sqlite"', 'provider = "postgresql"')
    .replace(/^ +\w+ +DateTime\b.*$/gm, (column) => `${column} @db.Timestamptz(3)`)
    // `json` keeps a document as it was written, the order of its keys too, as SQLite does; `jsonb` would not.
    .replace(/^ +\w+ +Json\b.*$/gm, (column) => `${column} @db.Json`);
  return `${header.join('\n')}\n${blocks.trimStart()}`;
}

function main() {
  const rendered = renderPostgres(readFileSync(source, 'utf8'));
  if (!process.argv.includes('--check')) {
    mkdirSync(new URL('.', target), { recursive: true });
    writeFileSync(target, rendered);
    return;
  }
  if (read(target) !== rendered) {
    process.stderr.write('prisma/postgres/schema.prisma is stale: run `npm run generate` and commit it.\n');
    process.exitCode = 1;
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
