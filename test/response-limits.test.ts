/** How large responses may be: each by itself, and all that one server is making. */
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';

const LIMIT = 200_000;
const NOTE = 40_000;

/** What is read of it, and what is made of it, are counted each: 120,000 bytes of both. */
const THREE_NOTES = '{ clients(first: 3) { nodes { note } } }';

let app: TestApp;
let firm: TestFirm;
let ids: string[];

/** Another server over the same database. */
const serverOf = (limits: { responseBytes?: number; responseBudgetBytes?: number }) => startApp(app.database, limits);

beforeAll(async () => {
  app = await startApp(undefined, { responseBytes: LIMIT });
  firm = await app.firm();
  const { createContactRole } = await firm.ok(
    'mutation { createContactRole(input: { name: "Buyer" }) { contactRole { id } } }',
  );
  const roleId = createContactRole.contactRole.id;
  const create = 'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }';
  ids = [];
  for (let number = 0; number < 6; number++) {
    const contacts = Array.from({ length: 6 }, (_, index) => ({
      lastName: `Contact ${number} ${index}`,
      role: { id: roleId },
      notes: 'n'.repeat(NOTE),
    }));
    const input = { name: `Client ${number}`, note: 'n'.repeat(NOTE), contacts };
    ids.push((await firm.ok(create, { input })).createClient.client.id);
  }
  await firm.ok(create, { input: { name: 'Strange', note: '\u0001'.repeat(NOTE) } });
});

describe('a response that is too large', () => {
  const key = () => `by: { id: ${JSON.stringify(ids[0])} }`;
  const names = Array.from({ length: 95 }, (_, at) => `${'a'.repeat(60)}${at}: __typename`).join(' ');
  it.each([
    ['by its rows', () => '{ clients(first: 6) { nodes { note } } }'],
    ['by rows in one of its rows', () => `{ client(${key()}) { contacts(first: 6) { nodes { notes } } } }`],
    ['by rows in each of its rows', () => '{ clients(first: 6) { nodes { contacts(first: 1) { nodes { notes } } } } }'],
    ['by records by their ids', () => `{ nodes(ids: ${JSON.stringify(ids)}) { ... on Client { note } } }`],
    ['by histories', () => `{ client(${key()}) { contacts { nodes { history { nodes { after } } } } } }`],
    [
      'by all root fields together',
      () => '{ a: clients(first: 3) { nodes { note } } b: clients(first: 3) { nodes { note } } }',
    ],
    ['by one text under many names', () => `{ client(${key()}) { a: note b: note c: note d: note e: note f: note } }`],
    ['by what JSON makes of a text', () => '{ clients(last: 1) { nodes { note } } }'],
    ['by small values', () => `{ clients(first: 6) { nodes { contacts { nodes { ${names} } } } } }`],
  ])('%s is refused, and the limit named', async (_, document) => {
    const answer = await firm.run(document());
    const errors = answer.errors?.map(({ message, extensions }) => ({ message, code: extensions.code })) ?? [];
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) {
      expect(error).toEqual({ code: 'TOO_COMPLEX', message: expect.stringContaining('200,000 bytes') });
    }
  });

  it('keeps none of those beside it from their responses, and none after it', async () => {
    const large = '{ clients(first: 6) { nodes { note contacts { nodes { notes } } } } }';
    const small = 'query ($id: ID!) { client(by: { id: $id }) { id } }';
    for (let round = 0; round < 3; round++) {
      const [refused, read] = await Promise.all([
        Promise.all(Array.from({ length: 4 }, () => firm.run(large))),
        Promise.all(ids.flatMap((id) => [firm.ok(small, { id }), firm.ok(small, { id })])),
      ]);
      expect(refused.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual(Array(4).fill('TOO_COMPLEX'));
      expect(read.map(({ client }) => client.id)).toEqual(ids.flatMap((id) => [id, id]));
    }
  });

  it('is made where the limit allows it', async () => {
    const roomy = await serverOf({ responseBytes: 1_000_000 });
    const answer = await roomy.send(firm.tokens.READER, '{ clients(first: 6) { nodes { note } } }');
    expect(answer.errors).toBeUndefined();
    expect(JSON.stringify(answer.data).length).toBeGreaterThan(6 * NOTE);
  });
});

describe('what all responses may take', () => {
  const LARGE = 300_000;

  it('is for one token half of the budget: more is refused, to be sent again later', async () => {
    const poor = await serverOf({ responseBudgetBytes: 200_000 });
    const answer = await poor.send(firm.tokens.READER, THREE_NOTES);
    expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAVAILABLE']);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  });

  it('leaves responses that are small out of account', async () => {
    const poor = await serverOf({ responseBudgetBytes: 1 });
    const answer = await poor.send(firm.tokens.READER, '{ clients { nodes { id name } } }');
    expect(answer.errors).toBeUndefined();
  });

  it('is given back by each response', async () => {
    const server = await serverOf({ responseBudgetBytes: 9 * LARGE });
    for (let round = 0; round < 5; round++) {
      expect((await server.send(firm.tokens.READER, THREE_NOTES)).errors).toBeUndefined();
    }
  });

  it('is given back where one root field fails while others are still read', async () => {
    const server = await serverOf({ responseBudgetBytes: 9 * LARGE });
    const failing = '{ clients(first: 3) { nodes { note } } bad: clients(first: 999) { nodes { id } } }';
    for (let round = 0; round < 5; round++) {
      expect((await server.send(firm.tokens.READER, failing)).status).toBe(400);
    }
    await expect.poll(async () => (await server.send(firm.tokens.READER, THREE_NOTES)).status).toBe(200);
  });

  it('is given back by callers that go', async () => {
    const server = await serverOf({ responseBudgetBytes: 9 * LARGE });
    const listening = await server.listen();
    afterAll(() => listening.close());
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${firm.tokens.READER}` };
    for (let round = 0; round < 5; round++) {
      const leaving = request(`${listening.url}/graphql`, { method: 'POST', headers });
      leaving.end(JSON.stringify({ query: THREE_NOTES }));
      const [response] = await once(leaving, 'response');
      response.destroy();
      await once(leaving, 'close');
    }
    await expect.poll(async () => (await server.send(firm.tokens.READER, THREE_NOTES)).status).toBe(200);
  });
});

describe('the cost of an operation', () => {
  it('counts each id that `nodes` is asked for', async () => {
    const document = (aliases: number) =>
      `query ($ids: [ID!]!) { ${Array.from({ length: aliases }, (_, at) => `a${at}: nodes(ids: $ids) { id }`).join(' ')} }`;
    // Of ids that there are not: each is null.
    const many = Array(250).fill('Client_none');
    expect((await firm.run(document(80), { ids: many })).errors).toBeUndefined();
    const refused = await firm.fails(document(81), { ids: many });
    expect(refused.extensions.code).toBe('TOO_COMPLEX');
    expect(refused.message).toContain('20,250 objects');
  });

  it("counts each of the firm's own fields where values are read as objects", async () => {
    const other = await app.firm();
    const fields = Array.from(
      { length: 99 },
      (_, at) => `f${at}: createCustomField(input: { name: "Field ${at}", type: TEXT }) { customField { id } }`,
    );
    await other.ok(`mutation { ${fields.join(' ')} }`);
    const document = (first: number) => `{ clients(first: ${first}) { nodes { customFieldValues { key } } } }`;
    expect((await other.run(document(199))).errors).toBeUndefined();
    const refused = await other.fails(document(201));
    expect(refused.extensions.code).toBe('TOO_COMPLEX');
    expect(refused.message).toContain('20,101 objects');
  });

  it('counts values of variables', async () => {
    const document = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    const refused = await firm.fails(document, { ids: Array(20_000).fill('x') });
    expect(refused).toMatchObject({ status: 400, extensions: { code: 'TOO_COMPLEX' } });
    expect(refused.message).toContain('20,000 values');
  });
});

describe('a list that is searched', () => {
  it('has what was committed before', async () => {
    for (let round = 0; round < 10; round++) {
      await firm.ok(`mutation { upsertClient(input: { trackingId: "seen", name: "Seen ${round}" }) { result } }`);
      const { clients } = await firm.ok(
        `{ clients(filter: { name: { contains: "een ${round}" } }) { totalCount nodes { name } } }`,
      );
      expect(clients).toEqual({ totalCount: 1, nodes: [{ name: `Seen ${round}` }] });
    }
  });
});
