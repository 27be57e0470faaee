/** What the edge knows of one request, from its first byte to its line in the access log. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { DocumentNode, ExecutionResult, OperationDefinitionNode } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import type { Context } from '../graphql/context.ts';
import type { Viewer } from '../session/viewer.ts';

export interface Exchange {
  requestId: string;
  startedAt: number;
  method: string;
  path: string;
  /** Who calls, once the token was accepted. */
  viewer?: Viewer;
  /** Of the answer, once there is one. */
  status?: number;
  /** Set once the document is parsed and valid. */
  document?: DocumentNode;
  operation?: OperationDefinitionNode;
}

/** Yoga's server context with ours on top. `viewer` and the rest of `Context` are there once the token was accepted. */
export interface ServerContext extends Partial<Context> {
  exchange?: Exchange;
  /** What the body asks for, and what execution gave, when it was not Yoga that found out (direct.ts). */
  params?: GraphQLParams;
  result?: ExecutionResult;
  req?: { socket?: { remoteAddress?: string | undefined } };
  /** The response of `node:http`, when the request came that way. */
  res?: ServerResponse;
}

export type EdgePlugin = Plugin<object, ServerContext, object>;

// What logs, proxies and shells take without quoting. Anything else from a caller is replaced, not repaired.
const wellFormed = /^[\w.:/+=-]{1,128}$/;

/** Opens the exchange: takes the caller's `x-request-id` or makes one. */
export function openExchange(method: string, path: string, givenId: string | string[] | null | undefined): Exchange {
  return {
    requestId: typeof givenId === 'string' && wellFormed.test(givenId) ? givenId : randomUUID(),
    startedAt: performance.now(),
    method,
    path,
  };
}

/** Has all that is taken of the budget given back once the response is sent, or its caller has gone. */
export function releaseOnClose(response: ServerResponse | undefined, { database }: ServerContext): void {
  if (response && database) database.meter.caller = response;
}

/**
 * Gives back what was taken of the budget beyond what is to be sent. A caller that does not take that is cut off, since it
 * would keep others from theirs.
 */
export function startSending(response: ServerResponse | undefined, { database }: ServerContext): void {
  const meter = database?.meter;
  if (!meter) return;
  if (!response) {
    meter.end();
    return;
  }
  const bytes = meter.settle();
  if (bytes === 0) return;
  const late = setTimeout(() => response.destroy(), SEND_TIMEOUT_MS + bytes / SEND_BYTES_PER_MS);
  response.once('close', () => clearTimeout(late));
}

/** How long a large response may take to be sent, in milliseconds: at least, and so many bytes in one more. */
const SEND_TIMEOUT_MS = 10_000;
const SEND_BYTES_PER_MS = 100;

/** The same for a request that comes by way of Yoga. */
export function openExchangeOf({ method, url, headers }: Request): Exchange {
  return openExchange(method, pathOf(url), headers.get('x-request-id'));
}

/** The path of an absolute URL, without the cost of parsing the rest of it. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  if (start === -1) return '/';
  const end = url.slice(start).search(/[?#]/);
  return end === -1 ? url.slice(start) : url.slice(start, start + end);
}

/**
 * Gives every request an id, and every answer the id of its request. `onAnswer` is told of each once it is answered. Must
 * come first of our plugins.
 */
export function useExchange(onAnswer: (exchange: Exchange) => void): EdgePlugin {
  return {
    onRequest({ request, serverContext }) {
      serverContext.exchange ??= openExchangeOf(request);
    },
    onResponse({ request, response, serverContext }) {
      serverContext.exchange ??= openExchangeOf(request);
      const { exchange } = serverContext;
      exchange.status = response.status;
      response.headers.set('x-request-id', exchange.requestId);
      onAnswer(exchange);
      startSending(serverContext.res, serverContext);
    },
  };
}
