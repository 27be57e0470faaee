-- query ($region: ID!) { clients(filter: { status: { in: [ACTIVE, TRIAL] }, region: { equals: { id: $region } }}) { nodes { id } } }

SELECT
  t."id", t."nameFolded"
FROM
  "Client" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = $1
    AND (
      (t."status" = ANY ($2))
      AND (t."regionId" = $3)
    )
    AND 1 = 1
  )
ORDER BY
  t."nameFolded" ASC,
  t."id" ASC
LIMIT
  25;
