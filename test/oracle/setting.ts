/** Starts a listening gateway, and a Prisma client for the oracle on the same database. */
import { pino } from 'pino';
import { afterAll, vi } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { findViewer } from '../../src/firms/tokens.ts';
import { schema } from '../../src/schema.ts';
import { createServer } from '../../src/server.ts';
import { startApp, type TestFirm } from '../support/app.ts';
import { freshDatabaseUrl } from '../support/database.ts';
import { make } from '../support/records.ts';
import { oddFirm } from './data.ts';
import { openPrisma, type PrismaClient } from './prisma.ts';
import { type World, worldOf } from './world.ts';

export interface Setting {
  /** The gateway's URL. */
  url: string;
  prisma: PrismaClient;
  /** Creates and fills another firm. */
  world(): Promise<World>;
}

export async function startSetting(): Promise<Setting> {
  const databaseUrl = await freshDatabaseUrl();
  const database = await openDatabase({ databaseUrl, poolSize: 10 });
  const { prisma, close } = await openPrisma(databaseUrl);
  const app = await startApp(database);
  const logger = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });
  const config = { host: '127.0.0.1', port: 0, graphiql: false };
  const server = createServer({ config, database, schema, findViewer: (token) => findViewer(database, token), logger });
  const listening = await server.listen();
  afterAll(async () => {
    await listening.close();
    await close();
    await database.$close();
  });
  const { id: stranger } = await make(await app.firm(), 'Client', { name: 'Of another firm' });
  return {
    url: listening.url,
    prisma,
    async world() {
      const odd = await oddFirm(app, prisma);
      const world = await worldOf(prisma, odd, stranger);
      await settled(odd.firm, world);
      return world;
    },
  };
}

/** Waits until the feed is complete. On Postgres it lags behind the oldest transaction of all databases. */
async function settled(firm: TestFirm, { changes }: World): Promise<void> {
  const shown = async () => (await firm.ok('{ changes(first: 0) { totalCount } }')).changes.totalCount;
  await vi.waitUntil(async () => (await shown()) === changes.length, { timeout: 20_000 });
}
