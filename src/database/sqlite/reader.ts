/**
 * A thread that reads an SQLite file for others, so that what takes long keeps none of them from their turn. It has one
 * statement at a time, and sends its rows in batches, the next when it is asked for.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { bytesOfRow, CellTooLarge } from '../../base/cell-size.ts';
import { openHandle, type SqliteStatement, sqliteCode } from './driver.ts';
import { countCells } from './room.ts';

/** What the thread is asked: to run a statement, for its next rows, or to leave the rest. */
export type ReaderRequest = Statement | 'next' | 'stop';

interface Statement {
  sql: string;
  values: readonly unknown[];
  /** Bytes that its cells may have. */
  room: number;
}

export type ReaderReply =
  | { rows: unknown[]; bytes: number; done: boolean }
  /** `code`: SQLite's own; undefined of an error that is none of its. */
  | { message: string; code: number | undefined; tooLarge: boolean };

/** Bytes after which a batch is sent. */
const BATCH_BYTES = 500_000;
/** Statements kept prepared. */
const PREPARED_MAX = 200;

const port = parentPort;
if (!port) throw new Error('This is a thread, and not a program.');

const handle = openHandle(String(workerData), { readOnly: true, timeout: 1_000 });
handle.exec('PRAGMA cache_size = -16000');
const countAnew = countCells(handle);
const prepared = new Map<string, SqliteStatement>();
let rows: Iterator<unknown> | undefined;

port.on('message', (request: ReaderRequest) => {
  if (request === 'stop') {
    rows?.return?.();
    rows = undefined;
    return;
  }
  try {
    if (request !== 'next') rows = begin(request);
    port.postMessage(batch());
  } catch (error) {
    rows = undefined;
    const message = error instanceof Error ? error.message : String(error);
    const tooLarge = error instanceof CellTooLarge;
    port.postMessage({ message, code: sqliteCode(error), tooLarge } satisfies ReaderReply);
  }
});

function begin({ sql, values, room }: Statement): Iterator<unknown> {
  let statement = prepared.get(sql);
  if (!statement) {
    statement = handle.prepare(sql);
    if (prepared.size >= PREPARED_MAX) prepared.clear();
    prepared.set(sql, statement);
  }
  statement.setReturnArrays(true);
  countAnew(room);
  return statement.iterate(...values);
}

function batch(): ReaderReply {
  const batch: unknown[] = [];
  let bytes = 0;
  while (bytes < BATCH_BYTES) {
    const next = rows?.next();
    if (!next || next.done) {
      rows = undefined;
      return { rows: batch, bytes, done: true };
    }
    batch.push(next.value);
    bytes += bytesOfRow(next.value);
  }
  return { rows: batch, bytes, done: false };
}
