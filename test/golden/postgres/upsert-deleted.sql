-- mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { result changedFields client { id } } }

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
  AND t."trackingId" = $2
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

WITH
  "w0" AS (
    UPDATE "Client"
    SET
      "name" = $1,
      "nameFolded" = $2,
      "searchText" = $3,
      "updatedAt" = $4,
      "deletedAt" = $5,
      "revision" = $6
    WHERE
      "firmId" = $7
      AND "id" = $8
      AND "revision" = $9
    RETURNING
      1
  ),
  "w1" AS (
    INSERT INTO
      "Change" (
        "sequence", "firmId", "at", "actor", "kind", "entity", "entityId", "before", "after"
      )
    VALUES
      (
        clientele_sequence ($10::integer),
        $11, $12, $13, $14, $15, $16, $17, $18
      )
    RETURNING
      1
  ),
  "w2" AS (
    UPDATE "ClientLocation"
    SET
      "deletedAt" = $19,
      "updatedAt" = $20,
      "revision" = "revision" + 1
    WHERE
      "firmId" = $21
      AND "clientId" = $22
      AND "deletedAt" = $23
    RETURNING
      "id"
  ),
  "w3" AS (
    INSERT INTO
      "Change" (
        "sequence", "entityId", "firmId", "at", "actor", "kind", "entity", "before", "after"
      )
    SELECT
      clientele_sequence (
        (
          $24::integer + row_number() OVER (
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
      "w2"
    WHERE
      TRUE
    RETURNING
      1
  ),
  "w4" AS (
    UPDATE "ClientContact"
    SET
      "deletedAt" = $32,
      "updatedAt" = $33,
      "nameClaim" = $34,
      "revision" = "revision" + 1
    WHERE
      "firmId" = $35
      AND "clientId" = $36
      AND "deletedAt" = $37
    RETURNING
      "id"
  ),
  "w5" AS (
    INSERT INTO
      "Change" (
        "sequence", "entityId", "firmId", "at", "actor", "kind", "entity", "before", "after"
      )
    SELECT
      clientele_sequence (
        (
          $38::integer + (
            SELECT
              count(*)
            FROM
              "w2"
          ) + row_number() OVER (
            ORDER BY
              "id"
          ) - 1
        )::integer
      ),
      "id",
      $39::integer,
      $40::timestamptz,
      $41::text,
      $42::text,
      $43::text,
      $44::json,
      $45::json
    FROM
      "w4"
    WHERE
      TRUE
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
      $46::integer + (
        SELECT
          count(*)
        FROM
          "w2"
      ) + (
        SELECT
          count(*)
        FROM
          "w4"
      )
    )
  );
