-- { duplicateClientContacts(by: EMAIL) { nodes { value count contacts { id } } } }

SELECT
  p."value",
  count(*)
FROM
  (
    SELECT
      v."key" AS "value",
      r."id" AS "id"
    FROM
      "IndexedValue" v
      JOIN "ClientContact" r ON r."firmId" = v."firmId"
      AND r."id" = v."entityId"
      AND (
        r."firmId" = $1
        AND r."deletedAt" IS NULL
      )
    WHERE
      (
        v."firmId" = $2
        AND v."field" = $3
      )
  ) p
GROUP BY
  p."value"
HAVING
  count(*) > 1
ORDER BY
  p."value"
LIMIT
  $4;

SELECT
  t."id"
FROM
  "ClientContact" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = $1
    AND t."id" = ANY ($2)
  )
ORDER BY
  t."id" ASC
LIMIT
  0;
