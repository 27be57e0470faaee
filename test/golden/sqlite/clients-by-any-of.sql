-- { clients(filter: { or: [{ name: { contains: "mark" } }, { not: { tags: { hasEvery: ["a"] } } }] }) { nodes { id name } } }

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
          (
            (
              (
                (
                  instr(t."searchText", ?) > 0
                  AND instr(t."nameFolded", ?) > 0
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
                          tx."field" = ?
                          AND tx."key" = ?
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
      25
  ) t ON TRUE;
