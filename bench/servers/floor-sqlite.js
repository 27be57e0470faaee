/** The operations on SQLite by hand: statements prepared once, each commit as lasting as the product's. */

import { idText, newId, parseId } from '../../dist/base/ids.js';
import { openHandle } from '../../dist/database/sqlite/driver.js';
import '../../dist/kinds.js';
import { fold } from '../../dist/fields/fold.js';

export function openFloor(url, { firmId, groupId, fields, fieldNumbers }, { bare }) {
  const database = openHandle(url.slice('file:'.length));
  database.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000`,
  );
  const answer = (text) => {
    const statement = database.prepare(text);
    statement.setReturnArrays(true);
    return (...values) => statement.get(...values)[0];
  };

  const customFields = fields.map(({ number, key }) => `'${key}', json(c."customFields"->'$."${number}"')`).join(', ');
  const contact = `json_object('id', k."id", 'firstName', k."firstName", 'lastName', k."lastName", 'email', k."email",
    'role', json((SELECT json_object('name', r."name") FROM "ContactRole" r WHERE r."firmId" = k."firmId" AND r."id" = k."roleId")))`;
  const firstContacts = `, 'contacts', json((SELECT json_group_array(json(x."j")) FROM (
      SELECT ${contact} AS "j" FROM "ClientContact" k
      WHERE k."firmId" = c."firmId" AND k."clientId" = c."id" AND k."deletedAt" IS NULL
      ORDER BY k."sortName", k."id" LIMIT 3) x))`;
  const brief = `'id', c."id", 'trackingId', c."trackingId", 'name', c."name", 'status', c."status", 'tags', json(c."tags"),
    'clientGroup', json((SELECT json_object('id', g."id", 'name', g."name") FROM "ClientGroup" g
      WHERE g."firmId" = c."firmId" AND g."id" = c."clientGroupId"))`;
  const whole = `${brief}, 'customFields', json_object(${customFields})${firstContacts}`;
  const live = `c."firmId" = ? AND c."deletedAt" IS NULL`;
  const byName = 'ORDER BY c."nameFolded", c."id"';
  const nodes = (of, from, where, order, limit = '20') =>
    `json((SELECT json_group_array(json(x."j")) FROM (SELECT json_object(${of}) AS "j" FROM ${from} WHERE ${where} ${order} LIMIT ${limit}) x))`;
  const page = (of, where) => `SELECT json_object('nodes', ${nodes(of, '"Client" c', where, byName)})`;
  // Where few are found they are looked up from their values (CROSS JOIN keeps SQLite to that order); where many are, the
  // list is walked by name until there are enough.
  const ofValue = `"IndexedValue" v CROSS JOIN "Client" c ON c."firmId" = v."firmId" AND c."id" = v."entityId"`;
  const few = (condition) => `SELECT json_object('nodes', ${nodes(whole, ofValue, condition, byName)})`;
  const hasValue = `EXISTS (SELECT 1 FROM "IndexedValue" v
    WHERE v."firmId" = c."firmId" AND v."entityId" = c."id" AND v."field" = ? AND v."key" = ?)`;

  const list = answer(page(whole, live));
  const get = answer(
    `SELECT json_object('client', json((SELECT json_object(${whole}) FROM "Client" c WHERE ${live} AND c."trackingId" = ?)))`,
  );
  const matching = `c."firmId" = @firm AND c."deletedAt" IS NULL AND c."nameFolded" LIKE @name AND c."status" = @status`;
  const filter = answer(
    `SELECT json_object('totalCount', (SELECT count(*) FROM "Client" c WHERE ${matching}),
       'nodes', ${nodes(brief, '"Client" c', matching, byName)})`,
  );
  const deep = answer(
    `SELECT json_object('nodes', json_group_array(json(x."j")) FILTER (WHERE x."n" <= 20), 'hasNextPage', json(iif(count(*) > 20, 'true', 'false')),
       'end', json_group_array(json(x."at")) FILTER (WHERE x."n" = 20))
     FROM (SELECT json_object(${whole}) AS "j", row_number() OVER (${byName}) AS "n",
         json_array(c."nameFolded", c."id") AS "at"
       FROM "Client" c WHERE ${live} AND (c."nameFolded", c."id") > (?, ?) ${byName} LIMIT 21) x`,
  );
  const valued = 'v."firmId" = ? AND v."field" = ? AND c."deletedAt" IS NULL';
  const field = answer(few(`${valued} AND v."key" = ?`));
  const range = answer(few(`${valued} AND v."number" >= ? AND v."number" < ?`));
  const common = answer(page(whole, `${live} AND ${hasValue}`));
  const search = answer(page(brief, `${live} AND c."searchText" LIKE ?`));
  // Instants as they are stored, and which fields changed left to be seen from the values.
  const change = `'sequence', CAST(c."sequence" AS TEXT), 'at', c."at", 'actor', c."actor", 'kind', c."kind", 'entity', c."entity",
    'entityId', c."entityId", 'before', json(c."before"), 'after', json(c."after")`;
  const feed = answer(
    `SELECT json_object('nodes', ${nodes(change, '"Change" c', 'c."firmId" = ? AND c."sequence" > ?', 'ORDER BY c."sequence"', '100')})`,
  );
  const contactsList = answer(
    `SELECT json_object('nodes', json((SELECT json_group_array(json(x."j")) FROM (SELECT ${contact} AS "j"
       FROM "ClientContact" k WHERE k."firmId" = ? AND k."deletedAt" IS NULL ORDER BY k."sortName", k."id" LIMIT 20) x)))`,
  );

  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  const find = database.prepare(
    `SELECT "id", "name", "tags", "note", "email", "companyName", "externalIds" FROM "Client" WHERE "firmId" = ? AND "trackingId" = ?`,
  );
  const insert = database.prepare(
    `INSERT INTO "Client" ("firmId", "id", "trackingId", "name", "nameFolded", "status", "active", "invitationStatus", "tags",
       "clientGroupId", "note", "externalIds", "accountTeam", "customFields", "searchText", "folded", "createdAt", "updatedAt", "revision")
     VALUES (?, ?, ?, ?, ?, 'ACTIVE', 1, 'NOT_INVITED', ?, ?, ?, '[]', '[]', '{}', ?, '{}', ?, ?, 1)`,
  );
  const update = database.prepare(
    `UPDATE "Client" SET "name" = ?, "nameFolded" = ?, "tags" = ?, "note" = ?, "searchText" = ?, "updatedAt" = ?,
       "deletedAt" = NULL, "revision" = "revision" + 1 WHERE "firmId" = ? AND "id" = ?`,
  );
  const place = database.prepare(
    `INSERT INTO "ClientLocation" ("firmId", "id", "clientId", "name", "nameFolded", "isPrimary", "createdAt", "updatedAt", "revision")
     VALUES (?, ?, ?, 'Main', 'main', 1, ?, ?, 1)`,
  );
  const untag = database.prepare(
    `DELETE FROM "IndexedValue" WHERE "firmId" = ? AND "entityId" = ? AND "field" = -1 AND "key" = ?`,
  );
  const tag = database.prepare(
    `INSERT INTO "IndexedValue" ("firmId", "entityId", "field", "key") VALUES (?, ?, -1, ?)`,
  );
  const tick = database.prepare(`UPDATE "ChangeClock" SET "value" = "value" + 1 WHERE "id" = 1 RETURNING "value"`);
  const tell = database.prepare(
    `INSERT INTO "Change" ("firmId", "sequence", "at", "actor", "kind", "entity", "entityId", "before", "after")
     VALUES (?, ?, ?, 'bench admin', ?, ?, ?, ?, ?)`,
  );

  const newNumber = (kind) => parseId(newId(kind)).number;

  function record(at, kind, entity, id, before, after) {
    tell.run(firmId, tick.get().value, at, kind, entity, id, before && JSON.stringify(before), JSON.stringify(after));
  }

  function upsert({ trackingId, name, tags, note }) {
    const at = Date.now();
    const nameFolded = fold(name);
    const key = fold(trackingId);
    const tagsJson = JSON.stringify(tags);
    begin.run();
    try {
      const old = find.get(firmId, trackingId);
      const id = old?.id ?? newNumber('Client');
      const locationId = old ? undefined : newNumber('ClientLocation');
      const oldTags = old ? JSON.parse(old.tags) : [];
      if (old) {
        const ids = JSON.parse(old.externalIds).map((external) => fold(external.id));
        const searched = [
          nameFolded,
          old.email && fold(old.email),
          old.companyName && fold(old.companyName),
          key,
          ...ids,
        ];
        update.run(name, nameFolded, tagsJson, note, searched.filter(Boolean).join('\n'), at, firmId, id);
        for (const one of oldTags) if (!tags.includes(one)) untag.run(firmId, id, one);
      } else {
        insert.run(firmId, id, trackingId, name, nameFolded, tagsJson, groupId, note, `${nameFolded}\n${key}`, at, at);
        place.run(firmId, locationId, id, at, at);
      }
      for (const one of tags) if (!oldTags.includes(one)) tag.run(firmId, id, one);
      if (!bare) {
        const before = old ? { name: old.name, tags: oldTags, note: old.note } : null;
        const created = {
          trackingId,
          name,
          status: 'ACTIVE',
          active: true,
          invitationStatus: 'NOT_INVITED',
          tags,
          clientGroupId: idText('ClientGroup', groupId),
          note,
        };
        const after = old ? { name, tags, note } : created;
        record(at, old ? 'UPDATED' : 'CREATED', 'Client', id, before, after);
        if (!old) {
          const placed = { clientId: idText('Client', id), name: 'Main', isPrimary: true };
          record(at, 'CREATED', 'ClientLocation', locationId, null, placed);
        }
      }
      commit.run();
      return JSON.stringify({ id, trackingId, name, tags, note, result: old ? 'UPDATED' : 'CREATED' });
    } catch (error) {
      if (database.isTransaction) rollback.run();
      throw error;
    }
  }

  return {
    list: () => list(firmId),
    get: (body) => get(firmId, body.trackingId),
    filter: ({ name, status }) => filter({ firm: firmId, name: `%${fold(name)}%`, status }),
    letters: ({ name, status }) => filter({ firm: firmId, name: `%${fold(name)}%`, status }),
    deep: (body) => deep(firmId, ...body.after),
    field: (body) => field(firmId, fieldNumbers[body.key], body.value),
    common: (body) => common(firmId, fieldNumbers[body.key], body.value),
    range: (body) => range(firmId, fieldNumbers[body.key], body.from, body.to),
    wide: (body) => range(firmId, fieldNumbers[body.key], body.from, body.to),
    search: (body) => search(firmId, `%${fold(body.search)}%`),
    word: (body) => search(firmId, `%${fold(body.search)}%`),
    feed: (body) => feed(firmId, body.after),
    contacts: () => contactsList(firmId),
    upsert,
  };
}
