/**
 * Connections in memory: sorts the whole filtered list and cuts the page out of it, as Relay's specification describes.
 */
import type { Change, Client, ClientContact } from '../../src/database/generated/sqlite/client.ts';
import { fold } from '../../src/fields/fold.ts';
import { badInput, type Fault } from './context.ts';

export const PAGE_DEFAULT = 25;
export const PAGE_MAX = 250;

type Value = string | number | null;

/** One term of an order. Null sorts last in either direction. */
export interface Term<Row> {
  name: string;
  of(row: Row): Value;
  descending: boolean;
}

export type Order<Row> = readonly Term<Row>[];

export interface PageArgs {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
}

export interface Connection<Row> {
  nodes: readonly Row[];
  edges: readonly { cursor: string; node: Row }[];
  totalCount: number;
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

/** Compares by code points. JavaScript's operators compare UTF-16 code units. */
export function compareText(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function compareValues(one: Value, other: Value): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return compareText(String(one), String(other));
}

/** Negative when the place `one` comes before `other` in the order, positive when it comes after. */
function comparePlaces<Row>(one: readonly Value[], other: readonly Value[], order: Order<Row>): number {
  for (const [index, { descending }] of order.entries()) {
    const [a, b] = [one[index] ?? null, other[index] ?? null];
    if (a === b) continue;
    if (a === null) return 1;
    if (b === null) return -1;
    const compared = compareValues(a, b);
    if (compared !== 0) return descending ? -compared : compared;
  }
  return 0;
}

const placeOf = <Row>(row: Row, order: Order<Row>): Value[] => order.map((term) => term.of(row));

/**
 * The cursor of a row. Cursors are opaque to callers. The oracle writes the same ones, so that they can be compared and
 * passed to both sides.
 */
export function cursorOf<Row>(row: Row, order: Order<Row>): string {
  const place = placeOf(row, order);
  if (order.length === 1) return String(place[0]);
  return Buffer.from(JSON.stringify([orderKey(order), ...place])).toString('base64url');
}

function orderKey<Row>(order: Order<Row>): string {
  return order.map(({ name, descending }) => `${descending ? '-' : ''}${name}`).join();
}

/** The place that a cursor encodes; undefined when it is not a cursor of this order. */
function readCursor<Row>(cursor: string, order: Order<Row>): Value[] | undefined {
  if (order.length === 1) {
    if (order[0]?.name !== 'sequence') return [cursor];
    return /^\d{1,18}$/.test(cursor) ? [Number(cursor)] : undefined;
  }
  try {
    const [key, ...place] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, ...Value[]];
    return key === orderKey(order) && place.length === order.length ? place : undefined;
  } catch {
    return undefined;
  }
}

/** The faults of page arguments. */
export function pageFaults<Row>({ first, last, after, before }: PageArgs, order: Order<Row>): Fault[] {
  const wrongSize = (size: number | null | undefined) => typeof size === 'number' && (size < 0 || size > PAGE_MAX);
  const wrongCursor = (cursor: string | null | undefined) =>
    typeof cursor === 'string' && readCursor(cursor, order) === undefined;
  const both = typeof first === 'number' && typeof last === 'number';
  const faults = {
    first: [wrongSize(first)],
    last: [wrongSize(last), both],
    after: [wrongCursor(after)],
    before: [wrongCursor(before)],
  };
  return Object.entries(faults).flatMap(([name, found]) => found.flatMap((is) => (is ? [badInput([name])] : [])));
}

/** Cuts a page out of a list. The arguments must be valid. */
export function pageOf<Row>(rows: readonly Row[], order: Order<Row>, args: PageArgs): Connection<Row> {
  const all = rows.toSorted((one, other) => comparePlaces(placeOf(one, order), placeOf(other, order), order));
  const after = typeof args.after === 'string' ? readCursor(args.after, order) : undefined;
  const before = typeof args.before === 'string' ? readCursor(args.before, order) : undefined;
  const isAfter = (row: Row) => !after || comparePlaces(placeOf(row, order), after, order) > 0;
  const isBefore = (row: Row) => !before || comparePlaces(placeOf(row, order), before, order) < 0;
  const between = all.filter((row) => isAfter(row) && isBefore(row));
  const size = args.first ?? args.last ?? PAGE_DEFAULT;
  // With only `before`, the page is the rows just before it.
  const fromEnd = typeof args.last === 'number' || (typeof args.first !== 'number' && !after && before !== undefined);
  const page = size === 0 ? [] : fromEnd ? between.slice(-size) : between.slice(0, size);
  const cut = between.length > page.length;
  return {
    nodes: page,
    edges: page.map((node) => ({ cursor: cursorOf(node, order), node })),
    totalCount: all.length,
    pageInfo: {
      hasNextPage: fromEnd ? all.some((row) => !isBefore(row)) : cut,
      hasPreviousPage: fromEnd ? cut : all.some((row) => !isAfter(row)),
      startCursor: page[0] === undefined ? null : cursorOf(page[0], order),
      endCursor: page.at(-1) === undefined ? null : cursorOf(page.at(-1) as Row, order),
    },
  };
}

/** An instant as cursors contain it. */
const instant = (date: Date) => date.toISOString().replace('Z', '+00:00');

type Terms<Row> = Readonly<Record<string, Omit<Term<Row>, 'descending'>>>;

export const CLIENT_TERMS: Terms<Client> = {
  NAME: { name: 'nameFolded', of: ({ name }) => fold(name) },
  CREATED_AT: { name: 'createdAt', of: ({ createdAt }) => instant(createdAt) },
  UPDATED_AT: { name: 'updatedAt', of: ({ updatedAt }) => instant(updatedAt) },
  STATUS: { name: 'status', of: ({ status }) => status },
  NPS_SCORE: { name: 'npsScore', of: ({ npsScore }) => npsScore },
  INCEPTION_DATE: { name: 'inceptionDate', of: ({ inceptionDate }) => inceptionDate },
};

export const CONTACT_TERMS: Terms<ClientContact> = {
  NAME: {
    name: 'sortName',
    of: ({ lastName, firstName, middleName }) =>
      fold([lastName, firstName, middleName].map((name) => (name ?? '').trim()).join('\n')),
  },
  CREATED_AT: { name: 'createdAt', of: ({ createdAt }) => instant(createdAt) },
  UPDATED_AT: { name: 'updatedAt', of: ({ updatedAt }) => instant(updatedAt) },
};

export interface AskedTerm {
  field: string;
  direction: string;
}

/** The order of these terms; by name when there are none. The id breaks ties, in the direction of the last term. */
export function orderOf<Row extends { id: string }>(terms: Terms<Row>, asked: readonly AskedTerm[]): Order<Row> {
  const wanted = asked.length > 0 ? asked : [{ field: 'NAME', direction: 'ASC' }];
  const order = wanted.map(({ field, direction }): Term<Row> => {
    const term = terms[field];
    if (!term) throw new Error(`There is no order ${field}`);
    return { ...term, descending: direction === 'DESC' };
  });
  return [...order, { name: 'id', of: ({ id }) => id, descending: order.at(-1)?.descending === true }];
}

/** A fault for each field that appears twice. */
export function orderFaults(asked: readonly AskedTerm[]): Fault[] {
  return asked.flatMap(({ field }, index) =>
    asked.findIndex((term) => term.field === field) < index ? [badInput(['orderBy', index, 'field'])] : [],
  );
}

export const CLIENTS_BY_NAME = orderOf(CLIENT_TERMS, []);
export const CONTACTS_BY_NAME = orderOf(CONTACT_TERMS, []);
export const BY_NAME: Order<{ id: string; name: string }> = [
  { name: 'nameFolded', of: ({ name }) => fold(name), descending: false },
  { name: 'id', of: ({ id }) => id, descending: false },
];
export const OLDEST_FIRST: Order<Change> = [
  { name: 'sequence', of: ({ sequence }) => Number(sequence), descending: false },
];
export const NEWEST_FIRST: Order<Change> = [
  { name: 'sequence', of: ({ sequence }) => Number(sequence), descending: true },
];

/** The fixed orders of nested lists, by connection type. */
export const ORDERS: Readonly<Record<string, Order<never>>> = {
  ClientConnection: CLIENTS_BY_NAME,
  ClientContactConnection: CONTACTS_BY_NAME,
  ClientLocationConnection: BY_NAME,
  ChangeConnection: NEWEST_FIRST,
};
