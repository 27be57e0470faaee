/** The GraphQL server, put together from its parts. */
import type { RequestListener } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { Logger } from 'pino';
import { Budget } from './base/meter.ts';
import type { Config } from './config.ts';
import type { Db } from './database/client.ts';
import { createAccessLog } from './http/access-log.ts';
import { createAuthentication, type FindViewer } from './http/authentication.ts';
import { useBodyLimit } from './http/body-limit.ts';
import { useCors } from './http/cors.ts';
import { DocumentCache, useDocuments } from './http/documents.ts';
import { useErrors } from './http/errors.ts';
import { examples } from './http/examples.ts';
import { type EdgePlugin, type Exchange, type ServerContext, useExchange } from './http/exchange.ts';
import { createDirect, useDirectResult } from './http/fast/index.ts';
import { isLoopback, useGraphiql } from './http/graphiql.ts';
import { useHealth } from './http/health.ts';
import { type Listening, listen } from './http/listen.ts';
import { createMetrics, type ShareMetrics } from './http/metrics.ts';
import { GRAPHQL_PATH, useNotFound } from './http/routes.ts';

export interface ServerOptions {
  config: Pick<Config, 'host' | 'port' | 'graphiql'> &
    Partial<Pick<Config, 'corsHeaders' | 'responseBytes' | 'responseBudgetBytes'>>;
  database: Db;
  schema: GraphQLSchema;
  /** The viewer of a token, or null for one that is unknown or revoked. Called once per request. */
  findViewer: FindViewer;
  logger: Logger;
  /** Shown in GraphiQL's headers to a browser on this machine, and only when the server is reachable from nowhere else. */
  initialToken?: string | undefined;
  /** Where several processes serve together: takes part in their metrics with its own, and answers how to read all. */
  shareMetrics?: ShareMetrics;
  /**
   * Further Yoga plugins, such as another executor. They run after ours, and see every request and answer: with any of
   * them all requests take the way through Yoga (docs/architecture.md), which is slower.
   */
  plugins?: readonly EdgePlugin[];
}

export interface Server {
  /** Answers one request, as `listen` would. Other runtimes use this. */
  fetch(request: Request): Promise<Response>;
  /** The same for `node:http`. */
  readonly nodeHandler: RequestListener;
  /** Opens the configured port. */
  listen(): Promise<Listening>;
}

/** Makes a server that listens nowhere yet. Closing the database is left to whoever opened it. */
export function createServer(options: ServerOptions): Server {
  const { config, database, schema, findViewer, logger } = options;
  const authentication = createAuthentication({
    findViewer,
    database,
    logger,
    responseBytes: config.responseBytes,
    budget: new Budget(config.responseBudgetBytes),
  });
  const metrics = createMetrics(options.shareMetrics);
  const log = createAccessLog(logger);
  // Where nobody writes queries by hand, guesses at what was meant are of use to none but those who guess.
  const hideSuggestions = !config.graphiql;
  const onAnswer = (exchange: Exchange) => {
    log(exchange);
    metrics.count(exchange);
  };
  const yoga = createYoga<ServerContext>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    // Each of these has a plugin of ours below, or is not offered.
    cors: false,
    graphiql: false,
    landingPage: false,
    maskedErrors: false,
    maxRequestBodySize: false,
    multipart: false,
    batching: false,
    logging: false,
    // Yoga answers any path with this ending; no URL has it.
    healthCheckEndpoint: '\n',
    parserAndValidationCache: {
      documentCache: new DocumentCache(),
      // A failed parse is quick, and remembering it would keep what the caller sent.
      errorCache: { get: () => undefined, set: () => {} },
    },
    plugins: [
      useExchange(onAnswer),
      metrics.plugin,
      useCors(config.corsHeaders),
      useHealth({ database, logger }),
      ...(config.graphiql
        ? [useGraphiql({ examples, local: isLoopback(config.host), token: options.initialToken })]
        : []),
      useNotFound(),
      authentication.plugin,
      useBodyLimit(),
      useDirectResult(),
      useDocuments(schema, { hideSuggestions }),
      useErrors({ schema, hideSuggestions, logger }),
      ...(options.plugins ?? []),
    ],
  });
  // Plugins of others may look at requests and answers as Yoga has them.
  const further = options.plugins?.length ?? 0;
  if (further > 0) logger.info({ plugins: further }, 'further plugins: every request goes through Yoga');
  const nodeHandler = further > 0 ? yoga : createDirect({ yoga, authentication, onAnswer });
  return {
    fetch: async (request) => yoga.fetch(request),
    nodeHandler,
    listen: () => listen(nodeHandler, config),
  };
}
