/**
 * Conditions on rows as plain values, and how they read in SQL. Domains build them without knowing a database;
 * both databases answer them alike.
 */

import { columnType, encode, type ModelName } from './columns.ts';
import type { Dialect } from './dialect.ts';
import { join, name, raw, type Sql, sql } from './sql.ts';

export type Comparison = '=' | '>' | '>=' | '<' | '<=';

/**
 * A column; a text, or a number, inside a JSON column; or a text without regard to case. A text of nothing but ASCII is
 * folded by the database, another is kept folded in the column `folded` under the key.
 */
export type Operand = string | JsonOperand | { folded: string; of: string | JsonOperand };

export interface JsonOperand {
  column: string;
  key: string;
  isNumber?: boolean;
}

export type Condition =
  | { is: 'and' | 'or'; of: readonly Condition[] }
  | { is: 'not'; of: Condition }
  | { is: 'compare'; operand: Operand; by: Comparison; value: string | number | boolean }
  | { is: 'in'; operand: Operand; values: readonly (string | number)[] }
  | { is: 'null'; operand: Operand }
  /** The JSON column holds an empty list. */
  | { is: 'emptyList'; column: string }
  /** The operand holds folded text; `text` is folded too. */
  | { is: 'contains' | 'startsWith'; operand: Operand; text: string }
  /** A change that no later commit can precede: see src/changes/changes.ts. */
  | { is: 'settled' }
  /** There is a row of `model` whose columns equal those of this row, as paired by `on` (theirs: ours), and that meets `where`. */
  | Exists
  /** The same for every one of `values`, each being in `column` of such a row. */
  | (Omit<Exists, 'is'> & { is: 'existsEvery'; column: string; values: readonly string[] })
  /** The column holds what one of these rows has: each group of rows is found by an index of its own. */
  | { is: 'among'; operand: string; of: readonly Selected[] };

/** A column of the rows of a model that meet a condition, which must name the firm: it is not tied to the row outside. */
export interface Selected {
  model: ModelName;
  column: string;
  where: Condition;
}

interface Exists {
  is: 'exists';
  model: ModelName;
  on: Readonly<Record<string, string>>;
  where: Condition;
  /** The same asked of the row itself, where that is quicker than to look for a row beside it. */
  same?: Condition;
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
export const among = (operand: string, of: readonly Selected[]): Condition => ({ is: 'among', operand, of });
export const isNull = (operand: Operand): Condition => ({ is: 'null', operand });
export const oneOf = (operand: Operand, values: readonly (string | number)[]): Condition => ({
  is: 'in',
  operand,
  values,
});
/** Fewest characters of a text that an index of parts is asked for: those of less are in too many texts. */
export const INDEXED_MIN = 3;

export const contains = (operand: Operand, text: string): Condition => ({ is: 'contains', operand, text });
export const startsWith = (operand: Operand, text: string): Condition => ({ is: 'startsWith', operand, text });

/** The terms that must all hold. */
export function conjunction(condition: Condition): readonly Condition[] {
  return condition.is === 'and' ? condition.of.flatMap(conjunction) : [condition];
}

/** Those of them that say whose rows they are. */
export function ofFirmOnly(condition: Condition): Condition {
  return and(...conjunction(condition).filter((term) => term.is === 'compare' && term.operand === 'firmId'));
}

/**
 * How many `exists` of a conjunction a database may turn into joins, by which it can begin with the rarest of them. The time
 * it takes to plan joins grows with the cube of their number: a second for a hundred.
 */
const JOINS_MAX = 8;

/** How conditions are put to the database, beside what they say. */
interface Manner {
  /** Rows are looked at one by one, by a way that is not to be chosen by this condition. */
  walk: boolean;
  /** How many `exists` may become joins. */
  joins: { left: number };
}

/** The condition in SQL, over the rows of `model` under `alias`. `walk`: the way to them is said (access-path.ts). */
export function conditionSql(condition: Condition, model: ModelName, alias: Sql, dialect: Dialect, walk = false): Sql {
  return inManner({ walk, joins: { left: JOINS_MAX } }, condition, model, alias, dialect);
}

function inManner(manner: Manner, condition: Condition, model: ModelName, alias: Sql, dialect: Dialect): Sql {
  const operandSql = (operand: Operand): Sql => {
    if (typeof operand === 'string') {
      columnType(model, operand);
      return sql`${alias}.${name(operand)}`;
    }
    const inJson = ({ column, key, isNumber }: JsonOperand) => {
      columnType(model, column);
      const text = sql`(${alias}.${name(column)}->>${raw(`'${key.replaceAll("'", "''")}'`)})`;
      return dialect.jsonOperand(text, isNumber === true);
    };
    if (!('folded' in operand)) return inJson(operand);
    const plain = typeof operand.of === 'string' ? sql`${alias}.${name(operand.of)}` : inJson(operand.of);
    return sql`coalesce(${inJson({ column: 'folded', key: operand.folded })}, lower(${plain}))`;
  };
  const encoded = (operand: Operand, value: unknown) =>
    typeof operand === 'string' ? encode(model, operand, value, dialect) : value;
  const recur = (inner: Condition): Sql => inManner(manner, inner, model, alias, dialect);
  // Nothing below `or` and `not` becomes a join.
  const recurApart = (inner: Condition): Sql =>
    inManner({ ...manner, joins: { left: JOINS_MAX } }, inner, model, alias, dialect);

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
    case 'emptyList':
      columnType(model, condition.column);
      return sql`json_array_length(${alias}.${name(condition.column)}) = 0`;
    case 'in': {
      const values = condition.values
        .filter(isStorable)
        .map((value) => encoded(condition.operand, value))
        .filter((value) => value !== null);
      return dialect.isAmong(operandSql(condition.operand), values);
    }
    case 'contains': {
      const searched = condition.operand === 'searchText';
      return dialect.contains(operandSql(condition.operand), condition.text, { searched, walk: manner.walk });
    }
    case 'among': {
      const rows = condition.of.map(({ model: other, column, where }, index) => {
        const inner = raw(`${alias.sql.replaceAll('"', '')}k${index}`);
        columnType(other, column);
        const held = inManner({ walk: false, joins: { left: JOINS_MAX } }, where, other, inner, dialect);
        return sql`SELECT ${inner}.${name(column)} FROM ${name(other)} ${inner} WHERE ${held}`;
      });
      return dialect.isAmongRows(operandSql(condition.operand), join(rows, ' UNION ALL '));
    }
    case 'startsWith':
      return dialect.startsWith(operandSql(condition.operand), condition.text);
    case 'settled':
      return dialect.settled(alias);
    case 'exists': {
      if (condition.same) return recur(condition.same);
      const rows = rowsBeside(condition, model, alias, dialect);
      return dialect.exists(rows, !manner.walk && --manner.joins.left >= 0);
    }
    case 'existsEvery': {
      const { column, values, where } = condition;
      const all = [...new Set(values)];
      const [first] = all;
      if (first === undefined) return sql`1 = 1`;
      const one = recur({ ...condition, is: 'exists', where: and(where, equals(column, first)) });
      if (all.length === 1) return one;
      // Counted, so that the statement does not grow with the list.
      const rows = rowsBeside({ ...condition, where: and(where, oneOf(column, all)) }, model, alias, dialect);
      return sql`(${one} AND (SELECT count(DISTINCT ${name(column)}) ${rows}) = ${raw(String(all.length))})`;
    }
  }
}

/** `FROM … WHERE …` for the rows that an `exists` over the rows under `alias` speaks of. */
function rowsBeside(exists: Omit<Exists, 'is'>, model: ModelName, alias: Sql, dialect: Dialect): Sql {
  const inner = raw(`${alias.sql.replaceAll('"', '')}x`);
  const pairs = Object.entries(exists.on).map(([theirs, ours]) => {
    columnType(exists.model, theirs);
    columnType(model, ours);
    return sql`${inner}.${name(theirs)} = ${alias}.${name(ours)}`;
  });
  const where = inManner({ walk: false, joins: { left: JOINS_MAX } }, exists.where, exists.model, inner, dialect);
  return sql`FROM ${name(exists.model)} ${inner} WHERE ${join([...pairs, where], ' AND ')}`;
}

/**
 * Whether a row can hold the value. Texts that none can hold are refused where they are written, so that nothing equals
 * one; asked all the same, Postgres would fail at a NUL, and the drivers would make something else of half a surrogate pair.
 */
function isStorable(value: string | number | boolean): boolean {
  return typeof value !== 'string' || (value.isWellFormed() && !value.includes('\u0000'));
}
