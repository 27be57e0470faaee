-- query ($ids: [ID!]!) { nodes(ids: $ids) { id } }

SELECT
  t."id"
FROM
  "ClientContact" t
WHERE
  t."deletedAt" IS NULL
  AND (
    (
      t."firmId" = ?
      AND t."id" = ?
    )
    AND t."id" = ?
  )
ORDER BY
  + t."id" ASC
LIMIT
  1;

SELECT
  t."id"
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
