/**
 * Conditions on custom fields, by the operators of their types. Pure; answered from the rows of IndexedValue, or, where
 * these do not tell or a record is at hand, from its own values.
 */
import type { CustomFieldType, Definition } from '../custom-values/types.ts';
import { indexKey, knownOptions, TEXT_MAX, usableField } from '../custom-values/values.ts';
import {
  and,
  type Comparison,
  type Condition,
  compare,
  contains,
  equals,
  isNull,
  type JsonOperand,
  not,
  type Operand,
  oneOf,
  startsWith,
} from '../database/sql/index.ts';
import { fold } from '../fields/fold.ts';
import { checkLength, checkText, glimpse, Issues, isCalendarDate, type Path } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { FILTER_TEXT_MAX, FILTER_VALUES_MAX, type OperatorInput } from '../records/filter-kinds.ts';
import { CONDITIONS_BOUND, type FilterField } from '../records/filters.ts';

/** Most options of `hasEvery`. */
export const HAS_EVERY_MAX = 100;

/** The operators there are, with what each takes and the sentence that describes it in the schema. */
export const OPERATORS = {
  equals: { takes: 'JSON', says: 'Equal to this value, case-sensitive.' },
  in: {
    takes: 'JSON',
    list: true,
    says: 'Equal to one of these values, case-sensitive.',
    bound: ` At most ${FILTER_VALUES_MAX} values.`,
  },
  contains: { takes: 'String', says: 'Contains this text, case-insensitive.' },
  startsWith: { takes: 'String', says: 'Starts with this text, case-insensitive.' },
  gt: { takes: 'JSON', says: 'Greater or later than this value.' },
  gte: { takes: 'JSON', says: 'Greater or later than this value, or equal to it.' },
  lt: { takes: 'JSON', says: 'Less or earlier than this value.' },
  lte: { takes: 'JSON', says: 'Less or earlier than this value, or equal to it.' },
  hasEvery: {
    takes: 'String',
    list: true,
    says: 'All of these options are selected.',
    bound: ` At most ${HAS_EVERY_MAX} options.`,
  },
  hasSome: {
    takes: 'String',
    list: true,
    says: 'At least one of these options is selected.',
    bound: ` At most ${FILTER_VALUES_MAX} options.`,
  },
  isNull: { takes: 'Boolean', says: 'true matches records without a value; false matches records with one.' },
} as const;

export type Operator = keyof typeof OPERATORS;

const TEXT_OPERATORS = ['equals', 'in', 'contains', 'startsWith', 'isNull'] as const;
const RANGE_OPERATORS = ['equals', 'in', 'gt', 'gte', 'lt', 'lte', 'isNull'] as const;

/** The operators that each type of field takes. */
export const OPERATORS_OF: Readonly<Record<CustomFieldType, readonly Operator[]>> = {
  TEXT: TEXT_OPERATORS,
  EMAIL: TEXT_OPERATORS,
  URL: TEXT_OPERATORS,
  PHONE_NUMBER: TEXT_OPERATORS,
  ADDRESS: TEXT_OPERATORS,
  NUMBER: RANGE_OPERATORS,
  DATE: RANGE_OPERATORS,
  BOOLEAN: ['equals', 'isNull'],
  SINGLE_SELECT: ['equals', 'in', 'isNull'],
  MULTI_SELECT: ['hasEvery', 'hasSome', 'isNull'],
};

const operatorNames = Object.keys(OPERATORS) as Operator[];

const COMPARISONS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/**
 * The condition that a record's value of the field under `filter.key` meets the filter's operators, all of them.
 * Adds every problem to `issues`.
 */
export function customFieldCondition(
  definitions: readonly Definition[],
  filter: Values,
  path: Path,
  issues: Issues,
): Condition {
  const definition = usableField(definitions, String(filter.key), [...path, 'key'], issues);
  if (!definition) return and();
  const used = operatorNames.filter((operator) => filter[operator] !== undefined);
  const allowed = OPERATORS_OF[definition.type];
  const takes = `"${definition.key}" is a ${definition.type} field, which takes ${allowed.join(', ')}`;
  if (used.length === 0) issues.add(path, `has no operator; ${takes}`);

  const found = new Issues();
  const terms: Condition[] = [];
  // A record has one value of these types, so that both ends of a range are asked of one row.
  const range: Range[] = [];
  for (const operator of used) {
    const at = [...path, operator];
    const value = filter[operator];
    if (!allowed.includes(operator)) issues.add(at, `does not apply: ${takes}`);
    else if (value === null) found.add(at, 'must not be null; to find unset values use isNull: true');
    else if (operator === 'isNull') terms.push(...nullTerms(definition, value, at, found));
    else if (operator === 'hasEvery') {
      const keys = parseList(definition, value, HAS_EVERY_MAX, at, found);
      terms.push({ is: 'existsEvery', ...rowsOf(definition), column: 'key', values: keys });
    } else if (isRange(operator)) range.push(...rangeTerms(definition, operator, value, at, found));
    else terms.push(...valueTerms(definition, operator, value, at, found));
  }
  for (const issue of found.list) issues.add(issue.path, `"${definition.key}": ${issue.message}`, issue.code);
  if (range.length > 0) terms.push(within(definition, range));
  return and(...terms);
}

/** That the record has a row of the field that meets the condition. */
function hasRow(definition: Definition, of: Condition): Condition {
  const { where, ...rows } = rowsOf(definition);
  return { is: 'exists', ...rows, where: and(where, of) };
}

/** The index rows of the field beside a record. */
function rowsOf({ number }: Definition) {
  return { model: 'IndexedValue', on: { firmId: 'firmId', entityId: 'id' }, where: equals('field', number) } as const;
}

/** The value on the record itself. */
function ownValue({ number, type }: Definition): JsonOperand {
  return { column: 'customFields', key: String(number), ...(type === 'NUMBER' ? { isNumber: true } : {}) };
}

function nullTerms(definition: Definition, value: unknown, path: Path, issues: Issues): Condition[] {
  const none = isNull(ownValue(definition));
  if (value === true) return [none];
  // Where few have a value, they are found by it.
  if (value === false) return [{ ...rowsOf(definition), is: 'exists', same: not(none) }];
  issues.add(path, `must be true or false, not ${glimpse(value)}`);
  return [];
}

interface Range {
  by: Comparison;
  key: string;
}

function isRange(operator: Operator): operator is keyof typeof COMPARISONS {
  return operator in COMPARISONS;
}

/** One end of a range. Nothing after adding an issue. */
function rangeTerms(
  definition: Definition,
  operator: keyof typeof COMPARISONS,
  value: unknown,
  path: Path,
  issues: Issues,
): Range[] {
  const key = parseKey(definition, value, path, issues);
  return key === undefined ? [] : [{ by: COMPARISONS[operator], key }];
}

function within(definition: Definition, range: readonly Range[]): Condition {
  const { where, ...rows } = rowsOf(definition);
  // A date's text is in the order of its days.
  const isDate = definition.type === 'DATE';
  const asked = (operand: Operand) =>
    and(...range.map(({ by, key }) => compare(operand, by, isDate ? key : Number(key))));
  return {
    is: 'exists',
    ...rows,
    where: and(where, asked(isDate ? 'key' : 'number')),
    same: asked(ownValue(definition)),
  };
}

/** What another operator asks of a value. Nothing after adding an issue. */
function valueTerms(
  definition: Definition,
  operator: 'equals' | 'in' | 'hasSome' | 'contains' | 'startsWith',
  value: unknown,
  path: Path,
  issues: Issues,
): Condition[] {
  switch (operator) {
    case 'equals': {
      const key = parseKey(definition, value, path, issues);
      return key === undefined ? [] : [hasRow(definition, equals('key', key))];
    }
    case 'in':
    case 'hasSome':
      return [hasRow(definition, oneOf('key', parseList(definition, value, FILTER_VALUES_MAX, path, issues)))];
    default: {
      const text = checkText(value, { min: 0, max: FILTER_TEXT_MAX }, path, issues);
      if (text === undefined) return [];
      const operand = { folded: String(definition.number), of: ownValue(definition) };
      return [operator === 'contains' ? contains(operand, fold(text)) : startsWith(operand, fold(text))];
    }
  }
}

function parseList(definition: Definition, value: unknown, max: number, path: Path, issues: Issues): string[] {
  if (!Array.isArray(value)) {
    issues.add(path, `must be a list, not ${glimpse(value)}`);
    return [];
  }
  if (!checkLength(value, max, path, issues)) return [];
  const keys = value.map((item: unknown, index) => parseKey(definition, item, [...path, index], issues));
  return [...new Set(keys.filter((key) => key !== undefined))];
}

/** The index key of a value of the field's type, or undefined after adding an issue. */
function parseKey(definition: Definition, value: unknown, path: Path, issues: Issues): string | undefined {
  switch (definition.type) {
    case 'NUMBER':
      if (typeof value === 'number' && Number.isFinite(value)) return String(value + 0);
      return issues.add(path, `must be a finite number, not ${glimpse(value)}`);
    case 'BOOLEAN':
      if (typeof value === 'boolean') return String(value);
      return issues.add(path, `must be true or false, not ${glimpse(value)}`);
    case 'DATE':
      if (typeof value === 'string' && isCalendarDate(value)) return value;
      return issues.add(path, `must be a calendar date, YYYY-MM-DD, not ${glimpse(value)}`);
    case 'SINGLE_SELECT':
    case 'MULTI_SELECT':
      // Archived options are still found: records may hold them.
      if (typeof value === 'string' && definition.options.some(({ key }) => key === value)) return value;
      return issues.add(path, `has no option ${glimpse(value)}; ${knownOptions(definition)}`);
    default: {
      const text = checkText(value, { min: 0, max: TEXT_MAX }, path, issues);
      return text === undefined ? undefined : indexKey(text);
    }
  }
}

/** An operator as the schema shows it: what it means, and which types of field take it. */
function operatorInput(name: Operator): OperatorInput {
  const { says, bound = '', ...takes }: OperatorInput & { bound?: string } = OPERATORS[name];
  const types = Object.entries(OPERATORS_OF).filter(([, taken]) => taken.includes(name));
  return { ...takes, says: `${says} For ${types.map(([type]) => type).join(', ')}.${bound}` };
}

/** The filter field `customFields` of a record: a list of conditions that must all hold. */
export const customFieldsFilter: FilterField<readonly Definition[]> = {
  says: `Filters by custom fields. All of these conditions must match. ${CONDITIONS_BOUND}`,
  list: true,
  type: {
    name: 'CustomFieldFilter',
    says: "Conditions on the value of one custom field, by the operators of the field's type. All must hold.",
    operators: {
      key: { takes: 'String', required: true, says: "The field's key." },
      ...Object.fromEntries(operatorNames.map((name) => [name, operatorInput(name)])),
    },
  },
  condition: (filter, path, issues, { definitions }) => customFieldCondition(definitions, filter, path, issues),
};
