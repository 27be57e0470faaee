/** Rows that records are checked against when they are written: looked up one by one, or ahead for many records at once. */

import {
  and,
  columnsOf,
  equals,
  type ModelName,
  type Row,
  type RowRead,
  readRows,
  valued,
} from '../database/sql/index.ts';
import { unstorable } from '../fields/parse.ts';
import { loaded } from './batch.ts';
import { findByKeys, type Key, type Keyed, keyText } from './keys.ts';
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

/** What is known of a record that others point at. */
interface Target {
  readonly trackingId: string | null;
  readonly live: boolean;
}

/** Most rows that are read ahead in one statement. */
const AHEAD_MAX = 1_000;
/** The same for the writes of a batch. */
const TOGETHER_MAX = 10_000;

/** The look-ups of one write. */
export class Lookups {
  readonly #writer: Writer;
  /** What was read ahead, by value. */
  readonly #ahead = new Map<Lookup, ReadonlyMap<string, Row[]>>();
  /** What is known of records by their ids, by model; null of ids that no record has. */
  readonly #targets = new Map<ModelName, Map<string, Target | null>>();
  /** What keys led to, by model. */
  readonly #keyed = new Map<ModelName, Map<string, readonly Row[]>>();

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
    return this.#ahead.get(wanted)?.get(value) ?? this.#rowsOf(wanted, value);
  }

  /** Notes a record that is there, or is made in the same commit: it need not be looked up to be pointed at. */
  note(model: ModelName, { id, trackingId, deletedAt }: Row): void {
    const target = {
      trackingId: typeof trackingId === 'string' ? trackingId : null,
      live: (deletedAt ?? null) === null,
    };
    this.#targetsOf(model).set(String(id), target);
  }

  /** Reads what is not known yet of the records with these ids, in one statement. */
  async targets(model: ModelName, ids: Iterable<string>): Promise<void> {
    const known = this.#targetsOf(model);
    const others = [...new Set(ids)].filter((id) => !known.has(id));
    if (others.length === 0) return;
    const { database, viewer } = this.#writer;
    const read = targetRead(model);
    const found = await loaded(database, [read], others, async (all) => {
      const ids = [...new Set(all)];
      const where = and(equals('firmId', viewer.firmId), valued('id', ids));
      const rows = await readRows(database, read, where, { limit: ids.length, withDeleted: true });
      return new Map(rows.map((row) => [String(row.id), row]));
    });
    for (const id of others) {
      const row = found.get(id);
      if (row) this.note(model, row);
      else known.set(id, null);
    }
  }

  /** What is known of a record; null when there is none. */
  target(model: ModelName, id: string): Target | null {
    return this.#targetsOf(model).get(id) ?? null;
  }

  /** The records that keys name, by the texts of these: those not looked up before in one statement. */
  async keyed(kind: Keyed, keys: readonly Key[]): Promise<ReadonlyMap<string, readonly Row[]>> {
    const known = this.#keyed.get(kind.model) ?? new Map<string, readonly Row[]>();
    this.#keyed.set(kind.model, known);
    const others = keys.filter((key) => !known.has(keyText(key)));
    const found = await findByKeys(this.#writer, kind, others, targetRead(kind.model));
    for (const text of others.map(keyText)) {
      const rows = found.get(text) ?? [];
      known.set(text, rows);
      for (const row of rows) this.note(kind.model, row);
    }
    return known;
  }

  /** Notes what a key leads to: a record that is made in the same commit. */
  noteKey({ model }: Keyed, key: Key, row: Row): void {
    this.#keyed.get(model)?.set(keyText(key), [row]);
    this.note(model, row);
  }

  #targetsOf(model: ModelName): Map<string, Target | null> {
    const known = this.#targets.get(model);
    if (known) return known;
    const fresh = new Map<string, Target | null>();
    this.#targets.set(model, fresh);
    return fresh;
  }

  /** The rows of one value, read with those of other values that are looked up in the same turn. */
  async #rowsOf(wanted: Lookup, value: string): Promise<readonly Row[]> {
    const found = await loaded(this.#writer.database, [wanted], [value], async (all) => {
      const values = [...new Set(all)];
      const limit = Math.min(values.length * wanted.limit, TOGETHER_MAX);
      const rows = await this.#rows(wanted, values, limit);
      // There may be more: then each value is looked up by itself.
      if (values.length > 1 && rows.length === limit && wanted.limit > 1) return undefined;
      return rowsBy(wanted.by, rows);
    });
    return found ? (found.get(value) ?? []) : this.#rows(wanted, [value], wanted.limit);
  }

  #rows({ read, by }: Lookup, values: readonly string[], limit: number): Promise<Row[]> {
    const { database, viewer } = this.#writer;
    return readRows(database, read, and(equals('firmId', viewer.firmId), valued(by, values)), { limit });
  }
}

function rowsBy(column: string, rows: readonly Row[]): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const value = String(row[column]);
    const known = found.get(value);
    if (known) known.push(row);
    else found.set(value, [row]);
  }
  return found;
}

const targetReads = new Map<ModelName, RowRead>();

/** What is read of a record that others point at: whether it is there, and what it is known by. */
function targetRead(model: ModelName): RowRead {
  const known = targetReads.get(model);
  if (known) return known;
  const columns = ['id', 'trackingId', 'deletedAt', 'mergedIntoId'].filter((column) => columnsOf(model)[column]);
  const read: RowRead = { model, columns: new Set(columns), relations: new Map() };
  targetReads.set(model, read);
  return read;
}
