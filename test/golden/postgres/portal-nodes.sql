-- query ($ids: [ID!]!) { nodes(ids: $ids) { id } }

SELECT
  t."id"
FROM
  "Client" t
WHERE
  t."deletedAt" IS NULL
  AND (
    (
      t."firmId" = $1
      AND EXISTS (
        SELECT
          1
        FROM
          "ClientContact" tx
        WHERE
          tx."firmId" = t."firmId"
          AND tx."clientId" = t."id"
          AND tx."id" = $2
      )
    )
    AND t."id" = $3
  )
ORDER BY
  t."id" ASC
LIMIT
  1;

SELECT
  t."id"
FROM
  "ClientContact" t
WHERE
  t."deletedAt" IS NULL
  AND (
    (
      t."firmId" = $1
      AND t."id" = $2
    )
    AND t."id" = $3
  )
ORDER BY
  t."id" ASC
LIMIT
  1;
