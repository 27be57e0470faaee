/**
 * Which way into a list that is filtered. Where many rows meet a condition, the list is walked in its order: the page is
 * soon full. Where few do, they are looked up from an index of values or texts, and sorted. The databases cannot tell which:
 * SQLite knows nothing of how many there are, Postgres little of values of many kinds in one table, and both would keep to
 * the plan that was right for the values before. So it is looked at first, as far as it matters, and then said.
 */
import { and, type Condition, conditionSql, equals } from './conditions.ts';
import type { Database, ModelName } from './database.ts';
import type { PageRead } from './read.ts';
import { isTrue } from './rows.ts';
import { join, name, type Provider, raw, type Sql, sql } from './sql.ts';

/** The tables of which rows are found so. On SQLite they are numbered (prisma/sqlite). */
const SEARCHED: ReadonlySet<ModelName> = new Set(['Client', 'ClientContact']);

/** Most keys of one list that are looked at. */
const KEYS_MAX = 3;

/** Fewest characters that the index of texts finds. */
const TRIGRAM = 3;

/** Most parts of a text that are compared, by how many rows of each, and how many are then looked for. */
const PHRASES_MAX = 12;
const REACH = 64;
const PHRASES = 3;

interface Way {
  /** Selects one row for each that an index has, or more. */
  entries: Sql;
  /** Selects keys of rows, those of all that meet the condition among them: numbers on SQLite, ids on Postgres. */
  keys: Sql;
  /** One that takes longer and leads to fewer. */
  closer?: Way;
}

/** `few` selects the rows to look at, of which `where` is still to be asked. `walk`: many rows meet what was looked at. */
export type Route = { few: Sql; where: Condition } | 'walk' | undefined;

/** How the page is best read, where there is a choice. */
export async function routeTo(database: Database, page: PageRead): Promise<Route> {
  const { model } = page.row;
  const { provider } = database;
  // A read by a key is quick, because few have it; Postgres sees that by itself.
  if (!SEARCHED.has(model) || (page.quick && provider === 'postgres')) return undefined;
  const keys = keysInto(page.where, provider).slice(0, KEYS_MAX);
  const terms = conjunction(page.where);
  const firm = terms.filter((term) => term.is === 'compare' && term.operand === 'firmId');
  for (const key of keys) {
    let way: Way | undefined = await wayBy(key, model, and(...firm), database);
    while (way && !page.quick && !(await isFew(way, page, database))) way = way.closer;
    if (!way) continue;
    // Found by rows beside them, they need not be asked for these.
    const where = 'rows' in key ? and(...terms.filter((term) => term !== key.rows)) : page.where;
    return { few: way.keys, where };
  }
  // Who counts on Postgres has it look at all there are, in whatever way it finds.
  return keys.length === 0 || (page.wants.total && provider === 'postgres') ? undefined : 'walk';
}

/** That a row is among those few, in a form that has the database begin with them. */
export function amongFew(few: Sql, alias: Sql, provider: Provider): Sql {
  return provider === 'sqlite' ? sql`${alias}."rowNumber" IN (${few})` : sql`${alias}."id" = ANY(ARRAY(${few}))`;
}

async function isFew({ entries }: Way, page: PageRead, database: Database): Promise<boolean> {
  const most = mostFew(page, database.provider);
  const [[few] = []] = await database.cells(sql`WITH "found" AS (
      SELECT count(*) AS "rows" FROM (SELECT 1 FROM (${entries}) "entry" LIMIT (${most}) + 1) "entries"
    ) SELECT "rows" <= (${most}) AS "few" FROM "found"`);
  return isTrue(few);
}

/**
 * Up to how many rows are few: of that many, looking them up takes as long as walking until the page is full of them. On
 * SQLite a count has to walk to the end, unless it begins with them.
 */
function mostFew({ limit, wants, row: { model } }: PageRead, provider: Provider): Sql {
  const wanted = raw(String(limit + 1));
  if (provider === 'sqlite') {
    const rows = sql`SELECT coalesce(max("rowNumber"), 0) FROM ${name(model)}`;
    return wants.total ? sql`(${rows}) / 4` : sql`CAST(sqrt((${rows}) * ${wanted}) AS INTEGER)`;
  }
  // Not known yet: much was written within the last minute.
  const rows = sql`SELECT CASE WHEN reltuples < 0 THEN 100000 ELSE reltuples END FROM pg_class WHERE oid = ${`"${model}"`}::regclass`;
  return sql`sqrt((${rows}) * ${wanted})::bigint`;
}

/** What an index can be asked for: rows beside the record, parts of its text, or any of several such. */
type Key = { rows: Exists } | { texts: readonly string[] } | { any: readonly Key[] };

/** The keys by which all rows that meet the condition can be found, each of them alone. */
function keysInto(condition: Condition, provider: Provider): Key[] {
  switch (condition.is) {
    case 'and': {
      const terms = conjunction(condition);
      const texts = terms.filter((term) => isIndexedText(term)).map(({ text }) => text);
      const others = terms.filter((term) => !isIndexedText(term)).flatMap((term) => keysInto(term, provider));
      return texts.length > 0 && provider === 'sqlite' ? [...others, { texts }] : others;
    }
    case 'or': {
      const any = condition.of.flatMap((term) => keysInto(term, provider).slice(0, 1));
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
      // Postgres has an index of its own for these, and knows well enough how many they are.
      return provider === 'sqlite' && isIndexedText(condition) ? [{ texts: [condition.text] }] : [];
    default:
      return [];
  }
}

async function wayBy(key: Key, model: ModelName, firm: Condition, database: Database): Promise<Way> {
  if ('rows' in key) return wayByRows(key.rows, model, firm, database.provider);
  if ('texts' in key) return wayByTexts(key.texts, model, database);
  const ways: Way[] = [];
  for (const one of key.any) ways.push(await wayBy(one, model, firm, database));
  return {
    entries: anyOf(ways.map(({ entries }) => entries)),
    keys: anyOf(ways.map(({ keys }) => keys)),
  };
}

const anyOf = (selects: readonly Sql[]): Sql => join(selects, ' UNION ALL ');

function wayByRows({ model: beside, on, where }: Exists, model: ModelName, firm: Condition, provider: Provider): Way {
  const from = sql`FROM ${name(beside)} "v"`;
  const met = conditionSql(and(firm, where), beside, raw('"v"'), provider);
  const pairs = Object.entries(on);
  if (provider === 'postgres') {
    const id = join(pairs.flatMap(([theirs, ours]) => (ours === 'id' ? sql`"v".${name(theirs)}` : [])));
    // In the order of an index, so that it is read from that one: Postgres may think that most rows would do.
    const [value] = conjunction(where)
      .flatMap((term) => ('operand' in term ? [term.operand] : []))
      .reverse();
    const order = typeof value === 'string' ? sql` ORDER BY "v".${name(value)}, ${id}` : raw('');
    return {
      entries: sql`(SELECT 1 ${from} WHERE ${met}${order})`,
      keys: sql`(SELECT ${id} ${from} WHERE ${met}${order})`,
    };
  }
  const tied = pairs.map(([theirs, ours]) => sql`"numbered".${name(ours)} = "v".${name(theirs)}`);
  return {
    entries: sql`SELECT 1 ${from} WHERE ${met}`,
    // CROSS JOIN: in this order.
    keys: sql`SELECT "numbered"."rowNumber" ${from} CROSS JOIN ${name(model)} "numbered" ON ${join(tied, ' AND ')} WHERE ${met}`,
  };
}

/**
 * Rows that have the rarest three characters in a row of those that the texts have, and rows that are not indexed yet.
 * Frequent ones cost as much as they are frequent, and narrow little what rare ones have found. How rare they are is told
 * by how far into the table the first few rows with them reach.
 */
async function wayByTexts(texts: readonly string[], model: ModelName, database: Database): Promise<Way> {
  const index = name(`${model}Search`);
  const phrases = spread([...new Set(texts.flatMap(trigrams))], PHRASES_MAX);
  const reached = await database.query<{ phrase: string; reach: number }>(sql`SELECT "value" AS "phrase", (
      SELECT iif(count(*) < ${raw(String(REACH))}, 9e18, max("rowid")) FROM (
        SELECT "rowid" FROM ${index} WHERE ${index} MATCH "value" LIMIT ${raw(String(REACH))})) AS "reach"
    FROM json_each(${JSON.stringify(phrases)}) ORDER BY "reach" DESC LIMIT ${raw(String(PHRASES))}`);
  // What a quarter of the first rows have does not help the rarest.
  const rarest = reached.filter(({ reach }, place) => place === 0 || reach > 4 * REACH);
  const way = (asked: readonly string[]): Way => {
    const matching = sql`FROM ${index} WHERE ${index} MATCH ${asked.join(' AND ')}`;
    return {
      entries: sql`SELECT 1 ${matching}`,
      keys: sql`SELECT "rowid" ${matching} UNION ALL SELECT "rowNumber" FROM ${name(`${model}Unindexed`)}`,
    };
  };
  return { ...way(rarest.map(({ phrase }) => phrase)), closer: way(phrases) };
}

/** Each three characters in a row, quoted. */
function trigrams(text: string): string[] {
  const characters = [...text];
  return characters.slice(TRIGRAM - 1).map(
    (_, at) =>
      `"${characters
        .slice(at, at + TRIGRAM)
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

/** A condition on the text of which an index holds the parts. */
function isIndexedText(condition: Condition): condition is Text {
  const { is } = condition;
  return (
    (is === 'contains' || is === 'startsWith') &&
    condition.operand === 'searchText' &&
    [...condition.text].length >= TRIGRAM
  );
}

/** The terms that must all hold. */
function conjunction(condition: Condition): readonly Condition[] {
  return condition.is === 'and' ? condition.of.flatMap(conjunction) : [condition];
}
