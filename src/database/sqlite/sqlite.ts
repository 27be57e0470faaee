/**
 * SQLite for Prisma and for reads and commits of our own. One handle, on which every statement is synchronous, has what
 * is short: reads, and writes that arrive in one turn of the event loop as one transaction. Threads have reads that may
 * take long (readers.ts), and a second handle has interactive transactions, which take turns with those writes.
 */
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DriverAdapterError, type IsolationLevel, type Transaction } from '@prisma/driver-adapter-utils';
import { bytesOfRow, CELL_BYTES_MAX, CellTooLarge, countValues } from '../../base/cell-size.ts';
import { Unavailable } from '../../base/errors.ts';
import { giveWay } from '../../base/give-way.ts';
import { makeRoom } from '../../base/make-room.ts';
import type { Meter } from '../../base/meter.ts';
import { models } from '../generated/models.ts';
import {
  ByColumns,
  columnsOf,
  encode,
  encodeRow,
  type ModelName,
  quoted,
  type ReadOptions,
  type Row,
  type Statement,
} from '../sql/index.ts';
import {
  type Adapter,
  type ChangeEntry,
  ENTRIES_MAX,
  handOver,
  type TransactionConnection,
  tooManyEntries,
  type UpdateAll,
  understand,
  understandRead,
  type Write,
} from '../store/index.ts';
import { adapterOn, SQLITE_ADAPTER, type Turn, translated } from './adapter.ts';
import { sqliteDialect } from './dialect.ts';
import { isBusy, openHandle, type SqliteStatement, sqliteCode } from './driver.ts';
import { sqliteFailure } from './failures.ts';
import { openReaders } from './readers.ts';
import { countCells } from './room.ts';

/** How long opening waits for another process, in milliseconds: nobody else is waiting then. */
const OPEN_TIMEOUT_MS = 5_000;
/** How long a statement is tried again while another process has the file locked, in milliseconds. */
const BUSY_PATIENCE_MS = 5_000;
/** How long to wait before it is tried again, in milliseconds: at least, and at most as much more. */
const BUSY_RETRY_MS = 1;
const BUSY_RETRY_SPREAD_MS = 4;
/** Rows of a page beyond which their size is looked at one by one. */
const COUNTED_ROWS = 50;
/** Rows, nested ones included, that take too long to read while everybody else waits. */
const LONG_ROWS = 1_000;
/** How long reads may keep commits waiting, in milliseconds. */
const COMMIT_WAIT_MAX = 2;
/** Rows that are written in one transaction, about: everybody waits meanwhile. More of them only where one commit has more. */
const TOGETHER_ROWS = 400;
/** What a write of any number of rows is taken for. */
const MANY_ROWS = 50;
/** Statements kept prepared. */
const PREPARED_MAX = 500;

/** What applies commits on a handle. */
function applierOn(prepare: Prepare) {
  const texts = new ByColumns<string>();

  /** Runs one write. False when a guard did not hold. */
  function apply(write: Write): boolean {
    switch (write.kind) {
      case 'insert':
        for (const row of write.rows) insert(write.model, row);
        return true;
      case 'update':
        return update(write.model, write.where, write.set) === 1;
      case 'updateEach':
        return write.rows.every(({ where, set }) => update(write.model, where, set) === 1);
      case 'delete':
        return remove(write.model, write.where) === 1;
      case 'deleteAll':
        if (write.most === undefined) remove(write.model, write.where);
        else removeSome(write.model, write.where, write.most);
        return true;
      case 'deleteEach':
        for (const row of write.rows) remove(write.model, row);
        return true;
      case 'record':
        record(write.changes);
        return true;
      case 'updateAll':
        updateAll(write);
        return true;
      case 'require':
        return count(write.model, write.where) === 1;
      case 'requireEach':
        return write.rows.every((row) => count(write.model, row) === 1);
      case 'lock':
        // Commits go one at a time.
        return true;
    }
  }

  function insert(model: ModelName, row: Row): void {
    const [columns, values] = encodeRow(model, row, sqliteDialect);
    const text = texts.of(`INSERT ${model}`, columns, () => {
      const marks = columns.map(() => '?').join(', ');
      return `INSERT INTO "${model}" (${quoted(columns)}) VALUES (${marks})`;
    });
    prepare(text).run(...values);
  }

  function update(model: ModelName, where: Row, set: Row): number {
    const [columns, values] = encodeRow(model, set, sqliteDialect);
    const { terms, met } = equal(model, where);
    const text = texts.of(`UPDATE ${model} ${columns.length}`, [...columns, ...terms], () => {
      return `UPDATE "${model}" SET ${assignments(columns)} WHERE ${terms.join(' AND ')}`;
    });
    return prepare(text).run(...values, ...met).changes;
  }

  function remove(model: ModelName, where: Row): number {
    const { terms, met } = equal(model, where);
    const text = texts.of(`DELETE ${model}`, terms, () => `DELETE FROM "${model}" WHERE ${terms.join(' AND ')}`);
    return prepare(text).run(...met).changes;
  }

  function removeSome(model: ModelName, where: Row, most: number): void {
    const key = quoted(models[model].primaryKey);
    const { terms, met } = equal(model, where);
    const some = `SELECT ${key} FROM "${model}" WHERE ${terms.join(' AND ')} LIMIT ?`;
    prepare(`DELETE FROM "${model}" WHERE (${key}) IN (${some})`).run(...met, most);
  }

  function count(model: ModelName, where: Row): number {
    const { terms, met } = equal(model, where);
    const counted = prepare(`SELECT count(*) AS "rows" FROM "${model}" WHERE ${terms.join(' AND ')}`).get(...met);
    return (counted as { rows: number }).rows;
  }

  /** The last sequence that was given in the open transaction; undefined when it has given none. */
  let sequence: number | undefined;

  /** Entries that the commit being applied has made. */
  let entered = 0;

  /** Writers go one at a time, so no later commit has a smaller sequence. */
  function record(changes: readonly ChangeEntry[]): void {
    entered += changes.length;
    if (entered > ENTRIES_MAX) throw tooManyEntries();
    let last = sequence ?? (prepare('SELECT "value" FROM "ChangeClock"').get() as { value: number }).value;
    for (const change of changes) insert('Change', { ...change, sequence: ++last });
    sequence = last;
  }

  function updateAll({ model, where, except, set, told, change }: UpdateAll): void {
    const others = except === undefined ? '' : ' AND "id" <> ?';
    const other = except === undefined ? [] : [encode(model, 'id', except, sqliteDialect)];
    if (change) {
      const { terms, met } = equal(model, { ...where, ...told });
      // With a plus no index is walked in the order of ids.
      const found = prepare(`SELECT "id" FROM "${model}" WHERE ${terms.join(' AND ')}${others} ORDER BY +"id" LIMIT ?`);
      const rows = found.all(...met, ...other, ENTRIES_MAX + 1) as { id: number }[];
      record(rows.map(({ id }) => ({ ...change, entityId: id })));
    }
    const [columns, values] = encodeRow(model, set, sqliteDialect);
    const raised = columnsOf(model).revision ? ', "revision" = "revision" + 1' : '';
    const { terms, met } = equal(model, where);
    const all = prepare(`UPDATE "${model}" SET ${assignments(columns)}${raised} WHERE ${terms.join(' AND ')}${others}`);
    all.run(...values, ...met, ...other);
  }

  /** Applies all writes of a commit within the open transaction. On `stale` or an error some of them may be left. */
  function applyAll(writes: readonly Write[]): Outcome {
    entered = 0;
    try {
      return writes.every(apply) ? 'committed' : 'stale';
    } catch (error) {
      return { error: understand(error, sqliteFailure(error)) };
    }
  }

  /** Runs `apply` with nothing left of it on `stale` or an error. */
  function apart(apply: () => Outcome): Outcome {
    const before = sequence;
    prepare('SAVEPOINT "commit"').run();
    const outcome = apply();
    if (outcome !== 'committed') {
      prepare('ROLLBACK TO "commit"').run();
      sequence = before;
    }
    prepare('RELEASE "commit"').run();
    return outcome;
  }

  /** Writes down the last sequence that was given since `begin`. */
  function finish(): void {
    if (sequence !== undefined) prepare('UPDATE "ChangeClock" SET "value" = ?').run(sequence);
  }

  /** To be called when a transaction begins: others may have given sequences since. */
  function begin(): void {
    sequence = undefined;
  }

  return { begin, applyAll, apart, finish };
}

type Prepare = (text: string) => SqliteStatement;

/** Opens the file for writing, with all that a handle needs to read trees and to apply commits. */
function openWriting(file: string, { timeout, cacheKilobytes }: { timeout: number; cacheKilobytes: number }) {
  const handle = openHandle(file, { timeout });
  handle.exec('PRAGMA journal_mode = WAL');
  // FULL: what was acknowledged is on the disk, also when the power fails, as it is on Postgres.
  handle.exec('PRAGMA synchronous = FULL');
  handle.exec('PRAGMA foreign_keys = ON');
  handle.exec(`PRAGMA cache_size = -${cacheKilobytes}`);
  // Four times the usual: a page that many commits write to is copied from the log to the file less often.
  handle.exec('PRAGMA wal_autocheckpoint = 4000');
  // SQLite's own waiting would keep the whole process waiting: `patiently` and `flush` try again instead.
  handle.exec('PRAGMA busy_timeout = 0');
  const countAnew = countCells(handle);
  const prepared = new Map<string, SqliteStatement>();

  function prepare(text: string): SqliteStatement {
    const known = prepared.get(text);
    if (known) return known;
    const statement = handle.prepare(text);
    makeRoom(prepared, PREPARED_MAX);
    prepared.set(text, statement);
    return statement;
  }

  function read({ sql, values }: Statement, { rows = 0, meter }: ReadOptions): unknown[] {
    const statement = prepare(sql);
    statement.setReturnArrays(true);
    countAnew(meter?.left ?? CELL_BYTES_MAX);
    if (!meter) return statement.all(...values);
    if (rows > COUNTED_ROWS) return countedRows(statement, values, meter);
    const found = statement.all(...values);
    countRows(found, meter);
    return found;
  }

  return { handle, prepare, read, ...applierOn(prepare) };
}

/** Opens the database in the file that `url` (`file:…`) names. It must be migrated. */
export function openSqlite(url: string): Adapter {
  const file = url.replace(/^file:/, '');
  const hot = openWriting(file, { timeout: OPEN_TIMEOUT_MS, cacheKilobytes: 32_000 });
  const { handle, prepare } = hot;
  const readers = openReaders(file);
  const opened = statSync(file);
  /** How often rows of a model may have been written by commits on the handle, and how often any by Prisma. */
  const written = new Map<ModelName, number>();
  let writtenByPrisma = 0;

  /**
   * Runs jobs in one transaction: what takes long is to wait for the disk, and that is then done once for all. When it
   * throws, nothing of them is committed.
   */
  function transact(jobs: readonly Job[]): Outcome[] {
    // Mostly all of them succeed, which costs least to find out: in a savepoint SQLite copies every page it writes to.
    return together(jobs) ?? apart(jobs);
  }

  function countWrite(write: Write): void {
    if (write.kind !== 'record') written.set(write.model, (written.get(write.model) ?? 0) + 1);
  }

  /** Undefined, and nothing is committed, where not all of them succeed. */
  function together(jobs: readonly Job[]): Outcome[] | undefined {
    return inTransaction(() =>
      jobs.every(({ apply }) => apply() === 'committed') ? jobs.map(() => 'committed') : undefined,
    );
  }

  function apart(jobs: readonly Job[]): Outcome[] {
    return inTransaction(() => jobs.map(({ apply }) => hot.apart(apply)));
  }

  /** Commits what `act` does, unless it throws or returns undefined. */
  function inTransaction<T extends Outcome[] | undefined>(act: () => T): T {
    // IMMEDIATE: the write lock first. A deferred transaction that has read cannot wait for another process's writer.
    prepare('BEGIN IMMEDIATE').run();
    hot.begin();
    try {
      const outcomes = act();
      if (outcomes) {
        hot.finish();
        prepare('COMMIT').run();
      }
      return outcomes;
    } finally {
      if (handle.isTransaction) prepare('ROLLBACK').run();
    }
  }

  let waiting: Job[] = [];
  let waitingSince = 0;
  /**
   * Whether the turn to write is taken: by a transaction on the other handle, by what runs in none, or by jobs that wait
   * for another process and are tried again by a timer. If both handles asked SQLite for the lock, the synchronous one
   * would wait for the other, which could not go on meanwhile.
   */
  let held = false;
  /** Who waits for the turn, first come first served. */
  const line: (() => void)[] = [];

  function takeTurn(): Promise<void> {
    if (!held) {
      held = true;
      return Promise.resolve();
    }
    return new Promise((resolve) => line.push(resolve));
  }

  /** Gives the turn on: to the jobs that gathered meanwhile, then to who is next in line. */
  function giveTurn(): void {
    held = false;
    flush();
    const next = held ? undefined : line.shift();
    if (!next) return;
    held = true;
    next();
  }

  /** Adds a job to those that are run together at the end of this turn of the event loop. */
  function enqueue(job: Job): void {
    if (waiting.push(job) > 1) return;
    waitingSince = performance.now();
    setImmediate(flush);
  }

  /** Runs the jobs that arrived while the event loop was at other things: as much as one turn has room for. */
  function flush(): void {
    if (held) return;
    let rows = 0;
    let count = 0;
    for (; count < waiting.length && rows < TOGETHER_ROWS; count++) rows += waiting[count]?.rows ?? 0;
    run(waiting.splice(0, count));
    if (waiting.length === 0 || held) return;
    waitingSince = performance.now();
    setImmediate(flush);
  }

  function run(jobs: readonly Job[]): void {
    if (jobs.length === 0) return;
    let outcomes: readonly Outcome[];
    try {
      checkFile();
      outcomes = transact(jobs);
    } catch (error) {
      const busy = isBusyError(error);
      if (busy && performance.now() - waitingSince < BUSY_PATIENCE_MS) {
        postpone(jobs);
        return;
      }
      if (jobs.length > 1 && !busy) {
        // One of them points at nothing, which is found at the end: each on its own, only that one fails.
        for (const job of jobs) {
          if (held) waiting.push(job);
          else run([job]);
        }
        return;
      }
      outcomes = jobs.map(({ explain }) => ({ error: explain(error) }));
    }
    for (const [index, { settle }] of jobs.entries())
      settle(outcomes[index] ?? { error: new Error('A commit was lost') });
  }

  /** Has jobs tried again, before those that have come since, while another process has the file locked. */
  function postpone(jobs: readonly Job[]): void {
    waiting = [...jobs, ...waiting];
    held = true;
    setTimeout(giveTurn, busyRetryDelay());
  }

  /** Reads that follow one another without a turn of the event loop would keep the commits from theirs. */
  function letCommitsThrough(): void {
    if (waiting.length > 0 && performance.now() - waitingSince > COMMIT_WAIT_MAX) flush();
  }

  /** Throws when the file is not the one that was opened: what is written to one without a name is lost. */
  function checkFile(): void {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.ino === opened.ino && found.dev === opened.dev) return;
    throw new Unavailable('The database is not where it was. Nothing was written.', {
      cause: new Error(`The database file ${file} was ${found ? 'replaced' : 'removed'} while it was open.`),
    });
  }

  /** Reads on the handle, when this turn of the event loop has not gone on for too long. */
  async function readHere(statement: Statement, options: ReadOptions): Promise<unknown[]> {
    const { meter } = options;
    try {
      const turn = giveWay(meter?.since);
      if (turn) await turn;
      countValues(statement.values, meter);
      letCommitsThrough();
      try {
        return hot.read(statement, options);
      } catch (error) {
        if (!isBusyError(error)) throw error;
      }
      return await patiently(() => hot.read(statement, options));
    } catch (error) {
      throw understoodRead(error, meter);
    }
  }

  async function readElsewhere({ sql, values }: Statement, { meter }: ReadOptions): Promise<unknown[]> {
    try {
      countValues(values, meter);
      letCommitsThrough();
      return await readers.run({ sql, values, meter });
    } catch (error) {
      throw understoodRead(error, meter);
    }
  }

  /** Gives a statement of Prisma's its turn on the hot handle. */
  const turn: Turn = async (kind, act) => {
    checkFile();
    if (kind === 'reads') return patiently(act);
    writtenByPrisma++;
    if (kind === 'apart') {
      await takeTurn();
      try {
        return await patiently(act);
      } finally {
        giveTurn();
      }
    }
    return new Promise((resolve, reject) => {
      let value: ReturnType<typeof act>;
      enqueue({
        rows: 1,
        apply() {
          try {
            value = act();
            return 'committed';
          } catch (error) {
            return { error };
          }
        },
        explain: (error) => error,
        settle: (outcome) => (typeof outcome === 'string' ? resolve(value) : reject(outcome.error)),
      });
    });
  };

  /** Where interactive transactions run, one at a time: reads and commits on the hot handle do not see them. */
  let second: ReturnType<typeof openWriting> | undefined;

  async function startTransaction(isolationLevel?: IsolationLevel): Promise<Transaction> {
    if (isolationLevel !== undefined && isolationLevel !== 'SERIALIZABLE') {
      throw new DriverAdapterError({ kind: 'InvalidIsolationLevel', level: isolationLevel });
    }
    await takeTurn();
    try {
      checkFile();
      second ??= openWriting(file, { timeout: OPEN_TIMEOUT_MS, cacheKilobytes: 8_000 });
      const { handle } = second;
      await patiently(() => handle.exec('BEGIN IMMEDIATE'));
      return transactionOn(second, giveTurn);
    } catch (error) {
      giveTurn();
      throw translated(error);
    }
  }

  return {
    ...SQLITE_ADAPTER,
    dialect: sqliteDialect,
    connect: async () => ({ ...adapterOn(handle, turn), startTransaction }),
    cells(statement, options = {}) {
      const long = options.long || (options.within ?? 0) > LONG_ROWS;
      const read = long ? readElsewhere(statement, options) : readHere(statement, options);
      return read as Promise<unknown[][]>;
    },
    failureOf: sqliteFailure,
    version(models) {
      try {
        // Of commits by other handles, and by this one: https://www.sqlite.org/pragma.html#pragma_data_version
        const { data_version: others } = prepare('PRAGMA data_version').get() as { data_version: number };
        return `${others} ${writtenByPrisma} ${models.map((model) => written.get(model) ?? 0)}`;
      } catch (error) {
        if (isBusyError(error)) return undefined;
        throw understandRead(error, sqliteFailure(error));
      }
    },
    async check() {
      checkFile();
      await readHere({ sql: 'SELECT 1', text: 'SELECT 1', values: [] }, {});
    },
    commit(writes) {
      return new Promise((resolve, reject) => {
        enqueue({
          rows: rowsOf(writes),
          apply() {
            writes.forEach(countWrite);
            return hot.applyAll(writes);
          },
          explain: (error) => understand(error, sqliteFailure(error)),
          settle: (outcome) => (typeof outcome === 'string' ? resolve(outcome) : reject(outcome.error)),
        });
      });
    },
    async close() {
      held = false;
      do flush();
      while (waiting.length > 0 && !held);
      await readers.close();
      second?.handle.close();
      handle.close();
    },
  };
}

/** The open transaction of a handle, as Prisma drives it. `ended` is called once, when it is over. */
function transactionOn({ handle, read, ...applier }: ReturnType<typeof openWriting>, ended: () => void): Transaction {
  let open = true;
  const end = async () => {
    if (!open) return;
    open = false;
    try {
      // A COMMIT that failed leaves it open.
      if (handle.isTransaction) handle.exec('ROLLBACK');
    } finally {
      ended();
    }
  };
  const refuseClosed = () => {
    if (!open) throw new Error('The transaction is closed.');
  };
  const connection: TransactionConnection = {
    dialect: sqliteDialect,
    async cells(statement, options = {}) {
      refuseClosed();
      try {
        countValues(statement.values, options.meter);
        return read(statement, options) as unknown[][];
      } catch (error) {
        throw understoodRead(error, options.meter);
      }
    },
    async commit(writes) {
      refuseClosed();
      applier.begin();
      const outcome = applier.apart(() => applier.applyAll(writes));
      if (typeof outcome !== 'string') throw outcome.error;
      applier.finish();
      return outcome;
    },
  };
  const { queryRaw, executeRaw } = adapterOn(handle, async (_kind, act) => act());
  return {
    ...SQLITE_ADAPTER,
    options: { usePhantomQuery: false },
    queryRaw: async (query) => handOver(query, connection) ?? queryRaw(query),
    executeRaw,
    // Prisma sends COMMIT or ROLLBACK as a statement before.
    commit: end,
    rollback: end,
    createSavepoint: async (name) => handle.exec(`SAVEPOINT ${name}`),
    rollbackToSavepoint: async (name) => handle.exec(`ROLLBACK TO ${name}`),
    releaseSavepoint: async (name) => handle.exec(`RELEASE ${name}`),
  };
}

/** Rows whose sizes are counted one by one, so that those beyond a limit are not even read. */
function countedRows(statement: SqliteStatement, values: readonly unknown[], meter: Meter): unknown[] {
  const rows: unknown[] = [];
  const iterator = statement.iterate(...values);
  let left = Math.max(meter.left, 0);
  for (let next = iterator.next(); !next.done; next = iterator.next()) {
    left -= bytesOfRow(next.value);
    if (left < 0) {
      iterator.return?.();
      countRows([...rows, next.value], meter);
    }
    rows.push(next.value);
  }
  countRows(rows, meter);
  return rows;
}

/** Rows as small as these are not worth counting. */
const UNCOUNTED_BYTES = 4_096;

function countRows(rows: readonly unknown[], meter: Meter): void {
  let bytes = 0;
  for (const row of rows) bytes += bytesOfRow(row);
  if (bytes > UNCOUNTED_BYTES) meter.read(bytes);
}

/** What a read failed of, in our words. */
function understoodRead(error: unknown, meter: Meter | undefined): unknown {
  if (!(error instanceof CellTooLarge) || !meter) return understandRead(error, sqliteFailure(error));
  try {
    return meter.refuse();
  } catch (refusal) {
    return refusal;
  }
}

/** About how many rows these write. */
function rowsOf(writes: readonly Write[]): number {
  let rows = 0;
  for (const write of writes) {
    if ('rows' in write) rows += write.rows.length;
    else if (write.kind === 'record') rows += write.changes.length;
    else rows += write.kind === 'updateAll' || write.kind === 'deleteAll' ? MANY_ROWS : 1;
  }
  return rows;
}

function isBusyError(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && isBusy(code);
}

function busyRetryDelay(): number {
  return BUSY_RETRY_MS + Math.random() * BUSY_RETRY_SPREAD_MS;
}

/** Runs `act`, again and again while another process has the file locked, for as long as that is worth waiting for. */
async function patiently<T>(act: () => T): Promise<T> {
  const since = performance.now();
  for (;;) {
    try {
      return act();
    } catch (error) {
      if (!isBusyError(error) || performance.now() - since > BUSY_PATIENCE_MS) throw error;
    }
    await sleep(busyRetryDelay());
  }
}

type Outcome = 'committed' | 'stale' | { error: unknown };

/** What waits to be committed with others: the writes of a commit, or a statement of Prisma's. */
interface Job {
  /** About how many rows it writes. */
  rows: number;
  /** Runs it within the open transaction. On `stale` or an error a part of it may be left. */
  apply(): Outcome;
  /** What an error of the transaction means to whoever waits for it. */
  explain(error: unknown): unknown;
  settle(outcome: Outcome): void;
}

function assignments(columns: readonly string[]): string {
  return columns.map((column) => `"${column}" = ?`).join(', ');
}

/**
 * `where` as terms, and the values of those that have one. An index of what is not empty serves `= ?`, which nothing empty
 * meets, and not `IS ?`.
 */
function equal(model: ModelName, where: Row): { terms: string[]; met: unknown[] } {
  const known = columnsOf(model);
  const terms: string[] = [];
  const met: unknown[] = [];
  const [columns, values] = encodeRow(model, where, sqliteDialect);
  for (const [index, column] of columns.entries()) {
    if (!known[column]) throw new Error(`${model} has no column ${column}`);
    const value = values[index];
    terms.push(value === null ? `"${column}" IS NULL` : `"${column}" = ?`);
    if (value !== null) met.push(value);
  }
  return { terms, met };
}
