-- { clients(filter: { name: { contains: "ent" }, email: { startsWith: "a" }, companyName: { equals: "x" } }) { nodes { id name } } }

WITH
  "found" AS (
    SELECT
      count(*) AS "rows"
    FROM
      (
        SELECT
          1
        FROM
          (
            SELECT
              "doc"
            FROM
              "ClientSearchParts"
            WHERE
              "term" >= ?
              AND "term" < ? || x'FF'
          ) "entry"
        LIMIT
          (
            CAST(
              sqrt(
                (
                  SELECT
                    coalesce(max("rowNumber"), 0)
                  FROM
                    "Client"
                ) * 26
              ) AS INTEGER
            )
          ) + 1
      ) "entries"
  )
SELECT
  "rows" <= (
    CAST(
      sqrt(
        (
          SELECT
            coalesce(max("rowNumber"), 0)
          FROM
            "Client"
        ) * 26
      ) AS INTEGER
    )
  ) AS "few"
FROM
  "found";

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
      "Client" t NOT INDEXED
    WHERE
      t."deletedAt" IS NULL
      AND t."rowNumber" IN (
        SELECT
          "doc"
        FROM
          "ClientSearchParts"
        WHERE
          "term" >= ?
          AND "term" < ? || x'FF'
        UNION ALL
        SELECT
          "rowNumber"
        FROM
          "ClientUnindexed"
      )
      AND (
        t."firmId" = ?
        AND (
          (
            (
              instr(t."searchText", ?) > 0
              AND instr(t."nameFolded", ?) > 0
            )
          )
          AND (
            (
              1 = 1
              AND (
                coalesce((t."folded" ->> 'email'), lower(t."email")) >= ?
                AND coalesce((t."folded" ->> 'email'), lower(t."email")) < ? || x'FF'
                AND substr(
                  coalesce((t."folded" ->> 'email'), lower(t."email")),
                  1,
                  length(?)
                ) = ?
              )
            )
          )
          AND (
            (
              1 = 1
              AND t."companyName" = ?
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
