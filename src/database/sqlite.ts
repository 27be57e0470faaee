/**
 * Clientele on SQLite: one handle on which every statement is synchronous, so that a commit can meet no other writer of
 * this process; and threads for reads that may take long (sqlite-readers.ts).
 */
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '../errors.ts';
import { giveWay } from '../give-way.ts';
import { makeRoom } from '../make-room.ts';
import type { Meter } from '../meter.ts';
import { bytesOfRow, CELL_BYTES_MAX, CellTooLarge, countValues } from './cell-size.ts';
import { packed } from './change-values.ts';
import { ByColumns, columnsOf, encode, encodeRow } from './columns.ts';
import {
  type ChangeEntry,
  type Database,
  ENTRIES_MAX,
  type ModelName,
  type ReadOptions,
  type Row,
  type UpdateAll,
  type Write,
} from './database.ts';
import { models } from './generated/models.ts';
import type { PrismaClient } from './generated/sqlite/client.ts';
import { quoted, type Statement } from './sql.ts';
import { isBusy, openHandle, type SqliteHandle, type SqliteStatement, sqliteCode } from './sqlite-driver.ts';
import { openReaders } from './sqlite-readers.ts';
import { countCells } from './sqlite-room.ts';
import { tooManyEntries, understand, understanding, understandRead } from './violations.ts';

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

/** Opens the database in the file that `url` (`file:…`) names. It must be migrated. */
export function openSqlite(url: string): Database {
  const file = url.replace(/^file:/, '');
  const handle = openHandle(file, { timeout: OPEN_TIMEOUT_MS });
  handle.exec('PRAGMA journal_mode = WAL');
  // FULL: what was acknowledged is on the disk, also when the power fails, as it is on Postgres.
  handle.exec('PRAGMA synchronous = FULL');
  handle.exec('PRAGMA foreign_keys = ON');
  handle.exec('PRAGMA cache_size = -32000');
  // Four times the usual: a page that many commits write to is copied from the log to the file less often.
  handle.exec('PRAGMA wal_autocheckpoint = 4000');
  // SQLite's own waiting would keep the whole process waiting: `patiently` and `flush` try again instead.
  handle.exec('PRAGMA busy_timeout = 0');
  const countAnew = countCells(handle);
  const readers = openReaders(file);
  const opened = statSync(file);
  let prisma: Promise<PrismaClient> | undefined;
  /** How often rows of a model may have been written by the handle, and how often any by Prisma. */
  const written = new Map<ModelName, number>();
  let writtenByPrisma = 0;

  const prepared = new Map<string, SqliteStatement>();
  function prepare(text: string): SqliteStatement {
    const known = prepared.get(text);
    if (known) return known;
    const statement = handle.prepare(text);
    makeRoom(prepared, PREPARED_MAX);
    prepared.set(text, statement);
    return statement;
  }

  const texts = new ByColumns<string>();

  /** Runs one write. False when a guard did not hold. */
  function apply(write: Write): boolean {
    switch (write.kind) {
      case 'insert':
        for (const row of write.rows) insert(write.model, row);
        return true;
      case 'update':
        return update(write.model, write.where, write.set) === 1;
      case 'delete':
        return remove(write.model, write.where) === 1;
      case 'deleteAll':
        if (write.most === undefined) remove(write.model, write.where);
        else removeSome(write.model, write.where, write.most);
        return true;
      case 'record':
        record(write.changes);
        return true;
      case 'updateAll':
        updateAll(write);
        return true;
      case 'require':
        return count(write.model, write.where) === 1;
      case 'lock':
        // Commits go one at a time.
        return true;
    }
  }

  function insert(model: ModelName, row: Row): void {
    const [columns, values] = encodeRow(model, row, 'sqlite');
    const text = texts.of(`INSERT ${model}`, columns, () => {
      const marks = columns.map(() => '?').join(', ');
      return `INSERT INTO "${model}" (${quoted(columns)}) VALUES (${marks})`;
    });
    prepare(text).run(...values);
  }

  function update(model: ModelName, where: Row, set: Row): number {
    const [columns, values] = encodeRow(model, set, 'sqlite');
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
    for (const change of changes) insert('Change', { ...packed(change), sequence: ++last });
    sequence = last;
  }

  function updateAll({ model, where, except, set, told, change }: UpdateAll): void {
    const others = except === undefined ? '' : ' AND "id" <> ?';
    const other = except === undefined ? [] : [encode(model, 'id', except, 'sqlite')];
    if (change) {
      const { terms, met } = equal(model, { ...where, ...told });
      // With a plus no index is walked in the order of ids.
      const found = prepare(`SELECT "id" FROM "${model}" WHERE ${terms.join(' AND ')}${others} ORDER BY +"id" LIMIT ?`);
      const rows = found.all(...met, ...other, ENTRIES_MAX + 1) as { id: number }[];
      record(rows.map(({ id }) => ({ ...change, entityId: id })));
    }
    const [columns, values] = encodeRow(model, set, 'sqlite');
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
      return { error: understand(error) };
    }
  }

  /** The same with nothing left of them on `stale` or an error. */
  function applyApart(writes: readonly Write[]): Outcome {
    const before = sequence;
    prepare('SAVEPOINT "commit"').run();
    const outcome = applyAll(writes);
    if (outcome !== 'committed') {
      prepare('ROLLBACK TO "commit"').run();
      sequence = before;
    }
    prepare('RELEASE "commit"').run();
    return outcome;
  }

  /**
   * Runs commits in one transaction: what takes long is to wait for the disk, and that is then done once for all. When it
   * throws, nothing of them is committed.
   */
  function transact(commits: readonly Commit[]): Outcome[] {
    for (const { writes } of commits) writes.forEach(countWrite);
    // Mostly all of them succeed, which costs least to find out: in a savepoint SQLite copies every page it writes to.
    return together(commits) ?? apart(commits);
  }

  function countWrite(write: Write): void {
    if (write.kind !== 'record') written.set(write.model, (written.get(write.model) ?? 0) + 1);
  }

  /** Undefined, and nothing is committed, where not all of them succeed. */
  function together(commits: readonly Commit[]): Outcome[] | undefined {
    return inTransaction(() =>
      commits.every(({ writes }) => applyAll(writes) === 'committed') ? commits.map(() => 'committed') : undefined,
    );
  }

  function apart(commits: readonly Commit[]): Outcome[] {
    return inTransaction(() => commits.map(({ writes }) => applyApart(writes)));
  }

  /** Commits what `act` does, unless it throws or returns undefined. */
  function inTransaction<T extends Outcome[] | undefined>(act: () => T): T {
    // IMMEDIATE: the write lock first. A deferred transaction that has read cannot wait for another process's writer.
    prepare('BEGIN IMMEDIATE').run();
    sequence = undefined;
    try {
      const outcomes = act();
      if (outcomes) {
        if (sequence !== undefined) prepare('UPDATE "ChangeClock" SET "value" = ?').run(sequence);
        prepare('COMMIT').run();
      }
      return outcomes;
    } finally {
      if (handle.isTransaction) prepare('ROLLBACK').run();
    }
  }

  let waiting: Commit[] = [];
  let waitingSince = 0;
  /** Whether commits wait for another process, and are tried again by a timer. */
  let blocked = false;

  /** Commits what arrived while the event loop was at other things: as much as one turn has room for. */
  function flush(): void {
    if (blocked) return;
    let rows = 0;
    let count = 0;
    for (; count < waiting.length && rows < TOGETHER_ROWS; count++) rows += rowsOf(waiting[count]?.writes ?? []);
    run(waiting.splice(0, count));
    if (waiting.length === 0 || blocked) return;
    waitingSince = performance.now();
    setImmediate(flush);
  }

  function run(commits: readonly Commit[]): void {
    if (commits.length === 0) return;
    let outcomes: readonly Outcome[];
    try {
      checkFile();
      outcomes = transact(commits);
    } catch (error) {
      const busy = isBusyError(error);
      if (busy && performance.now() - waitingSince < BUSY_PATIENCE_MS) {
        postpone(commits);
        return;
      }
      if (commits.length > 1 && !busy) {
        // One of them points at nothing, which is found at the end: each on its own, only that one fails.
        for (const commit of commits) {
          if (blocked) waiting.push(commit);
          else run([commit]);
        }
        return;
      }
      outcomes = commits.map(() => ({ error: understand(error) }));
    }
    for (const [index, { settle }] of commits.entries())
      settle(outcomes[index] ?? { error: new Error('A commit was lost') });
  }

  /** Has commits tried again, before those that have come since, while another process has the file locked. */
  function postpone(commits: readonly Commit[]): void {
    waiting = [...commits, ...waiting];
    blocked = true;
    setTimeout(() => {
      blocked = false;
      flush();
    }, busyRetryDelay());
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
        return readNow(statement, options);
      } catch (error) {
        if (!isBusyError(error)) throw error;
      }
      return await patiently(() => readNow(statement, options));
    } catch (error) {
      throw understoodRead(error, meter);
    }
  }

  function readNow({ sql, values }: Statement, { rows = 0, meter }: ReadOptions): unknown[] {
    const statement = prepare(sql);
    statement.setReturnArrays(true);
    countAnew(meter?.left ?? CELL_BYTES_MAX);
    if (!meter) return statement.all(...values);
    if (rows > COUNTED_ROWS) return countedRows(statement, values, meter);
    const found = statement.all(...values);
    countRows(found, meter);
    return found;
  }

  async function readElsewhere(
    { sql, values }: Statement,
    asArrays: boolean,
    { meter }: ReadOptions = {},
  ): Promise<unknown[]> {
    try {
      countValues(values, meter);
      letCommitsThrough();
      return await readers.run({ sql, values, asArrays, meter });
    } catch (error) {
      throw understoodRead(error, meter);
    }
  }

  return {
    provider: 'sqlite',
    identity: handle,
    prisma() {
      prisma ??= openPrisma(handle, async (act) => {
        checkFile();
        writtenByPrisma++;
        return patiently(act);
      });
      return prisma;
    },
    async query<T>(statement: Statement) {
      return readElsewhere(statement, false) as Promise<T[]>;
    },
    cells(statement, options = {}) {
      const long = options.long || (options.within ?? 0) > LONG_ROWS;
      const read = long ? readElsewhere(statement, true, options) : readHere(statement, options);
      return read as Promise<unknown[][]>;
    },
    version(models) {
      try {
        // Of commits by other handles, and by this one: https://www.sqlite.org/pragma.html#pragma_data_version
        const { data_version: others } = prepare('PRAGMA data_version').get() as { data_version: number };
        return `${others} ${writtenByPrisma} ${models.map((model) => written.get(model) ?? 0)}`;
      } catch (error) {
        if (isBusyError(error)) return undefined;
        throw understandRead(error);
      }
    },
    async check() {
      checkFile();
      await readHere({ sql: 'SELECT 1', text: 'SELECT 1', values: [] }, {});
    },
    commit(writes) {
      return new Promise((resolve, reject) => {
        const settle = (outcome: Outcome) => (typeof outcome === 'string' ? resolve(outcome) : reject(outcome.error));
        if (waiting.push({ writes, settle }) > 1) return;
        waitingSince = performance.now();
        setImmediate(flush);
      });
    },
    async close() {
      blocked = false;
      do flush();
      while (waiting.length > 0 && !blocked);
      await readers.close();
      await (await prisma)?.$disconnect();
      handle.close();
    },
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
  if (!(error instanceof CellTooLarge) || !meter) return understandRead(error);
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
    if (write.kind === 'insert') rows += write.rows.length;
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

/** Loaded when it is needed, which is rare: it takes more memory than all else together. */
async function openPrisma(handle: SqliteHandle, attempt: typeof patiently): Promise<PrismaClient> {
  const [{ PrismaClient }, { adapterOn, SQLITE_ADAPTER }] = await Promise.all([
    import('./generated/sqlite/client.ts'),
    import('./sqlite-adapter.ts'),
  ]);
  const adapter = { ...SQLITE_ADAPTER, connect: async () => adapterOn(handle, attempt) };
  return understanding(new PrismaClient({ adapter }));
}

type Outcome = 'committed' | 'stale' | { error: unknown };

/** A commit that waits for its turn. */
interface Commit {
  writes: readonly Write[];
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
  const [columns, values] = encodeRow(model, where, 'sqlite');
  for (const [index, column] of columns.entries()) {
    if (!known[column]) throw new Error(`${model} has no column ${column}`);
    const value = values[index];
    terms.push(value === null ? `"${column}" IS NULL` : `"${column}" = ?`);
    if (value !== null) met.push(value);
  }
  return { terms, met };
}
