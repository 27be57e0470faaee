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

const FEED = `query ($types: [ChangeEntity!]) { changes(first: 250, types: $types) {
  nodes { kind entity entityId changedFields before after actor }
} }`;

/** Where a firm's feed ends now: what comes later is read from there. */
export async function endOfFeed(firm: TestFirm): Promise<string> {
  const document =
    'query ($after: String) { changes(first: 250, after: $after) { nodes { kind } pageInfo { endCursor } } }';
  for (let end = '0'; ; ) {
    const { changes } = await firm.ok(document, { after: end });
    if (changes.nodes.length === 0) return end;
    end = changes.pageInfo.endCursor;
  }
}

/** The firm's feed of these kinds of records, which has so many entries: on Postgres one may wait for another database's transaction to end. */
export async function feedOf(firm: TestFirm, count: number, types: readonly string[]): Promise<FeedEntry[]> {
  const read = async (): Promise<FeedEntry[]> => (await firm.ok(FEED, { types })).changes.nodes;
  await expect.poll(async () => (await read()).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count);
  const entries = await read();
  expect(entries).toHaveLength(count);
  return entries;
}
