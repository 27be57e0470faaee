/**
 * A few Postgres connections on which short statements are sent without waiting for the answers to those before, and
 * all of one turn of the event loop in one write: most of what a short statement costs the server is its system calls.
 * Each statement is still a transaction of its own. Statements that may take long go to the pool instead, since
 * whatever is behind one of them here has to wait.
 */
import pg from 'pg';
import { Unavailable } from '../../base/errors.ts';
import type { Meter } from '../../base/meter.ts';
import { SILENT } from './failures.ts';
import { type Cell, type PreparedStatement, runCells, Watch } from './query.ts';

/** Statements written together on one connection, before the next connection is taken. */
const TOGETHER_MAX = 8;
/** A connection that owes an answer for longer, in milliseconds, is passed over while there is another. */
const SLOW = 20;
/** One that owes an answer for longer, in milliseconds, waits for something. */
const STUCK = 500;

/**
 * One that owes answers and has given none for longer, in milliseconds, is gone without a word, as when its host lost its
 * power: the database ends statements sooner than that (postgres.ts).
 */
export const DEAD = 40_000;

interface Line {
  client: pg.Client;
  /** Set until the connection stands. */
  connecting: Promise<unknown> | undefined;
  /** The statements that are not answered yet, oldest first. */
  owed: Owed[];
  /** Counts what comes in. */
  watch: Watch | undefined;
  /** Set when it was cut because of what one statement brought. */
  refused: { by: Owed | undefined; error: unknown } | undefined;
  /** When it answered last. */
  heard: number;
  /** Whether writes are held back until the end of this turn. */
  held: boolean;
  /** Statements sent in this turn. */
  together: number;
  /** Whether it is given no more statements. */
  leaving: boolean;
}

/** A statement under way. */
interface Owed {
  sentAt: number;
  meter: Meter | undefined;
}

export interface Pipeline {
  /**
   * Runs a statement and returns its rows, each as the list of its columns as text. With a meter it must be a reading
   * one: it may be sent again when another on its connection brought too much.
   */
  run(statement: PreparedStatement, meter?: Meter): Promise<Cell[][]>;
  /** Whether every connection has owed an answer for so long that it seems to wait for a lock, as all behind it would. */
  isStuck(): boolean;
  /** Has what comes go over new connections, which know of no names yet; the others end when all they owe is answered. */
  renew(): void;
  close(): Promise<void>;
}

/** How often a statement is sent that others keep from being answered. */
const ATTEMPTS_MAX = 5;
const TOO_LARGE_FOR_NOW = 'The database is busy with responses that are too large. Nothing was read; retry later.';

/** How often connections are looked at while no statement comes that would do so, in milliseconds. */
const LOOK = 5_000;

/** Makes a pipeline of at most `size` connections, which are made when they are first needed, and again after one broke. */
export function openPipeline(config: pg.ClientConfig, size: number): Pipeline {
  const lines: Line[] = [];

  function open(): Line {
    const client = new pg.Client({ ...config, pipeline: true });
    client.connection.describe = () => undefined;
    const connecting = client.connect();
    const line: Line = {
      client,
      connecting,
      owed: [],
      watch: undefined,
      refused: undefined,
      heard: 0,
      held: false,
      together: 0,
      leaving: false,
    };
    const drop = () => {
      const index = lines.indexOf(line);
      if (index >= 0) lines.splice(index, 1);
    };
    // A broken connection fails what it owes; the next statement opens another.
    client.on('error', drop);
    client.on('end', drop);
    connecting.then(() => {
      line.connecting = undefined;
      const { stream } = client.connection;
      line.watch = new Watch(
        stream,
        () => line.owed[0]?.meter,
        (error) => {
          line.refused = { by: line.owed[0], error };
          drop();
          stream.destroy(new Error('A statement brought too much.'));
        },
      );
    }, drop);
    lines.push(line);
    return line;
  }

  /** One that is being written to in this turn, else the one that owes least; a slow one only when all are. */
  function choose(): Line {
    lines.filter(isDead).forEach(cut);
    const staying = lines.filter(({ leaving }) => !leaving);
    const quick = staying.filter((line) => !owesFor(line, SLOW));
    const written = quick.find((line) => line.held && line.together < TOGETHER_MAX);
    if (written) return written;
    const idle = quick.find((line) => line.owed.length === 0);
    if (idle) return idle;
    if (staying.length < size) return open();
    const candidates = quick.length > 0 ? quick : staying;
    return candidates.reduce((least, line) => (line.owed.length < least.owed.length ? line : least));
  }

  function owesFor(line: Line, milliseconds: number): boolean {
    return line.owed[0] !== undefined && performance.now() - line.owed[0].sentAt > milliseconds;
  }

  function isDead({ owed: [oldest], heard }: Line): boolean {
    return oldest !== undefined && performance.now() - Math.max(oldest.sentAt, heard) > DEAD;
  }

  /** Fails what the line owes, and has the next statement open another. */
  function cut(line: Line): void {
    lines.splice(lines.indexOf(line), 1);
    line.client.connection.stream.destroy(new Error(SILENT));
  }

  /** Ends a connection that is given no more once it owes nothing. */
  function endIfDone({ client, leaving, owed }: Line): void {
    // One that broke has failed what it owed.
    if (leaving && owed.length === 0) client.end().catch(() => undefined);
  }

  /** Holds back what is written until the turn ends. */
  function hold(line: Line): void {
    if (line.held) return;
    const { stream } = line.client.connection;
    line.held = true;
    stream.cork();
    setImmediate(() => {
      line.held = false;
      line.together = 0;
      stream.uncork();
    });
  }

  async function run(statement: PreparedStatement, meter: Meter | undefined, attempt = 1): Promise<Cell[][]> {
    const line = choose();
    const owed: Owed = { sentAt: performance.now(), meter };
    line.owed.push(owed);
    line.together++;
    try {
      if (line.connecting) await line.connecting;
      hold(line);
      return await runCells(line.client, statement, meter);
    } catch (error) {
      const { refused } = line;
      if (!refused) throw error;
      if (refused.by === owed) throw refused.error;
      if (attempt === ATTEMPTS_MAX) throw new Unavailable(TOO_LARGE_FOR_NOW);
      // The connection was cut because another statement on it brought too much.
      return run(statement, meter, attempt + 1);
    } finally {
      line.owed.shift();
      line.watch?.next();
      line.heard = performance.now();
      endIfDone(line);
    }
  }

  const looking = setInterval(() => lines.filter(isDead).forEach(cut), LOOK).unref();

  return {
    run: (statement, meter) => run(statement, meter),
    isStuck: () => lines.length >= size && lines.every((line) => owesFor(line, STUCK)),
    renew() {
      for (const line of lines) {
        line.leaving = true;
        endIfDone(line);
      }
    },
    async close() {
      clearInterval(looking);
      await Promise.all(
        lines.map(async ({ client, connecting }) => {
          // One that could not connect told whoever asked for it.
          await connecting?.catch(() => undefined);
          await client.end();
        }),
      );
    },
  };
}

declare module 'pg' {
  interface ClientConfig {
    /** Sends statements without waiting for the answers to those before. */
    pipeline?: boolean | undefined;
  }
}
