/** Who is calling. Settled before a byte of the body is read. */
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { openSession } from '../firms/session.ts';
import type { Viewer } from '../firms/viewer.ts';
import { REVOKED } from '../graphql/access.ts';
import { refusal } from './answers.ts';
import { logFault, maskedMessage } from './errors.ts';
import { type EdgePlugin, openExchange, type ServerContext } from './exchange.ts';

export type FindViewer = (token: string) => Promise<Viewer | null>;

/** Tokens whose viewers are remembered. */
const REMEMBERED_MAX = 10_000;

/**
 * Turns `Authorization: Bearer` into the viewer of the GraphQL context, or answers 401. A viewer that is remembered is
 * looked up again beside the work of the request (firms/session.ts).
 */
export function useAuthentication(options: { findViewer: FindViewer; database: Database; logger: Logger }): EdgePlugin {
  const { findViewer, database, logger } = options;
  const remembered = new Map<string, Viewer>();

  async function lookUp(token: string): Promise<Viewer | null> {
    const viewer = await findViewer(token);
    const [oldest] = remembered.keys();
    if (remembered.size >= REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest);
    if (viewer) remembered.set(token, viewer);
    else remembered.delete(token);
    return viewer;
  }

  return {
    async onRequest({ request, serverContext, fetchAPI, endResponse }) {
      serverContext.exchange ??= openExchange(request);
      const { requestId } = serverContext.exchange;
      const token = bearerToken(request.headers.get('authorization'));
      const known = token === undefined ? undefined : remembered.get(token);
      let viewer: Viewer | null = known ?? null;
      try {
        if (token !== undefined && !known) viewer = await lookUp(token);
      } catch (fault) {
        logFault(logger, requestId, fault);
        endResponse(refusal(fetchAPI, request, 'INTERNAL_SERVER_ERROR', maskedMessage(requestId)));
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
      const session = openSession(database, viewer, () => lookUp(token), known === undefined);
      Object.assign(serverContext, { viewer, database: session, requestId, logger });
    },
    onExecute() {
      return {
        // What needed no statement, such as introspection, has not been confirmed by its root fields.
        onExecuteDone({ args, setResult }) {
          const { database: session } = args.contextValue as ServerContext;
          const refuse = (now: Viewer | null) => {
            if (now !== null) return;
            setResult({ errors: [new GraphQLError(REVOKED, { extensions: { code: 'UNAUTHENTICATED' } })] });
          };
          if (session?.confirmed === undefined) return session?.confirm().then(refuse);
          return refuse(session.confirmed);
        },
      };
    },
  };
}

function bearerToken(header: string | null): string | undefined {
  return header === null ? undefined : /^Bearer +([^\s]+) *$/i.exec(header)?.[1];
}
