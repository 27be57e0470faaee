/** Prisma's client with ids, and the values of changes, as the API has them. */
import { unpacked } from '../../src/database/change-values.ts';
import { encodeId, idsOf } from '../../src/database/columns.ts';
import type { ModelName } from '../../src/database/database.ts';
import { models } from '../../src/database/generated/models.ts';
import type * as generated from '../../src/database/generated/sqlite/client.ts';
import { type IdKind, idText } from '../../src/ids.ts';

/** A row whose ids are texts. */
type Row<Of> = {
  [Column in keyof Of]: Column extends 'id' | `${string}Id` ? Text<Of[Column]> : Of[Column];
};
type Text<Value> = Value extends bigint ? string : Value;

export type Change = Row<generated.Change>;
export type Client = Row<generated.Client>;
export type ClientContact = Row<generated.ClientContact>;
export type ClientGroup = Row<generated.ClientGroup>;
export type ClientLocation = Row<generated.ClientLocation>;
export type ClientType = Row<generated.ClientType>;
export type ContactRole = Row<generated.ContactRole>;
export type CustomField = Row<generated.CustomField>;
export type Employee = Row<generated.Employee>;
export type ExternalId = Row<generated.ExternalId>;
export type Region = Row<generated.Region>;
export type SuccessCycle = Row<generated.SuccessCycle>;

interface Asked {
  where?: object;
  select?: object;
  orderBy?: object;
}

interface Rows<Of> {
  findFirst(asked?: Asked): Promise<Of | null>;
  findFirstOrThrow(asked?: Asked): Promise<Of>;
  findMany(asked?: Asked): Promise<Of[]>;
  count(asked?: { where?: object }): Promise<number>;
  create(asked: { data: object }): Promise<Of>;
  updateMany(asked: { where?: object; data: object }): Promise<{ count: number }>;
}

/** As much of the client as tests use. */
export interface PrismaClient {
  change: Rows<Change>;
  client: Rows<Client>;
  clientContact: Rows<ClientContact>;
  clientGroup: Rows<ClientGroup>;
  clientLocation: Rows<ClientLocation>;
  clientType: Rows<ClientType>;
  contactRole: Rows<ContactRole>;
  customField: Rows<CustomField>;
  employee: Rows<Employee>;
  externalId: Rows<ExternalId>;
  firm: Rows<generated.Firm>;
  region: Rows<Region>;
  successCycle: Rows<SuccessCycle>;
  token: Rows<Row<generated.Token>>;
}

type Call = (asked?: object) => Promise<unknown>;

/** The same client, with ids as texts both ways. */
export function withTexts(prisma: generated.PrismaClient): PrismaClient {
  return new Proxy(prisma, {
    get(target, key) {
      const model = `${String(key).charAt(0).toUpperCase()}${String(key).slice(1)}`;
      const rows = Reflect.get(target, key);
      return model in models ? rowsOf(rows as Record<string, Call>, model as ModelName) : rows;
    },
  }) as unknown as PrismaClient;
}

function rowsOf(rows: Record<string, Call>, model: ModelName): unknown {
  return new Proxy(rows, {
    get: (target, method) => async (asked?: object) => {
      const found = await target[String(method)]?.(asked && askedBy(asked, model));
      return Array.isArray(found) ? found.map((row) => texted(row, model)) : texted(found, model);
    },
  });
}

function askedBy(asked: object, model: ModelName): object {
  const parts = Object.entries(asked).map(([key, part]) => [
    key,
    key === 'where' || key === 'data' ? numbered(part, model, '') : part,
  ]);
  return Object.fromEntries(parts);
}

/** What is asked, with the numbers that stand for ids. Of what is none there is no row. */
function numbered(asked: unknown, model: ModelName, column: string): unknown {
  const isId = (models[model].columns as Record<string, string>)[column] === 'Id';
  if (typeof asked === 'string' && isId) return BigInt(encodeId(model, column, asked) ?? -1);
  if (Array.isArray(asked)) return asked.map((item) => numbered(item, model, column));
  if (typeof asked !== 'object' || asked === null || asked instanceof Date) return asked;
  const parts = Object.entries(asked).map(([key, part]) => {
    const named = key in models[model].columns ? key : column;
    return [key, column === '' || isId ? numbered(part, model, named) : part];
  });
  return Object.fromEntries(parts);
}

function texted(row: unknown, model: ModelName): unknown {
  if (typeof row !== 'object' || row === null) return row;
  const cells = Object.entries(row).map(([column, cell]) => {
    if (model === 'Change' && (column === 'before' || column === 'after')) {
      return [column, unpacked(String(Reflect.get(row, 'entity')), cell)];
    }
    const { kind, kindColumn } = idsOf(model, column);
    const of = kind ?? (kindColumn === undefined ? undefined : (Reflect.get(row, kindColumn) as IdKind));
    return [column, typeof cell === 'bigint' && of !== undefined ? idText(of, Number(cell)) : cell];
  });
  return Object.fromEntries(cells);
}
