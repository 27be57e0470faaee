/** A database that tells which statements it was given. */
import { clientOn, type Db } from '../../src/database/client.ts';
import type { Adapter } from '../../src/database/store/adapter.ts';

export type CountingDatabase = Db & {
  /** The statements given while `act` runs: a read as the table it begins at, `commit`, and Prisma's calls by name. */
  statementsOf(act: () => Promise<unknown>): Promise<string[]>;
};

/** The table that a read begins at: `t` is what the program calls it, within which others are nested. */
function tableOf(statement: string): string {
  return /FROM "(\w+)" t\b/.exec(statement)?.[1] ?? /FROM "(\w+)"/.exec(statement)?.[1] ?? statement;
}

/** The same database, counting. A commit is one statement on Postgres, and one transaction on SQLite. */
export async function counting({ $adapter: adapter }: Db): Promise<CountingDatabase> {
  let statements: string[] = [];
  const counted: Adapter = {
    ...adapter,
    cells(statement, options) {
      statements.push(tableOf(statement.sql));
      return adapter.cells(statement, options);
    },
    // As Postgres: so the look-up of a token is counted on either, whatever was written before.
    version: () => undefined,
    commit(writes) {
      statements.push('commit');
      return adapter.commit(writes);
    },
  };
  const client = (await clientOn(counted)).$extends({
    client: {
      async statementsOf(act: () => Promise<unknown>): Promise<string[]> {
        statements = [];
        await act();
        return statements;
      },
    },
    query: {
      $allModels: {
        $allOperations({ model, operation, args, query }) {
          statements.push(`${model}.${operation}`);
          return query(args);
        },
      },
    },
  });
  return client as unknown as CountingDatabase;
}
