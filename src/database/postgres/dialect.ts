/** How the SQL of Postgres and its values read: what they have of their own. */
import { CELL_BYTES_MAX } from '../../base/cell-size.ts';
import { type Dialect, isTrue, raw, sql, storedInstant } from '../sql/index.ts';
import { postgresPaths } from './access-path.ts';
import { containsSql, escaped } from './like.ts';

export const postgresDialect: Dialect = {
  name: 'postgres',
  numbered: true,

  encode: (_type, value) => value,
  decoder(type, form) {
    if (type === 'DateTime') return (cell) => instantOf(cell as string);
    // All columns come as text.
    if (form === 'json') return undefined;
    if (type === 'Boolean') return isTrue;
    return type === 'Int' || type === 'Float' ? Number : undefined;
  },
  // A number of the program has 53 bits. As a column it comes as text anyway.
  cell: (column, type, form) => (type === 'BigInt' && form === 'json' ? `CAST(${column} AS TEXT)` : column),
  jsonArray: 'json_build_array',
  asJson: ['', ''],

  jsonOperand: (text, isNumber) => (isNumber ? sql`${text}::float8` : sql`(${text} COLLATE "C")`),
  isAmong: (operand, values) => sql`${operand} = ANY(${values})`,
  isAmongRows: (operand, rows) => sql`${operand} = ANY(ARRAY(${rows}))`,
  contains: containsSql,
  startsWith: (operand, text) => sql`${operand} LIKE ${`${escaped(text)}%`}`,
  // A sequence begins with the id of its transaction, and all transactions below the snapshot's xmin have ended.
  settled: (alias) =>
    sql`${alias}."sequence" < ((pg_snapshot_xmin(pg_current_snapshot())::text::bigint + (SELECT "value" FROM "ChangeClock" WHERE "id" = 1)) << 20)`,
  // What has a limit is looked for row by row.
  exists: (rows, mayJoin) => (mayJoin ? sql`EXISTS (SELECT 1 ${rows})` : sql`(SELECT true ${rows} LIMIT 1) IS TRUE`),

  list(rows, size) {
    if (size.rows <= BOUNDED_ROWS) return sql`(SELECT json_agg("r"."j") FROM (${rows}) "r")`;
    // A sum as far as each row, since an aggregate would be complete before it could be compared.
    const bytes = raw('sum(octet_length("m"."j"::text)) OVER (ROWS UNBOUNDED PRECEDING)');
    return sql`(SELECT json_agg("r"."j") FROM (SELECT "m"."j", ${bytes} AS "bytes" FROM (${rows}) "m") "r" WHERE 1 / (CASE WHEN "r"."bytes" > ${raw(String(CELL_BYTES_MAX))} THEN 0 ELSE 1 END) = 1)`;
  },
  rowsFirst: false,
  byNoIndex: '',
  paths: postgresPaths,
};

/** Rows within one cell beyond which its size is looked at while it is made. */
const BOUNDED_ROWS = 64;

const PRINTED = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,3}))?\+00(?::00)?$/;

/** An instant as it is printed, in the form of `storedInstant`. */
function instantOf(printed: string): string {
  // In columns mostly `2026-11-21 09:30:00.123+00`; zeros at the end of the fraction are not printed.
  if (printed.length === 26 && printed.endsWith('+00')) return `${printed.slice(0, 10)}T${printed.slice(11, 23)}+00:00`;
  const [, day, time, fraction = ''] = PRINTED.exec(printed) ?? [];
  return day && time ? `${day}T${time}.${fraction.padEnd(3, '0')}+00:00` : storedInstant(new Date(printed));
}
