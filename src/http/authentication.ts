/** Who is calling. Settled before a byte of the body is read. */
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { DomainError, Unavailable } from '../base/errors.ts';
import { makeRoom } from '../base/make-room.ts';
import { type Budget, Meter } from '../base/meter.ts';
import { type Db, recordsOf } from '../database/client.ts';
import { prismaOf } from '../extending/prisma.ts';
import { Records } from '../extending/records.ts';
import { VIEWER_MODELS } from '../firms/tokens.ts';
import { REVOKED } from '../graphql/access.ts';
import type { Context } from '../graphql/context.ts';
import { openSession } from '../session/session.ts';
import type { Viewer } from '../session/viewer.ts';
import { refusal } from './answers.ts';
import { asGraphQLError, logFault, logUnavailable, maskedMessage, retryAfter } from './errors.ts';
import { type EdgePlugin, type Exchange, openExchangeOf, releaseOnClose, type ServerContext } from './exchange.ts';

export type FindViewer = (token: string) => Promise<Viewer | null>;

/** Tokens whose viewers are remembered. */
const REMEMBERED_MAX = 10_000;

export interface Authentication {
  /** Turns `Authorization: Bearer` into the viewer of the GraphQL context, or answers 401. */
  plugin: EdgePlugin;
  /** The context of a caller whose token was seen before: it is looked up again beside the work of the request. */
  recall(authorization: string | undefined): ((exchange: Exchange) => Context) | undefined;
}

/** Knows the callers by their tokens. A viewer that is remembered is looked up again (session/session.ts). */
export function createAuthentication(options: {
  findViewer: FindViewer;
  database: Db;
  logger: Logger;
  /** Bytes of one response at most, and of all that are in the making. */
  responseBytes: number | undefined;
  budget: Budget;
}): Authentication {
  const { findViewer, database, logger, responseBytes, budget } = options;
  const records = recordsOf(database);
  /** Callers, with the version of the database that told of them. */
  const remembered = new Map<string, { viewer: Viewer; version: string | undefined }>();

  async function lookUp(token: string): Promise<Viewer | null> {
    const version = database.$version(VIEWER_MODELS);
    const viewer = await findViewer(token);
    if (viewer) {
      if (!remembered.has(token)) makeRoom(remembered, REMEMBERED_MAX);
      remembered.set(token, { viewer, version });
    } else {
      remembered.delete(token);
    }
    return viewer;
  }

  function contextOf(exchange: Exchange, token: string, viewer: Viewer, justFound: boolean): Context {
    exchange.viewer = viewer;
    const meter = new Meter(budget, viewer.tokenId, responseBytes);
    const session = openSession({ database: records, viewer, lookUp: () => lookUp(token), justFound, meter });
    return {
      viewer,
      database: session,
      prisma: prismaOf(database, session),
      records: new Records(session),
      requestId: exchange.requestId,
      logger,
      reportFault: (fault) => logFault(logger, exchange.requestId, fault),
    };
  }

  function recall(authorization: string | undefined) {
    const token = bearerToken(authorization);
    const known = token === undefined ? undefined : remembered.get(token);
    if (token === undefined || !known) return undefined;
    return (exchange: Exchange) => {
      const { viewer, version } = known;
      const isCurrent = version !== undefined && version === database.$version(VIEWER_MODELS);
      return contextOf(exchange, token, viewer, isCurrent);
    };
  }

  const plugin: EdgePlugin = {
    async onRequest({ request, serverContext, fetchAPI, endResponse }) {
      if (serverContext.viewer) return;
      serverContext.exchange ??= openExchangeOf(request);
      const { exchange } = serverContext;
      const authorization = request.headers.get('authorization') ?? undefined;
      const known = recall(authorization);
      if (known) {
        Object.assign(serverContext, known(exchange));
        releaseOnClose(serverContext.res, serverContext);
        return;
      }
      const token = bearerToken(authorization);
      let viewer: Viewer | null = null;
      try {
        if (token !== undefined) viewer = await lookUp(token);
      } catch (fault) {
        if (fault instanceof Unavailable) {
          logUnavailable(logger, exchange.requestId, fault);
          endResponse(refusal(fetchAPI, request, fault.code, fault.message, { headers: retryAfter(fault) }));
        } else if (fault instanceof DomainError) {
          endResponse(refusal(fetchAPI, request, fault.code, fault.message));
        } else {
          logFault(logger, exchange.requestId, fault);
          endResponse(refusal(fetchAPI, request, 'INTERNAL_SERVER_ERROR', maskedMessage(exchange.requestId)));
        }
        return;
      }
      if (viewer === null || token === undefined) {
        const message =
          token === undefined ? 'A token is needed: send the header `Authorization: Bearer <token>`.' : REVOKED;
        endResponse(
          refusal(fetchAPI, request, 'UNAUTHENTICATED', message, { headers: { 'www-authenticate': 'Bearer' } }),
        );
        return;
      }
      Object.assign(serverContext, contextOf(exchange, token, viewer, true));
      releaseOnClose(serverContext.res, serverContext);
    },
    onExecute() {
      return {
        // What needed no statement, such as introspection, has not been confirmed by its root fields.
        onExecuteDone({ args, setResult }) {
          const { database: session } = args.contextValue as ServerContext;
          const refuse = (now: Viewer | null) => {
            if (now === null) setResult(revoked());
          };
          if (session?.confirmed === undefined) return session?.confirm().then(refuse);
          return refuse(session.confirmed);
        },
      };
    },
    // Nor has what never came to be executed, such as a document that does not fit the schema.
    async onResultProcess({ setResult, serverContext: { database: session } }) {
      if (session === undefined || session.confirmed !== undefined) return;
      try {
        if ((await session.confirm()) === null) setResult(revoked());
      } catch (fault) {
        setResult({ errors: [asGraphQLError(fault)] });
      }
    },
  };
  return { plugin, recall };
}

function revoked(): ExecutionResult {
  return { errors: [new GraphQLError(REVOKED, { extensions: { code: 'UNAUTHENTICATED' } })] };
}

function bearerToken(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^Bearer +([^\s]+) *$/i.exec(header)?.[1];
}
