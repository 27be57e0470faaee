/**
 * The patch rule (contract, section 3): what each kind of field makes of nothing, null, an empty list and a value.
 * It holds for creating (onto the defaults), for upsert's update half and for every patch; nothing else decides it.
 */
import type { ErrorCode } from '../errors.ts';
import type { Field, Fields, ObjectField, ObjectListField } from './fields.ts';
import { requirement } from './fields.ts';
import { checkLength, glimpse, type Issues, type Path, parseValue } from './parse.ts';

type Effect = 'keep' | 'clear' | 'error' | 'replace' | 'merge';
export type FieldClass = 'optional' | 'required' | 'list' | 'object' | 'custom';

/** The rule as one table: the class of a field and what was sent give the effect. */
export const PATCH_RULE: Readonly<
  Record<FieldClass, { nothing: Effect; null: Effect; emptyList: Effect; value: Effect }>
> = {
  optional: { nothing: 'keep', null: 'clear', emptyList: 'error', value: 'replace' },
  required: { nothing: 'keep', null: 'error', emptyList: 'error', value: 'replace' },
  list: { nothing: 'keep', null: 'error', emptyList: 'clear', value: 'replace' },
  object: { nothing: 'keep', null: 'clear', emptyList: 'error', value: 'merge' },
  custom: { nothing: 'keep', null: 'clear', emptyList: 'clear', value: 'replace' },
};

/** Which column of the rule's table a field falls under. */
export function fieldClass(field: Field): FieldClass {
  switch (field.kind) {
    case 'textList':
    case 'objectList':
      return 'list';
    case 'object':
    case 'customFields':
      return 'object';
    default:
      return field.required ? 'required' : 'optional';
  }
}

/** What was sent, in the words of the table. */
function sent(value: unknown): 'nothing' | 'null' | 'emptyList' | 'value' {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) && value.length === 0 ? 'emptyList' : 'value';
}

/** The effect of sending `value` to a field of the class. An empty list counts as such only where lists are meant. */
export function effectOf(kind: FieldClass, value: unknown): Effect {
  const what = sent(value);
  // Elsewhere an empty list is just a value of the wrong type, and the type check says it best.
  if (what === 'emptyList' && PATCH_RULE[kind].emptyList === 'error') return PATCH_RULE[kind].value;
  return PATCH_RULE[kind][what];
}

/** A record's field values by name, cleared ones null. */
export type Values = Readonly<Record<string, unknown>>;

/** How the map of custom fields is merged (null clears it); the firm's definitions decide, so the domain passes it in. */
export type MergeCustomFields = (current: Values, sent: Values | null, path: Path, issues: Issues) => Values;

/**
 * The values that result when `input` is applied to `current` by the patch rule. Adds every problem to `issues`; the
 * result is of use only when there are none. Keys of `input` that are no fields are the caller's business.
 */
export function applyPatch(
  fields: Fields,
  current: Values,
  input: Values,
  path: Path,
  issues: Issues,
  mergeCustomFields?: MergeCustomFields,
): Record<string, unknown> {
  const next: Record<string, unknown> = { ...current };
  for (const name in fields) {
    const value = input[name];
    const field = fields[name];
    // As the rule has it for every field.
    if (value === undefined || field === undefined) continue;
    const at = [...path, name];
    switch (effectOf(fieldClass(field), value)) {
      case 'keep':
        break;
      case 'clear':
        next[name] = cleared(field, current[name], at, issues, mergeCustomFields);
        break;
      case 'error':
        issues.add(at, `must not be null; leave it out to keep it${emptyHint(field)}. ${requirement(field)}`);
        break;
      case 'merge':
        next[name] = merged(field, current[name], value, at, issues, mergeCustomFields);
        break;
      case 'replace':
        next[name] =
          field.kind === 'objectList'
            ? parseObjectList(field, value, at, issues)
            : parseValue(field, value, at, issues);
    }
  }
  return next;
}

function emptyHint(field: Field): string {
  return fieldClass(field) === 'list' ? ', send [] to clear it' : '';
}

function cleared(field: Field, current: unknown, path: Path, issues: Issues, merge?: MergeCustomFields): unknown {
  if (field.kind !== 'customFields') return fieldClass(field) === 'list' ? [] : null;
  return merge ? merge((current ?? {}) as Values, null, path, issues) : {};
}

function merged(field: Field, current: unknown, value: unknown, path: Path, issues: Issues, merge?: MergeCustomFields) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return issues.add(path, `must be an object, not ${glimpse(value)}`);
  }
  if (field.kind === 'customFields') {
    return merge ? merge((current ?? {}) as Values, value as Values, path, issues) : {};
  }
  return mergeObject(field as ObjectField, (current ?? {}) as Values, value as Values, path, issues);
}

/** Merges a small object field by field; one with nothing left in it is null, as if it had been cleared. */
function mergeObject(field: ObjectField, current: Values, value: Values, path: Path, issues: Issues): Values | null {
  const next = applyPatch(field.fields, current, value, path, issues);
  const kept = Object.entries(next).filter(([, part]) => part !== null && part !== undefined);
  return kept.length > 0 ? Object.fromEntries(kept) : null;
}

function parseObjectList(field: ObjectListField, value: unknown, path: Path, issues: Issues): unknown {
  if (!Array.isArray(value)) return issues.add(path, `must be a list, not ${glimpse(value)}`);
  if (!checkLength(value, field.maxItems, path, issues)) return undefined;
  const seen = new Map<string, number>();
  return value.map((item, index) => {
    const at = [...path, index];
    if (typeof item !== 'object' || item === null) return issues.add(at, `must be an object, not ${glimpse(item)}`);
    const parsed = applyPatch(field.fields, {}, item as Values, at, issues);
    requireFields(field.fields, parsed, at, issues);
    const key = JSON.stringify(field.keyedBy.map((name) => parsed[name]));
    const first = seen.get(key);
    if (first !== undefined)
      issues.add(at, `repeats item ${first}; there may be one for each ${field.keyedBy.join(' and ')}`);
    seen.set(key, index);
    return parsed;
  });
}

/** Adds an issue for each required field that has no value: what creating checks beyond patching. */
export function requireFields(fields: Fields, values: Values, path: Path, issues: Issues, why = ''): void {
  for (const name in fields) {
    const field = fields[name];
    if ((values[name] ?? null) !== null || field === undefined || fieldClass(field) !== 'required') continue;
    const at = [...path, name];
    const told = issues.list.some(
      (issue) => issue.path.length === at.length && issue.path.every((key, i) => key === at[i]),
    );
    if (!told) issues.add(at, `is required${why}. ${requirement(field)}`, 'BAD_USER_INPUT' satisfies ErrorCode);
  }
}

const defaults = new WeakMap<Fields, Values>();

/** The values a record starts from: its fields' defaults, lists empty, the rest null. The same object for the same fields. */
export function defaultsOf(fields: Fields): Values {
  const known = defaults.get(fields);
  if (known) return known;
  const values: Record<string, unknown> = {};
  for (const name in fields) {
    const field = fields[name];
    if (field !== undefined) values[name] = defaultOf(field);
  }
  defaults.set(fields, values);
  return values;
}

function defaultOf(field: Field): unknown {
  if ('default' in field && field.default !== undefined) return field.default;
  if (fieldClass(field) === 'list') return [];
  return field.kind === 'customFields' ? {} : null;
}
