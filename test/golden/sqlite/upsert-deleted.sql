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
  t."firmId" = ?
  AND t."trackingId" = ?
ORDER BY
  + t."id" ASC
LIMIT
  1;

SELECT
  t."id", t."trackingId"
FROM
  "ClientGroup" t
WHERE
  (
    t."firmId" = ?
    AND t."id" = ?
  )
ORDER BY
  + t."id" ASC
LIMIT
  1;

BEGIN IMMEDIATE;

UPDATE "Client"
SET
  "name" = ?,
  "nameFolded" = ?,
  "searchText" = ?,
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

SELECT
  "id"
FROM
  "ClientLocation"
WHERE
  "firmId" = ?
  AND "clientId" = ?
  AND "deletedAt" = ?
ORDER BY
  + "id"
LIMIT
  ?;

INSERT INTO
  "Change" (
    "firmId", "at", "actor", "kind", "entity", "before", "after", "entityId", "sequence"
  )
VALUES
  (?, ?, ?, ?, ?, ?, ?, ?, ?);

UPDATE "ClientLocation"
SET
  "deletedAt" = ?,
  "updatedAt" = ?,
  "revision" = "revision" + 1
WHERE
  "firmId" = ?
  AND "clientId" = ?
  AND "deletedAt" = ?;

SELECT
  "id"
FROM
  "ClientContact"
WHERE
  "firmId" = ?
  AND "clientId" = ?
  AND "deletedAt" = ?
ORDER BY
  + "id"
LIMIT
  ?;

UPDATE "ClientContact"
SET
  "deletedAt" = ?,
  "updatedAt" = ?,
  "nameClaim" = ?,
  "revision" = "revision" + 1
WHERE
  "firmId" = ?
  AND "clientId" = ?
  AND "deletedAt" = ?;

UPDATE "ChangeClock"
SET
  "value" = ?;

COMMIT;
