/** The whole product over a fresh database, spoken to as its customers do: over a port, with a token (port.ts). */
import pino from 'pino';
import { expect } from 'vitest';
import type { Db } from '../../src/database/client.ts';
import { createFirm } from '../../src/firms/firms.ts';
import { createToken, findViewer } from '../../src/firms/tokens.ts';
import { schema } from '../../src/schema.ts';
import { createServer, type Server, type ServerOptions } from '../../src/server.ts';
import type { Role } from '../../src/session/viewer.ts';
import { freshDatabase } from './database.ts';
import { type Port, portOf } from './port.ts';

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
  /** Sends any request. */
  readonly port: Port;
  /** Opens a port of its own, for tests of connections. */
  listen: Server['listen'];
  /** Sends an operation with any token, or none. */
  send(token: string | null, document: string, variables?: Variables): Promise<Answer>;
  firm(name?: string): Promise<TestFirm>;
}

/** The roads of a request: the fast path, or all of it through Yoga, as with plugins of others. */
export type Road = 'fast' | 'yoga';

interface AppOptions extends Pick<ServerOptions['config'], 'responseBytes' | 'responseBudgetBytes'> {
  /** `fast` unless TEST_ROAD says otherwise. */
  road?: Road;
}

/** Starts the product on a database of its own, or on the one given. */
export async function startApp(given?: Db, options: AppOptions = {}): Promise<TestApp> {
  const { road = process.env.TEST_ROAD ?? 'fast', ...limits } = options;
  const database = given ?? (await freshDatabase());
  // Faults of ours are worth seeing when a test meets one.
  const logger = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });
  const config = { host: '127.0.0.1', port: 0, graphiql: false, ...limits };
  const server = createServer({
    config,
    database,
    schema,
    findViewer: (token) => findViewer(database, token),
    logger,
    plugins: road === 'yoga' ? [{}] : [],
  });
  const port = portOf(server);
  let firms = 0;

  async function send(token: string | null, query: string, variables: Variables = {}): Promise<Answer> {
    const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const reply = await port.send({ headers, body: JSON.stringify({ query, variables }) });
    const { data, errors } = JSON.parse(reply.text) as Pick<Answer, 'data' | 'errors'>;
    return { status: reply.status, data, errors, headers: reply.headers };
  }

  async function firm(name = `firm-${++firms}`): Promise<TestFirm> {
    const { id } = await createFirm(database, name);
    const secret = async (role: Role) =>
      (await createToken(database, { firmId: id, name: `${role.toLowerCase()} token`, role })).secret;
    const tokens = { ADMIN: await secret('ADMIN'), WRITER: await secret('WRITER'), READER: await secret('READER') };
    // The first request of a token goes through Yoga. What tests send are those after it, as most are.
    for (const token of Object.values(tokens)) await send(token, '{ __typename }');
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

  return { database, port, listen: server.listen, send, firm };
}
