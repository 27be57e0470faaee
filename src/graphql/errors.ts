/** The error codes in the schema, so that clients can generate them. */
import { ERROR_CODES } from '../base/errors.ts';
import { enumOf } from './fields.ts';

enumOf(
  'ErrorCode',
  ERROR_CODES,
  'The values of `extensions.code` of an error. Its `extensions.fields` list what is wrong, each with a `path` from the argument down, a `code` and a `message`; with the `ids` of the records it collides with; and, when it was found before execution, with the `variable` that holds it and the `alias` (else the name) of the root field that takes it.',
);
