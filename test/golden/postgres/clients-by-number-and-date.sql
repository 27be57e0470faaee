-- { clients(filter: { npsScore: { gte: 1, lt: 9 }, inceptionDate: { isNull: true }, createdAt: { gt: "2020-01-01T00:00:00Z" } }) { nodes { id name } } }

SELECT
  t."id", t."name", t."nameFolded"
FROM
  "Client" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = $1
    AND (
      (t."inceptionDate" IS NULL)
      AND (
        t."npsScore" >= $2
        AND t."npsScore" < $3
      )
      AND (t."createdAt" > $4)
    )
    AND 1 = 1
  )
ORDER BY
  t."nameFolded" ASC,
  t."id" ASC
LIMIT
  25;
