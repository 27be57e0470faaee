/** What migrating asks of a database. */
import type { Statement } from '../sql/index.ts';

/** How long an instance waits for another one that is migrating, in milliseconds. */
export const PATIENCE_MS = 120_000;

export interface Migration {
  name: string;
  sql: string;
}

/** Where migrations run: a database, or an empty stand-in for one. */
export interface Stage {
  query<T>(statement: Statement): Promise<T[]>;
  /** Runs the whole text of a migration. */
  run(script: string): Promise<void>;
  /** The definitions of all that is in it, one text for each column, constraint, index and so on, and its tables. */
  contents(): Promise<{ definitions: readonly string[]; tables: readonly string[] }>;
}

/** A database that is being migrated, over a connection of its own. */
export interface Target extends Stage {
  /** Creates the table of notes, where it is missing, as Prisma does. */
  readonly createHistory: Statement;
  readonly hasHistory: Statement;
  /** Runs `act` in one transaction, alone: other instances wait. When it throws, nothing of it is kept. */
  transact<T>(act: () => Promise<T>): Promise<T>;
  /** Runs `act` on an empty stage, of which nothing is kept. */
  rehearse<T>(act: (stage: Stage) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
