/** How filtered lists are read on Postgres, which knows little of values of many kinds in one table. */
import { join, name, type PathDialect, raw, type Sql, sql } from '../sql/index.ts';
import { containsSql } from './like.ts';

export const postgresPaths: PathDialect = {
  knowsKeys: true,
  combinesIndexes: true,
  countsByItself: true,
  byNoIndex: '',
  isAmong: (keys, alias) => sql`${alias}."id" = ANY(ARRAY(${keys}))`,
  rowsOf: (model) =>
    // Not known yet: much was written within the last minute.
    sql`SELECT CASE WHEN reltuples < 0 THEN 100000 ELSE reltuples END FROM pg_class WHERE oid = ${`"${model}"`}::regclass`,
  squareRoot: (product) => sql`sqrt(${product})::bigint`,
  quarter: (rows) => sql`((${rows}) / 4)::bigint`,

  byRows({ beside, met, on, last }) {
    const from = sql`FROM ${name(beside)} "v"`;
    const id = join(Object.entries(on).flatMap(([theirs, ours]) => (ours === 'id' ? sql`"v".${name(theirs)}` : [])));
    // In the order of an index, with a limit that the planner cannot see, so that it is read from that one: Postgres may
    // think that most rows would do.
    const order = last === undefined ? raw('') : sql` ORDER BY "v".${name(last)}, ${id}`;
    return {
      entries: sql`(SELECT 1 ${from} WHERE ${met}${order})`,
      keys: sql`(SELECT ${id} ${from} WHERE ${met}${order} LIMIT (SELECT 9007199254740991))`,
      guessed: false,
    };
  },

  async byTexts(texts, model) {
    const holds = (alias: Sql) => holding(texts, alias);
    const from = sql`FROM ${name(model)} "v" WHERE ${holds(raw('"v"'))}`;
    return {
      entries: sql`(SELECT 1 ${from})`,
      keys: sql`(SELECT "v"."id" ${from})`,
      // Said again and again, since Postgres takes each for rarer together with the others: so it uses their index.
      among: (alias) => join([holds(alias), holds(alias), holds(alias)], ' AND '),
      guessed: true,
    };
  },

  // Made from a sample, so it is right to a hundredth of the table or so: to look that many up takes some 50 ms of a
  // million rows, and to walk before that some 10.
  async guessesAtMost(most, entries, ask) {
    const [[[plan] = []], [[limit] = []]] = await Promise.all([
      ask(sql`EXPLAIN (FORMAT JSON) SELECT 1 FROM (${entries}) "entry"`),
      ask(sql`SELECT ${most}`),
    ]);
    const [explained] = JSON.parse(String(plan)) as [{ Plan: { 'Plan Rows': number } }];
    return explained.Plan['Plan Rows'] <= Number(limit);
  },
};

/** That a row holds all of the texts. */
function holding(texts: readonly string[], alias: Sql): Sql {
  const operand = sql`${alias}.${name('searchText')}`;
  const each = texts.map((text) => containsSql(operand, text, { searched: true, walk: false }));
  return sql`(${join(each, ' AND ')})`;
}
