/** `clientele serve --workers`: several processes behind one port. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { start } from './support/cli.ts';
import { freshDatabaseUrl } from './support/database.ts';

const TOKEN = 'a-token-of-more-than-16';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

it('serves from all of them, replaces one that is killed, and ends when it is told to', {
  timeout: 60_000,
}, async () => {
  const PORT = String(await freePort());
  const env = { DATABASE_URL: await freshDatabaseUrl(), PORT, CLIENTELE_ADMIN_TOKEN: TOKEN };
  const child = start(['serve', '--workers', '2'], env);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const until = async (text: string): Promise<string> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`It ended before it printed ${text}`);
      if (value.includes(text)) return value;
    }
  };
  await until('Clientele serves');
  /** A request on a connection of its own; what it answers, and whether it was answered at all. */
  const upsert = async () => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, connection: 'close' };
    const body = JSON.stringify({
      query: 'mutation Push { upsertClient(input: { trackingId: "w", name: "W" }) { result } }',
    });
    const response = await fetch(`http://127.0.0.1:${PORT}/graphql`, { method: 'POST', headers, body });
    return ((await response.json()) as { data: { upsertClient: { result: string } } }).data.upsertClient.result;
  };
  const results = await Promise.all(Array.from({ length: 20 }, upsert));
  expect(results.filter((result) => result === 'CREATED')).toHaveLength(1);

  const pids = new Set<number>();
  while (pids.size < 2) {
    await upsert();
    const line = JSON.parse(await until('"operation":"Push"')) as { pid: number };
    pids.add(line.pid);
  }
  const [victim = 0] = pids;
  process.kill(victim, 'SIGKILL');
  expect(JSON.parse(await until('a worker ended'))).toMatchObject({ pid: victim, signal: 'SIGKILL' });
  expect(await Promise.all(Array.from({ length: 10 }, upsert))).toEqual(Array.from({ length: 10 }, () => 'UPDATED'));

  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});

it('refuses a number of workers that makes no sense', async () => {
  const child = start(['serve', '--workers', 'many'], { DATABASE_URL: await freshDatabaseUrl() });
  const [code] = await once(child, 'exit');
  expect(code).toBe(1);
});
