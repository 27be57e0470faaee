/** What can be wrong with a database, or with what it was asked. */

/**
 * What an error is. `reference`: a row points at one that is not there. `conflict`: another writer was in the way.
 * `guard`: a guarded row was not as expected. `entries`: a commit makes more of them in the feed than fit. `canceled`: the
 * statement took too long. `busy`: another program's lock. `refused`: the statement was not run, or was undone. `broken`:
 * the connection broke, and whether the statement was run is not known.
 */
export type Failure =
  /** `key`: the unique key that was violated, as the database names it. */
  | { is: 'duplicate'; key: string }
  | { is: 'reference' | 'conflict' | 'guard' | 'entries' | 'canceled' | 'busy' | 'refused' | 'broken' };

/** Tells what an error of a database is; undefined of one that says nothing of the database. A store has one. */
export type FailureOf = (error: unknown) => Failure | undefined;

/** What an error says of the way to a database, in the codes of Node and Prisma. */
export function connectionFailure(error: unknown): Failure | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') return undefined;
  if (REFUSED_CODES.has(code)) return { is: 'refused' };
  return BROKEN_CODES.has(code) ? { is: 'broken' } : undefined;
}

/** No connection came about. */
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
