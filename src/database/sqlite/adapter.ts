/** Prisma over an SQLite handle: what its client asks of a driver adapter. */
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
  SQLITE_CONSTRAINT_NOTNULL,
  SQLITE_CONSTRAINT_PRIMARYKEY,
  SQLITE_CONSTRAINT_UNIQUE,
  type SqliteHandle,
  type SqliteStatement,
  sqliteCode,
} from './driver.ts';

export const SQLITE_ADAPTER = { provider: 'sqlite', adapterName: 'clientele-sqlite' } as const;

/** What a statement does: it only reads, it writes, or it is one that no transaction may hold. */
type Kind = 'reads' | 'writes' | 'apart';

/** Runs `act` when it may be run. */
export type Turn = <T>(kind: Kind, act: () => T) => Promise<T>;

/** An adapter on an open handle, which it does not close, for statements one by one. */
export function adapterOn(handle: SqliteHandle, turn: Turn = async (_kind, act) => act()): SqlDriverAdapter {
  const statement = async <T>(
    { sql, args, argTypes }: SqlQuery,
    run: (statement: SqliteStatement, values: unknown[]) => T,
  ) => {
    const values = args.map((arg, index) => bound(arg, argTypes[index]));
    try {
      return await turn(kindOf(sql), () => run(handle.prepare(sql), values));
    } catch (error) {
      throw translated(error);
    }
  };
  return {
    ...SQLITE_ADAPTER,
    queryRaw: (query) => statement(query, rowsOf),
    executeRaw: (query) => statement(query, changesOf),
    async executeScript(script) {
      try {
        await turn('apart', () => {
          try {
            handle.exec(script);
          } finally {
            if (handle.isTransaction) handle.exec('ROLLBACK');
          }
        });
      } catch (error) {
        throw translated(error);
      }
    },
    startTransaction() {
      throw new Error('This handle runs single statements.');
    },
    dispose: async () => {},
  };
}

function kindOf(sql: string): Kind {
  if (/^\s*SELECT\b/i.test(sql)) return 'reads';
  return /^\s*(?:PRAGMA|VACUUM|ATTACH|DETACH)\b/i.test(sql) ? 'apart' : 'writes';
}

/** The rows that a statement changed; of one that answers rows, how many those are. */
function changesOf(prepared: SqliteStatement, values: readonly unknown[]): number {
  return prepared.columns().length > 0 ? prepared.all(...values).length : Number(prepared.run(...values).changes);
}

/** A driver's error as Prisma knows it. */
export function translated(error: unknown): unknown {
  const code = sqliteCode(error);
  if (!(error instanceof Error) || code === undefined) return error;
  const failure = new DriverAdapterError({
    originalCode: String(code),
    originalMessage: error.message,
    ...meaning(code, error.message),
  });
  return Object.assign(failure, { message: error.message });
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
  if (code === SQLITE_CONSTRAINT_NOTNULL) {
    return { kind: 'NullConstraintViolation', constraint: { fields: [subject.replace(/^.*\./, '')] } };
  }
  if (isBusy(code)) return { kind: 'SocketTimeout' };
  if (message.startsWith('no such table')) return { kind: 'TableDoesNotExist', table: subject };
  if (message.startsWith('no such column')) return { kind: 'ColumnNotFound', column: subject };
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
