-- mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }

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
      "deletedAt" = $1,
      "updatedAt" = $2,
      "revision" = $3
    WHERE
      "firmId" = $4
      AND "id" = $5
      AND "revision" = $6
    RETURNING
      1
  ),
  "w1" AS (
    UPDATE "ClientLocation"
    SET
      "deletedAt" = $7,
      "updatedAt" = $8,
      "revision" = "revision" + 1
    WHERE
      "firmId" = $9
      AND "clientId" = $10
      AND "deletedAt" IS NULL
    RETURNING
      "id"
  ),
  "w2" AS (
    INSERT INTO
      "Change" (
        "sequence", "entityId", "firmId", "at", "actor", "kind", "entity", "before", "after"
      )
    SELECT
      clientele_sequence (
        (
          $11::integer + row_number() OVER (
            ORDER BY
              "id"
          ) - 1
        )::integer
      ),
      "id",
      $12::integer,
      $13::timestamptz,
      $14::text,
      $15::text,
      $16::text,
      $17::json,
      $18::json
    FROM
      "w1"
    WHERE
      TRUE
    RETURNING
      1
  ),
  "w3" AS (
    UPDATE "ClientContact"
    SET
      "deletedAt" = $19,
      "updatedAt" = $20,
      "nameClaim" = $21,
      "revision" = "revision" + 1
    WHERE
      "firmId" = $22
      AND "clientId" = $23
      AND "deletedAt" IS NULL
    RETURNING
      "id"
  ),
  "w4" AS (
    INSERT INTO
      "Change" (
        "sequence", "entityId", "firmId", "at", "actor", "kind", "entity", "before", "after"
      )
    SELECT
      clientele_sequence (
        (
          $24::integer + (
            SELECT
              count(*)
            FROM
              "w1"
          ) + row_number() OVER (
            ORDER BY
              "id"
          ) - 1
        )::integer
      ),
      "id",
      $25::integer,
      $26::timestamptz,
      $27::text,
      $28::text,
      $29::text,
      $30::json,
      $31::json
    FROM
      "w3"
    WHERE
      TRUE
    RETURNING
      1
  ),
  "w5" AS (
    INSERT INTO
      "Change" (
        "sequence", "firmId", "at", "actor", "kind", "entity", "entityId", "before", "after"
      )
    VALUES
      (
        clientele_sequence ($32::integer),
        $33, $34, $35, $36, $37, $38, $39, $40
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
      ) = 1 THEN 1
      ELSE 0
    END
  ) AS "done",
  sqrt(
    100000 - (
      $41::integer + (
        SELECT
          count(*)
        FROM
          "w1"
      ) + (
        SELECT
          count(*)
        FROM
          "w3"
      )
    )
  );

COMMIT;
