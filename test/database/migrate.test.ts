import { describe, expect, it } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { freshDatabase, freshDatabaseUrl, unmigratedDatabaseUrl } from '../support/database.ts';

describe('migrate', () => {
  it('applies every migration once', async () => {
    const url = await unmigratedDatabaseUrl();
    expect(await migrate(url)).toEqual([expect.stringMatching(/_init$/), expect.stringMatching(/_change_clock$/)]);
    expect(await migrate(url)).toEqual([]);
  });
  it('opens', async () => {
    const db = await freshDatabase();
    expect(await db.prisma.firm.findMany()).toEqual([]);
    expect(await migrate(await freshDatabaseUrl())).toEqual([]);
  });
});
