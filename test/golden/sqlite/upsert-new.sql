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

BEGIN IMMEDIATE;

INSERT INTO
  "Client" (
    "trackingId", "name", "status", "active", "invitationStatus", "tags", "clientGroupId", "note", "websiteUrl",
    "logoUrl", "avatarUrl", "inceptionDate", "terminatedDate", "address", "regionId", "timezone", "externalIds",
    "npsScore", "email", "phone", "altPhone", "companyName", "communicationPreferences", "person", "typeId",
    "successCycleId", "assignedCsmId", "assignedSalesRepId", "assignedSalesRepName", "createdById", "modifiedById",
    "primaryContactId", "parentId", "accountTeam", "customFields", "firmId", "id", "createdAt", "updatedAt",
    "deletedAt", "revision", "nameFolded", "searchText", "folded"
  )
VALUES
  (
    ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
    ?, ?, ?, ?, ?
  );

INSERT INTO
  "IndexedValue" ("firmId", "entityId", "field", "key", "number")
VALUES
  (?, ?, ?, ?, ?);

INSERT INTO
  "IndexedValue" ("firmId", "entityId", "field", "key", "number")
VALUES
  (?, ?, ?, ?, ?);

INSERT INTO
  "ClientLocation" (
    "clientId", "name", "address", "isPrimary", "salespersonId", "trackingId", "externalIds", "firmId", "id",
    "createdAt", "updatedAt", "deletedAt", "revision", "nameFolded"
  )
VALUES
  (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

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
