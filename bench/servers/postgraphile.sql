-- Filters that PostGraphile lacks out of the box, over Clientele's tables, and the upsert, which records no change.
-- What PostGraphile cannot see: a unique index of some of the rows, and a foreign key that another implies.
COMMENT ON TABLE "Client" IS E'@unique firmId,trackingId';
COMMENT ON TABLE "ClientContact" IS E'@foreignKey ("firmId","clientId") references "Client" ("firmId","id")';
CREATE OR REPLACE FUNCTION clients_named(firm integer, part text, wanted text) RETURNS SETOF "Client" LANGUAGE sql STABLE AS $$
  SELECT * FROM "Client" c WHERE c."firmId" = firm AND c."deletedAt" IS NULL
    AND c."nameFolded" LIKE '%' || part || '%' AND c."status" = wanted ORDER BY c."nameFolded", c."id"
$$;
CREATE OR REPLACE FUNCTION clients_with_value(firm integer, field integer, value text) RETURNS SETOF "Client" LANGUAGE sql STABLE AS $$
  SELECT * FROM "Client" c WHERE c."firmId" = firm AND c."deletedAt" IS NULL AND EXISTS (SELECT 1 FROM "IndexedValue" v
    WHERE v."firmId" = c."firmId" AND v."entityId" = c."id" AND v."field" = clients_with_value.field AND v."key" = value)
  ORDER BY c."nameFolded", c."id"
$$;
CREATE OR REPLACE FUNCTION clients_within(firm integer, field integer, lower float8, upper float8) RETURNS SETOF "Client" LANGUAGE sql STABLE AS $$
  SELECT * FROM "Client" c WHERE c."firmId" = firm AND c."deletedAt" IS NULL AND EXISTS (SELECT 1 FROM "IndexedValue" v
    WHERE v."firmId" = c."firmId" AND v."entityId" = c."id" AND v."field" = clients_within.field
      AND v."number" >= clients_within.lower AND v."number" < clients_within.upper)
  ORDER BY c."nameFolded", c."id"
$$;
CREATE OR REPLACE FUNCTION clients_holding(firm integer, part text) RETURNS SETOF "Client" LANGUAGE sql STABLE AS $$
  SELECT * FROM "Client" c WHERE c."firmId" = firm AND c."deletedAt" IS NULL AND c."searchText" LIKE '%' || part || '%'
  ORDER BY c."nameFolded", c."id"
$$;
CREATE OR REPLACE FUNCTION changes_after(firm integer, seen bigint) RETURNS SETOF "Change" LANGUAGE sql STABLE AS $$
  SELECT * FROM "Change" c WHERE c."firmId" = firm AND c."sequence" > seen ORDER BY c."sequence"
$$;
-- A number as those of src/base/ids.ts.
CREATE OR REPLACE FUNCTION new_number() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT (extract(epoch FROM clock_timestamp()) * 1000 - 1577836800000)::bigint * 4096 + (random() * 4095)::integer
$$;
CREATE OR REPLACE FUNCTION upsert_client(firm integer, in_group bigint, tracked text, called text, labels text[], remark text)
RETURNS "Client" LANGUAGE sql VOLATILE AS $$
  WITH "put" AS (
    INSERT INTO "Client" AS c ("firmId", "id", "trackingId", "name", "nameFolded", "status", "active", "invitationStatus",
      "tags", "clientGroupId", "note", "externalIds", "accountTeam", "customFields", "searchText", "folded",
      "createdAt", "updatedAt", "revision")
    SELECT firm, new_number(), tracked, called, lower(called), 'ACTIVE', true,
      'NOT_INVITED', to_json(labels), in_group, remark, '[]', '[]', '{}', lower(called || E'\n' || tracked),
      '{}', now(), now(), 1
    ON CONFLICT ("firmId", "trackingId") WHERE "trackingId" IS NOT NULL DO UPDATE SET "name" = EXCLUDED."name", "nameFolded" = EXCLUDED."nameFolded",
      "tags" = EXCLUDED."tags", "note" = EXCLUDED."note",
      "searchText" = concat_ws(E'\n', EXCLUDED."nameFolded", lower(c."email"), lower(c."companyName"), lower(tracked),
        (SELECT string_agg(lower(e->>'id'), E'\n') FROM json_array_elements(c."externalIds") e)),
      "updatedAt" = now(), "deletedAt" = NULL, "revision" = c."revision" + 1
    RETURNING *
  ), "placed" AS (
    INSERT INTO "ClientLocation" ("firmId", "id", "clientId", "name", "nameFolded", "isPrimary", "createdAt", "updatedAt", "revision")
    SELECT firm, new_number(), "id", 'Main', 'main', true, now(), now(), 1
    FROM "put" WHERE NOT EXISTS (SELECT 1 FROM "Client" c WHERE c."firmId" = firm AND c."trackingId" = tracked)
  ), "untagged" AS (
    DELETE FROM "IndexedValue" v USING "put" WHERE v."firmId" = firm AND v."entityId" = "put"."id" AND v."field" = -1
      AND v."key" <> ALL (labels)
  ), "tagged" AS (
    INSERT INTO "IndexedValue" ("firmId", "entityId", "field", "key")
    SELECT firm, "put"."id", -1, t FROM "put", unnest(labels) t
    ON CONFLICT DO NOTHING
  )
  SELECT * FROM "put"
$$;
