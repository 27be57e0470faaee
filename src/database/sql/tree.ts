/** What can be read of a tree of records, and what is answered. */

import type { ModelName, Row } from './columns.ts';
import type { Condition } from './conditions.ts';
import type { Sql } from './sql.ts';

/** What is wanted of one row. Relations appear in the row under `:` and their key. */
export interface RowRead {
  model: ModelName;
  columns: ReadonlySet<string>;
  relations: ReadonlyMap<string, OneRead | PageRead>;
}

/** A relation to one row, or none. */
export interface OneRead {
  is: 'one';
  relation: string;
  row: RowRead;
}

/** A term of an order. Empty values come last, in either direction. */
export interface OrderTerm {
  column: string;
  descending: boolean;
  /** Whether the column may be empty. */
  nullable: boolean;
  /** Set where few rows are found by a key and then sorted: no index is to be walked in this order. */
  sorted?: boolean;
}

/** A place in an order: the values of its terms. */
export type Position = readonly (string | number | null)[];

/** How the rows of a page are tied to the row above: by a relation of the model, or by equal columns (theirs: ours). */
export type PageLink = string | Readonly<Record<string, string>>;

/** A page of rows: by keyset, so that rows written meanwhile neither repeat nor hide others. */
export interface PageRead {
  is: 'page';
  /** None at the root. */
  link?: PageLink;
  row: RowRead;
  where: Condition;
  /** Ends in `id`, so that no two rows have one place. */
  order: readonly OrderTerm[];
  limit: number;
  /** The last rows instead of the first. */
  backward: boolean;
  after?: Position | undefined;
  before?: Position | undefined;
  /** What is asked for: rows are not read, and counted, when nobody looks. */
  wants: { rows: boolean; total: boolean; more: boolean };
  /** Rows marked as deleted are left out unless this is set. */
  withDeleted?: boolean;
  /** How many rows to leave out at the beginning. */
  skip?: Sql;
  /** Whether an index answers it at once; else others must not have to wait behind it. */
  quick?: boolean;
  /** Whether an index has the rows in this order. */
  ordered?: boolean;
}

/** A page as it was read. `rows` are in the asked order whichever end they were read from. */
export interface Page {
  rows: Row[];
  total?: number | undefined;
  /** Whether rows exist before the first and after the last. */
  hasPrevious: boolean;
  hasNext: boolean;
}

/** The row whose columns have these values. For keys, which one row has, or a few. */
export interface KeyRead {
  is: 'row';
  row: RowRead;
  key: Readonly<Record<string, string | number | boolean>>;
  /** Whether one that is marked as deleted is found too. */
  withDeleted: boolean;
}

/** What is answered to a read, by its kind. */
export interface TreeAnswers {
  page: Page;
  row: Row | null;
}

/** Where trees are read: the client (client.ts), or a view of it. */
export interface TreeReader {
  $read<R extends PageRead | KeyRead>(read: R): Promise<TreeAnswers[R['is']]>;
}
