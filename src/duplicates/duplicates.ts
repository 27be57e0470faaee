/** Finds records that are probably the same: those that share a name, an e-mail address or a phone number. */

import type { Database } from '../database/database.ts';
import { empty, join, name, type Sql, sql } from '../database/sql.ts';
import type { Viewer } from '../firms/viewer.ts';
import { idText } from '../ids.ts';
import { INDEXED } from '../records/indexed.ts';

/** What probable twins share, and what the schema says of it. */
export const DUPLICATE_REASONS = {
  NAME: 'The same name, without regard to case and Unicode normal form; for contacts, also without regard to outer spaces.',
  EMAIL: 'The same e-mail address, without regard to case.',
  PHONE: 'A phone number of the same digits.',
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

/** All pairs of a shared value and a record that has it, of records that are not deleted. */
function pairs(kind: Kind, reason: DuplicateReason, { firmId }: Viewer): Sql {
  if (reason === 'NAME') {
    return sql`SELECT r."nameFolded" AS "value", r."id" AS "id" FROM ${name(kind)} r WHERE r."firmId" = ${firmId} AND r."deletedAt" IS NULL`;
  }
  return sql`SELECT v."key" AS "value", r."id" AS "id" FROM "IndexedValue" v
    JOIN ${name(kind)} r ON r."firmId" = v."firmId" AND r."id" = v."entityId" AND r."deletedAt" IS NULL
    WHERE v."firmId" = ${firmId} AND v."field" = ${INDEXED_BY[kind][reason]}`;
}

/** Groups of two or more, in the order of the shared value: at most `limit`, after the value `after`. */
export async function findDuplicates(
  database: Database,
  viewer: Viewer,
  kind: Kind,
  reason: DuplicateReason,
  { limit, after }: { limit: number; after: string | undefined },
): Promise<DuplicateGroup[]> {
  const all = pairs(kind, reason, viewer);
  const beyond = after === undefined ? empty : sql`WHERE p."value" > ${after}`;
  const groups = await database.query<{ value: string; count: number | string }>(
    sql`SELECT p."value" AS "value", count(*) AS "count" FROM (${all}) p ${beyond} GROUP BY p."value" HAVING count(*) > 1 ORDER BY p."value" LIMIT ${limit}`,
  );
  if (groups.length === 0) return [];
  const values = join(groups.map(({ value }) => value));
  const members = await database.query<{ value: string; id: number | string }>(
    sql`SELECT m."value" AS "value", m."id" AS "id" FROM (
      SELECT p."value", p."id", row_number() OVER (PARTITION BY p."value" ORDER BY p."id") AS "place" FROM (${all}) p WHERE p."value" IN (${values})
    ) m WHERE m."place" <= ${MEMBERS_MAX} ORDER BY m."id"`,
  );
  return groups.map(({ value, count }) => ({
    value,
    count: Number(count),
    ids: members.filter((member) => member.value === value).map(({ id }) => idText(kind, Number(id))),
  }));
}

/** How many groups there are. */
export async function countDuplicates(
  database: Database,
  viewer: Viewer,
  kind: Kind,
  reason: DuplicateReason,
): Promise<number> {
  const [answer] = await database.query<{ count: number | string }>(
    sql`SELECT count(*) AS "count" FROM (SELECT p."value" FROM (${pairs(kind, reason, viewer)}) p GROUP BY p."value" HAVING count(*) > 1) g`,
  );
  return Number(answer?.count ?? 0);
}
