/** What reading asks of a database, and the forms that values have. */
import type { Meter } from '../../base/meter.ts';
import type { Dialect } from './dialect.ts';
import type { Statement } from './sql.ts';

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
  readonly dialect: Dialect;
  /** Runs one reading statement and returns its rows as lists of columns: as they are on SQLite, as text on Postgres. */
  cells(statement: Statement, options?: ReadOptions): Promise<unknown[][]>;
}
