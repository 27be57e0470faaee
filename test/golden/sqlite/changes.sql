-- { changes(first: 10, after: "0") { nodes { sequence kind entityId before after } } }

SELECT
  CAST(t."sequence" AS TEXT),
  t."kind",
  (t."entity" || ' ' || t."entityId"),
  t."before", t."after"
FROM
  "Change" t
WHERE
  (
    t."firmId" = ?
    AND 1 = 1
  )
  AND ((t."sequence") > (?))
ORDER BY
  t."sequence" ASC
LIMIT
  10;
