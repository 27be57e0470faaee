/** How a record's filter is declared, of the kinds there are (filter-kinds.ts), and what a whole filter means. Pure. */

import type { ColumnName } from '../database/model.ts';
import { and, type Condition, contains, type ModelName, not, type Operand, or } from '../database/sql/index.ts';
import type { ChoiceField } from '../fields/fields.ts';
import { fold } from '../fields/fold.ts';
import { checkLength, type Issues, type Path } from '../fields/parse.ts';
import {
  AMOUNT,
  BOOLEAN,
  choiceKind,
  DATE,
  type FilterInput,
  type FilterKind,
  holds,
  ID,
  INSTANT,
  INTEGER,
  KEYWORD,
  keyKind,
  LIST,
  never,
  type OperatorsType,
  type Reader,
  readBoolean,
  readCountry,
  readDate,
  readInstant,
  readNumber,
  readText,
  type Subject,
  TEXT,
  type Value,
} from './filter-kinds.ts';
import type { Keyed } from './keys.ts';

/** Most conditions in one filter, and how deep `and`, `or` and `not` may be nested in it. */
export const FILTER_CONDITIONS_MAX = 200;
export const FILTER_DEPTH_MAX = 10;
/** What bounds the lists of conditions in a filter. */
export const CONDITIONS_BOUND = `A filter can have at most ${FILTER_CONDITIONS_MAX} conditions in total.`;

/** What fields of filters have to know: whose rows are asked for, and the firm's definitions where some look at these. */
export interface Known<Definitions> {
  readonly firmId: number;
  readonly definitions: Definitions;
  /** By what records of a model are found. */
  kindNamed(model: string): Keyed;
}

/** A field of a filter: its input type, what the schema says of it, and what it means. */
export interface FilterField<Definitions> {
  readonly type: OperatorsType | FieldsType<Definitions>;
  /** Whether it takes a list of these, all of which must hold. */
  readonly list?: boolean;
  readonly says: string;
  readonly condition: (filter: FilterInput, path: Path, issues: Issues, known: Known<Definitions>) => Condition;
}

/** An input type of the schema that holds fields, each with a filter of its own. */
export interface FieldsType<Definitions> {
  readonly name: string;
  readonly says: string;
  readonly fields: FilterFields<Definitions>;
}

/** The fields of a filter by name. `Definitions` is whatever some of them have to know. */
export type FilterFields<Definitions> = Readonly<Record<string, FilterField<Definitions>>>;

/** Where a filter of rows of a model can look: a column, or a text inside a JSON column. */
type OperandOf<M extends ModelName> = ColumnName<M> | { column: ColumnName<M>; key: string };

/** Where else text is found. */
interface TextPlaces<M extends ModelName> {
  /** Its folded form: a column, or the key under which that is kept where it is not of ASCII alone. */
  folded: ColumnName<M> | { key: string };
  within?: ColumnName<M>;
}

function onSubject<T extends Value>(
  type: FilterKind<Subject<T>>,
  read: Reader<T>,
): (operand: Operand, says: string) => FilterField<unknown> {
  return (operand, says) => {
    const on = { operand, read };
    return { type, says, condition: (filter, path, issues) => holds(type, on, filter, path, issues) };
  };
}

/** The filters there are, on the columns of a model. `says` is what the schema says of the field. */
export function filtersOn<M extends ModelName>(_model: M) {
  type On = (operand: OperandOf<M>, says: string) => FilterField<unknown>;
  const id: On = onSubject(ID, readText);
  const integer: On = onSubject(INTEGER, readNumber);
  const amount: On = onSubject(AMOUNT, readNumber);
  const date: On = onSubject(DATE, readDate);
  const instant: On = onSubject(INSTANT, readInstant);
  const boolean: On = onSubject(BOOLEAN, readBoolean);
  const keyword: On = onSubject(KEYWORD, readText);
  const country: On = onSubject(KEYWORD, readCountry);
  return {
    id,
    integer,
    amount,
    date,
    instant,
    boolean,
    keyword,
    /** A country, in either case. */
    country,
    text: (operand: OperandOf<M>, says: string, places: TextPlaces<M>): FilterField<unknown> => {
      const folded = typeof places.folded === 'string' ? places.folded : { folded: places.folded.key, of: operand };
      const on = { operand, read: readText, folded, within: places.within };
      return { type: TEXT, says, condition: (filter, path, issues) => holds(TEXT, on, filter, path, issues) };
    },
    choice: (column: ColumnName<M>, choice: ChoiceField, what: string, says: string): FilterField<unknown> =>
      onSubject(choiceKind(choice, what), readText)(column, says),
    /** A list whose members are indexed under this number. */
    list: (column: ColumnName<M>, field: number, says: string): FilterField<unknown> => ({
      type: LIST,
      says,
      condition: (filter, path, issues) => holds(LIST, { column, field }, filter, path, issues),
    }),
    /** The parts of an object. */
    object: (name: string, what: string, fields: FilterFields<unknown>, says: string): FilterField<unknown> => ({
      type: { name, says: what, fields },
      says,
      condition: (filter, path, issues, known) => composed(fields, filter, path, issues, known),
    }),
    /** What a record points at, by the keys of that. */
    reference: (column: ColumnName<M>, to: string, says: string): FilterField<unknown> => {
      const type = keyKind(to);
      return {
        type,
        says,
        condition: (filter, path, issues, { firmId, kindNamed }) =>
          holds(type, { column, firmId, kind: kindNamed(to) }, filter, path, issues),
      };
    },
    /** What rows beside a record point at: `has` makes the condition that there is one which meets another. */
    beside: (has: (where: Condition) => Condition, column: string, to: string, says: string): FilterField<unknown> => {
      const type = keyKind(to);
      return {
        type,
        says,
        condition: (filter, path, issues, { firmId, kindNamed }) =>
          besideCondition(
            has,
            (operators) => holds(type, { column, firmId, kind: kindNamed(to) }, operators, path, issues),
            filter,
            path,
            issues,
          ) ?? and(),
      };
    },
  };
}

/** Operators on the rows beside a record: `meets` makes of them a condition on one, and `isNull` asks whether there are any. Undefined when none is given. */
export function besideCondition(
  has: (where: Condition) => Condition,
  meets: (operators: FilterInput) => Condition,
  { isNull: none, ...operators }: FilterInput,
  path: Path,
  issues: Issues,
): Condition | undefined {
  const terms: Condition[] = [];
  if (none !== undefined) {
    const empty = readBoolean(none, [...path, 'isNull'], issues);
    terms.push(empty === false ? has(and()) : not(has(and())));
  }
  if (Object.values(operators).some((value) => value !== undefined)) {
    terms.push(has(meets(operators)));
  }
  return terms.length > 0 ? and(...terms) : undefined;
}

/** A whole filter: its fields, and `and`, `or`, `not` over filters of the same kind. */
export function composed<Definitions>(
  fields: FilterFields<Definitions>,
  filter: FilterInput,
  path: Path,
  issues: Issues,
  known: Known<Definitions>,
): Condition {
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
      const alreadyReported = count.left < 0;
      count.left -= conditions;
      if (count.left < 0) {
        if (!alreadyReported) issues.add(at, `has more than ${FILTER_CONDITIONS_MAX} conditions`);
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
    if (!field.list) return field.condition(value as FilterInput, at, issues, known);
    const items = value as readonly FilterInput[];
    return and(...items.map((item, index) => field.condition(item, [...at, index], issues, known)));
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
