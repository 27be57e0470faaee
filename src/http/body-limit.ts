/** Bodies: how large they may be, and which kinds are read. */
import { GraphQLError } from 'graphql';
import type { FetchAPI } from 'graphql-yoga';
import { giveWay } from '../base/give-way.ts';
import type { EdgePlugin } from './exchange.ts';
import { LIMITS, mayBeBulk } from './limits.ts';
import { isSureToHaveTooMany, tooManyValues } from './variables.ts';

/**
 * Refuses a body over the limit, by its announced length where it has one, else by counting. Yoga's own limit pipes
 * every body through a counting stream; a length that HTTP has already vouched for need not be counted again.
 */
export function useBodyLimit(): EdgePlugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser, fetchAPI }) {
      if (request.method === 'GET' && requestParser) setRequestParser(withParameters(requestParser));
      if (request.method !== 'POST') return;
      if (requestParser === undefined) throw notJson();
      const parse = isForm(request) ? withQuery(withParameters(requestParser)) : requestParser;
      const announced = request.headers.get('content-length');
      if (announced !== null) {
        if (!/^\d+$/.test(announced)) throw badRequest(400, 'The content-length is not a number.');
        if (Number(announced) > LIMITS.bulkBodyBytes.value) throw payloadTooLarge();
        if (Number(announced) < LONG) {
          setRequestParser(parse);
          return;
        }
      }
      setRequestParser(async (unread) => {
        const read = await readWithinLimit(unread, fetchAPI);
        await giveWay();
        return parse(read);
      });
    },
  };
}

/** Bytes of a body that take so long to parse that others get turns between one and the next. */
const LONG = 10_000;

type RequestParser = Exclude<Parameters<NonNullable<EdgePlugin['onRequestParse']>>[0]['requestParser'], undefined>;

function isForm(request: Request): boolean {
  return request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;
}

/** JSON sent as a form, which is what curl does unless told otherwise, has no field `query`: that says what to do about it. */
function withQuery(parse: RequestParser): RequestParser {
  return async (request) => {
    const params = await parse(request);
    if ('query' in params && params.query === undefined) throw notJson();
    return params;
  };
}

function notJson(): GraphQLError {
  return badRequest(415, 'Send the operation as JSON, with the header Content-Type: application/json.');
}

/** Of what is given one by one, in a URL or a form, some is JSON. */
function withParameters(parse: RequestParser): RequestParser {
  return async (request) => {
    try {
      return await parse(request);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw badRequest(400, 'The parameters `variables` and `extensions` must be JSON.');
    }
  };
}

async function readWithinLimit(request: Request, fetchAPI: FetchAPI): Promise<Request> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body?.getReader();
  // A body that cannot be read to its end was not sent to its end.
  const next = () => reader?.read().catch(() => Promise.reject(badRequest(400, 'The request body broke off.')));
  for (let part = await next(); part !== undefined && !part.done; part = await next()) {
    bytes += part.value.byteLength;
    // The reader is left as it is: cancelling it would close the connection before the answer is out.
    if (bytes > LIMITS.bulkBodyBytes.value) throw payloadTooLarge();
    chunks.push(part.value);
  }
  const body = Buffer.concat(chunks).toString('utf8');
  if (bytes > LIMITS.bodyBytes.value && !mayBeBulk(body)) throw payloadTooLarge();
  if (isSureToHaveTooMany(...jsonIn(body, request))) throw tooManyValues();
  return new fetchAPI.Request(request.url, { method: request.method, headers: request.headers, body });
}

/** What of a body will be parsed as JSON. */
function jsonIn(body: string, request: Request): string[] {
  if (!isForm(request)) return /json/.test(request.headers.get('content-type') ?? '') ? [body] : [];
  const form = new URLSearchParams(body);
  return ['variables', 'extensions'].flatMap((name) => form.get(name) ?? []);
}

function payloadTooLarge(): GraphQLError {
  return new GraphQLError(
    `The request body is larger than ${LIMITS.bodyBytes.value} bytes, or ${LIMITS.bulkBodyBytes.value} with a bulk mutation.`,
    {
      extensions: { code: 'PAYLOAD_TOO_LARGE', http: { headers: { connection: 'close' } } },
    },
  );
}

function badRequest(status: number, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status } } });
}
