-- { clientContacts(filter: { email: { isNull: true } }) { nodes { id lastName client { name } } } }

SELECT
  t."id", t."lastName", t."sortName",
  (
    SELECT
      json_build_array(t0."id", t0."name")
    FROM
      "Client" t0
    WHERE
      t0."firmId" = t."firmId"
      AND t0."id" = t."clientId"
      AND t0."deletedAt" IS NULL
  )
FROM
  "ClientContact" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = $1
    AND ((t."email" IS NULL))
    AND 1 = 1
  )
ORDER BY
  t."sortName" ASC,
  t."id" ASC
LIMIT
  25;
