-- mutation ($id: ID!) { patchClient(by: { id: $id }, input: { note: "n", npsScore: 1 }) { client { note region { name } } } }

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

WITH
  "w0" AS (
    UPDATE "Client"
    SET
      "note" = $1,
      "npsScore" = $2,
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
      "Change" (
        "sequence", "firmId", "at", "actor", "kind", "entity", "entityId", "before", "after"
      )
    VALUES
      (
        clientele_sequence ($9::integer),
        $10, $11, $12, $13, $14, $15, $16, $17
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
  ) AS "done";

SELECT
  t."id", t."note",
  (
    SELECT
      json_build_array(t0."id", t0."name")
    FROM
      "Region" t0
    WHERE
      t0."firmId" = t."firmId"
      AND t0."id" = t."regionId"
  )
FROM
  "Client" t
WHERE
  (
    t."firmId" = $1
    AND t."id" = $2
  )
ORDER BY
  t."id" ASC
LIMIT
  1;
