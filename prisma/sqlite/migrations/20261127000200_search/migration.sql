-- Written by hand. The search index: which rows hold which five characters in a row of "searchText", by the numbers of the
-- rows. It only narrows what is looked at, so it may lag behind (…Unindexed) and hold rows that are gone. Shorter parts are
-- the beginnings of those it holds, which …SearchParts lists.
CREATE VIRTUAL TABLE "ClientSearch" USING fts5("parts", content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars ' !""#$%&''()*+,-./:;<=>?@[\]^_`{|}~'");
CREATE VIRTUAL TABLE "ClientSearchParts" USING fts5vocab("ClientSearch", 'instance');
CREATE VIRTUAL TABLE "ClientContactSearch" USING fts5("parts", content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars ' !""#$%&''()*+,-./:;<=>?@[\]^_`{|}~'");
CREATE VIRTUAL TABLE "ClientContactSearchParts" USING fts5vocab("ClientContactSearch", 'instance');
CREATE TABLE "ClientUnindexed" ("position" INTEGER PRIMARY KEY, "rowNumber" INTEGER NOT NULL);
CREATE TABLE "ClientContactUnindexed" ("position" INTEGER PRIMARY KEY, "rowNumber" INTEGER NOT NULL);

-- What changed waits in …Unindexed, and goes into the search index 256 rows at a time: one by one would cost each write
-- several times as much. A migration that rebuilds Client or ClientContact makes these anew (new-migration.js).
DROP TRIGGER IF EXISTS "Client_searched";
DROP TRIGGER IF EXISTS "Client_searched_otherwise";
DROP TRIGGER IF EXISTS "ClientUnindexed_full";
DROP VIEW IF EXISTS "ClientParts";
DROP TRIGGER IF EXISTS "ClientContact_searched";
DROP TRIGGER IF EXISTS "ClientContact_searched_otherwise";
DROP TRIGGER IF EXISTS "ClientContactUnindexed_full";
DROP VIEW IF EXISTS "ClientContactParts";

-- The parts of a text: each five characters in a row, one to a line. What comes before the end of a line of the text, or of
-- the text, has shorter ones too. By blocks of 128 (and the four that follow), since SQLite counts characters from the beginning.
CREATE VIEW "ClientParts" AS SELECT "rowNumber", (
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
) AS "parts" FROM "Client";

CREATE VIEW "ClientContactParts" AS SELECT "rowNumber", (
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
) AS "parts" FROM "ClientContact";

CREATE TRIGGER "Client_searched" AFTER INSERT ON "Client" BEGIN
    INSERT INTO "ClientUnindexed" ("rowNumber") VALUES (NEW."rowNumber");
END;

CREATE TRIGGER "Client_searched_otherwise" AFTER UPDATE OF "searchText" ON "Client" WHEN NEW."searchText" <> OLD."searchText" BEGIN
    INSERT INTO "ClientUnindexed" ("rowNumber") VALUES (NEW."rowNumber");
END;

CREATE TRIGGER "ClientUnindexed_full" AFTER INSERT ON "ClientUnindexed" WHEN NEW."position" >= 256 BEGIN
    DELETE FROM "ClientSearch" WHERE "rowid" IN (SELECT "rowNumber" FROM "ClientUnindexed");
    INSERT INTO "ClientSearch" ("rowid", "parts")
        SELECT "rowNumber", "parts" FROM "ClientParts" WHERE "rowNumber" IN (SELECT "rowNumber" FROM "ClientUnindexed");
    DELETE FROM "ClientUnindexed";
END;

CREATE TRIGGER "ClientContact_searched" AFTER INSERT ON "ClientContact" BEGIN
    INSERT INTO "ClientContactUnindexed" ("rowNumber") VALUES (NEW."rowNumber");
END;

CREATE TRIGGER "ClientContact_searched_otherwise" AFTER UPDATE OF "searchText" ON "ClientContact" WHEN NEW."searchText" <> OLD."searchText" BEGIN
    INSERT INTO "ClientContactUnindexed" ("rowNumber") VALUES (NEW."rowNumber");
END;

CREATE TRIGGER "ClientContactUnindexed_full" AFTER INSERT ON "ClientContactUnindexed" WHEN NEW."position" >= 256 BEGIN
    DELETE FROM "ClientContactSearch" WHERE "rowid" IN (SELECT "rowNumber" FROM "ClientContactUnindexed");
    INSERT INTO "ClientContactSearch" ("rowid", "parts")
        SELECT "rowNumber", "parts" FROM "ClientContactParts" WHERE "rowNumber" IN (SELECT "rowNumber" FROM "ClientContactUnindexed");
    DELETE FROM "ClientContactUnindexed";
END;

INSERT INTO "ClientSearch" ("rowid", "parts") SELECT "rowNumber", "parts" FROM "ClientParts";
INSERT INTO "ClientContactSearch" ("rowid", "parts") SELECT "rowNumber", "parts" FROM "ClientContactParts";
