-- mutation ($input: UpsertClientContactInput!) { upsertClientContact(input: $input) { result } }

SELECT
  t."clientId", t."locationId", t."roleId", t."trackingId", t."externalIds", t."firstName", t."middleName",
  t."lastName", t."title", t."email", t."address", t."phoneHome", t."phoneMobile", t."phoneOffice", t."phoneFax",
  t."language", t."birthday", t."accountCode", t."notes", t."adminNotes", t."salespersonId", t."customFields",
  t."firmId", t."id", t."createdAt", t."updatedAt", t."deletedAt", t."mergedIntoId", t."revision", t."nameClaim"
FROM
  "ClientContact" t
WHERE
  t."firmId" = $1
  AND t."trackingId" = $2
ORDER BY
  t."id" ASC
LIMIT
  1;

WITH
  "w0" AS (
    UPDATE "ClientContact"
    SET
      "email" = $1,
      "searchText" = $2,
      "updatedAt" = $3,
      "deletedAt" = $4,
      "revision" = $5
    WHERE
      "firmId" = $6
      AND "id" = $7
      AND "revision" = $8
    RETURNING
      1
  ),
  "w1" AS (
    INSERT INTO
      "IndexedValue" ("firmId", "entityId", "field", "key", "number")
    VALUES
      ($9, $10, $11, $12, $13)
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
        clientele_sequence ($14::integer),
        $15, $16, $17, $18, $19, $20, $21, $22
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
