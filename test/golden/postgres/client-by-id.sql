-- query ($id: ID!) { client(by: { id: $id }) { id name tags customFields revision } }

SELECT
  t."id", t."name", t."tags", t."customFields", t."revision"
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
