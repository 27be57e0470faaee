-- { clients(first: 5) { totalCount nodes { name clientGroup { name } parent { name } contacts(first: 3) { totalCount nodes { lastName role { name } } } children(first: 2) { nodes { name } } accountTeam { role employee { name } } externalIds { system id } } } }

SELECT
  t."id", t."name", t."externalIds", t."nameFolded",
  json_array(
    json(
      (
        SELECT
          '[' || group_concat(
            CASE
              WHEN octet_length ("r"."j") <= 512
              OR clientele_room (1, octet_length ("r"."j")) THEN "r"."j"
            END
          ) || ']'
        FROM
          (
            SELECT
              json_array(
                tp0."id", tp0."lastName", tp0."sortName",
                json(
                  (
                    SELECT
                      json_array(tp00."id", tp00."name")
                    FROM
                      "ContactRole" tp00
                    WHERE
                      tp00."firmId" = tp0."firmId"
                      AND tp00."id" = tp0."roleId"
                  )
                )
              ) AS "j"
            FROM
              "ClientContact" tp0
            WHERE
              tp0."firmId" = t."firmId"
              AND tp0."clientId" = t."id"
              AND tp0."deletedAt" IS NULL
              AND (1 = 1)
            ORDER BY
              tp0."sortName" ASC,
              tp0."id" ASC
            LIMIT
              3
          ) "r"
      )
    ),
    (
      SELECT
        count(*)
      FROM
        "ClientContact" tp0
      WHERE
        tp0."firmId" = t."firmId"
        AND tp0."clientId" = t."id"
        AND tp0."deletedAt" IS NULL
        AND (1 = 1)
    ),
    NULL
  ),
  (
    SELECT
      '[' || group_concat(
        CASE
          WHEN octet_length ("r"."j") <= 512
          OR clientele_room (1, octet_length ("r"."j")) THEN "r"."j"
        END
      ) || ']'
    FROM
      (
        SELECT
          json_array(tp1."id", tp1."name", tp1."nameFolded") AS "j"
        FROM
          "Client" tp1
        WHERE
          tp1."firmId" = t."firmId"
          AND tp1."parentId" = t."id"
          AND tp1."deletedAt" IS NULL
          AND (1 = 1)
        ORDER BY
          tp1."nameFolded" ASC,
          tp1."id" ASC
        LIMIT
          2
      ) "r"
  ),
  (
    SELECT
      json_array(t2."id", t2."name")
    FROM
      "ClientGroup" t2
    WHERE
      t2."firmId" = t."firmId"
      AND t2."id" = t."clientGroupId"
  ),
  (
    SELECT
      json_array(t3."id", t3."name")
    FROM
      "Client" t3
    WHERE
      t3."firmId" = t."firmId"
      AND t3."id" = t."parentId"
      AND t3."deletedAt" IS NULL
  ),
  (
    SELECT
      '[' || group_concat(
        CASE
          WHEN octet_length ("r"."j") <= 512
          OR clientele_room (1, octet_length ("r"."j")) THEN "r"."j"
        END
      ) || ']'
    FROM
      (
        SELECT
          json_array(
            tp2."role",
            json(
              (
                SELECT
                  json_array(tp20."id", tp20."name")
                FROM
                  "Employee" tp20
                WHERE
                  tp20."firmId" = tp2."firmId"
                  AND tp20."id" = tp2."employeeId"
              )
            )
          ) AS "j"
        FROM
          "ClientTeamMember" tp2
        WHERE
          tp2."firmId" = t."firmId"
          AND tp2."clientId" = t."id"
          AND 1 = 1
        ORDER BY
          tp2."position" ASC
        LIMIT
          50
      ) "r"
  ),
  t."firmId",
  (
    SELECT
      count(*)
    FROM
      "Client" t
    WHERE
      t."deletedAt" IS NULL
      AND (
        t."firmId" = ?
        AND 1 = 1
        AND 1 = 1
      )
  ),
  NULL
FROM
  (
    SELECT
      1
  ) "one"
  LEFT JOIN (
    SELECT
      t."firmId", t."id", t."name", t."externalIds", t."nameFolded", t."clientGroupId", t."parentId"
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
      t."nameFolded" ASC,
      t."id" ASC
    LIMIT
      5
  ) t ON TRUE;
