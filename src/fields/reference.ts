/** Another record of the firm. It is sent as a key (../keys.ts), of which its id is made before anything is parsed. */

import { type AnyField, a, type FieldKind, nounOf } from './kind.ts';
import { glimpse } from './parse.ts';

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
  requirement: ({ to }) => `A key of ${a(nounOf(to))}.`,
  parse({ to }, value, path, issues) {
    if (typeof value === 'string') return value;
    return issues.add(path, `must be a key of ${a(nounOf(to))}, not ${glimpse(value)}`);
  },
  type: ({ to }) => ({ key: to }),
  notation: 'text',
};
