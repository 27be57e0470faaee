import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { idPrefixes, kindOf, newId } from '../src/base/ids.ts';
import '../src/kinds.ts';

const anyKind = fc.constantFrom(...Object.keys(idPrefixes()));

afterEach(() => {
  vi.useRealTimers();
});

describe('ids', () => {
  test('tell their kind', () => {
    fc.assert(fc.property(anyKind, (kind) => kindOf(newId(kind)) === kind));
  });

  test('look as the README says', () => {
    expect(newId('Client')).toMatch(/^client_0[0-9a-hjkmnp-tv-z]{25}$/);
  });

  test('are the UUIDs of the TypeID specification', () => {
    // 48 bits of milliseconds since 1970, the version 7, 12 bits, the variant 2, 62 bits.
    vi.useFakeTimers({ now: new Date('2040-11-21T00:00:00.000Z') });
    const id = newId('Region').slice('region_'.length);
    let bits = 0n;
    for (const letter of id) bits = (bits << 5n) | BigInt('0123456789abcdefghjkmnpqrstvwxyz'.indexOf(letter));
    expect(bits >> 80n).toBe(BigInt(Date.now()));
    expect((bits >> 76n) & 15n).toBe(7n);
    expect((bits >> 62n) & 3n).toBe(2n);
  });

  test('sort by time, whatever the clock does between them', () => {
    const instants = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 50 });
    fc.assert(
      fc.property(instants, (steps) => {
        vi.useFakeTimers({ now: Date.now() });
        const ids = steps.map((step) => {
          vi.advanceTimersByTime(step);
          return newId('Client');
        });
        expect(ids.toSorted()).toEqual(ids);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  test('rise within a millisecond too', () => {
    const ids = Array.from({ length: 20_000 }, () => newId('ClientContact'));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('are nothing but ids', () => {
    const good = newId('Client');
    const malformed = [
      '',
      'client',
      'client_',
      good.toUpperCase(),
      good.slice(0, -1),
      `${good}0`,
      ` ${good}`,
      `${good}\n`,
      good.replace('client', 'toString'),
      good.replace('client', ''),
      good.replace('client', 'client_client'),
      `client_8${'0'.repeat(25)}`,
      `client_0${'u'.repeat(25)}`,
    ];
    for (const text of malformed) expect(kindOf(text), JSON.stringify(text)).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => kindOf(text) === null));
  });
});
