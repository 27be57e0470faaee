/** What a resolver is given: who calls, the database, and what is needed to log. */
import type { Logger } from 'pino';
import type { Definitions } from '../custom-values/definitions.ts';
import type { ContextPrisma } from '../extending/prisma.ts';
import type { Records } from '../extending/records.ts';
import type { Session } from '../session/session.ts';
import type { Viewer } from '../session/viewer.ts';

export interface Context {
  /** Replaced when it turns out to have changed since it was remembered (access.ts). */
  viewer: Viewer;
  readonly database: Session;
  /** Prisma's typed client, for resolvers of your own: see docs/extending.md. */
  readonly prisma: ContextPrisma;
  /** Records written as the mutations write them. */
  readonly records: Records;
  /** Also on the answer, as `x-request-id`. Put it into every log line. */
  readonly requestId: string;
  /** The process's logger: a child per request would cost more than most requests log. */
  readonly logger: Logger;
  /** Logs a fault of ours of which the caller learns only that there was one. */
  reportFault(fault: unknown): void;
  /** Throws TOO_COMPLEX when the operation asks for too much, once it is known how long some lists are. Set by the edge. */
  checkCost?: (lists: Readonly<Record<string, number>>) => void;
  /** The firm's custom fields, in place before a root field resolves (access.ts), so that rows need not wait for them. */
  definitions?: Definitions;
}
