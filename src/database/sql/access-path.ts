/**
 * Which way into a list that is filtered. Where many rows meet a condition, the list is walked in its order: the page is
 * soon full. Where few do, they are looked up from an index of values or texts, and sorted; so are many that stand together
 * where the walk has not come to them after a while. The databases cannot tell which: SQLite knows nothing of how many
 * there are, Postgres little of values of many kinds in one table, and both would keep to the plan that was right for the
 * values before. So it is looked at first, as far as it matters, and then said.
 */
import { columnsOf, type ModelName } from './columns.ts';
import { and, type Condition, conditionSql, conjunction, equals, INDEXED_MIN, ofFirmOnly } from './conditions.ts';
import type { Connection } from './connection.ts';
import type { AccessPath, Ask, Dialect } from './dialect.ts';
import { isTrue } from './rows.ts';
import { join, raw, type Sql, sql } from './sql.ts';
import type { PageRead } from './tree.ts';

/** Whether rows of a table are found so: it has an index of the parts of this column, and on SQLite numbers (prisma/). */
const isSearched = (model: ModelName) => columnsOf(model).searchText !== undefined;

/** Most keys of one list that are looked at. */
const KEYS_MAX = 3;

/** The rows to look at, of which `where` is still to be asked. */
export interface Few {
  /** That the row under an alias is among them, in a form that has the database begin with them. */
  among: (alias: Sql) => Sql;
  where: Condition;
  /** Whether they are so few that nobody has to wait behind them. */
  quick: boolean;
}

/** Many rows meet what was looked at: the list is walked. */
export interface Walk {
  /**
   * How far, in rows, and how much further when the page is not full by then. Beyond that they lie unevenly, such as all
   * that are named alike in a list by name.
   */
  reaches: readonly Sql[];
  /** What to do then; undefined where to walk on is best. */
  otherwise: () => Promise<Few | undefined>;
}

export type Route = Few | Walk | undefined;

/** How the page is best read, where there is a choice. */
export async function routeTo(connection: Connection, page: PageRead): Promise<Route> {
  const { model } = page.row;
  const { dialect } = connection;
  const { paths } = dialect;
  const ask: Ask = (statement) => connection.cells(statement, { long: true });
  // A read by a key is quick, because few have it.
  if (!isSearched(model) || (page.quick && paths.knowsKeys)) return undefined;
  const keys = keysInto(page.where, dialect).slice(0, KEYS_MAX);
  if (keys.length === 0) return undefined;
  const terms = conjunction(page.where);
  const firm = ofFirmOnly(page.where);
  const most = mostFew(page, dialect);
  const fewBy = (path: AccessPath, where: Condition, quick: boolean): Few => ({
    among: path.among ?? ((alias) => paths.isAmong(path.keys, alias)),
    where,
    quick,
  });
  const frequent: { path: AccessPath; where: Condition }[] = [];
  for (const key of keys) {
    // Found by rows beside them, they need not be asked for these.
    const where = 'rows' in key ? and(...terms.filter((term) => term !== key.rows)) : page.where;
    let closest: AccessPath | undefined;
    for (let path: AccessPath | undefined = await pathBy(key, model, firm, dialect, ask); path; path = path.closer) {
      const quick = most.some && !path.guessed;
      if (page.quick || (await hasAtMost(most.rows, path, quick, connection))) return fewBy(path, where, quick);
      closest = path;
    }
    if (closest) frequent.push({ path: closest, where });
  }
  // To sort or count them all takes as long as to walk.
  if (!most.some) return { reaches: [], otherwise: async () => undefined };
  return {
    // To find the end of a reach takes time, too, and most are found at its beginning.
    reaches: [sql`(${most.rows}) / 2`, sql`2 * (${most.rows})`],
    async otherwise() {
      const { rows } = mostToSort(page, paths);
      for (const { path, where } of frequent) {
        if (await hasAtMost(rows, path, false, connection)) return fewBy(path, where, false);
      }
      return undefined;
    },
  };
}

async function hasAtMost(most: Sql, path: AccessPath, quick: boolean, connection: Connection): Promise<boolean> {
  if (path.guessed) {
    return connection.dialect.paths.guessesAtMost(most, path.entries, (statement) =>
      connection.cells(statement, { long: true }),
    );
  }
  const counting = sql`WITH "found" AS (
      SELECT count(*) AS "rows" FROM (SELECT 1 FROM (${path.entries}) "entry" LIMIT (${most}) + 1) "entries"
    ) SELECT "rows" <= (${most}) AS "few" FROM "found"`;
  const [[few] = []] = await connection.cells(counting, { long: !quick });
  return isTrue(few);
}

/** A number of rows, and whether it is but some of all there are. */
interface Most {
  rows: Sql;
  some: boolean;
}

/**
 * Up to how many rows are few: of that many, looking them up takes as long as walking until the page is full of them, or,
 * of a list that is counted or in no index's order, as walking to its end.
 */
function mostFew(page: PageRead, { paths }: Dialect): Most {
  if (page.wants.total || !page.ordered) return mostToSort(page, paths);
  const product = sql`(${paths.rowsOf(page.row.model)}) * ${raw(String(page.limit + 1))}`;
  return { rows: paths.squareRoot(product), some: true };
}

/** Up to how many rows are quicker looked up and sorted than all are walked. */
function mostToSort({ row: { model } }: PageRead, paths: Dialect['paths']): Most {
  return { rows: paths.quarter(paths.rowsOf(model)), some: false };
}

/** What an index can be asked for: rows beside the record, parts of its text, or any of several such. */
type Key = { rows: Exists } | { texts: readonly string[] } | { any: readonly Key[] };

/**
 * The keys by which all rows that meet the condition can be found, each of them alone. `apart`: as one of several conditions.
 * Where rows are found by several indexes at once, those in the order of a column are found by that.
 */
function keysInto(condition: Condition, dialect: Dialect, apart = false): Key[] {
  switch (condition.is) {
    case 'and': {
      const terms = conjunction(condition);
      const texts = terms
        .filter((term) => isIndexedText(term))
        .map(({ text }) => text)
        .filter((text) => (apart && !dialect.paths.combinesIndexes) || !terms.some((term) => isInOrder(term, text)));
      const others = terms.filter((term) => !isIndexedText(term)).flatMap((term) => keysInto(term, dialect, apart));
      return texts.length > 0 ? [...others, { texts }] : others;
    }
    case 'or': {
      const any = condition.of.flatMap((term) => keysInto(term, dialect, true).slice(0, 1));
      return any.length > 0 && any.length === condition.of.length ? [{ any }] : [];
    }
    case 'exists':
      // Parts of the texts beside a record are in no index.
      return conjunction(condition.where).some(({ is }) => is === 'contains' || is === 'startsWith')
        ? []
        : [{ rows: condition }];
    case 'existsEvery':
      return condition.values.map((value) => ({
        rows: { ...condition, is: 'exists', where: and(condition.where, equals(condition.column, value)) },
      }));
    case 'contains':
    case 'startsWith':
      return isIndexedText(condition) ? [{ texts: [condition.text] }] : [];
    default:
      return [];
  }
}

async function pathBy(key: Key, model: ModelName, firm: Condition, dialect: Dialect, ask: Ask): Promise<AccessPath> {
  if ('rows' in key) return pathByRows(key.rows, model, firm, dialect);
  if ('texts' in key) return dialect.paths.byTexts(key.texts, model, ask);
  const each: AccessPath[] = [];
  for (const one of key.any) each.push(await pathBy(one, model, firm, dialect, ask));
  return {
    entries: anyOf(each.map(({ entries }) => entries)),
    keys: anyOf(each.map(({ keys }) => keys)),
    guessed: each.some(({ guessed }) => guessed),
  };
}

const anyOf = (selects: readonly Sql[]): Sql => join(selects, ' UNION ALL ');

function pathByRows(
  { model: beside, on, where }: Exists,
  model: ModelName,
  firm: Condition,
  dialect: Dialect,
): AccessPath {
  const [last] = conjunction(where)
    .flatMap((term) => ('operand' in term ? [term.operand] : []))
    .reverse();
  const met = conditionSql(and(firm, where), beside, raw('"v"'), dialect);
  return dialect.paths.byRows({ model, beside, met, on, last: typeof last === 'string' ? last : undefined });
}

type Exists = Extract<Condition, { is: 'exists' }>;
type Text = Extract<Condition, { is: 'contains' | 'startsWith' }>;

/** Whether rows with the text are found in the order of a column: those that begin with it. */
function isInOrder(condition: Condition, text: string): boolean {
  return condition.is === 'startsWith' && typeof condition.operand === 'string' && condition.text === text;
}

/** A condition on the text of which an index holds the parts. Control characters are what stands between them. */
function isIndexedText(condition: Condition): condition is Text {
  const { is } = condition;
  return (
    (is === 'contains' || is === 'startsWith') &&
    condition.operand === 'searchText' &&
    [...condition.text].length >= INDEXED_MIN &&
    !/\p{Cc}/u.test(condition.text)
  );
}
