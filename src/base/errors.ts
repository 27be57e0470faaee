/**
 * Domain errors: plain classes that do not depend on GraphQL or HTTP.
 * `http/errors.ts` turns them into GraphQL errors; any other error is an internal error and is masked.
 */

/** Every `extensions.code` a caller can meet, with the sentence that describes it in the schema. */
export const ERROR_CODES = {
  BAD_USER_INPUT:
    'The input is invalid. `extensions.fields` lists every invalid field, up to 1,000 per response. HTTP 400.',
  NOT_FOUND: 'The record does not exist, or belongs to another firm. HTTP 404.',
  DUPLICATE: 'Another record already has this unique value. HTTP 409.',
  CONFLICT: 'The record has changed or is still in use, or the idempotency key was used with another input. HTTP 409.',
  IDENTIFIER_CONFLICT: 'An external identifier belongs to another record. HTTP 409.',
  UNAUTHENTICATED: 'The token is missing, unknown or revoked. HTTP 401.',
  FORBIDDEN: "The token's role does not allow this. HTTP 403.",
  RATE_LIMITED: 'Too many requests. HTTP 429.',
  TOO_COMPLEX: 'The operation is too deep, too long or too expensive. HTTP 400.',
  PAYLOAD_TOO_LARGE: 'The request body is larger than the limit. HTTP 413.',
  BAD_REQUEST: 'The HTTP request is not a well-formed GraphQL request. HTTP 400.',
  GRAPHQL_PARSE_FAILED: 'The document has a GraphQL syntax error. HTTP 400.',
  GRAPHQL_VALIDATION_FAILED: 'The document is not valid against the schema. HTTP 400.',
  UNAVAILABLE:
    'The server or its database is overloaded or unreachable. Retry after the number of seconds in `Retry-After`. If a write may have been committed, the message says so. HTTP 503.',
  TIMEOUT:
    'A database statement exceeded its time limit. Request less data. A write that fails with this code was not committed. HTTP 504.',
  INTERNAL_SERVER_ERROR: 'An unexpected server error. The message contains only a request id. HTTP 500.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One offending field: where it is in the arguments, what is wrong and what would be right. */
export interface FieldError {
  path: readonly (string | number)[];
  code: ErrorCode;
  message: string;
  /** Ids of the records this field collides with, where there are any. */
  ids?: readonly string[];
  /** The variable that holds it. Given for faults that were found before any field was resolved. */
  variable?: string;
  /** The key in `data` of the root field that takes it: its alias, else its name. Given for the same faults. */
  alias?: string;
}

/**
 * Faults that one answer names. One more is looked for, to know that there are more; to count them would take longer than
 * to send them.
 */
export const FAULTS_MAX = 1_000;

/** Longest message, longest name in a path and longest path of a fault: callers may send what they like. */
const MESSAGE_MAX = 500;
const NAME_MAX = 200;
const PATH_MAX = 50;
/** Faults that a message names; all are in `fields`. */
const NAMED_MAX = 10;

/** Shortens a text longer than `max` characters by replacing its middle with an ellipsis. */
export function abridged(text: string, max = MESSAGE_MAX): string {
  if (text.length <= max) return text;
  const half = Math.floor((max - 1) / 2);
  return `${text.slice(0, half)}…${text.slice(-half)}`.toWellFormed();
}

/** The same with a path that begins within the argument `input`, where it leads there. */
export function withinInput<T extends Pick<FieldError, 'path'>>(part: T): T {
  return part.path[0] === 'input' ? { ...part, path: part.path.slice(1) } : part;
}

function abridgedField(field: FieldError): FieldError {
  const path = field.path
    .slice(0, PATH_MAX)
    .map((step) => (typeof step === 'string' ? abridged(step, NAME_MAX) : step));
  if (field.path.length > PATH_MAX) path.push('…');
  return {
    ...field,
    path,
    message: abridged(field.message),
    ...(field.variable !== undefined && { variable: abridged(field.variable, NAME_MAX) }),
    ...(field.alias !== undefined && { alias: abridged(field.alias, NAME_MAX) }),
  };
}

/** A failure that the caller can act on. Its message is sent to the caller and must not contain data of other firms. */
export class DomainError extends Error {
  override readonly name: string = 'DomainError';
  readonly code: ErrorCode;
  readonly fields: readonly FieldError[];

  constructor(code: ErrorCode, message: string, fields: readonly FieldError[] = []) {
    super(message);
    this.code = code;
    this.fields = fields.map(abridgedField);
  }
}

/** One or more fields of an input are wrong. All of them are listed; the message names the first few. */
export class InvalidInput extends DomainError {
  override readonly name = 'InvalidInput';

  constructor(fields: readonly FieldError[]) {
    const codes = new Set(fields.map((field) => field.code));
    const [only] = codes;
    // A missing *reference* is bad input of this call; NOT_FOUND is kept for the record the call is about.
    const code = codes.size === 1 && only !== undefined && only !== 'NOT_FOUND' ? only : 'BAD_USER_INPUT';
    super(code, '', fields);
    const named = this.fields.slice(0, NAMED_MAX).map(({ path, message }) => `${path.join('.')}: ${message}`);
    const more = fields.length - named.length;
    const count = `${fields.length > FAULTS_MAX ? 'at least ' : ''}${more}`;
    this.message = [...named, ...(more > 0 ? [`and ${count} more`] : [])].join('; ');
  }
}

/** The record that the call is about does not exist for this firm. */
export class NotFound extends DomainError {
  override readonly name = 'NotFound';

  constructor(what: string, path: readonly (string | number)[], key = 'id') {
    const message = `There is no ${what} with this ${key}.`;
    super('NOT_FOUND', message, [{ path, code: 'NOT_FOUND', message }]);
  }
}

/** The token's role is too small for the operation. */
export class Forbidden extends DomainError {
  override readonly name = 'Forbidden';

  constructor(message: string, fields: readonly FieldError[] = []) {
    super('FORBIDDEN', message, fields);
  }
}

/** The server is too busy, or cannot reach its database: the same request may succeed later. */
export class Unavailable extends DomainError {
  override readonly name = 'Unavailable';
  /** Seconds until a retry makes sense: the `Retry-After` of the response. */
  readonly retryAfter: number;

  constructor(message: string, { retryAfter = 1, cause }: { retryAfter?: number; cause?: unknown } = {}) {
    super('UNAVAILABLE', message);
    this.retryAfter = retryAfter;
    this.cause = cause;
  }
}

/** The reason of a failure, for operators. For Unavailable it is the cause, which callers never see. */
export function reasonOf(error: unknown): string {
  if (error instanceof Unavailable && error.cause !== undefined) return reasonOf(error.cause);
  if (!(error instanceof Error)) return String(error);
  return messageOf(error) || ('code' in error ? String(error.code) : error.name);
}

/** The message of an error. An AggregateError of a failed connection has no message: joins those of its errors. */
export function messageOf(error: Error): string {
  if (!(error instanceof AggregateError) || error.message) return error.message;
  return [...new Set(error.errors.map(reasonOf))].join(', ');
}
