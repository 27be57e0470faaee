/** A way to a Postgres server that can be cut, or fall silent, while the server itself serves other tests. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type Duplex, Transform } from 'node:stream';

export interface Way {
  /** The database's URL by this way. */
  url: string;
  /** Takes no connections and breaks those there are, as a server that is stopped does. */
  cut(): void;
  /** Takes connections again. */
  mend(): Promise<void>;
  /** Has the server say, together with its next answer that is complete, that it ends the session. */
  endSession(): void;
  /** Passes on nothing more of the connections there are, without closing them, as a host that loses its power. */
  silence(): void;
  close(): void;
}

export async function wayTo(databaseUrl: string): Promise<Way> {
  const url = new URL(databaseUrl);
  const { port: target, hostname } = url;
  const sockets = new Set<Socket>();
  const streams = new Set<Duplex>();
  let ending = false;
  let server: Server | undefined;

  async function listen(port: number): Promise<number> {
    server = createServer((near) => {
      const far = connect(Number(target), hostname);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      }
      const back = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          const isComplete = chunk.subarray(-6).equals(READY_FOR_QUERY);
          const last = ending && isComplete;
          if (last) ending = false;
          done(null, last ? Buffer.concat([chunk, SESSION_ENDED]) : chunk);
          if (last) near.end();
        },
      });
      for (const stream of [near, far, back]) streams.add(stream);
      near.pipe(far).pipe(back).pipe(near);
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
    endSession() {
      ending = true;
    },
    silence() {
      for (const stream of streams) stream.unpipe().pause();
    },
    close: cut,
  };
}

const READY_FOR_QUERY = Buffer.from('Z\0\0\0\x05I', 'latin1');

/** What pg_terminate_backend has a session say. */
const SESSION_ENDED = message('E', 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0');

function message(type: string, body: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body, 'latin1')]);
}
