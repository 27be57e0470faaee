/** What callers with long texts and large families leave in a firm: the rows that the worst requests read. */

import { idText } from '../dist/base/ids.js';
import { openDatabase } from '../dist/database/open.js';
import { sql } from '../dist/database/sql/sql.js';
import { createToken } from '../dist/firms/tokens.js';
import '../dist/kinds.js';
import { query } from './query.js';
import { FIRM, trackingId } from './sample.js';

/** The longest note there may be. */
const NOTE = 65_536;
/** Rows that are given full notes: more than a page of them. */
const ROWS = 260;
const CHILDREN = 1_000;

const NOTES = {
  ascii: 'All work and no play makes a long note. '.repeat(NOTE / 40 + 1).slice(0, NOTE),
  // Each is six characters in JSON.
  controls: '\u0001'.repeat(NOTE),
  // Each is four bytes, and two units of a string.
  emoji: '😀'.repeat(NOTE / 2),
};

export const SECRETS = {
  ADMIN: 'clt_bench_admin_0000000000000000',
  READER: 'clt_bench_reader_000000000000000',
  READER2: 'clt_worst_reader2_00000000000000',
  READER3: 'clt_worst_reader3_00000000000000',
  READER4: 'clt_worst_reader4_00000000000000',
  WRITER: 'clt_worst_writer_000000000000000',
  CONTACT: 'clt_worst_contact_00000000000000',
};

/** Tokens that readers take turns with: one alone gets no more than half of the budget. */
export const READERS = ['READER', 'READER2', 'READER3', 'READER4'];

/** Clients by what is special about them. Those of plain numbers are as the bench makes them. */
export const PARENT = trackingId(50_000);
export const CROWDED = trackingId(50_001);
export const EDITED = trackingId(50_002);

/** Fills notes and families, adds tokens, and returns the ids that requests need. */
export async function prepareWorst(url) {
  const database = await openDatabase({ databaseUrl: url, poolSize: 10 });
  const run = (statement) => writing(database, url, statement);
  try {
    const [{ firmId }] = await query(database, sql`SELECT "id" AS "firmId" FROM "Firm" WHERE "name" = ${FIRM}`);
    const idsOf = async (statement) => (await query(database, statement)).map(({ id }) => id);
    const clientId = async (key) =>
      (await idsOf(sql`SELECT "id" FROM "Client" WHERE "firmId" = ${firmId} AND "trackingId" = ${key}`))[0];
    const [parent, crowded, edited] = await Promise.all([PARENT, CROWDED, EDITED].map(clientId));

    const byName = (down) =>
      down
        ? sql`SELECT "id" FROM "Client" WHERE "firmId" = ${firmId} AND "deletedAt" IS NULL ORDER BY "nameFolded" DESC, "id" DESC LIMIT ${ROWS}`
        : sql`SELECT "id" FROM "Client" WHERE "firmId" = ${firmId} AND "deletedAt" IS NULL ORDER BY "nameFolded", "id" LIMIT ${ROWS}`;
    const firstClients = await idsOf(byName(false));
    const lastClients = await idsOf(byName(true));
    const contacts = await idsOf(
      sql`SELECT "id" FROM "ClientContact" WHERE "firmId" = ${firmId} AND "deletedAt" IS NULL ORDER BY "sortName", "id" LIMIT ${2 * ROWS}`,
    );
    // Ordered by what may be empty: every row has it, so that the first of the list are these.
    const [plain, strange] = [contacts.slice(0, ROWS), contacts.slice(ROWS)];

    for (const id of firstClients)
      await run(sql`UPDATE "Client" SET "note" = ${NOTES.ascii} WHERE "firmId" = ${firmId} AND "id" = ${id}`);
    for (const [index, id] of lastClients.entries()) {
      const note = index % 2 === 0 ? NOTES.controls : NOTES.emoji;
      await run(sql`UPDATE "Client" SET "note" = ${note} WHERE "firmId" = ${firmId} AND "id" = ${id}`);
    }
    for (const id of plain) {
      await run(
        sql`UPDATE "ClientContact" SET "notes" = ${NOTES.ascii}, "adminNotes" = ${NOTES.ascii} WHERE "firmId" = ${firmId} AND "id" = ${id}`,
      );
    }
    // These all go to one client.
    const [{ locationId }] = await query(
      database,
      sql`SELECT "id" AS "locationId" FROM "ClientLocation" WHERE "firmId" = ${firmId} AND "clientId" = ${crowded} AND "isPrimary"`,
    );
    for (const [index, id] of strange.entries()) {
      const notes = [NOTES.ascii, NOTES.controls, NOTES.emoji][index % 3];
      await run(
        sql`UPDATE "ClientContact" SET "clientId" = ${crowded}, "locationId" = ${locationId}, "notes" = ${notes}, "adminNotes" = ${NOTES.ascii} WHERE "firmId" = ${firmId} AND "id" = ${id}`,
      );
    }
    const children = await idsOf(
      sql`SELECT "id" FROM "Client" WHERE "firmId" = ${firmId} AND "trackingId" >= ${trackingId(60_000)} ORDER BY "trackingId" LIMIT ${CHILDREN}`,
    );
    for (const id of children)
      await run(sql`UPDATE "Client" SET "parentId" = ${parent} WHERE "firmId" = ${firmId} AND "id" = ${id}`);

    for (const reader of READERS.slice(1)) {
      await createToken(database, { firmId, name: reader, role: 'READER', secret: SECRETS[reader] });
    }
    await createToken(database, { firmId, name: 'worst writer', role: 'WRITER', secret: SECRETS.WRITER });
    await createToken(database, {
      firmId,
      name: 'worst contact',
      role: 'CONTACT',
      secret: SECRETS.CONTACT,
      contactId: textOf('ClientContact')(plain[0]),
    });
    const some = await idsOf(
      sql`SELECT "id" FROM "Client" WHERE "firmId" = ${firmId} AND "deletedAt" IS NULL AND "trackingId" >= ${trackingId(70_000)} ORDER BY "trackingId" LIMIT 5000`,
    );
    const [roleId] = await idsOf(sql`SELECT "id" FROM "ContactRole" WHERE "firmId" = ${firmId} ORDER BY "id" LIMIT 1`);
    const groupIds = await idsOf(sql`SELECT "id" FROM "ClientGroup" WHERE "firmId" = ${firmId} ORDER BY "id"`);
    return {
      firmId,
      parent: textOf('Client')(parent),
      crowded: textOf('Client')(crowded),
      edited: textOf('Client')(edited),
      roleId: textOf('ContactRole')(roleId),
      groupIds: groupIds.map(textOf('ClientGroup')),
      some: some.map(textOf('Client')),
      children: children.map(textOf('Client')),
      own: textOf('ClientContact')(plain[0]),
      firstClients: firstClients.slice(0, 250).map(textOf('Client')),
      lastClients: lastClients.slice(0, 250).map(textOf('Client')),
      contacts: contacts.slice(0, 500).map(textOf('ClientContact')),
      notes: NOTES,
    };
  } finally {
    await database.$close();
  }
}

/** The ids of the API, of the numbers in the tables. */
const textOf = (kind) => (number) => idText(kind, Number(number));

async function writing(database, url, statement) {
  if (url.startsWith('file:')) return writeSqlite(url, statement);
  return query(database, statement);
}

let handle;
async function writeSqlite(url, { sql: text, values }) {
  if (!handle) {
    const { openHandle } = await import('../dist/database/sqlite/driver.js');
    handle = openHandle(url.slice('file:'.length));
    handle.exec('PRAGMA synchronous = OFF');
  }
  handle.prepare(text).run(...values);
}
