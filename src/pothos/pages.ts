/** The pages of connections: their arguments, their cursors, and where a row holds those that were read with it. */
import { type FieldNode, type GraphQLResolveInfo, print } from 'graphql';
import { type FieldError, InvalidInput } from '../base/errors.ts';
import {
  columnType,
  type ModelName,
  type OrderTerm,
  type Page,
  type PageRead,
  type Position,
  parseInstant,
  type Row,
} from '../database/sql/index.ts';
import { PAGE_DEFAULT, PAGE_MAX } from '../records/lists.ts';

/** A page with what its cursors are made of. */
export interface Connection<Item> {
  page: Omit<Page, 'rows'> & { rows: readonly Item[] };
  order: readonly OrderTerm[];
}

export interface PageArgs {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

/** Adds a fault for each number of rows that is too small or too large. */
export function limitFaults(args: PageArgs, faults: FieldError[]): void {
  for (const name of ['first', 'last'] as const) {
    const value = args[name];
    if (typeof value !== 'number' || (value >= 0 && value <= PAGE_MAX)) continue;
    faults.push({ path: [name], code: 'BAD_USER_INPUT', message: `must be from 0 to ${PAGE_MAX}, not ${value}` });
  }
}

/** How many rows are asked for. Throws InvalidInput when they are too many. */
export function pageLimit(args: Pick<PageArgs, 'first'>): number {
  const faults: FieldError[] = [];
  limitFaults(args, faults);
  if (faults.length > 0) throw new InvalidInput(faults);
  return args.first ?? PAGE_DEFAULT;
}

/** The bounds of a page from its arguments. Throws InvalidInput that names every argument at fault, with `others`. */
export function pageBounds(
  args: PageArgs,
  order: readonly OrderTerm[],
  model: ModelName,
  others: readonly FieldError[] = [],
): Pick<PageRead, 'limit' | 'backward' | 'after' | 'before' | 'order'> {
  const faults = [...others];
  const fault = (path: string, message: string) => faults.push({ path: [path], code: 'BAD_USER_INPUT', message });
  limitFaults(args, faults);
  if (typeof args.first === 'number' && typeof args.last === 'number') {
    fault('last', 'must not be given together with first');
  }
  const after = typeof args.after === 'string' ? readCursor(args.after, order, model) : undefined;
  const before = typeof args.before === 'string' ? readCursor(args.before, order, model) : undefined;
  if (after === null) fault('after', 'is not a cursor of this list in this order');
  if (before === null) fault('before', 'is not a cursor of this list in this order');
  if (faults.length > 0) throw new InvalidInput(faults);
  return {
    order,
    limit: args.first ?? args.last ?? PAGE_DEFAULT,
    // `before` alone asks for what is just before it, as `last` does.
    backward: typeof args.last === 'number' || (typeof args.first !== 'number' && !after && Boolean(before)),
    after: after ?? undefined,
    before: before ?? undefined,
  };
}

/** What a cursor says of the order it was made in, so that one of another order is refused. */
function orderKey(order: readonly OrderTerm[]): string {
  return order.map((term) => `${term.descending ? '-' : ''}${term.column}`).join();
}

/** The place of a row in an order. */
export function writeCursor(row: Row, order: readonly OrderTerm[]): string {
  // The place in an order of one term is its value: a feed goes on from a sequence.
  if (order.length === 1) return String(row[order[0]?.column ?? '']);
  const place = order.map((term) => row[term.column] ?? null);
  return Buffer.from(JSON.stringify([orderKey(order), ...place])).toString('base64url');
}

function readCursor(cursor: string, order: readonly OrderTerm[], model: ModelName): Position | null {
  const [only] = order;
  if (only && order.length === 1) return placeable(cursor, only, model) ? [cursor] : null;
  try {
    const [key, ...place]: unknown[] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const fits = place.length === order.length && place.every((value, index) => placeable(value, order[index], model));
    return key === orderKey(order) && fits ? (place as unknown as Position) : null;
  } catch {
    return null;
  }
}

/** Whether a value may stand in a cursor for the term: cursors come from callers, who may have made them up. */
function placeable(value: unknown, term: OrderTerm | undefined, model: ModelName): boolean {
  if (!term) return false;
  if (value === null) return term.nullable;
  const type = columnType(model, term.column);
  if (type === 'BigInt') return /^\d{1,18}$/.test(String(value));
  if (type === 'Int') return typeof value === 'number' && value === Math.trunc(value) && Math.abs(value) < 2 ** 31;
  if (typeof value !== 'string' || value.includes('\u0000') || !value.isWellFormed()) return false;
  return type !== 'DateTime' || parseInstant(value) === value;
}

/** The page that was read with the row for `info`'s field and its arguments. */
export function pageIn(row: Row, { fieldNodes: [node] }: GraphQLResolveInfo): Page | undefined {
  if (!node) throw new Error('A field without a node');
  return row[`:${pageKey(node)}`] as Page | undefined;
}

const pageKeys = new WeakMap<FieldNode, string>();

/**
 * What identifies a page within its row: the field and its arguments as they are written. Within one execution the same
 * text means the same values, as variables do not change.
 */
export function pageKey(node: FieldNode): string {
  let key = pageKeys.get(node);
  if (key === undefined) {
    key = `${node.name.value}(${(node.arguments ?? []).map(print).join()})`;
    pageKeys.set(node, key);
  }
  return key;
}
