/** The server on its port, and how it comes to rest. */
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from 'pino';
import { CLOSE_TIMEOUT_MS, LINGER_MS } from './limits.ts';

export interface Listening {
  /** Where it listens, with the port it was given when it asked for any. */
  readonly url: string;
  /** Stops accepting, finishes what is in flight for at most ten seconds, then cuts what is left. */
  close(): Promise<void>;
}

/** Serves `listener` on `host` and `port`. */
export async function listen(listener: RequestListener, options: { host: string; port: number }): Promise<Listening> {
  const server = createServer({
    // Callers that send slowly, by accident or on purpose, are cut off: headers first, then the whole request.
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    connectionsCheckingInterval: 5_000,
    // Longer than the 60 s after which load balancers drop an idle connection, so that it is they who do.
    keepAliveTimeout: 65_000,
  });
  const connections = trackConnections(server);
  server.on('request', listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { address, family, port } = server.address() as AddressInfo;
  const closeServer = () =>
    new Promise<void>((resolve) => {
      const late = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
      server.close(() => {
        clearTimeout(late);
        resolve();
      });
      connections.release();
    });
  let closed: Promise<void> | undefined;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close() {
      closed ??= closeServer();
      return closed;
    },
  };
}

/**
 * Knows which connections wait for an answer, to close each in the way its caller expects: a last answer says so
 * (`connection: close`), and an idle connection stays open for a moment, since a request may be on its way. Node's own
 * `closeIdleConnections`, which `close` calls, resets that request, and spares the connections that browsers open on
 * suspicion, for which a closing server would wait.
 */
function trackConnections(server: Server): { release(): void } {
  // What changes with each request is a property: a collection would keep responses of the past alive through the tables
  // that it outgrew, until a major garbage collection.
  const connections = new Map<Socket, Connection>();
  /** Answers that were made the last of their connections. */
  const last = new WeakSet<ServerResponse>();
  let releasing = false;
  server.closeIdleConnections = () => undefined;

  const makeLast = (response: ServerResponse) => {
    if (!response.shouldKeepAlive || response.headersSent) return;
    response.shouldKeepAlive = false;
    last.add(response);
  };
  const closeWhenIdle = (connection: Connection) => {
    // Immediates run when what has arrived meanwhile is read.
    setTimeout(() => setImmediate(endIfIdle, connection), LINGER_MS);
  };
  const endIfIdle = ({ socket, owed }: Connection) => {
    if (!owed) socket.destroySoon();
  };

  server.on('connection', (socket) => {
    const connection = { socket, owed: undefined };
    connections.set(socket, connection);
    if (releasing) closeWhenIdle(connection);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    const connection = connections.get(socket);
    if (!connection) return;
    const { owed } = connection;
    // A request that was sent before the answer to the one before it: the newer is answered last.
    if (owed && last.delete(owed) && !owed.headersSent) owed.shouldKeepAlive = true;
    connection.owed = response;
    if (releasing) makeLast(response);
    response.once('close', () => {
      if (connection.owed !== response) return;
      connection.owed = undefined;
      if (releasing && !socket.destroyed) closeWhenIdle(connection);
    });
  });
  return {
    release() {
      releasing = true;
      for (const connection of connections.values()) {
        if (connection.owed) makeLast(connection.owed);
        else closeWhenIdle(connection);
      }
    },
  };
}

interface Connection {
  socket: Socket;
  /** The newest answer that it waits for. */
  owed: ServerResponse | undefined;
}

/**
 * On SIGTERM or SIGINT closes each of `parts`, in order (the server first, the database last), and lets the process end.
 * A second signal ends it at once, unless it is `patient`: a worker is sent one by the process that started it, and by
 * whoever signals all of them at once. Answers a function that takes the handlers off again.
 */
export function closeGracefully(
  parts: readonly { close(): Promise<void> }[],
  logger: Logger,
  { patient = false } = {},
): () => void {
  let closing = false;
  const forget = () => {
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
  };
  const onSignal = async (signal: NodeJS.Signals) => {
    if (closing) {
      if (!patient) process.exit(1);
      return;
    }
    closing = true;
    logger.info({ signal }, 'closing');
    try {
      for (const part of parts) await part.close();
      logger.info('closed');
    } catch (error) {
      logger.error({ err: error }, 'could not close cleanly');
      process.exitCode = 1;
    }
    // A second signal may come as late as now, and would end it before its last lines are written.
    if (!patient) forget();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return forget;
}
