-- mutation ($id: ID!) { deleteClientContact(by: { id: $id }) { clientContact { id } } }

SELECT
  t."clientId", t."locationId", t."roleId", t."trackingId", t."externalIds", t."firstName", t."middleName",
  t."lastName", t."title", t."email", t."address", t."phoneHome", t."phoneMobile", t."phoneOffice", t."phoneFax",
  t."language", t."birthday", t."accountCode", t."notes", t."adminNotes", t."salespersonId", t."customFields",
  t."firmId", t."id", t."createdAt", t."updatedAt", t."deletedAt", t."mergedIntoId", t."revision", t."nameClaim"
FROM
  "ClientContact" t
WHERE
  t."firmId" = ?
  AND t."id" = ?
ORDER BY
  + t."id" ASC
LIMIT
  1;

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

SELECT
  t."id", t."trackingId", t."deletedAt"
FROM
  "ClientLocation" t
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
  t."id", t."trackingId"
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

BEGIN IMMEDIATE;

SELECT
  "id"
FROM
  "Client"
WHERE
  "firmId" = ?
  AND "id" = ?
  AND "primaryContactId" = ?
  AND "deletedAt" IS NULL
ORDER BY
  + "id"
LIMIT
  ?;

SELECT
  "value"
FROM
  "ChangeClock";

UPDATE "Client"
SET
  "primaryContactId" = ?,
  "updatedAt" = ?,
  "revision" = "revision" + 1
WHERE
  "firmId" = ?
  AND "id" = ?
  AND "primaryContactId" = ?;

UPDATE "ClientContact"
SET
  "nameClaim" = ?,
  "deletedAt" = ?,
  "updatedAt" = ?,
  "revision" = ?
WHERE
  "firmId" = ?
  AND "id" = ?
  AND "revision" = ?;

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
