/** Prisma over a pool of Postgres connections: what its client asks of a driver adapter. */
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { handOver, type TransactionConnection } from '../store/index.ts';

export const POSTGRES_ADAPTER = { provider: 'postgres', adapterName: 'clientele-postgres' } as const;

/**
 * Makes the connection of a transaction, for as long as that `isOpen`. In a `snapshot` it sees nothing that is committed
 * later.
 */
type ConnectionOn = (client: pg.PoolClient, snapshot: boolean, isOpen: () => boolean) => TransactionConnection;

/**
 * Prisma's own adapter over the pool, which stays open when it is disposed of. Scripts are sent whole, so that they are one
 * transaction; transactions hand over their connections.
 */
export async function adapterOver(pool: pg.Pool, connectionOn: ConnectionOn): Promise<SqlDriverAdapter> {
  const adapter = await new PrismaPg(pool).connect();
  return {
    ...POSTGRES_ADAPTER,
    queryRaw: (query) => adapter.queryRaw(query),
    executeRaw: (query) => adapter.executeRaw(query),
    async executeScript(script) {
      // Without values it is sent by the simple protocol, which takes many statements.
      await adapter.executeRaw({ sql: script, args: [], argTypes: [] });
    },
    async startTransaction(isolationLevel) {
      const source = new SourceOfOne(pool);
      const transaction = await (await new PrismaPg(source).connect()).startTransaction(isolationLevel);
      const snapshot = isolationLevel === 'REPEATABLE READ' || isolationLevel === 'SERIALIZABLE';
      let open = true;
      const connection = connectionOn(source.taken, snapshot, () => open);
      const ending = (act: () => Promise<void>) => () => {
        open = false;
        return act();
      };
      return {
        ...POSTGRES_ADAPTER,
        options: transaction.options,
        queryRaw: async (query) => handOver(query, connection) ?? transaction.queryRaw(query),
        executeRaw(query) {
          // Prisma sends these as statements, and then calls the methods.
          if (query.sql === 'COMMIT' || query.sql === 'ROLLBACK') open = false;
          return transaction.executeRaw(query);
        },
        commit: ending(() => transaction.commit()),
        rollback: ending(() => transaction.rollback()),
        createSavepoint: async (name) => transaction.createSavepoint?.(name),
        rollbackToSavepoint: async (name) => transaction.rollbackToSavepoint?.(name),
        releaseSavepoint: async (name) => transaction.releaseSavepoint?.(name),
      };
    },
    getConnectionInfo: () => adapter.getConnectionInfo(),
    dispose: () => adapter.dispose(),
  };
}

/** A pool as Prisma's adapter takes it, which tells which connection of the true pool a transaction was given. */
class SourceOfOne extends pg.Pool {
  readonly #pool: pg.Pool;
  #taken: pg.PoolClient | undefined;

  constructor(pool: pg.Pool) {
    super();
    this.#pool = pool;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: unknown): void;
  override async connect(): Promise<pg.PoolClient> {
    this.#taken = await this.#pool.connect();
    return this.#taken;
  }

  get taken(): pg.PoolClient {
    if (!this.#taken) throw new Error('No connection was taken.');
    return this.#taken;
  }
}
