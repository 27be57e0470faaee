/** Pages of any origin may call, with a token of their own: there are no cookies to protect. */
import type { EdgePlugin } from './exchange.ts';

const preflight = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': 'authorization, content-type, x-request-id',
  'access-control-max-age': '86400',
};

/** On answers that pages of any origin may read. */
export const readable = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-request-id',
};

/** Answers preflights, and lets any origin read the answers. */
export function useCors(): EdgePlugin {
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
