/** Relay connections over pages read by keyset: their arguments, their cursors and their types. */
import type { ObjectRef } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import { columnType } from '../database/columns.ts';
import type { Condition } from '../database/conditions.ts';
import { type ModelName, parseInstant, type Row } from '../database/database.ts';
import { type OrderTerm, type Page, type PageRead, type Position, readPage } from '../database/read.ts';
import { type FieldError, InvalidInput } from '../errors.ts';
import { PAGE_DEFAULT, PAGE_MAX } from '../records/lists.ts';
import { builder, type ExtendedTypes } from './builder.ts';
import type { Context } from './context.ts';
import { pageSelectionOf } from './selection.ts';

/** A page with what its cursors are made of. */
export interface Connection {
  page: Page;
  order: readonly OrderTerm[];
}

export interface PageArgs {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

/** Adds a fault for each number of rows that is too small or too large. */
function limitFaults(args: PageArgs, faults: FieldError[]): void {
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

function writeCursor(row: Row, order: readonly OrderTerm[]): string {
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

/** What is selected of the page. Throws what is wrong within it together with what is wrong with the field itself. */
function selectionOrFaults(
  args: PageArgs,
  order: readonly OrderTerm[],
  faults: readonly FieldError[],
  info: GraphQLResolveInfo,
  context: Context,
): Pick<PageRead, 'row' | 'wants'> {
  try {
    return pageSelectionOf(info, context, order);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const all = [...faults];
    limitFaults(args, all);
    throw new InvalidInput([...all, ...error.fields]);
  }
}

interface ConnectionOptions {
  /** An index has the rows in this order. */
  ordered: boolean;
  /** And none of those that it has are left out. */
  all: boolean;
  /** What is wrong with the other arguments of the field. */
  faults?: readonly FieldError[];
}

/** Reads the page that a connection field asks for. Throws InvalidInput that names every argument at fault. */
export async function readConnection(
  args: PageArgs,
  order: readonly OrderTerm[],
  where: Condition,
  info: GraphQLResolveInfo,
  context: Context,
  { ordered, all, faults = [] }: ConnectionOptions,
): Promise<Connection> {
  const selected = selectionOrFaults(args, order, faults, info, context);
  const bounds = pageBounds(args, order, selected.row.model, faults);
  const page = await readPage(context.database.reads, {
    is: 'page',
    where,
    ordered,
    quick: ordered && all,
    ...bounds,
    ...selected,
  });
  return { page, order };
}

/** The arguments of every connection. */
export const pageArgs = () =>
  builder.args((t) => ({
    first: t.int({
      description: `How many rows from the start, or after \`after\`: ${PAGE_DEFAULT} unless said, at most ${PAGE_MAX}.`,
    }),
    after: t.string({ description: 'A cursor: only rows after it.' }),
    last: t.int({
      description: `How many rows from the end, or before \`before\`, at most ${PAGE_MAX}. Not together with \`first\`.`,
    }),
    before: t.string({ description: 'A cursor: only rows before it.' }),
  }));

const PageInfo = builder.objectRef<Connection>('PageInfo').implement({
  description: 'Where a page lies in its list.',
  fields: (t) => ({
    hasNextPage: t.boolean({
      description: 'Whether rows follow the last of the page. With `first`, only those before `before` count.',
      resolve: ({ page }) => page.hasNext,
    }),
    hasPreviousPage: t.boolean({
      description: 'Whether rows precede the first of the page. With `last`, only those after `after` count.',
      resolve: ({ page }) => page.hasPrevious,
    }),
    startCursor: t.string({
      nullable: true,
      description: 'The cursor of the first row; null when the page is empty.',
      resolve: ({ page, order }) => cursorOf(page.rows[0], order),
    }),
    endCursor: t.string({
      nullable: true,
      description: 'The cursor of the last row; null when the page is empty.',
      resolve: ({ page, order }) => cursorOf(page.rows.at(-1), order),
    }),
  }),
});

function cursorOf(row: Row | undefined, order: readonly OrderTerm[]): string | null {
  return row ? writeCursor(row, order) : null;
}

/** The connection type, and its edge type, over rows of the given type. */
export function connectionOf(name: string, row: ObjectRef<ExtendedTypes, Row>, what: string) {
  const Edge = builder.objectRef<{ row: Row; order: readonly OrderTerm[] }>(`${name}Edge`).implement({
    description: `One of the ${what} of a page, with its cursor.`,
    fields: (t) => ({
      cursor: t.string({ description: 'Its place in the list.', resolve: (edge) => writeCursor(edge.row, edge.order) }),
      node: t.field({ type: row, description: 'The record.', resolve: (edge) => edge.row }),
    }),
  });
  return builder.objectRef<Connection>(`${name}Connection`).implement({
    description: `A page of ${what}.`,
    fields: (t) => ({
      edges: t.field({
        type: [Edge],
        description: 'The rows with their cursors.',
        resolve: ({ page, order }) => page.rows.map((found) => ({ row: found, order })),
      }),
      nodes: t.field({ type: [row], description: 'The rows.', resolve: ({ page }) => [...page.rows] }),
      pageInfo: t.field({
        type: PageInfo,
        description: 'Where the page lies in the list.',
        resolve: (connection) => connection,
      }),
      totalCount: t.int({
        description: 'How many rows the whole list has. Counted only when asked for.',
        resolve: ({ page }) => page.total ?? 0,
      }),
    }),
  });
}
