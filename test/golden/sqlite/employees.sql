-- { employees { nodes { name clients { nodes { name } } } } }

SELECT
  t."id", t."name", t."nameFolded",
  (
    SELECT
      '[' || group_concat(
        CASE
          WHEN octet_length ("r"."j") <= 512
          OR clientele_room (1, octet_length ("r"."j")) THEN "r"."j"
        END
      ) || ']'
    FROM
      (
        SELECT
          json_array(tp0."id", tp0."name", tp0."nameFolded") AS "j"
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
  t."firmId" = ?
ORDER BY
  t."nameFolded" ASC,
  t."id" ASC
LIMIT
  25;
