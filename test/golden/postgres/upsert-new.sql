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
  t."firmId" = $1
  AND t."trackingId" = $2
ORDER BY
  t."id" ASC
LIMIT
  1;

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
      "IndexedValue" ("firmId", "entityId", "field", "key", "number")
    SELECT
      "firmId", "entityId", "field", "key", "number"
    FROM
      json_populate_recordset(NULL::"IndexedValue", $45::json)
    RETURNING
      1
  ),
  "w2" AS (
    INSERT INTO
      "ClientLocation" (
        "clientId", "name", "address", "isPrimary", "salespersonId", "trackingId", "externalIds", "firmId", "id",
        "createdAt", "updatedAt", "deletedAt", "revision", "nameFolded"
      )
    VALUES
      (
        $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59
      )
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
  )
SELECT
  1 AS "done";
