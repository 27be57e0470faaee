-- { clients(first: 10, orderBy: [{ field: NPS_SCORE, direction: DESC }, { field: NAME }]) { nodes { id name } } }

SELECT
  t."id", t."name", t."npsScore", t."nameFolded", t."firmId", NULL, NULL
FROM
  (
    SELECT
      1
  ) "one"
  LEFT JOIN (
    SELECT
      t."firmId", t."id", t."name", t."npsScore", t."nameFolded"
    FROM
      "Client" t
    WHERE
      t."deletedAt" IS NULL
      AND (
        t."firmId" = ?
        AND 1 = 1
        AND 1 = 1
      )
    ORDER BY
      t."npsScore" DESC NULLS LAST,
      t."nameFolded" ASC,
      t."id" ASC
    LIMIT
      10
  ) t ON TRUE;
