/** A whole number. */
import type { AnyField, FieldKind } from './kind.ts';
import { blankAsNull } from './normalize.ts';
import { glimpse } from './parse.ts';

export interface IntegerField extends AnyField {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
  readonly required: false;
}

export const integer = (description: string, range: { min: number; max: number }): IntegerField => ({
  kind: 'integer',
  description,
  required: false,
  ...range,
});

export const integerKind: FieldKind<IntegerField> = {
  class: () => 'optional',
  requirement: ({ min, max }) => `A whole number from ${min} to ${max}.`,
  parse({ min, max }, value, path, issues) {
    // Minus zero is stored as zero.
    if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return Number(value) + 0;
    return issues.add(path, `must be a whole number from ${min} to ${max}, not ${glimpse(value)}`);
  },
  normalize: (_field, value) => blankAsNull(value),
  type: () => ({ scalar: 'Int' }),
  notation: 'number',
};
