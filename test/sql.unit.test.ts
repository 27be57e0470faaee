/** Composing SQL: what goes in as a value stays one, and statements that begin alike are found again by their text. */
import { describe, expect, test } from 'vitest';
import { Beginning, join, keptLength, raw, sql } from '../src/database/sql/sql.ts';

describe('a template', () => {
  test('keeps values apart from text, and numbers them for Postgres', () => {
    const inner = sql`b = ${'x'} AND ${join([1, 2])}`;
    const { sql: marks, text, values } = sql`a = ${null} AND ${inner} ${raw('LIMIT 1')}`;
    expect(marks).toBe('a = ? AND b = ? AND ?,? LIMIT 1');
    expect(text).toBe('a = $1 AND b = $2 AND $3,$4 LIMIT 1');
    expect(values).toEqual([null, 'x', 1, 2]);
  });
});

describe('statements that begin alike', () => {
  const beginning = sql`SELECT ${1}, ${2}`;

  test('go on with the number after the values of their beginning', () => {
    expect(new Beginning(beginning, { numbered: true }).endingWith(sql` WHERE a = ${'x'} OR b = ${'y'}`)).toMatchObject(
      {
        text: 'SELECT $1, $2 WHERE a = $3 OR b = $4',
        values: [1, 2, 'x', 'y'],
      },
    );
    expect(new Beginning(beginning, { numbered: false }).endingWith(sql` WHERE a = ${'x'}`)).toMatchObject({
      sql: 'SELECT ?, ? WHERE a = ?',
      values: [1, 2, 'x'],
    });
  });

  test('end as they are told to, with values of their own, however many there were', () => {
    const select = new Beginning(beginning, { numbered: false });
    const ends = Array.from({ length: 200 }, (_, index) => sql` WHERE c${raw(String(index))} = ${index}`);
    for (const round of [1, 2]) {
      for (const [index, end] of ends.entries()) {
        const statement = select.endingWith(end);
        expect(statement.sql, `round ${round}`).toBe(`SELECT ?, ? WHERE c${index} = ?`);
        expect(statement.values).toEqual([1, 2, index]);
      }
    }
  });

  test('are kept up to a length of all together', () => {
    for (let index = 0; index < 20_000; index++) {
      const select = new Beginning(sql`SELECT ${raw(`"column${index}" `.repeat(30))}`, { numbered: false });
      const before = keptLength();
      select.endingWith(sql` WHERE ${index}`);
      expect(keptLength(), 'of what is used once').toBe(before);
      select.endingWith(sql` WHERE ${index}`);
      expect(keptLength()).not.toBe(before);
      expect(keptLength()).toBeLessThanOrEqual(4_000_000);
    }
    const long = new Beginning(raw(`SELECT ${'x'.repeat(20_000)}`), { numbered: false });
    long.endingWith(raw(' LIMIT 1'));
    const before = keptLength();
    expect(long.endingWith(raw(' LIMIT 1')).sql).toMatch(/x LIMIT 1$/);
    expect(keptLength()).toBe(before);
  });
});
