/** How the values of a column travel to and from the databases, by the types of the Prisma model. */
import type { ModelName, Row } from './database.ts';
import { models } from './generated/models.ts';
import type { Provider } from './sql.ts';

export type ColumnType = 'String' | 'Int' | 'Float' | 'Boolean' | 'Json' | 'DateTime' | 'BigInt';

/** The model's columns and their types. */
export function columnsOf(model: ModelName): Readonly<Record<string, ColumnType>> {
  return models[model].columns;
}

/** How one model is tied to another. */
export interface Relation {
  model: ModelName;
  list: boolean;
  from: readonly string[];
  to: readonly string[];
}

/** The relation of that name. Throws where the model has none: a fault of ours. */
export function relationOf(model: ModelName, relation: string): Relation {
  const found = (models[model].relations as Readonly<Record<string, Relation>>)[relation];
  if (!found) throw new Error(`${model} has no relation ${relation}`);
  return found;
}

/** The type of a column. Throws where the model has none: a fault of ours. */
export function columnType(model: ModelName, column: string): ColumnType {
  const type = columnsOf(model)[column];
  if (!type) throw new Error(`${model} has no column ${column}`);
  return type;
}

/** A value as the database's driver takes it. */
export function encode(model: ModelName, column: string, value: unknown, provider: Provider): unknown {
  if (value === null || value === undefined) return null;
  const type = columnType(model, column);
  if (type === 'Json') return JSON.stringify(value);
  if (type === 'Boolean' && provider === 'sqlite') return value ? 1 : 0;
  return value;
}

/** The row's columns and encoded values, in one order. */
export function encodeRow(model: ModelName, row: Row, provider: Provider): [columns: string[], values: unknown[]] {
  const columns = Object.keys(row);
  return [columns, columns.map((column) => encode(model, column, row[column], provider))];
}
