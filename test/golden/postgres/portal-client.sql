-- query ($id: ID!) { client(by: { id: $id }) { name contacts { nodes { lastName } } } }

SELECT
  t."id", t."name",
  (
    SELECT
      json_agg("r"."j")
    FROM
      (
        SELECT
          json_build_array(tp0."id", tp0."lastName", tp0."sortName") AS "j"
        FROM
          "ClientContact" tp0
        WHERE
          tp0."firmId" = t."firmId"
          AND tp0."clientId" = t."id"
          AND tp0."deletedAt" IS NULL
          AND (
            1 = 1
            AND (
              tp0."firmId" = $1
              AND tp0."id" = $2
            )
          )
        ORDER BY
          tp0."sortName" ASC,
          tp0."id" ASC
        LIMIT
          25
      ) "r"
  )
FROM
  "Client" t
WHERE
  t."deletedAt" IS NULL
  AND (
    (
      t."firmId" = $3
      AND EXISTS (
        SELECT
          1
        FROM
          "ClientContact" tx
        WHERE
          tx."firmId" = t."firmId"
          AND tx."clientId" = t."id"
          AND tx."id" = $4
      )
    )
    AND t."id" = $5
  )
ORDER BY
  t."id" ASC
LIMIT
  1;
