-- mutation ($input: CreateClientContactInput!) { createClientContact(input: $input) { clientContact { id } } }

SELECT
  t."clientId", t."name", t."address", t."isPrimary", t."salespersonId", t."trackingId", t."externalIds", t."firmId",
  t."id", t."createdAt", t."updatedAt", t."deletedAt", t."revision"
FROM
  "ClientLocation" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = $1
    AND t."clientId" = $2
    AND t."isPrimary" = $3
  )
ORDER BY
  t."id" ASC
LIMIT
  1;

SELECT
  t."id", t."trackingId", t."availableForContacts"
FROM
  "ContactRole" t
WHERE
  (
    t."firmId" = $1
    AND t."id" = $2
  )
ORDER BY
  t."id" ASC
LIMIT
  1;

SELECT
  t."nameFolded", t."id"
FROM
  "ClientContact" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = $1
    AND t."nameFolded" = $2
  )
ORDER BY
  t."id" ASC
LIMIT
  21;

SELECT
  t."id", t."trackingId", t."deletedAt", t."mergedIntoId"
FROM
  "Client" t
WHERE
  (
    t."firmId" = $1
    AND t."id" = $2
  )
ORDER BY
  t."id" ASC
LIMIT
  1;

WITH
  "w0" AS (
    SELECT
      1
    FROM
      "Client"
    WHERE
      "firmId" = $1
      AND "id" = $2
      AND "deletedAt" IS NULL
    FOR SHARE
  ),
  "w1" AS (
    INSERT INTO
      "ClientContact" (
        "clientId", "locationId", "roleId", "trackingId", "externalIds", "firstName", "middleName", "lastName", "title",
        "email", "address", "phoneHome", "phoneMobile", "phoneOffice", "phoneFax", "language", "birthday",
        "accountCode", "notes", "adminNotes", "salespersonId", "customFields", "nameClaim", "firmId", "id", "createdAt",
        "updatedAt", "deletedAt", "revision", "nameFolded", "sortName", "searchText", "folded"
      )
    VALUES
      (
        $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
        $27, $28, $29, $30, $31, $32, $33, $34, $35
      )
    RETURNING
      1
  ),
  "w2" AS (
    INSERT INTO
      "Change" (
        "sequence", "firmId", "at", "actor", "kind", "entity", "entityId", "before", "after"
      )
    VALUES
      (
        clientele_sequence ($36::integer),
        $37, $38, $39, $40, $41, $42, $43, $44
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
