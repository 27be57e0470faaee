/** A database that tells which statements it was given. */
import type { Database } from '../../src/database/database.ts';
import type { PrismaClient } from '../../src/database/generated/sqlite/client.ts';

export interface CountingDatabase extends Database {
  /** The statements given while `act` runs: a read as the table it begins at, `commit`, and Prisma's calls by name. */
  statementsOf(act: () => Promise<unknown>): Promise<string[]>;
}

/** The table that a read begins at: `t` is what the program calls it, within which others are nested. */
function tableOf(statement: string): string {
  return /FROM "(\w+)" t\b/.exec(statement)?.[1] ?? /FROM "(\w+)"/.exec(statement)?.[1] ?? statement;
}

/** The same database, counting. A commit is one statement on Postgres, and one transaction on SQLite. */
export function counting(database: Database): CountingDatabase {
  let statements: string[] = [];
  const counted = (client: PrismaClient) =>
    new Proxy(client, {
      get(client, model) {
        const delegate = Reflect.get(client, model) as object;
        if (typeof model !== 'string' || model.startsWith('$')) return delegate;
        return new Proxy(delegate, {
          get(methods, method) {
            const call = Reflect.get(methods, method) as (...args: unknown[]) => unknown;
            return (...args: unknown[]) => {
              statements.push(`${model}.${String(method)}`);
              return call.apply(methods, args);
            };
          },
        });
      },
    });
  return {
    provider: database.provider,
    identity: database.identity,
    prisma: async () => counted(await database.prisma()),
    query(statement) {
      statements.push(tableOf(statement.sql));
      return database.query(statement);
    },
    cells(statement, options) {
      statements.push(tableOf(statement.sql));
      return database.cells(statement, options);
    },
    check: () => database.check(),
    // As Postgres: so the look-up of a token is counted on either, whatever was written before.
    version: () => undefined,
    commit(writes) {
      statements.push('commit');
      return database.commit(writes);
    },
    close: () => database.close(),
    async statementsOf(act) {
      statements = [];
      await act();
      return statements;
    },
  };
}
