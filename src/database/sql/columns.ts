/** How the values of a column travel to and from the databases, by the types of the Prisma model. */
import { parseId } from '../../base/ids.ts';
import { models } from '../generated/models.ts';

export type ModelName = keyof typeof models;

/** Column values as the program holds them: instants are text as `storedInstant` makes it, JSON columns are plain values. */
export type Row = Readonly<Record<string, unknown>>;

export type ColumnType = 'String' | 'Int' | 'Float' | 'Boolean' | 'Json' | 'DateTime' | 'BigInt' | 'Id';

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

/** The model's relations, by name. */
export function relationsOf(model: ModelName): Readonly<Record<string, Relation | undefined>> {
  return models[model].relations;
}

/** The relation of that name. Throws where the model has none: a fault of ours. */
export function relationOf(model: ModelName, relation: string): Relation {
  const found = relationsOf(model)[relation];
  if (!found) throw new Error(`${model} has no relation ${relation}`);
  return found;
}

/** The name of the relation to one row that the model has by this column. Throws where it has none: a fault of ours. */
export function relationBy(model: ModelName, column: string): string {
  const found = Object.entries(relationsOf(model)).find(([, to]) => to?.list === false && to.from.at(-1) === column);
  if (!found) throw new Error(`${model} has no relation by ${column}`);
  return found[0];
}

/** The type of a column. Throws where the model has none: a fault of ours. */
export function columnType(model: ModelName, column: string): ColumnType {
  const type = columnsOf(model)[column];
  if (!type) throw new Error(`${model} has no column ${column}`);
  return type;
}

/** Of which kind the ids in a column are: a kind, or the name of the column that says it, or nothing where nobody reads them. */
export function idsOf(model: ModelName, column: string): { kind?: string; kindColumn?: string } {
  const of = (models[model].ids as Readonly<Record<string, string | undefined>>)[column];
  if (of === undefined) return {};
  return of in models ? { kind: of } : { kindColumn: of };
}

/** The number that stands for an id in a column; null where no row can have it. */
export function encodeId(model: ModelName, column: string, value: unknown): number | null {
  // As it was read by a statement of ours.
  if (typeof value === 'number') return value;
  const id = parseId(String(value));
  const { kind } = idsOf(model, column);
  return id && (kind === undefined || id.kind === kind) ? id.number : null;
}

/** What writes values of columns: see Dialect. */
interface Encoder {
  encode(type: ColumnType, value: unknown): unknown;
}

/** A value as the database's driver takes it. */
export function encode(model: ModelName, column: string, value: unknown, dialect: Encoder): unknown {
  if (value === null || value === undefined) return null;
  const type = columnType(model, column);
  if (type === 'Id') return encodeId(model, column, value);
  return type === 'Json' ? JSON.stringify(value) : dialect.encode(type, value);
}

/** Lists of columns that are kept for one thing. */
const LISTS_MAX = 64;

/**
 * What was made of the same columns before: to compare their names takes less than to put SQL together anew, and to look
 * up what was prepared by it.
 */
export class ByColumns<Made> {
  readonly #kept = new Map<string, { columns: readonly string[]; made: Made }[]>();

  /** What was made for `what` of these columns, or else is made now. */
  of(what: string, columns: readonly string[], make: () => Made): Made {
    const kept = this.#kept.get(what) ?? [];
    for (const known of kept) if (areSame(known.columns, columns)) return known.made;
    const made = make();
    if (kept.length >= LISTS_MAX) kept.length = 0;
    kept.push({ columns, made });
    this.#kept.set(what, kept);
    return made;
  }
}

function areSame(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false;
  for (let index = 0; index < some.length; index++) if (some[index] !== others[index]) return false;
  return true;
}

/** The row's columns and encoded values, in one order. */
export function encodeRow(model: ModelName, row: Row, dialect: Encoder): [columns: string[], values: unknown[]] {
  const columns = Object.keys(row);
  return [columns, encodeColumns(model, columns, row, dialect)];
}

/** The encoded values of these columns of a row. */
export function encodeColumns(model: ModelName, columns: readonly string[], row: Row, dialect: Encoder): unknown[] {
  const values: unknown[] = [];
  for (const column of columns) values.push(encode(model, column, row[column], dialect));
  return values;
}
