/**
 * The SQL that this process gives its database, as the drivers get it: below everything of the program, so that a
 * statement is seen whatever part of it sends one. Values are parameters and not seen.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import pg from 'pg';
import { provider } from './database.ts';

/** A method of a driver, to which a function of ours listens. */
type Method = (...args: unknown[]) => unknown;

let recorded: string[] | undefined;

/** The statements that are sent while `act` runs, in order. */
export async function statementsOf(act: () => Promise<unknown>): Promise<string[]> {
  listen();
  const statements: string[] = [];
  recorded = statements;
  try {
    await act();
  } finally {
    recorded = undefined;
  }
  return statements;
}

let listening = false;

function listen(): void {
  if (listening) return;
  listening = true;
  if (provider === 'postgres') {
    before(pg.Client.prototype, 'query', (_client, [query]) => textOf(query));
    return;
  }
  const statement = sqliteStatement();
  for (const method of ['all', 'get', 'iterate', 'run']) before(statement, method, textOfPrepared);
  // To threads that read what may take long.
  before(Worker.prototype, 'postMessage', (_worker, [message]) => textOf(message));
}

/** Records what `tell` answers of each call, before it is made. */
function before(driver: object, method: string, tell: (on: object, args: unknown[]) => string | undefined): void {
  const original = Reflect.get(driver, method) as Method;
  Reflect.set(driver, method, function (this: object, ...args: unknown[]) {
    const text = recorded && tell(this, args);
    if (text !== undefined) recorded?.push(text);
    return original.apply(this, args);
  });
}

/** Of a statement by itself, or of an object that holds it. */
function textOf(statement: unknown): string | undefined {
  if (typeof statement === 'string') return statement;
  const { text, sql } = Object(statement) as { text?: string; sql?: string };
  return text ?? sql;
}

/** By the names of better-sqlite3 and of Node's own driver. */
function textOfPrepared(statement: object): string | undefined {
  const { source, sourceSQL } = statement as { source?: string; sourceSQL?: string };
  return source ?? sourceSQL;
}

/** What prepared statements of the driver in use are made of (src/database/sqlite/driver.ts chooses alike). */
function sqliteStatement(): object {
  const own = process.getBuiltinModule?.('node:sqlite') as { StatementSync: { prototype: object } } | undefined;
  if (own && 'setReturnArrays' in own.StatementSync.prototype) return own.StatementSync.prototype;
  const Database = createRequire(import.meta.url)('better-sqlite3-node20');
  const database = new Database(':memory:');
  try {
    return Object.getPrototypeOf(database.prepare('SELECT 1'));
  } finally {
    database.close();
  }
}
