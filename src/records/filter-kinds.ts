/**
 * The kinds of filter, the same on every record: each with its operators, what the schema says of them and what they mean.
 * The input types of the schema are made from the same (graphql/filters.ts). Pure: a filter becomes a Condition, or issues
 * that name what is wrong with it.
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
  not,
  type Operand,
  oneOf,
  or,
  parseInstant,
  startsWith,
} from '../database/sql/index.ts';
import type { ChoiceField } from '../fields/choice.ts';
import { a, nounOf } from '../fields/fields.ts';
import { fold } from '../fields/fold.ts';
import { checkLength, glimpse, type Issues, isCalendarDate, type Path, unstorable } from '../fields/parse.ts';
import { type Keyed, keyCondition, readKey } from './keys.ts';

/** Most values in one `in`, `hasEvery` or `hasSome`. */
export const FILTER_VALUES_MAX = 1_000;
/** Longest text that is compared or looked for. */
export const FILTER_TEXT_MAX = 4_096;

export type FilterInput = Readonly<Record<string, unknown>>;

export type Value = string | number | boolean;

/** Checks one value of a filter and returns the stored form; undefined after adding an issue. */
export type Reader<T extends Value> = (value: unknown, path: Path, issues: Issues) => T | undefined;

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
  return issues.add(path, `must be a timestamp with an offset, such as 2026-11-21T09:30:00Z, not ${glimpse(value)}`);
};

/** A country in either case, as it is stored. */
export const readCountry: Reader<string> = (value, path, issues) => readText(value, path, issues)?.toUpperCase();

/** What no record meets. */
export const never: Condition = or();

/** Reads a list of values, all checked. */
function readAll<T extends Value>(value: unknown, read: Reader<T>, path: Path, issues: Issues): T[] {
  if (!Array.isArray(value)) {
    issues.add(path, `must be a list, not ${glimpse(value)}`);
    return [];
  }
  if (!checkLength(value, FILTER_VALUES_MAX, path, issues)) return [];
  return value.flatMap((item, index) => read(item, [...path, index], issues) ?? []);
}

/** What an input of a filter takes: a scalar, an enum, or a key of a record of a model. */
export type FilterValue =
  | { readonly key: string }
  | 'String'
  | 'ID'
  | 'Int'
  | 'Float'
  | 'Boolean'
  | 'Date'
  | 'DateTime'
  | 'JSON'
  | ChoiceField;

/** An input type of the schema that holds operators. */
export interface OperatorsType {
  readonly name: string;
  readonly says: string;
  readonly operators: Readonly<Record<string, OperatorInput>>;
}

/** An operator as the schema shows it. */
export interface OperatorInput {
  readonly takes: FilterValue;
  /** Whether it takes a list of these. */
  readonly list?: boolean;
  readonly required?: boolean;
  readonly says: string;
}

/** Where a filter looks, and how its values are checked. */
export interface Subject<T extends Value> {
  readonly operand: Operand;
  /** Text in the form that is matched without regard to case. */
  readonly folded?: Operand | undefined;
  /** A column that holds the folded text as a part, and has an index of its parts. */
  readonly within?: Operand | undefined;
  readonly read: Reader<T>;
}

/** An operator, and what it means. */
interface Operator<On> extends OperatorInput {
  readonly condition: (on: On, value: unknown, path: Path, issues: Issues) => Condition;
}

/** A kind of filter: an input type whose operators have a meaning. */
export interface FilterKind<On> extends OperatorsType {
  readonly operators: Readonly<Record<string, Operator<On>>>;
}

/** What bounds the lists of values in a filter. */
export const VALUES_BOUND = `At most ${FILTER_VALUES_MAX} values.`;
const ALL_HOLD = 'All given conditions must match.';

const compared =
  (by: Comparison): Operator<Subject<Value>>['condition'] =>
  ({ operand, read }, value, path, issues) => {
    const checked = read(value, path, issues);
    return checked === undefined ? never : compare(operand, by, checked);
  };

const isOneOf: Operator<Subject<string | number>>['condition'] = ({ operand, read }, value, path, issues) =>
  oneOf(operand, readAll(value, read, path, issues));

const isNullOperator: Operator<{ operand: Operand }> = {
  takes: 'Boolean',
  says: 'true matches records without a value; false matches records with one.',
  condition: ({ operand }, value, path, issues) => {
    const wanted = readBoolean(value, path, issues);
    return wanted === false ? not(isNull(operand)) : isNull(operand);
  },
};

/** Equality and lists of scalars or enums that are compared as they are stored. */
const sameness = (takes: FilterValue, equalsSays: string, inSays: string) => ({
  equals: { takes, says: equalsSays, condition: compared('=') },
  in: { takes, list: true, says: `${inSays} ${VALUES_BOUND}`, condition: isOneOf },
});

/** A filter of equality and order over a scalar. */
function orderedKind(name: string, takes: FilterValue, what: string): FilterKind<Subject<string | number>> {
  const { equals, in: among } = sameness(takes, `Equal to this ${what}.`, `Equal to one of these ${what}s.`);
  return {
    name,
    says: `${what.charAt(0).toUpperCase()}${what.slice(1)} filter. ${ALL_HOLD}`,
    operators: {
      equals,
      gt: { takes, says: `Greater or later than this ${what}.`, condition: compared('>') },
      gte: { takes, says: `Greater or later than this ${what}, or equal to it.`, condition: compared('>=') },
      lt: { takes, says: `Less or earlier than this ${what}.`, condition: compared('<') },
      lte: { takes, says: `Less or earlier than this ${what}, or equal to it.`, condition: compared('<=') },
      in: among,
      isNull: isNullOperator,
    },
  };
}

/** Text whose folded form is found where the column of parts, if any, holds it. */
function partOf({ within }: Subject<string>, folded: string): Condition {
  return within !== undefined && [...folded].length >= INDEXED_MIN ? contains(within, folded) : and();
}

const matched =
  (match: typeof contains): Operator<Subject<string>>['condition'] =>
  (on, value, path, issues) => {
    const text = readText(value, path, issues);
    if (text === undefined) return never;
    const part = fold(text);
    return and(partOf(on, part), match(on.folded ?? on.operand, part));
  };

const exactText = sameness(
  'String',
  'Equal to this text, case-sensitive.',
  'Equal to one of these texts, case-sensitive.',
);

export const TEXT: FilterKind<Subject<string>> = {
  name: 'TextFilter',
  says: `Text filter. ${ALL_HOLD}`,
  operators: {
    equals: {
      ...exactText.equals,
      condition: (on, value, path, issues) => {
        const text = on.read(value, path, issues);
        return text === undefined ? never : and(partOf(on, fold(text)), equals(on.operand, text));
      },
    },
    contains: {
      takes: 'String',
      says: 'Contains this text, case-insensitive.',
      condition: matched(contains),
    },
    startsWith: {
      takes: 'String',
      says: 'Starts with this text, case-insensitive.',
      condition: matched(startsWith),
    },
    in: exactText.in,
    isNull: isNullOperator,
  },
};

export const ID: FilterKind<Subject<string>> = {
  name: 'IdFilter',
  says: `ID filter. ${ALL_HOLD}`,
  operators: { ...sameness('ID', 'Equal to this id.', 'Equal to one of these ids.'), isNull: isNullOperator },
};

export const KEYWORD: FilterKind<Subject<string>> = {
  name: 'KeywordFilter',
  says: `Filter on a text that only matches as a whole, such as a phone number. ${ALL_HOLD}`,
  operators: { ...exactText, isNull: isNullOperator },
};

export const AMOUNT = orderedKind('AmountFilter', 'Float', 'amount');
export const INTEGER = orderedKind('IntFilter', 'Int', 'number');
export const DATE = orderedKind('DateFilter', 'Date', 'date');
export const INSTANT = orderedKind('DateTimeFilter', 'DateTime', 'timestamp');

export const BOOLEAN: FilterKind<Subject<boolean>> = {
  name: 'BooleanFilter',
  says: 'Boolean filter.',
  operators: {
    equals: { takes: 'Boolean', says: 'Equal to this value.', condition: compared('=') },
    isNull: isNullOperator,
  },
};

/** A list of a record: its column, and the number under which its members are indexed. */
export interface ListSubject {
  readonly column: string;
  readonly field: number;
}

/** The rows beside a record that hold the members of one of its lists. */
const members = ({ field }: ListSubject) =>
  ({ model: 'IndexedValue', on: { firmId: 'firmId', entityId: 'id' }, where: equals('field', field) }) as const;

function hasMember(list: ListSubject, which: Condition): Condition {
  const { where, ...rows } = members(list);
  return { is: 'exists', ...rows, where: and(where, which) };
}

/** Of the members of a list. */
export const LIST: FilterKind<ListSubject> = {
  name: 'ListFilter',
  says: `Filter on a list of texts. ${ALL_HOLD}`,
  operators: {
    hasEvery: {
      takes: 'String',
      list: true,
      says: `Contains all of these values. ${VALUES_BOUND}`,
      condition: (list, value, path, issues) => {
        const values = readAll(value, readText, path, issues);
        return { is: 'existsEvery', ...members(list), column: 'key', values };
      },
    },
    hasSome: {
      takes: 'String',
      list: true,
      says: `Contains at least one of these values. ${VALUES_BOUND}`,
      condition: (list, value, path, issues) => hasMember(list, oneOf('key', readAll(value, readText, path, issues))),
    },
    isEmpty: {
      takes: 'Boolean',
      says: 'true matches empty lists; false matches lists with at least one item.',
      condition: ({ column }, value, path, issues) => {
        const empty = readBoolean(value, path, issues);
        const isEmpty: Condition = { is: 'emptyList', column };
        return empty === false ? not(isEmpty) : isEmpty;
      },
    },
  },
};

/** A column that points at records of a kind, in rows of a firm. */
export interface KeySubject {
  readonly column: string;
  readonly firmId: number;
  readonly kind: Keyed;
}

/** A filter of what a record points at, by the keys of that. */
export function keyKind(model: string): FilterKind<KeySubject> {
  const named = (on: KeySubject, sent: unknown[], pathOf: (index: number) => Path, issues: Issues) => {
    const { column, firmId, kind } = on;
    const keys = sent.flatMap((key, index) => readKey(kind, key, pathOf(index), issues) ?? []);
    return keys.length > 0 ? keyCondition(kind, keys, firmId, column) : never;
  };
  const what = nounOf(model);
  return {
    name: `${model}KeyFilter`,
    says: `Conditions on ${a(what)} that a record points at. ${ALL_HOLD}`,
    operators: {
      equals: {
        takes: { key: model },
        says: `Is the ${what} with this key. One that nothing has meets no record.`,
        condition: (on, value, path, issues) => named(on, [value], () => path, issues),
      },
      in: {
        takes: { key: model },
        list: true,
        says: `Is one of those with these keys. ${VALUES_BOUND}`,
        condition: (on, value, path, issues) => {
          if (!Array.isArray(value)) return issues.add(path, `must be a list, not ${glimpse(value)}`) ?? never;
          if (!checkLength(value, FILTER_VALUES_MAX, path, issues)) return never;
          return named(on, value, (index) => [...path, index], issues);
        },
      },
      isNull: {
        ...isNullOperator,
        condition: ({ column }, value, path, issues) =>
          isNullOperator.condition({ operand: column }, value, path, issues),
      },
    },
  };
}

/** A filter of equality over an enum. */
export function choiceKind(choice: ChoiceField, what: string): FilterKind<Subject<string>> {
  return {
    name: `${choice.name}Filter`,
    says: `${what.charAt(0).toUpperCase()}${what.slice(1)} filter. ${ALL_HOLD}`,
    operators: sameness(choice, 'Equal to this value.', 'Equal to one of these values.'),
  };
}

/** All operators of one field's filter together. */
export function holds<On>(
  { operators }: FilterKind<On>,
  on: On,
  filter: FilterInput,
  path: Path,
  issues: Issues,
): Condition {
  const terms: Condition[] = [];
  for (const name in filter) {
    const value = filter[name];
    const at = [...path, name];
    if (value === undefined) continue;
    if (value === null) {
      // Taking null for "no condition" would answer everything to who meant to ask for nothing.
      issues.add(at, 'must not be null; omit it, or use isNull');
      terms.push(never);
      continue;
    }
    const operator = operators[name];
    if (!operator) throw new Error(`The filter has no operator ${name}`);
    terms.push(operator.condition(on, value, at, issues));
  }
  return and(...terms);
}
