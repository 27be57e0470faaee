-- mutation { createCustomField(input: { name: "Created", type: TEXT }) { customField { key } } }

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

BEGIN IMMEDIATE;

UPDATE "Firm"
SET
  "definitionsVersion" = ?
WHERE
  "id" = ?
  AND "definitionsVersion" = ?;

INSERT INTO
  "CustomField" (
    "id", "number", "entity", "key", "name", "type", "order", "required", "archived", "options", "trackingId",
    "externalIds", "revision", "firmId", "nameFolded", "createdAt", "updatedAt"
  )
VALUES
  (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

SELECT
  "value"
FROM
  "ChangeClock";

INSERT INTO
  "Change" (
    "firmId", "actor", "kind", "before", "after", "entity", "entityId", "at", "sequence"
  )
VALUES
  (?, ?, ?, ?, ?, ?, ?, ?, ?);

UPDATE "ChangeClock"
SET
  "value" = ?;

COMMIT;
