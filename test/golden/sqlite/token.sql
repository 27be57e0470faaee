-- { viewer { role } }

PRAGMA data_version;

SELECT
  t."firmId", t."id", t."name", t."role", t."employeeId", t."contactId", t."revokedAt",
  (
    SELECT
      json_array(t0."name", t0."definitionsVersion")
    FROM
      "Firm" t0
    WHERE
      t0."id" = t."firmId"
  ),
  (
    SELECT
      json_array(t1."id")
    FROM
      "ClientContact" t1
    WHERE
      t1."firmId" = t."firmId"
      AND t1."id" = t."contactId"
      AND t1."deletedAt" IS NULL
  )
FROM
  "Token" t
WHERE
  t."hash" = ?
ORDER BY
  + t."id" ASC
LIMIT
  1;
