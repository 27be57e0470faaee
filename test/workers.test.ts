/** `clientele serve --workers`: several processes behind one port. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { finished, start } from './support/cli.ts';
import { freshDatabaseUrl } from './support/database.ts';

const TOKEN = 'a-token-of-more-than-16';

it('serves from all of them, replaces one that is killed, and ends when it is told to', {
  timeout: 60_000,
}, async () => {
  const env = { DATABASE_URL: await freshDatabaseUrl(), PORT: '0', CLIENTELE_ADMIN_TOKEN: TOKEN };
  const child = start(['serve', '--workers', '2'], env);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const until = async (text: string): Promise<string> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`It ended before it printed ${text}`);
      if (value.includes(text)) return value;
    }
  };
  const [url = ''] = /http:\S+/.exec(await until('Clientele serves')) ?? [];
  let sent = 0;
  /** A request on a connection of its own; what it answers, and whether it was answered at all. */
  const upsert = async () => {
    sent++;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, connection: 'close' };
    const body = JSON.stringify({
      query: 'mutation Push { upsertClient(input: { trackingId: "w", name: "W" }) { result } }',
    });
    const response = await fetch(url, { method: 'POST', headers, body });
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
  // Whichever of them is asked.
  for (const _ of pids) {
    const metrics = await (await fetch(new URL('/metrics', url), { headers: { connection: 'close' } })).text();
    expect(metrics).toContain(`clientele_graphql_requests_total{operation="mutation",status="200"} ${sent}\n`);
    expect(metrics).toContain('process_resident_memory_bytes');
  }

  const [victim = 0] = pids;
  process.kill(victim, 'SIGKILL');
  expect(JSON.parse(await until('a worker ended'))).toMatchObject({ pid: victim, signal: 'SIGKILL' });
  expect(await Promise.all(Array.from({ length: 10 }, upsert))).toEqual(Array.from({ length: 10 }, () => 'UPDATED'));

  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});

it('ends in order when all of them are told to, as a terminal and a service manager do', {
  timeout: 60_000,
}, async () => {
  const env = { DATABASE_URL: await freshDatabaseUrl(), PORT: '0', CLIENTELE_ADMIN_TOKEN: TOKEN };
  const child = start(['serve', '--workers', '2'], env, { detached: true });
  const end = finished(child);
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('Clientele serves')) break;
  process.kill(-(child.pid ?? 0), 'SIGINT');
  const { code, stdout } = await end;
  expect(code).toBe(0);
  expect(stdout.match(/"msg":"closed"/g)).toHaveLength(2);
});

it('ends without complaint when it is told to before they serve', { timeout: 60_000 }, async () => {
  const env = { DATABASE_URL: await freshDatabaseUrl(), PORT: '0' };
  const child = start(['serve', '--workers', '2'], env);
  const end = finished(child);
  // The token is printed just before the workers are started.
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('clt_')) break;
  child.kill('SIGTERM');
  const { code, stderr } = await end;
  expect(stderr).not.toContain('error');
  expect(code).toBe(143);
});

it('says why when none can serve', { timeout: 60_000 }, async () => {
  const port = createServer().listen(0, '127.0.0.1');
  await once(port, 'listening');
  const { port: PORT } = port.address() as AddressInfo;
  const child = start(['serve', '--workers', '2'], { DATABASE_URL: await freshDatabaseUrl(), PORT: String(PORT) });
  const { code, stderr } = await finished(child);
  port.close();
  expect(code).toBe(1);
  expect(stderr).toContain(`Port ${PORT} of 127.0.0.1 is in use`);
});

it('refuses a number of workers that makes no sense', async () => {
  const child = start(['serve', '--workers', 'many'], { DATABASE_URL: await freshDatabaseUrl() });
  const [code] = await once(child, 'exit');
  expect(code).toBe(1);
});
