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
  t."firmId" = ?
  AND t."id" = ?
ORDER BY
  + t."id" ASC
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
  t."firmId" = ?
  AND t."id" = ?
ORDER BY
  + t."id" ASC
LIMIT
  1;

SELECT
  t."hierarchyVersion"
FROM
  "Firm" t
WHERE
  t."id" = ?
ORDER BY
  + t."id" ASC
LIMIT
  1;

WITH RECURSIVE
  chain ("id", "next") AS (
    SELECT
      "id", "parentId"
    FROM
      "Client"
    WHERE
      "firmId" = ?
      AND "id" = ?
    UNION
    SELECT
      r."id", r."parentId"
    FROM
      "Client" r
      JOIN chain ON r."id" = chain."next"
    WHERE
      r."firmId" = ?
      AND chain."next" <> ?
  )
SELECT
  "id"
FROM
  chain
WHERE
  "next" = ?;

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
  "tags" = ?,
  "note" = ?,
  "updatedAt" = ?,
  "deletedAt" = ?,
  "revision" = ?
WHERE
  "firmId" = ?
  AND "id" = ?
  AND "revision" = ?;

INSERT INTO
  "IndexedValue" ("firmId", "entityId", "field", "key", "number")
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

UPDATE "Firm"
SET
  "hierarchyVersion" = ?
WHERE
  "id" = ?
  AND "hierarchyVersion" = ?;

SELECT
  "id"
FROM
  "Client"
WHERE
  "firmId" = ?
  AND "parentId" = ?
  AND "deletedAt" IS NULL
ORDER BY
  + "id"
LIMIT
  ?;

UPDATE "Client"
SET
  "parentId" = ?,
  "updatedAt" = ?,
  "revision" = "revision" + 1
WHERE
  "firmId" = ?
  AND "parentId" = ?;

UPDATE "ExternalId"
SET
  "entityId" = ?
WHERE
  "firmId" = ?
  AND "kind" = ?
  AND "entityId" = ?;

DELETE FROM "IndexedValue"
WHERE
  "firmId" = ?
  AND "entityId" = ?
  AND "field" = ?
  AND "key" = ?;

SELECT
  "id"
FROM
  "ClientLocation"
WHERE
  "firmId" = ?
  AND "clientId" = ?
  AND "isPrimary" = ?
  AND "deletedAt" IS NULL
ORDER BY
  + "id"
LIMIT
  ?;

INSERT INTO
  "Change" (
    "firmId", "actor", "kind", "entity", "at", "before", "after", "entityId", "sequence"
  )
VALUES
  (?, ?, ?, ?, ?, ?, ?, ?, ?);

UPDATE "ClientLocation"
SET
  "clientId" = ?,
  "isPrimary" = ?,
  "updatedAt" = ?,
  "revision" = "revision" + 1
WHERE
  "firmId" = ?
  AND "clientId" = ?
  AND "isPrimary" = ?;

SELECT
  "id"
FROM
  "ClientLocation"
WHERE
  "firmId" = ?
  AND "clientId" = ?
  AND "isPrimary" = ?
  AND "deletedAt" IS NULL
ORDER BY
  + "id"
LIMIT
  ?;

UPDATE "ClientLocation"
SET
  "clientId" = ?,
  "updatedAt" = ?,
  "revision" = "revision" + 1
WHERE
  "firmId" = ?
  AND "clientId" = ?
  AND "isPrimary" = ?;

SELECT
  "id"
FROM
  "ClientContact"
WHERE
  "firmId" = ?
  AND "clientId" = ?
  AND "deletedAt" IS NULL
ORDER BY
  + "id"
LIMIT
  ?;

UPDATE "ClientContact"
SET
  "clientId" = ?,
  "updatedAt" = ?,
  "revision" = "revision" + 1
WHERE
  "firmId" = ?
  AND "clientId" = ?;

UPDATE "Client"
SET
  "primaryContactId" = ?,
  "parentId" = ?,
  "deletedAt" = ?,
  "mergedIntoId" = ?,
  "updatedAt" = ?,
  "revision" = ?
WHERE
  "firmId" = ?
  AND "id" = ?
  AND "revision" = ?;

SELECT
  "id"
FROM
  "Client"
WHERE
  "firmId" = ?
  AND "mergedIntoId" = ?
  AND "deletedAt" IS NULL
ORDER BY
  + "id"
LIMIT
  ?;

UPDATE "Client"
SET
  "mergedIntoId" = ?,
  "revision" = "revision" + 1
WHERE
  "firmId" = ?
  AND "mergedIntoId" = ?;

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
