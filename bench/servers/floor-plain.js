/**
 * The operations by hand over plain tables. Both databases run the same SQL; only the functions for JSON differ. Parameters
 * are written `$1`, `$2` …, each once and in this order, so that SQLite can take them by position.
 */
import pg from 'pg';
import { openHandle } from '../../dist/database/sqlite/driver.js';

function openPostgres(url) {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  let statements = 0;
  return {
    prepare(json) {
      const name = `s${++statements}`;
      return async (...values) =>
        (await pool.query({ name, text: json('::text'), values, rowMode: 'array' })).rows[0][0];
    },
    object: 'json_build_object',
    pairs: 'json_object_agg',
    list: (rows) => `(SELECT coalesce(json_agg(x.j), '[]') FROM (${rows}) x)`,
    one: (row) => `(${row})`,
    json: (value) => value,
    boolean: (value) => value,
    contains: (column) => `lower(${column}) LIKE`,
    ofTexts: (texts) => texts,
    ofValue: JSON.stringify,
  };
}

function openSqlite(file, synchronous) {
  const database = openHandle(file);
  database.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000`,
  );
  return {
    prepare(json) {
      const statement = database.prepare(json('').replaceAll(/\$\d/g, '?'));
      statement.setReturnArrays(true);
      return (...values) => statement.get(...values)[0];
    },
    object: 'json_object',
    pairs: 'json_group_object',
    list: (rows) => `json((SELECT json_group_array(json(x.j)) FROM (${rows}) x))`,
    one: (row) => `json((${row}))`,
    json: (value) => `json(${value})`,
    boolean: (value) => `json(iif(${value}, 'true', 'false'))`,
    // LIKE ignores the case of ASCII letters there.
    contains: (column) => `${column} LIKE`,
    ofTexts: JSON.stringify,
    ofValue: (value) => (typeof value === 'number' ? value : JSON.stringify(value)),
  };
}

export function openFloor(url, _facts, { synchronous }) {
  const database = url.startsWith('file:') ? openSqlite(url.slice('file:'.length), synchronous) : openPostgres(url);
  const { list, one, json, boolean, contains, ofTexts, ofValue } = database;
  const object = (parts) =>
    `${database.object}(${Object.entries(parts)
      .map(([key, value]) => `'${key}', ${value}`)
      .join(', ')})`;
  /** A statement that returns this one object. */
  const answer = (parts, before = '') => database.prepare((cast) => `${before} SELECT ${object(parts)}${cast}`);
  const always = (statement) => () => statement();
  const rows = (parts, from, order, limit) =>
    list(`SELECT ${object(parts)} AS j FROM ${from} ORDER BY ${order} LIMIT ${limit}`);

  const contact = {
    id: 'k.id',
    firstName: 'k.first_name',
    lastName: 'k.last_name',
    email: 'k.email',
    role: one(`SELECT ${object({ name: 'r.name' })} FROM contact_roles r WHERE r.id = k.role_id`),
  };
  const contactsByName = 'k.last_name, k.first_name, k.id';
  const brief = {
    id: 'c.id',
    trackingId: 'c.tracking_id',
    name: 'c.name',
    status: 'c.status',
    tags: json('c.tags'),
    clientGroup: one(
      `SELECT ${object({ id: 'g.id', name: 'g.name' })} FROM client_groups g WHERE g.id = c.client_group_id`,
    ),
  };
  const whole = {
    ...brief,
    customFields: one(`SELECT ${database.pairs}(f.key, ${json('v.value')}) FROM custom_field_values v
      JOIN custom_fields f ON f.id = v.field_id WHERE v.client_id = c.id`),
    contacts: rows(contact, 'contacts k WHERE k.client_id = c.id', contactsByName, 3),
  };
  const page = (parts, from) => answer({ nodes: rows(parts, from, 'c.name, c.id', 20) });
  const having = (condition) => `clients c WHERE c.id IN (SELECT v.client_id FROM custom_field_values v
    WHERE v.field_id = (SELECT f.id FROM custom_fields f WHERE f.key = $1) AND ${condition})`;
  /** The first 20 of a list by name, with the first three of what belongs to each. */
  const nested = (table, from, parts = { name: 'c.name' }, order = 'c.name, c.id') =>
    always(
      answer({
        nodes: rows({ name: 'p.name', nested: rows(parts, from, order, 3) }, `${table} p`, 'p.name, p.id', 20),
      }),
    );

  const get = answer({ client: one(`SELECT ${object(whole)} FROM clients c WHERE c.tracking_id = $1`) });
  const filter = answer(
    {
      totalCount: '(SELECT count(*) FROM found)',
      nodes: rows(brief, 'found c', 'c.name, c.id', 20),
    },
    `WITH found AS MATERIALIZED (SELECT * FROM clients WHERE ${contains('name')} $1 AND status = $2)`,
  );
  const deep = answer(
    {
      nodes: rows(whole, 'found c', 'c.name, c.id', 20),
      hasNextPage: boolean('(SELECT count(*) FROM found) > 20'),
    },
    'WITH found AS MATERIALIZED (SELECT * FROM clients WHERE (name, id) > ($1, $2) ORDER BY name, id LIMIT 21)',
  );
  const place = answer({
    after: one(
      `SELECT ${object({ name: 'c.name', id: 'c.id' })} FROM clients c ORDER BY c.name, c.id LIMIT 1 OFFSET $1`,
    ),
  });
  const field = page(whole, having('v.value = $2'));
  const range = page(whole, having('v.value >= $2 AND v.value < $3'));
  const upsert = database.prepare(
    (cast) => `INSERT INTO clients AS c (tracking_id, name, tags, note) VALUES ($1, $2, $3, $4)
      ON CONFLICT (tracking_id) DO UPDATE
        SET name = EXCLUDED.name, tags = EXCLUDED.tags, note = EXCLUDED.note, updated_at = CURRENT_TIMESTAMP
      RETURNING ${object({ id: 'id', trackingId: 'tracking_id', name: 'name', tags: json('tags'), note: 'note' })}${cast}`,
  );

  const filtered = ({ name, status }) => filter(`%${name.toLowerCase()}%`, status);
  const valued = ({ key, value }) => field(key, ofValue(value));
  const within = ({ key, from, to }) => range(key, ofValue(from), ofValue(to));
  return {
    list: always(page(whole, 'clients c')),
    get: ({ trackingId }) => get(trackingId),
    filter: filtered,
    letters: filtered,
    deep: ({ after: { name, id } }) => deep(name, id),
    place: ({ offset }) => place(offset),
    field: valued,
    common: valued,
    range: within,
    wide: within,
    contacts: always(answer({ nodes: rows(contact, 'contacts k', contactsByName, 20) })),
    upsert: ({ trackingId, name, tags, note }) => upsert(trackingId, name, ofTexts(tags), note),
    locations: nested('clients', 'locations c WHERE c.client_id = p.id'),
    children: nested('clients', 'clients c WHERE c.parent_id = p.id'),
    locationContacts: nested(
      'locations',
      'contacts k WHERE k.location_id = p.id',
      { lastName: 'k.last_name', firstName: 'k.first_name' },
      contactsByName,
    ),
    employeeClients: nested('employees', 'clients c WHERE c.assigned_csm_id = p.id'),
    salesClients: nested('employees', 'clients c WHERE c.assigned_sales_rep_id = p.id'),
    typeClients: nested('client_types', 'clients c WHERE c.type_id = p.id'),
    regionClients: nested('regions', 'clients c WHERE c.region_id = p.id'),
    cycleClients: nested('success_cycles', 'clients c WHERE c.success_cycle_id = p.id'),
  };
}
