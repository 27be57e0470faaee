-- query ($id: ID!) { client(by: { id: $id }) { history(first: 3) { nodes { kind at before after } } } }

SELECT
  t."id",
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
          json_array(
            tp0."kind", tp0."at",
            json(tp0."before"),
            json(tp0."after"),
            CAST(tp0."sequence" AS TEXT)
          ) AS "j"
        FROM
          "Change" tp0
        WHERE
          tp0."firmId" = t."firmId"
          AND tp0."entityId" = t."id"
          AND (tp0."entity" = ?)
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
    t."firmId" = ?
    AND t."id" = ?
  )
ORDER BY
  + t."id" ASC
LIMIT
  1;
