/**
 * The search index of tables that have a `searchText`: which rows hold which characters in a row of it. Both databases keep
 * it themselves. It only narrows what is looked at (src/database/sql/access-path.ts), so that results are the same without.
 */
import { readFileSync } from 'node:fs';

/** The models whose rows are searched: those with a column `searchText`. */
export function searchedModels(model) {
  const blocks = [...model.matchAll(/^model (\w+) \{\n(.*?)^\}/gms)];
  return blocks.filter(([, , body]) => /^ +searchText +String/m.test(body)).map(([, name]) => name);
}

/** SQLite: the triggers and the view that keep the index of a table; they are made anew where they are there. */
export function searchTriggers(table) {
  return readFileSync(new URL('sqlite/search-triggers.sql', import.meta.url), 'utf8').replaceAll('{table}', table);
}

/** SQLite: the index of a new table. */
export function sqliteSearchIndex(table) {
  const tokens = `tokenize="ascii tokenchars ' !""#$%&''()*+,-./:;<=>?@[\\]^_\`{|}~'"`;
  return `-- The search index of ${table}.
CREATE VIRTUAL TABLE "${table}Search" USING fts5("parts", content='', contentless_delete=1, detail=none, ${tokens});
CREATE VIRTUAL TABLE "${table}SearchParts" USING fts5vocab("${table}Search", 'instance');
CREATE TABLE "${table}Unindexed" ("position" INTEGER PRIMARY KEY, "rowNumber" INTEGER NOT NULL);

${searchTriggers(table)}`;
}

/** Postgres: the same, where there is pg_trgm. */
export function postgresSearchIndex(table) {
  return `-- The search index of ${table}, which needs the extension pg_trgm. Without it searches look at every record of the firm.
DO $$
DECLARE
  "schema" name;
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  SELECT nspname INTO "schema" FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm';
  EXECUTE format('CREATE INDEX "${table}_searchText_idx" ON "${table}" USING gin ("searchText" %I.gin_trgm_ops) WITH (gin_pending_list_limit = 512)', "schema");
EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_file THEN
  RAISE NOTICE 'There is no index for searches: %', SQLERRM;
END
$$;
`;
}
