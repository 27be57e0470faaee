/** The one place where what went wrong becomes what the caller sees. */
import { GraphQLError, type GraphQLErrorOptions, type GraphQLSchema, Kind } from 'graphql';
import type { Logger } from 'pino';
import {
  abridged,
  DomainError,
  type ErrorCode,
  FAULTS_MAX,
  type FieldError,
  InvalidInput,
  messageOf,
  Unavailable,
} from '../base/errors.ts';
import type { EdgePlugin, Exchange } from './exchange.ts';
import { faultsOfVariables } from './input-faults.ts';
import { ERRORS_LENGTH_MAX, ERRORS_MAX } from './limits.ts';
import { isErrorCode, statusOf } from './status.ts';

interface Options {
  schema: GraphQLSchema;
  /** Whether messages leave out what else the caller may have meant ("Did you mean …?"). */
  hideSuggestions: boolean;
  logger: Logger;
}

interface Asked extends Options {
  exchange: Exchange;
  variables: Record<string, unknown>;
}

/** Gives errors their codes and fields, hides what is no business of the caller, and sets the HTTP status. */
export function useErrors(options: Options): EdgePlugin {
  return {
    onResultProcess({ request, result, setResult, serverContext }) {
      if (Array.isArray(result) || !('errors' in result) || !result.errors?.length) return;
      const { exchange } = serverContext;
      if (exchange === undefined) return;
      const params = (serverContext as { params?: { variables?: Record<string, unknown> } }).params;
      const asked = { ...options, exchange, variables: params?.variables ?? {} };
      const http = result.errors.map((error) => httpOf(error));
      const errors = presentErrors(result.errors, asked);
      const status = statusOf({ data: result.data, errors }, request.headers.get('accept'));
      setResult({
        ...result,
        errors,
        extensions: {
          ...result.extensions,
          http: {
            // 405 and 415 say more than BAD_REQUEST's 400.
            status: status === 400 ? (http.find((one) => one?.status)?.status ?? 400) : status,
            headers: Object.assign({}, ...http.map((one) => one?.headers)),
          },
        },
      });
    },
  };
}

/** What Yoga, a plugin of ours or a failure itself wants of the HTTP response. */
function httpOf(error: GraphQLError) {
  const cause = rootCause(error);
  if (cause instanceof Unavailable) return { headers: retryAfter(cause) };
  const { code, http } = error.extensions;
  return code === 'BAD_REQUEST' ? http : undefined;
}

/** Turns the errors that execution or Yoga collected into errors that are fit to be shown, and few enough. */
function presentErrors(errors: readonly GraphQLError[], asked: Asked): GraphQLError[] {
  const presented: GraphQLError[] = [];
  const unavailable = errors.map(rootCause).find((cause) => cause instanceof Unavailable);
  if (unavailable instanceof Unavailable) logUnavailable(asked.logger, asked.exchange.requestId, unavailable);
  let fieldsLeft = FAULTS_MAX;
  let lengthLeft = ERRORS_LENGTH_MAX;
  for (const [index, error] of errors.entries()) {
    const last = presented.at(-1);
    if (last && (index >= ERRORS_MAX || lengthLeft < 0)) {
      const message = `${(errors.length - index).toLocaleString('en')} more errors are not shown.`;
      presented.push(new GraphQLError(message, { extensions: { code: last.extensions.code } }));
      break;
    }
    const known = asKnown(error, asked);
    // An error without a place in the answer, after the document was found valid: the variables did not fit their types.
    const faults = known === undefined && error.path === undefined ? variableFaults(asked) : undefined;
    if (faults !== undefined) return [withFewerFields(faults, FAULTS_MAX)];
    const bounded = withFewerFields(known ?? masked(error, asked), fieldsLeft);
    fieldsLeft -= fieldsOf(bounded).length;
    lengthLeft -= JSON.stringify(bounded).length;
    presented.push(bounded);
  }
  return presented;
}

function fieldsOf({ extensions }: GraphQLError): readonly FieldError[] {
  return (extensions.fields as readonly FieldError[] | undefined) ?? [];
}

/** The error with at most `max` entries in `fields`, and the number of the others that were found. */
function withFewerFields(error: GraphQLError, max: number): GraphQLError {
  const fields = fieldsOf(error);
  if (fields.length <= max) return error;
  const { code } = error.extensions;
  const shown = max > 0 && { fields: fields.slice(0, max) };
  const extensions = { code, ...shown, moreFields: fields.length - max };
  return new GraphQLError(error.message, { ...placeOf(error), extensions });
}

function asKnown(error: GraphQLError, { exchange, logger }: Asked): GraphQLError | undefined {
  const cause = rootCause(error);
  if (cause instanceof DomainError) return shown(error, cause.code, cause.message, cause.fields);
  if (isStackOverflow(cause)) {
    // Nearly always the caller's doing, but an endless recursion of ours would look the same.
    logFault(logger, exchange.requestId, cause, error.path);
    return shown(error, 'TOO_COMPLEX', TOO_DEEP);
  }

  const code = knownCode(error.extensions.code);
  if (code !== undefined) return shown(error, code, error.message, error.extensions.fields as FieldError[] | undefined);

  const argument = /^Argument "(\w+)"/.exec(error.message)?.[1];
  // Reported at the argument's value; an error of a resolver is reported at its field.
  if (argument !== undefined && error.nodes?.[0] !== undefined && error.nodes[0].kind !== Kind.FIELD) {
    const { message } = error;
    return shown(error, 'BAD_USER_INPUT', message, [{ path: [argument], code: 'BAD_USER_INPUT', message }]);
  }
  return undefined;
}

/** Longest message of an error: it may repeat names and values of the caller's. */
const MESSAGE_MAX = 2_000;

const TOO_DEEP = 'The request is nested too deeply.';

function knownCode(code: unknown): ErrorCode | undefined {
  if (code === 'OPERATION_RESOLUTION_FAILURE') return 'BAD_REQUEST';
  if (code === 'REQUEST_ENTITY_TOO_LARGE') return 'PAYLOAD_TOO_LARGE';
  return isErrorCode(code) ? code : undefined;
}

function shown(error: GraphQLError, code: ErrorCode, message: string, fields?: readonly FieldError[]): GraphQLError {
  return new GraphQLError(abridged(message, MESSAGE_MAX), {
    ...placeOf(error),
    extensions: fields === undefined || fields.length === 0 ? { code } : { code, fields },
  });
}

/** Where in the document and in the answer an error belongs, in the form GraphQLError's constructor takes. */
function placeOf({ nodes, source, positions, path }: GraphQLError): GraphQLErrorOptions {
  return { nodes: nodes ?? null, source: source ?? null, positions: positions ?? null, path: path ?? null };
}

/** One error for all variables that do not fit, or undefined when they fit. */
function variableFaults({ exchange, schema, variables, hideSuggestions }: Asked): GraphQLError | undefined {
  if (exchange.document === undefined || exchange.operation === undefined) return undefined;
  try {
    const fields = faultsOfVariables(schema, exchange.document, exchange.operation, variables, {
      hideSuggestions,
    });
    return fields.length === 0 ? undefined : inputError(fields);
  } catch (error) {
    // Nested so deeply that coercing them only just had stack enough.
    if (!isStackOverflow(error)) throw error;
    return new GraphQLError(TOO_DEEP, { extensions: { code: 'TOO_COMPLEX' satisfies ErrorCode } });
  }
}

/** BAD_USER_INPUT for values that were found wrong before any resolver ran. */
export function inputError(faults: readonly FieldError[]): GraphQLError {
  const { message, code, fields } = new InvalidInput(faults);
  return new GraphQLError(abridged(message, MESSAGE_MAX), { extensions: { code, fields } });
}

function masked(error: GraphQLError, { exchange, logger }: Asked): GraphQLError {
  logFault(logger, exchange.requestId, rootCause(error), error.path);
  return new GraphQLError(maskedMessage(exchange.requestId), {
    ...placeOf(error),
    extensions: { code: 'INTERNAL_SERVER_ERROR' satisfies ErrorCode },
  });
}

/** The only message a caller receives for an unexpected server error. */
export function maskedMessage(requestId: string): string {
  return `Something went wrong on the server. The request id is ${requestId}.`;
}

/** The headers that tell when to retry. */
export function retryAfter({ retryAfter: seconds }: Unavailable): Record<string, string> {
  return { 'retry-after': String(seconds) };
}

/**
 * Logs what keeps the server from its work, for the operator to see to: the caller learns only that it may try again. Being
 * busy needs no mending.
 */
export function logUnavailable(logger: Logger, requestId: string, { cause, message }: Unavailable): void {
  if (cause !== undefined) logger.error({ requestId, fault: describeFault(cause) }, message);
}

/** Logs a fault with its stack, and with nothing of what the caller sent. */
export function logFault(logger: Logger, requestId: string, fault: unknown, path?: readonly (string | number)[]): void {
  logger.error({ requestId, path: path?.join('.'), fault: describeFault(fault) }, 'unexpected failure');
}

function describeFault(fault: unknown): Record<string, unknown> {
  if (!(fault instanceof Error)) return { type: typeof fault };
  const { code } = fault as { code?: unknown };
  return {
    type: fault.name,
    code,
    message: messageWithoutValues(fault),
    // The stack's head repeats the message.
    stack: fault.stack
      ?.split('\n')
      .filter((line) => /^\s+at /.test(line))
      .join('\n'),
    cause: fault.cause === undefined || fault.cause === fault ? undefined : describeFault(fault.cause),
  };
}

/** Prisma prints the whole call, values included, before its last line, which says what is wrong. */
function messageWithoutValues(fault: Error): string {
  const message = fault.name.startsWith('Prisma')
    ? (fault.message.trimEnd().split('\n').at(-1) ?? '')
    : messageOf(fault);
  return message.slice(0, 500);
}

/** What was thrown as what Yoga answers with. */
export function asGraphQLError(fault: unknown): GraphQLError {
  if (fault instanceof GraphQLError) return fault;
  const error = fault instanceof Error ? fault : new Error('Something was thrown that is no error.');
  return new GraphQLError(error.message, { originalError: error });
}

/** What was thrown, under the GraphQLErrors that execution wrapped around it. */
function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/** Whether the program ran out of stack, which only input nested thousands of levels deep brings about. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message === 'Maximum call stack size exceeded';
}
