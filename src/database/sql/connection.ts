/** What reading asks of a database, and the forms that values have. */
import type { Meter } from '../../base/meter.ts';
import type { models } from '../generated/models.ts';
import type { Provider, Statement } from './sql.ts';

export type ModelName = keyof typeof models;

/** Column values as the program holds them: instants are text as `storedInstant` makes it, JSON columns are plain values. */
export type Row = Readonly<Record<string, unknown>>;

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

/** Where reads of trees are sent, statement by statement. */
export interface Connection {
  readonly provider: Provider;
  /** Runs one reading statement and returns its rows as lists of columns: as they are on SQLite, as text on Postgres. */
  cells(statement: Statement, options?: ReadOptions): Promise<unknown[][]>;
}

/** An instant as the program holds and compares it: UTC with milliseconds. */
export function storedInstant(instant: Date = new Date()): string {
  return `${instant.toISOString().slice(0, -1)}+00:00`;
}

const INSTANT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/i;

/**
 * An instant written with its offset (RFC 3339, seconds optional), in the form it is stored. Undefined when the text is
 * something else, names a day or hour that does not exist, or lies outside the years 1 to 9999 in UTC, which is all
 * Postgres and SQLite share.
 */
export function parseInstant(text: string): string | undefined {
  const local = INSTANT.exec(text)?.[1]?.toUpperCase();
  // Date takes 2026-02-30 for March 2, and 24:00 for the next day.
  if (local === undefined || !storedOf(`${local}Z`)?.startsWith(local)) return undefined;
  const stored = storedOf(text.toUpperCase());
  return stored !== undefined && /^(?!0000)\d{4}-/.test(stored) ? stored : undefined;
}

function storedOf(text: string): string | undefined {
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? undefined : storedInstant(instant);
}
