/** True or false. */
import type { AnyField, FieldKind } from './kind.ts';
import { blankAsNull } from './normalize.ts';
import { glimpse } from './parse.ts';

export interface BooleanField extends AnyField {
  readonly kind: 'boolean';
  readonly default?: boolean;
  readonly required: boolean;
}

export const boolean = (description: string, options: { default?: boolean } = {}): BooleanField => ({
  kind: 'boolean',
  description,
  required: options.default !== undefined,
  ...options,
});

export const booleanKind: FieldKind<BooleanField> = {
  class: ({ required }) => (required ? 'required' : 'optional'),
  requirement: () => 'true or false.',
  parse(_field, value, path, issues) {
    if (typeof value === 'boolean') return value;
    return issues.add(path, `must be true or false, not ${glimpse(value)}`);
  },
  normalize: ({ required }, value) => blankAsNull(value, required),
  type: () => ({ scalar: 'Boolean' }),
  notation: 'boolean',
};
