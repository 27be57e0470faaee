/** A list of short texts without repeats, order kept. */
import { type AnyField, type FieldKind, fitting } from './kind.ts';
import { trimmed } from './normalize.ts';
import { checkLength, checkText, glimpse, Issues } from './parse.ts';

export interface TextListField extends AnyField {
  readonly kind: 'textList';
  readonly item: { readonly min: number; readonly max: number };
  readonly maxItems: number;
}

export const textList = (description: string, options: Omit<TextListField, 'kind' | 'description'>): TextListField => ({
  kind: 'textList',
  description,
  ...options,
});

export const textListKind: FieldKind<TextListField> = {
  class: () => 'list',
  empty: [],
  requirement: ({ maxItems, item }) =>
    `Up to ${maxItems} unique texts of ${item.min} to ${item.max} characters. Order is preserved.`,
  parse(field, value, path, issues) {
    if (!Array.isArray(value)) return issues.add(path, `must be a list, not ${glimpse(value)}`);
    if (!checkLength(value, field.maxItems, path, issues)) return undefined;
    const seen = new Map<unknown, number>();
    const before = issues.list.length;
    value.forEach((item, index) => {
      checkText(item, field.item, [...path, index], issues);
      const first = seen.get(item);
      if (first !== undefined) issues.add([...path, index], `repeats item ${first}; each may appear once`);
      else seen.set(item, index);
    });
    return issues.list.length === before ? value : undefined;
  },
  /** Each text once, without white space around it. */
  normalize({ item: rule, maxItems }, value, path, normalizer) {
    if (!Array.isArray(value) || value.length > maxItems) return value;
    const texts = value.map((item: unknown) => trimmed(item, true));
    // Errors name items by their places, which these keep then.
    if (texts.some((text) => checkText(text, rule, [], new Issues()) === undefined)) return value;
    const kept = new Set<unknown>();
    texts.forEach((text, index) => {
      if (kept.has(text)) normalizer.note([...path, index], value[index], null);
      else if (text !== value[index]) normalizer.note([...path, index], value[index], text);
      kept.add(text);
    });
    return kept.size === value.length && value.every((item) => kept.has(item)) ? value : [...kept];
  },
  merge: (field, mine: readonly string[], theirs: readonly string[], path, issues) =>
    fitting(field, [...new Set([...mine, ...theirs])], mine, path, issues),
  type: () => ({ list: { scalar: 'String' } }),
  notation: 'list',
};
