/** Threads that read an SQLite file, for statements that may take long. They are started when they are first needed. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { CELL_BYTES_MAX, CellTooLarge } from '../../base/cell-size.ts';
import { Unavailable } from '../../base/errors.ts';
import { giveWay } from '../../base/give-way.ts';
import type { Meter } from '../../base/meter.ts';
import type { ReaderReply, ReaderRequest } from './reader.ts';

/** Threads at most: a statement that takes seconds leaves one for the others. */
const THREADS_MAX = 2;
/** Statements that may wait for a thread. */
const WAITING_MAX = 500;
/** How long a statement may wait for a thread, and then for each batch of its rows, in milliseconds. */
const WAIT_MAX_MS = 30_000;

/** A statement that may take long. */
export interface LongRead {
  sql: string;
  values: readonly unknown[];
  meter: Meter | undefined;
}

export interface Readers {
  /** Runs a reading statement in a thread. It sees what was committed before it began. */
  run(read: LongRead): Promise<unknown[]>;
  close(): Promise<void>;
}

/** What a thread failed with, with SQLite's code as drivers tell it. */
class ReaderFailure extends Error {
  override readonly name = 'ReaderFailure';
  // As Node's driver has it.
  readonly code = 'ERR_SQLITE_ERROR';
  readonly errcode: number;

  constructor(message: string, errcode: number) {
    super(message);
    this.errcode = errcode;
  }
}

/** The statement was given up because it took too long. */
export class ReadTimedOut extends Error {
  override readonly name = 'ReadTimedOut';
}

/** Makes the threads' pool for a file. */
export function openReaders(file: string): Readers {
  const threads = new Set<Thread>();
  const idle: Thread[] = [];
  const waiting: ((thread: Thread | Error) => void)[] = [];

  function start(): Thread {
    const thread = new Thread(file);
    threads.add(thread);
    thread.ended.then(() => {
      threads.delete(thread);
      const index = idle.indexOf(thread);
      if (index >= 0) idle.splice(index, 1);
      // Who waits for a thread must not wait for one that is gone.
      const next = waiting.shift();
      if (next) next(start());
    });
    return thread;
  }

  function takeThread(): Thread | Promise<Thread> {
    const free = idle.pop();
    if (free) return free;
    if (threads.size < THREADS_MAX) return start();
    const busy = () => new Unavailable('The database is busy with reads that take long. Retry later.');
    if (waiting.length >= WAITING_MAX) throw busy();
    return new Promise((resolve, reject) => {
      const next = (thread: Thread | Error) => {
        clearTimeout(timer);
        if (thread instanceof Error) reject(thread);
        else resolve(thread);
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(next), 1);
        reject(busy());
      }, WAIT_MAX_MS);
      waiting.push(next);
    });
  }

  function giveBack(thread: Thread): void {
    if (!threads.has(thread)) return;
    const next = waiting.shift();
    if (next) next(thread);
    else idle.push(thread);
  }

  return {
    async run({ sql, values, meter }) {
      const thread = await takeThread();
      try {
        const rows: unknown[] = [];
        const room = meter?.left ?? CELL_BYTES_MAX;
        for (let request: ReaderRequest = { sql, values, room }; ; request = 'next') {
          const reply = await thread.ask(request);
          if ('message' in reply) throw failureOf(reply);
          try {
            meter?.read(reply.bytes);
          } catch (error) {
            if (!reply.done) thread.stop();
            throw error;
          }
          for (const row of reply.rows) rows.push(row);
          if (reply.done) return rows;
          const turn = giveWay(meter?.since);
          if (turn) await turn;
        }
      } finally {
        giveBack(thread);
      }
    },
    async close() {
      for (const next of waiting.splice(0)) next(new Error('The database is closed.'));
      await Promise.all([...threads].map((thread) => thread.end()));
    },
  };
}

function failureOf({ message, code, tooLarge }: Extract<ReaderReply, { message: string }>): Error {
  if (tooLarge) return new CellTooLarge();
  return code === undefined ? new Error(message) : new ReaderFailure(message, code);
}

/** One thread, which is asked one thing at a time. */
class Thread {
  readonly #worker: Worker;
  #settle: ((reply: ReaderReply | Error) => void) | undefined;
  /** Settles when the thread is no more. */
  readonly ended: Promise<void>;

  constructor(file: string) {
    this.#worker = new Worker(READER, { workerData: file, execArgv: ['--no-warnings'], resourceLimits: READER_HEAP });
    this.#worker.unref();
    let failure = new Error('A reading thread ended.');
    this.#worker.on('message', (reply: ReaderReply) => this.#settle?.(reply));
    this.#worker.on('error', (error) => {
      failure = error as Error;
    });
    this.ended = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#settle?.(failure);
        resolve();
      });
    });
  }

  ask(request: ReaderRequest): Promise<ReaderReply> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#settle?.(new ReadTimedOut('The statement took too long.'));
        this.end();
      }, WAIT_MAX_MS);
      this.#settle = (reply) => {
        clearTimeout(late);
        this.#settle = undefined;
        if (reply instanceof Error) reject(reply);
        else resolve(reply);
      };
      this.#worker.postMessage(request);
    });
  }

  /** Has it leave the rows that were not asked for. */
  stop(): void {
    this.#worker.postMessage('stop' satisfies ReaderRequest);
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

/**
 * Heap of a thread, in megabytes. A batch, the longest row and the values of the longest statement fit in. With more, garbage
 * would only be collected later.
 */
const READER_HEAP = { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 8 };

/** The compiled thread: Node 20 runs no TypeScript, and tests load this very file as it is. */
const READER = fileURLToPath(
  import.meta.url.endsWith('.ts')
    ? new URL('../../../dist/database/sqlite/reader.js', import.meta.url)
    : new URL('../sqlite-reader.js', import.meta.url),
);
