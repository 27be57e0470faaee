/** What SQLite's errors are, as its driver tells them. */
import { connectionFailure, type Failure } from '../store/index.ts';
import {
  isBusy,
  isUnusable,
  SQLITE_CONSTRAINT_FOREIGNKEY,
  SQLITE_CONSTRAINT_PRIMARYKEY,
  SQLITE_CONSTRAINT_UNIQUE,
  sqliteCode,
} from './driver.ts';
import { ReadTimedOut } from './readers.ts';

const UNIQUE = 'UNIQUE constraint failed: ';

/** See FailureOf. */
export function sqliteFailure(error: unknown): Failure | undefined {
  if (error instanceof ReadTimedOut) return { is: 'canceled' };
  const code = sqliteCode(error);
  if (code === undefined) return connectionFailure(error);
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
      return { is: 'duplicate', key: error instanceof Error ? error.message.replace(UNIQUE, '') : '' };
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return { is: 'reference' };
  }
  if (isBusy(code)) return { is: 'busy' };
  return isUnusable(code) ? { is: 'refused' } : undefined;
}
