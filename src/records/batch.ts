/**
 * Writes that run at once put together: what they look up in the same turn is read in one statement, and what they commit is
 * committed as one. Each of them goes its usual way and knows nothing of the others, so that nothing about a write has to be
 * said a second time for many of them.
 */
import type { Answer, Counted, Database, Read } from '../database/client.ts';
import type { Write } from '../database/store/index.ts';
import { ForeignKeyViolation, UniqueViolation } from '../database/store/index.ts';
import { gathered } from './gathered.ts';

type Outcome = 'committed' | 'stale';

/** Look-ups of one kind that wait to be made together. */
interface Load {
  /** What tells them from others, compared one by one. */
  readonly group: readonly unknown[];
  readonly values: unknown[];
  readonly settle: { resolve(found: unknown): void; reject(error: unknown): void }[];
  read(values: readonly unknown[]): Promise<unknown>;
}

interface Commit {
  readonly writes: readonly Write[];
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/** A view of a database for writes that run at once. */
export class Batch implements Database {
  readonly #database: Database;
  #loads: Load[] = [];
  #commits: Commit[] = [];
  #reading = 0;
  #isScheduled = false;

  constructor(database: Database) {
    this.#database = database;
  }

  get $identity(): object {
    return this.#database.$identity;
  }

  get $inTransaction(): true | undefined {
    return this.#database.$inTransaction;
  }

  $read<R extends Read>(read: R, counted?: Counted): Promise<Answer<R>> {
    return this.#database.$read(read, counted);
  }

  /** Committed with those of the others. Where that fails, halves are tried, so that only those fail that are at fault. */
  $commit(writes: readonly Write[]): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#commits.push({ writes, resolve, reject });
      this.#schedule();
    });
  }

  /** What `read` answers for these values and all that are asked for under the same group in this turn. */
  load<Value, Found>(
    group: readonly unknown[],
    values: readonly Value[],
    read: (values: readonly Value[]) => Promise<Found>,
  ): Promise<Found> {
    let load = this.#loads.find((other) => isSame(other.group, group));
    if (!load) {
      load = { group, values: [], settle: [], read: read as Load['read'] };
      this.#loads.push(load);
    }
    for (const value of values) load.values.push(value);
    const { settle } = load;
    this.#schedule();
    return new Promise((resolve, reject) => settle.push({ resolve: resolve as (found: unknown) => void, reject }));
  }

  /** After all that goes on in this turn. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => process.nextTick(() => this.#flush()));
  }

  /** Reads what is asked for. Commits wait for that: those who asked may have something to commit then. */
  #flush(): void {
    this.#isScheduled = false;
    const loads = this.#loads;
    this.#loads = [];
    for (const load of loads) this.#run(load);
    if (this.#reading > 0 || this.#commits.length === 0) return;
    const commits = this.#commits;
    this.#commits = [];
    this.#commit(commits);
  }

  async #run({ values, settle, read }: Load): Promise<void> {
    this.#reading++;
    try {
      const found = await read(values);
      for (const { resolve } of settle) resolve(found);
    } catch (error) {
      for (const { reject } of settle) reject(error);
    } finally {
      this.#reading--;
      this.#schedule();
    }
  }

  async #commit(commits: readonly Commit[]): Promise<void> {
    const [only] = commits;
    const all = commits.flatMap(({ writes }) => writes);
    try {
      const outcome = await this.#database.$commit(commits.length === 1 ? all : gathered(all));
      if (outcome === 'committed' || (commits.length === 1 && only)) {
        for (const { resolve } of commits) resolve(outcome);
        return;
      }
    } catch (error) {
      const isTheirs = error instanceof UniqueViolation || error instanceof ForeignKeyViolation;
      if (commits.length === 1 || !isTheirs) {
        for (const { reject } of commits) reject(error);
        return;
      }
    }
    const half = Math.ceil(commits.length / 2);
    await this.#commit(commits.slice(0, half));
    await this.#commit(commits.slice(half));
  }
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index]);
}

/** What `read` answers for these values, and in a batch for those of others too. */
export function loaded<Value, Found>(
  database: Database,
  group: readonly unknown[],
  values: readonly Value[],
  read: (values: readonly Value[]) => Promise<Found>,
): Promise<Found> {
  return database instanceof Batch ? database.load(group, values, read) : read(values);
}
