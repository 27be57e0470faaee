-- { clientLocations { nodes { name isPrimary contacts { totalCount } } } }

SELECT
  t."id", t."name", t."isPrimary", t."nameFolded",
  json_array(
    json(NULL),
    (
      SELECT
        count(*)
      FROM
        "ClientContact" tp0
      WHERE
        tp0."firmId" = t."firmId"
        AND tp0."clientId" = t."clientId"
        AND tp0."locationId" = t."id"
        AND tp0."deletedAt" IS NULL
        AND (1 = 1)
    ),
    NULL
  )
FROM
  "ClientLocation" t
WHERE
  t."deletedAt" IS NULL
  AND t."firmId" = ?
ORDER BY
  t."nameFolded" ASC,
  t."id" ASC
LIMIT
  25;
