/** Our driver adapter under a plain client of Prisma's, beside reads and commits of our own. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { clientOn, type Db, transactionView } from '../../src/database/client.ts';
import { type Prisma, PrismaClient as SqliteClient } from '../../src/database/generated/sqlite/client.ts';
import { openAdapter, openDatabase } from '../../src/database/open.ts';
import { storedInstant } from '../../src/database/sql/instants.ts';
import { readByKey, readPage, wholeRow } from '../../src/database/sql/read.ts';
import type { Adapter } from '../../src/database/store/adapter.ts';
import { throughTexts } from '../../src/database/text-ids.ts';
import { createFirm } from '../../src/firms/firms.ts';
import { startApp } from '../support/app.ts';
import { freshDatabaseUrl, provider } from '../support/database.ts';

let databaseUrl: string;
let adapter: Adapter;
let prisma: SqliteClient;
let firmId: number;
let seen: string[];

async function plainClient(over: Adapter) {
  const log: [{ emit: 'event'; level: 'query' }] = [{ emit: 'event', level: 'query' }];
  const options = { adapter: over, log };
  if (provider === 'sqlite') return new SqliteClient(options);
  const { PrismaClient } = await import('../../src/database/generated/postgres/client.ts');
  return new PrismaClient(options) as unknown as SqliteClient<'query'>;
}

beforeAll(async () => {
  databaseUrl = await freshDatabaseUrl();
  const database = await openDatabase({ databaseUrl, poolSize: 8 });
  firmId = (await createFirm(database, 'Acme')).id;
  await database.$close();
  adapter = await openAdapter({ databaseUrl, poolSize: 14 });
  const client = await plainClient(adapter);
  client.$on('query', ({ query }) => seen.push(query));
  prisma = client.$extends({ query: { $allOperations: throughTexts } }) as unknown as SqliteClient;
});

afterAll(async () => {
  await prisma.$disconnect();
  await adapter.close();
});

beforeEach(() => {
  seen = [];
});

const region = (name: string) => {
  const at = new Date();
  return { firmId, id: newId('Region'), name, nameFolded: name, createdAt: at, updatedAt: at, revision: 1 };
};
const names = async () =>
  (await prisma.region.findMany({ where: { firmId }, orderBy: { name: 'asc' } })).map(({ name }) => name);
/** What an error says to those who look at its code. */
const coded = (code: string) => expect.objectContaining({ code });

describe('a client', () => {
  test('reads and writes values of every type', async () => {
    const at = new Date('2026-11-21T09:30:00.123Z');
    const made = { ...region('types'), createdAt: at, externalIds: [{ system: 'x', id: 'é' }] };
    await prisma.region.create({ data: made });
    const found = await prisma.region.findUnique({ where: { firmId_id: { firmId, id: made.id } } });
    expect(found).toEqual({ ...made, trackingId: null });
    await prisma.region.delete({ where: { firmId_id: { firmId, id: made.id } } });
  });

  test('tells of its statements', async () => {
    await prisma.region.count();
    expect(seen).toEqual([expect.stringContaining('Region')]);
  });

  test('knows what went wrong', async () => {
    const made = region('wrong');
    await prisma.region.create({ data: made });
    await expect(prisma.region.create({ data: { ...made, id: newId('Region') } })).rejects.toThrow(coded('P2002'));
    await expect(prisma.region.create({ data: { ...region('other'), firmId: 999 } })).rejects.toThrow(coded('P2003'));
    await expect(prisma.$executeRaw`UPDATE "Region" SET "name" = NULL`).rejects.toThrow(coded('P2010'));
    await expect(prisma.$queryRaw`SELECT * FROM "Nowhere"`).rejects.toThrow(coded('P2010'));
    const missing = { where: { firmId_id: { firmId, id: 'none' } } };
    await expect(prisma.region.delete(missing)).rejects.toThrow(coded('P2025'));
    await prisma.region.deleteMany();
  });

  test('answers raw statements and scripts', async () => {
    expect(await prisma.$queryRaw`SELECT 1 AS "one"`).toEqual([{ one: 1 }]);
    expect(await prisma.$executeRaw`UPDATE "Region" SET "revision" = "revision"`).toBe(0);
    const connected = await adapter.connect();
    await connected.executeScript(`CREATE TABLE "Scripted" ("text" TEXT); INSERT INTO "Scripted" VALUES ('a;b')`);
    expect(await prisma.$queryRaw`SELECT "text" FROM "Scripted"`).toEqual([{ text: 'a;b' }]);
    await expect(connected.executeScript('DROP TABLE "Nowhere"')).rejects.toThrow();
  });

  test('writes what is nested, or many at once, or all of a batch', async () => {
    const [a, b] = [region('a'), region('b')];
    const batch = [prisma.region.create({ data: a }), prisma.region.create({ data: { ...b, nameFolded: 'a' } })];
    await expect(prisma.$transaction(batch)).rejects.toThrow(coded('P2002'));
    expect(await names()).toEqual([]);
    await prisma.$transaction([prisma.region.create({ data: a }), prisma.region.create({ data: b })]);
    expect(await prisma.$transaction([prisma.region.count(), prisma.firm.count()])).toEqual([2, 1]);
    const employees = { create: { id: newId('Employee'), name: 'E', nameFolded: 'e', ...stamps() } };
    await prisma.firm.update({ where: { id: firmId }, data: { employees } });
    expect(await prisma.employee.count()).toBe(1);
    await prisma.region.createMany({ data: [region('c'), region('d')] });
    const { name } = await prisma.region.upsert({
      where: { firmId_id: { firmId, id: a.id } },
      create: region('never'),
      update: { name: 'A' },
    });
    expect(name).toBe('A');
    expect(await names()).toEqual(['A', 'b', 'c', 'd']);
    await prisma.region.deleteMany();
  });
});

const stamps = () => ({ createdAt: new Date(), updatedAt: new Date(), revision: 1 });

describe('an interactive transaction', () => {
  test('is there whole, or not at all', async () => {
    await prisma.$transaction(async (tx) => {
      await tx.region.create({ data: region('a') });
      expect(await tx.region.count()).toBe(1);
      expect(await prisma.region.count()).toBe(0);
      expect(await adapter.cells(countOf('Region'))).toEqual([[provider === 'sqlite' ? 0 : '0']]);
    });
    const failure = new Error('on purpose');
    const failing = prisma.$transaction(async (tx) => {
      await tx.region.create({ data: region('b') });
      throw failure;
    });
    await expect(failing).rejects.toBe(failure);
    expect(await names()).toEqual(['a']);
    await prisma.region.deleteMany();
  });

  test('holds others, which are undone alone', async () => {
    await prisma.$transaction(async (tx) => {
      await tx.region.create({ data: region('a') });
      const inner = tx.$transaction(async (nested) => {
        await nested.region.create({ data: region('b') });
        throw new Error('on purpose');
      });
      await expect(inner).rejects.toThrow('on purpose');
      await tx.$transaction((nested) => nested.region.create({ data: region('c') }));
    });
    expect(await names()).toEqual(['a', 'c']);
    await prisma.region.deleteMany();
  });

  test('has the isolation that is asked for, where the database has it', async () => {
    const levels =
      provider === 'sqlite'
        ? (['Serializable'] as const)
        : (['ReadCommitted', 'RepeatableRead', 'Serializable'] as const);
    for (const isolationLevel of levels) {
      const begun = { isolationLevel: isolationLevel as 'Serializable' };
      const level = await prisma.$transaction(async (tx): Promise<unknown> => {
        if (provider === 'sqlite') return tx.region.count();
        return tx.$queryRaw`SELECT current_setting('transaction_isolation') AS "level"`;
      }, begun);
      const expected = isolationLevel.replace(/(?!^)([A-Z])/g, ' $1').toLowerCase();
      expect(level).toEqual(provider === 'sqlite' ? 0 : [{ level: expected }]);
    }
    if (provider === 'postgres') return;
    const isolationLevel = 'ReadCommitted' as 'Serializable';
    await expect(prisma.$transaction((tx) => tx.region.count(), { isolationLevel })).rejects.toThrow(coded('P2023'));
    expect(await prisma.region.count()).toBe(0);
  });

  test('that takes too long is undone, and others go on', async () => {
    let held: Promise<void> | undefined;
    const slow = prisma.$transaction(
      async (tx) => {
        await tx.region.create({ data: region('slow') });
        held = new Promise((resolve) => setTimeout(resolve, 300));
        await held;
      },
      { timeout: 100 },
    );
    await expect(slow).rejects.toThrow(coded('P2028'));
    await prisma.region.create({ data: region('next') });
    expect(await names()).toEqual(['next']);
    await prisma.region.deleteMany();
  });

  test('that waits too long for its turn gives it up', async () => {
    const turns = provider === 'sqlite' ? 1 : 7;
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const holding = Array.from({ length: turns }, () => prisma.$transaction(() => released, { timeout: 5_000 }));
    const late = prisma.$transaction((tx) => tx.region.count(), { maxWait: 100 });
    await expect(late).rejects.toThrow(coded('P2028'));
    release();
    await Promise.all(holding);
    expect(await prisma.$transaction((tx) => tx.region.count())).toBe(0);
  });

  test('whose commit fails leaves nothing behind', async () => {
    const failing = prisma.$transaction((tx) => tx.region.create({ data: { ...region('x'), firmId: 999 } }));
    await expect(failing).rejects.toThrow();
    expect(await prisma.$transaction((tx) => tx.region.count())).toBe(0);
  });
});

function countOf(model: string) {
  const text = `SELECT count(*) FROM "${model}"`;
  return { sql: text, text, values: [] };
}

test('commits, transactions and typed writes at once lose nothing and show nothing half', async () => {
  const clock = { createdAt: storedInstant(), updatedAt: storedInstant(), revision: 1 };
  const pair = (mark: string) =>
    [`${mark}-1`, `${mark}-2`].map((name) => ({ firmId, id: newId('Region'), name, nameFolded: name, ...clock }));
  const told = { committed: 0, stale: 0, unique: 0, done: 0, undone: 0, typed: 0 };
  let reading = true;
  let halves = 0;
  const readers = (async () => {
    while (reading) {
      const found = await prisma.region.findMany({ where: { name: { contains: '-' } } });
      halves += found.length % 2;
      await new Promise(setImmediate);
    }
  })();
  const change = (entityId: string) => ({
    firmId,
    at: storedInstant(),
    actor: 'test',
    kind: 'CREATED' as const,
    entity: 'Region',
    entityId,
    before: null,
    after: {},
  });
  for (let round = 0; round < 4; round++) {
    const commits = Array.from({ length: 25 }, async (_, index) => {
      const rows = pair(`c${round}.${index}`);
      if (index % 5 === 1) {
        const none = { kind: 'update', model: 'Region', where: { firmId, id: 'none' }, set: { name: 'x' } } as const;
        const outcome = await adapter.commit([{ kind: 'insert', model: 'Region', rows }, none]);
        expect(outcome).toBe('stale');
        told.stale++;
      } else if (index % 5 === 2) {
        const twice = [...rows, ...rows.map((row) => ({ ...row, id: newId('Region') }))];
        await expect(adapter.commit([{ kind: 'insert', model: 'Region', rows: twice }])).rejects.toThrow(
          'must be unique',
        );
        told.unique++;
      } else {
        const changes = rows.map(({ id }) => change(id));
        expect(
          await adapter.commit([
            { kind: 'insert', model: 'Region', rows },
            { kind: 'record', changes },
          ]),
        ).toBe('committed');
        told.committed++;
      }
    });
    const transactions = Array.from({ length: 6 }, async (_, index) => {
      const data = pair(`t${round}.${index}`).map((row) => ({ ...row, createdAt: new Date(), updatedAt: new Date() }));
      try {
        await prisma.$transaction(
          async (tx) => {
            for (const row of data) await tx.region.create({ data: row });
            if (index % 2 === 1) throw new Error('on purpose');
          },
          { maxWait: 20_000 },
        );
        told.done++;
      } catch (error) {
        expect(error).toMatchObject({ message: 'on purpose' });
        told.undone++;
      }
    });
    const typed = Array.from({ length: 10 }, async (_, index) => {
      await prisma.region.create({ data: region(`typed ${round}.${index}`) });
      told.typed++;
    });
    await Promise.all([...commits, ...transactions, ...typed]);
  }
  reading = false;
  await readers;
  expect(told).toEqual({ committed: 60, stale: 20, unique: 20, done: 12, undone: 12, typed: 40 });
  expect(halves).toBe(0);
  expect(await prisma.region.count()).toBe(2 * (told.committed + told.done) + told.typed);
  const changes = await prisma.change.findMany({ where: { entity: 'Region' } });
  expect(new Set(changes.map(({ sequence }) => sequence)).size).toBe(2 * told.committed);
  await prisma.region.deleteMany();
}, 120_000);

test('a server does not load the query compiler', async () => {
  const url = await freshDatabaseUrl();
  const first = await openDatabase({ databaseUrl: url, poolSize: 8 });
  const firm = await (await startApp(first)).firm();
  await first.$close();
  const served = await openAdapter({ databaseUrl: url, poolSize: 8 });
  // Prisma connects when it has loaded it.
  const connect = vi.fn(served.connect);
  const database = await clientOn({ ...served, connect });
  const app = await startApp(database);
  const upsert = 'mutation { upsertClient(input: { trackingId: "A", name: "Acme" }) { client { name } } }';
  expect((await app.send(firm.tokens.ADMIN, upsert)).errors).toBeUndefined();
  expect((await app.send(firm.tokens.READER, '{ clients { nodes { name } } }')).status).toBe(200);
  expect(connect).not.toHaveBeenCalled();
  expect(await database.client.count()).toBe(1);
  expect(connect).toHaveBeenCalledOnce();
  await database.$close();
});

describe('reads and commits of our own', () => {
  let database: Db;
  beforeAll(async () => {
    database = await openDatabase({ databaseUrl, poolSize: 8 });
  });
  afterAll(() => database.$close());

  const insert = (row: object) => [{ kind: 'insert', model: 'Region', rows: [row as never] }] as const;
  const own = (name: string) => ({ ...region(name), createdAt: storedInstant(), updatedAt: storedInstant() });

  test('are a part of the transaction that they are made in', async () => {
    const rows = [own('one'), own('two')];
    await database.$transaction(async (tx) => {
      await tx.region.create({ data: region('typed') });
      const entry = {
        firmId,
        at: storedInstant(),
        actor: 'test',
        kind: 'CREATED',
        entity: 'Region',
        before: null,
        after: {},
      };
      for (const row of rows) {
        const change = { ...entry, kind: 'CREATED' as const, entityId: row.id };
        expect(await tx.$commit([...insert(row), { kind: 'record', changes: [change] }])).toBe('committed');
      }
      expect(await tx.$commit([{ kind: 'delete', model: 'Region', where: { firmId, id: 'none' } }])).toBe('stale');
      await expect(tx.$commit(insert({ ...own('three'), id: rows[0]?.id }))).rejects.toThrow('must be unique');
      expect(await tx.region.count()).toBe(3);
      const view = transactionView(tx);
      const key = { firmId, id: String(rows[0]?.id) };
      expect(await readByKey(view, wholeRow('Region'), key)).toMatchObject({ name: 'one' });
      expect(await readByKey(database, wholeRow('Region'), key)).toBeNull();
      const nested = tx.$transaction(async (inner) => {
        await inner.$commit(insert(own('undone')));
        throw new Error('on purpose');
      });
      await expect(nested).rejects.toThrow('on purpose');
    });
    expect(await database.region.count({ where: { firmId } })).toBe(3);
    const changes = await database.change.findMany({
      where: { entityId: { in: rows.map(({ id }) => id) } },
      orderBy: { sequence: 'asc' },
    });
    expect(changes.map(({ entityId }) => entityId)).toEqual(rows.map(({ id }) => id));
    await database.region.deleteMany();
  });

  test('are undone with it', async () => {
    const undone = database.$transaction(async (tx) => {
      expect(await tx.$commit(insert(own('gone')))).toBe('committed');
      throw new Error('on purpose');
    });
    await expect(undone).rejects.toThrow('on purpose');
    const page = await readPage(database, {
      is: 'page',
      row: wholeRow('Region'),
      where: { is: 'and', of: [] },
      order: [],
      limit: 9,
      backward: false,
      wants: { rows: true, total: false, more: false },
    });
    expect(page.rows).toEqual([]);
  });

  test('fail after it', async () => {
    let kept: Prisma.TransactionClient & Pick<Db, '$commit'> = database as never;
    await database.$transaction(async (tx) => {
      await tx.$commit([]);
      kept = tx as never;
    });
    await expect(kept.$commit(insert(own('late')))).rejects.toThrow();
    expect(await database.region.count()).toBe(0);
  });
});
