/** What lists of records share: their orders, and the folded texts that filters match. */
import type { OrderTerm } from '../database/sql/index.ts';
import { fold, isAscii } from '../fields/fold.ts';
import type { Issues, Path } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';

/** Rows of a page when neither `first` nor `last` is given, and the most that may be asked for. */
export const PAGE_DEFAULT = 25;
export const PAGE_MAX = 250;

/** Most terms of an order. */
export const ORDER_TERMS_MAX = 10;

/** What the schema says of an `orderBy`. */
export const ORDER_BY = `Sort keys in order of precedence. Maximum ${ORDER_TERMS_MAX}, each field at most once.`;

/** What a list can be ordered by: a column each, and what the schema says of it. The first is the default. */
export type Orders<Column extends string = string> = Readonly<
  Record<string, { column: Column; nullable: boolean; indexed: boolean; says: string }>
>;

/** The terms of an order, ended by the id so that no two records have one place. */
export function orderTerms<Column extends string>(
  orders: Orders<Column>,
  asked: readonly { field: string; direction: string }[],
  path: Path,
  issues: Issues | undefined,
): (OrderTerm & { column: Column | 'id' })[] {
  const [fallback = ''] = Object.keys(orders);
  if (asked.length > ORDER_TERMS_MAX) {
    issues?.add(path, `must have at most ${ORDER_TERMS_MAX} terms, not ${asked.length}`);
  }
  const terms = asked.length > 0 ? asked.slice(0, ORDER_TERMS_MAX) : [{ field: fallback, direction: 'ASC' }];
  const seen = new Set<string>();
  const ordered = terms.map(({ field, direction }, index) => {
    if (seen.has(field)) issues?.add([...path, index, 'field'], `${field} is given twice`);
    seen.add(field);
    const order = orders[field];
    if (!order) throw new Error(`There is no order ${field}`);
    return { column: order.column, nullable: order.nullable, descending: direction === 'DESC' };
  });
  // The same direction as the others, so that an index answers the whole order.
  const byId = { column: 'id' as const, nullable: false, descending: ordered.at(-1)?.descending ?? false };
  return [...ordered, byId];
}

/** Whether an index answers the order, so that a page takes no longer however long the list is. */
export function isIndexed(orders: Orders, asked: readonly { field: string }[]): boolean {
  const [first, ...more] = asked;
  return more.length === 0 && (first === undefined || orders[first.field]?.indexed === true);
}

/** Text fields as filters match them without regard to case, where the database cannot tell: { field: folded text }. */
export function foldedTexts<Held>(texts: Readonly<Record<string, (record: Held) => unknown>>, record: Held): Values {
  const folded: Record<string, string> = {};
  for (const name in texts) {
    const text = texts[name]?.(record);
    if (typeof text === 'string' && !isAscii(text)) folded[name] = fold(text);
  }
  return folded;
}
