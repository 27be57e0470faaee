import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/database/migrate.ts';
import { withDatabase } from './urls.ts';

/**
 * Migrates one database, of which every test takes a copy, on the server at TEST_DATABASE_URL (whose user must be
 * allowed to create databases) or on one that is started from an npm package.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = process.env.TEST_DATABASE_URL ? running(process.env.TEST_DATABASE_URL) : await start();
  const prefix = `clientele_test_${process.pid}`;
  const template = `${prefix}_template`;
  await administer(server.url, (client) => client.query(`CREATE DATABASE "${template}"`));
  await migrate(withDatabase(server.url, template));
  project.provide('databases', { provider: 'postgres', url: server.url, prefix, template });
  return async () => {
    await administer(server.url, (client) => dropAll(client, prefix));
    await server.stop();
  };
}

interface Server {
  url: string;
  stop(): Promise<void>;
}

function running(url: string): Server {
  return { url, stop: async () => {} };
}

async function start(): Promise<Server> {
  const script = fileURLToPath(new URL('./postgres-server.js', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const url = await Promise.race([
    once(child.stdout, 'data').then(([line]) => String(line).trim()),
    ended.then(() => Promise.reject(new Error('The test server did not start.'))),
  ]);
  return {
    url,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

async function administer(url: string, use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}

async function dropAll(client: pg.Client, prefix: string): Promise<void> {
  const { rows } = await client.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [prefix]);
  for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS "${datname}" WITH (FORCE)`);
}
