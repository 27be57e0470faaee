-- query ($region: ID!) { clients(filter: { status: { in: [ACTIVE, TRIAL] }, region: { equals: { id: $region } }}) { nodes { id } } }

SELECT
  t."id", t."nameFolded", t."firmId", NULL, NULL
FROM
  (
    SELECT
      1
  ) "one"
  LEFT JOIN (
    SELECT
      t."firmId", t."id", t."nameFolded"
    FROM
      "Client" t
    WHERE
      t."deletedAt" IS NULL
      AND (
        t."firmId" = ?
        AND (
          (
            t."status" IN (
              SELECT
                value
              FROM
                json_each(?)
            )
          )
          AND (t."regionId" = ?)
        )
        AND 1 = 1
      )
    ORDER BY
      t."nameFolded" ASC,
      t."id" ASC
    LIMIT
      25
  ) t ON TRUE;
