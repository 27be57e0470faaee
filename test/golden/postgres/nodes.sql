-- query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Client { name } ... on Employee { name } } }

SELECT
  t."id", t."name"
FROM
  "Client" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = $1
    AND t."id" = $2
  )
ORDER BY
  t."id" ASC
LIMIT
  1;

SELECT
  t."id", t."name"
FROM
  "Employee" t
WHERE
  (
    t."firmId" = $1
    AND t."id" = $2
  )
ORDER BY
  t."id" ASC
LIMIT
  1;
