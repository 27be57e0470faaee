/**
 * `npm run migration:new -- <name>`: writes the SQL that takes both databases from the last migration's data model
 * (kept in prisma/migrated.prisma) to the one in prisma/schema.prisma. Read it before you commit it.
 * `--check` writes nothing and exits with 1 when schema.prisma holds changes that no migration makes.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderPostgres } from './render-postgres.js';
import { startEngine } from './schema-engine.js';
import { postgresSearchIndex, searchedModels, searchTriggers, sqliteSearchIndex } from './search-index.js';

const model = fileURLToPath(new URL('schema.prisma', import.meta.url));
const migratedModel = fileURLToPath(new URL('migrated.prisma', import.meta.url));

const databases = [
  { provider: 'sqlite', folder: 'sqlite', render: (text) => text, finish: fixForSqlite },
  { provider: 'postgres', folder: 'postgres', render: renderPostgres, finish: fixForPostgres },
];

/** Tables whose rows are little more than their key: kept in its order, so that key and row are not written twice. */
const KEYED = 'IndexedValue|ExternalId|ClientTeamMember';

/** Foreign keys that others imply, and that each write would check all the same: a contact's location is its client's. */
const IMPLIED = 'ClientContact_firmId_clientId_fkey';

/**
 * What the engine cannot say of SQLite's tables: foreign keys are checked at the end of a commit, whose rows may point at
 * each other in any order, as within one statement on Postgres. And the triggers and views that keep the search index: a table that is
 * rebuilt loses its own, and those of others stand in the way when it is renamed. Also, SQLite takes the engine's `DEFAULT []`
 * as an empty string. The search index knows the rows of its tables by a number that stays, as SQLite's own need not
 * (VACUUM).
 */
function fixForSqlite(sql, searched) {
  const numbered = searched.join('|');
  const fixed = sql
    .replace(new RegExp(`,\\n    CONSTRAINT "(?:${IMPLIED})" FOREIGN KEY [^\\n,]*(?:,[^\\n]*?)?(?=,?\\n)`, 'g'), '')
    .replace(/DEFAULT (\[[^\]]*\]|\{[^}]*\})/g, "DEFAULT '$1'")
    .replace(/(FOREIGN KEY [^\n]*? ON UPDATE NO ACTION)/g, '$1 DEFERRABLE INITIALLY DEFERRED')
    .replace(new RegExp(`(CREATE TABLE "(?:new_)?(?:${KEYED})" \\(.*?\\n\\));`, 'gs'), '$1 WITHOUT ROWID;')
    .replace(
      new RegExp(`(CREATE TABLE "(?:new_)?(?:${numbered})" \\()(.*?\\n    )PRIMARY KEY \\(`, 'gs'),
      '$1\n    "rowNumber" INTEGER PRIMARY KEY,$2UNIQUE (',
    )
    .replace(new RegExp(`(INSERT INTO "new_(?:${numbered})" \\()(.*? SELECT )`, 'g'), '$1"rowNumber", $2"rowNumber", ');
  const added = newTables(fixed, searched).map((table) => `\n\n${sqliteSearchIndex(table)}`);
  if (!new RegExp(`DROP TABLE "(?:${numbered})"`).test(fixed)) return `${fixed.trimEnd()}${added.join('')}`;
  const there = searched.filter((table) => !newTables(fixed, searched).includes(table)).map(searchTriggers);
  const drops = there.flatMap((triggers) => triggers.match(/^DROP (?:TRIGGER|VIEW) .*$/gm) ?? []);
  return `${drops.join('\n')}\n\n${fixed.trimEnd()}\n\n${there.join('\n')}${added.join('')}`;
}

/** Those of the tables that the migration adds. */
function newTables(sql, tables) {
  return tables.filter((table) => sql.includes(`CREATE TABLE "${table}" (`));
}

/**
 * Text sorts by code point, as on SQLite, whatever locale the database was made with. And no CREATE SCHEMA: the schema
 * is there, but the statement asks for a right on the database that our user need not have.
 */
function fixForPostgres(sql, searched) {
  const fixed = sql
    .replace(
      new RegExp(`(?:-- AddForeignKey\\n)?ALTER TABLE "\\w+" ADD CONSTRAINT "(?:${IMPLIED})" [^;]*;\\n+`, 'g'),
      '',
    )
    .replace(/^-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n+/m, '')
    .replace(/("\w+" (?:SET DATA TYPE )?TEXT)\b(?! COLLATE)/g, '$1 COLLATE "C"');
  return [fixed.trimEnd(), ...newTables(fixed, searched).map(postgresSearchIndex)].join('\n\n');
}

async function main() {
  const name = process.argv[2];
  const checking = name === '--check';
  if (!checking && !/^[a-z][a-z0-9_]*$/.test(name ?? '')) {
    throw new Error('Name the migration: npm run migration:new -- add_client_color');
  }
  const from = read(migratedModel);
  const to = readFileSync(model, 'utf8');
  const scripts = [];
  for (const database of databases) scripts.push({ ...database, sql: await diff(database, from, to) });

  if (scripts.every(({ sql }) => sql === undefined)) {
    if (!checking) process.stderr.write('The data model has not changed since the last migration.\n');
    return;
  }
  if (checking)
    throw new Error('The data model has changed: run `npm run migration:new -- <name>` and commit the result.');
  const timestamp = new Date()
    .toISOString()
    .replace(/[^0-9]/g, '')
    .slice(0, 14);
  for (const { folder, sql } of scripts) {
    const target = new URL(`${folder}/migrations/${timestamp}_${name}/`, import.meta.url);
    mkdirSync(target, { recursive: true });
    writeFileSync(new URL('migration.sql', target), `${(sql ?? '-- Nothing to do on this database.').trimEnd()}\n`);
    process.stderr.write(`Wrote prisma/${folder}/migrations/${timestamp}_${name}/migration.sql\n`);
  }
  writeFileSync(migratedModel, to);
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** The SQL between two data models, or undefined when there is no difference. */
async function diff({ provider, render, finish }, from, to) {
  const engine = await startEngine(withoutDatabase(provider));
  const target = (text) => ({ tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: render(text) }] });
  const { stdout, exitCode } = await engine.diff({
    from: from === undefined ? { tag: 'empty' } : target(from),
    to: target(to),
    script: true,
    exitCode: true,
    filters: { externalTables: [], externalEnums: [] },
  });
  engine.free();
  return exitCode === 2 ? finish(stdout, searchedModels(to)) : undefined;
}

/** Comparing two models reads nothing that matters from a database, so that none is needed: every answer is empty. */
function withoutDatabase(provider) {
  const identity = { provider, adapterName: 'none' };
  const adapter = {
    ...identity,
    queryRaw: async () => ({ columnNames: [], columnTypes: [], rows: [] }),
    executeRaw: async () => 0,
    executeScript: async () => {},
    dispose: async () => {},
  };
  return { ...identity, connect: async () => adapter, connectToShadowDb: async () => adapter };
}

await main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
