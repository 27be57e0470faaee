-- { client(by: { externalId: { system: "external", id: "mark" } }) { id name } }

SELECT
  t."id", t."name"
FROM
  "Client" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = ?
    AND t."id" IN (
      SELECT
        tk0."entityId"
      FROM
        "ExternalId" tk0
      WHERE
        (
          tk0."firmId" = ?
          AND (
            tk0."kind" = ?
            AND tk0."system" = ?
            AND tk0."externalId" = ?
          )
        )
    )
  )
ORDER BY
  + t."id" ASC
LIMIT
  1;
