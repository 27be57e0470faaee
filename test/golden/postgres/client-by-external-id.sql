-- { client(by: { externalId: { system: "external", id: "mark" } }) { id name } }

SELECT
  t."id", t."name"
FROM
  "Client" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = $1
    AND t."id" = ANY (
      ARRAY(
        SELECT
          tk0."entityId"
        FROM
          "ExternalId" tk0
        WHERE
          (
            tk0."firmId" = $2
            AND (
              tk0."kind" = $3
              AND tk0."system" = $4
              AND tk0."externalId" = $5
            )
          )
      )
    )
  )
ORDER BY
  t."id" ASC
LIMIT
  1;
