/**
 * The patch rule (contract, section 3): what each kind of field makes of nothing, null, empty text, an empty list and a value.
 * It holds for creating (onto the defaults), for upsert's update half and for every patch; nothing else decides it.
 */

import type { ErrorCode } from '../base/errors.ts';
import { type Field, type Fields, fieldClass, isFreeText, kindOfField, publicName, requirement } from './fields.ts';
import type { FieldClass, PatchRule, Values } from './kind.ts';

export type { Values } from './kind.ts';

import { glimpse, type Issues, type Path } from './parse.ts';

type Effect = 'keep' | 'clear' | 'error' | 'replace' | 'merge';
/**
 * The rule as one table: the class of a field and what was sent give the effect. Empty text stands for nothing in free
 * text; a field that has a format, or holds no text, takes it for a wrong value.
 */
export const PATCH_RULE: Readonly<
  Record<FieldClass | 'custom', { nothing: Effect; null: Effect; emptyText: Effect; emptyList: Effect; value: Effect }>
> = {
  optional: { nothing: 'keep', null: 'clear', emptyText: 'clear', emptyList: 'error', value: 'replace' },
  required: { nothing: 'keep', null: 'error', emptyText: 'error', emptyList: 'error', value: 'replace' },
  list: { nothing: 'keep', null: 'error', emptyText: 'error', emptyList: 'clear', value: 'replace' },
  object: { nothing: 'keep', null: 'clear', emptyText: 'error', emptyList: 'error', value: 'merge' },
  custom: { nothing: 'keep', null: 'clear', emptyText: 'clear', emptyList: 'clear', value: 'replace' },
};

/** What was sent, in the words of the table. */
function sent(value: unknown): 'nothing' | 'null' | 'emptyText' | 'emptyList' | 'value' {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value === '') return 'emptyText';
  return Array.isArray(value) && value.length === 0 ? 'emptyList' : 'value';
}

/** The effect of sending `value` to a field. Empty text counts as such only in free text, and an empty list only in lists. */
function effectOf(field: Field, value: unknown): Effect {
  const rule = PATCH_RULE[fieldClass(field)];
  const what = sent(value);
  // Elsewhere they are just values of the wrong type, and the type check says it best.
  if (what === 'emptyText' && !isFreeText(field)) return rule.value;
  if (what === 'emptyList' && rule.emptyList === 'error') return rule.value;
  return rule[what];
}

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
    const at = [...path, publicName(name, field)];
    switch (effectOf(field, value)) {
      case 'keep':
        break;
      case 'clear':
        next[name] = cleared(field, current[name], at, issues, mergeCustomFields);
        break;
      case 'error':
        issues.add(at, `must not be null; omit it to keep the value${emptyHint(field)}. ${requirement(field)}`);
        break;
      case 'merge':
        next[name] = merged(field, current[name], value, at, issues, mergeCustomFields);
        break;
      case 'replace':
        next[name] = parseValue(field, value, at, issues);
    }
  }
  return next;
}

function emptyHint(field: Field): string {
  return fieldClass(field) === 'list' ? ', send [] to clear it' : '';
}

function cleared(field: Field, current: unknown, path: Path, issues: Issues, merge?: MergeCustomFields): unknown {
  if (field.kind !== 'customFields') return kindOfField(field).empty ?? null;
  return merge ? merge((current ?? {}) as Values, null, path, issues) : {};
}

function merged(field: Field, current: unknown, value: unknown, path: Path, issues: Issues, merge?: MergeCustomFields) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return issues.add(path, `must be an object, not ${glimpse(value)}`);
  }
  if (field.kind === 'customFields') {
    return merge ? merge((current ?? {}) as Values, value as Values, path, issues) : {};
  }
  const { patch } = kindOfField(field);
  if (!patch) throw new Error(`A field of the kind ${field.kind} is not merged`);
  return patch(field, (current ?? {}) as Values, value as Values, path, issues, RULE);
}

/** What fields that are made of fields ask for. */
const RULE: PatchRule = {
  apply: (fields, current, input, path, issues) => applyPatch(fields as Fields, current, input, path, issues),
  require: (fields, values, path, issues) => requireFields(fields as Fields, values, path, issues),
};

/** Checks a value that is neither absent nor null against its field and returns the stored form, or undefined. */
export function parseValue(field: Field, value: unknown, path: Path, issues: Issues): unknown {
  return kindOfField(field).parse(field, value, path, issues, RULE);
}

/** Adds an issue for each required field that has no value: what creating checks beyond patching. */
export function requireFields(fields: Fields, values: Values, path: Path, issues: Issues, why = ''): void {
  for (const name in fields) {
    const field = fields[name];
    if ((values[name] ?? null) !== null || field === undefined || fieldClass(field) !== 'required') continue;
    const at = [...path, publicName(name, field)];
    const alreadyReported = issues.list.some(
      (issue) => issue.path.length === at.length && issue.path.every((key, i) => key === at[i]),
    );
    if (!alreadyReported)
      issues.add(at, `is required${why}. ${requirement(field)}`, 'BAD_USER_INPUT' satisfies ErrorCode);
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
  return kindOfField(field).empty ?? null;
}
