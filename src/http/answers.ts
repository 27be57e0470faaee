/** Answers that are made before or without GraphQL, in the shape a GraphQL client understands. */
import type { FetchAPI } from 'graphql-yoga';
import type { ErrorCode } from '../base/errors.ts';
import { STATUS_OF } from './status.ts';

/** A JSON answer. */
export function json(
  fetchAPI: FetchAPI,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Response {
  return new fetchAPI.Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
}

/** A failure of the whole request, as a GraphQL answer with one error and no data. */
export function refusal(
  fetchAPI: FetchAPI,
  request: Request,
  code: ErrorCode,
  message: string,
  options: { status?: number; headers?: Record<string, string> } = {},
): Response {
  const graphqlMedia = 'application/graphql-response+json';
  const media = request.headers.get('accept')?.includes(graphqlMedia) ? graphqlMedia : 'application/json';
  return json(
    fetchAPI,
    options.status ?? STATUS_OF[code],
    { errors: [{ message, extensions: { code } }] },
    { 'content-type': `${media}; charset=utf-8`, ...options.headers },
  );
}
