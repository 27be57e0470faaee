-- Written by hand. The search index: which rows hold which three characters in a row of "searchText". It needs the
-- extension pg_trgm, which the owner of a database may create where it is installed. Without it everything works, and
-- searches look at every record of the firm. What was written last waits in a list that every search reads through, so
-- the list is kept short.
DO $$
DECLARE
  "schema" name;
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  SELECT nspname INTO "schema" FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm';
  EXECUTE format('CREATE INDEX "Client_searchText_idx" ON "Client" USING gin ("searchText" %I.gin_trgm_ops) WITH (gin_pending_list_limit = 512)', "schema");
  EXECUTE format('CREATE INDEX "ClientContact_searchText_idx" ON "ClientContact" USING gin ("searchText" %I.gin_trgm_ops) WITH (gin_pending_list_limit = 512)', "schema");
EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_file THEN
  RAISE NOTICE 'There is no index for searches: %', SQLERRM;
END
$$;
