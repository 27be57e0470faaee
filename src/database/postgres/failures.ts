/** What the errors of Postgres, and of its driver, are. */
import { connectionFailure, type Failure } from '../store/index.ts';

/** By its SQLSTATE. */
const FAILURES: Readonly<Record<string, Exclude<Failure['is'], 'duplicate'>>> = {
  '23503': 'reference',
  '40001': 'conflict', // serialization failure, on a standby too
  '40P01': 'conflict', // deadlock
  '22012': 'guard', // division by zero
  '2201F': 'entries', // square root of a negative number
  '57014': 'canceled', // by statement_timeout, or because somebody cancelled it
  '55P03': 'busy', // lock not available
};

/** See FailureOf. */
export function postgresFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code === '23505') return { is: 'duplicate', key: 'constraint' in error ? String(error.constraint) : '' };
  if (code === undefined) return failureIn(error.message);
  const is = FAILURES[code];
  if (is !== undefined) return { is };
  return REFUSED_STATES.test(code) ? { is: 'refused' } : connectionFailure(error);
}

function failureIn(message: string): Failure | undefined {
  if (REFUSED_MESSAGES.has(message)) return { is: 'refused' };
  return BROKEN_MESSAGES.has(message) ? { is: 'broken' } : undefined;
}

/**
 * What Postgres says when it is going down, coming up, or out of something: connection exceptions (08), a database that is
 * not there (3D) or does not know us (28), no more memory, disk or connections (53), shutdowns (57P), errors of its
 * system (58), and a standby that takes no writes. Whatever it was doing for us is undone.
 */
const REFUSED_STATES = /^(?:08|28|3D|53|57P|58)...?$|^25006$/;

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
