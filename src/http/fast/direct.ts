/**
 * The short way for what nearly every request is: a POST of JSON, with a token that was seen before, that is answered
 * without errors. Yoga's part in it is the GraphQL, not the HTTP: translating node:http to Request and Response and back
 * costs more than such a request does. Any unusual request or response falls back to Yoga.
 */
import type { RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import type { GraphQLParams, YogaServerInstance } from 'graphql-yoga';
import { giveWay } from '../../base/give-way.ts';
import type { Authentication } from '../authentication.ts';
import { asGraphQLError } from '../errors.ts';
import {
  type EdgePlugin,
  type Exchange,
  openExchange,
  releaseOnClose,
  type ServerContext,
  startSending,
} from '../exchange.ts';
import { LIMITS, mayBeBulk } from '../limits.ts';
import { GRAPHQL_PATH } from '../routes.ts';
import { isSureToHaveTooMany, tooManyValues } from '../variables.ts';
import { jsonBytes } from './json.ts';
import { isPlain, mediaTypeFor, paramsOf, readableByYoga, readText, viewOf } from './request.ts';
import { createOutbox, sendLarge } from './response.ts';

type Yoga = YogaServerInstance<ServerContext, object>;

interface Direct {
  yoga: Yoga;
  authentication: Authentication;
  /** Told of each request once it is answered. */
  onAnswer: (exchange: Exchange) => void;
}

/** Answers requests by the short way, or hands them to Yoga. */
export function createDirect({ yoga, authentication, onAnswer }: Direct): RequestListener {
  const { getResultForParams } = yoga;
  const post = createOutbox(onAnswer);
  // What Yoga's own plugins want to know of a request: that it is no GET.
  const posted = new Request(`http://localhost${GRAPHQL_PATH}`, { method: 'POST' });

  return (request, response) => {
    const media = isPlain(request) ? mediaTypeFor(request.headers.accept) : undefined;
    const caller = media && authentication.recall(request.headers.authorization);
    if (!media || !caller) {
      yoga(readableByYoga(request), response);
      return;
    }
    const exchange = openExchange('POST', GRAPHQL_PATH, request.headers['x-request-id']);
    const context: ServerContext = { exchange, ...caller(exchange) };
    releaseOnClose(response, context);
    // Nobody is left to answer.
    request.on('error', () => {
      exchange.status = 400;
      onAnswer(exchange);
    });
    readText(request, async (text) => {
      /** With what was found out so far. */
      const leave = (found: Pick<ServerContext, 'params' | 'result'>) => {
        // As a stream: of a text, all positions would be listed to see whether there are any.
        const body = Readable.from([Buffer.from(found.params ? '{}' : text)]);
        yoga(viewOf(request, { body }), response, { ...context, ...found });
      };
      let params: GraphQLParams | undefined;
      try {
        // Bodies that come at once, and may be large, are read one after another, with turns of others between.
        const turn = giveWay();
        if (turn) await turn;
        if (text.length > LIMITS.bodyBytes.value && !mayBeBulk(text)) {
          leave({});
          return;
        }
        if (isSureToHaveTooMany(text)) {
          // Without the body, so that it is not read once more.
          leave({ params: { query: '' }, result: { errors: [tooManyValues()] } });
          return;
        }
        params = paramsOf(text);
        if (!params) {
          leave({});
          return;
        }
        const result = (await getResultForParams({ params, request: posted }, context as never)) as ExecutionResult;
        if (result.errors) {
          leave({ params, result });
          return;
        }
        const head = { response, media, exchange };
        const pieces = isLarge(context) ? await jsonBytes(result, exchange.startedAt) : undefined;
        startSending(response, context);
        if (pieces) sendLarge(pieces, head, onAnswer);
        else post({ ...head, body: JSON.stringify(result) });
      } catch (fault) {
        leave({ ...(params && { params }), result: { errors: [asGraphQLError(fault)] } });
      }
    });
  };
}

/** Has Yoga answer with what the short way found, and write it in slices when it is large. */
export function useDirectResult(): EdgePlugin {
  return {
    onRequestParse({ serverContext: { params }, setRequestParser }) {
      if (params) setRequestParser(() => params);
    },
    onParams({ context, setResult }) {
      const { result } = context as ServerContext;
      if (result) setResult(result);
    },
    async onResultProcess({ result, setResult, serverContext }) {
      if (!isLarge(serverContext) || !('data' in result) || !result.data) return;
      const data = Buffer.concat(await jsonBytes(result.data, serverContext.exchange?.startedAt ?? 0)).toString();
      setResult({ ...result, stringify: ({ data: _, ...others }) => withData(JSON.stringify(others), data) });
    },
  };
}

function withData(others: string, data: string): string {
  return `${others === '{}' ? '{' : `${others.slice(0, -1)},`}"data":${data}}`;
}

/** Bytes of a response that take so long to write that others get turns meanwhile. */
const LARGE = 200_000;

function isLarge({ database }: ServerContext): boolean {
  return database !== undefined && database.meter.responded > LARGE;
}
