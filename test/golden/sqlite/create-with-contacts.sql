-- mutation ($input: CreateClientInput!) { createClient(idempotencyKey: "key", input: $input) { client { id contacts { nodes { id } } } } }

SELECT
  t."inputHash", t."entityId"
FROM
  "IdempotencyKey" t
WHERE
  (
    t."firmId" = ?
    AND t."key" = ?
  )
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
  1000;

SELECT
  t."nameFolded", t."id"
FROM
  "ClientContact" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = ?
    AND t."nameFolded" IN (
      SELECT
        value
      FROM
        json_each(?)
    )
  )
ORDER BY
  + t."id" ASC
LIMIT
  1000;

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
  "ClientLocation" (
    "clientId", "name", "address", "isPrimary", "salespersonId", "trackingId", "externalIds", "firmId", "id",
    "createdAt", "updatedAt", "deletedAt", "revision", "nameFolded"
  )
VALUES
  (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

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

INSERT INTO
  "Change" (
    "firmId", "actor", "kind", "entity", "entityId", "at", "before", "after", "sequence"
  )
VALUES
  (?, ?, ?, ?, ?, ?, ?, ?, ?);

INSERT INTO
  "IdempotencyKey" (
    "firmId", "key", "inputHash", "entityId", "createdAt"
  )
VALUES
  (?, ?, ?, ?, ?);

UPDATE "ChangeClock"
SET
  "value" = ?;

COMMIT;

SELECT
  t."id",
  (
    SELECT
      '[' || group_concat(
        CASE
          WHEN octet_length ("r"."j") <= 512
          OR clientele_room (1, octet_length ("r"."j")) THEN "r"."j"
        END
      ) || ']'
    FROM
      (
        SELECT
          json_array(tp0."id", tp0."sortName") AS "j"
        FROM
          "ClientContact" tp0
        WHERE
          tp0."firmId" = t."firmId"
          AND tp0."clientId" = t."id"
          AND tp0."deletedAt" IS NULL
          AND (1 = 1)
        ORDER BY
          tp0."sortName" ASC,
          tp0."id" ASC
        LIMIT
          25
      ) "r"
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
