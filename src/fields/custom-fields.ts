/** The map of custom-field values, whose shape the firm defines. */
import { isObject } from '../base/is-object.ts';
import type { AnyField, FieldKind, Values } from './kind.ts';

export interface CustomFieldsField extends AnyField {
  readonly kind: 'customFields';
  readonly maxItems: number;
}

export const customFields = (description: string, options: { maxItems: number }): CustomFieldsField => ({
  kind: 'customFields',
  description,
  ...options,
});

/** How the map is merged is for the definitions to say: see applyPatch. */
export const customFieldsKind: FieldKind<CustomFieldsField> = {
  class: () => 'object',
  empty: {},
  requirement: ({ maxItems }) => `A map from a custom field's key to its value; up to ${maxItems} entries.`,
  parse: () => undefined,
  normalize: (_field, value, path, normalizer) => (isObject(value) ? normalizer.customFields(value, path) : value),
  merge: (_field, mine: Values, theirs: Values) => ({ ...theirs, ...mine }),
  type: () => ({ scalar: 'JSONObject' }),
  notation: 'text',
};
