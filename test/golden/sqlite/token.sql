-- { viewer { role } }

PRAGMA data_version;

SELECT
  f."id", f."name", t."id", t."name", t."role", t."employeeId", t."contactId", f."definitionsVersion"
FROM
  "Token" t
  JOIN "Firm" f ON f."id" = t."firmId"
  LEFT JOIN "ClientContact" c ON c."firmId" = t."firmId"
  AND c."id" = t."contactId"
WHERE
  t."hash" = ?
  AND t."revokedAt" IS NULL
  AND c."deletedAt" IS NULL;
