-- query ($id: ID!) { node(id: $id) { id ... on Region { name } } }

SELECT
  t."id", t."name"
FROM
  "Region" t
WHERE
  (
    t."firmId" = ?
    AND t."id" = ?
  )
ORDER BY
  + t."id" ASC
LIMIT
  1;
