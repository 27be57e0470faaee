/** Long work lets others have their turns of the event loop, and comes to the same as if it did not. */
import fc from 'fast-check';
import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { giveWay } from '../src/base/give-way.ts';
import { createExecutor } from '../src/execution/index.ts';
import { jsonBytes } from '../src/http/fast/json.ts';

/** Longer than work goes on in one turn. */
function work(milliseconds = 20): void {
  for (const began = performance.now(); performance.now() - began < milliseconds; );
}

/** How many turns the event loop takes until `act` is done. */
async function turnsOf(act: () => unknown): Promise<number> {
  let turns = 0;
  let done = false;
  const count = () => {
    turns++;
    if (!done) setImmediate(count);
  };
  setImmediate(count);
  await act();
  done = true;
  return turns;
}

const schema = buildSchema('type Query { list: [Item!]! } type Item { inner: [Leaf!]! } type Leaf { value: String! }');
const document = parse('{ list { inner { value } } }');
/** Lists in a list; each of the inner ones takes longer than a turn. */
const rootValue = {
  list: Array.from({ length: 24 }, () => ({
    inner: () =>
      Array.from({ length: 32 }, (_, index) => ({
        value: () => {
          if (index % 16 === 15) work();
          return 'x'.repeat(1_000);
        },
      })),
  })),
};

describe('a long list', () => {
  it('is completed over many turns', async () => {
    const execute = createExecutor(schema);
    let data: unknown;
    const turns = await turnsOf(async () => {
      ({ data } = await execute({ schema, document, rootValue }));
    });
    expect(turns).toBeGreaterThan(5);
    expect(JSON.stringify(data)).toBe(
      JSON.stringify({ list: Array(24).fill({ inner: Array(32).fill({ value: 'x'.repeat(1_000) }) }) }),
    );
  });

  it('that is refused in the middle fails its root field, and nothing else', async () => {
    // As much as all lists have when each has given way once, and a little more.
    let left = 24 * 16 * 1_000 + 50_000;
    const account = {
      respond(bytes: number) {
        left -= bytes;
        if (left < 0) throw new Error('Enough');
      },
    };
    const execute = createExecutor(schema, () => account);
    const { data, errors } = await execute({ schema, document, rootValue });
    expect(data).toBeNull();
    expect(errors?.map(({ message, path }) => [message, path])).toEqual([['Enough', ['list']]]);
    // What else failed would be noticed in one of these turns.
    await turnsOf(() => new Promise((resolve) => setTimeout(resolve, 1)));
  });
});

describe('giving way', () => {
  it('lets work that was begun first end first', async () => {
    const ended: string[] = [];
    const steps = async (name: string, since: number) => {
      for (let step = 0; step < 4; step++) {
        work();
        await giveWay(since);
      }
      ended.push(name);
    };
    await Promise.all([steps('late', 2), steps('later', 3), steps('early', 1)]);
    expect(ended).toEqual(['early', 'late', 'later']);
  });

  it('lets new work begin while other work is under way', async () => {
    const seen: string[] = [];
    const old = async () => {
      for (let step = 0; step < 6; step++) {
        work();
        await giveWay(1);
        seen.push('old');
      }
    };
    const fresh = async () => {
      work();
      await giveWay();
      seen.push('new');
    };
    await Promise.all([old(), fresh()]);
    expect(seen.indexOf('new')).toBeLessThan(3);
  });
});

describe('JSON in slices', () => {
  const text = (value: unknown) => jsonBytes(value, 0).then((pieces) => Buffer.concat(pieces).toString());

  it('is what JSON.stringify writes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 6 }), async (value) => {
        expect(await text(value)).toBe(JSON.stringify(value));
      }),
    );
  });

  it.each([
    ['many small values', Array.from({ length: 200_000 }, (_, index) => ({ index, empty: [], none: null }))],
    ['long texts', { list: Array(100).fill({ text: '\u0001é😀'.repeat(20_000) }) }],
    ['one long list in many short ones', [[[[Array(500_000).fill([1])]]]]],
    ['many keys', Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`"${index}`, [index]]))],
  ])('is the same, and takes its turns, of %s', async (_, value) => {
    let written = '';
    const turns = await turnsOf(async () => {
      work();
      await giveWay();
      written = await text(value);
    });
    expect(written === JSON.stringify(value)).toBe(true);
    expect(turns).toBeGreaterThan(1);
  });
});
