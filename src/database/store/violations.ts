/** The only code that looks inside a driver's error. */

import { CELL_BYTES_MAX, CellTooLarge } from '../../base/cell-size.ts';
import { DomainError, Unavailable } from '../../base/errors.ts';
import { models } from '../generated/models.ts';
import { ENTRIES_MAX, type ModelName } from '../sql/connection.ts';
import {
  isBusy,
  isUnusable,
  SQLITE_CONSTRAINT_FOREIGNKEY,
  SQLITE_CONSTRAINT_PRIMARYKEY,
  SQLITE_CONSTRAINT_UNIQUE,
  sqliteCode,
} from '../sqlite/driver.ts';

/** A value that must be unique in `columns` of `model` is there already. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';
  readonly model: ModelName;
  readonly columns: readonly string[];

  constructor(key: UniqueKey, cause: unknown) {
    super(`${key.model} (${key.columns.join(', ')}) must be unique`, { cause });
    this.model = key.model;
    this.columns = key.columns;
  }

  /** Whether it is this key that was violated. */
  on(model: ModelName, ...columns: string[]): boolean {
    return this.model === model && this.columns.join() === columns.join();
  }
}

/** A row points at one that is not there, or is pointed at by one that is. SQLite does not say which, so neither do we. */
export class ForeignKeyViolation extends Error {
  override readonly name = 'ForeignKeyViolation';
}

interface UniqueKey {
  model: ModelName;
  columns: readonly string[];
}

/** Every unique key under the names the two databases give it in their errors. */
const uniqueKeys = new Map<string, UniqueKey>();
for (const [model, facts] of Object.entries(models) as [ModelName, (typeof models)[ModelName]][]) {
  const uniques: readonly (readonly string[])[] = facts.uniques;
  for (const columns of [facts.primaryKey, ...uniques]) {
    const primary = columns === facts.primaryKey;
    // Prisma's naming of constraints; Postgres cuts names at 63 bytes.
    uniqueKeys.set((primary ? `${model}_pkey` : `${model}_${columns.join('_')}_key`).slice(0, 63), { model, columns });
    uniqueKeys.set(columns.map((column) => `${model}.${column}`).join(', '), { model, columns });
  }
}

const SQLITE_UNIQUE = 'UNIQUE constraint failed: ';

/**
 * What a commit's error means to us: a violation, `retry` when another writer was in the way, `guard` when a guard did not
 * hold (postgres.ts), Unavailable, a timeout, or the error as it is.
 */
export function understand(error: unknown): UniqueViolation | ForeignKeyViolation | 'retry' | 'guard' | unknown {
  const code = codeOf(error);
  switch (code) {
    case '23505': {
      const key = uniqueKeys.get(error instanceof Error && 'constraint' in error ? String(error.constraint) : '');
      return key ? new UniqueViolation(key, error) : error;
    }
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY: {
      const key = uniqueKeys.get(error instanceof Error ? error.message.replace(SQLITE_UNIQUE, '') : '');
      return key ? new UniqueViolation(key, error) : error;
    }
    case '23503':
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return new ForeignKeyViolation('A row is pointed at or points nowhere', { cause: error });
    case '40001': // serialization failure
    case '40P01': // deadlock
      return 'retry';
    case '22012': // division by zero
      return 'guard';
    case '2201F': // square root of a negative number: how one fails that makes too many entries in the feed
      return tooManyEntries();
    case QUERY_CANCELED:
      return new DomainError('TIMEOUT', 'The write took too long and was ended. Nothing was written; send it again.');
  }
  switch (troubleOf(error)) {
    case 'busy':
      return new Unavailable('Another program has locked the data. Nothing was written; retry later.', {
        cause: error,
      });
    case 'refused':
      return new Unavailable('The database cannot be used at the moment. Nothing was written; retry later.', {
        cause: error,
      });
    case 'broken':
      return new Unavailable(
        'The connection to the database broke while it was writing. The change may or may not have been written. Upserts can simply be sent again; before other writes, look.',
        { cause: error },
      );
    default:
      return error;
  }
}

/** What a read's error means to us: TOO_COMPLEX, a timeout, Unavailable, or the error as it is. */
export function understandRead(error: unknown): unknown {
  if (error instanceof CellTooLarge) {
    const message = `A nested list would have more than ${CELL_BYTES_MAX.toLocaleString('en')} bytes. Ask for fewer records with \`first\`, or for fewer long fields at once.`;
    return new DomainError('TOO_COMPLEX', message);
  }
  switch (codeOf(error)) {
    case QUERY_CANCELED:
      return new DomainError(
        'TIMEOUT',
        'The read took too long and was ended; ask for less at once, or filter by an id.',
      );
    case '40001': // serialization failure, as on a standby
    case '40P01': // deadlock
      return new Unavailable('The database is busy; retry later.', { cause: error });
  }
  switch (troubleOf(error)) {
    case 'busy':
      return new Unavailable('Another program has locked the data; retry later.', { cause: error });
    case 'refused':
    case 'broken':
      return new Unavailable('The database cannot be used at the moment; retry later.', { cause: error });
    default:
      return error;
  }
}

/** What a commit fails with that makes more entries in the feed than fit. */
export function tooManyEntries(): DomainError {
  const most = ENTRIES_MAX.toLocaleString('en');
  return new DomainError(
    'TOO_COMPLEX',
    `The operation would change more than ${most} records at once, so nothing was changed. Move or delete some of them first.`,
  );
}

/** SQLite's extended result code, a SQLSTATE of Postgres, or a name that Node, pg or Prisma give an error. */
function codeOf(error: unknown): number | string | undefined {
  const sqlite = sqliteCode(error);
  if (sqlite !== undefined) return sqlite;
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** By statement_timeout, or because somebody cancelled it. */
const QUERY_CANCELED = '57014';

/**
 * What keeps the database from its work. `busy`: another program's lock. `refused`: the statement was not run, or was
 * undone. `broken`: the connection broke, and whether the statement was run is not known.
 */
function troubleOf(error: unknown): 'busy' | 'refused' | 'broken' | undefined {
  const code = codeOf(error);
  if (typeof code === 'number') {
    if (isBusy(code)) return 'busy';
    return isUnusable(code) ? 'refused' : undefined;
  }
  if (code !== undefined) {
    if (code === LOCK_NOT_AVAILABLE) return 'busy';
    if (REFUSED_STATES.test(code) || REFUSED_CODES.has(code)) return 'refused';
    return BROKEN_CODES.has(code) ? 'broken' : undefined;
  }
  if (!(error instanceof Error)) return undefined;
  if (REFUSED_MESSAGES.has(error.message)) return 'refused';
  return BROKEN_MESSAGES.has(error.message) ? 'broken' : undefined;
}

const LOCK_NOT_AVAILABLE = '55P03';

/**
 * What Postgres says when it is going down, coming up, or out of something: connection exceptions (08), a database that is
 * not there (3D) or does not know us (28), no more memory, disk or connections (53), shutdowns (57P), errors of its
 * system (58), and a standby that takes no writes. Whatever it was doing for us is undone.
 */
const REFUSED_STATES = /^(?:08|28|3D|53|57P|58)...?$|^25006$/;

/** No connection came about; of Node, and of Prisma. */
const REFUSED_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'P1000',
  'P1001',
  'P1002',
  'P1003',
  'P1010',
  'P1011',
  'P2024',
  'P2037',
]);

const BROKEN_CODES = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'P1008',
  'P1017',
]);

/** What pg says in words alone. */
const REFUSED_MESSAGES = new Set([
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool',
]);

/** Why a connection was cut that owes an answer and has been silent for too long (pipeline.ts). */
export const SILENT = 'The database does not answer.';

const BROKEN_MESSAGES = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Query read timeout',
  SILENT,
]);
