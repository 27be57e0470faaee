-- { clients(filter: { name: { contains: "ent" }, email: { startsWith: "a" }, companyName: { equals: "x" } }) { nodes { id name } } }

EXPLAIN (FORMAT JSON)
SELECT
  1
FROM
  (
    (
      SELECT
        1
      FROM
        "Client" "v"
      WHERE
        ("v"."searchText" LIKE $1)
    )
  ) "entry";

SELECT
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
        oid = $1::regclass
    ) * 26
  )::bigint;

SELECT
  t."id", t."name", t."nameFolded"
FROM
  "Client" t
WHERE
  t."deletedAt" IS NULL
  AND (t."searchText" LIKE $1)
  AND (t."searchText" LIKE $2)
  AND (t."searchText" LIKE $3)
  AND (
    t."firmId" = $4
    AND (
      (
        (
          (t."searchText" || '') LIKE $5
          AND (t."nameFolded" || '') LIKE $6
        )
      )
      AND (
        (
          1 = 1
          AND coalesce(
            ((t."folded" ->> 'email') COLLATE "C"),
            lower(t."email")
          ) LIKE $7
        )
      )
      AND (
        (
          1 = 1
          AND t."companyName" = $8
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
