/** The only code that looks inside a driver's error. */
import { DomainError, Unavailable } from '../errors.ts';
import { CELL_BYTES_MAX, CellTooLarge } from './cell-size.ts';
import { ENTRIES_MAX, type ModelName } from './database.ts';
import { models } from './generated/models.ts';
import {
  isBusy,
  isUnusable,
  SQLITE_CONSTRAINT_FOREIGNKEY,
  SQLITE_CONSTRAINT_PRIMARYKEY,
  SQLITE_CONSTRAINT_UNIQUE,
  sqliteCode,
} from './sqlite-driver.ts';

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

/** What a driver's error means to us: a violation, `retry` when another writer was in the way, or the error as it is. */
export function understand(error: unknown): UniqueViolation | ForeignKeyViolation | 'retry' | 'guard' | unknown {
  if (error instanceof CellTooLarge) {
    const message = `A nested list would have more than ${CELL_BYTES_MAX.toLocaleString('en')} bytes. Ask for fewer records with \`first\`, or for fewer long fields at once.`;
    return new DomainError('TOO_COMPLEX', message);
  }
  if (!(error instanceof Error) || !('code' in error)) return error;
  const code = sqliteCode(error);
  if (code !== undefined) return understandSqlite(error, code);
  switch (error.code) {
    case '23505': {
      const key = uniqueKeys.get('constraint' in error ? String(error.constraint) : '');
      return key ? new UniqueViolation(key, error) : error;
    }
    case '23503':
      return pointsNowhere(error);
    case '57014': // query canceled, by statement_timeout
      return new DomainError('TOO_COMPLEX', 'The operation took too long; ask for less at once, or filter by an id.');
    case '40001': // serialization failure
    case '40P01': // deadlock
      return 'retry';
    case '22012': // division by zero: how a commit on Postgres fails when a guard does not hold (postgres.ts)
      return 'guard';
    case '2201F': // square root of a negative number: how one fails that makes too many entries in the feed
      return tooManyEntries();
    default:
      return error;
  }
}

function understandSqlite(error: Error, code: number): unknown {
  if (code === SQLITE_CONSTRAINT_UNIQUE || code === SQLITE_CONSTRAINT_PRIMARYKEY) {
    const key = uniqueKeys.get(error.message.replace(SQLITE_UNIQUE, ''));
    return key ? new UniqueViolation(key, error) : error;
  }
  if (code === SQLITE_CONSTRAINT_FOREIGNKEY) return pointsNowhere(error);
  if (isUnusable(code)) {
    return new Unavailable('The database cannot be read or written at the moment.', { cause: error });
  }
  // Another process kept the write lock for longer than sqlite.ts waits.
  if (isBusy(code)) return new DomainError('CONFLICT', 'The database is busy with another writer; try again.');
  return error;
}

/** What a commit fails with that makes more entries in the feed than fit. */
export function tooManyEntries(): DomainError {
  const most = ENTRIES_MAX.toLocaleString('en');
  return new DomainError(
    'TOO_COMPLEX',
    `The operation would change more than ${most} records at once, so nothing was changed. Move or delete some of them first.`,
  );
}

function pointsNowhere(cause: Error): ForeignKeyViolation {
  return new ForeignKeyViolation('A row is pointed at or points nowhere', { cause });
}
