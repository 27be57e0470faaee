/** What every write of a record shares: retrying when another writer was first, and telling what really changed. */
import { isDeepStrictEqual } from 'node:util';
import { DomainError } from '../base/errors.ts';
import type { Database } from '../database/client.ts';
import type { ModelName, Row } from '../database/sql/index.ts';
import { type ChangeEntry, ForeignKeyViolation, UniqueViolation, type Write } from '../database/store/index.ts';
import type { Values } from '../fields/patch.ts';
import type { Viewer } from '../session/viewer.ts';
import type { NormalizedValue } from './normalize.ts';
import { inTurn } from './turns.ts';

/** Who writes, and where. */
export interface Writer {
  database: Database;
  viewer: Viewer;
}

/** What a write did. */
export interface Saved {
  row: Row;
  /** RESTORED: it was deleted, and is back. */
  result: 'CREATED' | 'UPDATED' | 'RESTORED';
  /** The fields that really changed, by their input names. */
  changedFields: string[];
  /** What `normalize` took as something else than was sent. */
  normalized?: readonly NormalizedValue[];
}

/** How often, and for how long in milliseconds, a write is tried again when another process's writer was first. */
const ATTEMPTS_MAX = 100;
const PATIENCE = 30_000;
/** A row may vanish between the check of a reference and the write; checked again, the error names the field. */
const REFERENCE_ATTEMPTS_MAX = 3;
/** The same for a value that was taken between the check and the write, and let go again. */
const UNIQUE_ATTEMPTS_MAX = 5;

/** Thrown by an attempt that found the record changed under its hands. */
export class Stale extends Error {
  override readonly name = 'Stale';
}

/**
 * Runs `attempt` until it is not undone by another writer. An attempt reads, decides and commits; it throws Stale, or
 * lets a violation through, when what it read no longer holds. A violation that comes back has another cause: a foreign
 * key is reported as a conflict, and a unique key that nobody seems to hold is a fault of ours and stays one.
 */
export async function retrying<T>(attempt: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE;
  let dangling = 0;
  let taken = 0;
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      const again =
        (error instanceof Stale && tried < ATTEMPTS_MAX && performance.now() < until) ||
        (error instanceof ForeignKeyViolation && ++dangling < REFERENCE_ATTEMPTS_MAX) ||
        (error instanceof UniqueViolation && ++taken < UNIQUE_ATTEMPTS_MAX);
      if (again) continue;
      if (error instanceof Stale) throw new DomainError('CONFLICT', 'The record keeps changing; try again.');
      if (error instanceof ForeignKeyViolation) {
        throw new DomainError('CONFLICT', 'A record that this one is tied to keeps changing; try again.');
      }
      throw error;
    }
  }
}

/** Throws CONFLICT unless the record is at the revision that the call was made for, where one is given. */
export function revisionIs(
  { what }: { what: string },
  { revision }: Row,
  expectedRevision: number | null | undefined,
): void {
  if (typeof expectedRevision !== 'number' || expectedRevision === revision) return;
  const message = `is ${expectedRevision}, but the ${what} is at revision ${revision}; read it again`;
  throw new DomainError('CONFLICT', `expectedRevision: ${message}`, [
    { path: ['expectedRevision'], code: 'CONFLICT', message },
  ]);
}

/** The same in turn with the other writers of these records in this process. */
export function changing<T>(writer: Writer, ids: readonly string[], attempt: () => Promise<T>): Promise<T> {
  const keys = ids.map((id) => lineOf(writer.viewer.firmId, id));
  return takingTurns(writer, keys, () => retrying(attempt));
}

/**
 * Runs `work` in turn with other writers under these keys; in a transaction at once. A transaction holds what it wrote until
 * it ends, so whoever is before it in a line may be waiting for it. As always, turns are for speed, and guards make it right.
 */
export function takingTurns<T>(
  { database }: Writer,
  keys: string | readonly string[],
  work: (waited: boolean) => Promise<T>,
): Promise<T> {
  return database.$inTransaction ? work(false) : inTurn(keys, work);
}

/** The key under which writers of a record take turns. */
export function lineOf(firmId: number, id: string): string {
  return `${firmId} ${id}`;
}

/** Commits, or throws Stale when a guard did not hold. */
export async function commit(database: Database, writes: readonly Write[]): Promise<void> {
  if ((await database.$commit(writes)) === 'stale') throw new Stale();
}

/** The names, among `names`, whose values differ. */
export function changedNames(names: readonly string[], before: Values, after: Values): string[] {
  return names.filter((name) => differ(before[name] ?? null, after[name] ?? null));
}

function differ(one: unknown, other: unknown): boolean {
  if (one === other) return false;
  // Only of these are there equal ones that are not the same.
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return true;
  return !isDeepStrictEqual(one, other);
}

/** The part of `values` under the given names. */
export function pick(values: Values, names: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const name of names) picked[name] = values[name] ?? null;
  return picked;
}

/** An entry of the change feed by this writer. */
export function changeEntry(
  { viewer }: Writer,
  entry: Pick<ChangeEntry, 'kind' | 'entity' | 'entityId' | 'before' | 'after' | 'at'>,
): ChangeEntry {
  return { firmId: viewer.firmId, actor: viewer.tokenName, ...entry };
}

/**
 * A row beside a record that keeps something unique or searchable. Two rows with one key are equal throughout, and all
 * that tells two rows apart is in their primary key: Postgres takes no row away and puts one of the same key in its
 * place within one statement.
 */
export interface SideRow {
  model: ModelName;
  key: string;
  row: Row;
  /** The columns that find it again. */
  where: Row;
}

/** The writes that turn the side rows of a record from `before` into `after`: only what differs is touched. */
export function sideWrites(before: readonly SideRow[], after: readonly SideRow[]): Write[] {
  const had = new Map(before.map((side) => [side.key, side]));
  const inserted = new Map<ModelName, Row[]>();
  for (const side of after) {
    if (had.delete(side.key)) continue;
    const rows = inserted.get(side.model);
    if (rows) rows.push(side.row);
    else inserted.set(side.model, [side.row]);
  }
  const deletes = [...had.values()].map(({ model, where }): Write => ({ kind: 'deleteAll', model, where }));
  const inserts = [...inserted].map(([model, rows]): Write => ({ kind: 'insert', model, rows }));
  return [...deletes, ...inserts];
}
