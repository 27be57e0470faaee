-- { clients(first: 0) { totalCount } }

SELECT
  (
    SELECT
      count(*)
    FROM
      "Client" t
    WHERE
      t."deletedAt" IS NULL
      AND (
        t."firmId" = $1
        AND 1 = 1
        AND 1 = 1
      )
  ),
  NULL;
