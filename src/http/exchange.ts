/** What the edge knows of one request, from its first byte to its line in the access log. */
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../graphql/context.ts';

export interface Exchange {
  requestId: string;
  startedAt: number;
  path: string;
  /** Set once the document is parsed and valid. */
  document?: DocumentNode;
  operation?: OperationDefinitionNode;
}

/** Yoga's server context with ours on top. `viewer` and the rest of `Context` are there once the token was accepted. */
export interface ServerContext extends Partial<Context> {
  exchange?: Exchange;
  req?: { socket?: { remoteAddress?: string | undefined } };
}

export type EdgePlugin = Plugin<object, ServerContext, object>;

// What logs, proxies and shells take without quoting. Anything else from a caller is replaced, not repaired.
const wellFormed = /^[\w.:/+=-]{1,128}$/;

/** Opens the exchange: takes the caller's `x-request-id` or makes one. */
export function openExchange(request: Request): Exchange {
  const given = request.headers.get('x-request-id');
  return {
    requestId: given !== null && wellFormed.test(given) ? given : crypto.randomUUID(),
    startedAt: performance.now(),
    path: pathOf(request.url),
  };
}

/** The path of an absolute URL, without the cost of parsing the rest of it. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  if (start === -1) return '/';
  const end = url.slice(start).search(/[?#]/);
  return end === -1 ? url.slice(start) : url.slice(start, start + end);
}

/** Gives every request an id, and every answer the id of its request. Must come first of our plugins. */
export function useRequestId(): EdgePlugin {
  return {
    onRequest({ request, serverContext }) {
      serverContext.exchange = openExchange(request);
    },
    onResponse({ request, response, serverContext }) {
      serverContext.exchange ??= openExchange(request);
      response.headers.set('x-request-id', serverContext.exchange.requestId);
    },
  };
}
