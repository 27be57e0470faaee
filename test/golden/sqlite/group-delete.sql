-- mutation ($id: ID!) { deleteClientGroup(by: { id: $id }) { clientGroup { id } } }

SELECT
  t."name", t."trackingId", t."externalIds", t."firmId", t."id", t."createdAt", t."updatedAt", t."revision",
  t."isDefault"
FROM
  "ClientGroup" t
WHERE
  t."firmId" = ?
  AND t."id" = ?
ORDER BY
  + t."id" ASC
LIMIT
  1;

BEGIN IMMEDIATE;

SELECT
  "id"
FROM
  "Client"
WHERE
  "firmId" = ?
  AND "clientGroupId" = ?
  AND "deletedAt" IS NULL
ORDER BY
  + "id"
LIMIT
  ?;

SELECT
  "value"
FROM
  "ChangeClock";

INSERT INTO
  "Change" (
    "firmId", "at", "actor", "kind", "entity", "before", "after", "entityId", "sequence"
  )
VALUES
  (?, ?, ?, ?, ?, ?, ?, ?, ?);

UPDATE "Client"
SET
  "clientGroupId" = ?,
  "updatedAt" = ?,
  "revision" = "revision" + 1
WHERE
  "firmId" = ?
  AND "clientGroupId" = ?;

DELETE FROM "ClientGroup"
WHERE
  "firmId" = ?
  AND "id" = ?
  AND "revision" = ?;

INSERT INTO
  "Change" (
    "firmId", "actor", "kind", "entity", "entityId", "at", "before", "after", "sequence"
  )
VALUES
  (?, ?, ?, ?, ?, ?, ?, ?, ?);

UPDATE "ChangeClock"
SET
  "value" = ?;

COMMIT;
