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
        r."firmId" = ?
        AND r."deletedAt" IS NULL
      )
    WHERE
      (
        v."firmId" = ?
        AND v."field" = ?
      )
  ) p
GROUP BY
  p."value"
HAVING
  count(*) > 1
ORDER BY
  p."value"
LIMIT
  ?;

SELECT
  t."id"
FROM
  "ClientContact" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = ?
    AND t."id" IN (
      SELECT
        value
      FROM
        json_each(?)
    )
  )
ORDER BY
  + t."id" ASC
LIMIT
  0;
