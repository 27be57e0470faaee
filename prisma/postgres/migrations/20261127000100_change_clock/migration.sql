-- Written by hand.

-- The one row of the clock: what is added to transaction ids (see migrate.ts, which raises it after a restore).
INSERT INTO "ChangeClock" ("id", "value") VALUES (1, 0);

-- The position of a change in its firm's feed: the id of the transaction that writes it, then its number inside that
-- transaction. Taking one neither waits for nor blocks another writer. Transactions do not commit in the order of their
-- ids, so readers are shown only what lies below the oldest transaction still running, pg_snapshot_xmin(): nothing can
-- appear below that any more, and whoever has read up to a sequence has missed none before it.
CREATE FUNCTION "clientele_sequence"("ordinal" integer) RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
  SELECT ((pg_current_xact_id()::text::bigint + (SELECT "value" FROM "ChangeClock" WHERE "id" = 1)) << 20) | "ordinal"
$$;
