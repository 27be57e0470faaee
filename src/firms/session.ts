/**
 * The database as one request uses it. Who calls is remembered from earlier requests with the same token, and looked up
 * again together with the first statement of the request: nothing waits for that, but nothing is written, and nothing
 * answered, before it is known to hold still. So a token that was revoked is refused from the next request on.
 */
import type { Database, ModelName, ReadOptions } from '../database/database.ts';
import type { Statement } from '../database/sql.ts';
import type { Meter } from '../meter.ts';
import type { Viewer } from './viewer.ts';

/** The viewer is not, or not as, remembered: what was worked out for it is void. */
export class ViewerChanged extends Error {
  override readonly name = 'ViewerChanged';
}

export interface Session extends Database {
  /** Counts what is read for the response, and the response. */
  readonly meter: Meter;
  /** The same database for reading what goes into the response: counted, and refused where it is too much. */
  readonly reads: Database;
  /** Whom the request is worked out for. */
  viewer: Viewer;
  /** The viewer as it is now, looked up once; null when its token is revoked. */
  confirm(): Promise<Viewer | null>;
  /** What `confirm` answered; undefined as long as it has not. */
  readonly confirmed: Viewer | null | undefined;
}

export interface SessionOptions {
  database: Database;
  viewer: Viewer;
  /** Looks the viewer up again. */
  lookUp: () => Promise<Viewer | null>;
  /** The viewer was looked up for this very request: once is enough. */
  justFound: boolean;
  meter: Meter;
}

/** A view of the database for one request of `viewer`. */
export function openSession(options: SessionOptions): Session {
  return new RequestSession(options);
}

/** A class, since there is one for each request. */
class RequestSession implements Session {
  viewer: Viewer;
  confirmed: Viewer | null | undefined;
  readonly meter: Meter;
  #reads: Database | undefined;
  #looking: Promise<Viewer | null> | undefined;
  readonly #database: Database;
  readonly #lookUp: () => Promise<Viewer | null>;

  constructor({ database, viewer, lookUp, justFound, meter }: SessionOptions) {
    this.viewer = viewer;
    this.meter = meter;
    this.#database = database;
    this.#lookUp = lookUp;
    if (!justFound) return;
    this.confirmed = viewer;
    this.#looking = Promise.resolve(viewer);
  }

  get provider(): Database['provider'] {
    return this.#database.provider;
  }

  get identity(): Database['identity'] {
    return this.#database.identity;
  }

  get reads(): Database {
    this.#reads ??= new MeteredReads(this, this.meter);
    return this.#reads;
  }

  async prisma(): ReturnType<Database['prisma']> {
    await this.#stillAllowed();
    return this.#database.prisma();
  }

  confirm(): Promise<Viewer | null> {
    if (this.#looking) return this.#looking;
    const looking = this.#lookUp();
    this.#looking = looking;
    looking.then(
      (now) => {
        this.confirmed = now;
      },
      // Whoever needs the answer awaits it; until then a failure is nobody's.
      () => undefined,
    );
    return looking;
  }

  query<T>(statement: Statement): Promise<T[]> {
    this.confirm();
    return this.#database.query<T>(statement);
  }

  cells(statement: Statement, options?: ReadOptions): Promise<unknown[][]> {
    this.confirm();
    return this.#database.cells(statement, options);
  }

  async commit(writes: Parameters<Database['commit']>[0]): ReturnType<Database['commit']> {
    await this.#stillAllowed();
    return this.#database.commit(writes);
  }

  /** Throws unless the viewer is still what the request is worked out for: what may write waits for that. */
  async #stillAllowed(): Promise<void> {
    if (!sameViewer(await this.confirm(), this.viewer)) throw new ViewerChanged();
  }

  check(): Promise<void> {
    return this.#database.check();
  }

  version(models: readonly ModelName[]): string | undefined {
    return this.#database.version(models);
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

/** A view of a database that counts what is read. */
class MeteredReads implements Database {
  readonly provider: Database['provider'];
  readonly identity: Database['identity'];
  readonly #database: Database;
  readonly #meter: Meter;

  constructor(database: Database, meter: Meter) {
    this.provider = database.provider;
    this.identity = database.identity;
    this.#database = database;
    this.#meter = meter;
  }

  prisma(): ReturnType<Database['prisma']> {
    return this.#database.prisma();
  }

  query<T>(statement: Statement): Promise<T[]> {
    return this.#database.query<T>(statement);
  }

  cells(statement: Statement, options?: ReadOptions): Promise<unknown[][]> {
    return this.#database.cells(statement, { ...options, meter: this.#meter });
  }

  check(): Promise<void> {
    return this.#database.check();
  }

  version(models: readonly ModelName[]): string | undefined {
    return this.#database.version(models);
  }

  commit(writes: Parameters<Database['commit']>[0]): ReturnType<Database['commit']> {
    return this.#database.commit(writes);
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

/** Whether two look-ups of a token found the same. */
export function sameViewer(one: Viewer | null, other: Viewer | null): boolean {
  if (one === null || other === null) return one === other;
  return (Object.keys(one) as (keyof Viewer)[]).every((key) => one[key] === other[key]);
}
