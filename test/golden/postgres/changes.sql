-- { changes(first: 10, after: "0") { nodes { sequence kind entityId before after } } }

SELECT
  t."sequence", t."kind",
  (t."entity" || ' ' || t."entityId"),
  t."before", t."after"
FROM
  "Change" t
WHERE
  (
    t."firmId" = $1
    AND t."sequence" < (
      (
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint + (
          SELECT
            "value"
          FROM
            "ChangeClock"
          WHERE
            "id" = 1
        )
      ) << 20
    )
  )
  AND ((t."sequence") > ($2))
ORDER BY
  t."sequence" ASC
LIMIT
  10;
