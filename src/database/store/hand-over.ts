/**
 * From Prisma's client of an interactive transaction to the connection that it runs on, so that reads and commits of our
 * own can join it. Prisma does not tell which that is: so a statement that no database runs is sent through the client,
 * and the adapter's transaction, instead of running it, leaves its connection under the key that came along.
 */
import { randomUUID } from 'node:crypto';
import type { SqlQuery, SqlResultSet } from '@prisma/driver-adapter-utils';
import type { TransactionConnection } from './adapter.ts';

/** The statement. */
export const HAND_OVER = 'CLIENTELE HAND OVER';

const handedOver = new Map<unknown, TransactionConnection>();

/** What a transaction answers when it is asked for its connection; undefined of any other statement. */
export function handOver({ sql, args: [key] }: SqlQuery, connection: TransactionConnection): SqlResultSet | undefined {
  if (sql !== HAND_OVER || !handedOver.has(key)) return undefined;
  handedOver.set(key, connection);
  return { columnNames: [], columnTypes: [], rows: [] };
}

/** The connection of a transaction. `ask` sends a statement with its value through the transaction's client. */
export async function connectionOf(
  ask: (statement: string, key: string) => PromiseLike<unknown>,
): Promise<TransactionConnection> {
  const key = randomUUID();
  handedOver.set(key, NOWHERE);
  try {
    await ask(HAND_OVER, key);
    const connection = handedOver.get(key);
    if (!connection || connection === NOWHERE) throw new Error('The transaction did not hand over its connection.');
    return connection;
  } finally {
    handedOver.delete(key);
  }
}

const NOWHERE = {} as TransactionConnection;
