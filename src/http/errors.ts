/** The one place where what went wrong becomes what the caller sees. */
import { GraphQLError, type GraphQLErrorOptions, type GraphQLSchema, Kind } from 'graphql';
import type { Logger } from 'pino';
import { DomainError, type ErrorCode, type FieldError, InvalidInput, Unavailable } from '../errors.ts';
import type { EdgePlugin, Exchange } from './exchange.ts';
import { faultsOfVariables } from './input-faults.ts';
import { isErrorCode, statusOf } from './status.ts';

interface Asked {
  exchange: Exchange;
  variables: Record<string, unknown>;
  schema: GraphQLSchema;
  logger: Logger;
}

/** Gives errors their codes and fields, hides what is no business of the caller, and sets the HTTP status. */
export function useErrors(options: { schema: GraphQLSchema; logger: Logger }): EdgePlugin {
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
  if (cause instanceof Unavailable) return { headers: { 'retry-after': String(cause.retryAfter) } };
  const { code, http } = error.extensions;
  return code === 'BAD_REQUEST' ? http : undefined;
}

/** Turns whatever execution or Yoga collected into errors that are fit to be shown. */
function presentErrors(errors: readonly GraphQLError[], asked: Asked): GraphQLError[] {
  const presented: GraphQLError[] = [];
  for (const error of errors) {
    const known = asKnown(error, asked);
    if (known !== undefined) {
      presented.push(known);
      continue;
    }
    // An error without a place in the answer, after the document was found valid: the variables did not fit their types.
    const faults = error.path === undefined ? variableFaults(asked) : undefined;
    if (faults !== undefined) return [faults];
    presented.push(masked(error, asked));
  }
  return presented;
}

function asKnown(error: GraphQLError, { exchange, logger }: Asked): GraphQLError | undefined {
  const cause = rootCause(error);
  // What the operator must see to. The caller learns only that it may try again.
  if (cause instanceof Unavailable && cause.cause) logFault(logger, exchange.requestId, cause.cause, error.path);
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

const TOO_DEEP = 'The request is nested too deeply.';

function knownCode(code: unknown): ErrorCode | undefined {
  if (code === 'OPERATION_RESOLUTION_FAILURE') return 'BAD_REQUEST';
  if (code === 'REQUEST_ENTITY_TOO_LARGE') return 'PAYLOAD_TOO_LARGE';
  return isErrorCode(code) ? code : undefined;
}

function shown(error: GraphQLError, code: ErrorCode, message: string, fields?: readonly FieldError[]): GraphQLError {
  return new GraphQLError(message, {
    ...placeOf(error),
    extensions: fields === undefined || fields.length === 0 ? { code } : { code, fields },
  });
}

/** Where in the document and in the answer an error belongs, in the form GraphQLError's constructor takes. */
function placeOf({ nodes, source, positions, path }: GraphQLError): GraphQLErrorOptions {
  return { nodes: nodes ?? null, source: source ?? null, positions: positions ?? null, path: path ?? null };
}

/** One error for all variables that do not fit, or undefined when they fit. */
function variableFaults({ exchange, schema, variables }: Asked): GraphQLError | undefined {
  if (exchange.document === undefined || exchange.operation === undefined) return undefined;
  try {
    const fields = faultsOfVariables(schema, exchange.document, exchange.operation, variables);
    return fields.length === 0 ? undefined : inputError(fields);
  } catch (error) {
    // Nested so deeply that coercing them only just had stack enough.
    if (!isStackOverflow(error)) throw error;
    return new GraphQLError(TOO_DEEP, { extensions: { code: 'TOO_COMPLEX' satisfies ErrorCode } });
  }
}

/** BAD_USER_INPUT for values that were found wrong before any resolver ran. */
export function inputError(fields: readonly FieldError[]): GraphQLError {
  const { message, code } = new InvalidInput(fields);
  return new GraphQLError(message, { extensions: { code, fields } });
}

function masked(error: GraphQLError, { exchange, logger }: Asked): GraphQLError {
  logFault(logger, exchange.requestId, rootCause(error), error.path);
  return new GraphQLError(maskedMessage(exchange.requestId), {
    ...placeOf(error),
    extensions: { code: 'INTERNAL_SERVER_ERROR' satisfies ErrorCode },
  });
}

/** All that a caller learns of a fault of ours. */
export function maskedMessage(requestId: string): string {
  return `Something went wrong on the server. The request id is ${requestId}.`;
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
  const message = fault.name.startsWith('Prisma') ? (fault.message.trimEnd().split('\n').at(-1) ?? '') : fault.message;
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
