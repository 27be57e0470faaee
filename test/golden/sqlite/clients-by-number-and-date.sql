-- { clients(filter: { npsScore: { gte: 1, lt: 9 }, inceptionDate: { isNull: true }, createdAt: { gt: "2020-01-01T00:00:00Z" } }) { nodes { id name } } }

SELECT
  t."id", t."name", t."nameFolded", t."firmId", NULL, NULL
FROM
  (
    SELECT
      1
  ) "one"
  LEFT JOIN (
    SELECT
      t."firmId", t."id", t."name", t."nameFolded"
    FROM
      "Client" t
    WHERE
      t."deletedAt" IS NULL
      AND (
        t."firmId" = ?
        AND (
          (t."inceptionDate" IS NULL)
          AND (
            t."npsScore" >= ?
            AND t."npsScore" < ?
          )
          AND (t."createdAt" > ?)
        )
        AND 1 = 1
      )
    ORDER BY
      t."nameFolded" ASC,
      t."id" ASC
    LIMIT
      25
  ) t ON TRUE;
