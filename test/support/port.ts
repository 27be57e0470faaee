/**
 * How tests reach a server: over a port of its own and node:http, as its customers do. A server without further plugins
 * then takes the fast path (src/http/fast/direct.ts) with every token that it has met before; one with a plugin sends
 * everything through Yoga. Tests that compare the two say so, as do those that call `server.fetch`, which takes no port.
 */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll } from 'vitest';
import type { Listening } from '../../src/http/listen.ts';
import type { Server } from '../../src/server.ts';

export interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
}

export interface Port {
  /** Sends a request, a POST to /graphql unless said, and reads the whole response. */
  send(sent: Sent): Promise<Reply>;
  /** The same with the types of the Fetch API. Of the URL only the path counts. */
  fetch(request: Request): Promise<Response>;
}

/** How long a response may take, in milliseconds: a test that waits for longer fails here, and says so. */
const RESPONSE_TIMEOUT_MS = 60_000;

/** Has the server listen from the first request on until the tests of the file are done. */
export function portOf(server: Pick<Server, 'listen'>): Port {
  // One for each server: what is idle when it closes is closed with it, and needs no lingering.
  const agent = new Agent({ keepAlive: true, timeout: RESPONSE_TIMEOUT_MS });
  let listening: Promise<Listening> | undefined;

  async function open(): Promise<Listening> {
    const opened = await server.listen();
    afterAll(() => {
      agent.destroy();
      return opened.close();
    });
    return opened;
  }

  async function send({ method = 'POST', path = '/graphql', headers = {}, body }: Sent): Promise<Reply> {
    listening ??= open();
    const { url } = await listening;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = httpRequest(url + path, { agent, method, headers }, resolve);
      sent.on('error', reject);
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path} was not answered in time`)));
      sent.end(body);
    });
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return {
      status: response.statusCode ?? 0,
      headers: new Headers(response.headers as Record<string, string>),
      text: Buffer.concat(chunks).toString(),
    };
  }

  return {
    send,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const { status, headers, text } = await send({
        method: request.method,
        path: pathname + search,
        headers: Object.fromEntries(request.headers),
        body: Buffer.from(await request.arrayBuffer()),
      });
      return new Response(text === '' ? null : text, { status, headers });
    },
  };
}

/** What of a reply must not depend on the road: all but what belongs to the connection, and the id that was made for it. */
export function comparable({ status, headers, text }: Reply, givenId?: string) {
  const named = [...headers].map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  const { 'x-request-id': id, ...others } = Object.fromEntries<string | undefined>(named);
  for (const name of ['connection', 'date', 'keep-alive', 'content-length', 'transfer-encoding']) delete others[name];
  const requestId = id === givenId ? 'taken' : id && 'made';
  // A fault of ours names it.
  return { status, headers: others, requestId, text: id ? text.replaceAll(id, '<request id>') : text };
}
