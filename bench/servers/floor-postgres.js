/** The operations on Postgres by hand: a named statement each, which the database plans once a connection. */
import pg from 'pg';
import { idText, newId, parseId } from '../../dist/base/ids.js';
import '../../dist/kinds.js';
import { fold } from '../../dist/fields/fold.js';

const newNumber = (kind) => parseId(newId(kind)).number;

export function openFloor(url, { firmId, groupId, fields, fieldNumbers }, { bare }) {
  const pool = new pg.Pool({ connectionString: url, max: 10, options: '-c timezone=UTC' });
  const answer = (name, text) => async (values) => {
    const { rows } = await pool.query({ name, text, values, rowMode: 'array' });
    return rows[0][0];
  };

  const customFields = fields.map(({ number, key }) => `'${key}', c."customFields"->'${number}'`).join(', ');
  const contact = `json_build_object('id', k."id", 'firstName', k."firstName", 'lastName', k."lastName", 'email', k."email",
    'role', (SELECT json_build_object('name', r."name") FROM "ContactRole" r WHERE r."firmId" = k."firmId" AND r."id" = k."roleId"))`;
  const firstContacts = `, 'contacts', (SELECT coalesce(json_agg(x."j"), '[]') FROM (
      SELECT ${contact} AS "j" FROM "ClientContact" k
      WHERE k."firmId" = c."firmId" AND k."clientId" = c."id" AND k."deletedAt" IS NULL
      ORDER BY k."sortName", k."id" LIMIT 3) x)`;
  const brief = `'id', c."id", 'trackingId', c."trackingId", 'name', c."name", 'status', c."status", 'tags', c."tags",
    'clientGroup', (SELECT json_build_object('id', g."id", 'name', g."name") FROM "ClientGroup" g
      WHERE g."firmId" = c."firmId" AND g."id" = c."clientGroupId")`;
  const whole = `${brief}, 'customFields', json_build_object(${customFields})${firstContacts}`;
  const live = `c."firmId" = $1 AND c."deletedAt" IS NULL`;
  const byName = 'ORDER BY c."nameFolded", c."id"';
  const nodes = (of, from, where, order, limit = '20') =>
    `(SELECT coalesce(json_agg(x."j"), '[]') FROM (SELECT json_build_object(${of}) AS "j" FROM ${from} WHERE ${where} ${order} LIMIT ${limit}) x)`;
  const page = (of, where) => `SELECT json_build_object('nodes', ${nodes(of, '"Client" c', where, byName)})::text`;
  const hasValue = (condition) => `EXISTS (SELECT 1 FROM "IndexedValue" v
    WHERE v."firmId" = c."firmId" AND v."entityId" = c."id" AND v."field" = $2 AND ${condition})`;

  const list = answer('list', page(whole, live));
  const get = answer(
    'get',
    `SELECT json_build_object('client', (SELECT json_build_object(${whole}) FROM "Client" c WHERE ${live} AND c."trackingId" = $2))::text`,
  );
  const matching = `${live} AND c."nameFolded" LIKE $2 AND c."status" = $3`;
  const filter = answer(
    'filter',
    `SELECT json_build_object('totalCount', (SELECT count(*) FROM "Client" c WHERE ${matching}),
       'nodes', ${nodes(brief, '"Client" c', matching, byName)})::text`,
  );
  const deep = answer(
    'deep',
    `SELECT json_build_object('nodes', coalesce(json_agg(x."j") FILTER (WHERE x."n" <= 20), '[]'), 'hasNextPage', count(*) > 20,
       'end', json_agg(x."at") FILTER (WHERE x."n" = 20))::text
     FROM (SELECT json_build_object(${whole}) AS "j", row_number() OVER (${byName}) AS "n",
         json_build_array(c."nameFolded", c."id") AS "at"
       FROM "Client" c WHERE ${live} AND (c."nameFolded", c."id") > ($2, $3) ${byName} LIMIT 21) x`,
  );
  const field = answer('field', page(whole, `${live} AND ${hasValue('v."key" = $3')}`));
  const range = answer('range', page(whole, `${live} AND ${hasValue('v."number" >= $3 AND v."number" < $4')}`));
  const search = answer('search', page(brief, `${live} AND c."searchText" LIKE $2`));
  // Instants as the database prints them, and which fields changed left to be seen from the values.
  const change = `'sequence', c."sequence"::text, 'at', c."at", 'actor', c."actor", 'kind', c."kind", 'entity', c."entity",
    'entityId', c."entityId", 'before', c."before", 'after', c."after"`;
  const settled = `c."sequence" < ((pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    + (SELECT "value" FROM "ChangeClock" WHERE "id" = 1)) << 20)`;
  const feed = answer(
    'feed',
    `SELECT json_build_object('nodes', ${nodes(change, '"Change" c', `c."firmId" = $1 AND c."sequence" > $2 AND ${settled}`, 'ORDER BY c."sequence"', '100')})::text`,
  );
  const contactsList = answer(
    'contacts',
    `SELECT json_build_object('nodes', (SELECT coalesce(json_agg(x."j"), '[]') FROM (SELECT ${contact} AS "j"
       FROM "ClientContact" k WHERE k."firmId" = $1 AND k."deletedAt" IS NULL ORDER BY k."sortName", k."id" LIMIT 20) x))::text`,
  );

  // What changed, and how it was: found, written and recorded in one statement. The join has the old row read, and
  // locked, before the new one is put.
  const upsert = answer(
    'upsert',
    `WITH "old" AS (
       SELECT * FROM "Client" WHERE "firmId" = $1 AND "trackingId" = $2 FOR UPDATE
     ), "put" AS (
       INSERT INTO "Client" AS c ("firmId", "id", "trackingId", "name", "nameFolded", "status", "active", "invitationStatus",
         "tags", "clientGroupId", "note", "externalIds", "accountTeam", "customFields", "searchText", "folded",
         "createdAt", "updatedAt", "revision")
       SELECT $1, $3, $2, $4, $5, 'ACTIVE', true, 'NOT_INVITED', $6::json, $7, $8, '[]', '[]', '{}', $9,
         '{}', $11::timestamptz, $11::timestamptz, 1
       FROM (VALUES (1)) "one" LEFT JOIN "old" ON true
       ON CONFLICT ("firmId", "trackingId") WHERE "trackingId" IS NOT NULL DO UPDATE SET "name" = EXCLUDED."name", "nameFolded" = EXCLUDED."nameFolded",
         "tags" = EXCLUDED."tags", "note" = EXCLUDED."note",
         "searchText" = concat_ws(E'\\n', EXCLUDED."nameFolded", lower(c."email"), lower(c."companyName"), $10::text,
           (SELECT string_agg(lower(e->>'id'), E'\\n') FROM json_array_elements(c."externalIds") e)),
         "updatedAt" = EXCLUDED."updatedAt", "deletedAt" = NULL, "revision" = c."revision" + 1
       RETURNING "firmId", "id", "trackingId", "name", "tags", "note", "clientGroupId"
     ), "untagged" AS (
       DELETE FROM "IndexedValue" v USING "old" WHERE v."firmId" = $1 AND v."entityId" = "old"."id" AND v."field" = -1
         AND v."key" <> ALL ($12::text[])
     ), "tagged" AS (
       INSERT INTO "IndexedValue" ("firmId", "entityId", "field", "key")
       SELECT $1, "put"."id", -1, t FROM "put", unnest($12::text[]) t
       ON CONFLICT DO NOTHING
     ), "placed" AS (
       INSERT INTO "ClientLocation" ("firmId", "id", "clientId", "name", "nameFolded", "isPrimary", "createdAt", "updatedAt", "revision")
       SELECT $1, $13, p."id", 'Main', 'main', true, $11::timestamptz, $11::timestamptz, 1
       FROM "put" p LEFT JOIN "old" o ON true WHERE o."id" IS NULL
       RETURNING "id", "clientId"
     )${
       bare
         ? ''
         : `, "told" AS (
       INSERT INTO "Change" ("firmId", "sequence", "at", "actor", "kind", "entity", "entityId", "before", "after")
       SELECT $1, clientele_sequence(0), $11::timestamptz, 'bench admin', CASE WHEN o."id" IS NULL THEN 'CREATED' ELSE 'UPDATED' END, 'Client', p."id",
         CASE WHEN o."id" IS NOT NULL THEN json_build_object('name', o."name", 'tags', o."tags", 'note', o."note") END,
         CASE WHEN o."id" IS NOT NULL THEN json_build_object('name', p."name", 'tags', p."tags", 'note', p."note")
           ELSE json_build_object('trackingId', p."trackingId", 'name', p."name", 'status', 'ACTIVE', 'active', true,
             'invitationStatus', 'NOT_INVITED', 'tags', p."tags", 'clientGroupId', '${idText('ClientGroup', groupId)}', 'note', p."note") END
       FROM "put" p LEFT JOIN "old" o ON true
     ), "toldOfPlace" AS (
       INSERT INTO "Change" ("firmId", "sequence", "at", "actor", "kind", "entity", "entityId", "after")
       SELECT $1, clientele_sequence(1), $11::timestamptz, 'bench admin', 'CREATED', 'ClientLocation', "id",
         json_build_object('clientId', $14::text, 'name', 'Main', 'isPrimary', true) FROM "placed"
     )`
     }
     SELECT json_build_object('id', p."id", 'trackingId', p."trackingId", 'name', p."name", 'tags', p."tags", 'note', p."note",
       'result', CASE WHEN EXISTS (SELECT 1 FROM "old") THEN 'UPDATED' ELSE 'CREATED' END)::text FROM "put" p`,
  );

  return {
    list: () => list([firmId]),
    get: (body) => get([firmId, body.trackingId]),
    filter: (body) => filter([firmId, `%${fold(body.name)}%`, body.status]),
    letters: (body) => filter([firmId, `%${fold(body.name)}%`, body.status]),
    deep: (body) => deep([firmId, ...body.after]),
    field: (body) => field([firmId, fieldNumbers[body.key], body.value]),
    common: (body) => field([firmId, fieldNumbers[body.key], body.value]),
    range: (body) => range([firmId, fieldNumbers[body.key], body.from, body.to]),
    wide: (body) => range([firmId, fieldNumbers[body.key], body.from, body.to]),
    search: (body) => search([firmId, `%${fold(body.search)}%`]),
    word: (body) => search([firmId, `%${fold(body.search)}%`]),
    feed: (body) => feed([firmId, body.after]),
    contacts: () => contactsList([firmId]),
    upsert: ({ trackingId, name, tags, note }) => {
      const folded = fold(name);
      const key = fold(trackingId);
      const id = newId('Client');
      return upsert([
        firmId,
        trackingId,
        parseId(id).number,
        name,
        folded,
        JSON.stringify(tags),
        groupId,
        note,
        `${folded}\n${key}`,
        key,
        new Date().toISOString(),
        tags,
        newNumber('ClientLocation'),
        ...(bare ? [] : [id]),
      ]);
    },
  };
}
