/** What the errors of a database mean to its callers, whichever database it is. */
import { CELL_BYTES_MAX, CellTooLarge } from '../../base/cell-size.ts';
import { DomainError, Unavailable } from '../../base/errors.ts';
import { models } from '../generated/models.ts';
import type { ModelName } from '../sql/index.ts';
import { ENTRIES_MAX } from './adapter.ts';
import type { Failure } from './failures.ts';

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

/**
 * What a commit's error means to us: a violation, `retry` when another writer was in the way, `guard` when a guard did not
 * hold, Unavailable, a timeout, or the error as it is.
 */
export function understand(
  error: unknown,
  failure: Failure | undefined,
): UniqueViolation | ForeignKeyViolation | 'retry' | 'guard' | unknown {
  switch (failure?.is) {
    case 'duplicate': {
      const key = uniqueKeys.get(failure.key);
      return key ? new UniqueViolation(key, error) : error;
    }
    case 'reference':
      return new ForeignKeyViolation('A row is pointed at or points nowhere', { cause: error });
    case 'conflict':
      return 'retry';
    case 'guard':
      return 'guard';
    case 'entries':
      return tooManyEntries();
    case 'canceled':
      return new DomainError('TIMEOUT', 'The write took too long and was ended. Nothing was written; send it again.');
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
export function understandRead(error: unknown, failure: Failure | undefined): unknown {
  if (error instanceof CellTooLarge) {
    const message = `A nested list would have more than ${CELL_BYTES_MAX.toLocaleString('en')} bytes. Ask for fewer records with \`first\`, or for fewer long fields at once.`;
    return new DomainError('TOO_COMPLEX', message);
  }
  switch (failure?.is) {
    case 'canceled':
      return new DomainError(
        'TIMEOUT',
        'The read took too long and was ended; ask for less at once, or filter by an id.',
      );
    case 'conflict':
      return new Unavailable('The database is busy; retry later.', { cause: error });
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
