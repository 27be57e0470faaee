/** The whole product over a fresh database, spoken to as a client would: over HTTP, with a token. */
import pino from 'pino';
import { expect } from 'vitest';
import type { Db } from '../../src/database/client.ts';
import { createFirm } from '../../src/firms/firms.ts';
import { createToken, findViewer } from '../../src/firms/tokens.ts';
import type { Role } from '../../src/firms/viewer.ts';
import { schema } from '../../src/schema.ts';
import { createServer, type Server, type ServerOptions } from '../../src/server.ts';
import { freshDatabase } from './database.ts';

export interface Answer {
  status: number;
  data: Record<string, unknown> | null | undefined;
  errors: readonly AnswerError[] | undefined;
  headers: Headers;
}

export interface AnswerError {
  message: string;
  path?: (string | number)[];
  extensions: {
    code: string;
    fields?: { path: (string | number)[]; code: string; message: string; ids?: string[] }[];
  };
}

type Variables = Record<string, unknown>;

/** A firm with a token of each role that needs no contact. */
export interface TestFirm {
  id: number;
  tokens: Record<'ADMIN' | 'WRITER' | 'READER', string>;
  /** Runs an operation, as ADMIN unless said, and answers whatever comes. */
  run(document: string, variables?: Variables, role?: Exclude<Role, 'CONTACT'>): Promise<Answer>;
  /** The same where no error is expected: answers the data. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is the document's; tests assert it
  ok(document: string, variables?: Variables, role?: Exclude<Role, 'CONTACT'>): Promise<any>;
  /** The same where exactly one error is expected: answers it, with the status. */
  fails(
    document: string,
    variables?: Variables,
    role?: Exclude<Role, 'CONTACT'>,
  ): Promise<AnswerError & { status: number }>;
}

export interface TestApp {
  database: Db;
  fetch(request: Request): Promise<Response>;
  /** Opens a port. */
  listen: Server['listen'];
  /** Sends an operation with any token, or none. */
  send(token: string | null, document: string, variables?: Variables): Promise<Answer>;
  firm(name?: string): Promise<TestFirm>;
}

type Limits = Pick<ServerOptions['config'], 'responseBytes' | 'responseBudgetBytes'>;

/** Starts the product on a database of its own, or on the one given. */
export async function startApp(given?: Db, limits: Limits = {}): Promise<TestApp> {
  const database = given ?? (await freshDatabase());
  // Faults of ours are worth seeing when a test meets one.
  const logger = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });
  const config = { host: '127.0.0.1', port: 0, graphiql: false, ...limits };
  const server = createServer({ config, database, schema, findViewer: (token) => findViewer(database, token), logger });
  let firms = 0;

  async function send(token: string | null, query: string, variables: Variables = {}): Promise<Answer> {
    const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const request = new Request('http://test/graphql', {
      method: 'POST',
      headers,
      body: JSON.stringify({ query, variables }),
    });
    const response = await server.fetch(request);
    const { data, errors } = (await response.json()) as Pick<Answer, 'data' | 'errors'>;
    return { status: response.status, data, errors, headers: response.headers };
  }

  async function firm(name = `firm-${++firms}`): Promise<TestFirm> {
    const { id } = await createFirm(database, name);
    const secret = async (role: Role) =>
      (await createToken(database, { firmId: id, name: `${role.toLowerCase()} token`, role })).secret;
    const tokens = { ADMIN: await secret('ADMIN'), WRITER: await secret('WRITER'), READER: await secret('READER') };
    const run: TestFirm['run'] = (document, variables, role = 'ADMIN') => send(tokens[role], document, variables);
    return {
      id,
      tokens,
      run,
      async ok(document, variables, role) {
        const answer = await run(document, variables, role);
        expect(answer.errors, JSON.stringify(answer.errors)).toBeUndefined();
        expect(answer.status).toBe(200);
        return answer.data;
      },
      async fails(document, variables, role) {
        const answer = await run(document, variables, role);
        expect(answer.errors, JSON.stringify(answer)).toHaveLength(1);
        const [error] = answer.errors ?? [];
        if (!error) throw new Error('The operation did not fail');
        return { ...error, status: answer.status };
      },
    };
  }

  return { database, fetch: server.fetch, listen: server.listen, send, firm };
}
