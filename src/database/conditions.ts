/**
 * Conditions on rows as plain values, and how they read in SQL. Domains build them without knowing a database;
 * both databases answer them alike.
 */
import { columnsOf, columnType, encode } from './columns.ts';
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
  | { is: 'exists'; model: ModelName; on: Readonly<Record<string, string>>; where: Condition };

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

/** The condition in SQL, over the rows of `model` under `alias`. */
export function conditionSql(condition: Condition, model: ModelName, alias: Sql, provider: Provider): Sql {
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
  const recur = (inner: Condition): Sql => conditionSql(inner, model, alias, provider);

  switch (condition.is) {
    case 'and':
      if (condition.of.length === 0) return sql`1 = 1`;
      return sql`(${join(condition.of.map(recur), ' AND ')})`;
    case 'or':
      if (condition.of.length === 0) return sql`1 = 0`;
      return sql`(${join(condition.of.map(recur), ' OR ')})`;
    case 'not':
      // What is empty does not equal, contain … anything, so its negation holds: SQL's unknown must count as false.
      return sql`(${recur(condition.of)}) IS NOT TRUE`;
    case 'compare':
      return sql`${operandSql(condition.operand)} ${raw(condition.by)} ${encoded(condition.operand, condition.value)}`;
    case 'null':
      return sql`${operandSql(condition.operand)} IS NULL`;
    case 'in':
      // One parameter for the whole list, so that the statement's text does not depend on its length.
      return provider === 'postgres'
        ? sql`${operandSql(condition.operand)} = ANY(${condition.values})`
        : sql`${operandSql(condition.operand)} IN (SELECT value FROM json_each(${JSON.stringify(condition.values)}))`;
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
      const inner = raw(`${alias.sql.replaceAll('"', '')}x`);
      const pairs = Object.entries(condition.on).map(([theirs, ours]) => {
        if (!columnsOf(condition.model)[theirs]) throw new Error(`${condition.model} has no column ${theirs}`);
        return sql`${inner}.${name(theirs)} = ${operandSql(ours)}`;
      });
      const where = conditionSql(condition.where, condition.model, inner, provider);
      return sql`EXISTS (SELECT 1 FROM ${name(condition.model)} ${inner} WHERE ${join([...pairs, where], ' AND ')})`;
    }
  }
}

/** The text with LIKE's own characters taken literally. */
function escaped(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}
