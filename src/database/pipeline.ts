/**
 * A few Postgres connections on which short statements are sent without waiting for the answers to those before, and
 * all of one turn of the event loop in one write: most of what a short statement costs the server is its system calls.
 * Each statement is still a transaction of its own. Statements that may take long go to the pool instead, since
 * whatever is behind one of them here has to wait.
 */
import pg from 'pg';

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
  /** When each statement that is not answered yet was sent, oldest first. */
  sent: number[];
  /** When it answered last. */
  heard: number;
  /** Whether writes are held back until the end of this turn. */
  held: boolean;
  /** Statements sent in this turn. */
  together: number;
  /** Whether it is given no more statements. */
  leaving: boolean;
}

export interface Pipeline {
  /** Runs a statement and answers its rows, each as the list of its columns as text. */
  run(statement: PipelineStatement): Promise<Cell[][]>;
  /** Whether every connection has owed an answer for so long that it seems to wait for a lock, as all behind it would. */
  isStuck(): boolean;
  /** Has what comes go over new connections, which know of no names yet; the others end when all they owe is answered. */
  renew(): void;
  close(): Promise<void>;
}

export interface PipelineStatement {
  /** Under which each connection keeps its plan. */
  name: string | undefined;
  text: string;
  values: unknown[];
}

type Cell = string | null;

/**
 * A statement whose rows are taken as they come. What their columns are called, and of what types they are, is not asked:
 * to tell that takes longer than many a row.
 */
class PipelineQuery extends pg.Query {
  readonly #rows: Cell[][] = [];

  constructor({ name, text, values }: PipelineStatement, callback: (error: Error | null, rows: Cell[][]) => void) {
    super(text, values, callback as never);
    this.name = name;
  }

  override handleDataRow({ fields }: { fields: Cell[] }): void {
    this.#rows.push(fields);
  }

  override handleCommandComplete(): void {}

  override handleReadyForQuery(): void {
    this.callback(null, this.#rows);
  }
}

/** Makes a pipeline of at most `size` connections, which are made when they are first needed, and again after one broke. */
export function openPipeline(config: pg.ClientConfig, size: number): Pipeline {
  const lines: Line[] = [];

  function open(): Line {
    const client = new pg.Client({ ...config, pipeline: true });
    client.connection.describe = () => undefined;
    const connecting = client.connect();
    const line: Line = { client, connecting, sent: [], heard: 0, held: false, together: 0, leaving: false };
    const drop = () => {
      const index = lines.indexOf(line);
      if (index >= 0) lines.splice(index, 1);
    };
    // A broken connection fails what it owes; the next statement opens another.
    client.on('error', drop);
    client.on('end', drop);
    connecting.then(() => {
      line.connecting = undefined;
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
    const idle = quick.find((line) => line.sent.length === 0);
    if (idle) return idle;
    if (staying.length < size) return open();
    const candidates = quick.length > 0 ? quick : staying;
    return candidates.reduce((least, line) => (line.sent.length < least.sent.length ? line : least));
  }

  function owesFor(line: Line, milliseconds: number): boolean {
    return line.sent[0] !== undefined && performance.now() - line.sent[0] > milliseconds;
  }

  function isDead({ sent: [oldest], heard }: Line): boolean {
    return oldest !== undefined && performance.now() - Math.max(oldest, heard) > DEAD;
  }

  /** Fails what the line owes, and has the next statement open another. */
  function cut(line: Line): void {
    lines.splice(lines.indexOf(line), 1);
    line.client.connection.stream.destroy(new Error('The database does not answer.'));
  }

  /** Ends a connection that is given no more once it owes nothing. */
  function endIfDone({ client, leaving, sent }: Line): void {
    // One that broke has failed what it owed.
    if (leaving && sent.length === 0) client.end().catch(() => undefined);
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

  return {
    async run(statement) {
      const line = choose();
      line.sent.push(performance.now());
      line.together++;
      try {
        if (line.connecting) await line.connecting;
        hold(line);
        return await new Promise((resolve, reject) => {
          line.client.query(new PipelineQuery(statement, (error, rows) => (error ? reject(error) : resolve(rows))));
        });
      } finally {
        line.sent.shift();
        line.heard = performance.now();
        endIfDone(line);
      }
    },
    isStuck: () => lines.length >= size && lines.every((line) => owesFor(line, STUCK)),
    renew() {
      for (const line of lines) {
        line.leaving = true;
        endIfDone(line);
      }
    },
    async close() {
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
  interface Query {
    name: string | undefined;
    callback(error: Error | null, result: unknown): void;
    handleDataRow(message: { fields: (string | null)[] }): void;
    handleCommandComplete(): void;
    handleReadyForQuery(): void;
  }
}
