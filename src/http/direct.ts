/**
 * The short way for what nearly every request is: a POST of JSON, with a token that was seen before, that is answered
 * without errors. Yoga's part in it is the GraphQL, not the HTTP: translating node:http to Request and Response and back
 * costs more than such a request does. Any unusual request or response falls back to Yoga.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import type { GraphQLParams, YogaServerInstance } from 'graphql-yoga';
import { giveWay } from '../give-way.ts';
import { isObject } from '../is-object.ts';
import type { Authentication } from './authentication.ts';
import { readable } from './cors.ts';
import { asGraphQLError } from './errors.ts';
import {
  type EdgePlugin,
  type Exchange,
  openExchange,
  releaseOnClose,
  type ServerContext,
  startSending,
} from './exchange.ts';
import { jsonBytes } from './json.ts';
import { LIMITS } from './limits.ts';
import { GRAPHQL_PATH } from './routes.ts';
import { isSureToHaveTooMany, tooManyValues } from './variables.ts';

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

  const leaveToYoga = (request: IncomingMessage, response: ServerResponse, context: ServerContext = {}) => {
    const { host } = request.headers;
    // Yoga makes a URL of it and the path.
    if (host !== undefined && !isHost(host)) request.headers.host = 'host.invalid';
    if (!request.url?.startsWith('/')) request.url = pathIn(request.url ?? '');
    yoga(request, response, context);
  };

  return (request, response) => {
    const media = isPlain(request) ? mediaTypeFor(request.headers.accept) : undefined;
    const caller = media && authentication.recall(request.headers.authorization);
    if (!media || !caller) {
      leaveToYoga(request, response);
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
        leaveToYoga(Object.assign(request, { body }), response, { ...context, ...found });
      };
      let params: GraphQLParams | undefined;
      try {
        // Bodies that come at once, and may be large, are read one after another, with turns of others between.
        const turn = giveWay();
        if (turn) await turn;
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

/** Whether it names a host, and nothing that would be taken for a part of the path. */
function isHost(host: string): boolean {
  return /^[\w.:[\]-]+$/.test(host) && URL.canParse(`http://${host}`);
}

/** The path of a target that is an absolute URL, as proxies send it; else (`OPTIONS *`) one that there is not. */
function pathIn(target: string): string {
  if (!URL.canParse(target)) return '/*';
  const { pathname, search } = new URL(target);
  return pathname + search;
}

/** Whether the request is to be executed and its body short and of an announced length. */
function isPlain({ method, url, headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length']);
  return (
    method === 'POST' &&
    url === GRAPHQL_PATH &&
    /^application\/json(;|$)/.test(headers['content-type'] ?? '') &&
    length > 0 &&
    length <= LIMITS.bodyBytes.value
  );
}

/** The media type of an answer by what is accepted first of all; undefined when that takes weighing. */
function mediaTypeFor(accept = '*/*'): string | undefined {
  const [first] = accept.split(',', 1);
  if (first === '*/*' || first === 'application/json') return 'application/json';
  return first === 'application/graphql-response+json' ? first : undefined;
}

/** Calls back with the body, once all of it is there. */
function readText(request: IncomingMessage, callback: (text: string) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [only] = chunks;
    callback((chunks.length === 1 && only ? only : Buffer.concat(chunks)).toString());
  });
}

/** What the body asks for; undefined when it is not JSON or not of the form it should be. */
function paramsOf(text: string): GraphQLParams | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(body)) return undefined;
  const { query, variables, operationName, extensions, ...others } = body;
  const isWellFormed =
    typeof query === 'string' &&
    (variables === undefined || variables === null || isObject(variables)) &&
    (operationName === undefined || operationName === null || typeof operationName === 'string') &&
    (extensions === undefined || extensions === null || isObject(extensions)) &&
    Object.keys(others).length === 0;
  return isWellFormed ? (body as GraphQLParams) : undefined;
}

/** An answer that is ready to be sent. */
interface Answer extends Head {
  body: string;
}

interface Head {
  response: ServerResponse;
  media: string;
  exchange: Exchange;
}

/** How long an answer may wait for others, in milliseconds. */
const WAIT_MAX = 2;

/**
 * Sends the answers of one turn of the event loop together. Each write may wake who waits at its other end, and when
 * answers and new requests take turns, that costs as much as a quarter of a get by key.
 */
function createOutbox(onAnswer: (exchange: Exchange) => void): (answer: Answer) => void {
  let waiting: Answer[] = [];
  let waitingSince = 0;
  function flush(): void {
    const answers = waiting;
    waiting = [];
    for (const answer of answers) {
      send(answer);
      onAnswer(answer.exchange);
    }
  }
  return (answer) => {
    if (waiting.push(answer) === 1) {
      waitingSince = performance.now();
      setImmediate(flush);
    } else if (performance.now() - waitingSince > WAIT_MAX) {
      flush();
    }
  };
}

function send({ body, ...answer }: Answer): void {
  const length = Buffer.byteLength(body);
  const { response } = answer;
  begin(length, answer);
  // Text that is nothing but ASCII, as most is, reads the same and is copied faster.
  response.end(body, length === body.length ? 'latin1' : 'utf8');
}

function sendLarge(pieces: readonly Buffer[], head: Head, onAnswer: (exchange: Exchange) => void): void {
  const { response, exchange } = head;
  begin(
    pieces.reduce((length, piece) => length + piece.length, 0),
    head,
  );
  for (const piece of pieces) response.write(piece);
  response.end();
  onAnswer(exchange);
}

function begin(length: number, { response, media, exchange }: Head): void {
  exchange.status = 200;
  response.writeHead(200, {
    'content-type': `${media}; charset=utf-8`,
    'content-length': length,
    'x-request-id': exchange.requestId,
    ...readable,
  });
}
