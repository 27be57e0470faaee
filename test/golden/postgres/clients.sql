-- { clients { nodes { id name } pageInfo { hasNextPage endCursor } } }

SELECT
  t."id", t."name", t."nameFolded"
FROM
  "Client" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = $1
    AND 1 = 1
    AND 1 = 1
  )
ORDER BY
  t."nameFolded" ASC,
  t."id" ASC
LIMIT
  26;
