/** The error codes in the schema, so that clients can generate them. */
import { ERROR_CODES } from '../errors.ts';
import { enumOf } from './fields.ts';

enumOf('ErrorCode', ERROR_CODES, 'The values of `extensions.code` of an error.');
