-- mutation ($id: ID!) { patchClient(by: { id: $id }, input: { externalIds: [{ system: "x", id: "1" }] }) { changedFields } }

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
  t."system", t."externalId",
  (t."kind" || ' ' || t."entityId")
FROM
  "ExternalId" t
WHERE
  (
    t."firmId" = $1
    AND t."kind" = $2
    AND (
      (
        t."system" = $3
        AND t."externalId" = $4
      )
    )
  )
LIMIT
  1;

WITH
  "w0" AS (
    UPDATE "Client"
    SET
      "externalIds" = $1,
      "updatedAt" = $2,
      "deletedAt" = $3,
      "revision" = $4
    WHERE
      "firmId" = $5
      AND "id" = $6
      AND "revision" = $7
    RETURNING
      1
  ),
  "w1" AS (
    DELETE FROM "ExternalId"
    WHERE
      "firmId" = $8
      AND "kind" = $9
      AND "system" = $10
      AND "externalId" = $11
      AND "entityId" = $12
    RETURNING
      1
  ),
  "w2" AS (
    INSERT INTO
      "ExternalId" (
        "firmId", "kind", "system", "externalId", "entityId"
      )
    VALUES
      ($13, $14, $15, $16, $17)
    RETURNING
      1
  ),
  "w3" AS (
    INSERT INTO
      "Change" (
        "sequence", "firmId", "at", "actor", "kind", "entity", "entityId", "before", "after"
      )
    VALUES
      (
        clientele_sequence ($18::integer),
        $19, $20, $21, $22, $23, $24, $25, $26
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
