/** Pages of any origin may call, with a token of their own: there are no cookies to protect. */
import type { EdgePlugin } from './exchange.ts';

/** Request headers that pages may send: ours, those of tracing (W3C, Sentry), and those of Apollo's clients. */
const ALLOWED = [
  'authorization',
  'content-type',
  'x-request-id',
  'idempotency-key',
  'traceparent',
  'tracestate',
  'baggage',
  'sentry-trace',
  'apollographql-client-name',
  'apollographql-client-version',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'x-apollo-operation-id',
  'x-apollo-operation-type',
];

/** On answers that pages of any origin may read. */
export const readable = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after, x-request-id, x-changes-head',
};

/** Answers preflights, allowing `further` headers too, and lets any origin read the answers. */
export function useCors(further: readonly string[] = []): EdgePlugin {
  const preflight = {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': [...new Set([...ALLOWED, ...further])].join(', '),
    'access-control-max-age': '86400',
  };
  return {
    onRequest({ request, fetchAPI, endResponse }) {
      if (request.method !== 'OPTIONS') return;
      // A copy: the answer adds headers of its own to what it is given.
      endResponse(new fetchAPI.Response(null, { status: 204, headers: { ...preflight } }));
    },
    onResponse({ response }) {
      // GraphiQL's page may hold a token: it is for no other origin to read.
      if (response.headers.get('content-type')?.startsWith('text/html')) return;
      for (const [name, value] of Object.entries(readable)) response.headers.set(name, value);
    },
  };
}
