-- { clients(filter: { customFields: [{ key: "text", equals: "mark" }, { key: "number", isNull: true }] }) { nodes { id name } } }

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
              1
            FROM
              "IndexedValue" "v"
            WHERE
              (
                ("v"."firmId" = ?)
                AND (
                  "v"."field" = ?
                  AND "v"."key" = ?
                )
              )
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
          "numbered"."rowNumber"
        FROM
          "IndexedValue" "v"
          CROSS JOIN "Client" "numbered" ON "numbered"."firmId" = "v"."firmId"
          AND "numbered"."id" = "v"."entityId"
        WHERE
          (
            ("v"."firmId" = ?)
            AND (
              "v"."field" = ?
              AND "v"."key" = ?
            )
          )
      )
      AND (
        t."firmId" = ?
        AND CAST((t."customFields" ->> '2') AS REAL) IS NULL
      )
    ORDER BY
      t."nameFolded" ASC,
      t."id" ASC
    LIMIT
      25
  ) t ON TRUE;
