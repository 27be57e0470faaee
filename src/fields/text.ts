/** Free or short text. Lengths count Unicode code points. */
import type { AnyField, FieldKind } from './kind.ts';
import { trimmed } from './normalize.ts';
import { checkText, glimpse } from './parse.ts';

export interface TextField extends AnyField {
  readonly kind: 'text';
  readonly max: number;
  readonly min: number;
  /** Text may not start or end with white space. For identifiers. */
  readonly exact: boolean;
  readonly pattern?: { readonly test: RegExp; readonly says: string };
  readonly required: boolean;
}

type TextOptions = {
  max: number;
  min?: number;
  exact?: boolean;
  pattern?: NonNullable<TextField['pattern']>;
  required?: boolean;
};

export const text = (description: string, options: TextOptions): TextField => ({
  kind: 'text',
  description,
  min: options.required === true ? 1 : 0,
  exact: false,
  required: false,
  ...options,
});

/** From this length on, the texts of two records that are merged are put one below the other. */
const LONG_TEXT = 10_000;

export const textKind: FieldKind<TextField> = {
  class: ({ required }) => (required ? 'required' : 'optional'),
  requirement({ pattern, min, max, exact }) {
    if (pattern) return `${pattern.says.charAt(0).toUpperCase()}${pattern.says.slice(1)}.`;
    const length = min > 0 ? `${min} to ${max} characters` : `Up to ${max} characters`;
    return `${length}${exact ? ', without leading or trailing white space' : ''}.`;
  },
  free: ({ required, min, pattern }) => !required && min === 0 && !pattern,
  parse(field, value, path, issues) {
    const checked = checkText(value, field, path, issues);
    if (checked !== undefined && field.pattern && !field.pattern.test.test(checked)) {
      return issues.add(path, `must be: ${field.pattern.says}; not ${glimpse(value)}`);
    }
    return checked;
  },
  normalize: ({ exact, required }, value) => (exact ? value : trimmed(value, required)),
  merge({ max }, mine: string, theirs: string, path, issues) {
    if (max < LONG_TEXT) return mine;
    const both = `${mine}\n\n${theirs}`;
    if ([...both].length <= max) return both;
    issues.add(path, `is longer than ${max} characters when both records are combined; set the field in the input`);
    return mine;
  },
  type: () => ({ scalar: 'String' }),
  notation: 'text',
};
