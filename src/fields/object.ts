/** A small object stored on its record and merged field by field. */
import { isObject } from '../base/is-object.ts';
import type { AnyField, FieldKind, Values } from './kind.ts';
import { normalizedParts, trimmed } from './normalize.ts';

export interface ObjectField<Fields = Readonly<Record<string, AnyField>>> extends AnyField {
  readonly kind: 'object';
  readonly name: string;
  readonly fields: Fields;
  /** Whether the parts of two records make a whole when these are merged. Those of two addresses do not. */
  readonly joins: boolean;
}

export const objectKind: FieldKind<ObjectField> = {
  class: () => 'object',
  requirement: () => 'Merged field by field.',
  parse: () => undefined,
  /** One with nothing left in it is null, as if it had been cleared. */
  patch({ fields }, current, sent, path, issues, rule) {
    const next = rule.apply(fields, current, sent, path, issues);
    const kept = Object.entries(next).filter(([, part]) => part !== null && part !== undefined);
    return kept.length > 0 ? Object.fromEntries(kept) : null;
  },
  normalize: ({ fields }, value, path, normalizer) =>
    isObject(value) ? normalizedParts(fields, value, path, normalizer) : trimmed(value),
  merge: ({ joins }, mine: Values, theirs: Values) => (joins ? { ...theirs, ...mine } : mine),
  type: ({ name, description, fields }) => ({ object: { name, description, fields, whole: false } }),
  notation: 'text',
};
