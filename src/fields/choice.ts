/** One of a few values. */
import type { AnyField, FieldKind } from './kind.ts';
import { trimmed } from './normalize.ts';
import { glimpse } from './parse.ts';

export interface ChoiceField extends AnyField {
  readonly kind: 'choice';
  /** The GraphQL enum's name, and its values with a description each. */
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
  readonly default: string;
  readonly required: true;
}

export const choice = (
  description: string,
  name: string,
  values: Readonly<Record<string, string>>,
  fallback: string,
): ChoiceField => ({ kind: 'choice', description, name, values, default: fallback, required: true });

export const choiceKind: FieldKind<ChoiceField> = {
  class: () => 'required',
  requirement: ({ values }) => `One of ${Object.keys(values).join(', ')}.`,
  parse({ values }, value, path, issues) {
    if (typeof value === 'string' && Object.hasOwn(values, value)) return value;
    return issues.add(path, `must be one of ${Object.keys(values).join(', ')}, not ${glimpse(value)}`);
  },
  normalize: (_field, value) => trimmed(value, true),
  type: (field) => ({ enum: field }),
  notation: 'text',
};
