/** A database that is away, or too slow: callers are told what they may send again, and what they should look at first. */
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Unavailable } from '../../src/base/errors.ts';
import { idText } from '../../src/base/ids.ts';
import type { Db } from '../../src/database/client.ts';
import { openDatabase } from '../../src/database/open.ts';
import { sql } from '../../src/database/sql/sql.ts';
import { openHandle } from '../../src/database/sqlite/driver.ts';
import { findViewer } from '../../src/firms/tokens.ts';
import type { Listening } from '../../src/http/listen.ts';
import { schema } from '../../src/schema.ts';
import { createServer } from '../../src/server.ts';
import { entityNamed } from '../../src/transfer/entities.ts';
import { importLines } from '../../src/transfer/import.ts';
import { jsonLines } from '../../src/transfer/lines.ts';
import { operatorOf } from '../../src/transfer/operator.ts';
import { startApp, type TestFirm } from '../support/app.ts';
import { freshDatabaseUrl, provider } from '../support/database.ts';
import { query } from '../support/sql.ts';
import { type Way, wayTo } from '../support/way.ts';

const list = '{ clients { nodes { name } } }';
const deep = '{ clients(search: "a", filter: { tags: { hasSome: ["x"] } }) { totalCount nodes { name } } }';
const upsert = 'mutation { upsertClient(input: { trackingId: "A", name: "Acme" }) { result } }';
const change = 'mutation { upsertClient(input: { trackingId: "A", note: "changed" }) { result } }';
const remove = 'mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }';

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

describe.runIf(provider === 'postgres')('a Postgres', () => {
  let databaseUrl: string;
  let way: Way;
  let database: Db;
  let firm: TestFirm;
  let listening: Listening;
  let administrator: pg.Client;
  let lines: Record<string, unknown>[];

  beforeEach(async () => {
    databaseUrl = await freshDatabaseUrl();
    way = await wayTo(databaseUrl);
    database = await openDatabase({ databaseUrl: way.url, poolSize: 10 });
    firm = await (await startApp(database)).firm();
    lines = [];
    listening = await createServer({
      config: { host: '127.0.0.1', port: 0, graphiql: false },
      database,
      schema,
      findViewer: (token) => findViewer(database, token),
      logger: pino({ level: 'error' }, { write: (line: string) => lines.push(JSON.parse(line)) }),
    }).listen();
    administrator = new pg.Client({ connectionString: databaseUrl });
    await administrator.connect();
    await firm.ok(upsert);
  });

  afterEach(async () => {
    await listening.close();
    await administrator.end();
    await database.$close();
    way.close();
  });

  /** Sends an operation over HTTP. */
  async function send(query: string, token = firm.tokens.ADMIN, variables = {}) {
    const response = await fetch(`${listening.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { errors, data } = (await response.json()) as {
      errors?: { message: string; extensions: object }[];
      data?: object;
    };
    const retryAfter = response.headers.get('retry-after');
    return { status: response.status, retryAfter, ...errors?.[0]?.extensions, message: errors?.[0]?.message, data };
  }

  /** Has `act` meet the session of ours that waits for a lock, until the request is answered. */
  async function meetWaiting(answer: Promise<unknown>, act: (pid: number) => Promise<unknown>): Promise<void> {
    let answered = false;
    answer.finally(() => {
      answered = true;
    });
    const waiting = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await expect
      .poll(async () => {
        // Within a transaction, what was seen once is seen again.
        await administrator.query('SELECT pg_stat_clear_snapshot()');
        const [session] = (await administrator.query(waiting)).rows;
        if (session) await act(session.pid);
        return answered;
      })
      .toBe(true);
  }

  const lockClient = async () => {
    await administrator.query('BEGIN');
    await administrator.query('SELECT 1 FROM "Client" FOR UPDATE');
  };

  const note = async () => (await administrator.query('SELECT "note" FROM "Client"')).rows[0]?.note;

  test('that is away makes every request UNAVAILABLE, whoever sends it, until it is back', async () => {
    await send(list, firm.tokens.READER);
    way.cut();
    const refused = { status: 503, code: 'UNAVAILABLE', retryAfter: '1' };
    for (const query of [list, deep, '{ __typename }', upsert, change]) {
      // Known to the server, and seen by it for the first time.
      expect(await send(query, firm.tokens.READER)).toMatchObject(refused);
      expect(await send(query, firm.tokens.WRITER)).toMatchObject(refused);
      expect(await send(query, 'clt_unknown')).toMatchObject(refused);
    }
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatchObject({ msg: expect.stringContaining('database'), fault: {} });
    await way.mend();
    expect(await send(list, firm.tokens.READER)).toMatchObject({ status: 200, data: { clients: { nodes: [{}] } } });
    expect(await send(list, 'clt_unknown')).toMatchObject({ status: 401 });
    expect(await send(change)).toMatchObject({ status: 200 });
    expect(await note()).toBe('changed');
  });

  test('that is away says of a write that it was not made', async () => {
    way.cut();
    const write = () => database.$commit([{ kind: 'deleteAll', model: 'Change', where: { firmId: firm.id } }]);
    // The first may still be sent over a connection of which it is not known yet that it is no more.
    await expect(write()).rejects.toThrow(Unavailable);
    await expect(write()).rejects.toThrow('cannot be used at the moment. Nothing was written');
  });

  test('that is away ends an import instead of failing its lines', async () => {
    const operator = await operatorOf(database, (await firmName()) ?? '', 'import');
    way.cut();
    const failures: number[] = [];
    const options = { onFailure: (line: number) => failures.push(line) };
    const file = jsonLines(bytesOf('{"trackingId":"1","name":"x"}\n{"trackingId":"2","name":"y"}\n'));
    await expect(importLines(operator, entityNamed('clients'), file, options)).rejects.toThrow(/^line [12]: /);
    expect(failures).toEqual([]);
  });

  const firmName = async () =>
    (await administrator.query('SELECT "name" FROM "Firm"')).rows[0]?.name as string | undefined;

  test('that is away is known to Prisma too', async () => {
    const prisma = database;
    expect(await prisma.firm.count()).toBe(1);
    way.cut();
    await expect(prisma.firm.count()).rejects.toThrow(Unavailable);
    await way.mend();
    expect(await prisma.firm.count()).toBe(1);
  });

  test('whose administrator ends a write says that it was not made', async () => {
    await lockClient();
    const answer = send(change);
    await meetWaiting(answer, (pid) => administrator.query('SELECT pg_terminate_backend($1)', [pid]));
    expect(await answer).toMatchObject({ status: 503, code: 'UNAVAILABLE', retryAfter: '1' });
    expect((await answer).message).toContain('Nothing was written');
    await administrator.query('COMMIT');
    expect(await note()).toBeNull();
    expect(await send(change)).toMatchObject({ status: 200 });
  });

  test.each<[string, () => Promise<unknown>]>([
    ['a short read', () => database.$adapter.cells(sql`SELECT 1`)],
    ['a long read', () => database.$adapter.cells(sql`SELECT 1`, { long: true })],
    ['a rare read', () => query(database, sql`SELECT 1`)],
    ['a write', () => database.$commit([{ kind: 'deleteAll', model: 'Token', where: { firmId: 0 } }])],
    [
      'a transaction',
      () =>
        database.$commit([
          { kind: 'lock', model: 'Firm', where: { id: 0 } },
          { kind: 'deleteAll', model: 'Token', where: { firmId: 0 } },
        ]),
    ],
  ])('that ends a session just after %s is connected to again', async (_what, act) => {
    await act();
    way.endSession();
    // An error event that nobody listens to would end the process.
    await Promise.allSettled([act()]);
    await expect
      .poll(() =>
        act().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
  });

  test('whose connection breaks during a write says that it may have been made', async () => {
    await lockClient();
    const answer = send(change);
    await meetWaiting(answer, async () => way.cut());
    expect(await answer).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
    expect((await answer).message).toContain('may or may not have been written');
    await administrator.query('COMMIT');
    await way.mend();
    // Whether it was or not: sent again, it is.
    expect(await send(change)).toMatchObject({ status: 200 });
    expect(await note()).toBe('changed');
  });

  test('that ends a write because it takes too long says that it was not made', async () => {
    await lockClient();
    const answer = send(change);
    await meetWaiting(answer, (pid) => administrator.query('SELECT pg_cancel_backend($1)', [pid]));
    expect(await answer).toMatchObject({ status: 504, code: 'TIMEOUT', retryAfter: null });
    expect((await answer).message).toContain('Nothing was written');
    await administrator.query('COMMIT');
    expect(await note()).toBeNull();
  });

  test('that ends a transaction because it takes too long says so, too', async () => {
    const { rows } = await administrator.query('SELECT "id" FROM "Client"');
    await lockClient();
    const answer = send(remove, firm.tokens.ADMIN, { id: idText('Client', Number(rows[0].id)) });
    await meetWaiting(answer, (pid) => administrator.query('SELECT pg_cancel_backend($1)', [pid]));
    expect(await answer).toMatchObject({ status: 504, code: 'TIMEOUT' });
    await administrator.query('COMMIT');
  });

  test.each([
    ['a short one', list],
    ['a long one', deep],
  ])('that ends a read because it takes too long says what to do: %s', async (_which, query) => {
    await send(query);
    await administrator.query('BEGIN');
    await administrator.query('LOCK TABLE "Client" IN ACCESS EXCLUSIVE MODE');
    const answer = send(query);
    await meetWaiting(answer, (pid) => administrator.query('SELECT pg_cancel_backend($1)', [pid]));
    expect(await answer).toMatchObject({ status: 504, code: 'TIMEOUT' });
    expect((await answer).message).toContain('ask for less');
    await administrator.query('COMMIT');
  });
});

describe.runIf(provider === 'sqlite')('an SQLite file', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('that another process keeps locked makes writes UNAVAILABLE, and later writes go through', async () => {
    const databaseUrl = await freshDatabaseUrl();
    const database = await openDatabase({ databaseUrl, poolSize: 1 });
    const firm = await (await startApp(database)).firm();
    const other = openHandle(databaseUrl.slice('file:'.length));
    other.exec('BEGIN EXCLUSIVE');
    // Time that flies: each look at the clock finds it a second later.
    let now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 1_000;
      return now;
    });
    const { status, errors, headers } = await firm.run(upsert);
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }]);
    expect(errors?.[0]?.message).toContain('Nothing was written');
    other.exec('COMMIT');
    other.close();
    expect(await firm.ok(upsert)).toEqual({ upsertClient: { result: 'CREATED' } });
    await database.$close();
  });
});
