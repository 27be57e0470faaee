/** Finds records that are probably the same: those that share a name, an e-mail address or a phone number. */
import type { Database } from '../database/client.ts';
import { and, equals, isNull, type SharedRead } from '../database/sql/index.ts';
import { INDEXED } from '../records/indexed.ts';
import type { Viewer } from '../session/viewer.ts';

/** What probable twins share, and what the schema says of it. */
export const DUPLICATE_REASONS = {
  NAME: 'The same name, ignoring case and Unicode normalization form. For contacts, also ignoring leading and trailing spaces.',
  EMAIL: 'The same e-mail address, case-insensitive.',
  PHONE: 'A phone number with the same digits.',
} as const;

export type DuplicateReason = keyof typeof DUPLICATE_REASONS;

/** Most records of one group that are shown; its count tells of the rest. */
export const MEMBERS_MAX = 50;

/** Records that share a value. */
export interface DuplicateGroup {
  /** The shared value, as it is compared. */
  value: string;
  count: number;
  /** The oldest of them, at most MEMBERS_MAX. */
  ids: string[];
}

type Kind = 'Client' | 'ClientContact';

/** What the rows of IndexedValue are of that tell it. */
const INDEXED_BY = {
  Client: { EMAIL: INDEXED.email, PHONE: INDEXED.phone },
  ClientContact: { EMAIL: INDEXED.contactEmail, PHONE: INDEXED.contactPhone },
} as const;

/** What is read of records that share a value: of those that are not deleted. */
function sharedBy(kind: Kind, reason: DuplicateReason, { firmId }: Viewer): SharedRead {
  const firm = equals('firmId', firmId);
  const where = and(firm, isNull('deletedAt'));
  if (reason === 'NAME') return { is: 'shared', model: kind, where, value: { column: 'nameFolded' } };
  const field = equals('field', INDEXED_BY[kind][reason]);
  const on = { firmId: 'firmId', entityId: 'id' };
  return {
    is: 'shared',
    model: kind,
    where,
    value: { column: 'key', model: 'IndexedValue', on, where: and(firm, field) },
  };
}

/** Groups of two or more, in the order of the shared value: at most `limit`, after the value `after`. */
export async function findDuplicates(
  database: Pick<Database, '$read'>,
  viewer: Viewer,
  kind: Kind,
  reason: DuplicateReason,
  { limit, after }: { limit: number; after: string | undefined },
): Promise<DuplicateGroup[]> {
  const page = { limit, after, members: MEMBERS_MAX };
  return (await database.$read({ ...sharedBy(kind, reason, viewer), page })).values;
}

/** How many groups there are. */
export async function countDuplicates(
  database: Pick<Database, '$read'>,
  viewer: Viewer,
  kind: Kind,
  reason: DuplicateReason,
): Promise<number> {
  return (await database.$read(sharedBy(kind, reason, viewer))).total ?? 0;
}
