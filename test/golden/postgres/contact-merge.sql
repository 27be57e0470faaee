-- mutation ($source: ID!, $target: ID!) { mergeClientContacts(source: { id: $source }, target: { id: $target }) { changedFields } }

SELECT
  t."clientId", t."locationId", t."roleId", t."trackingId", t."externalIds", t."firstName", t."middleName",
  t."lastName", t."title", t."email", t."address", t."phoneHome", t."phoneMobile", t."phoneOffice", t."phoneFax",
  t."language", t."birthday", t."accountCode", t."notes", t."adminNotes", t."salespersonId", t."customFields",
  t."firmId", t."id", t."createdAt", t."updatedAt", t."deletedAt", t."mergedIntoId", t."revision", t."nameClaim"
FROM
  "ClientContact" t
WHERE
  t."firmId" = $1
  AND t."id" = $2
ORDER BY
  t."id" ASC
LIMIT
  1;

SELECT
  t."clientId", t."locationId", t."roleId", t."trackingId", t."externalIds", t."firstName", t."middleName",
  t."lastName", t."title", t."email", t."address", t."phoneHome", t."phoneMobile", t."phoneOffice", t."phoneFax",
  t."language", t."birthday", t."accountCode", t."notes", t."adminNotes", t."salespersonId", t."customFields",
  t."firmId", t."id", t."createdAt", t."updatedAt", t."deletedAt", t."mergedIntoId", t."revision", t."nameClaim"
FROM
  "ClientContact" t
WHERE
  t."firmId" = $1
  AND t."id" = $2
ORDER BY
  t."id" ASC
LIMIT
  1;

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

SELECT
  t."id", t."trackingId", t."deletedAt"
FROM
  "ClientLocation" t
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
  t."id", t."trackingId"
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
    UPDATE "ExternalId"
    SET
      "entityId" = $16
    WHERE
      "firmId" = $17
      AND "kind" = $18
      AND "entityId" = $19
    RETURNING
      1
  ),
  "w4" AS (
    UPDATE "Token"
    SET
      "contactId" = $20
    WHERE
      "firmId" = $21
      AND "contactId" = $22
    RETURNING
      1
  ),
  "w5" AS (
    UPDATE "ClientContact"
    SET
      "nameClaim" = $23,
      "deletedAt" = $24,
      "mergedIntoId" = $25,
      "updatedAt" = $26,
      "revision" = $27
    WHERE
      "firmId" = $28
      AND "id" = $29
      AND "revision" = $30
    RETURNING
      1
  ),
  "w6" AS (
    UPDATE "ClientContact"
    SET
      "mergedIntoId" = $31,
      "revision" = "revision" + 1
    WHERE
      "firmId" = $32
      AND "mergedIntoId" = $33
    RETURNING
      "id", "deletedAt"
  ),
  "w7" AS (
    INSERT INTO
      "Change" (
        "sequence", "entityId", "firmId", "at", "actor", "kind", "entity", "before", "after"
      )
    SELECT
      clientele_sequence (
        (
          $34::integer + (
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
      $35::integer,
      $36::timestamptz,
      $37::text,
      $38::text,
      $39::text,
      $40::json,
      $41::json
    FROM
      "w6"
    WHERE
      "deletedAt" IS NULL
    RETURNING
      1
  ),
  "w8" AS (
    INSERT INTO
      "Change" (
        "sequence", "firmId", "at", "actor", "kind", "entity", "entityId", "before", "after"
      )
    VALUES
      (
        clientele_sequence ($42::integer),
        $43, $44, $45, $46, $47, $48, $49, $50
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
          "w5"
      ) = 1 THEN 1
      ELSE 0
    END
  ) AS "done",
  sqrt(
    100000 - (
      $51::integer + (
        SELECT
          count(*)
        FROM
          "w1"
      ) + (
        SELECT
          count(*)
        FROM
          "w6"
      )
    )
  );

COMMIT;
