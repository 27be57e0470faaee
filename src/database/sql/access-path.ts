/**
 * Which way into a list that is filtered. Where many rows meet a condition, the list is walked in its order: the page is
 * soon full. Where few do, they are looked up from an index of values or texts, and sorted; so are many that stand together
 * where the walk has not come to them after a while. The databases cannot tell which: SQLite knows nothing of how many
 * there are, Postgres little of values of many kinds in one table, and both would keep to the plan that was right for the
 * values before. So it is looked at first, as far as it matters, and then said.
 */
import { columnsOf } from './columns.ts';
import {
  and,
  beginningWith,
  type Condition,
  conditionSql,
  conjunction,
  contains,
  equals,
  INDEXED_MIN,
  ofFirmOnly,
} from './conditions.ts';
import type { Connection, ModelName } from './connection.ts';
import { isTrue } from './rows.ts';
import { join, name, type Provider, raw, type Sql, sql } from './sql.ts';
import type { PageRead } from './tree.ts';

/** Whether rows of a table are found so: it has an index of the parts of this column, and on SQLite numbers (prisma/). */
const isSearched = (model: ModelName) => columnsOf(model).searchText !== undefined;

/** Most keys of one list that are looked at. */
const KEYS_MAX = 3;

/** Characters of the parts that SQLite's index of texts holds (prisma/sqlite/search-triggers.sql). */
const PART = 5;

/** Most parts of a text that are compared, by how many rows of each, and how many are then looked for. */
const PARTS_MAX = 12;
const REACH = 64;
const PARTS = 3;

interface Way {
  /** Selects one row for each that an index has, or more. */
  entries: Sql;
  /** Selects keys of rows, those of all that meet the condition among them: numbers on SQLite, ids on Postgres. */
  keys: Sql;
  /** That a row is one of them, where that is said in another way than by its key. */
  among?: (alias: Sql) => Sql;
  /** Whether to count its entries takes as long as to look them up, so that the planner is asked how many it thinks there are. */
  guessed: boolean;
  /** One that takes longer and leads to fewer. */
  closer?: Way;
}

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
  const { provider } = connection;
  // A read by a key is quick, because few have it; Postgres sees that by itself.
  if (!isSearched(model) || (page.quick && provider === 'postgres')) return undefined;
  const keys = keysInto(page.where, provider).slice(0, KEYS_MAX);
  if (keys.length === 0) return undefined;
  const terms = conjunction(page.where);
  const firm = ofFirmOnly(page.where);
  const most = mostFew(page, provider);
  const fewBy = (way: Way, where: Condition, quick: boolean): Few => ({
    among: way.among ?? ((alias) => amongKeys(way.keys, alias, provider)),
    where,
    quick,
  });
  const frequent: { way: Way; where: Condition }[] = [];
  for (const key of keys) {
    // Found by rows beside them, they need not be asked for these.
    const where = 'rows' in key ? and(...terms.filter((term) => term !== key.rows)) : page.where;
    let closest: Way | undefined;
    for (let way: Way | undefined = await wayBy(key, model, firm, connection); way; way = way.closer) {
      const quick = most.some && !way.guessed;
      if (page.quick || (await hasAtMost(most.rows, way, quick, connection))) return fewBy(way, where, quick);
      closest = way;
    }
    if (closest) frequent.push({ way: closest, where });
  }
  // To sort or count them all takes as long as to walk.
  if (!most.some) return { reaches: [], otherwise: async () => undefined };
  return {
    // To find the end of a reach takes time, too, and most are found at its beginning.
    reaches: [sql`(${most.rows}) / 2`, sql`2 * (${most.rows})`],
    async otherwise() {
      const { rows } = mostToSort(page, provider);
      for (const { way, where } of frequent) {
        if (await hasAtMost(rows, way, false, connection)) return fewBy(way, where, false);
      }
      return undefined;
    },
  };
}

function amongKeys(keys: Sql, alias: Sql, provider: Provider): Sql {
  return provider === 'sqlite' ? sql`${alias}."rowNumber" IN (${keys})` : sql`${alias}."id" = ANY(ARRAY(${keys}))`;
}

async function hasAtMost(most: Sql, way: Way, quick: boolean, connection: Connection): Promise<boolean> {
  if (way.guessed) return guessesAtMost(most, way, connection);
  const counting = sql`WITH "found" AS (
      SELECT count(*) AS "rows" FROM (SELECT 1 FROM (${way.entries}) "entry" LIMIT (${most}) + 1) "entries"
    ) SELECT "rows" <= (${most}) AS "few" FROM "found"`;
  const [[few] = []] = await connection.cells(counting, { long: !quick });
  return isTrue(few);
}

/**
 * Postgres' guess is made from a sample, so it is right to a hundredth of the table or so: to look that many up takes some
 * 50 ms of a million rows, and to walk before that some 10.
 */
async function guessesAtMost(most: Sql, { entries }: Way, connection: Connection): Promise<boolean> {
  const [[[plan] = []], [[limit] = []]] = await Promise.all([
    connection.cells(sql`EXPLAIN (FORMAT JSON) SELECT 1 FROM (${entries}) "entry"`, { long: true }),
    connection.cells(sql`SELECT ${most}`, { long: true }),
  ]);
  const [explained] = JSON.parse(String(plan)) as [{ Plan: { 'Plan Rows': number } }];
  return explained.Plan['Plan Rows'] <= Number(limit);
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
function mostFew(page: PageRead, provider: Provider): Most {
  if (page.wants.total || !page.ordered) return mostToSort(page, provider);
  const product = sql`(${rowsOf(page, provider)}) * ${raw(String(page.limit + 1))}`;
  return {
    rows: provider === 'sqlite' ? sql`CAST(sqrt(${product}) AS INTEGER)` : sql`sqrt(${product})::bigint`,
    some: true,
  };
}

/** Up to how many rows are quicker looked up and sorted than all are walked. */
function mostToSort(page: PageRead, provider: Provider): Most {
  const rows = rowsOf(page, provider);
  return { rows: provider === 'sqlite' ? sql`(${rows}) / 4` : sql`((${rows}) / 4)::bigint`, some: false };
}

/** About how many rows the table has. */
function rowsOf({ row: { model } }: PageRead, provider: Provider): Sql {
  return provider === 'sqlite'
    ? sql`SELECT coalesce(max("rowNumber"), 0) FROM ${name(model)}`
    : // Not known yet: much was written within the last minute.
      sql`SELECT CASE WHEN reltuples < 0 THEN 100000 ELSE reltuples END FROM pg_class WHERE oid = ${`"${model}"`}::regclass`;
}

/** What an index can be asked for: rows beside the record, parts of its text, or any of several such. */
type Key = { rows: Exists } | { texts: readonly string[] } | { any: readonly Key[] };

/**
 * The keys by which all rows that meet the condition can be found, each of them alone. `apart`: as one of several conditions.
 * Postgres finds rows by several indexes at once, and those in the order of a column by that.
 */
function keysInto(condition: Condition, provider: Provider, apart = false): Key[] {
  switch (condition.is) {
    case 'and': {
      const terms = conjunction(condition);
      const texts = terms
        .filter((term) => isIndexedText(term))
        .map(({ text }) => text)
        .filter((text) => (apart && provider === 'sqlite') || !terms.some((term) => isInOrder(term, text)));
      const others = terms.filter((term) => !isIndexedText(term)).flatMap((term) => keysInto(term, provider, apart));
      return texts.length > 0 ? [...others, { texts }] : others;
    }
    case 'or': {
      const any = condition.of.flatMap((term) => keysInto(term, provider, true).slice(0, 1));
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

async function wayBy(key: Key, model: ModelName, firm: Condition, connection: Connection): Promise<Way> {
  if ('rows' in key) return wayByRows(key.rows, model, firm, connection.provider);
  if ('texts' in key) return wayByTexts(key.texts, model, connection);
  const ways: Way[] = [];
  for (const one of key.any) ways.push(await wayBy(one, model, firm, connection));
  return {
    entries: anyOf(ways.map(({ entries }) => entries)),
    keys: anyOf(ways.map(({ keys }) => keys)),
    guessed: ways.some(({ guessed }) => guessed),
  };
}

const anyOf = (selects: readonly Sql[]): Sql => join(selects, ' UNION ALL ');

function wayByRows({ model: beside, on, where }: Exists, model: ModelName, firm: Condition, provider: Provider): Way {
  const from = sql`FROM ${name(beside)} "v"`;
  const met = conditionSql(and(firm, where), beside, raw('"v"'), provider);
  const pairs = Object.entries(on);
  if (provider === 'postgres') {
    const id = join(pairs.flatMap(([theirs, ours]) => (ours === 'id' ? sql`"v".${name(theirs)}` : [])));
    // In the order of an index, with a limit that the planner cannot see, so that it is read from that one: Postgres may
    // think that most rows would do.
    const [value] = conjunction(where)
      .flatMap((term) => ('operand' in term ? [term.operand] : []))
      .reverse();
    const order = typeof value === 'string' ? sql` ORDER BY "v".${name(value)}, ${id}` : raw('');
    return {
      entries: sql`(SELECT 1 ${from} WHERE ${met}${order})`,
      keys: sql`(SELECT ${id} ${from} WHERE ${met}${order} LIMIT (SELECT 9007199254740991))`,
      guessed: false,
    };
  }
  const tied = pairs.map(([theirs, ours]) => sql`"numbered".${name(ours)} = "v".${name(theirs)}`);
  return {
    entries: sql`SELECT 1 ${from} WHERE ${met}`,
    // CROSS JOIN: in this order.
    keys: sql`SELECT "numbered"."rowNumber" ${from} CROSS JOIN ${name(model)} "numbered" ON ${join(tied, ' AND ')} WHERE ${met}`,
    guessed: false,
  };
}

/** Rows that have parts of these texts, and rows that are not indexed yet. */
async function wayByTexts(texts: readonly string[], model: ModelName, connection: Connection): Promise<Way> {
  if (connection.provider === 'postgres') {
    const holding = and(...texts.map((text) => contains('searchText', text)));
    const holds = (alias: Sql) => conditionSql(holding, model, alias, 'postgres');
    const from = sql`FROM ${name(model)} "v" WHERE ${holds(raw('"v"'))}`;
    return {
      entries: sql`(SELECT 1 ${from})`,
      keys: sql`(SELECT "v"."id" ${from})`,
      // Said again and again, since Postgres takes each for rarer together with the others: so it uses their index.
      among: (alias) => join([holds(alias), holds(alias), holds(alias)], ' AND '),
      guessed: true,
    };
  }
  const parts = [...new Set(texts.flatMap(partsOf))];
  if (parts.length > 0) return wayByParts(spread(parts, PARTS_MAX), model, connection);
  const index = name(`${model}SearchParts`);
  let way: Way | undefined;
  for (const text of texts.toReversed()) {
    const beginning = sql`FROM ${index} WHERE ${beginningWith(raw('"term"'), text)}`;
    way = { ...wayThrough(sql`SELECT "doc" ${beginning}`, model), ...(way && { closer: way }) };
  }
  if (!way) throw new Error('There are no texts to look for');
  return way;
}

/**
 * Rows that have the rarest of these parts. Frequent ones cost as much as they are frequent, and narrow little what rare
 * ones have found. How rare they are is told by how far into the table the first few rows with them reach.
 */
async function wayByParts(parts: readonly string[], model: ModelName, connection: Connection): Promise<Way> {
  const index = name(`${model}Search`);
  const cells = await connection.cells(
    sql`SELECT "value" AS "part", (
      SELECT iif(count(*) < ${raw(String(REACH))}, 9e18, max("rowid")) FROM (
        SELECT "rowid" FROM ${index} WHERE ${index} MATCH "value" LIMIT ${raw(String(REACH))})) AS "reach"
    FROM json_each(${JSON.stringify(parts)}) ORDER BY "reach" DESC LIMIT ${raw(String(PARTS))}`,
    { long: true },
  );
  const reached = cells.map(([part, reach]) => ({ part: String(part), reach: Number(reach) }));
  // What a quarter of the first rows have does not help the rarest.
  const rarest = reached.filter(({ reach }, place) => place === 0 || reach > 4 * REACH);
  const way = (asked: readonly string[]) =>
    wayThrough(sql`SELECT "rowid" FROM ${index} WHERE ${index} MATCH ${asked.join(' AND ')}`, model);
  return { ...way(rarest.map(({ part }) => part)), closer: way(parts) };
}

/** By what is selected from the index. */
function wayThrough(found: Sql, model: ModelName): Way {
  return {
    entries: found,
    keys: sql`${found} UNION ALL SELECT "rowNumber" FROM ${name(`${model}Unindexed`)}`,
    guessed: false,
  };
}

/** Each so many characters in a row as the index holds, quoted. */
function partsOf(text: string): string[] {
  const characters = [...text];
  return characters.slice(PART - 1).map(
    (_, at) =>
      `"${characters
        .slice(at, at + PART)
        .join('')
        .replaceAll('"', '""')}"`,
  );
}

/** At most so many of them, from all over the list. */
function spread<T>(list: readonly T[], most: number): T[] {
  return list.filter(
    (_, index) => Math.floor((index * most) / list.length) !== Math.floor(((index - 1) * most) / list.length),
  );
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
