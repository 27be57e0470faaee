-- mutation ($source: ID!, $target: ID!) { mergeClientContacts(sourceId: $source, targetId: $target) { changedFields } }

SELECT
  t."clientId", t."locationId", t."roleId", t."trackingId", t."firstName", t."middleName", t."lastName", t."title",
  t."email", t."address", t."phoneHome", t."phoneMobile", t."phoneOffice", t."phoneFax", t."language", t."birthday",
  t."accountCode", t."notes", t."adminNotes", t."salespersonId", t."customFields", t."firmId", t."id", t."createdAt",
  t."updatedAt", t."deletedAt", t."mergedIntoId", t."revision", t."nameClaim"
FROM
  "ClientContact" t
WHERE
  t."firmId" = $1
  AND t."id" = $2
  AND t."deletedAt" IS NULL
ORDER BY
  t."id" ASC
LIMIT
  1;

SELECT
  t."clientId", t."locationId", t."roleId", t."trackingId", t."firstName", t."middleName", t."lastName", t."title",
  t."email", t."address", t."phoneHome", t."phoneMobile", t."phoneOffice", t."phoneFax", t."language", t."birthday",
  t."accountCode", t."notes", t."adminNotes", t."salespersonId", t."customFields", t."firmId", t."id", t."createdAt",
  t."updatedAt", t."deletedAt", t."mergedIntoId", t."revision", t."nameClaim"
FROM
  "ClientContact" t
WHERE
  t."firmId" = $1
  AND t."id" = $2
  AND t."deletedAt" IS NULL
ORDER BY
  t."id" ASC
LIMIT
  1;

BEGIN;

SELECT
  1
FROM
  "ClientContact"
WHERE
  "firmId" = $1
  AND "id" = $2
FOR UPDATE;

WITH
  "w0" AS (
    SELECT
      1
    FROM
      "ClientContact"
    WHERE
      "firmId" = $1
      AND "id" = $2
      AND "deletedAt" IS NULL
    FOR SHARE
  ),
  "w1" AS (
    UPDATE "Client"
    SET
      "primaryContactId" = $3,
      "updatedAt" = $4,
      "revision" = "revision" + 1
    WHERE
      "firmId" = $5
      AND "id" = $6
      AND "primaryContactId" = $7
    RETURNING
      "id", "deletedAt"
  ),
  "w2" AS (
    INSERT INTO
      "Change" (
        "sequence", "entityId", "firmId", "at", "actor", "kind", "entity", "before", "after"
      )
    SELECT
      clientele_sequence (
        (
          $8::integer + row_number() OVER (
            ORDER BY
              "id"
          ) - 1
        )::integer
      ),
      "id",
      $9::integer,
      $10::timestamptz,
      $11::text,
      $12::text,
      $13::text,
      $14::json,
      $15::json
    FROM
      "w1"
    WHERE
      "deletedAt" IS NULL
    RETURNING
      1
  ),
  "w3" AS (
    UPDATE "Token"
    SET
      "contactId" = $16
    WHERE
      "firmId" = $17
      AND "contactId" = $18
    RETURNING
      1
  ),
  "w4" AS (
    UPDATE "ClientContact"
    SET
      "nameClaim" = $19,
      "deletedAt" = $20,
      "mergedIntoId" = $21,
      "updatedAt" = $22,
      "revision" = $23
    WHERE
      "firmId" = $24
      AND "id" = $25
      AND "revision" = $26
    RETURNING
      1
  ),
  "w5" AS (
    UPDATE "ClientContact"
    SET
      "mergedIntoId" = $27,
      "revision" = "revision" + 1
    WHERE
      "firmId" = $28
      AND "mergedIntoId" = $29
    RETURNING
      "id", "deletedAt"
  ),
  "w6" AS (
    INSERT INTO
      "Change" (
        "sequence", "entityId", "firmId", "at", "actor", "kind", "entity", "before", "after"
      )
    SELECT
      clientele_sequence (
        (
          $30::integer + (
            SELECT
              count(*)
            FROM
              "w1"
          ) + row_number() OVER (
            ORDER BY
              "id"
          ) - 1
        )::integer
      ),
      "id",
      $31::integer,
      $32::timestamptz,
      $33::text,
      $34::text,
      $35::text,
      $36::json,
      $37::json
    FROM
      "w5"
    WHERE
      "deletedAt" IS NULL
    RETURNING
      1
  ),
  "w7" AS (
    INSERT INTO
      "Change" (
        "sequence", "firmId", "at", "actor", "kind", "entity", "entityId", "before", "after"
      )
    VALUES
      (
        clientele_sequence ($38::integer),
        $39, $40, $41, $42, $43, $44, $45, $46
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
      ) = 1
      AND (
        SELECT
          count(*)
        FROM
          "w4"
      ) = 1 THEN 1
      ELSE 0
    END
  ) AS "done",
  sqrt(
    100000 - (
      $47::integer + (
        SELECT
          count(*)
        FROM
          "w1"
      ) + (
        SELECT
          count(*)
        FROM
          "w5"
      )
    )
  );

COMMIT;
