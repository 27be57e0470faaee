/**
 * The database as one request uses it. Who calls is remembered from earlier requests with the same token, and looked up
 * again together with the first statement of the request: nothing waits for that, but nothing is written, and nothing
 * answered, before it is known to hold still. So a token that was revoked is refused from the next request on.
 */
import type { Database } from '../database/database.ts';
import type { Viewer } from './viewer.ts';

/** The viewer is not, or not as, remembered: what was worked out for it is void. */
export class ViewerChanged extends Error {
  override readonly name = 'ViewerChanged';
}

export interface Session extends Database {
  /** Whom the request is worked out for. */
  viewer: Viewer;
  /** The viewer as it is now, looked up once; null when its token is revoked. */
  confirm(): Promise<Viewer | null>;
  /** What `confirm` answered; undefined as long as it has not. */
  readonly confirmed: Viewer | null | undefined;
}

/**
 * A view of the database for a request of `viewer`, whom `lookUp` looks up again; not at all when it was `justFound`.
 */
export function openSession(
  database: Database,
  viewer: Viewer,
  lookUp: () => Promise<Viewer | null>,
  justFound: boolean,
): Session {
  let confirmed: Viewer | null | undefined = justFound ? viewer : undefined;
  let looking: Promise<Viewer | null> | undefined = justFound ? Promise.resolve(viewer) : undefined;
  const confirm = () => {
    if (looking) return looking;
    looking = lookUp();
    looking.then(
      (now) => {
        confirmed = now;
      },
      // Whoever needs the answer awaits it; until then a failure is nobody's.
      () => undefined,
    );
    return looking;
  };
  const session: Session = {
    viewer,
    provider: database.provider,
    identity: database.identity,
    prisma: () => database.prisma(),
    confirm,
    get confirmed() {
      return confirmed;
    },
    query(statement) {
      confirm();
      return database.query(statement);
    },
    cells(statement, options) {
      confirm();
      return database.cells(statement, options);
    },
    async commit(writes) {
      if (!sameViewer(await confirm(), session.viewer)) throw new ViewerChanged();
      return database.commit(writes);
    },
    close: () => database.close(),
  };
  return session;
}

/** Whether two look-ups of a token found the same. */
export function sameViewer(one: Viewer | null, other: Viewer | null): boolean {
  if (one === null || other === null) return one === other;
  return (Object.keys(one) as (keyof Viewer)[]).every((key) => one[key] === other[key]);
}
