-- { employees { nodes { name clients { nodes { name } } } } }

SELECT
  t."id", t."name", t."nameFolded",
  (
    SELECT
      json_agg("r"."j")
    FROM
      (
        SELECT
          json_build_array(tp0."id", tp0."name", tp0."nameFolded") AS "j"
        FROM
          "Client" tp0
        WHERE
          tp0."firmId" = t."firmId"
          AND tp0."assignedCsmId" = t."id"
          AND tp0."deletedAt" IS NULL
          AND (1 = 1)
        ORDER BY
          tp0."nameFolded" ASC,
          tp0."id" ASC
        LIMIT
          25
      ) "r"
  )
FROM
  "Employee" t
WHERE
  t."firmId" = $1
ORDER BY
  t."nameFolded" ASC,
  t."id" ASC
LIMIT
  25;
