-- { clients(search: "client mark") { totalCount nodes { id name } } }

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
        (
          "v"."searchText" LIKE $1
          AND "v"."searchText" LIKE $2
        )
    )
  ) "entry";

SELECT
  (
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
    ) / 4
  )::bigint;

SELECT
  t."id", t."name", t."nameFolded", t."firmId",
  (
    SELECT
      count(*)
    FROM
      "Client" t
    WHERE
      t."deletedAt" IS NULL
      AND (
        t."searchText" LIKE $1
        AND t."searchText" LIKE $2
      )
      AND (
        t."searchText" LIKE $3
        AND t."searchText" LIKE $4
      )
      AND (
        t."searchText" LIKE $5
        AND t."searchText" LIKE $6
      )
      AND (
        t."firmId" = $7
        AND 1 = 1
        AND (
          (t."searchText" || '') LIKE $8
          AND (t."searchText" || '') LIKE $9
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
      "Client" t
    WHERE
      t."deletedAt" IS NULL
      AND (
        t."searchText" LIKE $10
        AND t."searchText" LIKE $11
      )
      AND (
        t."searchText" LIKE $12
        AND t."searchText" LIKE $13
      )
      AND (
        t."searchText" LIKE $14
        AND t."searchText" LIKE $15
      )
      AND (
        t."firmId" = $16
        AND 1 = 1
        AND (
          (t."searchText" || '') LIKE $17
          AND (t."searchText" || '') LIKE $18
        )
      )
    ORDER BY
      t."nameFolded" ASC,
      t."id" ASC
    LIMIT
      25
  ) t ON TRUE;
