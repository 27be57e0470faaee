/**
 * Prints the size on disk by table and index: of Clientele's tables, and of plain ones that hold the same rows.
 *
 *   node bench/size.js [--databases sqlite,postgres] [--clients 10000]
 */
import pg from 'pg';
import { openHandle } from '../dist/database/sqlite/driver.js';
import { prepareDatabases } from './databases.js';
import { readOptions } from './options.js';

/** The tables and indexes of a database with their size, largest first; `table` is what an index belongs to. */
export function sizesOf(url) {
  return url.startsWith('file:') ? sizesInSqlite(url.slice('file:'.length)) : sizesInPostgres(url);
}

function sizesInSqlite(file) {
  const database = openHandle(file, { readOnly: true });
  try {
    const sizes = database
      .prepare(
        `SELECT coalesce(m."tbl_name", s."name") AS "table", s."name" AS "name", s."bytes" AS "bytes",
           coalesce(m."type" = 'index', 0) AS "isIndex"
         FROM (SELECT "name", sum("pgsize") AS "bytes" FROM dbstat GROUP BY "name") s
         LEFT JOIN sqlite_schema m ON m."name" = s."name" ORDER BY s."bytes" DESC`,
      )
      .all();
    const rowsOf = (table) => database.prepare(`SELECT count(*) AS "rows" FROM "${table}"`).get().rows;
    return sizes.map((one) => ({ ...one, rows: one.isIndex ? 0 : rowsOf(one.table) }));
  } finally {
    database.close();
  }
}

async function sizesInPostgres(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      `WITH tables AS (SELECT * FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace)
       SELECT relname AS "table", relname AS "name", pg_table_size(oid)::float8 AS "bytes", false AS "isIndex",
         greatest(reltuples, 0) AS "rows"
       FROM tables
       UNION ALL
       SELECT t.relname, i.relname, pg_relation_size(i.oid)::float8, true, 0
       FROM pg_index x JOIN tables t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
       ORDER BY 3 DESC`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

export const sumOf = (sizes) => sizes.reduce((total, { bytes }) => total + bytes, 0);
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Smaller tables are shown as one line. */
const SMALL = 0.2e6;

function show(title, sizes) {
  const indexes = sumOf(sizes.filter(({ isIndex }) => isIndex));
  const tables = [...new Set(sizes.map(({ table }) => table))]
    .map((table) => sizes.filter((one) => one.table === table))
    .sort((one, other) => sumOf(other) - sumOf(one));
  const large = tables.filter((parts) => sumOf(parts) >= SMALL);
  const lines = [
    `## ${title}: ${megabytes(sumOf(sizes))}, of which indexes ${megabytes(indexes)}`,
    '',
    '| table | part | size | rows | bytes a row |',
    '| --- | --- | ---: | ---: | ---: |',
  ];
  for (const parts of large) {
    const rows = Math.max(...parts.map((part) => part.rows));
    const cells = (bytes) => `${megabytes(bytes)} | ${rows} | ${rows > 0 ? Math.round(bytes / rows) : ''}`;
    lines.push(`| ${parts[0].table} | all | ${cells(sumOf(parts))} |`);
    if (parts.length === 1) continue;
    for (const { name, bytes, isIndex } of parts) lines.push(`| | ${isIndex ? name : 'rows'} | ${cells(bytes)} |`);
  }
  const others = tables.length - large.length;
  lines.push(`| ${others} others | all | ${megabytes(sumOf(sizes) - sumOf(large.flat()))} | | |`);
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

if (process.argv[1]?.endsWith('size.js')) {
  const options = readOptions('node bench/size.js [options]: prints the size on disk by table and index.');
  const says = (what) => process.stderr.write(`${what}\n`);
  for (const provider of options.databases) {
    const databases = await prepareDatabases(provider, options, says);
    try {
      const of = `of ${options.clients.toLocaleString('en')} clients on ${provider === 'sqlite' ? 'SQLite' : 'Postgres'}`;
      show(`Clientele’s tables ${of}`, await sizesOf(databases.ours.url));
      if (databases.plain) show(`Plain tables ${of}`, await sizesOf(databases.plain.url));
    } finally {
      await databases.close();
    }
  }
  process.exit(0);
}
