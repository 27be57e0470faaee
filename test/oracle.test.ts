/**
 * Compares the gateway's responses to random documents with those of an oracle: graphql-js over the printed schema, with
 * one Prisma call per record and relation, and filters, orders and pages in memory. ORACLE_DOCUMENTS sets the number of
 * documents, ORACLE_SEED the first seed, and ORACLE_SHOWN the number of differences after which a run stops.
 */
import { beforeAll, expect, it } from 'vitest';
import { type Case, comparedQuery, mutationCase, type Outcome, queryCase } from './oracle/cases.ts';
import { reachable, reached } from './oracle/schema.ts';
import { type Setting, startSetting } from './oracle/setting.ts';
import { shrunk } from './oracle/shrink.ts';
import { wholeDocuments } from './oracle/whole.ts';
import type { World } from './oracle/world.ts';

const DOCUMENTS = Number(process.env.ORACLE_DOCUMENTS ?? 500);
const SEED = Number(process.env.ORACLE_SEED ?? 1);
const TIMEOUT = 60_000 + DOCUMENTS * 500;

/** How many differences to show, and the milliseconds to spend on shrinking each. */
const SHOWN = Number(process.env.ORACLE_SHOWN ?? 3);
const SHRINKING = 8_000;

let setting: Setting;
/** A firm that no test changes. */
let still: World;

beforeAll(async () => {
  setting = await startSetting();
  still = await setting.world();
});

it.each([
  { what: 'queries', share: 0.8, next: queryCase, atOnce: 4, changes: false },
  { what: 'mutations', share: 0.2, next: mutationCase, atOnce: 1, changes: true },
])(
  'responses to random $what equal those of the oracle',
  async ({ share, next, atOnce, changes }) => {
    const world = changes ? await setting.world() : still;
    const tally = { values: 0 };
    const outcomes = { same: 0, refused: 0, 'too complex': 0, different: 0, invalid: 0 };
    const differences: string[] = [];
    const run = async (seed: number): Promise<void> => {
      const made = await next(seed, world, setting, tally);
      if (!made) outcomes.invalid++;
      for (const one of made ? [made, ...made.again] : []) {
        const outcome = await one.compare(one);
        outcomes[typeof outcome === 'string' ? outcome : 'different']++;
        if (typeof outcome !== 'string') differences.push(await described(seed, one, outcome));
      }
    };
    for (let seed = SEED; seed < SEED + DOCUMENTS * share && differences.length < SHOWN; seed += atOnce) {
      await Promise.all(Array.from({ length: atOnce }, (_, index) => run(seed + index)));
    }
    const summary = `${JSON.stringify(outcomes)}, ${tally.values} values compared`;
    if (process.env.ORACLE_DOCUMENTS) process.stderr.write(`${summary}\n`);
    expect(differences.join('\n\n'), summary).toBe('');
    // The comparison must not pass because little was compared.
    expect(outcomes.same, summary).toBeGreaterThan(DOCUMENTS * share * 0.7);
    expect(tally.values, summary).toBeGreaterThan(outcomes.same * 10);
  },
  TIMEOUT,
);

it('every field of the schema equals that of the oracle', async () => {
  const [token] = still.tokens;
  if (!token) throw new Error('There is no token');
  const tally = { values: 0 };
  for (const text of wholeDocuments(still)) {
    const outcome = await comparedQuery({ secret: token.secret, text, variables: {} }, setting, tally);
    expect(outcome, text).toBe('same');
  }
  expect(reachable().filter((field) => !reached.has(field))).toEqual([]);
});

/** Describes a difference with the smallest document that shows it. */
async function described(seed: number, made: Case, found: Exclude<Outcome, string>): Promise<string> {
  let difference = found;
  const shows = async (sent: Parameters<Case['compare']>[0]) => {
    const outcome = await made.compare(sent);
    if (typeof outcome === 'string') return false;
    difference = outcome;
    return true;
  };
  const { text, variables } = made.repeatable ? await shrunk(made, shows, SHRINKING) : made;
  const { path, gateway, oracle } = difference;
  return [
    `Seed ${seed}, as ${made.role}: ${path.join('.')}`,
    `  gateway: ${JSON.stringify(gateway)}`,
    `  oracle:  ${JSON.stringify(oracle)}`,
    text,
    JSON.stringify(variables),
  ].join('\n');
}
