/** A way to a Postgres server that can be cut, or fall silent, while the server itself serves other tests. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface Way {
  /** The database's URL by this way. */
  url: string;
  /** Takes no connections and breaks those there are, as a server that is stopped does. */
  cut(): void;
  /** Takes connections again. */
  mend(): Promise<void>;
  /** Passes on nothing more of the connections there are, without closing them, as a host that loses its power. */
  silence(): void;
  close(): void;
}

export async function wayTo(databaseUrl: string): Promise<Way> {
  const url = new URL(databaseUrl);
  const { port: target, hostname } = url;
  const sockets = new Set<Socket>();
  let server: Server | undefined;

  async function listen(port: number): Promise<number> {
    server = createServer((near) => {
      const far = connect(Number(target), hostname);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      }
      near.pipe(far).pipe(near);
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  function cut(): void {
    server?.close();
    for (const socket of sockets) socket.destroy();
  }

  const port = await listen(0);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    cut,
    async mend() {
      await listen(port);
    },
    silence() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: cut,
  };
}
