import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import type { Db } from '../../src/database/client.ts';
import { migrate } from '../../src/database/migrate.ts';
import { applyMigrations } from '../../src/database/migrations/apply.ts';
import { openDatabase } from '../../src/database/open.ts';
import { openPostgresTarget } from '../../src/database/postgres/migration-target.ts';
import { storedInstant } from '../../src/database/sql/instants.ts';
import { sql } from '../../src/database/sql/sql.ts';
import { openHandle } from '../../src/database/sqlite/driver.ts';
import { createFirm, findFirm } from '../../src/firms/firms.ts';
import { run } from '../support/cli.ts';
import { freshDatabase, freshDatabaseUrl, provider, unmigratedDatabaseUrl } from '../support/database.ts';
import { historyOf } from '../support/schema-engine.ts';
import { query } from '../support/sql.ts';

const allMigrations = [/_init$/, /_change_clock$/, /_search$/].map((name) => expect.stringMatching(name));

async function withOpen<T>(databaseUrl: string, use: (database: Db) => Promise<T>): Promise<T> {
  const database = await openDatabase({ databaseUrl, poolSize: 2 });
  try {
    return await use(database);
  } finally {
    await database.$close();
  }
}

/** Keeps everybody else from migrating, and from writing to the first table. Answers how to let go. */
async function holdLocks(databaseUrl: string): Promise<() => Promise<unknown>> {
  if (provider === 'sqlite') {
    const handle = openHandle(databaseUrl.slice('file:'.length));
    handle.exec('BEGIN IMMEDIATE');
    return async () => handle.close();
  }
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('BEGIN');
  // The lock under which Prisma migrates.
  await client.query('SELECT pg_advisory_xact_lock(72707369)');
  await client.query('LOCK TABLE "Firm", "_prisma_migrations" IN EXCLUSIVE MODE');
  return () => client.end();
}

describe.runIf(provider === 'postgres')('a Postgres that ends the connection', () => {
  let url: string;
  let administrator: pg.Client;
  beforeEach(async () => {
    url = await unmigratedDatabaseUrl();
    administrator = new pg.Client({ connectionString: url });
    await administrator.connect();
  });
  afterEach(() => administrator.end());

  const others = `FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
  const endOthers = async (which = 'TRUE') =>
    (await administrator.query(`SELECT pg_terminate_backend(pid) ${others} AND ${which}`)).rowCount;

  it('while it waits for its turn fails the migration with its words', async () => {
    await administrator.query('SELECT pg_advisory_lock(72707369)');
    const migrating = expect(migrate(url)).rejects.toThrow('terminating connection due to administrator command');
    await expect.poll(() => endOthers(`wait_event_type = 'Lock'`)).toBe(1);
    await migrating;
  });

  it('between two statements fails the next one', async () => {
    const target = await openPostgresTarget(url);
    await target.query(sql`SELECT 1`);
    expect(await endOthers()).toBe(1);
    await expect.poll(async () => (await administrator.query(`SELECT 1 ${others}`)).rowCount).toBe(0);
    // An error event that nobody listens to would end the process.
    await expect(target.query(sql`SELECT 1`)).rejects.toThrow('connection error');
    await expect(target.transact(async () => undefined)).rejects.toThrow('connection error');
    await target.close();
  });
});

describe('migrate', () => {
  it('applies every migration to a new database, and nothing the second time', async () => {
    const url = await unmigratedDatabaseUrl();
    expect(await migrate(url)).toEqual(allMigrations);
    expect(await migrate(url)).toEqual([]);
    await withOpen(url, async (database) => expect(await database.firm.count()).toBe(0));
  });

  it('leaves a database that is in use and up to date alone, and waits for nobody', async () => {
    const url = await freshDatabaseUrl();
    await withOpen(url, async (database) => {
      await createFirm(database, 'Acme');
      const release = await holdLocks(url);
      try {
        expect(await migrate(url)).toEqual([]);
      } finally {
        await release();
      }
      expect(await database.firm.count()).toBe(1);
    });
  });

  it('lets any number of processes migrate one new database at once', { timeout: 120_000 }, async () => {
    const url = await unmigratedDatabaseUrl();
    const runs = await Promise.all(Array.from({ length: 4 }, () => run(['migrate'], { DATABASE_URL: url })));
    expect(
      runs.map(({ code }) => code),
      JSON.stringify(runs),
    ).toEqual([0, 0, 0, 0]);
    const applied = runs.flatMap(({ stdout }) => [...stdout.matchAll(/^Applied (.*)$/gm)].map(([, name]) => name));
    expect(applied.sort()).toEqual(allMigrations);
    expect(await migrate(url)).toEqual([]);
  });

  it('refuses a database of the layout before, says how to move, and leaves it as it is', async () => {
    const url = await freshDatabaseUrl();
    const notes = () =>
      withOpen(url, (database) => query(database, sql`SELECT * FROM "_prisma_migrations" ORDER BY "migration_name"`));
    await withOpen(url, async (database) =>
      database.$executeRawUnsafe(
        `UPDATE "_prisma_migrations" SET "migration_name" = '20261121000000_init' WHERE "migration_name" LIKE '%_init'`,
      ),
    );
    const before = await notes();
    await expect(migrate(url)).rejects.toThrow(
      /layout of builds before .* Nothing in it was changed\. Export .*`clientele export`.*docs\/operations\.md/,
    );
    expect(await notes()).toEqual(before);
  });

  it.runIf(provider === 'sqlite')('makes the folder of the file', async () => {
    const url = (await unmigratedDatabaseUrl()).replace(/\.db$/, '/deeper/clientele.db');
    expect(await migrate(url)).toEqual(allMigrations);
  });

  it.runIf(provider === 'postgres')('says in one line why a server cannot be used', async () => {
    const missing = new URL(await freshDatabaseUrl());
    missing.pathname = '/missing';
    await expect(migrate(missing.href)).rejects.toThrow(/^database "missing" does not exist$/);
    await expect(migrate('postgresql://127.0.0.1:1/none')).rejects.toThrow(
      'Postgres cannot be reached at 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1',
    );
    // A name of two addresses.
    await expect(migrate('postgresql://localhost:1/none')).rejects.toThrow(
      /^Postgres cannot be reached at localhost:1: connect ECONNREFUSED/,
    );
  });
});

describe('a migration that fails', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clientele-migrations-'));
    await writeFile(
      join(folder, 'migration_lock.toml'),
      `provider = "${provider === 'sqlite' ? 'sqlite' : 'postgresql'}"`,
    );
    await write(
      '1_parents',
      `CREATE TABLE parent (id INTEGER PRIMARY KEY); INSERT INTO parent VALUES (1);
      CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id) ON DELETE CASCADE);
      INSERT INTO child VALUES (1, 1);`,
    );
  });

  afterAll(() => rm(folder, { recursive: true }));

  async function write(name: string, text: string): Promise<void> {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'migration.sql'), text);
  }

  it('leaves nothing behind, says why, and is applied once it is mended', async () => {
    const url = await unmigratedDatabaseUrl();
    await write(
      '2_half',
      'CREATE TABLE half (id INTEGER PRIMARY KEY); INSERT INTO half VALUES (1); INSERT INTO half VALUES (1);',
    );
    for (const _ of ['the first time', 'and again']) {
      await expect(applyMigrations(url, folder)).rejects.toThrow(
        /^Migration 2_half failed, and nothing of it was kept: .*unique/i,
      );
    }
    await withOpen(url, async (database) => {
      await expect(query(database, sql`SELECT * FROM half`)).rejects.toThrow(/half/);
      expect(await query(database, sql`SELECT id FROM parent`)).toEqual([{ id: 1 }]);
    });
    await write(
      '2_half',
      "CREATE TABLE half (id INTEGER PRIMARY KEY, note TEXT DEFAULT 'a;b'); INSERT INTO half (id) VALUES (1);",
    );
    expect(await applyMigrations(url, folder)).toEqual(['2_half']);
    await withOpen(url, async (database) => {
      expect(await query(database, sql`SELECT id, note FROM half`)).toEqual([{ id: 1, note: 'a;b' }]);
    });
  });

  it.runIf(provider === 'sqlite')('may rebuild a table that others point at, but not leave them dangling', async () => {
    const url = await unmigratedDatabaseUrl();
    await write(
      '2_half',
      'CREATE TABLE parent2 (id INTEGER PRIMARY KEY); INSERT INTO parent2 SELECT id FROM parent; DROP TABLE parent; ALTER TABLE parent2 RENAME TO parent;',
    );
    expect(await applyMigrations(url, folder)).toEqual(['1_parents', '2_half']);
    await withOpen(url, async (database) =>
      expect(await query(database, sql`SELECT id FROM child`)).toEqual([{ id: 1 }]),
    );
    await write('2_half', 'DELETE FROM parent;');
    await expect(applyMigrations(await unmigratedDatabaseUrl(), folder)).rejects.toThrow(/dangling/);
  });
});

describe('a migration that was begun and not noted as finished', () => {
  const all = fileURLToPath(new URL(`../../prisma/${provider}/migrations`, import.meta.url));
  let names: string[];
  let folder: string;
  beforeAll(async () => {
    const entries = await readdir(all, { withFileTypes: true });
    names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    names.sort();
    folder = await mkdtemp(join(tmpdir(), 'clientele-migrations-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** A database with the first `count` migrations. */
  async function migratedBy(count: number): Promise<string> {
    const some = join(folder, String(count));
    await mkdir(some, { recursive: true });
    for (const name of names.slice(0, count)) await cp(join(all, name), join(some, name), { recursive: true });
    const url = await unmigratedDatabaseUrl();
    await applyMigrations(url, some);
    return url;
  }

  const run = (url: string, statement: string) =>
    withOpen(url, async (database) => database.$executeRawUnsafe(statement));

  /** What earlier builds left that were killed between a migration and the note that it was done. */
  const OPEN = `UPDATE "_prisma_migrations" SET "finished_at" = NULL, "applied_steps_count" = 0 WHERE "migration_name" =`;
  /** And what their next start made of it before it failed. */
  const GIVEN_UP = OPEN.replace('SET', `SET "rolled_back_at" = CURRENT_TIMESTAMP,`);

  const NUMBERS = Array.from({ length: allMigrations.length }, (_, index) => index + 1);

  it.each(NUMBERS)('is noted when all of migration %i is there', async (count) => {
    for (const left of [OPEN, GIVEN_UP]) {
      const url = await migratedBy(count);
      await run(url, `${left} '${names[count - 1]}'`);
      const applied = await Promise.all([migrate(url), migrate(url)]);
      expect(applied.flat().sort()).toEqual(names.slice(count - 1));
      expect(await migrate(url)).toEqual([]);
      await withOpen(url, (database) => createFirm(database, 'Acme'));
    }
  });

  it.each(NUMBERS)('is applied when nothing of migration %i is there', async (count) => {
    for (const left of [OPEN, GIVEN_UP]) {
      const url = await migratedBy(count - 1);
      const id = '00000000-0000-0000-0000-000000000000';
      const name = names[count - 1];
      if (count > 1) {
        await run(
          url,
          `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name") VALUES ('${id}', '', '${name}')`,
        );
        await run(url, `${left} '${name}'`);
      }
      expect(await migrate(url)).toEqual(names.slice(count - 1));
      await withOpen(url, (database) => createFirm(database, 'Acme'));
    }
  });

  it('is noted in a database with data', async () => {
    const url = await freshDatabaseUrl();
    await withOpen(url, (database) => createFirm(database, 'Acme'));
    await run(url, `${OPEN} '${names.at(-1)}'`);
    expect(await migrate(url)).toEqual([names.at(-1)]);
    await withOpen(url, async (database) => expect(await findFirm(database, 'Acme')).not.toBeNull());
  });

  it('is refused when a part of it is there, and nothing is changed', async () => {
    const url = await migratedBy(1);
    await run(url, `${OPEN} '${names[0]}'`);
    await run(url, 'DROP TABLE "IndexedValue"');
    const notesOf = () => withOpen(url, (database) => query(database, sql`SELECT * FROM "_prisma_migrations"`));
    const notes = await notesOf();
    for (const _ of ['the first time', 'and again']) {
      await expect(migrate(url)).rejects.toThrow(
        /^Migration \d+_init was begun .* and never finished, .* only a part of it\. Restore a backup .*IndexedValue/,
      );
    }
    expect(await notesOf()).toEqual(notes);
  });

  it('is not what another program put there', async () => {
    const url = await migratedBy(0);
    await run(url, 'CREATE TABLE "Firm" ("id" TEXT)');
    await expect(migrate(url)).rejects.toThrow(
      /^Migration \d+_init failed, and nothing of it was kept: .*already exists\. No migration was ever noted here/,
    );
  });
});

describe("Prisma's own schema engine", () => {
  it('takes the notes for its own', async () => {
    const url = await freshDatabaseUrl();
    const folder = fileURLToPath(new URL(`../../prisma/${provider}/migrations`, import.meta.url));
    expect(await historyOf(url, folder)).toEqual({
      hasMigrationsTable: true,
      history: null,
      editedMigrationNames: [],
      failedMigrationNames: [],
    });
    const later = await mkdtemp(join(tmpdir(), 'clientele-migrations-'));
    try {
      await cp(folder, later, { recursive: true });
      await mkdir(join(later, '99990101000000_later'));
      await writeFile(join(later, '99990101000000_later/migration.sql'), 'CREATE TABLE "Later" ("id" INTEGER)');
      expect(await historyOf(url, later)).toMatchObject({
        history: { diagnostic: 'databaseIsBehind', unappliedMigrationNames: ['99990101000000_later'] },
      });
      expect(await applyMigrations(url, later)).toEqual(['99990101000000_later']);
      expect(await historyOf(url, later)).toMatchObject({ history: null, editedMigrationNames: [] });
    } finally {
      await rm(later, { recursive: true });
    }
  });
});

describe('the schema that migrations make', () => {
  test('text sorts by code point, whatever the database would do', async () => {
    const database = await freshDatabase();
    for (const name of ['b', 'Z', 'ä', 'a', '\u{1f600}', '\uffee']) await createFirm(database, name);
    const rows = await query<{ name: string }>(database, sql`SELECT "name" FROM "Firm" ORDER BY "name"`);
    expect(rows.map(({ name }) => name)).toEqual(['Z', 'a', 'b', 'ä', '\uffee', '\u{1f600}']);
  });

  test.runIf(provider === 'postgres')('no text column was forgotten', async () => {
    const database = await freshDatabase();
    const forgotten = await query(
      database,
      sql`SELECT table_name, column_name FROM information_schema.columns
      WHERE table_schema = 'public' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C' AND table_name NOT LIKE '\\_%'`,
    );
    expect(forgotten).toEqual([]);
  });
});

describe.runIf(provider === 'postgres')('sequences after a restore into another server', () => {
  test('rise above those of the data', async () => {
    const url = await freshDatabaseUrl();
    await withOpen(url, async (database) => {
      const { id: firmId } = await createFirm(database, 'Acme');
      // The firm's own first entry would only be in the way.
      await database.change.deleteMany();
      const entry = {
        firmId,
        at: storedInstant(),
        actor: 'test',
        kind: 'CREATED',
        entity: 'CLIENT',
        entityId: 1,
      } as const;
      const record = () => database.$commit([{ kind: 'record', changes: [{ ...entry, before: null, after: null }] }]);
      const sequences = async () => {
        const rows = await query<{ sequence: string }>(
          database,
          sql`SELECT "sequence"::text FROM "Change" ORDER BY "at", "sequence"`,
        );
        return rows.map(({ sequence }) => BigInt(sequence));
      };
      await record();
      expect(await migrate(url)).toEqual([]);
      expect(await database.changeClock.findMany()).toEqual([{ id: 1, value: 0n }]);

      // As if they came from a server that had seen many more transactions.
      await database.change.updateMany({ data: { sequence: (9_000_000_000n << 20n) | 7n } });
      await Promise.all([migrate(url), migrate(url), migrate(url)]);
      await record();
      const [restored, next] = (await sequences()).toSorted((a, b) => (a < b ? -1 : 1));
      expect(restored).toBe((9_000_000_000n << 20n) | 7n);
      expect(next).toBeGreaterThan(restored ?? 0n);
      expect((next ?? 0n) >> 20n).toBeLessThan(9_000_001_000n);

      const clock = await database.changeClock.findMany();
      await migrate(url);
      expect(await database.changeClock.findMany()).toEqual(clock);
    });
  });
});

describe.runIf(provider === 'postgres')('a server that runs while another migrates', () => {
  test.each([
    ['short', false],
    ['long', true],
  ])('reads columns that are of another type by then with %s statements', async (_name, long) => {
    await withOpen(await freshDatabaseUrl(), async (database) => {
      const { id } = await createFirm(database, 'Acme');
      const read = () =>
        Promise.all(
          [1, 2, 3, 4].map(() => database.$adapter.cells(sql`SELECT "name" FROM "Firm" WHERE "id" = ${id}`, { long })),
        );
      const four = [[['Acme']], [['Acme']], [['Acme']], [['Acme']]];
      for (let times = 0; times < 3; times++) expect(await read()).toEqual(four);
      await query(database, sql`ALTER TABLE "Firm" ALTER COLUMN "name" TYPE varchar(255)`);
      for (let times = 0; times < 3; times++) expect(await read()).toEqual(four);
    });
  });
});
