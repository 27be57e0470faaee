/** `context.prisma`: Prisma's typed client as the caller of a request may use it. */

import type { Db } from '../database/client.ts';
import { firmClient, guarded, OutOfScope, type Scope } from '../database/firm-client.ts';
import { type ModelName, relationBy } from '../database/sql/index.ts';
import { kindOfModel, kinds } from '../records/kind.ts';
import type { Session } from '../session/session.ts';
import type { Viewer } from '../session/viewer.ts';
import { refuseReaders } from './records.ts';

/**
 * The typed client, scoped to the caller's firm and to what is not deleted. It has no raw SQL, and does not write what is
 * in the change feed: `context.records` does.
 */
export type ContextPrisma = Omit<
  ReturnType<typeof guarded>,
  '$queryRaw' | '$queryRawUnsafe' | '$executeRaw' | '$executeRawUnsafe' | '$connect' | '$disconnect' | Withheld
>;
type Withheld = '$read' | '$commit' | '$adapter' | '$identity' | '$version' | '$check' | '$close';

/** The client for a request: made when it is first used, and again when the caller turns out to have another role. */
export function prismaOf(db: Db, session: Session): ContextPrisma {
  return new Proxy(new RequestPrisma(db, session), HANDLER) as unknown as ContextPrisma;
}

const HANDLER: ProxyHandler<RequestPrisma> = {
  get: (request, property) => request.get(property),
  has: (request, property) => Reflect.has(request.client(), property),
};

class RequestPrisma {
  readonly #db: Db;
  readonly #session: Session;
  #made: { viewer: Viewer; client: ReturnType<typeof guarded> } | undefined;

  constructor(db: Db, session: Session) {
    this.#db = db;
    this.#session = session;
  }

  get(property: string | symbol): unknown {
    const client = this.client();
    return property === '$transaction' ? this.#transaction(client) : Reflect.get(client, property);
  }

  client(): ReturnType<typeof guarded> {
    const { viewer } = this.#session;
    if (this.#made?.viewer === viewer) return this.#made.client;
    const client = guarded(firmClient(this.#db, scopeOf(viewer)), (inTransaction) => this.#beforeWrite(inTransaction));
    this.#made = { viewer, client };
    return client;
  }

  /** `$transaction`, counted while it is interactive: what is not a part of it would wait for it to end. */
  #transaction(client: ReturnType<typeof guarded>) {
    return async (work: unknown, options: unknown) => {
      const interactive = typeof work === 'function';
      if (interactive) this.#session.openTransactions++;
      try {
        return await client.$transaction(work as never, options as never);
      } finally {
        if (interactive) this.#session.openTransactions--;
      }
    };
  }

  async #beforeWrite(inTransaction: boolean): Promise<void> {
    if (!inTransaction && this.#session.openTransactions > 0) {
      throw new OutOfScope('A transaction of this request is open: write with the client that its callback is given.');
    }
    refuseReaders(this.#session);
    await this.#session.stillAllowed();
  }
}

/** The number of no firm: nothing is of it. (Prisma takes an empty `OR` for true when it is within an `AND`.) */
const NO_FIRM = -1;

function scopeOf({ firmId, role, contactId }: Viewer): Scope {
  if (role !== 'CONTACT') return { firmId, key: `${firmId}`, refusal };
  const own = ownOf(contactId ?? '');
  return { firmId, key: `${firmId} ${contactId}`, narrow: own, refusal };
}

/** What a portal user sees of a model: what is tied to its contact, as the kind declares (graphql/scope.ts). */
function ownOf(contactId: string): NonNullable<Scope['narrow']> {
  const contacts = { some: { id: contactId, deletedAt: null } };
  return (model) => {
    const on = kindOfModel(model)?.portal;
    if (on?.id) return { id: contactId };
    if (on?.clientId === 'id') return { contacts };
    if (on?.clientId) return { [relationBy(model, on.clientId)]: { contacts } };
    return model === 'Firm' ? { id: NO_FIRM } : { firmId: NO_FIRM };
  };
}

/** Models that are not written by resolvers at all. */
const KEPT: Partial<Record<ModelName, string>> = {
  Firm: 'firms are made with `clientele firm create`',
  Token: 'tokens are made and revoked with `clientele token`',
  CustomField: 'custom fields change with the mutations createCustomField, patchCustomField and their sisters',
  Change: 'the change feed is written with the records that it tells of: use context.records',
  ChangeClock: 'the change feed is written with the records that it tells of: use context.records',
  IndexedValue: 'it belongs to a record: use context.records.patch',
  ExternalId: 'it belongs to a record: use context.records.patch',
  IdempotencyKey: 'it is kept by context.records.create',
};

/** The function of `context.records` for an operation of Prisma's. */
function functionFor(operation: string): string {
  if (operation.startsWith('create')) return 'create';
  if (operation === 'upsert') return 'upsert';
  return operation.startsWith('update') ? 'patch' : 'delete';
}

function refusal(model: ModelName, operation: string): string | undefined {
  const owner = kinds().find(({ pointers = [] }) => pointers.some((pointer) => pointer.model === model));
  const kept = owner ? `it belongs to a ${owner.what}: use context.records.patch` : KEPT[model];
  if (kept) return `${model} is not written with ${operation}: ${kept}.`;
  const kind = kindOfModel(model);
  if (!kind?.feed) return undefined;
  const use = functionFor(operation);
  return `${model} is in the change feed, which ${operation} would pass by: use context.records.${use}('${model}', …).`;
}
