-- { clients(search: "client mark") { totalCount nodes { id name } } }

SELECT
  "value" AS "part",
  (
    SELECT
      iif(count(*) < 64, 9e18, max("rowid"))
    FROM
      (
        SELECT
          "rowid"
        FROM
          "ClientSearch"
        WHERE
          "ClientSearch" MATCH "value"
        LIMIT
          64
      )
  ) AS "reach"
FROM
  json_each(?)
ORDER BY
  "reach" DESC
LIMIT
  3;

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
              "rowid"
            FROM
              "ClientSearch"
            WHERE
              "ClientSearch" MATCH ?
          ) "entry"
        LIMIT
          (
            (
              SELECT
                coalesce(max("rowNumber"), 0)
              FROM
                "Client"
            ) / 4
          ) + 1
      ) "entries"
  )
SELECT
  "rows" <= (
    (
      SELECT
        coalesce(max("rowNumber"), 0)
      FROM
        "Client"
    ) / 4
  ) AS "few"
FROM
  "found";

SELECT
  t."id", t."name", t."nameFolded", t."firmId",
  (
    SELECT
      count(*)
    FROM
      "Client" t NOT INDEXED
    WHERE
      t."deletedAt" IS NULL
      AND t."rowNumber" IN (
        SELECT
          "rowid"
        FROM
          "ClientSearch"
        WHERE
          "ClientSearch" MATCH ?
        UNION ALL
        SELECT
          "rowNumber"
        FROM
          "ClientUnindexed"
      )
      AND (
        t."firmId" = ?
        AND 1 = 1
        AND (
          instr(t."searchText", ?) > 0
          AND instr(t."searchText", ?) > 0
        )
      )
  ),
  NULL
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
          "rowid"
        FROM
          "ClientSearch"
        WHERE
          "ClientSearch" MATCH ?
        UNION ALL
        SELECT
          "rowNumber"
        FROM
          "ClientUnindexed"
      )
      AND (
        t."firmId" = ?
        AND 1 = 1
        AND (
          instr(t."searchText", ?) > 0
          AND instr(t."searchText", ?) > 0
        )
      )
    ORDER BY
      t."nameFolded" ASC,
      t."id" ASC
    LIMIT
      25
  ) t ON TRUE;
