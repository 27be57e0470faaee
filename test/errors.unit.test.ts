import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { DomainError, reasonOf, Unavailable } from '../src/base/errors.ts';
import type { Viewer } from '../src/session/viewer.ts';
import { ask, edgeServer, knowingServer, TOKEN, viewer } from './edge-server.ts';

const server = await knowingServer();
const save = 'mutation ($input: ThingInput!, $note: String) { save(input: $input, note: $note) { thing { id } } }';

describe('the HTTP status', () => {
  test.each([
    ['NOT_FOUND', 404],
    ['FORBIDDEN', 403],
    ['UNAUTHENTICATED', 401],
    ['DUPLICATE', 409],
    ['CONFLICT', 409],
    ['IDENTIFIER_CONFLICT', 409],
    ['RATE_LIMITED', 429],
    ['TOO_COMPLEX', 400],
    ['TIMEOUT', 504],
    ['UNAVAILABLE', 503],
    ['BAD_USER_INPUT', 400],
    ['INTERNAL_SERVER_ERROR', 500],
  ])('of %s is %i, whatever the caller accepts', async (code, status) => {
    for (const accept of ['application/json', 'application/graphql-response+json', '*/*']) {
      const answer = await ask(server, `mutation { fail(code: "${code}") { thing { id } } }`, undefined, { accept });
      expect([answer.status, answer.errors?.[0]?.extensions.code]).toEqual([status, code]);
      expect(answer.errors?.[0]?.path).toEqual(['fail']);
      expect(answer.data).toEqual({ fail: null });
    }
  });

  test('is 200 when anything succeeded, and when null is the answer', async () => {
    const partial = await ask(server, '{ hello fail(code: "NOT_FOUND") }');
    expect([partial.status, partial.data]).toEqual([200, { hello: 'world', fail: null }]);
    expect(partial.errors).toHaveLength(1);
    const empty = await ask(server, '{ nothing }');
    expect([empty.status, empty.data, empty.errors]).toEqual([200, { nothing: null }, undefined]);
  });

  test('is that of the most severe error', async () => {
    const query = '{ a: fail(code: "BAD_USER_INPUT") b: fail(code: "NOT_FOUND") c: fail(code: "CONFLICT") nothing }';
    expect((await ask(server, query)).status).toBe(409);
    expect((await ask(server, '{ a: fail(code: "CONFLICT") b: crash }')).status).toBe(500);
  });

  test('of a wrong document is 400, and 200 for callers of nothing but application/json', async () => {
    for (const [query, code] of [
      ['{ hello', 'GRAPHQL_PARSE_FAILED'],
      ['{ nope }', 'GRAPHQL_VALIDATION_FAILED'],
      ['query ($id: Int) { thing(id: $id) { id } }', 'GRAPHQL_VALIDATION_FAILED'],
    ] as const) {
      const answer = await ask(server, query);
      expect([answer.status, answer.errors?.[0]?.extensions.code]).toEqual([400, code]);
      expect((await ask(server, query, undefined, { accept: 'application/json' })).status).toBe(200);
      expect((await ask(server, query, undefined, { accept: 'application/json, text/plain, */*' })).status).toBe(400);
    }
  });
});

describe('a failure of the domain', () => {
  test('keeps its message, code, fields and path', async () => {
    const { errors } = await ask(server, '{ mine: fail(code: "BAD_USER_INPUT") }');
    expect(errors).toEqual([
      {
        message: 'input.name: is too long',
        locations: [{ line: 1, column: 3 }],
        path: ['mine'],
        extensions: {
          code: 'BAD_USER_INPUT',
          fields: [{ path: ['input', 'name'], code: 'BAD_USER_INPUT', message: 'is too long' }],
        },
      },
    ]);
  });

  test('has no fields when it names none', async () => {
    const { errors } = await ask(server, '{ fail(code: "CONFLICT") }');
    expect(errors?.[0]?.extensions).toEqual({ code: 'CONFLICT' });
  });
});

describe('a database that is away', () => {
  const away = (cause?: Error) => async () => {
    throw new Unavailable('The database cannot be reached; retry later.', { retryAfter: 7, cause });
  };

  test.each(['a new', 'a known'])('is UNAVAILABLE for %s token, with the time to retry', async (token) => {
    let findViewer = async (): Promise<Viewer | null> => viewer;
    const own = edgeServer({ findViewer: () => findViewer() });
    if (token === 'a known') await ask(own, '{ hello }');
    own.lines.length = 0;
    findViewer = away(new Error('connect ECONNREFUSED 10.0.0.7:5432'));
    const answer = await ask(own, '{ hello }');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '7']);
    expect(answer.errors).toMatchObject([
      { message: 'The database cannot be reached; retry later.', extensions: { code: 'UNAVAILABLE' } },
    ]);
    expect(JSON.stringify(answer)).not.toContain('10.0.0.7');
    // Told to whom it concerns, once.
    expect(own.lines.filter(({ level }) => level === 50)).toMatchObject([{ fault: { message: /10\.0\.0\.7/ } }]);
  });

  test('is not logged when it is only busy', async () => {
    const own = edgeServer({ findViewer: away() });
    expect((await ask(own, '{ hello }')).status).toBe(503);
    expect(own.lines.filter(({ level }) => level === 50)).toEqual([]);
  });

  test('is TIMEOUT when the token takes too long to be looked up', async () => {
    const findViewer = () => Promise.reject(new DomainError('TIMEOUT', 'The read took too long.'));
    const answer = await ask(edgeServer({ findViewer }), '{ hello }');
    expect([answer.status, answer.errors?.[0]?.extensions.code]).toEqual([504, 'TIMEOUT']);
  });
});

describe('an unexpected failure', () => {
  test.each([
    ['crash(secret: "private")', '10.0.0.7'],
    ['leak', 'a secret value'],
    ['graphqlError', 'from a library'],
  ])('in %s shows a request id and no detail, and is logged without what was sent', async (field, detail) => {
    const own = await knowingServer();
    const answer = await ask(own, `{ ${field} }`, undefined, { 'x-request-id': 'r-1' });
    expect(answer.status).toBe(500);
    expect(answer.errors).toMatchObject([
      {
        message: 'Something went wrong on the server. The request id is r-1.',
        path: [field.split('(')[0]],
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      },
    ]);
    expect(JSON.stringify(answer.errors)).not.toContain(detail);
    const logged = own.lines.find((line) => line.msg === 'unexpected failure');
    expect(logged).toMatchObject({ requestId: 'r-1', level: 50, fault: { stack: expect.stringContaining('at ') } });
    expect(JSON.stringify(own.lines)).not.toContain('private');
  });
});

describe('a host that cannot be reached at any of its addresses', () => {
  test('is told, and logged, with each of them', async () => {
    const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
    const options = { host: 'db.example', port: 1, autoSelectFamily: true };
    const socket = connect({ ...options, lookup: (_host, _options, callback) => callback(null, addresses) });
    const [cause] = await once(socket, 'error');
    const says = /^connect E\w+ 127\.0\.0\.1:1\b.*, connect E\w+ 127\.0\.0\.2:1\b/;
    expect(reasonOf(cause)).toMatch(says);
    const own = edgeServer({ findViewer: () => Promise.reject(new Unavailable('It is away.', { cause })) });
    expect((await ask(own, '{ hello }')).status).toBe(503);
    expect(own.lines).toContainEqual(
      expect.objectContaining({
        msg: 'It is away.',
        fault: expect.objectContaining({ message: expect.stringMatching(says) }),
      }),
    );
  });
});

describe('input values that do not fit', () => {
  const faults = async (query: string, variables?: Record<string, unknown>) => {
    const answer = await ask(server, query, variables);
    expect(answer.status).toBe(400);
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    for (const field of answer.errors?.[0]?.extensions.fields ?? []) {
      expect(field.code).toBe('BAD_USER_INPUT');
      expect(answer.errors?.[0]?.message).toContain(field.message);
    }
    return answer.errors?.[0]?.extensions.fields?.map(({ path, message }) => [path.join('.'), message]);
  };

  test('in variables are all named, by argument and field', async () => {
    const input = { tags: [1, 'ok', 2], status: 'OPEN', address: { zip: 'x' }, scor: 1 };
    expect(await faults(save, { input, note: 5 })).toEqual([
      ['input.name', 'Field "name" of required type "String!" was not provided.'],
      ['input.tags.0', 'String cannot represent a non string value: 1'],
      ['input.tags.2', 'String cannot represent a non string value: 2'],
      ['input.status', 'Value "OPEN" does not exist in "Status" enum. It is one of ACTIVE, CLOSED.'],
      ['input.address.city', 'Field "city" of required type "String!" was not provided.'],
      ['input.address.zip', 'Int cannot represent non-integer value: "x"'],
      ['input.scor', 'Field "scor" is not defined by type "ThingInput". Did you mean "score"?'],
      ['note', 'String cannot represent a non string value: 5'],
    ]);
  });

  test('in literals are all named, by argument and field', async () => {
    const input = '{ tags: [1, "ok", 2], status: OPEN, address: { zip: "x" }, scor: 1 }';
    expect(await faults(`mutation { save(input: ${input}, note: 5) { thing { id } } }`)).toEqual([
      ['input.name', 'Field "ThingInput.name" of required type "String!" was not provided.'],
      ['input.tags.0', 'String cannot represent a non string value: 1'],
      ['input.tags.2', 'String cannot represent a non string value: 2'],
      ['input.status', 'Value "OPEN" does not exist in "Status" enum. It is one of ACTIVE, CLOSED.'],
      ['input.address.city', 'Field "AddressInput.city" of required type "String!" was not provided.'],
      ['input.address.zip', 'Int cannot represent non-integer value: "x"'],
      ['input.scor', 'Field "scor" is not defined by type "ThingInput". Did you mean "score"?'],
      ['note', 'String cannot represent a non string value: 5'],
    ]);
  });

  test('start at the place where the variable stands', async () => {
    const query =
      'mutation ($city: String!, $tag: String!) { save(input: { name: "x", tags: ["a", $tag], address: { city: $city } }) { thing { id } } }';
    expect(await faults(query, { city: 1, tag: 2 })).toEqual([
      ['input.address.city', 'String cannot represent a non string value: 1'],
      ['input.tags.1', 'String cannot represent a non string value: 2'],
    ]);
  });

  test('may be missing altogether', async () => {
    expect(await faults(save)).toEqual([['input', 'A value of type "ThingInput!" is required; none was given.']]);
    expect(await faults(save, { input: null })).toEqual([
      ['input', 'Expected non-nullable type "ThingInput!" not to be null.'],
    ]);
    expect(await faults('mutation { save { thing { id } } }')).toEqual([
      ['input', 'Field "save" argument "input" of type "ThingInput!" is required, but it was not provided.'],
    ]);
  });

  test('hold for @oneOf inputs', async () => {
    const query = 'query ($by: By) { thing(by: $by) { id } }';
    expect(await faults(query, { by: { id: '1', name: 'x' } })).toEqual([
      ['by', expect.stringContaining('Exactly one key')],
    ]);
    expect(await faults('{ thing(by: { id: "1", name: "x" }) { id } }')).toEqual([
      ['by', expect.stringContaining('exactly one key')],
    ]);
  });

  test('nested without end are refused, not a fault of ours', async () => {
    const body = `{"query":${JSON.stringify(save)},"variables":{"input":{"name":"x","tags":${'['.repeat(50_000)}${']'.repeat(50_000)}}}}`;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
    expect((await server.port.send({ headers, body })).status).toBe(400);
  });
});

describe('input values that do not fit, in a batch of aliases', () => {
  const fieldsOf = async (query: string, variables: Record<string, unknown>) => {
    const { status, errors = [] } = await ask(server, query, variables);
    expect([status, errors.length, errors[0]?.extensions.code]).toEqual([400, 1, 'BAD_USER_INPUT']);
    return (errors[0]?.extensions.fields ?? []).map(({ alias, variable, path }) => [alias, variable, path.join('.')]);
  };

  test('are all told apart by variable, alias and path', async () => {
    const indexes = Array.from({ length: 50 }, (_, index) => index);
    const definitions = indexes.map((index) => `$i${index}: ThingInput!`).join(', ');
    const fields = indexes.map((index) => `c${index}: save(input: $i${index}) { thing { id } }`).join(' ');
    const variables: Record<string, unknown> = Object.fromEntries(indexes.map((at) => [`i${at}`, { name: 'x' }]));
    variables.i1 = { name: 'x', status: 'OPEN', score: '42' };
    variables.i7 = { nam: 'x' };
    variables.i30 = { name: 'x', tags: ['a', 1] };
    delete variables.i49;
    expect(await fieldsOf(`mutation (${definitions}) { ${fields} }`, variables)).toEqual([
      ['c1', 'i1', 'input.status'],
      ['c1', 'i1', 'input.score'],
      ['c7', 'i7', 'input.name'],
      ['c7', 'i7', 'input.nam'],
      ['c30', 'i30', 'input.tags.1'],
      ['c49', 'i49', 'input'],
    ]);
  });

  test('name every field that takes the variable, fragments and all', async () => {
    const query = `
      query ($id: ID, $n: Int, $by: By) {
        a: thing(id: $id, by: $by) { others(first: $n) { totalCount } }
        thing(id: $id) { ...Nested }
        ...Root
      }
      fragment Root on Query { c: thing { ...Nested child { ...Nested } } }
      fragment Nested on Thing { others(last: $n) { totalCount } }`;
    expect(await fieldsOf(query, { id: [1], n: 'x', by: { id: '1', nam: 'x' } })).toEqual([
      ['a', 'id', 'id'],
      ['thing', 'id', 'id'],
      ['a', 'n', 'first'],
      ['thing', 'n', 'last'],
      ['c', 'n', 'last'],
      ['a', 'by', 'by.nam'],
    ]);
  });

  test('have their alias in literals too', async () => {
    const query = `
      mutation { a: save(input: { name: "x", score: "1" }) { thing { id } } save(input: {}) { thing { ...Nested } } ...Root }
      fragment Root on Mutation { c: save(input: { name: "x" }, note: 5) { thing { ...Nested } } }
      fragment Nested on Thing { others(first: "x") { totalCount } }`;
    expect(await fieldsOf(query, {})).toEqual([
      ['a', undefined, 'input.score'],
      ['save', undefined, 'input.name'],
      ['c', undefined, 'note'],
      ['save', undefined, 'first'],
      ['c', undefined, 'first'],
    ]);
  });

  test('are found by keys that are no names', async () => {
    const query = 'mutation ($input: ThingInput!) { save(input: $input) { thing { id } } }';
    const input = { name: 'x', 'no "name"': 1, '': 2 };
    expect(await fieldsOf(query, { input })).toEqual([
      ['save', 'input', 'input.no "name"'],
      ['save', 'input', 'input.'],
    ]);
  });
});

describe('answers full of errors', () => {
  const sent = async (query: string, variables: Record<string, unknown>, by = server) => {
    const answer = await ask(by, query, variables);
    return { ...answer, length: JSON.stringify(answer.errors).length, error: answer.errors?.[0] };
  };

  test.each([1_000, 1_001, 19_000])('name a thousand fields, and say when there are more: %i', async (faults) => {
    const { error, length } = await sent(save, { input: { name: 'x', tags: Array.from({ length: faults }, () => 1) } });
    const more = faults > 1_000 ? 1 : undefined;
    expect([error?.extensions.fields?.length, error?.extensions.moreFields]).toEqual([1_000, more]);
    expect(error?.message).toMatch(more ? /^input\.tags\.0: .*; and at least 991 more$/ : /; and 990 more$/);
    expect(length).toBeLessThan(200_000);
  });

  test.each([1_000, 1_001, 1_500])('name a thousand literals, and say when there are more: %i', async (faults) => {
    const tags = Array.from({ length: faults }, () => 'RED').join(' ');
    const { error } = await sent(`mutation { save(input: { name: "x", tags: [${tags}] }) { thing { id } } }`, {});
    expect([error?.extensions.fields?.length, error?.extensions.moreFields]).toEqual([
      1_000,
      faults > 1_000 ? 1 : undefined,
    ]);
    expect(error?.message).toMatch(/^input\.tags\.0: String cannot represent a non string value: RED/);
    expect(error?.message).not.toMatch(/aborted/);
  });

  test('share the thousand among all of their errors', async () => {
    const fields = Array.from({ length: 90 }, (_, at) => `a${at}: fail(code: "MANY") { thing { id } }`).join(' ');
    const { errors = [], length } = await sent(`mutation { ${fields} }`, {});
    const named = errors.map(({ extensions }) => [extensions.fields?.length, extensions.moreFields]);
    expect(named.slice(0, 4)).toEqual([
      [300, undefined],
      [300, undefined],
      [300, undefined],
      [100, 200],
    ]);
    expect(named.slice(4)).toEqual(Array.from({ length: 86 }, () => [undefined, 300]));
    expect(length).toBeLessThan(200_000);
  });

  const long = 'x'.repeat(400_000);
  test.each<[string, string, Record<string, unknown>]>([
    ['a text that is no number', save, { input: { name: 'x', score: long } }],
    ['a text that is no value of an enum', save, { input: { name: 'x', status: long } }],
    ['an object that is no text', save, { input: { name: { [long]: long } } }],
    ['a field that is not there', save, { input: { name: 'x', [long]: 1 } }],
    [
      'a name of the operation',
      `query ${long.slice(0, 50_000)}(${'$a:Int,$b:Int,$c:Int,$d:Int,$e:Int'}) { hello }`,
      {},
    ],
    ['a name in the document', `{ ${long.slice(0, 90_000)} }`, {}],
  ])('do not repeat all of %s', async (_name, query, variables) => {
    const { error, status, length } = await sent(query, variables);
    expect(status).toBe(400);
    expect(error?.message.length).toBeLessThanOrEqual(2_000);
    expect(length).toBeLessThan(20_000);
  });

  test('end with the number of errors that are left out, and so does the log', async () => {
    const own = await knowingServer();
    const answer = await sent('{ broken(items: 5000) }', {}, own);
    expect(answer.errors).toHaveLength(251);
    expect(answer.errors?.at(-1)).toEqual({
      message: '4,750 more errors are not shown.',
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
    expect(own.lines.filter(({ msg }) => msg === 'unexpected failure')).toHaveLength(250);
  });

  test('are cut where their names alone are long', async () => {
    const alias = 'x'.repeat(90_000);
    const { errors, length } = await sent(`{ ${alias}: broken(items: 100) }`, {});
    expect(length).toBeLessThan(1_200_000);
    expect(errors?.at(-1)?.message).toMatch(/^\d+ more errors are not shown\.$/);
  });
});

describe('guesses at what was meant', () => {
  const documents: [string, Record<string, unknown>][] = [
    ['{ helo }', {}],
    ['{ fail(cod: 1) }', {}],
    ['query ($i: ThingInpu) { hello }', {}],
    ['mutation { save(input: { name: "x", scor: 1 }) { thing { id } } }', {}],
    ['mutation { save(input: { name: "x", status: ACTIV }) { thing { id } } }', {}],
    [save, { input: { name: 'x', scor: 1, status: 'ACTIV' } }],
  ];

  test('are made where GraphiQL is', async () => {
    const guesses = documents.map(async ([query, variables]) =>
      JSON.stringify((await ask(server, query, variables)).errors),
    );
    for (const text of await Promise.all(guesses)) expect(text).toContain('Did you mean');
  });

  test('are not made where it is not', async () => {
    const own = await knowingServer({ config: { host: '127.0.0.1', port: 0, graphiql: false } });
    for (const [query, variables] of documents) {
      const { errors } = await ask(own, query, variables);
      expect(errors?.length).toBeGreaterThan(0);
      expect(JSON.stringify(errors)).not.toContain('Did you mean');
    }
  });
});
