/**
 * The operators that filters offer, the same on every record: text `equals contains startsWith in`, numbers, dates and
 * instants `equals gt gte lt lte in`, ids and enums `equals in`, lists `hasEvery hasSome`, `isNull` on what may be empty.
 * Pure: a filter becomes a Condition, or issues that name what is wrong with it.
 */
import {
  and,
  type Comparison,
  type Condition,
  compare,
  contains,
  equals,
  INDEXED_MIN,
  isNull,
  type JsonOperand,
  not,
  type Operand,
  oneOf,
  or,
  startsWith,
} from '../database/conditions.ts';
import { parseInstant } from '../database/database.ts';
import { fold } from './fold.ts';
import { checkLength, glimpse, type Issues, isCalendarDate, type Path, unstorable } from './parse.ts';

/** Most values in one `in`, `hasEvery` or `hasSome`. */
export const FILTER_VALUES_MAX = 1_000;
/** Most conditions in one filter, and how deep `and`, `or` and `not` may be nested in it. */
export const FILTER_CONDITIONS_MAX = 200;
export const FILTER_DEPTH_MAX = 10;
/** Longest text that is compared or looked for. */
export const FILTER_TEXT_MAX = 4_096;

export type FilterInput = Readonly<Record<string, unknown>>;

/** Checks one value of a filter and answers it as stored; undefined after adding an issue. */
type Reader<T extends string | number | boolean> = (value: unknown, path: Path, issues: Issues) => T | undefined;

export const readText: Reader<string> = (value, path, issues) => {
  if (typeof value !== 'string') return issues.add(path, `must be a string, not ${glimpse(value)}`);
  const fault = unstorable(value);
  if (fault) return issues.add(path, fault);
  if (value.length > FILTER_TEXT_MAX) return issues.add(path, `must be at most ${FILTER_TEXT_MAX} characters`);
  return value;
};

export const readNumber: Reader<number> = (value, path, issues) =>
  typeof value === 'number' && Number.isFinite(value)
    ? value
    : issues.add(path, `must be a number, not ${glimpse(value)}`);

export const readBoolean: Reader<boolean> = (value, path, issues) =>
  typeof value === 'boolean' ? value : issues.add(path, `must be true or false, not ${glimpse(value)}`);

export const readDate: Reader<string> = (value, path, issues) =>
  typeof value === 'string' && isCalendarDate(value)
    ? value
    : issues.add(path, `must be a calendar date, YYYY-MM-DD, not ${glimpse(value)}`);

export const readInstant: Reader<string> = (value, path, issues) => {
  const instant = typeof value === 'string' ? parseInstant(value) : undefined;
  if (instant !== undefined) return instant;
  return issues.add(path, `must be an instant with its offset, such as 2026-11-21T09:30:00Z, not ${glimpse(value)}`);
};

/** A country in either case, as it is stored. */
export const readCountry: Reader<string> = (value, path, issues) => readText(value, path, issues)?.toUpperCase();

const never: Condition = or();

/** Reads a list of values, all checked. */
function readAll<T extends string | number | boolean>(
  value: unknown,
  read: Reader<T>,
  path: Path,
  issues: Issues,
): T[] {
  if (!Array.isArray(value)) {
    issues.add(path, `must be a list, not ${glimpse(value)}`);
    return [];
  }
  if (!checkLength(value, FILTER_VALUES_MAX, path, issues)) return [];
  return value.flatMap((item, index) => read(item, [...path, index], issues) ?? []);
}

const COMPARISONS: Readonly<Record<string, Comparison>> = { equals: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' };

/** `equals gt gte lt lte in isNull`, as far as the input type offers them, on values that compare as they are stored. */
export function ordered<T extends string | number>(operand: Operand, read: Reader<T>) {
  return (filter: FilterInput, path: Path, issues: Issues): Condition =>
    operators(filter, path, issues, (name, value, at) => {
      const by = COMPARISONS[name];
      if (by) {
        const checked = read(value, at, issues);
        return checked === undefined ? never : compare(operand, by, checked);
      }
      if (name === 'in') return oneOf(operand, readAll(value, read, at, issues));
      return nullness(operand, value, at, issues);
    });
}

/**
 * Text: `equals` and `in` as written, `contains` and `startsWith` without regard to case, in the folded operand. `within`:
 * a column that holds the folded text as a part, and has an index of its parts.
 */
export function textual(exact: string | JsonOperand, folded: Operand, within?: Operand) {
  const plain = ordered(exact, readText);
  const holds = (text: string) => (within && [...text].length >= INDEXED_MIN ? contains(within, text) : and());
  return (filter: FilterInput, path: Path, issues: Issues): Condition =>
    operators(filter, path, issues, (name, value, at) => {
      if (name === 'equals' && within) {
        const text = readText(value, at, issues);
        return text === undefined ? never : and(holds(fold(text)), equals(exact, text));
      }
      if (name !== 'contains' && name !== 'startsWith') return plain({ [name]: value }, path, issues);
      const text = readText(value, at, issues);
      if (text === undefined) return never;
      const part = fold(text);
      return and(holds(part), name === 'contains' ? contains(folded, part) : startsWith(folded, part));
    });
}

/** A Boolean column: `equals`, and `isNull` where it may be empty. */
export function truth(operand: Operand) {
  return (filter: FilterInput, path: Path, issues: Issues): Condition =>
    operators(filter, path, issues, (name, value, at) => {
      if (name === 'isNull') return nullness(operand, value, at, issues);
      const checked = readBoolean(value, at, issues);
      return checked === undefined ? never : equals(operand, checked);
    });
}

/** Members of a list that is indexed value by value, in a column: `hasEvery`, `hasSome`, `isEmpty`. */
export function membership(field: number, column: string) {
  const rows = { model: 'IndexedValue', on: { firmId: 'firmId', entityId: 'id' } } as const;
  const ofField = equals('field', field);
  const has = (where: Condition): Condition => ({ is: 'exists', ...rows, where: and(ofField, where) });
  return (filter: FilterInput, path: Path, issues: Issues): Condition =>
    operators(filter, path, issues, (name, value, at) => {
      if (name === 'isEmpty') {
        const empty = readBoolean(value, at, issues);
        return empty === false ? not({ is: 'emptyList', column }) : { is: 'emptyList', column };
      }
      const keys = readAll(value, readText, at, issues);
      if (name === 'hasSome') return has(oneOf('key', keys));
      return { is: 'existsEvery', ...rows, where: ofField, column: 'key', values: keys };
    });
}

function nullness(operand: Operand, value: unknown, path: Path, issues: Issues): Condition {
  const wanted = readBoolean(value, path, issues);
  return wanted === false ? not(isNull(operand)) : isNull(operand);
}

/** All operators of one field's filter together. */
function operators(
  filter: FilterInput,
  path: Path,
  issues: Issues,
  condition: (name: string, value: unknown, at: Path) => Condition,
): Condition {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  return and(
    ...given.map(([name, value]) => {
      const at = [...path, name];
      if (value !== null) return condition(name, value, at);
      // Taking null for "no condition" would answer everything to who meant to ask for nothing.
      issues.add(at, 'must not be null; leave it out, or use isNull');
      return never;
    }),
  );
}

/** What a filter's fields mean, by name. */
export type FilterFields = Readonly<Record<string, (filter: FilterInput, path: Path, issues: Issues) => Condition>>;

/** A whole filter: its fields, and `and`, `or`, `not` over filters of the same kind. */
export function composed(fields: FilterFields, filter: FilterInput, path: Path, issues: Issues): Condition {
  const count = { left: FILTER_CONDITIONS_MAX };
  const compose = (input: FilterInput, at: Path, depth: number): Condition => {
    if (depth > FILTER_DEPTH_MAX) {
      issues.add(at, `is nested more than ${FILTER_DEPTH_MAX} deep`);
      return never;
    }
    const parts: Condition[] = [];
    for (const [name, value] of Object.entries(input)) {
      // A field that is null as a whole is a variable that was not filled: no condition.
      if (value === undefined || value === null) continue;
      if (Array.isArray(value) && !checkLength(value, FILTER_CONDITIONS_MAX, [...at, name], issues)) return never;
      // A list of conditions is as many as it holds.
      const conditions = Array.isArray(value) ? Math.max(1, value.length) : 1;
      const told = count.left < 0;
      count.left -= conditions;
      if (count.left < 0) {
        if (!told) issues.add(at, `has more than ${FILTER_CONDITIONS_MAX} conditions`);
        return never;
      }
      parts.push(part(name, value, [...at, name], depth));
    }
    return and(...parts);
  };
  const part = (name: string, value: object, at: Path, depth: number): Condition => {
    if (name === 'not') return not(compose(value as FilterInput, at, depth + 1));
    if (name === 'and' || name === 'or') {
      const inner = (value as FilterInput[]).map((item, index) => compose(item, [...at, index], depth + 1));
      return name === 'and' ? and(...inner) : or(...inner);
    }
    const field = fields[name];
    if (!field) throw new Error(`The filter has no field ${name}`);
    return field(value as FilterInput, at, issues);
  };
  return compose(filter, path, 0);
}

/** Every word of a search must be part of the folded text. */
export function searching(operand: Operand, search: string, path: Path, issues: Issues): Condition {
  const text = readText(search, path, issues);
  if (text === undefined) return never;
  const words = fold(text).split(/\s+/).filter(Boolean);
  if (words.length > 20) issues.add(path, 'must have at most 20 words');
  return and(...words.map((word) => contains(operand, word)));
}
