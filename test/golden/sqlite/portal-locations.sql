-- { clientLocations { nodes { name } } }

SELECT
  t."id", t."name", t."nameFolded"
FROM
  "ClientLocation" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = ?
    AND EXISTS (
      SELECT
        1
      FROM
        "ClientContact" tx
      WHERE
        tx."firmId" = t."firmId"
        AND tx."clientId" = t."clientId"
        AND tx."id" = ?
    )
  )
ORDER BY
  t."nameFolded" ASC,
  t."id" ASC
LIMIT
  25;
