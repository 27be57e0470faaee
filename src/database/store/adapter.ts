/** What a store does: reads, atomic writes, and all that Prisma asks of a driver adapter. */
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { Connection, ModelName, Row } from '../sql/index.ts';
import type { FailureOf } from './failures.ts';

/** One entry of the change feed, before it has its sequence. */
export interface ChangeEntry {
  firmId: number;
  at: string;
  actor: string;
  kind: 'CREATED' | 'UPDATED' | 'DELETED' | 'RESTORED' | 'MERGED';
  entity: string;
  /** Or the number that stands for it. */
  entityId: string | number;
  before: Row | null;
  after: Row | null;
}

/** A part of one atomic write. `where` is a conjunction of equal columns; null means empty. */
export type Write =
  | { kind: 'insert'; model: ModelName; rows: readonly Row[] }
  /** Must meet exactly one row, else the whole write is `stale`: `where` holds the key and the revision that was read. */
  | { kind: 'update'; model: ModelName; where: Row; set: Row }
  /** As many updates as there are rows, all of the same columns. */
  | { kind: 'updateEach'; model: ModelName; rows: readonly { where: Row; set: Row }[] }
  /** Like update: must meet exactly one row. */
  | { kind: 'delete'; model: ModelName; where: Row }
  /** Deletes any number of rows, or at `most` so many of them. */
  | { kind: 'deleteAll'; model: ModelName; where: Row; most?: number }
  /** Deletes the rows that equal one of these in all columns named, which are the same of each and hold no null. */
  | { kind: 'deleteEach'; model: ModelName; rows: readonly Row[] }
  | { kind: 'record'; changes: readonly ChangeEntry[] }
  /**
   * Must meet exactly one row, which then stays as it is until the commit. For what a record points at where no foreign
   * key sees it go: rows that are kept when they are deleted.
   */
  | { kind: 'require'; model: ModelName; where: Row }
  /** The same of several, which differ and are named by the same columns. */
  | { kind: 'requireEach'; model: ModelName; rows: readonly Row[] }
  /** Waits for whoever requires the row, so that the other parts meet what they wrote. For what marks it as deleted. */
  | { kind: 'lock'; model: ModelName; where: Row }
  | UpdateAll;

/**
 * Sets the same values on any number of rows, but for the one whose id is `except`, and raises their revision where they
 * have one. With a `change`, enters it for each row that meets `told`, which must not name columns in `set`; the model
 * then has an `id`.
 */
export interface UpdateAll {
  kind: 'updateAll';
  model: ModelName;
  where: Row;
  except?: string | undefined;
  set: Row;
  told: Row;
  change: Omit<ChangeEntry, 'entityId'> | null;
}

/**
 * Most entries of the feed in one commit. Postgres has room for 2^20 in a sequence; SQLite holds up everything else in
 * the process while it writes them.
 */
export const ENTRIES_MAX = 100_000;

/** The connection of an interactive transaction. */
export interface TransactionConnection extends Connection {
  /** As the adapter's, but what it writes is committed with the transaction, or not at all. */
  commit(writes: readonly Write[]): Promise<'committed' | 'stale'>;
}

/**
 * The driver adapter of a database: it owns the connections, serves Prisma's client (`connect`), and runs the reads and
 * commits that Prisma does not have.
 */
export interface Adapter extends Connection, SqlDriverAdapterFactory {
  readonly provider: 'sqlite' | 'postgres';
  /**
   * Applies all of `writes` or none. `stale`: a guarded row was not there as expected, or another writer was in the
   * way; nothing was written; read again and retry. Throws UniqueViolation or ForeignKeyViolation (violations.ts).
   */
  commit(writes: readonly Write[]): Promise<'committed' | 'stale'>;
  /** Throws when the database does not answer, or is no longer there. */
  check(): Promise<void>;
  /**
   * Differs once rows of these models may have been committed, by whomever. Undefined where that takes a statement's way
   * (Postgres).
   */
  version(models: readonly ModelName[]): string | undefined;
  /** What an error of the database is. */
  readonly failureOf: FailureOf;
  /** Ends all connections. Prisma's client must be disconnected before. */
  close(): Promise<void>;
}
