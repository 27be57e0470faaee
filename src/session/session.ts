/**
 * The database as one request uses it. Who calls is remembered from earlier requests with the same token, and looked up
 * again together with the first statement of the request: nothing waits for that, but nothing is written, and nothing
 * answered, before it is known to hold still. So a token that was revoked is refused from the next request on.
 */
import type { Meter } from '../base/meter.ts';
import type { Answer, Counted, Database, Read } from '../database/client.ts';
import type { Viewer } from './viewer.ts';

/** The viewer is not, or not as, remembered: what was worked out for it is void. */
export class ViewerChanged extends Error {
  override readonly name = 'ViewerChanged';
}

export interface Session extends Database {
  /** Counts what is read for the response, and the response. */
  readonly meter: Meter;
  /** The same database for reading what goes into the response: counted, and refused where it is too much. */
  readonly reads: Pick<Database, '$read'>;
  /** Whom the request is worked out for. */
  viewer: Viewer;
  /** The viewer as it is now, looked up once; null when its token is revoked. */
  confirm(): Promise<Viewer | null>;
  /** What `confirm` answered; undefined as long as it has not. */
  readonly confirmed: Viewer | null | undefined;
  /** Interactive transactions that the request has open. */
  openTransactions: number;
  /** Throws ViewerChanged unless the viewer is still what the request is worked out for: what may write waits for that. */
  stillAllowed(): Promise<void>;
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
  openTransactions = 0;
  #reads: Session['reads'] | undefined;
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

  get $identity(): object {
    return this.#database.$identity;
  }

  get reads(): Session['reads'] {
    this.#reads ??= new MeteredReads(this, this.meter);
    return this.#reads;
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

  $read<R extends Read>(read: R, counted?: Counted): Promise<Answer<R>> {
    this.confirm();
    return this.#database.$read(read, counted);
  }

  async $commit(writes: Parameters<Database['$commit']>[0]): ReturnType<Database['$commit']> {
    await this.stillAllowed();
    return this.#database.$commit(writes);
  }

  async stillAllowed(): Promise<void> {
    if (!sameViewer(await this.confirm(), this.viewer)) throw new ViewerChanged();
  }
}

/** A view of a database that counts what is read. */
class MeteredReads {
  readonly #database: Pick<Database, '$read'>;
  readonly #counted: { meter: Meter };

  constructor(database: Pick<Database, '$read'>, meter: Meter) {
    this.#database = database;
    this.#counted = { meter };
  }

  $read<R extends Read>(read: R): Promise<Answer<R>> {
    return this.#database.$read(read, this.#counted);
  }
}

/** Whether two look-ups of a token found the same. */
export function sameViewer(one: Viewer | null, other: Viewer | null): boolean {
  if (one === null || other === null) return one === other;
  return (Object.keys(one) as (keyof Viewer)[]).every((key) => one[key] === other[key]);
}
