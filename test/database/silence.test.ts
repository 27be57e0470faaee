import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { DEAD } from '../../src/database/pipeline.ts';
import { sql } from '../../src/database/sql.ts';
import { freshDatabaseUrl, provider } from '../support/database.ts';

/** A way to the database that can fall silent without being closed, as when a host loses its power. */
async function wayTo(url: URL) {
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(Number(url.port), url.hostname);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.pipe(far).pipe(near);
    sockets.push(near, far);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const way = new URL(url);
  way.port = String((server.address() as AddressInfo).port);
  return {
    url: way.href,
    silence: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe.runIf(provider === 'postgres')('a database that falls silent', () => {
  test('is asked again over new connections, and what it owes fails', async () => {
    const way = await wayTo(new URL(await freshDatabaseUrl()));
    const database = await openDatabase({ databaseUrl: way.url, poolSize: 10 });
    const read = () => database.cells(sql`SELECT 1`);
    expect(await read()).toEqual([['1']]);
    way.silence();
    const owed = Promise.allSettled([read(), read(), read()]);
    await setTimeout(50);
    const now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now + DEAD + 1);
    try {
      expect(await read()).toEqual([['1']]);
      for (const { status } of await owed) expect(status).toBe('rejected');
    } finally {
      clock.mockRestore();
      await database.close();
      way.close();
    }
  });
});
