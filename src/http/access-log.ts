/** One line per request: enough to find it again, nothing of what it held. */
import type { Logger } from 'pino';
import type { EdgePlugin } from './exchange.ts';

const LONGEST_NAME = 64;
const LONGEST_PATH = 128;

/** Writes the access log: GraphQL at `info`, everything else at `debug`, since probes and scrapes come by the second. */
export function useAccessLog(logger: Logger): EdgePlugin {
  return {
    onResponse({ request, response, serverContext }) {
      const { exchange, viewer } = serverContext;
      if (exchange === undefined) return;
      const level = exchange.path === '/graphql' ? 'info' : 'debug';
      if (!logger.isLevelEnabled(level)) return;
      logger[level](
        {
          method: request.method,
          path: exchange.path.slice(0, LONGEST_PATH),
          status: response.status,
          ms: Math.round((performance.now() - exchange.startedAt) * 10) / 10,
          requestId: exchange.requestId,
          operation: exchange.operation?.name?.value.slice(0, LONGEST_NAME),
          firm: viewer?.firmId,
          token: viewer?.tokenId,
          role: viewer?.role,
        },
        'request',
      );
    },
  };
}
