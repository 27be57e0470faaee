/** A server in a process of its own, as an operator runs it: spoken to over HTTP, and killed. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { start } from './cli.ts';

/** A token of at least 16 characters, as CLIENTELE_ADMIN_TOKEN wants it. */
export const TOKEN = 'the-token-of-a-test';

export interface RunningServer {
  readonly url: string;
  /** Runs an operation. Throws when there is no answer. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is the document's; tests assert it
  ask(query: string, variables?: Record<string, unknown>): Promise<any>;
  /** Ends the process at once, as the kernel or a power cut would. */
  kill(): Promise<void>;
}

/** Starts a server on a migrated database. On `port`, or any that is free. */
export async function serve(databaseUrl: string, port = 0): Promise<RunningServer> {
  const env = {
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    CLIENTELE_ADMIN_TOKEN: TOKEN,
    CLIENTELE_LOG_LEVEL: 'error',
  };
  const child = start(['serve'], env);
  let printed = '';
  child.stderr.on('data', (chunk) => {
    printed += chunk;
  });
  const url = await urlOf(child);
  if (!url) throw new Error(`The server did not start: ${printed}`);
  return {
    url,
    async ask(query, variables = {}) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
      return response.json();
    },
    async kill() {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** Where a server says that it listens; undefined when it ends without saying so. */
async function urlOf({ stdout }: ChildProcess): Promise<string | undefined> {
  if (!stdout) return undefined;
  for await (const line of createInterface({ input: stdout })) {
    const [url] = /http:\S+/.exec(line) ?? [];
    if (url) return url;
  }
  return undefined;
}

/** A port that nobody listens on, for a server that is to come back on it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('There is no port');
  return address.port;
}
