import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Unavailable } from '../../src/base/errors.ts';
import { openDatabase } from '../../src/database/open.ts';
import { DEAD } from '../../src/database/postgres/pipeline.ts';
import { sql } from '../../src/database/sql/sql.ts';
import { freshDatabaseUrl, provider } from '../support/database.ts';
import { wayTo } from '../support/way.ts';

describe.runIf(provider === 'postgres')('a database that falls silent', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  function passTime(): void {
    const now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => now + DEAD + 1);
  }

  test('is asked again over new connections, and what it owes fails', async () => {
    const way = await wayTo(await freshDatabaseUrl());
    const database = await openDatabase({ databaseUrl: way.url, poolSize: 10 });
    const read = () => database.$adapter.cells(sql`SELECT 1`);
    expect(await read()).toEqual([['1']]);
    way.silence();
    const owed = Promise.allSettled([read(), read(), read()]);
    await setTimeout(50);
    passTime();
    expect(await read()).toEqual([['1']]);
    for (const { status } of await owed) expect(status).toBe('rejected');
    await database.$close();
    way.close();
  });

  test('is given up even when nobody asks for anything more', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const way = await wayTo(await freshDatabaseUrl());
    const database = await openDatabase({ databaseUrl: way.url, poolSize: 10 });
    const read = () => database.$adapter.cells(sql`SELECT 1`);
    expect(await read()).toEqual([['1']]);
    way.silence();
    const owed = read();
    passTime();
    vi.advanceTimersByTime(DEAD);
    await expect(owed).rejects.toThrow(Unavailable);
    await database.$close();
    way.close();
  });
});
