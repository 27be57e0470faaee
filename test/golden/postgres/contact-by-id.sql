-- query ($id: ID!) { clientContact(by: { id: $id }) { id lastName client { name } location { name } } }

SELECT
  t."id", t."lastName",
  (
    SELECT
      json_build_array(t0."id", t0."name")
    FROM
      "Client" t0
    WHERE
      t0."firmId" = t."firmId"
      AND t0."id" = t."clientId"
      AND t0."deletedAt" IS NULL
  ),
  (
    SELECT
      json_build_array(t1."id", t1."name")
    FROM
      "ClientLocation" t1
    WHERE
      t1."firmId" = t."firmId"
      AND t1."clientId" = t."clientId"
      AND t1."id" = t."locationId"
      AND t1."deletedAt" IS NULL
  )
FROM
  "ClientContact" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = $1
    AND t."id" = $2
  )
ORDER BY
  t."id" ASC
LIMIT
  1;
