-- { clients(filter: { or: [{ name: { contains: "mark" } }, { not: { tags: { hasEvery: ["a"] } } }] }) { nodes { id name } } }

SELECT
  t."id", t."name", t."nameFolded"
FROM
  "Client" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = $1
    AND (
      (
        (
          (
            (
              t."searchText" LIKE $2
              AND t."nameFolded" LIKE $3
            )
          )
        )
        OR (
          (
            (
              (
                EXISTS (
                  SELECT
                    1
                  FROM
                    "IndexedValue" tx
                  WHERE
                    tx."firmId" = t."firmId"
                    AND tx."entityId" = t."id"
                    AND (
                      tx."field" = $4
                      AND tx."key" = $5
                    )
                )
              )
            )
          ) IS NOT TRUE
        )
      )
    )
    AND 1 = 1
  )
ORDER BY
  t."nameFolded" ASC,
  t."id" ASC
LIMIT
  25;
