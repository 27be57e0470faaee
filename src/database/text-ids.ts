/**
 * Ids are numbers in the databases and texts for who uses Prisma's client: as texts they are taken in its arguments and
 * given in its results. Its types say so too (prisma/text-ids.js).
 */
import { idText } from '../base/ids.ts';
import { internalsOf } from './prisma-internals.ts';
import { columnsOf, encodeId, idsOf, type ModelName, relationsOf } from './sql/index.ts';

/** A call as an extension of Prisma's is given it. */
interface Call<Args> {
  model?: string;
  args: Args;
  query: (args: Args) => Promise<unknown>;
}

/** Makes a call that has and gives texts for ids: `$allOperations` of an extension. */
export async function throughTexts<Args>(call: Call<Args>): Promise<unknown> {
  const { args, query } = call;
  if (call.model === undefined) return query(args);
  const model = call.model as ModelName;
  return withTexts(model, await query(withNumbers(model, args) as Args), internalsOf(call).dataPath);
}

/** Arguments of a call with numbers for ids. A text that is no id becomes the number of no row. */
export function withNumbers(model: ModelName, args: unknown): unknown {
  if (Array.isArray(args)) return args.map((each) => withNumbers(model, each));
  if (!isPlain(args)) return args;
  const columns = columnsOf(model);
  const numbered: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args)) {
    const relation = relationsOf(model)[name];
    if (relation) numbered[name] = withNumbers(relation.model, value);
    else if (columns[name] === 'Id') numbered[name] = numberIn(model, name, value);
    // What is in a column of another type is a value, and an order holds no values.
    else numbered[name] = columns[name] || name === 'orderBy' ? value : withNumbers(model, value);
  }
  return isPlain(numbered.select) ? { ...numbered, select: withKinds(model, numbered.select) } : numbered;
}

const NO_ID = -1n;

/** The number of an id, or a filter of ids with numbers. */
function numberIn(model: ModelName, column: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => numberIn(model, column, each));
  if (isPlain(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, numberIn(model, column, each)]));
  }
  if (typeof value !== 'string') return value;
  const { kind, kindColumn } = idsOf(model, column);
  if (kind === undefined && kindColumn === undefined && /^\d{1,16}$/.test(value)) return BigInt(value);
  const number = encodeId(model, column, value);
  return number === null ? NO_ID : BigInt(number);
}

/** With each id the column that tells of which kind it is. */
function withKinds(model: ModelName, select: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const selected = { ...select };
  for (const column in select) {
    const { kindColumn } = columnsOf(model)[column] === 'Id' && select[column] ? idsOf(model, column) : {};
    if (kindColumn !== undefined) selected[kindColumn] = true;
  }
  return selected;
}

/** Makes the ids of a result texts. `path` leads from the model of the call to that of the result, as Prisma has it. */
function withTexts(model: ModelName, result: unknown, path: readonly string[] = []): unknown {
  const of = path.reduce((from: ModelName, name) => relationsOf(from)[name]?.model ?? from, model);
  textIn(of, result);
  return result;
}

function textIn(model: ModelName, result: unknown): void {
  if (Array.isArray(result)) for (const each of result) textIn(model, each);
  if (!isPlain(result)) return;
  const row = result as Record<string, unknown>;
  for (const name in row) {
    const value = row[name];
    const relation = relationsOf(model)[name];
    if (relation) textIn(relation.model, value);
    else if (name === '_min' || name === '_max') textIn(model, value);
    else if (typeof value === 'bigint' && columnsOf(model)[name] === 'Id') row[name] = textOf(model, name, value, row);
  }
}

/** The text of an id; its digits where nothing tells of which kind it is. */
function textOf(model: ModelName, column: string, number: bigint, row: Readonly<Record<string, unknown>>): string {
  const { kind, kindColumn } = idsOf(model, column);
  const of = kind ?? (kindColumn === undefined ? undefined : row[kindColumn]);
  return typeof of === 'string' ? idText(of, Number(number)) : String(number);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
