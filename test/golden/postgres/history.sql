-- query ($id: ID!) { client(by: { id: $id }) { history(first: 3) { nodes { kind at before after } } } }

SELECT
  t."id",
  (
    SELECT
      json_agg("r"."j")
    FROM
      (
        SELECT
          json_build_array(
            tp0."kind", tp0."at", tp0."before", tp0."after",
            CAST(tp0."sequence" AS TEXT)
          ) AS "j"
        FROM
          "Change" tp0
        WHERE
          tp0."firmId" = t."firmId"
          AND tp0."entityId" = t."id"
          AND (tp0."entity" = $1)
        ORDER BY
          tp0."sequence" DESC
        LIMIT
          3
      ) "r"
  )
FROM
  "Client" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = $2
    AND t."id" = $3
  )
ORDER BY
  t."id" ASC
LIMIT
  1;
