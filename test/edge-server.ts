/** A server around a schema of a few fields, for tests of what every schema gets: HTTP, errors and limits. */
import { EventEmitter, once } from 'node:events';
import { buildSchema, GraphQLError, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { type Logger, pino } from 'pino';
import { DomainError, Forbidden, InvalidInput, NotFound } from '../src/base/errors.ts';
import type { Db } from '../src/database/client.ts';
import type { Context } from '../src/graphql/context.ts';
import { createServer, type Server, type ServerOptions } from '../src/server.ts';
import type { Viewer } from '../src/session/viewer.ts';
import { type Port, portOf } from './support/port.ts';

export const TOKEN = 'a-token-for-the-edge';

export const viewer: Viewer = {
  firmId: 1,
  firmName: 'Firm',
  tokenId: 'token-1',
  tokenName: 'Edge',
  role: 'ADMIN',
  employeeId: null,
  contactId: null,
  definitionsVersion: 1,
};

export const typeDefs = /* GraphQL */ `
  scalar Date
  enum Status { ACTIVE CLOSED }
  input AddressInput { city: String!, zip: Int }
  input ThingInput { name: String!, tags: [String!], status: Status, address: AddressInput, score: Int, day: Date }
  input By @oneOf { id: ID, name: String }
  type Thing { id: ID!, name: String!, child: Thing, others(first: Int, after: String, last: Int): ThingConnection!, list: [Thing!]! }
  type ThingConnection { nodes: [Thing!]!, edges: [ThingEdge!]!, pageInfo: PageInfo!, totalCount: Int! }
  type ThingEdge { cursor: String!, node: Thing! }
  type PageInfo { hasNextPage: Boolean! }
  type Payload { thing: Thing }
  type Query {
    hello: String
    who: String
    nothing: String
    thing(id: ID, by: By): Thing
    things(first: Int, last: Int): ThingConnection!
    fail(code: String!): String
    crash(secret: String): String
    leak: Int
    graphqlError: String
    slow: String
    pause: String
    broken(items: Int!): [String]
  }
  type Mutation {
    save(input: ThingInput!, note: String): Payload
    fail(code: String!): Payload
  }
`;

const thing = {
  id: '1',
  name: 'one',
  list: [],
  others: { nodes: [], edges: [], totalCount: 0, pageInfo: { hasNextPage: false } },
};

const fail = (_root: unknown, { code }: { code: string }): never => {
  if (code === 'NOT_FOUND') throw new NotFound('thing', ['id']);
  if (code === 'FORBIDDEN') throw new Forbidden('Not for you.');
  if (code === 'BAD_USER_INPUT') {
    throw new InvalidInput([{ path: ['input', 'name'], code: 'BAD_USER_INPUT', message: 'is too long' }]);
  }
  if (code === 'MANY') {
    throw new InvalidInput(
      Array.from({ length: 300 }, (_, index) => ({
        path: ['input', index],
        code: 'BAD_USER_INPUT',
        message: 'is odd',
      })),
    );
  }
  throw new DomainError(code as 'CONFLICT', `This is ${code}.`);
};

/** Emits `begin` when somebody asks for the field `slow`, which is answered once `finish` is emitted. */
export const slowRequests = new EventEmitter();

const resolvers: Record<string, Record<string, (root: unknown, args: never, context: Context) => unknown>> = {
  Query: {
    hello: () => 'world',
    who: (_root, _args, context) => `${context.viewer.tokenName} ${context.requestId}`,
    nothing: () => null,
    thing: () => thing,
    things: () => thing.others,
    fail,
    crash: () => {
      throw new Error('connection to 10.0.0.7 failed');
    },
    leak: () => 'a secret value',
    graphqlError: () => {
      throw new GraphQLError('from a library');
    },
    broken: (_root, { items }: { items: number }) => Array.from({ length: items }, () => new Error('10.0.0.7')),
    pause: () => new Promise((resolve) => setTimeout(() => resolve('done'), 20)),
    slow: async () => {
      const finished = once(slowRequests, 'finish');
      slowRequests.emit('begin');
      await finished;
      return 'done';
    },
  },
  Mutation: { save: () => ({ thing }), fail },
};

export const schema: GraphQLSchema = buildSchema(typeDefs);
for (const [type, fields] of Object.entries(resolvers)) {
  for (const [name, resolve] of Object.entries(fields)) {
    const field = (schema.getType(type) as GraphQLObjectType).getFields()[name];
    if (field) field.resolve = resolve as unknown as NonNullable<typeof field.resolve>;
  }
}

/** The parts of a database that the edge itself touches. */
export const database = {
  $check: async () => {},
  $close: async () => {},
  $read: async () => null,
  $commit: async () => 'committed',
  $version: () => undefined,
} as unknown as Db;

export interface EdgeServer extends Server {
  /** What it logged. */
  lines: Record<string, unknown>[];
  port: Port;
}

export function edgeServer(options: Partial<ServerOptions> = {}): EdgeServer {
  const lines: Record<string, unknown>[] = [];
  const logger: Logger = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const server = createServer({
    config: { host: '127.0.0.1', port: 0, graphiql: true },
    database,
    schema,
    findViewer: async (token) => (token === TOKEN ? viewer : null),
    logger,
    ...options,
  });
  return { ...server, lines, port: portOf(server) };
}

/** One that has met the token before, so that it takes the fast path, and has logged nothing since. */
export async function knowingServer(options: Partial<ServerOptions> = {}): Promise<EdgeServer> {
  const server = edgeServer(options);
  await ask(server, '{ __typename }');
  server.lines.length = 0;
  return server;
}

export interface AnswerField {
  path: (string | number)[];
  code: string;
  message: string;
  variable?: string;
  alias?: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  data?: Record<string, unknown> | null;
  errors?: {
    message: string;
    path?: (string | number)[];
    extensions: { code: string; fields?: AnswerField[]; moreFields?: number };
  }[];
}

/** Sends one operation over the server's port, by default with a good token and as a browser's `fetch` would. */
export async function ask(
  { port }: Pick<EdgeServer, 'port'>,
  query: string,
  variables?: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const {
    status,
    headers: received,
    text,
  } = await port.send({
    headers: { accept: '*/*', 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return { status, headers: received, ...(JSON.parse(text) as object) };
}
