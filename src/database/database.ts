/** What the rest of the program knows of a database: reads, atomic writes, and Prisma for all that is not hot. */
import type { Meter } from '../meter.ts';
import type { models } from './generated/models.ts';
import type { PrismaClient } from './generated/sqlite/client.ts';
import type { Provider, Statement } from './sql.ts';

export type ModelName = keyof typeof models;

/** Column values as the program holds them: instants are text as `storedInstant` makes it, JSON columns are plain values. */
export type Row = Readonly<Record<string, unknown>>;

/** One entry of the change feed, before it has its sequence. */
export interface ChangeEntry {
  firmId: string;
  at: string;
  actor: string;
  kind: 'CREATED' | 'UPDATED' | 'DELETED' | 'RESTORED' | 'MERGED';
  entity: string;
  entityId: string;
  before: Row | null;
  after: Row | null;
}

/** A part of one atomic write. `where` is a conjunction of equal columns; null means empty. */
export type Write =
  | { kind: 'insert'; model: ModelName; rows: readonly Row[] }
  /** Must meet exactly one row, else the whole write is `stale`: `where` holds the key and the revision that was read. */
  | { kind: 'update'; model: ModelName; where: Row; set: Row }
  /** Like update: must meet exactly one row. */
  | { kind: 'delete'; model: ModelName; where: Row }
  /** Deletes any number of rows. */
  | { kind: 'deleteAll'; model: ModelName; where: Row }
  | { kind: 'record'; changes: readonly ChangeEntry[] }
  /**
   * Must meet exactly one row, which then stays as it is until the commit. For what a record points at where no foreign
   * key sees it go: rows that are kept when they are deleted.
   */
  | { kind: 'require'; model: ModelName; where: Row }
  /** Waits for whoever requires the row, so that the other parts meet what they wrote. For what marks it as deleted. */
  | { kind: 'lock'; model: ModelName; where: Row }
  /**
   * Sets the same values on any number of rows of a model with `id` and `revision`, raises their revision, and enters
   * the same change for each that meets `told`, which must not speak of columns in `set`.
   */
  | { kind: 'updateAll'; model: ModelName; where: Row; set: Row; told: Row; change: Omit<ChangeEntry, 'entityId'> };

/** How a statement is read. */
export interface ReadOptions {
  /** It may take long, so that others must not wait behind it. */
  long?: boolean;
  /** Most rows it returns. */
  rows?: number;
  /** The same with all rows that are nested in them. */
  within?: number;
  /** Counts the rows while they come in; what it throws ends the statement. */
  meter?: Meter | undefined;
}

export interface Database {
  readonly provider: Provider;
  /** Prisma's client, for definitions, firms and tokens. One statement a call: never `$transaction` or nested writes. */
  prisma(): Promise<PrismaClient>;
  /** What caches of things in this database are kept under: the same for every view of it. */
  readonly identity: object;
  /** Runs one reading statement and returns its rows as objects. For what is rare; it may take long. */
  query<T>(statement: Statement): Promise<T[]>;
  /** Runs one reading statement and returns its rows as lists of columns: as they are on SQLite, as text on Postgres. */
  cells(statement: Statement, options?: ReadOptions): Promise<unknown[][]>;
  /** Throws when the database does not answer, or is no longer there. */
  check(): Promise<void>;
  /**
   * Applies all of `writes` or none. `stale`: a guarded row was not there as expected, or another writer was in the
   * way; nothing was written; read again and retry. Throws UniqueViolation or ForeignKeyViolation (violations.ts).
   */
  commit(writes: readonly Write[]): Promise<'committed' | 'stale'>;
  close(): Promise<void>;
}

/** An instant as both databases store and compare it (and as Prisma writes it on SQLite): UTC with milliseconds. */
export function storedInstant(instant: Date = new Date()): string {
  return instant.toISOString().replace('Z', '+00:00');
}

/** The instant that a text tells, as it is stored; undefined when it is none, or in UTC of a year that Postgres has not. */
export function parseInstant(text: string): string | undefined {
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime())) return undefined;
  const stored = storedInstant(instant);
  return /^(?!0000)\d{4}-/.test(stored) ? stored : undefined;
}
