/** Rows that records are checked against when they are written: looked up one by one, or ahead for many records at once. */
import { and, equals, type ModelName, oneOf, type Row, type RowRead, readRows } from '../database/sql/index.ts';
import { unstorable } from '../fields/parse.ts';
import type { Writer } from './write.ts';

/** What is looked up: rows of a model, by the value of one column. */
export interface Lookup {
  read: RowRead;
  by: string;
  /** Most rows that matter for one value. */
  limit: number;
}

/** A look-up of the columns of a model; at most one row for each value unless `limit` says otherwise. */
export function lookup(model: ModelName, by: string, columns: readonly string[] = [], limit = 1): Lookup {
  return { read: { model, columns: new Set([by, ...columns]), relations: new Map() }, by, limit };
}

/** Most rows that are read ahead in one statement. */
const AHEAD_MAX = 1_000;

/** The look-ups of one write. */
export class Lookups {
  readonly #writer: Writer;
  /** What was read ahead, by value. */
  readonly #ahead = new Map<Lookup, ReadonlyMap<string, Row[]>>();

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  /** Reads what the values of several records will lead to, in one statement. */
  async ahead(wanted: Lookup, values: readonly unknown[]): Promise<void> {
    const known = new Map<string, Row[]>();
    for (const value of values) if (typeof value === 'string' && !unstorable(value)) known.set(value, []);
    // For one record there is nothing to be saved: what it does not need is not read.
    if (values.length < 2 || known.size === 0) return;
    const rows = await this.#rows(wanted, [...known.keys()], AHEAD_MAX);
    // There may be more: then each value is looked up by itself.
    if (rows.length === AHEAD_MAX) return;
    for (const row of rows) known.get(String(row[wanted.by]))?.push(row);
    this.#ahead.set(wanted, known);
  }

  /** The rows of one value. */
  async find(wanted: Lookup, value: string): Promise<readonly Row[]> {
    return this.#ahead.get(wanted)?.get(value) ?? this.#rows(wanted, [value], wanted.limit);
  }

  /** Those of the values that there are rows of. Reads what was not read ahead in one statement. */
  async present(wanted: Lookup, values: readonly string[]): Promise<Set<string>> {
    const ahead = this.#ahead.get(wanted);
    const others = values.filter((value) => !ahead?.has(value));
    const rows = others.length > 0 ? await this.#rows(wanted, others, others.length) : [];
    const found = new Set(rows.map((row) => String(row[wanted.by])));
    return new Set(values.filter((value) => found.has(value) || (ahead?.get(value) ?? []).length > 0));
  }

  #rows({ read, by }: Lookup, values: readonly string[], limit: number): Promise<Row[]> {
    const { database, viewer } = this.#writer;
    const [only] = values;
    const valued = values.length === 1 && only !== undefined ? equals(by, only) : oneOf(by, values);
    return readRows(database, read, and(equals('firmId', viewer.firmId), valued), { limit });
  }
}

const byIds = new Map<string, Lookup>();

/** The look-up of records of a model by their ids, as references are checked. */
export function byId(model: ModelName): Lookup {
  const known = byIds.get(model) ?? lookup(model, 'id');
  byIds.set(model, known);
  return known;
}
