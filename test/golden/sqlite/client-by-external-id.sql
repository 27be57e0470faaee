-- { client(by: { externalId: { system: "external", id: "mark" } }) { id name } }

SELECT
  t."id", t."name"
FROM
  "Client" t NOT INDEXED
WHERE
  t."deletedAt" IS NULL
  AND t."rowNumber" IN (
    SELECT
      "numbered"."rowNumber"
    FROM
      "ExternalId" "v"
      CROSS JOIN "Client" "numbered" ON "numbered"."firmId" = "v"."firmId"
      AND "numbered"."id" = "v"."entityId"
    WHERE
      (
        ("v"."firmId" = ?)
        AND (
          "v"."kind" = ?
          AND (
            "v"."system" = ?
            AND "v"."externalId" = ?
          )
        )
      )
  )
  AND (t."firmId" = ?)
ORDER BY
  + t."id" ASC
LIMIT
  1;
