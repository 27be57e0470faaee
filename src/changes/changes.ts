/**
 * The change feed. A change is written in the commit of what it tells of (`record` in database/sql/connection.ts), and
 * numbered so that the order of the feed is an order of commits:
 *
 * - SQLite has one writer at a time, so a counter that each commit raises does it.
 * - On Postgres a counter row would make every writer of a firm wait for the one before to reach the disk. There a
 *   sequence is the id of its transaction followed by the change's place in it. Transactions commit in any order, so
 *   readers are shown only what lies below the oldest transaction still open (`settled`): no smaller number can appear
 *   there any more. The price is that a long-running writing transaction on the server holds the feed back.
 */
import type { OrderBy } from '../database/model.ts';
import { and, type Condition, equals, oneOf, type Row } from '../database/sql/index.ts';
import { kinds } from '../records/kind.ts';

/** What changed, as the feed calls it, with the model's name and what the schema says of it. */
export function changeEntities(): Readonly<Record<string, { model: string; says: string }>> {
  const records = kinds().flatMap(({ model, feed }) =>
    feed ? [[feed.entity, { model, says: feed.says }] as const] : [],
  );
  return {
    ...Object.fromEntries(records),
    CUSTOM_FIELD: { model: 'CustomField', says: 'The definition of a custom field.' },
  };
}

/** The kinds of change. */
export const CHANGE_KINDS = {
  CREATED: 'The record was created. `after` holds its values.',
  UPDATED: 'Values changed. `before` and `after` hold the changed fields only.',
  DELETED:
    'The record was deleted; `before` holds the values it had, or only `client` of a contact or location that went with its client.',
  RESTORED:
    'A deleted record came back; `after` holds its values, or only `client` of a contact or location that came back with its client.',
  MERGED: 'The record was merged into another; `after.mergedInto` says which.',
} as const;

declare module '../database/model.ts' {
  interface JsonColumns {
    Change: { before: Row | null; after: Row | null };
  }
}

/** The feed's order: oldest first. */
export const FEED_ORDER: readonly OrderBy<'Change'>[] = [{ column: 'sequence', descending: false, nullable: false }];
/** A record's own history: newest first. */
export const HISTORY_ORDER: readonly OrderBy<'Change'>[] = [{ column: 'sequence', descending: true, nullable: false }];

/** The changes of a firm that a reader may be shown; of these models only, when they are given. */
export function feedCondition(firmId: number, models?: readonly string[] | null): Condition {
  const all = and(equals('firmId', firmId), { is: 'settled' });
  return models ? and(all, oneOf('entity', models)) : all;
}
