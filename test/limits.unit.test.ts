import fc from 'fast-check';
import { buildSchema, getIntrospectionQuery, getOperationAST, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { costOf, operationCost } from '../src/http/cost.ts';
import { DocumentCache } from '../src/http/documents.ts';
import { LIMITS } from '../src/http/limits.ts';
import { valuesIn } from '../src/http/variables.ts';
import { type Answer, ask, edgeServer, knowingServer, schema, TOKEN } from './edge-server.ts';

const server = await knowingServer();

describe('a document within the limits', () => {
  test.each([
    ['of introspection', getIntrospectionQuery()],
    [
      'of introspection with all options',
      getIntrospectionQuery({
        inputValueDeprecation: true,
        schemaDescription: true,
        specifiedByUrl: true,
        oneOf: true,
      }),
    ],
    ['12 levels deep', nested(11)],
    ['with 100 aliases', `{ ${repeat(100, (n) => `a${n}: hello`)} }`],
    [
      'that spreads one fragment often',
      `{ ${repeat(50, (n) => `a${n}: thing { ...T }`)} } fragment T on Thing { id name }`,
    ],
  ])('%s is answered', async (_name, query) => {
    const answer = await ask(server, query);
    expect(answer.errors).toBeUndefined();
    expect(answer.status).toBe(200);
  });
});

describe('a document over a limit', () => {
  test.each([
    ['depth', nested(12), 'levels'],
    ['depth in fragments', `{ thing { ...A } } ${chain(13)}`, 'levels'],
    ['aliases', `{ ${repeat(101, (n) => `a${n}: hello`)} }`, 'aliases'],
    [
      'aliases in fragments',
      `{ ${repeat(60, (n) => `a${n}: thing { ...T }`)} } fragment T on Thing { b: id }`,
      'aliases',
    ],
    ['directives', `{ hello ${'@include(if: true) '.repeat(51)} }`, 'directives'],
    ['tokens', `{ ${'hello '.repeat(4_001)} }`, 'tokens'],
    ['length', `{ hello } #${'x'.repeat(100_000)}`, 'characters'],
    ['repeats', `{ ${'hello '.repeat(101)} }`, 'at the same place'],
    ['fields', `{ ${repeat(90, (n) => `a${n}: thing { ...T }`)} } fragment T on Thing ${wide(9)}`, 'fields'],
  ])('of %s is refused by name', async (_name, query, word) => {
    const answer = await ask(server, query);
    expect(answer.status).toBe(400);
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors?.[0]?.extensions.code).toBe('TOO_COMPLEX');
    expect(answer.errors?.[0]?.message).toContain(word);
  });

  test('of introspection depth is refused', async () => {
    const answer = await ask(
      server,
      `{ __schema { types { ${'fields { type { '.repeat(5)} name ${'} }'.repeat(5)} } } }`,
    );
    expect(answer.status).toBe(400);
  });
});

describe('the cost', () => {
  const cost = (query: string, variables: Record<string, unknown> = {}) => {
    const document = parse(query);
    const operation = getOperationAST(document);
    if (!operation) throw new Error('The document has several operations.');
    return costOf(operationCost(schema, document, operation), variables);
  };

  test.each([
    ['{ hello }', 0],
    ['{ thing { id child { id } } }', 2],
    ['{ thing { list { id } } }', 1 + 5],
    ['{ things { totalCount } }', 1],
    ['{ things { nodes { id } pageInfo { hasNextPage } } }', 1 + 25 + 1],
    ['{ things(first: 3) { nodes { id } } }', 1 + 3],
    ['{ things(last: 7) { edges { node { id } } } }', 1 + 7],
    ['{ things(first: 3) { nodes { others(first: 4) { nodes { id } } } } }', 1 + 3 * (1 + 1 + 4)],
    [
      '{ things(first: 3) { ...P } } fragment P on ThingConnection { nodes { ...T } } fragment T on Thing { child { id } }',
      1 + 3 * 2,
    ],
    [
      '{ a: things(first: 10) { ...P } b: things(first: 20) { ...P } } fragment P on ThingConnection { nodes { id } }',
      32,
    ],
    // More than the largest page is refused by the connection, with a better message.
    ['{ things(first: 100000) { nodes { id } } }', 1 + 250],
    ['{ things(first: -5) { nodes { id } } }', 1],
  ])('of %s is %i', (query, expected) => expect(cost(query)).toBe(expected));

  test('follows variables and their defaults', () => {
    const query = 'query ($n: Int, $m: Int = 4) { things(first: $n) { nodes { others(first: $m) { nodes { id } } } } }';
    expect(cost(query, { n: 3 })).toBe(1 + 3 * (1 + 1 + 4));
    expect(cost(query, { n: 3, m: 10 })).toBe(1 + 3 * (1 + 1 + 10));
    expect(cost(query, {})).toBe(1 + 25 * (1 + 1 + 4));
    expect(cost(query, { n: 'wrong' })).toBe(1 + 25 * (1 + 1 + 4));
  });

  test('follows the variable that is given of two', () => {
    const query = 'query ($n: Int, $m: Int) { things(first: $n, last: $m) { nodes { id } } }';
    expect(cost(query, { m: 200 })).toBe(1 + 200);
    expect(cost(query, { n: null, m: 200 })).toBe(1 + 200);
    expect(cost(query, { n: 3 })).toBe(1 + 3);
    const byDefault = 'query ($n: Int = 3, $m: Int) { things(first: $n, last: $m) { nodes { id } } }';
    expect(cost(byDefault, { n: null, m: 200 })).toBe(1 + 200);
  });

  test.each(['constructor', 'toString', '__proto__'])('follows the default of a variable named %s', (name) => {
    expect(cost(`query ($${name}: Int = 200) { things(first: $${name}) { nodes { id } } }`)).toBe(1 + 200);
  });

  test('over the limit is refused with both numbers, before anything runs, for each request anew', async () => {
    const query = 'query ($n: Int) { things(first: $n) { nodes { others(first: $n) { nodes { id } } } } }';
    const refused = await ask(server, query, { n: 200 });
    expect(refused.status).toBe(400);
    expect(refused.data).toBeUndefined();
    expect(refused.errors?.[0]?.extensions.code).toBe('TOO_COMPLEX');
    expect(refused.errors?.[0]?.message).toContain('40,401 objects; the limit is 20,000');
    expect((await ask(server, query, { n: 20 })).status).toBe(200);
    expect((await ask(server, query, { n: 200 })).status).toBe(400);
  });

  test('of introspection under many aliases is refused', async () => {
    const types = '{ types { fields { args { type { ofType { name } } } } } }';
    const answer = await ask(server, `{ ${repeat(100, (n) => `a${n}: __schema ${types}`)} }`);
    expect(answer.errors?.[0]?.extensions.code).toBe('TOO_COMPLEX');
  });
});

describe('a body', () => {
  const most = LIMITS.values.value;
  const form = 'application/x-www-form-urlencoded';
  const query = '{ hello }';
  const viaYoga = edgeServer({ plugins: [{}] });

  /** Sends it by both roads, which read a body in two ways, and by `fetch`, which has it read already. */
  const send = async (body: string, type = 'application/json'): Promise<Answer> => {
    const headers = { 'content-type': type, authorization: `Bearer ${TOKEN}` };
    const replies = [await server.port.send({ headers, body }), await viaYoga.port.send({ headers, body })];
    const fetched = await server.fetch(new Request('http://edge.test/graphql', { method: 'POST', headers, body }));
    const answers = [...replies, { status: fetched.status, text: await fetched.text() }].map(({ status, text }) => ({
      status,
      ...(JSON.parse(text) as object),
    }));
    const [answer] = answers;
    for (const each of answers) expect(each).toEqual(answer);
    return answer as Answer;
  };
  const bodyOf = (variables: unknown, more = {}) => JSON.stringify({ query, variables, ...more });
  const refused = {
    status: 400,
    errors: [{ message: expect.stringContaining('20,000 values'), extensions: { code: 'TOO_COMPLEX' } }],
  };
  /** That many values, with itself and the list: an object counts for five. */
  const list = (values: number) => ({ list: Array(values - 6).fill(1) });
  const nested = (values: number, item: unknown) => ({ nested: Array(Math.floor((values - 6) / 6)).fill(item) });

  test('has so many values and no more, however it is written', async () => {
    const named = { operationName: null };
    for (const write of [
      (values: number) => bodyOf(list(values)),
      (values: number) => bodyOf(list(values), named),
      (values: number) => bodyOf(nested(values, [{}])),
      (values: number) => bodyOf(nested(values, { empty: [] })),
      (values: number) => bodyOf(list(values - 7), { extensions: { a: [1] } }),
      (values: number) => JSON.stringify(JSON.parse(bodyOf(list(values))), null, '\t'),
    ]) {
      expect(await send(write(most))).toEqual({ status: 200, data: { hello: 'world' } });
      for (const more of [12, 100, 20_000]) expect(await send(write(most + more))).toMatchObject(refused);
    }
    const asForm = (values: number) =>
      new URLSearchParams({ query, variables: JSON.stringify(list(values)) }).toString();
    expect((await send(asForm(most), form)).status).toBe(200);
    expect(await send(asForm(most + 20_000), form)).toMatchObject(refused);
  });

  test('of extensions alone has no more either', async () => {
    expect(await send(bodyOf({}, { extensions: list(most + 1) }))).toMatchObject(refused);
  });

  test('with too many is refused before it is parsed', async () => {
    const cut = bodyOf(list(90_000)).slice(0, -1);
    expect(await send(cut)).toMatchObject(refused);
    expect(await send(bodyOf(list(10_000)).slice(0, -1))).toMatchObject({
      errors: [{ extensions: { code: 'BAD_REQUEST' } }],
    });
    const asForm = new URLSearchParams({ query, variables: JSON.stringify(list(90_000)).slice(0, -1) }).toString();
    expect(await send(asForm, form)).toMatchObject(refused);
  });

  test('of long texts is answered, whatever is in them', async () => {
    const odd = '[{,"\\:}]"\\'.repeat(10_000);
    const variables = { text: odd, [odd]: `${odd}\\`, list: [1, 2, 3] };
    expect(await send(bodyOf(variables))).toEqual({ status: 200, data: { hello: 'world' } });
    const named = JSON.stringify({ query: `{ hello } #${',['.repeat(30_000)}`, variables: {} });
    expect((await send(named)).status).toBe(200);
  });

  test('has as many values as are found in its text', () => {
    const count = (value: unknown): number =>
      1 + (typeof value === 'object' && value !== null ? sum(Object.values(value).map(count)) : 0);
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        expect(valuesIn(JSON.stringify(value, null, space))).toBe(count(value));
      }),
    );
  });
});

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);

describe('a hostile document', () => {
  const deepList = `{ thing(id: ${'['.repeat(30_000)}${']'.repeat(30_000)}) { id } }`;
  test.each([
    ['of braces', '{'.repeat(900_000)],
    ['of brackets', deepList],
    ['nested without end', `${'{a'.repeat(30_000)}${'}'.repeat(30_000)}`],
    ['nested to the end of the stack', `${'{a'.repeat(1_900)}`],
    ['of fragments in a circle', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'],
    ['of fragments that double', `{ ...F0 } ${doubling(60)}`],
    ['of nested fragments that double', `{ thing { ...G0 } } ${doublingNested(60)}`],
    ['of unused fragments', `{ hello } ${repeat(500, (n) => `fragment U${n} on Query { hello hello }`)}`],
    ['of repeated fields', `{ ${'thing { id } '.repeat(900)} }`],
    ['of repeated nested fields', `{ ${overlapping(5, 4)} }`],
    ['of different fields under one name', `{ ${repeat(900, (n) => `x: f${n}`)} }`],
    ['of unknown fields', `{ ${repeat(1_900, (n) => `helo${n}`)} }`],
    ['of aliases', `{ ${repeat(1_300, (n) => `a${n}: hello`)} }`],
    ['of variables', `query (${repeat(900, (n) => `$v${n}: Int`)}) { hello }`],
    ['of operations', repeat(900, (n) => `query Q${n} { hello }`)],
    ['of directives', `{ ${'hello @skip(if: false) '.repeat(500)} }`],
    [
      'of many spreads',
      `{ ${repeat(600, (n) => `...S${n}`)} } ${repeat(600, (n) => `fragment S${n} on Query { hello }`)}`,
    ],
    [
      'of many unlike spreads',
      `{ ${repeat(400, (n) => `...S${n}`)} } ${repeat(400, (n) => `fragment S${n} on Query { a${n}: hello }`)}`,
    ],
  ])('%s is refused, and soon', async (_name, query) => {
    await ask(server, query);
    const started = performance.now();
    const answer = await ask(server, `${query} `);
    const milliseconds = performance.now() - started;
    expect(answer.status).toBe(400);
    expect(answer.errors?.[0]?.extensions.code).not.toBe('INTERNAL_SERVER_ERROR');
    // It takes milliseconds. What grows faster than the document takes minutes, or has no end.
    expect(milliseconds).toBeLessThan(10_000);
  });
});

describe('the document cache', () => {
  const document = parse('{ hello }');
  test('holds no more than its capacity, and drops the oldest', () => {
    const cache = new DocumentCache(200);
    for (let n = 0; n < 40; n += 1) cache.set(`text${n + 100}`, document);
    expect(cache.get('text139')).toBe(document);
    expect(cache.get('text100')).toBeUndefined();
    cache.set('x'.repeat(50), document);
    expect(cache.get('x'.repeat(50))).toBeUndefined();
  });
});

test('what a list of objects and a connection are is read from the schema', () => {
  const own = buildSchema('type Query { all(first: Int): Page } type Page { nodes: [Row] } type Row { id: ID }');
  const document = parse('{ all(first: 40) { nodes { id } } }');
  const operation = getOperationAST(document);
  expect(operation && costOf(operationCost(own, document, operation), {})).toBe(41);
});

function repeat(times: number, make: (n: number) => string): string {
  return Array.from({ length: times }, (_, n) => make(n)).join(' ');
}

function nested(levels: number): string {
  return `{ thing { ${'child { '.repeat(levels - 1)} id ${'} '.repeat(levels - 1)} } }`;
}

function chain(length: number): string {
  const name = (n: number) => String.fromCharCode(65 + n);
  return repeat(
    length,
    (n) => `fragment ${name(n)} on Thing { child { ${n + 1 < length ? `...${name(n + 1)}` : 'id'} } }`,
  );
}

function doubling(levels: number): string {
  return repeat(levels, (n) => `fragment F${n} on Query { ${n + 1 < levels ? `...F${n + 1} ...F${n + 1}` : 'hello'} }`);
}

function doublingNested(levels: number): string {
  return repeat(
    levels,
    (n) => `fragment G${n} on Thing { ${n + 1 < levels ? `child { ...G${n + 1} } list { ...G${n + 1} }` : 'id'} }`,
  );
}

function overlapping(width: number, depth: number): string {
  return depth === 0 ? 'id ' : `thing { ${overlapping(width, depth - 1)} } `.repeat(width);
}

function wide(levels: number): string {
  return `{ id name __typename ${levels > 0 ? `child ${wide(levels - 1)}` : ''} }`;
}
