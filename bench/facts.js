/** What has to be known of the filled database to ask for anything in it. */

import { openDatabase } from '../dist/database/open.js';
import { sql } from '../dist/database/sql/sql.js';
import { parentOf } from './contenders.js';
import { deepOffset } from './operations.js';
import { query } from './query.js';
import { FIRM, TOKENS } from './sample.js';

export async function factsOf({ url, isHere }, clients) {
  const database = await openDatabase({ databaseUrl: url, poolSize: 1 });
  try {
    const [{ firmId }] = await query(database, sql`SELECT "id" AS "firmId" FROM "Firm" WHERE "name" = ${FIRM}`);
    const [{ groupId }] = await query(
      database,
      sql`SELECT "id" AS "groupId" FROM "ClientGroup" WHERE "firmId" = ${firmId} AND "isDefault"`,
    );
    const fields = await query(
      database,
      sql`SELECT "number", "key" FROM "CustomField" WHERE "firmId" = ${firmId} AND "entity" = 'CLIENT' ORDER BY "order", "id"`,
    );
    const offset = deepOffset(clients);
    const [last] = await query(
      database,
      sql`SELECT "nameFolded", "id" FROM "Client" WHERE "firmId" = ${firmId} ORDER BY "nameFolded", "id" LIMIT 1 OFFSET ${offset - 1}`,
    );
    const [{ middle }] = await query(
      database,
      sql`SELECT CAST(count(*) / 2 AS INTEGER) AS "middle" FROM "Change" WHERE "firmId" = ${firmId}`,
    );
    const [change] = await query(
      database,
      sql`SELECT CAST("sequence" AS TEXT) AS "sequence" FROM "Change" WHERE "firmId" = ${firmId} ORDER BY "sequence" LIMIT 1 OFFSET ${middle}`,
    );
    const [{ server }] = await query(
      database,
      database.$adapter.provider === 'sqlite'
        ? sql`SELECT 'SQLite ' || sqlite_version() AS "server"`
        : sql`SELECT 'PostgreSQL ' || current_setting('server_version') AS "server"`,
    );
    const [backend] =
      database.$adapter.provider === 'sqlite' ? [] : await query(database, sql`SELECT pg_backend_pid() AS "pid"`);
    return {
      firmId: Number(firmId),
      groupId: Number(groupId),
      fields,
      fieldNumbers: Object.fromEntries(fields.map(({ number, key }) => [key, Number(number)])),
      token: TOKENS.ADMIN,
      clients,
      deepPlace: { offset, place: [last.nameFolded, Number(last.id)] },
      feedAfter: change.sequence,
      server,
      postmaster: isHere && backend ? parentOf(backend.pid) : undefined,
    };
  } finally {
    await database.$close();
  }
}
