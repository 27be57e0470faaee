/** The SQLite driver: Node's own, or better-sqlite3 where Node has none (20) or an early one (22.15 and before, 23). */
import { createRequire } from 'node:module';

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
  const handle = open(file, readOnly);
  handle.exec(`PRAGMA busy_timeout = ${timeout}`);
  return handle;
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
    return createRequire(import.meta.url)('better-sqlite3-node20');
  } catch (cause) {
    const why = `Node ${process.version} has no SQLite of its own, and better-sqlite3 could not be installed.`;
    throw new Error(`${why} Use Node 22.16, 24 or newer, or see what \`npm rebuild\` says.`, { cause });
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

/** SQLite's extended result code of a driver's error, and undefined of any other: https://www.sqlite.org/rescode.html */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode;
  if (!('code' in error) || !String(error.code).startsWith('SQLITE_')) return undefined;
  const name = String(error.code);
  return NAMED_CODES[name] ?? NAMED_CODES[name.split('_', 2).join('_')] ?? SQLITE_ERROR;
}

const SQLITE_ERROR = 1;
export const SQLITE_CONSTRAINT_UNIQUE = 2067;
export const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;
export const SQLITE_CONSTRAINT_FOREIGNKEY = 787;

const SQLITE_BUSY = 5;

/** The names better-sqlite3 tells instead of the codes; of most, their kinds alone. */
const NAMED_CODES: Readonly<Record<string, number>> = {
  SQLITE_CONSTRAINT_UNIQUE,
  SQLITE_CONSTRAINT_PRIMARYKEY,
  SQLITE_CONSTRAINT_FOREIGNKEY,
  SQLITE_BUSY,
  SQLITE_READONLY: 8,
  SQLITE_IOERR: 10,
  SQLITE_FULL: 13,
  SQLITE_CANTOPEN: 14,
};

/** Whether a file cannot be read or written at all: it is read-only, the disk fails or is full, or it cannot be opened. */
export function isOutOfReach(code: number): boolean {
  return [8, 10, 13, 14].includes(code & 0xff);
}

/** Whether another process's lock was in the way, in any of the ways SQLite tells it. */
export function isBusy(code: number): boolean {
  return (code & 0xff) === SQLITE_BUSY;
}
