-- query ($id: ID!) { client(by: { id: $id }) { name contacts { nodes { lastName } } } }

SELECT
  t."id", t."name",
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
          json_array(tp0."id", tp0."lastName", tp0."sortName") AS "j"
        FROM
          "ClientContact" tp0
        WHERE
          tp0."firmId" = t."firmId"
          AND tp0."clientId" = t."id"
          AND tp0."deletedAt" IS NULL
          AND (
            1 = 1
            AND (
              tp0."firmId" = ?
              AND tp0."id" = ?
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
  "Client" t NOT INDEXED
WHERE
  t."deletedAt" IS NULL
  AND t."rowNumber" IN (
    SELECT
      "numbered"."rowNumber"
    FROM
      "ClientContact" "v"
      CROSS JOIN "Client" "numbered" ON "numbered"."firmId" = "v"."firmId"
      AND "numbered"."id" = "v"."clientId"
    WHERE
      (
        ("v"."firmId" = ?)
        AND "v"."id" = ?
      )
  )
  AND (
    t."firmId" = ?
    AND t."id" = ?
  )
ORDER BY
  + t."id" ASC
LIMIT
  1;
