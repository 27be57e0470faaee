/**
 * Fills a database with the rows of generate.js in plain tables, as most people would store them: counting keys, ordinary
 * foreign keys, custom-field values as rows, and an index on each column that the bench looks up or sorts by. There is no
 * firm in the keys, no change record and no search column.
 */
import pg from 'pg';
import { openHandle } from '../dist/database/sqlite/driver.js';
import { copy } from './bulk.js';
import {
  CYCLES,
  clientInput,
  creationOrder,
  EMPLOYEES,
  FIELDS,
  GROUPS,
  hasChildren,
  REGIONS,
  ROLES,
  TYPES,
} from './sample.js';

/** Clients written at a time. */
const BATCH = 5_000;

/** Column types of the two databases, and how values are written to them. */
const DIALECTS = {
  postgres: {
    key: 'bigserial PRIMARY KEY',
    reference: 'bigint',
    json: 'jsonb',
    // jsonb sorts numbers as numbers.
    anyValue: 'jsonb',
    texts: "text[] NOT NULL DEFAULT '{}'",
    instant: 'timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP',
    ofTexts: (texts) => `{${texts.map((text) => JSON.stringify(text)).join()}}`,
    ofValue: JSON.stringify,
    ofBoolean: String,
  },
  sqlite: {
    key: 'INTEGER PRIMARY KEY',
    reference: 'integer',
    json: 'text',
    // Numbers stay numbers, so that they sort; everything else is JSON.
    anyValue: '',
    texts: "text NOT NULL DEFAULT '[]'",
    instant: 'text NOT NULL DEFAULT CURRENT_TIMESTAMP',
    ofTexts: JSON.stringify,
    ofValue: (value) => (typeof value === 'number' ? value : JSON.stringify(value)),
    ofBoolean: Number,
  },
};

const tables = ({ key, reference, json, anyValue, texts, instant }) => `
CREATE TABLE client_groups (id ${key}, name text NOT NULL UNIQUE);
CREATE TABLE client_types (id ${key}, name text NOT NULL UNIQUE);
CREATE TABLE regions (id ${key}, name text NOT NULL UNIQUE);
CREATE TABLE success_cycles (id ${key}, name text NOT NULL UNIQUE);
CREATE TABLE contact_roles (id ${key}, name text NOT NULL UNIQUE);
CREATE TABLE employees (id ${key}, name text NOT NULL);
CREATE TABLE custom_fields (id ${key}, key text NOT NULL UNIQUE, name text NOT NULL, type text NOT NULL);
CREATE TABLE clients (
  id ${key},
  tracking_id text UNIQUE,
  name text NOT NULL,
  status text NOT NULL DEFAULT 'ACTIVE',
  active boolean NOT NULL DEFAULT true,
  invitation_status text NOT NULL DEFAULT 'NOT_INVITED',
  tags ${texts},
  note text,
  website_url text,
  inception_date date,
  address ${json},
  timezone text,
  nps_score integer,
  email text,
  phone text,
  client_group_id ${reference} NOT NULL DEFAULT 1 REFERENCES client_groups,
  type_id ${reference} REFERENCES client_types,
  region_id ${reference} REFERENCES regions,
  success_cycle_id ${reference} REFERENCES success_cycles,
  assigned_csm_id ${reference} REFERENCES employees,
  assigned_sales_rep_id ${reference} REFERENCES employees,
  parent_id ${reference} REFERENCES clients,
  created_at ${instant},
  updated_at ${instant}
);
CREATE TABLE client_external_ids (
  client_id ${reference} NOT NULL REFERENCES clients,
  system text NOT NULL,
  external_id text NOT NULL,
  PRIMARY KEY (system, external_id)
);
CREATE TABLE custom_field_values (
  client_id ${reference} NOT NULL REFERENCES clients,
  field_id ${reference} NOT NULL REFERENCES custom_fields,
  value ${anyValue} NOT NULL,
  PRIMARY KEY (client_id, field_id)
);
CREATE TABLE locations (
  id ${key},
  client_id ${reference} NOT NULL REFERENCES clients,
  name text NOT NULL,
  is_primary boolean NOT NULL,
  created_at ${instant},
  updated_at ${instant}
);
CREATE TABLE contacts (
  id ${key},
  client_id ${reference} NOT NULL REFERENCES clients,
  location_id ${reference} NOT NULL REFERENCES locations,
  role_id ${reference} NOT NULL REFERENCES contact_roles,
  tracking_id text UNIQUE,
  first_name text,
  last_name text NOT NULL,
  title text,
  email text,
  phone_office text,
  language text,
  created_at ${instant},
  updated_at ${instant}
);`;

const indexes = `
CREATE INDEX clients_name ON clients (name, id);
CREATE INDEX clients_group ON clients (client_group_id);
CREATE INDEX clients_type ON clients (type_id);
CREATE INDEX clients_region ON clients (region_id);
CREATE INDEX clients_success_cycle ON clients (success_cycle_id);
CREATE INDEX clients_assigned_csm ON clients (assigned_csm_id);
CREATE INDEX clients_assigned_sales_rep ON clients (assigned_sales_rep_id);
CREATE INDEX clients_parent ON clients (parent_id);
CREATE INDEX client_external_ids_client ON client_external_ids (client_id);
CREATE INDEX custom_field_values_value ON custom_field_values (field_id, value);
CREATE INDEX employees_name ON employees (name, id);
CREATE INDEX locations_client ON locations (client_id);
CREATE INDEX locations_name ON locations (name, id);
CREATE INDEX contacts_client ON contacts (client_id);
CREATE INDEX contacts_location ON contacts (location_id);
CREATE INDEX contacts_role ON contacts (role_id);
CREATE INDEX contacts_name ON contacts (last_name, first_name, id);`;

/** Filters that PostGraphile lacks out of the box, and the upsert as a custom mutation, as its documentation shows. */
const functions = `
CREATE FUNCTION upsert_client(tracking_id text, name text, tags text[], note text) RETURNS clients AS $$
  INSERT INTO clients (tracking_id, name, tags, note) VALUES ($1, $2, $3, $4)
  ON CONFLICT (tracking_id) DO UPDATE
    SET name = EXCLUDED.name, tags = EXCLUDED.tags, note = EXCLUDED.note, updated_at = now()
  RETURNING *
$$ LANGUAGE sql VOLATILE STRICT;
CREATE FUNCTION clients_named(part text, wanted text) RETURNS SETOF clients AS $$
  SELECT * FROM clients WHERE lower(name) LIKE '%' || lower(part) || '%' AND status = wanted ORDER BY name, id
$$ LANGUAGE sql STABLE;
CREATE FUNCTION clients_with_value(field text, value jsonb) RETURNS SETOF clients AS $$
  SELECT * FROM clients c WHERE EXISTS (SELECT 1 FROM custom_field_values v JOIN custom_fields f ON f.id = v.field_id
    WHERE v.client_id = c.id AND f.key = $1 AND v.value = $2) ORDER BY name, id
$$ LANGUAGE sql STABLE;
CREATE FUNCTION clients_within(field text, lower float8, upper float8) RETURNS SETOF clients AS $$
  SELECT * FROM clients c WHERE EXISTS (SELECT 1 FROM custom_field_values v JOIN custom_fields f ON f.id = v.field_id
    WHERE v.client_id = c.id AND f.key = $1 AND v.value >= to_jsonb($2) AND v.value < to_jsonb($3)) ORDER BY name, id
$$ LANGUAGE sql STABLE;`;

/** Fills the empty database at `databaseUrl`, and reports progress to `says`. */
export async function generatePlain({ databaseUrl, clients, fields: fieldCount, says }) {
  const isSqlite = databaseUrl.startsWith('file:');
  const dialect = DIALECTS[isSqlite ? 'sqlite' : 'postgres'];
  const { ofTexts, ofValue, ofBoolean } = dialect;
  const { write, run, finish } = await (isSqlite
    ? openSqlite(databaseUrl.slice('file:'.length))
    : openPostgres(databaseUrl));
  await run(tables(dialect));
  if (!isSqlite) await run(functions);

  // Keys count from 1, so they are known before the rows are written.
  const named = async (table, names) => {
    await write(
      table,
      names.map((name) => ({ name })),
    );
    return names.map((_, index) => index + 1);
  };
  const fields = FIELDS.slice(0, fieldCount);
  await write(
    'custom_fields',
    fields.map(({ key, name, type }) => ({ key, name, type })),
  );
  const ids = {
    // The first one is the default.
    groups: (await named('client_groups', ['Unassigned', ...GROUPS])).slice(1),
    roles: await named('contact_roles', ROLES),
    employees: await named('employees', EMPLOYEES),
    types: await named('client_types', TYPES),
    regions: await named('regions', REGIONS),
    cycles: await named('success_cycles', CYCLES),
    parents: new Map(),
  };

  const numbers = creationOrder(clients).flat();
  for (let from = 0; from < clients; from += BATCH) {
    const rows = { clients: [], client_external_ids: [], custom_field_values: [], locations: [], contacts: [] };
    for (const [index, number] of numbers.slice(from, from + BATCH).entries()) {
      const client_id = from + index + 1;
      if (hasChildren(number)) ids.parents.set(number, client_id);
      const {
        tags,
        address,
        externalIds,
        customFields,
        contacts,
        allowDuplicateContacts: _,
        ...client
      } = clientInput(number, clients, { fields, ids });
      rows.clients.push({
        note: null,
        parentId: null,
        ...client,
        tags: ofTexts(tags),
        address: JSON.stringify(address),
      });
      for (const { system, id } of externalIds) rows.client_external_ids.push({ client_id, system, external_id: id });
      for (const [index, { key }] of fields.entries()) {
        // A choice of nothing is no value.
        if (customFields[key].length === 0) continue;
        rows.custom_field_values.push({ client_id, field_id: index + 1, value: ofValue(customFields[key]) });
      }
      rows.locations.push({ client_id, name: 'Main', is_primary: ofBoolean(true) });
      for (const contact of contacts) rows.contacts.push({ client_id, location_id: client_id, ...contact });
    }
    for (const [table, those] of Object.entries(rows)) await write(table, those);
    says(`${Math.min(from + BATCH, clients)} of ${clients} clients`);
  }
  says('indexes');
  await run(indexes);
  await finish();
}

/** The column of an input field. */
const columnOf = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function openSqlite(file) {
  const database = openHandle(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON');
  return {
    run: (script) => database.exec(script),
    write(table, rows) {
      const names = Object.keys(rows[0]);
      const statement = database.prepare(
        `INSERT INTO ${table} (${names.map(columnOf).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      );
      database.exec('BEGIN');
      for (const row of rows) statement.run(...names.map((name) => row[name]));
      database.exec('COMMIT');
    },
    finish() {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      database.close();
    },
  };
}

async function openPostgres(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    run: (script) => client.query(script),
    write: (table, rows) => {
      const names = Object.keys(rows[0]);
      return copy(
        client,
        table,
        names.map(columnOf),
        rows.map((row) => names.map((name) => row[name])),
      );
    },
    async finish() {
      await client.query('VACUUM ANALYZE');
      await client.end();
    },
  };
}
