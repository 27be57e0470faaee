/** What the fast path reads of requests, and how it leaves them to Yoga. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { GraphQLParams } from 'graphql-yoga';
import { isObject } from '../../base/is-object.ts';
import { LIMITS } from '../limits.ts';
import { GRAPHQL_PATH } from '../routes.ts';

/** The request, or a view of it where Yoga could not make a URL of its host and target. */
export function readableByYoga(request: IncomingMessage): IncomingMessage | RequestView {
  const { headers, url = '' } = request;
  const { host } = headers;
  const isReadable = url.startsWith('/') && (host === undefined || isHost(host));
  return isReadable ? request : viewOf(request, {});
}

/** A request as Yoga takes it. The live one stays as it is: Node, and whoever else holds it, relies on it. */
interface RequestView extends Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'socket'> {
  body: Readable;
  /** By this Yoga tells that the request is one of Node's. */
  read: Readable['read'];
}

/** A view with another body, which is read instead, and with a host and a path of which a URL can be made. */
export function viewOf(request: IncomingMessage, { body = request }: { body?: Readable }): RequestView {
  const { method, headers, socket, url = '' } = request;
  const { host } = headers;
  return {
    method,
    url: url.startsWith('/') ? url : pathIn(url),
    headers: host === undefined || isHost(host) ? headers : { ...headers, host: 'host.invalid' },
    socket,
    body,
    read: body.read.bind(body),
  };
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
export function isPlain({ method, url, headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length']);
  return (
    method === 'POST' &&
    url === GRAPHQL_PATH &&
    /^application\/json(;|$)/.test(headers['content-type'] ?? '') &&
    length > 0 &&
    length <= LIMITS.bulkBodyBytes.value
  );
}

/** The media type of an answer by what is accepted first of all; undefined when that takes weighing. */
export function mediaTypeFor(accept = '*/*'): string | undefined {
  const [first] = accept.split(',', 1);
  if (first === '*/*' || first === 'application/json') return 'application/json';
  return first === 'application/graphql-response+json' ? first : undefined;
}

/** Calls back with the body, once all of it is there. */
export function readText(request: IncomingMessage, callback: (text: string) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [only] = chunks;
    callback((chunks.length === 1 && only ? only : Buffer.concat(chunks)).toString());
  });
}

/** What the body asks for; undefined when it is not JSON or not of the form it should be. */
export function paramsOf(text: string): GraphQLParams | undefined {
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
