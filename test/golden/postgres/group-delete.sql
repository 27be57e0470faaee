-- mutation ($id: ID!) { deleteClientGroup(by: { id: $id }) { clientGroup { id } } }

SELECT
  t."name", t."trackingId", t."externalIds", t."firmId", t."id", t."createdAt", t."updatedAt", t."revision",
  t."isDefault"
FROM
  "ClientGroup" t
WHERE
  t."firmId" = $1
  AND t."id" = $2
ORDER BY
  t."id" ASC
LIMIT
  1;

WITH
  "w0" AS (
    UPDATE "Client"
    SET
      "clientGroupId" = $1,
      "updatedAt" = $2,
      "revision" = "revision" + 1
    WHERE
      "firmId" = $3
      AND "clientGroupId" = $4
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
          $5::integer + row_number() OVER (
            ORDER BY
              "id"
          ) - 1
        )::integer
      ),
      "id",
      $6::integer,
      $7::timestamptz,
      $8::text,
      $9::text,
      $10::text,
      $11::json,
      $12::json
    FROM
      "w0"
    WHERE
      "deletedAt" IS NULL
    RETURNING
      1
  ),
  "w2" AS (
    DELETE FROM "ClientGroup"
    WHERE
      "firmId" = $13
      AND "id" = $14
      AND "revision" = $15
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
        clientele_sequence ($16::integer),
        $17, $18, $19, $20, $21, $22, $23, $24
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
      $25::integer + (
        SELECT
          count(*)
        FROM
          "w0"
      )
    )
  );
