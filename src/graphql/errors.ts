/** The error codes in the schema, so that clients can generate them. */
import { ERROR_CODES } from '../base/errors.ts';
import { enumOf } from './fields.ts';

export const ErrorCode = enumOf(
  'ErrorCode',
  ERROR_CODES,
  'The values of `extensions.code` in errors. `extensions.fields` lists each invalid field with its `path` (starting at the argument), `code` and `message`. A conflict also has the `ids` of the conflicting records. An error found before execution also has the `variable` that holds the value and the `alias` (or the name) of the root field.',
);
