-- { duplicateClients(by: NAME) { nodes { value count clients { id } } } }

SELECT
  p."value",
  count(*)
FROM
  (
    SELECT
      r."nameFolded" AS "value",
      r."id" AS "id"
    FROM
      "Client" r
    WHERE
      (
        r."firmId" = ?
        AND r."deletedAt" IS NULL
      )
  ) p
GROUP BY
  p."value"
HAVING
  count(*) > 1
ORDER BY
  p."value"
LIMIT
  ?;

SELECT
  t."id"
FROM
  "Client" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = ?
    AND t."id" IN (
      SELECT
        value
      FROM
        json_each(?)
    )
  )
ORDER BY
  + t."id" ASC
LIMIT
  0;
