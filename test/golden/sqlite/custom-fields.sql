-- { customFields { key } }

SELECT
  t."definitionsVersion"
FROM
  "Firm" t
WHERE
  t."id" = ?
ORDER BY
  + t."id" ASC
LIMIT
  1;

SELECT
  t."firmId", t."id", t."trackingId", t."entity", t."key", t."name", t."nameFolded", t."type", t."order", t."required",
  t."archived", t."options", t."number", t."externalIds", t."createdAt", t."updatedAt", t."revision"
FROM
  "CustomField" t
WHERE
  t."firmId" = ?
ORDER BY
  + t."id" ASC
LIMIT
  1000;
