-- mutation ($id: ID!) { deleteClientContact(by: { id: $id }) { clientContact { id } } }

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
    UPDATE "Client"
    SET
      "primaryContactId" = $1,
      "updatedAt" = $2,
      "revision" = "revision" + 1
    WHERE
      "firmId" = $3
      AND "id" = $4
      AND "primaryContactId" = $5
    RETURNING
      "id", "deletedAt"
  ),
  "w1" AS (
    INSERT INTO
      "Change" (
        "sequence", "entityId", "firmId", "at", "actor", "kind", "entity", "before", "after"
      )
    SELECT
      clientele_sequence (
        (
          $6::integer + row_number() OVER (
            ORDER BY
              "id"
          ) - 1
        )::integer
      ),
      "id",
      $7::integer,
      $8::timestamptz,
      $9::text,
      $10::text,
      $11::text,
      $12::json,
      $13::json
    FROM
      "w0"
    WHERE
      "deletedAt" IS NULL
    RETURNING
      1
  ),
  "w2" AS (
    UPDATE "ClientContact"
    SET
      "nameClaim" = $14,
      "deletedAt" = $15,
      "updatedAt" = $16,
      "revision" = $17
    WHERE
      "firmId" = $18
      AND "id" = $19
      AND "revision" = $20
    RETURNING
      1
  ),
  "w3" AS (
    INSERT INTO
      "Change" (
        "sequence", "firmId", "at", "actor", "kind", "entity", "entityId", "before", "after"
      )
    VALUES
      (
        clientele_sequence ($21::integer),
        $22, $23, $24, $25, $26, $27, $28, $29
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
          "w2"
      ) = 1 THEN 1
      ELSE 0
    END
  ) AS "done",
  sqrt(
    100000 - (
      $30::integer + (
        SELECT
          count(*)
        FROM
          "w0"
      )
    )
  );

COMMIT;
