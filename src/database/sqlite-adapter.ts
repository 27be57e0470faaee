/** Prisma over our own SQLite handle: what its client asks of a driver adapter. */
import {
  type ArgType,
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';
import {
  isBusy,
  SQLITE_CONSTRAINT_FOREIGNKEY,
  SQLITE_CONSTRAINT_PRIMARYKEY,
  SQLITE_CONSTRAINT_UNIQUE,
  type SqliteHandle,
  type SqliteStatement,
  sqliteCode,
} from './sqlite-driver.ts';

export const SQLITE_ADAPTER = { provider: 'sqlite', adapterName: 'clientele-sqlite' } as const;

/** Runs what may find the file locked. */
type Attempt = <T>(act: () => T) => Promise<T>;

/** An adapter on an open handle, which it does not close. */
export function adapterOn(handle: SqliteHandle, attempt: Attempt = async (act) => act()): SqlDriverAdapter {
  const statement = async <T>(
    { sql, args, argTypes }: SqlQuery,
    run: (statement: SqliteStatement, values: unknown[]) => T,
  ) => {
    const values = args.map((arg, index) => bound(arg, argTypes[index]));
    try {
      return await attempt(() => run(handle.prepare(sql), values));
    } catch (error) {
      return translating((): T => {
        throw error;
      });
    }
  };
  return {
    ...SQLITE_ADAPTER,
    queryRaw: async (query) => statement(query, rowsOf),
    executeRaw: async (query) => statement(query, (prepared, values) => prepared.run(...values).changes),
    executeScript: async (script) => translating(() => handle.exec(script)),
    startTransaction() {
      throw new Error('Prisma runs single statements here; what must be atomic goes through Database.commit.');
    },
    dispose: async () => {},
  };
}

/** Runs `act` with the driver's errors as Prisma knows them. */
function translating<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    const code = sqliteCode(error);
    if (!(error instanceof Error) || code === undefined) throw error;
    const failure = new DriverAdapterError({
      originalCode: String(code),
      originalMessage: error.message,
      ...meaning(code, error.message),
    });
    throw Object.assign(failure, { message: error.message });
  }
}

function meaning(code: number, message: string): ConstructorParameters<typeof DriverAdapterError>[0] {
  const [, subject = ''] = message.split(': ');
  if (code === SQLITE_CONSTRAINT_UNIQUE || code === SQLITE_CONSTRAINT_PRIMARYKEY) {
    const fields = subject.split(', ').map((field) => field.replace(/^.*\./, ''));
    return { kind: 'UniqueConstraintViolation', constraint: { fields } };
  }
  if (code === SQLITE_CONSTRAINT_FOREIGNKEY) {
    return { kind: 'ForeignKeyConstraintViolation', constraint: { foreignKey: {} } };
  }
  if (isBusy(code)) return { kind: 'SocketTimeout' };
  if (message.startsWith('no such table')) return { kind: 'TableDoesNotExist', table: subject };
  return { kind: 'sqlite', extendedCode: code, message };
}

function rowsOf(prepared: SqliteStatement, values: readonly unknown[]): SqlResultSet {
  const columns = prepared.columns();
  prepared.setReturnArrays(true);
  const rows = prepared.all(...values) as unknown[][];
  const columnTypes = columns.map(({ type }, index) => declared(type) ?? inferred(rows, index));
  // Prisma takes instants as texts. Those of its own migrations are.
  for (const [index, type] of columnTypes.entries()) {
    if (type !== ColumnTypeEnum.DateTime) continue;
    for (const row of rows) if (typeof row[index] === 'number') row[index] = new Date(row[index]).toISOString();
  }
  return { columnNames: columns.map(({ name }) => name), columnTypes, rows };
}

type ColumnType = SqlResultSet['columnTypes'][number];

/** What a column is by its declaration. The names are those that Prisma's migrations use. */
function declared(type: string | null): ColumnType | undefined {
  return type === null ? undefined : DECLARED[type.toUpperCase()];
}

const DECLARED: Readonly<Record<string, ColumnType>> = {
  TEXT: ColumnTypeEnum.Text,
  INTEGER: ColumnTypeEnum.Int32,
  BIGINT: ColumnTypeEnum.Int64,
  REAL: ColumnTypeEnum.Double,
  BOOLEAN: ColumnTypeEnum.Boolean,
  DATETIME: ColumnTypeEnum.DateTime,
  JSONB: ColumnTypeEnum.Json,
};

/** What a computed column is by its first value. */
function inferred(rows: readonly unknown[][], index: number): ColumnType {
  const value = rows.find((row) => row[index] !== null)?.[index];
  if (value === undefined) return ColumnTypeEnum.Int32;
  return typeof value === 'string' ? ColumnTypeEnum.Text : ColumnTypeEnum.UnknownNumber;
}

/** A value of Prisma's as the driver takes it; instants as everything here stores them. */
function bound(value: unknown, type: ArgType | undefined): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return value.getTime();
  if (typeof value !== 'string') return value;
  switch (type?.scalarType) {
    case 'int':
    case 'float':
    case 'decimal':
      return Number(value);
    case 'bigint':
      return BigInt(value);
    case 'datetime':
      return bound(new Date(value), undefined);
    default:
      return value;
  }
}
