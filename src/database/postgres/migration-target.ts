/** A Postgres database while it is migrated. */
import pg from 'pg';
import { reasonOf } from '../../base/errors.ts';
import { raw, type Statement, sql } from '../sql/index.ts';
import { PATIENCE_MS, type Stage, type Target } from '../store/index.ts';

/** The number of the lock under which Prisma migrates. */
const PRISMA_LOCK = 72_707_369;

const LOCK_NOT_AVAILABLE = '55P03';
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Begins a transaction that waits for locks, but not for ever, and runs as long as it takes. It sees what was committed
 * while it waited, whatever level is set for the database.
 */
const BEGIN = `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
  SET LOCAL lock_timeout = ${PATIENCE_MS};
  SET LOCAL statement_timeout = 0`;

/** Has the server look whether the client is still there while a statement runs, where it can (from 14 on). */
const WATCH_CLIENT = `SELECT set_config("name", '1s', false) FROM pg_settings WHERE "name" = 'client_connection_check_interval'`;

const CONNECT_TIMEOUT_MS = 15_000;

const REHEARSAL = 'clientele_rehearsal';

export async function openPostgresTarget(databaseUrl: string): Promise<Target> {
  const client = await connect(databaseUrl);
  // Otherwise what a killed instance began runs to its end before the next one may begin. Some systems cannot tell.
  await client.query(WATCH_CLIENT).catch(() => undefined);
  return {
    ...stageOf(client),
    createHistory: raw(`CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum"              VARCHAR(64) NOT NULL,
    "finished_at"           TIMESTAMPTZ,
    "migration_name"        VARCHAR(255) NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        TIMESTAMPTZ,
    "started_at"            TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count"   INTEGER NOT NULL DEFAULT 0
)`),
    hasHistory: sql`SELECT 1 WHERE to_regclass('"_prisma_migrations"') IS NOT NULL`,
    async transact(act) {
      await begin(client);
      const result = await act();
      await client.query('COMMIT');
      return result;
    },
    async rehearse(act) {
      const { rows } = await client.query<{ home: string }>(`SELECT quote_ident(current_schema()) || '.' AS "home"`);
      await client.query('SAVEPOINT "rehearsal"');
      await client.query(`CREATE SCHEMA ${REHEARSAL}`).catch((error: unknown) => {
        if (!(error instanceof pg.DatabaseError) || error.code !== INSUFFICIENT_PRIVILEGE) throw error;
        throw new Error(`${error.message}. Grant the user CREATE on it for this start`, { cause: error });
      });
      await client.query(`SET LOCAL search_path = ${REHEARSAL}`);
      const result = await act(stageOf(client, rows[0]?.home));
      await client.query('ROLLBACK TO "rehearsal"');
      return result;
    },
    close: () => client.end(),
  };
}

/** An error ends the transaction with the connection, so that there is no rolling back. */
async function begin(client: pg.Client): Promise<void> {
  await client.query(BEGIN);
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [PRISMA_LOCK]);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== LOCK_NOT_AVAILABLE) throw error;
    throw new Error('Another process has been migrating the database for two minutes.', { cause: error });
  }
}

/** Definitions are read without the name of the schema they are in, and without `home`. */
function stageOf(client: pg.Client, home = ''): Stage {
  const query = async <T>({ text, values }: Statement) => (await client.query(text, values)).rows as T[];
  return {
    query,
    async run(script) {
      // Sent whole, since only the server knows where a statement ends.
      await client.query(script);
    },
    async contents() {
      // With no other schema in the path, what is in another one is written with its name, wherever it is looked at from.
      await client.query(`SAVEPOINT "contents"; SELECT set_config('search_path', quote_ident(current_schema()), true)`);
      const found = await query<{ definition: string }>(definitions(home));
      const tables = await query<{ name: string }>(TABLES);
      await client.query('ROLLBACK TO "contents"');
      return { definitions: found.map((row) => row.definition), tables: tables.map((row) => row.name) };
    },
  };
}

const TABLES = sql`SELECT "relname" AS "name" FROM pg_class
  WHERE "relnamespace" = current_schema()::regnamespace AND "relkind" = 'r'`;

const definitions = (home: string) => sql`WITH "all" AS (
  SELECT format('column %s.%s %s%s%s%s', t."relname", c."attname", format_type(c."atttypid", c."atttypmod"),
    CASE WHEN c."attnotnull" THEN ' NOT NULL' END, ' COLLATE ' || l."collname", ' DEFAULT ' || pg_get_expr(d."adbin", d."adrelid")) AS "text"
  FROM pg_class t JOIN pg_attribute c ON c."attrelid" = t."oid" AND c."attnum" > 0 AND NOT c."attisdropped"
  LEFT JOIN pg_collation l ON l."oid" = c."attcollation"
  LEFT JOIN pg_attrdef d ON d."adrelid" = t."oid" AND d."adnum" = c."attnum"
  WHERE t."relnamespace" = current_schema()::regnamespace AND t."relkind" = 'r'
  UNION ALL SELECT format('constraint %s on %s: %s', "conname", "conrelid"::regclass, pg_get_constraintdef("oid"))
  FROM pg_constraint WHERE "connamespace" = current_schema()::regnamespace AND "conrelid" <> 0
  UNION ALL SELECT pg_get_indexdef("indexrelid")
  FROM pg_index JOIN pg_class t ON t."oid" = "indrelid" WHERE t."relnamespace" = current_schema()::regnamespace
  UNION ALL SELECT pg_get_functiondef("oid") FROM pg_proc p
  WHERE "pronamespace" = current_schema()::regnamespace AND "prokind" IN ('f', 'p')
    AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE "classid" = 'pg_proc'::regclass AND "objid" = p."oid" AND "deptype" = 'e')
)
SELECT replace(replace("text", quote_ident(current_schema()) || '.', ''), ${home}::text, '') AS "definition" FROM "all"`;

async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'clientele',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // What breaks the connection is also told to the query that waits, or to the next one.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    if (error instanceof pg.DatabaseError) throw error;
    throw new Error(`Postgres cannot be reached at ${client.host}:${client.port}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * Sequences of the change feed are made of transaction ids (see the migration change_clock). Data restored into another
 * server may hold higher ones than that server's ids give: then the clock is raised until the next sequence is the highest.
 */
export async function raiseClock(databaseUrl: string): Promise<void> {
  const client = await connect(databaseUrl);
  try {
    // In one statement: its snapshot is older than its transaction id, so every change it sees on a running server,
    // with other instances writing, is below the sequence it takes. Only restored ones are not.
    const { rows } = await client.query(
      `${HIGHEST_SEQUENCE} SELECT "highest" >= clientele_sequence(0) AS "behind" FROM "feed"`,
    );
    if (!rows[0].behind) return;
    await client.query(BEGIN);
    // No writer may be under way: a reader's horizon moves with the clock, and would move past what it still commits.
    await client.query('LOCK TABLE "Change" IN SHARE ROW EXCLUSIVE MODE');
    await client.query(`${HIGHEST_SEQUENCE}
      UPDATE "ChangeClock" SET "value" = ("highest" >> 20) - pg_current_xact_id()::text::bigint + 1
      FROM "feed" WHERE "id" = 1 AND "highest" >= clientele_sequence(0)`);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

/** One step into the primary key for each firm, instead of a walk over the whole feed. */
const HIGHEST_SEQUENCE = `WITH "feed" AS (
  SELECT coalesce(max("last"."sequence"), -1) AS "highest"
  FROM "Firm" CROSS JOIN LATERAL (
    SELECT "sequence" FROM "Change" WHERE "firmId" = "Firm"."id" ORDER BY "sequence" DESC LIMIT 1
  ) AS "last"
)`;
