/** A list of objects, replaced as a whole. `keyedBy` names the fields that may not repeat among the items. */
import { checkLength, glimpse } from '../parse.ts';
import type { Values } from '../patch.ts';
import { type AnyField, type FieldKind, fitting } from './kind.ts';

export interface ObjectListField<Fields = Readonly<Record<string, AnyField>>> extends AnyField {
  readonly kind: 'objectList';
  readonly name: string;
  readonly fields: Fields;
  readonly keyedBy: readonly string[];
  readonly maxItems: number;
}

export const objectListKind: FieldKind<ObjectListField> = {
  class: () => 'list',
  empty: [],
  requirement: ({ maxItems, keyedBy }) => `Up to ${maxItems} items, unique by ${keyedBy.join(' and ')}.`,
  parse({ fields, keyedBy, maxItems }, value, path, issues, rule) {
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
      if (first !== undefined)
        issues.add(at, `repeats item ${first}; there may be one for each ${keyedBy.join(' and ')}`);
      seen.set(key, index);
      return parsed;
    });
  },
  merge(field, mine: readonly Values[], theirs: readonly Values[], path, issues) {
    const keyOf = (item: Values) => JSON.stringify(field.keyedBy.map((name) => item[name]));
    const keys = new Set(mine.map(keyOf));
    return fitting(field, [...mine, ...theirs.filter((item) => !keys.has(keyOf(item)))], mine, path, issues);
  },
  type: ({ name, description, fields }) => ({ list: { object: { name, description, fields, whole: true } } }),
  notation: 'json',
};
