/** Rows by the hundred thousand, as the product encodes them: by COPY on Postgres, in one transaction a batch on SQLite. */
import pg from 'pg';
import { postgresDialect } from '../dist/database/postgres/dialect.js';
import { encode } from '../dist/database/sql/columns.js';
import { sqliteDialect } from '../dist/database/sqlite/dialect.js';
import { openHandle } from '../dist/database/sqlite/driver.js';

/** Changes of one transaction: as many as its sequences have room for (src/changes/changes.ts). */
const ORDINALS = 2 ** 20;

/**
 * Opens `url` for bulk writes. Secondary indexes, and what checks references, are away until `finish` when
 * there is much to write.
 */
export function openBulk(url, { large }) {
  return url.startsWith('file:') ? sqliteBulk(url.slice('file:'.length), large) : postgresBulk(url, large);
}

/** Collects rows by model and columns, in the order in which they first appear: rows are written after those they point at. */
export class Batch {
  tables = new Map();
  changes = [];

  add(model, rows) {
    for (const row of rows) {
      const key = `${model} ${Object.keys(row).join()}`;
      const table = this.tables.get(key);
      if (table) table.rows.push(row);
      else this.tables.set(key, { model, rows: [row] });
    }
  }
}

async function sqliteBulk(file, large) {
  const database = openHandle(file);
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA foreign_keys = OFF');
  const away = large
    ? database
        .prepare(`SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL`)
        .all()
    : [];
  for (const { type, name } of away) database.exec(`DROP ${type} "${name}"`);
  const prepared = new Map();
  let { value: sequence } = database.prepare('SELECT "value" FROM "ChangeClock"').get();

  function insert(model, row) {
    const columns = Object.keys(row);
    const key = `${model} ${columns.join()}`;
    let statement = prepared.get(key);
    if (!statement) {
      const names = columns.map((column) => `"${column}"`).join(', ');
      statement = database.prepare(`INSERT INTO "${model}" (${names}) VALUES (${columns.map(() => '?').join(', ')})`);
      prepared.set(key, statement);
    }
    statement.run(...columns.map((column) => encode(model, column, row[column], sqliteDialect)));
  }

  return {
    async write(batch) {
      database.exec('BEGIN');
      for (const { model, rows } of batch.tables.values()) for (const row of rows) insert(model, row);
      for (const change of batch.changes) insert('Change', { ...change, sequence: ++sequence });
      database.prepare('UPDATE "ChangeClock" SET "value" = ?').run(sequence);
      database.exec('COMMIT');
    },
    async finish() {
      if (large) {
        // What the triggers would have kept.
        for (const table of ['Client', 'ClientContact']) {
          database.exec(
            `INSERT INTO "${table}Search" ("rowid", "parts") SELECT "rowNumber", "parts" FROM "${table}Parts"`,
          );
        }
      }
      for (const { sql } of away) database.exec(sql);
      const dangling = large ? [] : database.prepare('PRAGMA foreign_key_check').all();
      if (dangling.length > 0) throw new Error(`${dangling.length} rows point nowhere`);
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      database.close();
    },
  };
}

async function postgresBulk(url, large) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  let indexes = [];
  if (large) {
    ({ rows: indexes } = await client.query(
      // But for those of constraints, also of references to other columns than the key.
      `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS sql FROM pg_index
       JOIN pg_class ON pg_class.oid = indrelid AND relnamespace = 'public'::regnamespace
       WHERE indexrelid NOT IN (SELECT conindid FROM pg_constraint)`,
    ));
    for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
    await client.query(`SET maintenance_work_mem = '512MB'`);
    // Only a superuser may, and the work is the same without.
    await client.query('SET session_replication_role = replica').catch(() => undefined);
  }

  async function writeChanges(changes) {
    const { rows } = await client.query('SELECT clientele_sequence(0) AS base');
    const base = BigInt(rows[0].base);
    const numbered = changes.map((change, ordinal) => ({ ...change, sequence: String(base + BigInt(ordinal)) }));
    await copyModel(client, 'Change', numbered);
  }

  return {
    async write(batch) {
      await client.query('BEGIN');
      for (const { model, rows } of batch.tables.values()) await copyModel(client, model, rows);
      for (let at = 0; at < batch.changes.length; at += ORDINALS) {
        if (at > 0) await client.query('COMMIT; BEGIN');
        await writeChanges(batch.changes.slice(at, at + ORDINALS));
      }
      await client.query('COMMIT');
    },
    async finish() {
      for (const { sql } of indexes) await client.query(sql);
      await client.query('VACUUM ANALYZE');
      await client.end();
    },
  };
}

async function copyModel(client, model, rows) {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0]);
  const encoded = rows.map((row) => columns.map((column) => encode(model, column, row[column], postgresDialect)));
  await copy(client, model, columns, encoded);
}

/** Writes rows, which are lists of values as Postgres reads them. */
export async function copy(client, table, columns, rows) {
  const lines = rows.map((row) => `${row.map(copyText).join('\t')}\n`);
  const into = `COPY "${table}" (${columns.map((column) => `"${column}"`).join(', ')}) FROM STDIN`;
  await new Promise((resolve, reject) => client.query(new CopyFrom(into, lines, resolve, reject)));
}

const COPY_ESCAPES = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function copyText(value) {
  return value === null ? '\\N' : String(value).replace(/[\\\t\n\r]/g, (character) => COPY_ESCAPES[character]);
}

/** A COPY … FROM STDIN as the pg driver runs queries: these are the messages it hands on. */
class CopyFrom {
  constructor(text, lines, resolve, reject) {
    Object.assign(this, { text, lines, resolve, reject });
  }
  submit(connection) {
    connection.query(this.text);
  }
  handleCopyInResponse(connection) {
    for (let at = 0; at < this.lines.length; at += 1000) {
      connection.sendCopyFromChunk(Buffer.from(this.lines.slice(at, at + 1000).join('')));
    }
    connection.endCopyFrom();
  }
  handleCommandComplete() {}
  handleError(error) {
    this.failure = error;
    // After an error the server says that it is ready, unless the connection is gone.
    this.reject(error);
  }
  handleReadyForQuery() {
    if (!this.failure) this.resolve();
  }
}
