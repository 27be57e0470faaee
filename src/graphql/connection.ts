/** Relay connections: their types, and reading the page that one at the root asks for. */
import type { ObjectRef } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import { type FieldError, InvalidInput } from '../base/errors.ts';
import { type Condition, type OrderTerm, type PageRead, type Row, readPage } from '../database/sql/index.ts';
import { type Connection, limitFaults, type PageArgs, pageBounds, writeCursor } from '../pothos/index.ts';
import { builder, type ExtendedTypes } from './builder.ts';
import type { Context } from './context.ts';
import { pageSelectionOf } from './selection.ts';

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
): Promise<Connection<Row>> {
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

const PageInfo = builder.objectRef<Connection<Row>>('PageInfo').implement({
  description: 'Information about a page of a connection.',
  fields: (t) => ({
    hasNextPage: t.derived({
      type: 'Boolean',
      description:
        'Whether records follow the last one of the page. With `first`, counts only records before `before`.',
      from: ({ page }) => page.hasNext,
    }),
    hasPreviousPage: t.derived({
      type: 'Boolean',
      description: 'Whether records precede the first one of the page. With `last`, counts only records after `after`.',
      from: ({ page }) => page.hasPrevious,
    }),
    startCursor: t.derived({
      type: 'String',
      nullable: true,
      description: 'The cursor of the first record. null if the page is empty.',
      from: ({ page, order }) => cursorOf(page.rows[0], order),
    }),
    endCursor: t.derived({
      type: 'String',
      nullable: true,
      description: 'The cursor of the last record. null if the page is empty.',
      from: ({ page, order }) => cursorOf(page.rows.at(-1), order),
    }),
  }),
});

function cursorOf(row: Row | undefined, order: readonly OrderTerm[]): string | null {
  return row ? writeCursor(row, order) : null;
}

/** The connection type, and its edge type, over rows of the given type. */
export function connectionOf<Item extends Row>(name: string, row: ObjectRef<ExtendedTypes, Item>, what: string) {
  const Edge = builder.objectRef<{ row: Item; order: readonly OrderTerm[] }>(`${name}Edge`).implement({
    description: `An edge of a page of ${what}: the record and its cursor.`,
    fields: (t) => ({
      cursor: t.derived({
        type: 'String',
        description: 'The cursor of the record, for `after` and `before`.',
        from: (edge) => writeCursor(edge.row, edge.order),
      }),
      node: t.derived({ type: row, description: 'The record.', from: (edge) => edge.row }),
    }),
  });
  return builder.objectRef<Connection<Item>>(`${name}Connection`).implement({
    description: `A page of ${what}.`,
    fields: (t) => ({
      edges: t.derived({
        type: [Edge],
        description: 'The edges of the page: each record with its cursor.',
        from: ({ page, order }) => page.rows.map((found) => ({ row: found, order })),
      }),
      nodes: t.derived({ type: [row], description: 'The records of the page.', from: ({ page }) => page.rows }),
      pageInfo: t.derived({
        type: PageInfo,
        description: 'Information to fetch the next and previous pages.',
        from: (connection) => connection,
      }),
      totalCount: t.derived({
        type: 'Int',
        description: 'The number of records in the whole list. Counted only when selected.',
        from: ({ page }) => page.total ?? 0,
      }),
    }),
  });
}
