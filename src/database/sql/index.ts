export { type ChainRead, chainOver } from './chain.ts';
export type { ColumnType, ModelName, Row } from './columns.ts';
export {
  ByColumns,
  columnsOf,
  columnType,
  encode,
  encodeColumns,
  encodeId,
  encodeRow,
  idsOf,
  relationBy,
  relationOf,
  relationsOf,
} from './columns.ts';
export {
  among,
  and,
  type Comparison,
  type Condition,
  compare,
  contains,
  equals,
  INDEXED_MIN,
  isNull,
  type JsonOperand,
  not,
  type Operand,
  oneOf,
  or,
  type Selected,
  startsWith,
  valued,
} from './conditions.ts';
export type { Connection, ReadOptions } from './connection.ts';
export type { AccessPath, Ask, Dialect, PathDialect } from './dialect.ts';
export { parseInstant, storedInstant } from './instants.ts';
export { pageOver, readByKey, readPage, readRows, rowOver, wholeRow } from './read.ts';
export { isTrue } from './rows.ts';
export { type SharedRead, type SharedValues, sharedOver } from './shared.ts';
export { join, name, quoted, raw, Sql, type Statement, sql } from './sql.ts';
export type {
  KeyRead,
  OneRead,
  OrderTerm,
  Page,
  PageLink,
  PageRead,
  Position,
  RowRead,
  TreeAnswers,
  TreeReader,
} from './tree.ts';
export { type UnownedRead, unownedOver } from './unowned.ts';
