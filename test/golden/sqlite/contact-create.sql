-- mutation ($input: CreateClientContactInput!) { createClientContact(input: $input) { clientContact { id } } }

SELECT
  t."clientId", t."name", t."address", t."isPrimary", t."salespersonId", t."trackingId", t."externalIds", t."firmId",
  t."id", t."createdAt", t."updatedAt", t."deletedAt", t."revision"
FROM
  "ClientLocation" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = ?
    AND t."clientId" = ?
    AND t."isPrimary" = ?
  )
ORDER BY
  + t."id" ASC
LIMIT
  1;

SELECT
  t."id", t."trackingId", t."availableForContacts"
FROM
  "ContactRole" t
WHERE
  (
    t."firmId" = ?
    AND t."id" = ?
  )
ORDER BY
  + t."id" ASC
LIMIT
  1;

SELECT
  t."nameFolded", t."id"
FROM
  "ClientContact" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = ?
    AND t."nameFolded" = ?
  )
ORDER BY
  + t."id" ASC
LIMIT
  21;

SELECT
  t."id", t."trackingId", t."deletedAt", t."mergedIntoId"
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

BEGIN IMMEDIATE;

SELECT
  count(*) AS "rows"
FROM
  "Client"
WHERE
  "firmId" = ?
  AND "id" = ?
  AND "deletedAt" IS NULL;

INSERT INTO
  "ClientContact" (
    "clientId", "locationId", "roleId", "trackingId", "externalIds", "firstName", "middleName", "lastName", "title",
    "email", "address", "phoneHome", "phoneMobile", "phoneOffice", "phoneFax", "language", "birthday", "accountCode",
    "notes", "adminNotes", "salespersonId", "customFields", "nameClaim", "firmId", "id", "createdAt", "updatedAt",
    "deletedAt", "revision", "nameFolded", "sortName", "searchText", "folded"
  )
VALUES
  (
    ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
  );

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
