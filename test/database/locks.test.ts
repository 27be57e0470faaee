/** What other programs do to the database meanwhile: it must not stop those who ask for something else. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename, unlink } from 'node:fs/promises';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { openDatabase } from '../../src/database/open.ts';
import { sql } from '../../src/database/sql/sql.ts';
import { openHandle } from '../../src/database/sqlite/driver.ts';
import type { Write } from '../../src/database/store/adapter.ts';
import { startApp } from '../support/app.ts';
import { freshDatabaseUrl, provider } from '../support/database.ts';

const upsert = `mutation ($id: String!) { upsertClient(input: { trackingId: $id, name: "Locked" }) { result } }`;

describe.runIf(provider === 'sqlite')('an SQLite file', () => {
  async function open() {
    const databaseUrl = await freshDatabaseUrl();
    const database = await openDatabase({ databaseUrl, poolSize: 1 });
    const app = await startApp(database);
    return { file: databaseUrl.slice('file:'.length), database, app, firm: await app.firm() };
  }

  test('that another process writes to is read meanwhile, and written to afterwards', async () => {
    const { file, database, firm } = await open();
    const other = openHandle(file);
    other.exec('BEGIN EXCLUSIVE');
    let written = false;
    const writing = firm.ok(upsert, { id: 'A' }).then((data) => {
      written = true;
      return data;
    });
    // Were the wait synchronous, none of these would come before the lock is given up, and it would never be.
    for (let turn = 0; turn < 50; turn++) {
      expect((await firm.ok('{ clients { totalCount } }')).clients.totalCount).toBe(0);
      await new Promise(setImmediate);
    }
    expect(written).toBe(false);
    other.exec('COMMIT');
    expect((await writing).upsertClient.result).toBe('CREATED');
    other.close();
    await database.$close();
  });

  test('that another process writes to all the time takes each commit once, also beside one that fails', async () => {
    const { file, database, firm } = await open();
    const driver = new URL('../../dist/database/sqlite/driver.js', import.meta.url);
    const script = `import { openHandle } from ${JSON.stringify(driver.href)};
      const handle = openHandle(${JSON.stringify(file)}, { timeout: 0 });
      process.stdin.on('end', () => process.exit()).resume();
      const write = () => {
        try {
          handle.exec('BEGIN IMMEDIATE; UPDATE "ChangeClock" SET "value" = "value"; COMMIT');
          setTimeout(write, 1);
        } catch {
          // The server has the file. Tried again at once, to come between two of its commits.
          setImmediate(write);
        }
      };
      write();
      console.log('writing');`;
    const other = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(other, 'exit');
    try {
      await once(other.stdout, 'data');
      const at = '2026-11-21T09:30:00.000+00:00';
      const common = { firmId: firm.id, createdAt: at, updatedAt: at, revision: 1 };
      for (let round = 0; round < 100; round++) {
        const region = (index: number): Write => {
          const name = `${round} ${index}`;
          return {
            kind: 'insert',
            model: 'Region',
            rows: [{ ...common, id: newId('Region'), name, nameFolded: name }],
          };
        };
        const nowhere = {
          firmId: firm.id,
          clientId: newId('Client'),
          position: 0,
          employeeId: newId('Employee'),
          role: 'none',
        };
        const outcomes = await Promise.allSettled([
          ...[0, 1, 2].map((index) => database.$commit([region(index)])),
          database.$commit([{ kind: 'insert', model: 'ClientTeamMember', rows: [nowhere] }]),
          ...[3, 4, 5].map((index) => database.$commit([region(index)])),
        ]);
        const told = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason.name));
        const committed = Array.from({ length: 3 }, () => 'committed');
        expect(told).toEqual([...committed, 'ForeignKeyViolation', ...committed]);
      }
    } finally {
      other.stdin.end();
      await ended;
    }
    await database.$close();
  }, 60_000);

  test('that is removed is neither written to nor called ready', async () => {
    const { file, database, firm } = await open();
    await firm.ok(upsert, { id: 'A' });
    await expect(database.$check()).resolves.toBeUndefined();
    await unlink(file);
    const error = await firm.fails(upsert, { id: 'B' });
    expect(error).toMatchObject({ status: 503, extensions: { code: 'UNAVAILABLE' } });
    await expect(database.$check()).rejects.toThrow('The database is not where it was');
    await database.$close();
  });

  test('that is replaced by another is not written to either', async () => {
    const { file, database, firm } = await open();
    const other = (await freshDatabaseUrl()).slice('file:'.length);
    await rename(other, file);
    expect(await firm.fails(upsert, { id: 'B' })).toMatchObject({ status: 503 });
    await database.$close();
  });

  test('is read in threads with what was committed before', async () => {
    const { database, firm } = await open();
    for (let count = 1; count <= 20; count++) {
      await firm.ok(upsert, { id: `${count}` });
      const rows = await database.$adapter.cells(sql`SELECT count(*) FROM "Client"`, { long: true });
      expect(rows).toEqual([[count]]);
    }
    await database.$close();
  });
});

describe.runIf(provider === 'postgres')('a table of Postgres that another program has locked', () => {
  test('does not keep reads of other tables waiting', async () => {
    const databaseUrl = await freshDatabaseUrl();
    const database = await openDatabase({ databaseUrl, poolSize: 10 });
    const firm = await (await startApp(database)).firm();
    await firm.ok('{ clients { nodes { name } } regions { nodes { name } } }');
    const other = new pg.Client({ connectionString: databaseUrl });
    await other.connect();
    await other.query('BEGIN');
    await other.query('LOCK TABLE "Client" IN ACCESS EXCLUSIVE MODE');
    const locked = Array.from({ length: 12 }, () => firm.ok('{ clients { nodes { name } } }'));
    // More than there are connections for reading, and each while all those wait.
    for (let count = 0; count < 12; count++) expect(await firm.ok('{ regions { nodes { name } } }')).toBeDefined();
    await other.query('COMMIT');
    for (const data of await Promise.all(locked)) expect(data.clients.nodes).toEqual([]);
    await other.end();
    await database.$close();
  });
});
