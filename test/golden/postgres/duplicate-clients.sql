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
        r."firmId" = $1
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
  $2;

SELECT
  t."id"
FROM
  "Client" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = $1
    AND t."id" = ANY ($2)
  )
ORDER BY
  t."id" ASC
LIMIT
  0;
