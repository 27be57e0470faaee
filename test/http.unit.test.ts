import { randomBytes } from 'node:crypto';
import { EventEmitter, on, once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import {
  Agent,
  createServer as createHttpServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { serverAudits } from 'graphql-http';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERROR_CODES } from '../src/base/errors.ts';
import { openLog } from '../src/cli/log.ts';
import { readConfig } from '../src/config.ts';
import type { EdgePlugin } from '../src/http/exchange.ts';
import { LIMITS } from '../src/http/limits.ts';
import { closeGracefully, type Listening } from '../src/http/listen.ts';
import {
  ask,
  database,
  type EdgeServer,
  edgeServer,
  knowingServer,
  slowRequests,
  TOKEN,
  viewer,
} from './edge-server.ts';
import { comparable, type Reply, type Sent } from './support/port.ts';

const authorization = `Bearer ${TOKEN}`;
const url = 'http://edge.test/graphql';

const known = await knowingServer();
const viaYoga = edgeServer({ plugins: [{}] });

describe.each([
  ['by the fast path', known.port],
  ['through Yoga', viaYoga.port],
  ['by fetch', known],
])('GraphQL over HTTP %s', (_road, { fetch }) => {
  const audits = serverAudits({
    url,
    fetchFn: (input: string, init?: RequestInit) =>
      fetch(new Request(input, { ...init, headers: { ...(init?.headers as object), authorization } })),
  });

  test('has 61 audits', () => expect(audits).toHaveLength(61));

  test.each(audits.map((audit) => [audit.id, audit.name, audit] as const))('%s: %s', async (_id, _name, audit) => {
    const result = await audit.fn();
    expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
  });
});

describe('authentication', () => {
  test.each([
    ['no token', {}],
    ['an unknown token', { authorization: 'Bearer unknown-token' }],
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
    ['an empty token', { authorization: 'Bearer ' }],
  ])('answers 401 to %s', async (_name, headers) => {
    const response = await edgeServer().port.fetch(
      new Request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{"quer' }),
    );
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  test('looks the token up once per request', async () => {
    let times = 0;
    const server = edgeServer({
      findViewer: async () => {
        times += 1;
        return null;
      },
    });
    await ask(server, '{ hello }');
    expect(times).toBe(1);
  });

  test('hides why the token could not be looked up', async () => {
    const server = edgeServer({ findViewer: () => Promise.reject(new Error('database is at 10.0.0.7')) });
    const answer = await ask(server, '{ hello }');
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.errors)).not.toContain('10.0.0.7');
    expect(answer.errors?.[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
  });
});

describe('request ids', () => {
  test('are taken from the caller and reach the resolvers', async () => {
    const answer = await ask(await knowingServer(), '{ who }', undefined, { 'x-request-id': 'abc.123:x' });
    expect(answer.data).toEqual({ who: 'Edge abc.123:x' });
    expect(answer.headers.get('x-request-id')).toBe('abc.123:x');
  });

  test.each([['x'.repeat(129)], ['a b'], ['"quoted"'], ['<b>']])('replace %s', async (id) => {
    const answer = await ask(await knowingServer(), '{ who }', undefined, { 'x-request-id': id });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each([
    ['/graphql', 401],
    ['/nowhere', 404],
    ['/other/graphql', 404],
    ['/health', 404],
    ['/health/live', 200],
    ['/health/ready', 200],
    ['/metrics', 200],
  ])('are on the answer of %s', async (path, status) => {
    const response = await edgeServer().port.fetch(
      new Request(`http://edge.test${path}`, { headers: { 'x-request-id': 'mine' } }),
    );
    expect([response.status, response.headers.get('x-request-id')]).toEqual([status, 'mine']);
  });
});

describe('the access log', () => {
  test('has one line per request, with nothing of what was sent', async () => {
    const server = await knowingServer();
    await ask(
      server,
      'query Greeting($id: ID) { hello thing(id: $id) { id } }',
      { id: 'private' },
      { 'x-request-id': 'r1' },
    );
    expect(server.lines).toHaveLength(1);
    expect(server.lines[0]).toMatchObject({
      method: 'POST',
      path: '/graphql',
      status: 200,
      requestId: 'r1',
      operation: 'Greeting',
      firm: 1,
      token: 'token-1',
      role: 'ADMIN',
    });
    expect(JSON.stringify(server.lines)).not.toMatch(/private|a-token-for-the-edge/);
  });

  test('bounds the operation name and leaves the query of the URL out', async () => {
    const server = await knowingServer();
    await ask(server, `query ${'N'.repeat(500)} { hello }`);
    await server.port.fetch(new Request(`${url}?query={hello}`, { headers: { authorization } }));
    expect(server.lines.map(({ operation, path }) => [String(operation).length, path])).toEqual([
      [64, '/graphql'],
      ['undefined'.length, '/graphql'],
    ]);
  });
});

/** Of what is still in use. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

describe('the log', () => {
  test.runIf(existsSync('/dev/full'))('that cannot be written ends nothing, and waits in bounded memory', async () => {
    const full = openSync('/dev/full', 'w');
    const log = openLog('info', full);
    const before = heapUsed();
    for (let line = 0; line < 50_000; line++) log.info({ line: randomBytes(500).toString('hex') });
    // An error that nobody listens to would fail the run.
    await setTimeout(100);
    // 50 MB of lines were written.
    expect(heapUsed() - before).toBeLessThan(20_000_000);
    log.info('kept for as long as it is measured');
  });
});

describe('operations of the process', () => {
  test('ready is 503 when the database fails or hangs', async () => {
    for (const check of [() => Promise.reject(new Error('gone')), () => new Promise<void>(() => {})]) {
      const server = edgeServer({ database: { ...database, $check: check } });
      const response = await server.port.fetch(new Request('http://edge.test/health/ready'));
      expect(response.status).toBe(503);
      expect((await server.port.fetch(new Request('http://edge.test/health/live'))).status).toBe(200);
    }
  });

  test('metrics count requests by operation and status, and name nobody', async () => {
    const server = edgeServer();
    await ask(server, 'query VeryPrivateName { hello }');
    await ask(server, 'query { nope }');
    await ask(server, 'mutation { save(input: { name: "x" }) { thing { id } } }');
    const text = await (await server.port.fetch(new Request('http://edge.test/metrics'))).text();
    expect(text).toContain('clientele_graphql_requests_total{operation="query",status="200"} 1');
    expect(text).toContain('clientele_graphql_requests_total{operation="none",status="400"} 1');
    expect(text).toContain('clientele_graphql_requests_total{operation="mutation",status="200"} 1');
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).not.toMatch(/VeryPrivateName|token-1/);
  });

  test('each server counts for itself', async () => {
    const [one, other] = [edgeServer(), edgeServer()];
    await ask(one, '{ hello }');
    expect(await (await other.port.fetch(new Request('http://edge.test/metrics'))).text()).not.toContain(
      'operation="query"',
    );
  });
});

describe('other origins', () => {
  test('may call with a token, without credentials', async () => {
    const preflight = await edgeServer().port.fetch(
      new Request(url, {
        method: 'OPTIONS',
        headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
      }),
    );
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    const answer = await ask(await knowingServer(), '{ hello }', undefined, { origin: 'https://app.example' });
    expect(answer.headers.get('access-control-expose-headers')).toBe('retry-after, x-request-id, x-changes-head');
  });

  const mayBeSent = async (corsHeaders?: readonly string[]) => {
    const config = { host: '127.0.0.1', port: 0, graphiql: false, ...(corsHeaders && { corsHeaders }) };
    const preflight = await edgeServer({ config }).port.fetch(new Request(url, { method: 'OPTIONS' }));
    return preflight.headers.get('access-control-allow-headers')?.split(', ') ?? [];
  };

  test.each([
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
  ])('may send the header %s', async (header) => {
    expect(await mayBeSent()).toContain(header);
  });

  test('may send what is configured, too', async () => {
    const { corsHeaders } = readConfig({ CLIENTELE_CORS_HEADERS: 'X-Tenant , x-b3-traceid,baggage' });
    const usual = await mayBeSent();
    expect(await mayBeSent(corsHeaders)).toEqual([...usual, 'x-tenant', 'x-b3-traceid']);
    for (const wrong of ['a b', 'a,,b', 'a: b', 'a\r\nb'])
      expect(() => readConfig({ CLIENTELE_CORS_HEADERS: wrong })).toThrow('CLIENTELE_CORS_HEADERS must be names');
  });

  test('GET runs queries only', async () => {
    const query = encodeURIComponent('mutation { save(input: { name: "x" }) { thing { id } } }');
    const response = await edgeServer().port.fetch(
      new Request(`${url}?query=${query}`, { headers: { authorization } }),
    );
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });
});

describe.each([
  ['by the fast path', known],
  ['through Yoga', viaYoga],
])('bodies %s', (_road, { port }) => {
  const send = (body: string, headers: Record<string, string> = {}) =>
    port.send({ headers: { authorization, 'content-type': 'application/json', ...headers }, body });
  const large = JSON.stringify({ query: '{ hello }', variables: { pad: 'x'.repeat(1_000_000) } });

  test('over the limit are 413, whether the length was announced or not', async () => {
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
      const { status, text } = await send(large, headers as Record<string, string>);
      expect(status).toBe(413);
      expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] });
    }
  });

  test('of an unknown kind are 415, and batches 400', async () => {
    const multipart = await send('--x', { 'content-type': 'multipart/form-data; boundary=x' });
    expect(multipart.status).toBe(415);
    expect(JSON.parse(multipart.text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    const batch = await send(JSON.stringify([{ query: '{ hello }' }, { query: '{ hello }' }]));
    expect(batch.status).toBe(400);
    expect(JSON.parse(batch.text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  test('that are JSON and not said to be are told the header that is missing', async () => {
    for (const kind of ['application/x-www-form-urlencoded', 'text/plain']) {
      const { status, text } = await send(JSON.stringify({ query: '{ hello }' }), { 'content-type': kind });
      expect(status).toBe(415);
      expect(text).toContain('Content-Type: application/json');
    }
    const form = await send('query={hello}', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(JSON.parse(form.text)).toMatchObject({ data: { hello: expect.anything() } });
  });

  test.each(['variables', 'extensions'])('are told of %s that are no JSON, in a URL or a form', async (name) => {
    const parameters = String(new URLSearchParams({ query: '{ hello }', [name]: '{private' }));
    const inUrl = await port.send({ method: 'GET', path: `/graphql?${parameters}`, headers: { authorization } });
    const inForm = await send(parameters, { 'content-type': 'application/x-www-form-urlencoded' });
    for (const { status, text } of [inUrl, inForm]) {
      expect(status).toBe(400);
      expect(text).toContain('BAD_REQUEST');
      expect(text).not.toContain('private');
    }
  });

  test('that are no JSON are not repeated in the answer', async () => {
    const { status, text } = await send('{"query": "private');
    expect(status).toBe(400);
    expect(text).not.toContain('private');
  });
});

/** A body that asks for an operation. */
const operation = (query: string, more: object = {}) => JSON.stringify({ query, ...more });
const hello = operation('{ hello }');

describe('every road', () => {
  const greeting = operation('query A { hello } query B($id: ID) { thing(id: $id) { id name } }', {
    operationName: 'B',
    variables: { id: '7' },
  });
  const save = 'mutation ($input: ThingInput!, $note: String) { save(input: $input, note: $note) { thing { id } } }';
  const inUrl = (parameters: Record<string, string>) => `/graphql?${new URLSearchParams(parameters)}`;

  /** Each by a server of its own: by its port, or without one. */
  const fetching = edgeServer();
  const roads: { server: EdgeServer; send(sent: Sent): Promise<Reply> }[] = [
    ...[edgeServer(), edgeServer({ plugins: [{}] })].map((server) => ({ server, send: server.port.send })),
    {
      server: fetching,
      async send({ path, ...init }) {
        const response = await fetching.fetch(new Request(`http://edge.test${path}`, init as RequestInit));
        return { status: response.status, headers: response.headers, text: await response.text() };
      },
    },
  ];

  /** What a road answers, and what it logs of it, without what differs between any two requests. */
  async function told({ server, send }: (typeof roads)[number], sent: Sent) {
    server.lines.length = 0;
    const reply = comparable(await send(sent), sent.headers?.['x-request-id']);
    const lines = server.lines.map(({ time: _, ms: __, requestId: ___, fault, ...line }) => ({
      ...line,
      // Where it was thrown, but not by what road the request came there.
      ...(fault !== undefined && { fault: { ...(fault as object), stack: undefined } }),
    }));
    return { ...reply, lines };
  }

  test.each<[string, Sent]>([
    ['an operation', { body: hello }],
    ['an operation that says what is accepted', { body: hello, headers: { accept: 'application/json' } }],
    ['one that accepts a GraphQL response', { body: hello, headers: { accept: 'application/graphql-response+json' } }],
    ['one that accepts several', { body: hello, headers: { accept: 'text/html, application/json;q=0.9' } }],
    ['one that accepts what there is not', { body: hello, headers: { accept: 'text/plain' } }],
    ['one that accepts another charset', { body: hello, headers: { accept: 'application/json; charset=utf-16' } }],
    ['one of several operations', { body: greeting }],
    ['a mutation with variables', { body: operation(save, { variables: { input: { name: 'x', tags: ['a'] } } }) }],
    ['extensions', { body: operation('{ hello }', { extensions: { trace: { id: 'a' } } }) }],
    ['extensions that are null', { body: operation('{ hello }', { extensions: null, variables: null }) }],
    ['extensions that are no object', { body: operation('{ hello }', { extensions: 'x' }) }],
    [
      'the hash of a persisted query beside it',
      { body: operation('{ hello }', { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }) },
    ],
    [
      'the hash of a persisted query alone',
      { body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }) },
    ],
    [
      'headers of clients and proxies',
      {
        body: hello,
        headers: {
          'apollographql-client-name': 'web',
          'apollographql-client-version': '1',
          'idempotency-key': 'k',
          'x-forwarded-for': '203.0.113.7',
          traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
        },
      },
    ],
    ['a mutation', { body: operation('mutation { save(input: { name: "x" }) { thing { id } } }') }],
    ['an operation with a request id', { body: hello, headers: { 'x-request-id': 'mine' } }],
    ['a request id that is not well formed', { body: hello, headers: { 'x-request-id': 'a b' } }],
    ['a page of another origin', { body: hello, headers: { origin: 'https://app.example' } }],
    ['a charset', { body: hello, headers: { 'content-type': 'application/json; charset=utf-8' } }],
    ['another kind of JSON', { body: hello, headers: { 'content-type': 'application/graphql+json' } }],
    ['another kind of body', { body: '{ hello }', headers: { 'content-type': 'text/plain' } }],
    [
      'letters beyond ASCII',
      { body: operation('query($code: String!) { fail(code: $code) }', { variables: { code: 'ä€😀' } }) },
    ],
    ['a failure beside data', { body: operation('{ hello fail(code: "CONFLICT") }') }],
    ['a failure of the domain', { body: operation('{ fail(code: "NOT_FOUND") }') }],
    ...Object.keys(ERROR_CODES).map((code): [string, Sent] => [
      `the error ${code}`,
      { body: operation(`mutation { fail(code: "${code}") { thing { id } } }`) },
    ]),
    ['an error of several fields', { body: operation('{ fail(code: "MANY") }') }],
    ['errors of each kind at once', { body: operation('{ hello fail(code: "CONFLICT") crash leak graphqlError }') }],
    ['more errors than are shown', { body: operation('{ broken(items: 300) }') }],
    ['a fault of ours without a request id', { body: operation('{ crash }') }],
    ['a fault of ours', { body: operation('{ crash }'), headers: { 'x-request-id': 'mine' } }],
    [
      'variables that do not fit, in a batch of aliases',
      {
        body: operation(
          'mutation ($a: ThingInput!, $b: ThingInput!) { a: save(input: $a) { thing { id } } b: save(input: $b) { thing { id } } }',
          { variables: { a: { name: 'x', status: 'NONE', score: '1' }, b: { nam: 'x' } } },
        ),
      },
    ],
    ['a variable that is missing', { body: operation(save, { variables: {} }) }],
    ['a variable of no type of the schema', { body: operation('query ($n: None) { hello }') }],
    ['variables that nobody asked for', { body: operation('{ hello }', { variables: { other: [1, { a: null }] } }) }],
    ['an argument that does not fit', { body: operation('{ things(first: "x") { totalCount } }') }],
    ['a directive', { body: operation('query ($no: Boolean = false) { hello @include(if: $no) nothing }') }],
    ['introspection', { body: operation('{ __schema { queryType { name } } __type(name: "Thing") { name } }') }],
    ['a subscription', { body: operation('subscription { hello }') }],
    ['a comment alone', { body: operation('# nothing') }],
    [
      'a variable that does not fit',
      { body: operation('query($n: Int) { things(first: $n) { totalCount } }', { variables: { n: 'x' } }) },
    ],
    [
      'an operation that costs too much',
      { body: operation('{ things(first: 250) { nodes { others(first: 250) { totalCount } list { id } } } }') },
    ],
    ['a document that does not fit', { body: operation('{ nope }') }],
    ['a document that is none', { body: operation('{') }],
    ['an operation that is not there', { body: operation('query A { hello }', { operationName: 'B' }) }],
    ['no operation', { body: '{}' }],
    ['a parameter that there is not', { body: operation('{ hello }', { more: 1 }) }],
    ['variables that are no object', { body: operation('{ hello }', { variables: [] }) }],
    ['a name that is no text', { body: operation('{ hello }', { operationName: 1 }) }],
    ['a batch', { body: `[${hello}]` }],
    ['null', { body: 'null' }],
    ['no JSON', { body: '{"query": "private' }],
    ['an empty body', { body: '' }],
    ['more values than there may be', { body: operation('{ hello }', { variables: { list: Array(30_000).fill(1) } }) }],
    ['a body over the limit', { body: operation('{ hello }', { variables: { pad: 'x'.repeat(1_000_000) } }) }],
    ['no token', { body: hello, headers: { authorization: '' } }],
    ['an unknown token', { body: hello, headers: { authorization: 'Bearer unknown-token' } }],
    ['a query in the URL', { method: 'GET', path: '/graphql?query={hello}' }],
    [
      'a query with variables and a name in the URL',
      {
        method: 'GET',
        path: inUrl({
          query: 'query A { hello } query B($id: ID) { thing(id: $id) { id } }',
          operationName: 'B',
          variables: '{"id":"7"}',
          extensions: '{}',
        }),
      },
    ],
    [
      'a mutation in the URL',
      { method: 'GET', path: inUrl({ query: 'mutation { fail(code: "X") { thing { id } } }' }) },
    ],
    ['a URL without a query', { method: 'GET' }],
    ['a query in the URL that does not fit', { method: 'GET', path: inUrl({ query: '{ nope }' }) }],
    ['a slash too many', { body: hello, path: '/graphql/' }],
    ['a query beside the body', { body: hello, path: '/graphql?query={who}' }],
    ['another method', { method: 'PUT', body: hello }],
    ['a preflight', { method: 'OPTIONS' }],
    ['another path', { body: hello, path: '/nowhere' }],
  ])('answers and logs alike: %s', async (_name, { path = '/graphql', method = 'POST', headers, ...given }) => {
    const sent = { ...given, path, method, headers: { authorization, 'content-type': 'application/json', ...headers } };
    // Twice: the second time the token is known.
    for (let again = 0; again < 2; again++) {
      const [fast, ...others] = await Promise.all(roads.map((road) => told(road, sent)));
      expect(fast?.requestId).toBeDefined();
      expect(fast?.lines.length).toBeGreaterThan(0);
      for (const other of others) expect(other).toEqual(fast);
    }
  });

  test('counts alike', async () => {
    const bodies = [hello, hello, greeting, operation('{ nope }'), operation(save), '{', hello];
    const counts = roads.map(async ({ send }) => {
      const before = await requestsCounted(send);
      for (const body of bodies)
        await send({
          method: 'POST',
          path: '/graphql',
          headers: { authorization, 'content-type': 'application/json' },
          body,
        });
      const after = await requestsCounted(send);
      return Object.keys(after).map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)]);
    });
    const [fast, ...others] = await Promise.all(counts);
    for (const other of others) expect(Object.fromEntries(other)).toMatchObject(Object.fromEntries(fast ?? []));
    expect(fast).toContainEqual(['clientele_graphql_requests_total{operation="query",status="200"}', 4]);
  });

  /** The numbers of requests, by operation and status. */
  async function requestsCounted(send: (sent: Sent) => Promise<Reply>): Promise<Record<string, number>> {
    const { text } = await send({ method: 'GET', path: '/metrics' });
    const lines = text.matchAll(/^(clientele_graphql_requests_total\{.*\}) (\d+)$/gm);
    return Object.fromEntries([...lines].map(([, name, count]) => [name, Number(count)]));
  }
});

describe('over a socket', () => {
  const server = edgeServer();
  let listening: Listening;
  beforeAll(async () => {
    listening = await server.listen();
  });
  afterAll(() => listening.close());

  test.each([
    ['an operation', hello],
    ['a document that does not fit the schema', operation('{ whom }')],
    ['a document that is none', operation('{')],
    [
      'an operation that costs too much',
      operation('{ things(first: 250) { nodes { others(first: 250) { totalCount } } } }'),
    ],
    ['an operation that is not there', operation('query A { hello }', { operationName: 'B' })],
    ['more values than there may be', operation('{ hello }', { variables: { list: Array(30_000).fill(1) } })],
    ['no operation', '{}'],
    ['no JSON', '{'],
  ])('a token that is revoked is refused, and nothing else is told: %s', async (_name, body) => {
    let known = true;
    const revoking = edgeServer({ findViewer: async () => (known ? viewer : null) });
    const there = await revoking.listen();
    const send = { method: 'POST', headers: { authorization, 'content-type': 'application/json' } };
    expect((await fetch(`${there.url}/graphql`, { ...send, body: hello })).status).toBe(200);
    expect((await fetch(`${there.url}/graphql`, { ...send, body: hello })).status).toBe(200);
    known = false;
    const refused = await fetch(`${there.url}/graphql`, { ...send, body });
    expect([refused.status, await refused.json()]).toEqual([
      401,
      { errors: [expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED' } })] },
    ]);
    await there.close();
  });

  test('has plugins of others see every request and answer', async () => {
    const seen: string[] = [];
    const plugin = {
      onRequest: ({ request }: { request: Request }) => void seen.push(request.url),
      onResponse: ({ response }: { response: Response }) => void seen.push(String(response.status)),
    };
    const watched = edgeServer({ plugins: [plugin] });
    const there = await watched.listen();
    const send = { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: hello };
    for (let times = 0; times < 2; times++) await (await fetch(`${there.url}/graphql`, send)).text();
    await there.close();
    expect(seen).toEqual([`${there.url}/graphql`, '200', `${there.url}/graphql`, '200']);
  });

  test('takes the short way when the list of further plugins is empty, and logs when it is not', async () => {
    /** The spelling of a header in the second answer tells the ways apart; nothing else does. */
    const wayOf = async (plugins?: readonly EdgePlugin[]) => {
      const asked = edgeServer(plugins ? { plugins } : {});
      const there = await asked.listen();
      const options = { method: 'POST', headers: { authorization, 'content-type': 'application/json' } };
      let spelling: string | undefined;
      for (let times = 0; times < 2; times++) {
        const [response] = await once(httpRequest(`${there.url}/graphql`, options).end(hello), 'response');
        response.resume();
        [spelling] = response.rawHeaders;
      }
      await there.close();
      return [spelling, asked.lines.filter((line) => 'plugins' in line).map(({ plugins: count }) => count)];
    };
    expect(await wayOf()).toEqual(['content-type', []]);
    expect(await wayOf([])).toEqual(['content-type', []]);
    expect(await wayOf([{}])).toEqual(['Content-Type', [1]]);
  });

  test('a chunked body over the limit is refused while it is still being sent', async () => {
    const { status, sent } = await new Promise<{ status: number | undefined; sent: number }>((resolve, reject) => {
      let sent = 0;
      const upload = httpRequest(`${listening.url}/graphql`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
      });
      const chunk = 'x'.repeat(64 * 1024);
      const timer = setInterval(() => {
        sent += chunk.length;
        upload.write(chunk);
      }, 2);
      upload.on('response', (response) => {
        clearInterval(timer);
        response.resume();
        resolve({ status: response.statusCode, sent });
        upload.destroy();
      });
      upload.on('error', (error) => {
        clearInterval(timer);
        reject(error);
      });
    });
    expect(status).toBe(413);
    expect(sent).toBeLessThan(2 * LIMITS.bulkBodyBytes.value);
  });

  describe.each(['Content-Length: 1000', 'Transfer-Encoding: chunked'])('a body that breaks off (%s)', (length) => {
    // The second time the token is known.
    test.each(['destroy', 'end', 'destroy', 'end'] as const)('is the fault of its caller: %s', async (end) => {
      server.lines.length = 0;
      const { hostname, port } = new URL(listening.url);
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      const head = `POST /graphql HTTP/1.1\r\nHost: edge.test\r\nAuthorization: ${authorization}`;
      socket.write(`${head}\r\nContent-Type: application/json\r\n${length}\r\n\r\n5\r\n{"que\r\n`);
      // Answered after what was written before is read.
      await (await fetch(`${listening.url}/health/live`)).text();
      socket[end]();
      const lines = () => server.lines.filter(({ path }) => path !== '/health/live');
      await expect.poll(lines).toMatchObject([{ level: 30, msg: 'request', status: 400, token: 'token-1' }]);
      socket.destroy();
    });
  });

  test('a chunked body within the limit is read', async () => {
    const body = new Blob([JSON.stringify({ query: '{ hello }' })]).stream();
    const response = await fetch(`${listening.url}/graphql`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body,
      duplex: 'half',
    } as RequestInit);
    expect(await response.json()).toEqual({ data: { hello: 'world' } });
  });

  test.each(['[', 'a b', 'edge.test:99999', 'edge.test/health/live?', '%', 'edge.test#'])(
    'whatever is called the host is no part of the path: %s',
    async (host) => {
      const { hostname, port } = new URL(listening.url);
      const ask = async (method: string, body = '') => {
        const headers = { authorization, host, 'content-type': 'application/json' };
        const request = httpRequest({ hostname, port, path: '/graphql', method, headers }).end(body);
        const [response] = await once(request, 'response');
        let text = '';
        for await (const chunk of response) text += chunk;
        return [response.statusCode, Boolean(response.headers['x-request-id']), text];
      };
      expect(await ask('POST', hello)).toEqual([200, true, '{"data":{"hello":"world"}}']);
      expect(await ask('POST', operation('{ nope }'))).toEqual([400, true, expect.stringContaining('nope')]);
      expect(await ask('GET')).toEqual([400, true, expect.stringContaining('BAD_REQUEST')]);
    },
  );

  test.each([
    ['POST', 'http://edge.test:4000/graphql', hello, 200],
    ['POST', 'http://edge.test:4000/graphql', operation('{ nope }'), 400],
    ['GET', 'http://edge.test/health/live', '', 200],
    ['GET', 'http://[/graphql', '', 404],
    ['OPTIONS', '*', '', 204],
  ])('a target that is no path is understood: %s %s', async (method, path, body, expected) => {
    const { hostname, port } = new URL(listening.url);
    const headers = { authorization, host: 'edge.test:4000', 'content-type': 'application/json' };
    const [response] = await once(httpRequest({ hostname, port, path, method, headers }).end(body), 'response');
    response.resume();
    expect([response.statusCode, Boolean(response.headers['x-request-id'])]).toEqual([expected, true]);
  });

  test.each([
    ['to a strange host', 'POST', '/graphql', 'a b', hello],
    ['whose target is a URL', 'POST', 'http://edge.test:4000/graphql', 'edge.test', hello],
    ['with an error', 'POST', '/graphql', 'edge.test', operation('{ nope }')],
    ['without an error', 'POST', '/graphql', 'edge.test', hello],
  ])('a request %s stays as Node made it', async (_what, method, path, host, body) => {
    const seen = (request: IncomingMessage) => [request.url, { ...request.headers }, 'body' in request];
    const requests: { request: IncomingMessage; before: unknown }[] = [];
    const proxy = createHttpServer((request, response) => {
      requests.push({ request, before: seen(request) });
      server.nodeHandler(request, response);
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    try {
      const { port } = proxy.address() as AddressInfo;
      const headers = { authorization, host, 'content-type': 'application/json' };
      const sent = httpRequest({ hostname: '127.0.0.1', port, path, method, headers }).end(body);
      const [response] = await once(sent, 'response');
      await once(response.resume(), 'end');
      expect(requests).toHaveLength(1);
      for (const { request, before } of requests) expect(seen(request)).toEqual(before);
    } finally {
      proxy.close();
    }
  });

  test('closing finishes what is in flight, refuses what comes after, and does not wait for idle connections', async () => {
    const closing = await edgeServer().listen();
    const { hostname, port } = new URL(closing.url);
    const idle = connect(Number(port), hostname);
    await new Promise((resolve) => idle.once('connect', resolve));
    const begun = once(slowRequests, 'begin');
    const slow = fetch(`${closing.url}/graphql`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ slow }' }),
    });
    await begun;
    const idleEnded = once(idle.resume(), 'end');
    const closed = closing.close();
    await expect(fetch(`${closing.url}/health/live`)).rejects.toThrow();
    // Were it ended by cutting what is left, so would be the other one.
    await idleEnded;
    slowRequests.emit('finish');
    expect(await (await slow).json()).toEqual({ data: { slow: 'done' } });
    await closed;
    idle.destroy();
  });
});

describe('closing under load', () => {
  const requests: [string, string][] = [
    ['an answer of the short way', '{ hello }'],
    ['an answer of Yoga', '{ nope }'],
    ['an answer that takes its time', '{ pause }'],
  ];

  test.each(requests)(
    'resets no request that was sent, and says which answer is the last: %s',
    async (_name, query) => {
      const listening = await edgeServer().listen();
      const body = JSON.stringify({ query });
      const answered = new EventEmitter();
      /** Sends one request after the other over one connection, and answers how the connection ended. */
      async function useUp(agent: Agent): Promise<string> {
        for (;;) {
          const request = httpRequest(`${listening.url}/graphql`, {
            agent,
            method: 'POST',
            headers: { authorization, 'content-type': 'application/json' },
          }).end(body);
          const [response] = await once(request, 'response');
          for await (const _ of response);
          answered.emit('one');
          if (response.headers.connection === 'close') return 'told';
        }
      }
      const agents = Array.from({ length: 16 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
      const ends = Promise.all(agents.map((agent) => useUp(agent).catch(({ code }) => code)));
      for (let times = 0; times < 200; times++) await once(answered, 'one');
      await listening.close();
      expect(await ends).toEqual(agents.map(() => 'told'));
      for (const agent of agents) agent.destroy();
    },
  );

  test('answers all requests that were sent at once over one connection', async () => {
    const listening = await edgeServer().listen();
    const { hostname, port } = new URL(listening.url);
    const body = JSON.stringify({ query: '{ slow }' });
    const request = [
      'POST /graphql HTTP/1.1',
      `Host: ${hostname}`,
      `Authorization: ${authorization}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n');
    const socket = connect(Number(port), hostname);
    const begun = once(slowRequests, 'begin');
    const allBegun = (async () => {
      let count = 0;
      for await (const _ of on(slowRequests, 'begin')) if (++count === 3) return;
    })();
    socket.write(request.repeat(3));
    await begun;
    const closed = listening.close();
    await allBegun;
    slowRequests.emit('finish');
    let text = '';
    for await (const chunk of socket) text += chunk;
    await closed;
    expect(text.match(/"done"/g)).toHaveLength(3);
    expect([...text.matchAll(/^Connection: (.*)\r$/gm)].map(([, says]) => says)).toEqual([
      'keep-alive',
      'keep-alive',
      'close',
    ]);
  });
});

describe('a signal to stop', () => {
  test('closes the server, then the database, once', async () => {
    const order: string[] = [];
    const part = (name: string) => ({
      close: async () => {
        await setTimeout(20);
        order.push(name);
      },
    });
    const forget = closeGracefully([part('server'), part('database')], pino({ level: 'silent' }));
    const [onSignal] = process.listeners('SIGTERM').slice(-1);
    onSignal?.('SIGTERM');
    await expect.poll(() => order).toEqual(['server', 'database']);
    expect(process.listeners('SIGTERM')).not.toContain(onSignal);
    forget();
  });
});

describe("GraphiQL's page", () => {
  const token = 'initial-token-of-the-first-start';

  async function pageOf(headers: Record<string, string>, host = '127.0.0.1') {
    const listening = await edgeServer({ config: { host, port: 0, graphiql: true }, initialToken: token }).listen();
    try {
      const port = Number(new URL(listening.url).port);
      return await new Promise<{ html: string; headers: IncomingHttpHeaders }>((resolve, reject) => {
        const asked = httpRequest(
          { host: '127.0.0.1', port, path: '/graphql', headers: { accept: 'text/html', ...headers } },
          (response) => {
            let html = '';
            response.setEncoding('utf8');
            response.on('data', (part) => {
              html += part;
            });
            response.on('end', () => resolve({ html, headers: response.headers }));
          },
        );
        asked.on('error', reject);
        asked.end();
      });
    } finally {
      await listening.close();
    }
  }

  test('holds the initial token for a browser on this machine, and is for no other origin to read', async () => {
    const page = await pageOf({ 'sec-fetch-dest': 'document' });
    expect(page.html).toContain(`Bearer ${token}`);
    expect(page.headers['access-control-allow-origin']).toBeUndefined();
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });

  test.each([
    ['a page of another site', { origin: 'https://evil.example' }],
    ['a script', { 'sec-fetch-dest': 'empty' }],
    ['a name that someone points to this machine', { host: 'evil.example' }],
    ['a caller behind a proxy', { 'x-forwarded-for': '203.0.113.7' }],
  ])('holds no token for %s', async (_name, headers) => {
    const page = await pageOf(headers as Record<string, string>);
    expect(page.html).toContain('renderYogaGraphiQL');
    expect(page.html).not.toContain(token);
  });

  test('holds no token when other machines can reach the server', async () => {
    expect((await pageOf({}, '0.0.0.0')).html).not.toContain(token);
  });

  test('is not there when it is switched off', async () => {
    const server = edgeServer({ config: { host: '127.0.0.1', port: 0, graphiql: false } });
    const statuses = ['/graphql', '/graphiql/graphiql.js', '/'].map(
      async (path) =>
        (await server.port.fetch(new Request(`http://edge.test${path}`, { headers: { accept: 'text/html' } }))).status,
    );
    expect(await Promise.all(statuses)).toEqual([401, 404, 404]);
  });

  test('is where a browser is led that asks for no path, and nobody else', async () => {
    const server = edgeServer({ config: { host: '127.0.0.1', port: 0, graphiql: true } });
    const root = (accept: string) => server.port.fetch(new Request('http://edge.test/', { headers: { accept } }));
    const led = await root('text/html,application/xhtml+xml');
    expect([led.status, led.headers.get('location')]).toEqual([302, '/graphql']);
    expect((await root('application/json')).status).toBe(404);
  });
});
