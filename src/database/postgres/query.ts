/** A statement on Postgres whose rows are taken as they come, and counted. */
import type { Duplex } from 'node:stream';
import pg from 'pg';
import type { Meter } from '../../base/meter.ts';

export type Cell = string | null;

export interface PreparedStatement {
  /** Under which each connection keeps its plan. */
  name: string | undefined;
  text: string;
  values: unknown[];
}

/** Responses as small as this are not worth counting. */
const UNCOUNTED_BYTES = 4_096;

/**
 * What the columns are called, and of what types they are, is not asked: to tell that takes longer than many a row.
 */
export class CellsQuery extends pg.Query {
  readonly #rows: Cell[][] = [];
  readonly #meter: Meter | undefined;
  #bytes = 0;

  constructor(
    { name, text, values }: PreparedStatement,
    meter: Meter | undefined,
    callback: (error: Error | null, rows: Cell[][]) => void,
  ) {
    super(text, values, callback as never);
    this.name = name;
    this.#meter = meter;
  }

  override handleRowDescription(): void {}

  override handleDataRow({ fields, length }: { fields: Cell[]; length: number }): void {
    this.#rows.push(fields);
    this.#bytes += length;
  }

  override handleCommandComplete(): void {}

  override handleReadyForQuery(): void {
    try {
      if (this.#bytes > UNCOUNTED_BYTES) this.#meter?.read(this.#bytes);
      this.callback(null, this.#rows);
    } catch (error) {
      this.callback(error as Error, []);
    }
  }
}

/** Runs a statement on a client that has nothing else to do. */
export function runCells(
  client: { query(query: CellsQuery): unknown },
  statement: PreparedStatement,
  meter: Meter | undefined,
): Promise<Cell[][]> {
  return new Promise((resolve, reject) => {
    client.query(new CellsQuery(statement, meter, (error, rows) => (error ? reject(error) : resolve(rows))));
  });
}

/** Bytes that a connection may bring beyond what the meter has left: of statements before, and of what is no row. */
const SLACK_BYTES = 500_000;

/**
 * Watches what comes in over a connection, since a row is only seen when all of it is there. `refuse` is called once, with
 * what the meter of the statement that is under way threw.
 */
export class Watch {
  readonly #stream: Duplex;
  #received = 0;
  /** Undone by `stop`. */
  readonly stop: () => void;

  constructor(stream: Duplex, meterNow: () => Meter | undefined, refuse: (error: unknown) => void) {
    const count = (chunk: Buffer) => {
      this.#received += chunk.length;
      const meter = meterNow();
      if (!meter || this.#received <= meter.left + SLACK_BYTES) return;
      this.stop();
      try {
        meter.read(this.#received);
      } catch (error) {
        refuse(error);
      }
    };
    this.#stream = stream;
    this.stop = () => this.#stream.off('data', count);
    // Before the driver, which keeps what it gets until a row is whole.
    stream.prependListener('data', count);
  }

  /** The next statement's rows are counted anew. */
  next(): void {
    this.#received = 0;
  }
}

declare module 'pg' {
  interface Query {
    name: string | undefined;
    callback(error: Error | null, result: unknown): void;
    handleRowDescription(message: unknown): void;
    handleDataRow(message: { fields: (string | null)[]; length: number }): void;
    handleCommandComplete(): void;
    handleReadyForQuery(): void;
  }
}
