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
  t."firmId" = ?
  AND t."id" = ?
ORDER BY
  + t."id" ASC
LIMIT
  1;

BEGIN IMMEDIATE;

UPDATE "Client"
SET
  "note" = ?,
  "npsScore" = ?,
  "updatedAt" = ?,
  "deletedAt" = ?,
  "revision" = ?
WHERE
  "firmId" = ?
  AND "id" = ?
  AND "revision" = ?;

SELECT
  "value"
FROM
  "ChangeClock";

INSERT INTO
  "Change" (
    "firmId", "actor", "kind", "entity", "entityId", "at", "before", "after", "sequence"
  )
VALUES
  (?, ?, ?, ?, ?, ?, ?, ?, ?);

UPDATE "ChangeClock"
SET
  "value" = ?;

COMMIT;

SELECT
  t."id", t."note",
  (
    SELECT
      json_array(t0."id", t0."name")
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
    t."firmId" = ?
    AND t."id" = ?
  )
ORDER BY
  + t."id" ASC
LIMIT
  1;
