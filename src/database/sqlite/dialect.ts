/** How SQLite's SQL and its values read: what they have of their own. */
import { SQLITE_ROOM } from '../../base/cell-size.ts';
import { type Dialect, isTrue, raw, sql, storedInstant } from '../sql/index.ts';
import { beginningWith, sqlitePaths } from './access-path.ts';

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  numbered: false,

  encode(type, value) {
    if (type === 'Boolean') return value ? 1 : 0;
    return type === 'DateTime' ? millisecondsOf(String(value)) : value;
  },
  decoder(type) {
    if (type === 'Boolean') return isTrue;
    return type === 'DateTime' ? (cell) => instantAt(cell as number) : undefined;
  },
  cell(column, type, form) {
    // As text, since a number of the program has 53 bits.
    if (type === 'BigInt') return `CAST(${column} AS TEXT)`;
    return type === 'Json' && form === 'json' ? `json(${column})` : column;
  },
  jsonArray: 'json_array',
  asJson: ['json(', ')'],

  // A number beyond 2^53 is read as a whole one, of more digits than the program's has.
  jsonOperand: (text, isNumber) => (isNumber ? sql`CAST(${text} AS REAL)` : text),
  isAmong: (operand, values) => {
    const isLong = values.some((value) => typeof value === 'number' && !Number.isSafeInteger(value));
    const value = raw(isLong ? 'CAST(value AS REAL)' : 'value');
    return sql`${operand} IN (SELECT ${value} FROM json_each(${JSON.stringify(values)}))`;
  },
  isAmongRows: (operand, rows) => sql`${operand} IN (${rows})`,
  // Not LIKE, with which a statement is planned anew for each text.
  contains: (operand, text) => sql`instr(${operand}, ${text}) > 0`,
  // As a range too, which an index of the operand can answer.
  startsWith: (operand, text) =>
    sql`(${beginningWith(operand, text)} AND substr(${operand}, 1, length(${text})) = ${text})`,
  // Writers go one at a time, so what is committed is settled.
  settled: () => sql`1 = 1`,
  exists: (rows) => sql`EXISTS (SELECT 1 ${rows})`,

  list(rows, { level }) {
    const bytes = 'octet_length("r"."j")';
    const item = `CASE WHEN ${bytes} <= ${UNCOUNTED_BYTES} OR ${SQLITE_ROOM}(${level}, ${bytes}) THEN "r"."j" END`;
    return sql`(SELECT '[' || group_concat(${raw(item)}) || ']' FROM (${rows}) "r")`;
  },
  // Where it sorts, it works out the cells of every row before it takes the first.
  rowsFirst: true,
  // It keeps no statistics. With a plus it does not use an index: https://sqlite.org/optoverview.html#disqualify
  byNoIndex: '+',
  paths: sqlitePaths,
};

/** Rows within a cell are not worth counting when they have no more bytes. */
const UNCOUNTED_BYTES = 512;

/** An instant as it is stored: as milliseconds, which take a fifth of its text. */
function millisecondsOf(instant: string): number | null {
  const milliseconds = Date.parse(instant);
  return Number.isNaN(milliseconds) ? null : milliseconds;
}

/** The last instant that was read: what belongs together was written at one. */
let last = { milliseconds: Number.NaN, text: '' };

/** A stored instant in the form of `storedInstant`. */
function instantAt(milliseconds: number): string {
  if (milliseconds !== last.milliseconds) last = { milliseconds, text: storedInstant(new Date(milliseconds)) };
  return last.text;
}
