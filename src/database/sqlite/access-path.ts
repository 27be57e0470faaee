/** How filtered lists are read on SQLite, which knows nothing of how many rows there are. Keys of rows are their numbers. */
import {
  type AccessPath,
  type Ask,
  join,
  type ModelName,
  name,
  type PathDialect,
  raw,
  type Sql,
  sql,
} from '../sql/index.ts';

/** Characters of the parts that the index of texts holds (prisma/sqlite/search-triggers.sql). */
const PART = 5;

/** Most parts of a text that are compared, by how many rows of each, and how many are then looked for. */
const PARTS_MAX = 12;
const REACH = 64;
const PARTS = 3;

export const sqlitePaths: PathDialect = {
  knowsKeys: false,
  combinesIndexes: false,
  countsByItself: false,
  // Numbers of rows are no index.
  byNoIndex: ' NOT INDEXED',
  isAmong: (keys, alias) => sql`${alias}."rowNumber" IN (${keys})`,
  rowsOf: (model) => sql`SELECT coalesce(max("rowNumber"), 0) FROM ${name(model)}`,
  squareRoot: (product) => sql`CAST(sqrt(${product}) AS INTEGER)`,
  quarter: (rows) => sql`(${rows}) / 4`,

  byRows({ model, beside, met, on }) {
    const from = sql`FROM ${name(beside)} "v"`;
    const tied = Object.entries(on).map(([theirs, ours]) => sql`"numbered".${name(ours)} = "v".${name(theirs)}`);
    return {
      entries: sql`SELECT 1 ${from} WHERE ${met}`,
      // CROSS JOIN: in this order.
      keys: sql`SELECT "numbered"."rowNumber" ${from} CROSS JOIN ${name(model)} "numbered" ON ${join(tied, ' AND ')} WHERE ${met}`,
      guessed: false,
    };
  },

  async byTexts(texts, model, ask) {
    const parts = [...new Set(texts.flatMap(partsOf))];
    if (parts.length > 0) return byParts(spread(parts, PARTS_MAX), model, ask);
    const index = name(`${model}SearchParts`);
    let path: AccessPath | undefined;
    for (const text of texts.toReversed()) {
      const beginning = sql`FROM ${index} WHERE ${beginningWith(raw('"term"'), text)}`;
      path = { ...pathThrough(sql`SELECT "doc" ${beginning}`, model), ...(path && { closer: path }) };
    }
    if (!path) throw new Error('There are no texts to look for');
    return path;
  },

  guessesAtMost() {
    throw new Error('SQLite guesses nothing.');
  },
};

/** The range of texts that begin with this one: no text has a byte that is higher. */
export function beginningWith(operand: Sql, text: string): Sql {
  return sql`${operand} >= ${text} AND ${operand} < ${text} || x'FF'`;
}

/**
 * Rows that have the rarest of these parts. Frequent ones cost as much as they are frequent, and narrow little what rare
 * ones have found. How rare they are is told by how far into the table the first few rows with them reach.
 */
async function byParts(parts: readonly string[], model: ModelName, ask: Ask): Promise<AccessPath> {
  const index = name(`${model}Search`);
  const cells = await ask(
    sql`SELECT "value" AS "part", (
      SELECT iif(count(*) < ${raw(String(REACH))}, 9e18, max("rowid")) FROM (
        SELECT "rowid" FROM ${index} WHERE ${index} MATCH "value" LIMIT ${raw(String(REACH))})) AS "reach"
    FROM json_each(${JSON.stringify(parts)}) ORDER BY "reach" DESC LIMIT ${raw(String(PARTS))}`,
  );
  const reached = cells.map(([part, reach]) => ({ part: String(part), reach: Number(reach) }));
  // What a quarter of the first rows have does not help the rarest.
  const rarest = reached.filter(({ reach }, place) => place === 0 || reach > 4 * REACH);
  const path = (asked: readonly string[]) =>
    pathThrough(sql`SELECT "rowid" FROM ${index} WHERE ${index} MATCH ${asked.join(' AND ')}`, model);
  return { ...path(rarest.map(({ part }) => part)), closer: path(parts) };
}

/** By what is selected from the index. */
function pathThrough(found: Sql, model: ModelName): AccessPath {
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
