-- What changed waits in …Unindexed, and goes into the search index 256 rows at a time: one by one would cost each write
-- several times as much. A migration that rebuilds the table makes these anew (search-index.js).
DROP TRIGGER IF EXISTS "{table}_searched";
DROP TRIGGER IF EXISTS "{table}_searched_otherwise";
DROP TRIGGER IF EXISTS "{table}Unindexed_full";
DROP VIEW IF EXISTS "{table}Parts";

-- The parts of a text: each five characters in a row, one to a line. What comes before the end of a line of the text, or of
-- the text, has shorter ones too. By blocks of 128 (and the four that follow), since SQLite counts characters from the beginning.
CREATE VIEW "{table}Parts" AS SELECT "rowNumber", (
    WITH RECURSIVE
        "block" ("text", "rest") AS (
            SELECT substr("searchText", 1, 132), substr("searchText", 129)
            UNION ALL SELECT substr("rest", 1, 132), substr("rest", 129) FROM "block" WHERE "rest" <> ''
        ),
        "place" ("text", "at", "last") AS (
            SELECT "text", 1, min(128, max(1, length("text") - 2)) FROM "block"
            UNION ALL SELECT "text", "at" + 1, "last" FROM "place" WHERE "at" < "last"
        )
    SELECT group_concat(substr("text", "at", 5), char(10)) FROM "place"
) AS "parts" FROM "{table}";

CREATE TRIGGER "{table}_searched" AFTER INSERT ON "{table}" BEGIN
    INSERT INTO "{table}Unindexed" ("rowNumber") VALUES (NEW."rowNumber");
END;

CREATE TRIGGER "{table}_searched_otherwise" AFTER UPDATE OF "searchText" ON "{table}" WHEN NEW."searchText" <> OLD."searchText" BEGIN
    INSERT INTO "{table}Unindexed" ("rowNumber") VALUES (NEW."rowNumber");
END;

CREATE TRIGGER "{table}Unindexed_full" AFTER INSERT ON "{table}Unindexed" WHEN NEW."position" >= 256 BEGIN
    DELETE FROM "{table}Search" WHERE "rowid" IN (SELECT "rowNumber" FROM "{table}Unindexed");
    INSERT INTO "{table}Search" ("rowid", "parts")
        SELECT "rowNumber", "parts" FROM "{table}Parts" WHERE "rowNumber" IN (SELECT "rowNumber" FROM "{table}Unindexed");
    DELETE FROM "{table}Unindexed";
END;
