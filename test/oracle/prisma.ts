/** The oracle's own client of the tested database: Prisma over the driver adapters, without the gateway's own reads. */
import type { PrismaClient } from '../../src/database/generated/sqlite/client.ts';
import { throughTexts } from '../../src/database/text-ids.ts';

export type { PrismaClient };

export interface OpenPrisma {
  prisma: PrismaClient;
  close(): Promise<void>;
}

/** Opens a client on the database at the URL. */
export async function openPrisma(url: string): Promise<OpenPrisma> {
  return url.startsWith('file:') ? openSqlite(url.slice('file:'.length)) : openPostgres(url);
}

async function openSqlite(file: string): Promise<OpenPrisma> {
  const [{ PrismaClient }, { adapterOn, SQLITE_ADAPTER }, { openHandle }] = await Promise.all([
    import('../../src/database/generated/sqlite/client.ts'),
    import('../../src/database/sqlite/adapter.ts'),
    import('../../src/database/sqlite/driver.ts'),
  ]);
  const handle = openHandle(file);
  const prisma = new PrismaClient({ adapter: { ...SQLITE_ADAPTER, connect: async () => adapterOn(handle) } });
  return {
    prisma: withIds(prisma),
    close: async () => {
      await prisma.$disconnect();
      handle.close();
    },
  };
}

async function openPostgres(url: string): Promise<OpenPrisma> {
  const [{ PrismaClient: PostgresClient }, { PrismaPg }] = await Promise.all([
    import('../../src/database/generated/postgres/client.ts'),
    import('@prisma/adapter-pg'),
  ]);
  // The two clients have the same models and methods; only types of features that one database lacks differ.
  const prisma = new PostgresClient({ adapter: new PrismaPg({ connectionString: url, max: 4 }) }) as PrismaClient;
  return { prisma: withIds(prisma), close: () => prisma.$disconnect() };
}

/** The same client, with texts for ids as its types say. */
function withIds(prisma: PrismaClient): PrismaClient {
  return prisma.$extends({ query: { $allOperations: throughTexts } }) as unknown as PrismaClient;
}
