/** One line per request: enough to find it again, nothing of what it held. */
import type { Logger } from 'pino';
import type { Exchange } from './exchange.ts';

const LONGEST_NAME = 64;
const LONGEST_PATH = 128;

/** Writes the access log: GraphQL at `info`, everything else at `debug`, since probes and scrapes come by the second. */
export function createAccessLog(logger: Logger): (exchange: Exchange) => void {
  return ({ method, path, status, startedAt, requestId, operation, viewer }) => {
    const level = path === '/graphql' ? 'info' : 'debug';
    if (!logger.isLevelEnabled(level)) return;
    logger[level](
      {
        method,
        path: path.slice(0, LONGEST_PATH),
        status,
        ms: Math.round((performance.now() - startedAt) * 10) / 10,
        requestId,
        operation: operation?.name?.value.slice(0, LONGEST_NAME),
        firm: viewer?.firmId,
        token: viewer?.tokenId,
        role: viewer?.role,
      },
      'request',
    );
  };
}
