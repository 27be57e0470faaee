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
  t."firmId" = ?
  AND t."id" = ?
ORDER BY
  + t."id" ASC
LIMIT
  1;

SELECT
  t."system", t."externalId",
  (t."kind" || ' ' || t."entityId")
FROM
  "ExternalId" t
WHERE
  (
    t."firmId" = ?
    AND t."kind" = ?
    AND (
      (
        t."system" = ?
        AND t."externalId" = ?
      )
    )
  )
LIMIT
  1;

BEGIN IMMEDIATE;

UPDATE "Client"
SET
  "externalIds" = ?,
  "updatedAt" = ?,
  "deletedAt" = ?,
  "revision" = ?
WHERE
  "firmId" = ?
  AND "id" = ?
  AND "revision" = ?;

DELETE FROM "ExternalId"
WHERE
  "firmId" = ?
  AND "kind" = ?
  AND "system" = ?
  AND "externalId" = ?
  AND "entityId" = ?;

INSERT INTO
  "ExternalId" (
    "firmId", "kind", "system", "externalId", "entityId"
  )
VALUES
  (?, ?, ?, ?, ?);

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
