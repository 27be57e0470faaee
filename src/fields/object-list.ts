/** A list of objects, replaced as a whole. `keyedBy` names the fields that may not repeat among the items. */
import { isObject } from '../base/is-object.ts';
import { type AnyField, type FieldKind, fitting, publicName, type Values } from './kind.ts';
import { normalizedParts } from './normalize.ts';
import { checkLength, glimpse } from './parse.ts';

export interface ObjectListField<Fields = Readonly<Record<string, AnyField>>> extends AnyField {
  readonly kind: 'objectList';
  readonly name: string;
  readonly fields: Fields;
  readonly keyedBy: readonly string[];
  readonly maxItems: number;
}

/** The same text for the same parts. */
function sameItem(item: unknown): string {
  return JSON.stringify(isObject(item) ? Object.entries(item).sort() : item);
}

/** What its items are keyed by, as it is called outside. */
const keysOf = ({ keyedBy, fields }: ObjectListField) =>
  keyedBy.map((name) => publicName(name, fields[name] ?? { kind: '' })).join(' and ');

export const objectListKind: FieldKind<ObjectListField> = {
  class: () => 'list',
  empty: [],
  requirement: (field) => `Up to ${field.maxItems} items, unique by ${keysOf(field)}.`,
  parse(field, value, path, issues, rule) {
    const { fields, keyedBy, maxItems } = field;
    if (!Array.isArray(value)) return issues.add(path, `must be a list, not ${glimpse(value)}`);
    if (!checkLength(value, maxItems, path, issues)) return undefined;
    const seen = new Map<string, number>();
    return value.map((item: unknown, index) => {
      const at = [...path, index];
      if (typeof item !== 'object' || item === null) return issues.add(at, `must be an object, not ${glimpse(item)}`);
      const parsed = rule.apply(fields, {}, item as Values, at, issues);
      rule.require(fields, parsed, at, issues);
      const key = JSON.stringify(keyedBy.map((name) => parsed[name]));
      const first = seen.get(key);
      if (first !== undefined) issues.add(at, `repeats item ${first}; there may be one for each ${keysOf(field)}`);
      seen.set(key, index);
      return parsed;
    });
  },
  /** Items whose parts become those of an earlier one are left out. Items that were sent twice stay an error. */
  normalize({ fields, maxItems }, value, path, normalizer) {
    if (!Array.isArray(value) || value.length > maxItems) return value;
    const items = value.map((item: unknown, index) =>
      isObject(item) ? normalizedParts(fields, item, [...path, index], normalizer) : item,
    );
    const changed = (index: number) => items[index] !== value[index];
    const same = items.map(sameItem);
    const kept = items.filter((_, index) => {
      const first = same.indexOf(same[index] ?? '');
      if (first === index || !(changed(first) || changed(index))) return true;
      normalizer.note([...path, index], value[index], null);
      return false;
    });
    return items.some((_, index) => changed(index)) ? kept : value;
  },
  merge(field, mine: readonly Values[], theirs: readonly Values[], path, issues) {
    const keyOf = (item: Values) => JSON.stringify(field.keyedBy.map((name) => item[name]));
    const keys = new Set(mine.map(keyOf));
    return fitting(field, [...mine, ...theirs.filter((item) => !keys.has(keyOf(item)))], mine, path, issues);
  },
  type: ({ name, description, fields }) => ({ list: { object: { name, description, fields, whole: true } } }),
  notation: 'json',
};
