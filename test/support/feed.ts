/** The change feed as a test reads it. */
import { expect } from 'vitest';
import type { TestApp, TestFirm } from './app.ts';

export interface FeedEntry {
  kind: string;
  entity: string;
  entityId: string;
  changedFields: string[];
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  actor: string;
}

const FEED = `query ($entities: [ChangeEntity!]) { changes(first: 250, entities: $entities) {
  nodes { kind entity entityId changedFields before after actor }
} }`;

/** How many entries a firm's feed has, with those that readers on Postgres see only when another database's transaction ends. */
export async function entriesOf(app: TestApp, firm: TestFirm): Promise<number> {
  return app.database.change.count({ where: { firmId: firm.id } });
}

/** The firm's feed of these kinds of records, which has so many entries: on Postgres one may wait for another database's transaction to end. */
export async function feedOf(firm: TestFirm, count: number, entities: readonly string[]): Promise<FeedEntry[]> {
  const read = async (): Promise<FeedEntry[]> => (await firm.ok(FEED, { entities })).changes.nodes;
  await expect.poll(async () => (await read()).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count);
  const entries = await read();
  expect(entries).toHaveLength(count);
  return entries;
}
