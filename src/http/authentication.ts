/** Who is calling. Settled before a byte of the body is read. */
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import type { Viewer } from '../firms/viewer.ts';
import { refusal } from './answers.ts';
import { logFault, maskedMessage } from './errors.ts';
import { type EdgePlugin, openExchange } from './exchange.ts';

export type FindViewer = (token: string) => Promise<Viewer | null>;

/** Turns `Authorization: Bearer` into the viewer of the GraphQL context, or answers 401. */
export function useAuthentication(options: { findViewer: FindViewer; database: Database; logger: Logger }): EdgePlugin {
  const { findViewer, database, logger } = options;
  return {
    async onRequest({ request, serverContext, fetchAPI, endResponse }) {
      serverContext.exchange ??= openExchange(request);
      const { requestId } = serverContext.exchange;
      const token = bearerToken(request.headers.get('authorization'));
      let viewer: Viewer | null = null;
      try {
        if (token !== undefined) viewer = await findViewer(token);
      } catch (fault) {
        logFault(logger, requestId, fault);
        endResponse(refusal(fetchAPI, request, 'INTERNAL_SERVER_ERROR', maskedMessage(requestId)));
        return;
      }
      if (viewer === null) {
        const message =
          token === undefined
            ? 'A token is needed: send the header `Authorization: Bearer <token>`.'
            : 'The token is unknown or revoked.';
        endResponse(
          refusal(fetchAPI, request, 'UNAUTHENTICATED', message, { headers: { 'www-authenticate': 'Bearer' } }),
        );
        return;
      }
      Object.assign(serverContext, { viewer, database, requestId, logger });
    },
  };
}

function bearerToken(header: string | null): string | undefined {
  return header === null ? undefined : /^Bearer +([^\s]+) *$/i.exec(header)?.[1];
}
