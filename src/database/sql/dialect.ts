/** What differs between databases in the SQL of reads. A database that is added brings one such object, with its store. */
import type { ColumnType, ModelName } from './columns.ts';
import type { Sql, Statement } from './sql.ts';

export interface Dialect {
  /** The database, as Prisma calls it. */
  readonly name: string;
  /** Whether parameters are numbered (`$1`); otherwise each is a `?`. */
  readonly numbered: boolean;

  /** A value that is neither empty, an id nor JSON, as the driver takes it. */
  encode(type: ColumnType, value: unknown): unknown;
  /** What makes the value of a cell that is no id; undefined where it comes as it is. */
  decoder(type: ColumnType, form: Form): ((cell: unknown) => unknown) | undefined;
  /** A column as a cell. */
  cell(column: string, type: ColumnType, form: Form): string;
  /** The function that makes a JSON array of its arguments. */
  readonly jsonArray: string;
  /** What goes before and behind an argument of it that is JSON itself. */
  readonly asJson: readonly [before: string, behind: string];

  /** The text in a JSON column to be compared, as a number where it is one. */
  jsonOperand(text: Sql, isNumber: boolean): Sql;
  /** That the operand is one of the values, with one parameter for all of them. */
  isAmong(operand: Sql, values: readonly unknown[]): Sql;
  /** That the operand is what one of these rows has, which are worked out first. */
  isAmongRows(operand: Sql, rows: Sql): Sql;
  /** `searched`: parts of the operand are in an index. `walk`: rows are looked at one by one, by no index of this. */
  contains(operand: Sql, text: string, how: { searched: boolean; walk: boolean }): Sql;
  startsWith(operand: Sql, text: string): Sql;
  /** That no later commit can precede the entry of the feed. */
  settled(alias: Sql): Sql;
  /** That there is a row `FROM …`. Unless it `mayJoin`, rows are looked for one by one. */
  exists(rows: Sql, mayJoin: boolean): Sql;

  /** The rows under `"j"` as one cell, which is not made to its end when it would be too large. */
  list(rows: Sql, size: { rows: number; level: number }): Sql;
  /** Whether rows are to be selected before their cells are worked out, since those of all would be before they are sorted. */
  readonly rowsFirst: boolean;
  /** What goes before a column in an order by which no index is to be walked. */
  readonly byNoIndex: string;

  /** How filtered lists are best read. */
  readonly paths: PathDialect;
}

/** How cells come: as columns of the statement, or as a JSON array inside one of them. */
export type Form = 'columns' | 'json';

/** What access paths look like: see access-path.ts. */
export interface PathDialect {
  /** Whether the planner sees by itself that a key leads to few rows. */
  readonly knowsKeys: boolean;
  /** Whether rows are found by several indexes at once. */
  readonly combinesIndexes: boolean;
  /** Whether to count a list that is walked, the database looks for a way of its own. */
  readonly countsByItself: boolean;
  /** What goes behind a table of which rows are found by keys that are in none of its indexes. */
  readonly byNoIndex: string;
  /** That the row under the alias is one of these keys, in a form that has the database begin with them. */
  isAmong(keys: Sql, alias: Sql): Sql;
  /** About how many rows the table has, as a SELECT. */
  rowsOf(model: ModelName): Sql;
  squareRoot(product: Sql): Sql;
  quarter(rows: Sql): Sql;
  /** By rows beside those of `model`. */
  byRows(beside: Beside): AccessPath;
  /** By parts of texts in an index, with the rows that are not indexed yet. */
  byTexts(texts: readonly string[], model: ModelName, ask: Ask): Promise<AccessPath>;
  /** Whether the planner thinks that there are at most so many entries. */
  guessesAtMost(most: Sql, entries: Sql, ask: Ask): Promise<boolean>;
}

/** Rows beside others. */
export interface Beside {
  /** The model of the rows that are looked for. */
  model: ModelName;
  /** The rows beside them, under `"v"`: those that meet `met`. */
  beside: ModelName;
  met: Sql;
  /** Their columns by those of the rows that are looked for. */
  on: Readonly<Record<string, string>>;
  /** The last of their columns that is asked for: an index has them in its order. */
  last: string | undefined;
}

/** Runs a statement that looks how rows are best found. */
export type Ask = (statement: Statement) => Promise<unknown[][]>;

/** A way into a list. */
export interface AccessPath {
  /** Selects one row for each that an index has, or more. */
  entries: Sql;
  /** Selects keys of rows, those of all that meet the condition among them, as `isAmong` takes them. */
  keys: Sql;
  /** That a row is one of them, where that is said in another way than by its key. */
  among?: (alias: Sql) => Sql;
  /** Whether to count its entries takes as long as to look them up, so that the planner is asked how many it thinks there are. */
  guessed: boolean;
  /** One that takes longer and leads to fewer. */
  closer?: AccessPath;
}
