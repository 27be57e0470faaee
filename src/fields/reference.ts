/** The id of another record of the firm. */
import { type AnyField, a, type FieldKind, nounOf } from './kind.ts';
import { glimpse, unstorable } from './parse.ts';

export interface ReferenceField extends AnyField {
  readonly kind: 'reference';
  /** The model it points at. */
  readonly to: string;
  readonly required: boolean;
  /** Whether a record that is pointed at cannot be deleted, where it would be gone for good. */
  readonly holds: boolean;
  /** What the record that is pointed at is to those that do: they are counted as `clients as their CSM`. */
  readonly as?: string;
}

export const reference = (
  description: string,
  to: string,
  options: { required?: boolean; holds?: boolean; as?: string } = {},
): ReferenceField => ({ kind: 'reference', description, to, required: false, holds: true, ...options });

export const referenceKind: FieldKind<ReferenceField> = {
  class: ({ required }) => (required ? 'required' : 'optional'),
  requirement: ({ to }) => `The id of ${a(nounOf(to))}.`,
  parse({ to }, value, path, issues) {
    if (typeof value === 'string' && value !== '' && value.length <= 64 && !unstorable(value)) return value;
    return issues.add(path, `must be the id of a ${to}, not ${glimpse(value)}`);
  },
  type: () => ({ scalar: 'ID' }),
  notation: 'text',
};
