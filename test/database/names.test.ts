import { expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { raw, sql } from '../../src/database/sql/sql.ts';
import { freshDatabaseUrl, provider } from '../support/database.ts';

it.runIf(provider === 'postgres')('plans of statements are kept, but not of ever more of them', async () => {
  const database = await openDatabase({ databaseUrl: await freshDatabaseUrl(), poolSize: 10 });
  const shape = (number: number) => database.$adapter.cells(sql`SELECT ${raw(String(number))} + ${number}::int`);
  const kept = async () => {
    const rows = await database.$adapter.cells(sql`SELECT statement FROM pg_prepared_statements`);
    return rows.map(([statement]) => String(statement));
  };
  try {
    // Each twice: one that does not come again is not kept.
    for (let number = 0; number < 600; number += 20) {
      const numbers = Array.from({ length: 40 }, (_, index) => number + (index >> 1));
      const answers = await Promise.all(numbers.map(shape));
      expect(answers).toEqual(numbers.map((each) => [[String(2 * each)]]));
    }
    for (let time = 0; time < 3; time++) await shape(1_000);
    const statements = await kept();
    expect(statements.filter((statement) => statement.includes('1000'))).toHaveLength(1);
    expect(statements.length).toBeLessThan(200);
  } finally {
    await database.$close();
  }
});
