-- mutation ($input: UpsertClientContactInput!) { upsertClientContact(input: $input) { result } }

SELECT
  t."clientId", t."locationId", t."roleId", t."trackingId", t."externalIds", t."firstName", t."middleName",
  t."lastName", t."title", t."email", t."address", t."phoneHome", t."phoneMobile", t."phoneOffice", t."phoneFax",
  t."language", t."birthday", t."accountCode", t."notes", t."adminNotes", t."salespersonId", t."customFields",
  t."firmId", t."id", t."createdAt", t."updatedAt", t."deletedAt", t."mergedIntoId", t."revision", t."nameClaim"
FROM
  "ClientContact" t
WHERE
  t."firmId" = ?
  AND t."trackingId" = ?
ORDER BY
  + t."id" ASC
LIMIT
  1;

BEGIN IMMEDIATE;

UPDATE "ClientContact"
SET
  "email" = ?,
  "searchText" = ?,
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

UPDATE "ChangeClock"
SET
  "value" = ?;

COMMIT;
