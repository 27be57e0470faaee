-- mutation ($source: ID!, $target: ID!) { mergeClients(source: { id: $source }, target: { id: $target }) { changedFields } }

SELECT
  t."trackingId", t."name", t."status", t."active", t."invitationStatus", t."tags", t."clientGroupId", t."note",
  t."websiteUrl", t."logoUrl", t."avatarUrl", t."inceptionDate", t."terminatedDate", t."address", t."regionId",
  t."timezone", t."externalIds", t."npsScore", t."email", t."phone", t."altPhone", t."companyName",
  t."communicationPreferences", t."person", t."typeId", t."successCycleId", t."assignedCsmId", t."assignedSalesRepId",
  t."assignedSalesRepName", t."createdById", t."modifiedById", t."primaryContactId", t."parentId", t."accountTeam",
  t."customFields", t."firmId", t."id", t."createdAt", t."updatedAt", t."deletedAt", t."mergedIntoId", t."revision"
FROM
  "Client" t
WHERE
  t."firmId" = $1
  AND t."id" = $2
ORDER BY
  t."id" ASC
LIMIT
  1;

SELECT
  t."trackingId", t."name", t."status", t."active", t."invitationStatus", t."tags", t."clientGroupId", t."note",
  t."websiteUrl", t."logoUrl", t."avatarUrl", t."inceptionDate", t."terminatedDate", t."address", t."regionId",
  t."timezone", t."externalIds", t."npsScore", t."email", t."phone", t."altPhone", t."companyName",
  t."communicationPreferences", t."person", t."typeId", t."successCycleId", t."assignedCsmId", t."assignedSalesRepId",
  t."assignedSalesRepName", t."createdById", t."modifiedById", t."primaryContactId", t."parentId", t."accountTeam",
  t."customFields", t."firmId", t."id", t."createdAt", t."updatedAt", t."deletedAt", t."mergedIntoId", t."revision"
FROM
  "Client" t
WHERE
  t."firmId" = $1
  AND t."id" = $2
ORDER BY
  t."id" ASC
LIMIT
  1;

SELECT
  t."hierarchyVersion"
FROM
  "Firm" t
WHERE
  t."id" = $1
ORDER BY
  t."id" ASC
LIMIT
  1;

WITH RECURSIVE
  chain ("id", "next") AS (
    SELECT
      "id", "parentId"
    FROM
      "Client"
    WHERE
      "firmId" = $1
      AND "id" = $2
    UNION
    SELECT
      r."id", r."parentId"
    FROM
      "Client" r
      JOIN chain ON r."id" = chain."next"
    WHERE
      r."firmId" = $3
      AND chain."next" <> $4
  )
SELECT
  "id"
FROM
  chain
WHERE
  "next" = $5;

SELECT
  t."id", t."trackingId"
FROM
  "ClientGroup" t
WHERE
  (
    t."firmId" = $1
    AND t."id" = $2
  )
ORDER BY
  t."id" ASC
LIMIT
  1;

BEGIN;

SELECT
  1
FROM
  "Client"
WHERE
  "firmId" = $1
  AND "id" = $2
FOR UPDATE;

WITH
  "w0" AS (
    UPDATE "Client"
    SET
      "tags" = $1,
      "note" = $2,
      "updatedAt" = $3,
      "deletedAt" = $4,
      "revision" = $5
    WHERE
      "firmId" = $6
      AND "id" = $7
      AND "revision" = $8
    RETURNING
      1
  ),
  "w1" AS (
    INSERT INTO
      "IndexedValue" ("firmId", "entityId", "field", "key", "number")
    VALUES
      ($9, $10, $11, $12, $13)
    RETURNING
      1
  ),
  "w2" AS (
    INSERT INTO
      "Change" (
        "sequence", "firmId", "at", "actor", "kind", "entity", "entityId", "before", "after"
      )
    VALUES
      (
        clientele_sequence ($14::integer),
        $15, $16, $17, $18, $19, $20, $21, $22
      )
    RETURNING
      1
  ),
  "w3" AS (
    UPDATE "Firm"
    SET
      "hierarchyVersion" = $23
    WHERE
      "id" = $24
      AND "hierarchyVersion" = $25
    RETURNING
      1
  ),
  "w4" AS (
    UPDATE "Client"
    SET
      "parentId" = $26,
      "updatedAt" = $27,
      "revision" = "revision" + 1
    WHERE
      "firmId" = $28
      AND "parentId" = $29
    RETURNING
      "id", "deletedAt"
  ),
  "w5" AS (
    INSERT INTO
      "Change" (
        "sequence", "entityId", "firmId", "at", "actor", "kind", "entity", "before", "after"
      )
    SELECT
      clientele_sequence (
        (
          $30::integer + row_number() OVER (
            ORDER BY
              "id"
          ) - 1
        )::integer
      ),
      "id",
      $31::integer,
      $32::timestamptz,
      $33::text,
      $34::text,
      $35::text,
      $36::json,
      $37::json
    FROM
      "w4"
    WHERE
      "deletedAt" IS NULL
    RETURNING
      1
  ),
  "w6" AS (
    UPDATE "ExternalId"
    SET
      "entityId" = $38
    WHERE
      "firmId" = $39
      AND "kind" = $40
      AND "entityId" = $41
    RETURNING
      1
  ),
  "w7" AS (
    DELETE FROM "IndexedValue"
    WHERE
      "firmId" = $42
      AND "entityId" = $43
      AND "field" = $44
      AND "key" = $45
    RETURNING
      1
  ),
  "w8" AS (
    UPDATE "ClientLocation"
    SET
      "clientId" = $46,
      "isPrimary" = $47,
      "updatedAt" = $48,
      "revision" = "revision" + 1
    WHERE
      "firmId" = $49
      AND "clientId" = $50
      AND "isPrimary" = $51
    RETURNING
      "id", "deletedAt"
  ),
  "w9" AS (
    INSERT INTO
      "Change" (
        "sequence", "entityId", "firmId", "at", "actor", "kind", "entity", "before", "after"
      )
    SELECT
      clientele_sequence (
        (
          $52::integer + (
            SELECT
              count(*)
            FROM
              "w4"
          ) + row_number() OVER (
            ORDER BY
              "id"
          ) - 1
        )::integer
      ),
      "id",
      $53::integer,
      $54::timestamptz,
      $55::text,
      $56::text,
      $57::text,
      $58::json,
      $59::json
    FROM
      "w8"
    WHERE
      "deletedAt" IS NULL
    RETURNING
      1
  ),
  "w10" AS (
    UPDATE "ClientLocation"
    SET
      "clientId" = $60,
      "updatedAt" = $61,
      "revision" = "revision" + 1
    WHERE
      "firmId" = $62
      AND "clientId" = $63
      AND "isPrimary" = $64
    RETURNING
      "id", "deletedAt"
  ),
  "w11" AS (
    INSERT INTO
      "Change" (
        "sequence", "entityId", "firmId", "at", "actor", "kind", "entity", "before", "after"
      )
    SELECT
      clientele_sequence (
        (
          $65::integer + (
            SELECT
              count(*)
            FROM
              "w4"
          ) + (
            SELECT
              count(*)
            FROM
              "w8"
          ) + row_number() OVER (
            ORDER BY
              "id"
          ) - 1
        )::integer
      ),
      "id",
      $66::integer,
      $67::timestamptz,
      $68::text,
      $69::text,
      $70::text,
      $71::json,
      $72::json
    FROM
      "w10"
    WHERE
      "deletedAt" IS NULL
    RETURNING
      1
  ),
  "w12" AS (
    UPDATE "ClientContact"
    SET
      "clientId" = $73,
      "updatedAt" = $74,
      "revision" = "revision" + 1
    WHERE
      "firmId" = $75
      AND "clientId" = $76
    RETURNING
      "id", "deletedAt"
  ),
  "w13" AS (
    INSERT INTO
      "Change" (
        "sequence", "entityId", "firmId", "at", "actor", "kind", "entity", "before", "after"
      )
    SELECT
      clientele_sequence (
        (
          $77::integer + (
            SELECT
              count(*)
            FROM
              "w4"
          ) + (
            SELECT
              count(*)
            FROM
              "w8"
          ) + (
            SELECT
              count(*)
            FROM
              "w10"
          ) + row_number() OVER (
            ORDER BY
              "id"
          ) - 1
        )::integer
      ),
      "id",
      $78::integer,
      $79::timestamptz,
      $80::text,
      $81::text,
      $82::text,
      $83::json,
      $84::json
    FROM
      "w12"
    WHERE
      "deletedAt" IS NULL
    RETURNING
      1
  ),
  "w14" AS (
    UPDATE "Client"
    SET
      "primaryContactId" = $85,
      "parentId" = $86,
      "deletedAt" = $87,
      "mergedIntoId" = $88,
      "updatedAt" = $89,
      "revision" = $90
    WHERE
      "firmId" = $91
      AND "id" = $92
      AND "revision" = $93
    RETURNING
      1
  ),
  "w15" AS (
    UPDATE "Client"
    SET
      "mergedIntoId" = $94,
      "revision" = "revision" + 1
    WHERE
      "firmId" = $95
      AND "mergedIntoId" = $96
    RETURNING
      "id", "deletedAt"
  ),
  "w16" AS (
    INSERT INTO
      "Change" (
        "sequence", "entityId", "firmId", "at", "actor", "kind", "entity", "before", "after"
      )
    SELECT
      clientele_sequence (
        (
          $97::integer + (
            SELECT
              count(*)
            FROM
              "w4"
          ) + (
            SELECT
              count(*)
            FROM
              "w8"
          ) + (
            SELECT
              count(*)
            FROM
              "w10"
          ) + (
            SELECT
              count(*)
            FROM
              "w12"
          ) + row_number() OVER (
            ORDER BY
              "id"
          ) - 1
        )::integer
      ),
      "id",
      $98::integer,
      $99::timestamptz,
      $100::text,
      $101::text,
      $102::text,
      $103::json,
      $104::json
    FROM
      "w15"
    WHERE
      "deletedAt" IS NULL
    RETURNING
      1
  ),
  "w17" AS (
    INSERT INTO
      "Change" (
        "sequence", "firmId", "at", "actor", "kind", "entity", "entityId", "before", "after"
      )
    VALUES
      (
        clientele_sequence ($105::integer),
        $106, $107, $108, $109, $110, $111, $112, $113
      )
    RETURNING
      1
  )
SELECT
  1 / (
    CASE
      WHEN (
        SELECT
          count(*)
        FROM
          "w0"
      ) = 1
      AND (
        SELECT
          count(*)
        FROM
          "w3"
      ) = 1
      AND (
        SELECT
          count(*)
        FROM
          "w14"
      ) = 1 THEN 1
      ELSE 0
    END
  ) AS "done",
  sqrt(
    100000 - (
      $114::integer + (
        SELECT
          count(*)
        FROM
          "w4"
      ) + (
        SELECT
          count(*)
        FROM
          "w8"
      ) + (
        SELECT
          count(*)
        FROM
          "w10"
      ) + (
        SELECT
          count(*)
        FROM
          "w12"
      ) + (
        SELECT
          count(*)
        FROM
          "w15"
      )
    )
  );

COMMIT;
