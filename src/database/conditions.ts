/**
 * Conditions on rows as plain values, and how they read in SQL. Domains build them without knowing a database;
 * both databases answer them alike.
 */
import { columnType, encode } from './columns.ts';
import type { ModelName } from './database.ts';
import { join, name, type Provider, raw, type Sql, sql } from './sql.ts';

export type Comparison = '=' | '>' | '>=' | '<' | '<=';

/** A column, or a text inside a JSON column. */
export type Operand = string | { column: string; key: string };

export type Condition =
  | { is: 'and' | 'or'; of: readonly Condition[] }
  | { is: 'not'; of: Condition }
  | { is: 'compare'; operand: Operand; by: Comparison; value: string | number | boolean }
  | { is: 'in'; operand: Operand; values: readonly (string | number)[] }
  | { is: 'null'; operand: Operand }
  /** The operand holds folded text; `text` is folded too. */
  | { is: 'contains' | 'startsWith'; operand: Operand; text: string }
  /** A change that no later commit can precede: see src/changes/changes.ts. */
  | { is: 'settled' }
  /** There is a row of `model` whose columns equal those of this row, as paired by `on` (theirs: ours), and that meets `where`. */
  | Exists
  /** The same for every one of `values`, each being in `column` of such a row. */
  | (Omit<Exists, 'is'> & { is: 'existsEvery'; column: string; values: readonly string[] });

interface Exists {
  is: 'exists';
  model: ModelName;
  on: Readonly<Record<string, string>>;
  where: Condition;
}

export const and = (...of: Condition[]): Condition => ({ is: 'and', of });
export const or = (...of: Condition[]): Condition => ({ is: 'or', of });
export const not = (of: Condition): Condition => ({ is: 'not', of });
export const compare = (operand: Operand, by: Comparison, value: string | number | boolean): Condition => ({
  is: 'compare',
  operand,
  by,
  value,
});
export const equals = (operand: Operand, value: string | number | boolean): Condition => compare(operand, '=', value);
export const isNull = (operand: Operand): Condition => ({ is: 'null', operand });
export const oneOf = (operand: Operand, values: readonly (string | number)[]): Condition => ({
  is: 'in',
  operand,
  values,
});
export const contains = (operand: Operand, text: string): Condition => ({ is: 'contains', operand, text });
export const startsWith = (operand: Operand, text: string): Condition => ({ is: 'startsWith', operand, text });

/**
 * How many `exists` of a conjunction Postgres may turn into joins, by which it can begin with the rarest of them. The time
 * it takes to plan joins grows with the cube of their number: a second for a hundred.
 */
const JOINS_MAX = 8;

/** The condition in SQL, over the rows of `model` under `alias`. */
export function conditionSql(
  condition: Condition,
  model: ModelName,
  alias: Sql,
  provider: Provider,
  joins = { left: JOINS_MAX },
): Sql {
  const operandSql = (operand: Operand): Sql => {
    if (typeof operand === 'string') {
      columnType(model, operand);
      return sql`${alias}.${name(operand)}`;
    }
    columnType(model, operand.column);
    return sql`(${alias}.${name(operand.column)}->>${raw(`'${operand.key.replaceAll("'", "''")}'`)})`;
  };
  const encoded = (operand: Operand, value: unknown) =>
    typeof operand === 'string' ? encode(model, operand, value, provider) : value;
  const recur = (inner: Condition): Sql => conditionSql(inner, model, alias, provider, joins);
  // Nothing below `or` and `not` becomes a join.
  const recurApart = (inner: Condition): Sql => conditionSql(inner, model, alias, provider);

  switch (condition.is) {
    case 'and':
      if (condition.of.length === 0) return sql`1 = 1`;
      return sql`(${join(condition.of.map(recur), ' AND ')})`;
    case 'or':
      if (condition.of.length === 0) return sql`1 = 0`;
      return sql`(${join(condition.of.map(recurApart), ' OR ')})`;
    case 'not':
      // What is empty does not equal, contain … anything, so its negation holds: SQL's unknown must count as false.
      return sql`(${recurApart(condition.of)}) IS NOT TRUE`;
    case 'compare':
      if (!isStorable(condition.value)) return sql`1 = 0`;
      return sql`${operandSql(condition.operand)} ${raw(condition.by)} ${encoded(condition.operand, condition.value)}`;
    case 'null':
      return sql`${operandSql(condition.operand)} IS NULL`;
    case 'in': {
      const values = condition.values.filter(isStorable);
      // One parameter for the whole list, so that the statement's text does not depend on its length.
      return provider === 'postgres'
        ? sql`${operandSql(condition.operand)} = ANY(${values})`
        : sql`${operandSql(condition.operand)} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`;
    }
    case 'contains':
      return sql`${operandSql(condition.operand)} LIKE ${`%${escaped(condition.text)}%`} ESCAPE '\\'`;
    case 'startsWith':
      return sql`${operandSql(condition.operand)} LIKE ${`${escaped(condition.text)}%`} ESCAPE '\\'`;
    case 'settled':
      // SQLite's writers go one at a time, so what is committed is settled. On Postgres a sequence begins with the id
      // of its transaction, and all transactions below the snapshot's xmin have ended.
      return provider === 'sqlite'
        ? sql`1 = 1`
        : sql`${alias}."sequence" < ((pg_snapshot_xmin(pg_current_snapshot())::text::bigint + (SELECT "value" FROM "ChangeClock" WHERE "id" = 1)) << 20)`;
    case 'exists': {
      const exists = sql`EXISTS (SELECT 1 ${rowsBeside(condition, model, alias, provider)})`;
      return --joins.left < 0 ? sql`(${exists} IS TRUE)` : exists;
    }
    case 'existsEvery': {
      const { column, values, where } = condition;
      const all = [...new Set(values)];
      const [first] = all;
      if (first === undefined) return sql`1 = 1`;
      const one = recur({ ...condition, is: 'exists', where: and(where, equals(column, first)) });
      if (all.length === 1) return one;
      // Counted, so that the statement does not grow with the list.
      const rows = rowsBeside({ ...condition, where: and(where, oneOf(column, all)) }, model, alias, provider);
      return sql`(${one} AND (SELECT count(DISTINCT ${name(column)}) ${rows}) = ${raw(String(all.length))})`;
    }
  }
}

/** `FROM … WHERE …` for the rows that an `exists` over the rows under `alias` speaks of. */
function rowsBeside(exists: Omit<Exists, 'is'>, model: ModelName, alias: Sql, provider: Provider): Sql {
  const inner = raw(`${alias.sql.replaceAll('"', '')}x`);
  const pairs = Object.entries(exists.on).map(([theirs, ours]) => {
    columnType(exists.model, theirs);
    columnType(model, ours);
    return sql`${inner}.${name(theirs)} = ${alias}.${name(ours)}`;
  });
  const where = conditionSql(exists.where, exists.model, inner, provider);
  return sql`FROM ${name(exists.model)} ${inner} WHERE ${join([...pairs, where], ' AND ')}`;
}

/**
 * Whether a row can hold the value. Texts that none can hold are refused where they are written, so that nothing equals
 * one; asked all the same, Postgres would fail at a NUL, and the drivers would make something else of half a surrogate pair.
 */
function isStorable(value: string | number | boolean): boolean {
  return typeof value !== 'string' || (value.isWellFormed() && !value.includes('\u0000'));
}

/** The text with LIKE's own characters taken literally. */
function escaped(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}
