/** The change feed as a test reads it. */
import { expect } from 'vitest';
import type { TestFirm } from './app.ts';

export interface FeedEntry {
  kind: string;
  entity: string;
  entityId: string;
  changedFields: string[];
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  actor: string;
}

const FEED = `query ($types: [ChangeEntity!], $after: String) { changes(first: 250, types: $types, after: $after) {
  nodes { kind entity entityId changedFields before after actor } pageInfo { endCursor }
} }`;

/** Where a firm's feed ends now: what comes later is read from there. */
export async function endOfFeed(firm: TestFirm): Promise<string> {
  let end = '0';
  for (;;) {
    const { changes } = await firm.ok(FEED, { after: end });
    if (changes.nodes.length === 0) return end;
    end = changes.pageInfo.endCursor;
  }
}

/** So many entries of the feed, and no more: on Postgres one may wait for another database's transaction to end. */
export async function feedOf(
  firm: TestFirm,
  count: number,
  { types, after }: { types?: string[]; after?: string } = {},
): Promise<FeedEntry[]> {
  const read = async (): Promise<FeedEntry[]> => (await firm.ok(FEED, { types, after })).changes.nodes;
  await expect.poll(async () => (await read()).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count);
  const entries = await read();
  expect(entries).toHaveLength(count);
  return entries;
}
