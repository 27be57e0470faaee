/** The HTTP status of an answer that holds errors. */
import type { GraphQLFormattedError } from 'graphql';
import type { ErrorCode } from '../base/errors.ts';

/** Most severe first: of several errors, the first code in this order decides. */
export const STATUS_OF: Record<ErrorCode, number> = {
  INTERNAL_SERVER_ERROR: 500,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  UNAVAILABLE: 503,
  TIMEOUT: 504,
  RATE_LIMITED: 429,
  PAYLOAD_TOO_LARGE: 413,
  CONFLICT: 409,
  DUPLICATE: 409,
  IDENTIFIER_CONFLICT: 409,
  NOT_FOUND: 404,
  TOO_COMPLEX: 400,
  BAD_REQUEST: 400,
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  BAD_USER_INPUT: 400,
};

const bySeverity = Object.keys(STATUS_OF) as ErrorCode[];

/** Whether `code` is one of the codes the schema lists. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(STATUS_OF, code);
}

interface Answer {
  data?: unknown;
  errors: readonly Pick<GraphQLFormattedError, 'extensions'>[];
}

/**
 * 200 when any root field succeeded, else the status of the most severe error.
 * Exception, as the GraphQL-over-HTTP specification wants it: a caller that accepts nothing but `application/json` gets
 * 200 for a document that is no GraphQL or does not fit the schema. Those are faults of its source, not of its data.
 */
export function statusOf(answer: Answer, accept: string | null): number {
  const { data } = answer;
  if (typeof data === 'object' && data !== null && Object.values(data).some((field) => field !== null)) return 200;

  const codes = new Set(answer.errors.map((error) => error.extensions?.code));
  const worst = bySeverity.find((code) => codes.has(code)) ?? 'INTERNAL_SERVER_ERROR';
  const faultOfDocument = worst === 'GRAPHQL_PARSE_FAILED' || worst === 'GRAPHQL_VALIDATION_FAILED';
  return faultOfDocument && acceptsOnlyJson(accept) ? 200 : STATUS_OF[worst];
}

function acceptsOnlyJson(accept: string | null): boolean {
  return accept?.split(',').every((media) => media.trim().startsWith('application/json')) ?? false;
}
