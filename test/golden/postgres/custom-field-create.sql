-- mutation { createCustomField(input: { name: "Created", type: TEXT }) { customField { key } } }

SELECT
  t."definitionsVersion"
FROM
  "Firm" t
WHERE
  t."id" = $1
ORDER BY
  t."id" ASC
LIMIT
  1;

SELECT
  t."firmId", t."id", t."trackingId", t."entity", t."key", t."name", t."nameFolded", t."type", t."order", t."required",
  t."archived", t."options", t."number", t."externalIds", t."createdAt", t."updatedAt", t."revision"
FROM
  "CustomField" t
WHERE
  t."firmId" = $1
ORDER BY
  t."id" ASC
LIMIT
  1000;

WITH
  "w0" AS (
    UPDATE "Firm"
    SET
      "definitionsVersion" = $1
    WHERE
      "id" = $2
      AND "definitionsVersion" = $3
    RETURNING
      1
  ),
  "w1" AS (
    INSERT INTO
      "CustomField" (
        "id", "number", "entity", "key", "name", "type", "order", "required", "archived", "options", "trackingId",
        "externalIds", "revision", "firmId", "nameFolded", "createdAt", "updatedAt"
      )
    VALUES
      (
        $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20
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
          "w0"
      ) = 1 THEN 1
      ELSE 0
    END
  ) AS "done";
