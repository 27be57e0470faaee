-- mutation ($input: CreateClientInput!) { createClient(idempotencyKey: "key", input: $input) { client { id contacts { nodes { id } } } } }

SELECT
  t."inputHash", t."entityId"
FROM
  "IdempotencyKey" t
WHERE
  (
    t."firmId" = $1
    AND t."key" = $2
  )
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
  1000;

SELECT
  t."nameFolded", t."id"
FROM
  "ClientContact" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = $1
    AND t."nameFolded" = ANY ($2)
  )
ORDER BY
  t."id" ASC
LIMIT
  1000;

WITH
  "w0" AS (
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
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
        $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44
      )
    RETURNING
      1
  ),
  "w1" AS (
    INSERT INTO
      "ClientLocation" (
        "clientId", "name", "address", "isPrimary", "salespersonId", "trackingId", "externalIds", "firmId", "id",
        "createdAt", "updatedAt", "deletedAt", "revision", "nameFolded"
      )
    VALUES
      (
        $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58
      )
    RETURNING
      1
  ),
  "w2" AS (
    INSERT INTO
      "ClientContact" (
        "clientId", "locationId", "roleId", "trackingId", "externalIds", "firstName", "middleName", "lastName", "title",
        "email", "address", "phoneHome", "phoneMobile", "phoneOffice", "phoneFax", "language", "birthday",
        "accountCode", "notes", "adminNotes", "salespersonId", "customFields", "nameClaim", "firmId", "id", "createdAt",
        "updatedAt", "deletedAt", "revision", "nameFolded", "sortName", "searchText", "folded"
      )
    SELECT
      "clientId", "locationId", "roleId", "trackingId", "externalIds", "firstName", "middleName", "lastName", "title",
      "email", "address", "phoneHome", "phoneMobile", "phoneOffice", "phoneFax", "language", "birthday", "accountCode",
      "notes", "adminNotes", "salespersonId", "customFields", "nameClaim", "firmId", "id", "createdAt", "updatedAt",
      "deletedAt", "revision", "nameFolded", "sortName", "searchText", "folded"
    FROM
      json_populate_recordset(NULL::"ClientContact", $59::json)
    RETURNING
      1
  ),
  "w3" AS (
    INSERT INTO
      "Change" (
        "sequence", "firmId", "at", "actor", "kind", "entity", "entityId", "before", "after"
      )
    SELECT
      clientele_sequence (
        ($60::integer + row_number() OVER () - 1)::integer
      ),
      "firmId", "at", "actor", "kind", "entity", "entityId", "before", "after"
    FROM
      json_populate_recordset(NULL::"Change", $61::json)
    RETURNING
      1
  ),
  "w4" AS (
    INSERT INTO
      "IdempotencyKey" (
        "firmId", "key", "inputHash", "entityId", "createdAt"
      )
    VALUES
      ($62, $63, $64, $65, $66)
    RETURNING
      1
  )
SELECT
  1 AS "done";

SELECT
  t."id",
  (
    SELECT
      json_agg("r"."j")
    FROM
      (
        SELECT
          json_build_array(tp0."id", tp0."sortName") AS "j"
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
    t."firmId" = $1
    AND t."id" = $2
  )
ORDER BY
  t."id" ASC
LIMIT
  1;
