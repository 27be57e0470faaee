-- { client(by: { externalId: { system: "external", id: "mark" } }) { id name } }

SELECT
  t."id", t."name"
FROM
  "Client" t
WHERE
  t."deletedAt" IS NULL
  AND (
    t."firmId" = $1
    AND EXISTS (
      SELECT
        1
      FROM
        "ExternalId" tx
      WHERE
        tx."firmId" = t."firmId"
        AND tx."entityId" = t."id"
        AND (
          tx."kind" = $2
          AND (
            tx."system" = $3
            AND tx."externalId" = $4
          )
        )
    )
  )
ORDER BY
  t."id" ASC
LIMIT
  1;
