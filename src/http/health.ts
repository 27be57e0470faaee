/** Liveness and readiness of the process, for process managers and load balancers. */
import type { Logger } from 'pino';
import type { Db } from '../database/client.ts';
import { json } from './answers.ts';
import { logFault } from './errors.ts';
import type { EdgePlugin } from './exchange.ts';
import { READY_TIMEOUT_MS } from './limits.ts';

/** `GET /health/live` answers while the process does; `GET /health/ready` only while the database answers too. */
export function useHealth(options: { database: Pick<Db, '$check'>; logger: Logger }): EdgePlugin {
  return {
    async onRequest({ request, serverContext, fetchAPI, endResponse }) {
      const path = serverContext.exchange?.path;
      if (path !== '/health/live' && path !== '/health/ready') return;
      if (request.method !== 'GET' && request.method !== 'HEAD') return;
      const fault = path === '/health/ready' ? await faultOfDatabase(options.database) : undefined;
      if (fault !== undefined) logFault(options.logger, serverContext.exchange?.requestId ?? '', fault);
      const headers = { 'cache-control': 'no-store' };
      endResponse(
        fault === undefined
          ? json(fetchAPI, 200, { status: 'ok' }, headers)
          : json(fetchAPI, 503, { status: 'unavailable', reason: 'The database does not answer.' }, headers),
      );
    },
  };
}

async function faultOfDatabase(database: Pick<Db, '$check'>): Promise<Error | undefined> {
  const timeout = new AbortController();
  try {
    await Promise.race([database.$check(), rejectAfter(READY_TIMEOUT_MS, timeout.signal)]);
    return undefined;
  } catch (fault) {
    return fault instanceof Error ? fault : new Error('The database failed without an error.');
  } finally {
    timeout.abort();
  }
}

function rejectAfter(milliseconds: number, cancelled: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`No answer within ${milliseconds} ms.`)), milliseconds);
    cancelled.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}
