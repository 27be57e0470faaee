/**
 * The one way to a database: Prisma's client over our adapter, extended with the two things that Prisma lacks. `$read`
 * reads a tree of records in one statement, and `$commit` applies a list of guarded writes as one. Both run on the
 * client's own adapter; inside an interactive transaction they are a part of it.
 */
import type { PrismaClient as LiteClient } from './generated/sqlite/client.ts';
import {
  type ChainRead,
  type Connection,
  chainOver,
  type KeyRead,
  type ModelName,
  type PageRead,
  pageOver,
  type ReadOptions,
  rowOver,
  type SharedRead,
  type SharedValues,
  sharedOver,
  type TreeAnswers,
  type UnownedRead,
  unownedOver,
} from './sql/index.ts';
import { type Adapter, connectionOf, type TransactionConnection, understandRead, type Write } from './store/index.ts';
import { throughTexts } from './text-ids.ts';

/** What can be read. */
export type Read = PageRead | KeyRead | ChainRead | SharedRead | UnownedRead;

/** What is answered, by the kind of the read. */
interface Answers extends TreeAnswers {
  chain: string[];
  shared: SharedValues;
  unowned: number | undefined;
}

/** What is answered to a read. */
export type Answer<R extends Read> = Answers[R['is']];

/** What a read is counted by. */
export type Counted = Pick<ReadOptions, 'meter'>;

/** What records are read and written through: the client, or a view of it for one request or one transaction. */
export interface Database {
  /** What caches of things in this database are kept under: the same for every view of it. */
  readonly $identity: object;
  /** Set on the view that a transaction has: its writes must not wait for others in the process, who wait for them. */
  readonly $inTransaction?: true;
  /** Reads in one statement, or a few where it must be found out first how. */
  $read<R extends Read>(read: R, counted?: Counted): Promise<Answer<R>>;
  /**
   * Applies all of `writes` or none. `stale`: a guarded row was not there as expected, or another writer was in the
   * way; nothing was written; read again and retry. Throws UniqueViolation or ForeignKeyViolation (violations.ts).
   */
  $commit(writes: readonly Write[]): Promise<'committed' | 'stale'>;
}

/** The client of a database. */
export type Db = Awaited<ReturnType<typeof clientOn>>;

/** Prisma's client over the adapter. Its query compiler is loaded by the first call that needs it. */
export async function clientOn(adapter: Adapter) {
  const options = { adapter, transactionOptions: TRANSACTION };
  if (adapter.provider === 'sqlite') {
    const { PrismaClient } = await import('./generated/sqlite/client.ts');
    return extended(new PrismaClient(options), adapter);
  }
  const { PrismaClient } = await import('./generated/postgres/client.ts');
  // The two clients have the same models and methods; only types of features that one database lacks differ.
  return extended(new PrismaClient(options) as LiteClient, adapter);
}

/** How long a transaction may wait to begin, and then take, in milliseconds. Others may have to wait for it. */
const TRANSACTION = { maxWait: 10_000, timeout: 10_000 };

function extended(prisma: LiteClient, adapter: Adapter) {
  const client = prisma.$extends({
    name: 'clientele',
    client: {
      $identity: adapter as object,
      /** The adapter that the client is over. */
      $adapter: adapter,
      $read<R extends Read>(read: R, counted?: Counted): Promise<Answer<R>> {
        if (isOutside(this)) return answer(adapter, read, counted);
        return transactionOf(this).then((connection) => answer(connection, read, counted));
      },
      $commit(writes: readonly Write[]): Promise<'committed' | 'stale'> {
        if (isOutside(this)) return adapter.commit(writes);
        return transactionOf(this).then((connection) => connection.commit(writes));
      },
      /** See Adapter. */
      $version: (models: readonly ModelName[]) => adapter.version(models),
      /** Throws when the database does not answer, or is no longer there. */
      $check: () => adapter.check(),
      /** Disconnects for good. */
      async $close(): Promise<void> {
        await prisma.$disconnect();
        await adapter.close();
      },
    },
    query: {
      async $allOperations(call) {
        try {
          return await throughTexts(call);
        } catch (error) {
          throw understandRead(error, adapter.failureOf(error));
        }
      },
    },
  });
  /** Whether it is not the client of an interactive transaction: that has no `$disconnect`. */
  const isOutside = (caller: unknown) =>
    caller === client || (caller as { $disconnect?: unknown }).$disconnect !== undefined;
  return client;
}

/** What records are read and written through, without the rest of the client: its methods are quicker to reach. */
export function recordsOf(db: Db): Database {
  return { $identity: db.$identity, $read: db.$read.bind(db), $commit: db.$commit.bind(db) };
}

/** The connections of transactions, by their clients. */
const connections = new WeakMap<object, Promise<TransactionConnection>>();

/** The connection of the transaction that `client` is of. */
function transactionOf(client: object): Promise<TransactionConnection> {
  const known = connections.get(client);
  if (known) return known;
  const { $queryRawUnsafe } = client as Pick<LiteClient, '$queryRawUnsafe'>;
  const found = connectionOf((statement, key) => $queryRawUnsafe.call(client, statement, key));
  connections.set(client, found);
  return found;
}

/** A view of the transaction that `client` is of. */
export function transactionView(client: object): Database {
  return {
    // What it sees may be undone, so nothing of it is kept for others.
    $identity: {},
    $inTransaction: true,
    $read: async (read, counted) => answer(await transactionOf(client), read, counted),
    $commit: async (writes) => (await transactionOf(client)).commit(writes),
  };
}

function answer<R extends Read>(connection: Connection, read: R, counted?: Counted): Promise<Answer<R>> {
  const over = counted?.meter ? new Metered(connection, counted) : connection;
  return answerOver(over, read) as Promise<Answer<R>>;
}

function answerOver(connection: Connection, read: Read): Promise<Answer<Read>> {
  switch (read.is) {
    case 'page':
      return pageOver(connection, read);
    case 'row':
      return rowOver(connection, read);
    case 'chain':
      return chainOver(connection, read);
    case 'shared':
      return sharedOver(connection, read);
    case 'unowned':
      return unownedOver(connection, read);
  }
}

/** A connection that counts what is read over it. */
class Metered implements Connection {
  readonly dialect: Connection['dialect'];
  readonly #connection: Connection;
  readonly #meter: Counted['meter'];

  constructor(connection: Connection, { meter }: Counted) {
    this.dialect = connection.dialect;
    this.#connection = connection;
    this.#meter = meter;
  }

  cells(...[statement, options]: Parameters<Connection['cells']>): Promise<unknown[][]> {
    return this.#connection.cells(statement, { ...options, meter: this.#meter });
  }
}
