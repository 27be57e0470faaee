/**
 * What takes how much of the disk, by table and index: Clientele's tables, and plain ones that hold the same rows.
 *
 *   node bench/size.js [--databases sqlite,postgres] [--clients 10000]
 */
import pg from 'pg';
import { openHandle } from '../dist/database/sqlite-driver.js';
import { prepareDatabases } from './databases.js';
import { readOptions } from './options.js';

/** Each table and index of a database with its bytes; what belongs to one table has its name as `table`. */
export function sizesOf(url) {
  return url.startsWith('file:') ? sizesInSqlite(url.slice('file:'.length)) : sizesInPostgres(url);
}

function sizesInSqlite(file) {
  const database = openHandle(file, { readOnly: true });
  try {
    return database
      .prepare(
        `SELECT coalesce(m."tbl_name", s."name") AS "table", s."name" AS "name", s."bytes" AS "bytes",
           coalesce(m."type" = 'index', 0) AS "isIndex"
         FROM (SELECT "name", sum("pgsize") AS "bytes" FROM dbstat GROUP BY "name") s
         LEFT JOIN sqlite_master m ON m."name" = s."name" ORDER BY s."bytes" DESC`,
      )
      .all();
  } finally {
    database.close();
  }
}

async function sizesInPostgres(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      `SELECT t.relname AS "table", t.relname AS "name", pg_table_size(t.oid)::float8 AS "bytes", false AS "isIndex"
       FROM pg_class t WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
       UNION ALL
       SELECT t.relname, i.relname, pg_relation_size(i.oid)::float8, true
       FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
       WHERE t.relnamespace = 'public'::regnamespace
       ORDER BY 3 DESC`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

export const sumOf = (sizes) => sizes.reduce((total, { bytes }) => total + bytes, 0);
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

function show(title, sizes) {
  const lines = [
    `## ${title}: ${megabytes(sumOf(sizes))}, of which indexes ${megabytes(sumOf(sizes.filter(({ isIndex }) => isIndex)))}`,
    '',
    '| table | | size |',
    '| --- | --- | ---: |',
  ];
  const byTable = [...new Set(sizes.map(({ table }) => table))]
    .map((table) => [table, sizes.filter((one) => one.table === table)])
    .sort(([, one], [, other]) => sumOf(other) - sumOf(one));
  for (const [table, parts] of byTable) {
    lines.push(`| ${table} | all | ${megabytes(sumOf(parts))} |`);
    if (parts.length === 1) continue;
    for (const { name, bytes, isIndex } of parts) lines.push(`| | ${isIndex ? name : 'rows'} | ${megabytes(bytes)} |`);
  }
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

if (process.argv[1]?.endsWith('size.js')) {
  const options = readOptions('node bench/size.js [options]: what takes how much of the disk, by table and index.');
  const says = (what) => process.stderr.write(`${what}\n`);
  for (const provider of options.databases) {
    const databases = await prepareDatabases(provider, options, says);
    try {
      const of = `of ${options.clients.toLocaleString('en')} clients on ${provider === 'sqlite' ? 'SQLite' : 'Postgres'}`;
      show(`Clientele’s tables ${of}`, await sizesOf(databases.ours.url));
      show(`Plain tables ${of}`, await sizesOf(databases.plain.url));
    } finally {
      await databases.close();
    }
  }
  process.exit(0);
}
