-- { client(by: { trackingId: "mark" }) { id name } }

SELECT
  t."id", t."name"
FROM
  "Client" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = $1
    AND t."trackingId" = $2
  )
ORDER BY
  t."id" ASC
LIMIT
  1;
