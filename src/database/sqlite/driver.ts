/** The SQLite driver: Node's own, or better-sqlite3 where Node has none (20) or an early one (22.15 and before, 23). */
import { accessSync, constants, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** As much of a prepared statement as is used here. */
export interface SqliteStatement {
  all(...values: readonly unknown[]): unknown[];
  iterate(...values: readonly unknown[]): Iterator<unknown>;
  get(...values: readonly unknown[]): unknown;
  run(...values: readonly unknown[]): { changes: number };
  /** Of the rows it answers; none when it answers none. */
  columns(): { name: string; type: string | null }[];
  setReturnArrays(enabled: boolean): void;
}

/** An open database. Everything it does is done when the call returns. */
export interface SqliteHandle {
  prepare(text: string): SqliteStatement;
  exec(script: string): void;
  /** Defines a function that statements may call. */
  function(name: string, run: (...values: number[]) => number): void;
  readonly isTransaction: boolean;
  close(): void;
}

type Open = (file: string, readOnly: boolean) => SqliteHandle;

let open: Open | undefined;

/** Opens a database file, and makes it when it is not there. A `timeout` is how long to wait for other processes' locks. */
export function openHandle(file: string, { readOnly = false, timeout = 5_000 } = {}): SqliteHandle {
  open ??= nodesOwn() ?? betterSqlite3();
  // better-sqlite3 has an error of its own for this one.
  if (refusalOf(dirname(file)) === 'ENOENT') throw new Error(obstacleTo(file));
  try {
    const handle = open(file, readOnly);
    handle.exec(`PRAGMA busy_timeout = ${timeout}`);
    return naming(file, handle);
  } catch (error) {
    throw nameFile(error, file);
  }
}

function nodesOwn(): Open | undefined {
  const { emitWarning } = process;
  // Node 22 warns that its driver is experimental, which is for us to know and not for operators.
  process.emitWarning = () => {};
  try {
    const driver = process.getBuiltinModule?.('node:sqlite') as NodeSqlite | undefined;
    if (!driver || !('setReturnArrays' in driver.StatementSync.prototype)) return undefined;
    return (file, readOnly) => new driver.DatabaseSync(file, { readOnly });
  } finally {
    process.emitWarning = emitWarning;
  }
}

interface NodeSqlite {
  DatabaseSync: new (file: string, options: { readOnly: boolean }) => SqliteHandle;
  StatementSync: { prototype: SqliteStatement };
}

/** In the words of Node's driver. It is a dependency of the folder node20, which npm leaves out where it is not needed. */
function betterSqlite3(): Open {
  const BetterSqlite3 = loadBetterSqlite3();
  return (file, readOnly) => {
    const database = new BetterSqlite3(file, { readonly: readOnly });
    return {
      prepare(text) {
        const statement = database.prepare(text);
        return {
          all(...values) {
            if (statement.reader) return statement.all(...values);
            statement.run(...values);
            return [];
          },
          iterate: (...values) => statement.iterate(...values),
          get: (...values) => statement.get(...values),
          run: (...values) => statement.run(...values),
          columns: () => (statement.reader ? statement.columns() : []),
          setReturnArrays(enabled) {
            if (statement.reader) statement.raw(enabled);
          },
        };
      },
      exec: (script) => database.exec(script),
      function: (name, run) => database.function(name, run),
      get isTransaction() {
        return database.inTransaction;
      },
      close: () => database.close(),
    };
  };
}

function loadBetterSqlite3(): BetterSqlite3 {
  try {
    const driver: BetterSqlite3 = createRequire(import.meta.url)('better-sqlite3-node20');
    // Its native part is loaded with the first database, and may be missing or made for another Node.
    new driver(':memory:', { readonly: false }).close();
    return driver;
  } catch (cause) {
    const [reason] = cause instanceof Error ? cause.message.split('\n') : [String(cause)];
    throw new Error(
      `Node ${process.version} has no SQLite of its own, and better-sqlite3 could not be installed or loaded (${reason}). ` +
        'Use Node 22.16, 24 or newer, or see what `npm rebuild` says.',
      { cause },
    );
  }
}

interface BetterSqlite3 {
  new (
    file: string,
    options: { readonly: boolean },
  ): {
    prepare(text: string): Omit<SqliteStatement, 'setReturnArrays'> & { reader: boolean; raw(enabled: boolean): void };
    exec(script: string): void;
    function(name: string, run: (...values: number[]) => number): void;
    inTransaction: boolean;
    close(): void;
  };
}

/** The same handle, whose errors about the file itself say which file it is and what stands in the way. */
function naming(file: string, handle: SqliteHandle): SqliteHandle {
  const named = <T>(act: () => T) => withFileNamed(file, act);
  return {
    prepare: (text) =>
      namingStatement(
        file,
        named(() => handle.prepare(text)),
      ),
    exec: (script) => named(() => handle.exec(script)),
    function: (name, run) => handle.function(name, run),
    get isTransaction() {
      return handle.isTransaction;
    },
    close: () => handle.close(),
  };
}

function namingStatement(file: string, statement: SqliteStatement): SqliteStatement {
  const named = <T>(act: () => T) => withFileNamed(file, act);
  return {
    // What nearly every request calls: without a function made for it.
    all(...values) {
      try {
        return statement.all(...values);
      } catch (error) {
        throw nameFile(error, file);
      }
    },
    iterate(...values) {
      const rows = named(() => statement.iterate(...values));
      return {
        next: () => named(() => rows.next()),
        return: () => rows.return?.() ?? { done: true, value: undefined },
      };
    },
    get: (...values) => named(() => statement.get(...values)),
    run: (...values) => named(() => statement.run(...values)),
    columns: () => statement.columns(),
    setReturnArrays: (enabled) => statement.setReturnArrays(enabled),
  };
}

function withFileNamed<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw nameFile(error, file);
  }
}

/** The same error, with its code. What SQLite says of a file, such as "disk I/O error", names neither file nor reason. */
function nameFile(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  if (!(error instanceof Error) || code === undefined) return error;
  const trouble = code === SQLITE_READONLY_DBMOVED ? MOVED : FILE_TROUBLES[code & 0xff];
  if (trouble === undefined) return error;
  const path = resolve(file);
  const why = refusalOf(path) === 'ENOENT' ? GONE : refusesFiles(dirname(path)) ? READ_ONLY : trouble;
  const detail = 'errcode' in error ? error.errcode : 'code' in error ? error.code : code;
  error.message = `${obstacleTo(file) ?? `The database file ${path} ${why}.`} (SQLite: ${error.message}, ${detail})`;
  return error;
}

/** What keeps this user from writing to a database in `file`, and what to do. Undefined when nothing seems to. */
export function obstacleTo(file: string): string | undefined {
  const path = resolve(file);
  const folder = dirname(path);
  let existing = folder;
  while (refusalOf(existing) === 'ENOENT') existing = dirname(existing);
  for (const each of [existing, path, `${path}-wal`, `${path}-shm`]) {
    const why = refusalOf(each);
    if (why === undefined || why === 'ENOENT') continue;
    if (why === 'EROFS') return `The database file ${path} ${READ_ONLY}.`;
    return `This user may not write to ${each} (${why}). The database file, the files beside it (-wal, -shm) and their folder must be writable.`;
  }
  if (existing !== folder) return `The folder ${folder} of the database file does not exist.`;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return `${path} is a folder, not a database file.`;
  return undefined;
}

/** Whether the file system has turned read-only by itself, as after a failure of the disk: it refuses only what is tried. */
function refusesFiles(folder: string): boolean {
  try {
    rmdirSync(mkdtempSync(join(folder, '.clientele-')));
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EROFS';
  }
}

/** The code with which the system refuses to write to a file or folder. */
function refusalOf(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

/** SQLite's extended result code of a driver's error, and undefined of any other: https://www.sqlite.org/rescode.html */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode;
  const [name, family] = /^(SQLITE_[A-Z]+).*/.exec('code' in error ? String(error.code) : '') ?? [];
  if (name === undefined || family === undefined) return undefined;
  return NAMED_CODES[name] ?? NAMED_CODES[family] ?? SQLITE_ERROR;
}

const SQLITE_ERROR = 1;
const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_READONLY_DBMOVED = 1032;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;
export const SQLITE_CONSTRAINT_UNIQUE = 2067;
export const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;
export const SQLITE_CONSTRAINT_FOREIGNKEY = 787;
export const SQLITE_CONSTRAINT_NOTNULL = 1299;

/** The names better-sqlite3 tells instead of the codes; the first two words of one stand for all that begin with them. */
const NAMED_CODES: Readonly<Record<string, number>> = {
  SQLITE_BUSY,
  SQLITE_READONLY,
  SQLITE_READONLY_DBMOVED,
  SQLITE_IOERR,
  SQLITE_CORRUPT,
  SQLITE_FULL,
  SQLITE_CANTOPEN,
  SQLITE_NOTADB,
  SQLITE_CONSTRAINT_UNIQUE,
  SQLITE_CONSTRAINT_PRIMARYKEY,
  SQLITE_CONSTRAINT_FOREIGNKEY,
  SQLITE_CONSTRAINT_NOTNULL,
};

const GONE = 'does not exist';
const READ_ONLY = 'is on a read-only file system. Make that writable, or set DATABASE_URL to a file elsewhere';
const MOVED = 'was moved or deleted while it was open. Put it back and restart';

/** What is wrong with a file whose permissions are in order. */
const FILE_TROUBLES: Readonly<Record<number, string>> = {
  [SQLITE_READONLY]: 'cannot be written',
  [SQLITE_IOERR]: 'cannot be read or written: the disk or the file system reports an error',
  [SQLITE_CORRUPT]: 'is damaged. Restore a backup',
  [SQLITE_FULL]: 'cannot grow: the disk is full',
  [SQLITE_CANTOPEN]: 'cannot be opened',
  [SQLITE_NOTADB]: 'is not an SQLite database',
};

/** Whether another process's lock was in the way, in any of the ways SQLite tells it. */
export function isBusy(code: number): boolean {
  return (code & 0xff) === SQLITE_BUSY;
}

/** Whether the file cannot be used for now: it, or the disk it is on, is at fault, and not what was asked of it. */
export function isUnusable(code: number): boolean {
  return [SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN].includes(code & 0xff);
}
