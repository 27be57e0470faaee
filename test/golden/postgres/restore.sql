-- mutation ($id: ID!) { restoreClient(by: { id: $id }) { client { id } } }

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

WITH
  "w0" AS (
    UPDATE "Client"
    SET
      "updatedAt" = $1,
      "deletedAt" = $2,
      "revision" = $3
    WHERE
      "firmId" = $4
      AND "id" = $5
      AND "revision" = $6
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
        clientele_sequence ($7::integer),
        $8, $9, $10, $11, $12, $13, $14, $15
      )
    RETURNING
      1
  ),
  "w2" AS (
    UPDATE "ClientLocation"
    SET
      "deletedAt" = $16,
      "updatedAt" = $17,
      "revision" = "revision" + 1
    WHERE
      "firmId" = $18
      AND "clientId" = $19
      AND "deletedAt" = $20
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
          $21::integer + row_number() OVER (
            ORDER BY
              "id"
          ) - 1
        )::integer
      ),
      "id",
      $22::integer,
      $23::timestamptz,
      $24::text,
      $25::text,
      $26::text,
      $27::json,
      $28::json
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
      "deletedAt" = $29,
      "updatedAt" = $30,
      "nameClaim" = $31,
      "revision" = "revision" + 1
    WHERE
      "firmId" = $32
      AND "clientId" = $33
      AND "deletedAt" = $34
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
          $35::integer + (
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
      $36::integer,
      $37::timestamptz,
      $38::text,
      $39::text,
      $40::text,
      $41::json,
      $42::json
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
      $43::integer + (
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
