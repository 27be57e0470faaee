/** What drivers' errors mean: which of them say that the database is away, and whether a write may have happened. */
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { DomainError, Unavailable } from '../src/base/errors.ts';
import { postgresFailure } from '../src/database/postgres/failures.ts';
import { sqliteFailure } from '../src/database/sqlite/failures.ts';
import { understand, understandRead } from '../src/database/store/violations.ts';

/** An error as a driver makes it. */
const failure = (code: string | number | undefined, message = 'It failed.'): Error => {
  if (typeof code === 'number') return Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode: code });
  if (code === undefined) return new Error(message);
  if (!/^[0-9][0-9A-Z]{4}$|^[0-9A-Z]{5}$/.test(code) || code.startsWith('P'))
    return Object.assign(new Error(message), { code });
  return Object.assign(new pg.DatabaseError(message, message.length, 'error'), { code });
};

const failureOf = (error: Error) => sqliteFailure(error) ?? postgresFailure(error);
/** What an error means to who writes, and to who reads. */
const inWrite = (error: Error) => understand(error, failureOf(error));
const inRead = (error: Error) => understandRead(error, failureOf(error));

const NOT_WRITTEN = 'Nothing was written';
const UNKNOWN = 'may or may not have been written';

describe('an error that says that the database is away', () => {
  test.each<[string, string | number | undefined, string, string?]>([
    ['refuses connections', 'ECONNREFUSED', NOT_WRITTEN],
    ['has no address', 'ENOTFOUND', NOT_WRITTEN],
    ['has no address for now', 'EAI_AGAIN', NOT_WRITTEN],
    ['starts or shuts down', '57P03', NOT_WRITTEN],
    ['ends sessions', '57P01', NOT_WRITTEN],
    ['crashed', '57P02', NOT_WRITTEN],
    ['has too many connections', '53300', NOT_WRITTEN],
    ['has a full disk', '53100', NOT_WRITTEN],
    ['has no such database', '3D000', NOT_WRITTEN],
    ['refuses the password', '28P01', NOT_WRITTEN],
    ['is a standby', '25006', NOT_WRITTEN],
    ['has the row locked', '55P03', NOT_WRITTEN],
    ['has no connection to spare', undefined, NOT_WRITTEN, 'timeout exceeded when trying to connect'],
    ['takes too long to connect', undefined, NOT_WRITTEN, 'timeout expired'],
    ['was lost before', undefined, NOT_WRITTEN, 'Client has encountered a connection error and is not queryable'],
    ['resets the connection', 'ECONNRESET', UNKNOWN],
    ['closed the connection', 'EPIPE', UNKNOWN],
    ['is not heard of', 'ETIMEDOUT', UNKNOWN],
    ['is out of reach', 'EHOSTUNREACH', UNKNOWN],
    ['ended the connection', undefined, UNKNOWN, 'Connection terminated unexpectedly'],
    ['does not answer pg', undefined, UNKNOWN, 'Query read timeout'],
    ['does not answer us', undefined, UNKNOWN, 'The database does not answer.'],
    ['cannot be reached by Prisma', 'P1001', NOT_WRITTEN],
    ['closed the connection of Prisma', 'P1017', UNKNOWN],
    ['is locked by another process (SQLite)', 5, NOT_WRITTEN],
    ['is locked by a recovery (SQLite)', 261, NOT_WRITTEN],
    ['is read-only (SQLite)', 8, NOT_WRITTEN],
    ['fails to write (SQLite)', 778, NOT_WRITTEN],
    ['is full (SQLite)', 13, NOT_WRITTEN],
    ['cannot be opened (SQLite)', 14, NOT_WRITTEN],
  ])('since it %s is UNAVAILABLE, and tells what became of a write', (_why, code, outcome, message) => {
    const error = failure(code, message);
    const [read, written] = [inRead(error), inWrite(error)];
    for (const meaning of [read, written])
      expect(meaning).toMatchObject({ code: 'UNAVAILABLE', cause: error, retryAfter: 1 });
    expect(written).toHaveProperty('message', expect.stringContaining(outcome));
    // A read does not speak of writes: in a mutation, some may have been made before it.
    expect(read).toHaveProperty('message', expect.not.stringMatching(/writ/));
  });

  test('is known by the names of better-sqlite3, too', () => {
    for (const code of [
      'SQLITE_BUSY',
      'SQLITE_BUSY_SNAPSHOT',
      'SQLITE_IOERR_FSYNC',
      'SQLITE_FULL',
      'SQLITE_READONLY_DBMOVED',
    ])
      expect(inRead(failure(code))).toBeInstanceOf(Unavailable);
  });
});

test('a statement that was ended is a TIMEOUT, and of a write nothing was written', () => {
  expect(inRead(failure('57014'))).toMatchObject({
    code: 'TIMEOUT',
    message: expect.stringContaining('ask for less'),
  });
  expect(inWrite(failure('57014'))).toMatchObject({
    code: 'TIMEOUT',
    message: expect.stringContaining(NOT_WRITTEN),
  });
});

test.each([
  ['a column that is not there', '42703'],
  ['a table that is not there', '42P01'],
  ['a statement that is none', '42601'],
  ['data that are damaged', 'XX001'],
  ['a statement of SQLite that is none', 1],
  ['a damaged file', 11],
  ['an error without a code', undefined],
])('%s is a fault of ours, and stays what it is', (_what, code) => {
  const error = failure(code);
  expect(inWrite(error)).toBe(error);
  expect(inRead(error)).toBe(error);
});

test('what was understood before stays what it is', () => {
  for (const error of [new Unavailable('Busy.'), new DomainError('CONFLICT', 'Taken.')]) {
    expect(inWrite(error)).toBe(error);
    expect(inRead(error)).toBe(error);
  }
});
