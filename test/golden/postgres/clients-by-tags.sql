-- { clients(filter: { tags: { hasSome: ["mark", "b"], isEmpty: false } }) { nodes { id name } } }

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
            (
              SELECT
                1
              FROM
                "IndexedValue" "v"
              WHERE
                (
                  ("v"."firmId" = $1)
                  AND (
                    "v"."field" = $2
                    AND "v"."key" = ANY ($3)
                  )
                )
              ORDER BY
                "v"."key", "v"."entityId"
            )
          ) "entry"
        LIMIT
          (
            sqrt(
              (
                SELECT
                  CASE
                    WHEN reltuples < 0 THEN 100000
                    ELSE reltuples
                  END
                FROM
                  pg_class
                WHERE
                  oid = $4::regclass
              ) * 26
            )::bigint
          ) + 1
      ) "entries"
  )
SELECT
  "rows" <= (
    sqrt(
      (
        SELECT
          CASE
            WHEN reltuples < 0 THEN 100000
            ELSE reltuples
          END
        FROM
          pg_class
        WHERE
          oid = $5::regclass
      ) * 26
    )::bigint
  ) AS "few"
FROM
  "found";

SELECT
  t."id", t."name", t."nameFolded"
FROM
  "Client" t
WHERE
  t."deletedAt" IS NULL
  AND t."id" = ANY (
    ARRAY(
      (
        SELECT
          "v"."entityId"
        FROM
          "IndexedValue" "v"
        WHERE
          (
            ("v"."firmId" = $1)
            AND (
              "v"."field" = $2
              AND "v"."key" = ANY ($3)
            )
          )
        ORDER BY
          "v"."key", "v"."entityId"
        LIMIT
          (
            SELECT
              9007199254740991
          )
      )
    )
  )
  AND (
    t."firmId" = $4
    AND (json_array_length(t."tags") = 0) IS NOT TRUE
  )
ORDER BY
  t."nameFolded" ASC,
  t."id" ASC
LIMIT
  25;
