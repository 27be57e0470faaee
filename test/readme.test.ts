/** The README's examples, sent one after the other to a first start: what it says is answered is what is answered. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { firstStartToken } from '../src/firms/tokens.ts';
import { type Answer, startApp } from './support/app.ts';
import { provider } from './support/database.ts';

interface Block {
  language: string;
  text: string;
}

function blocksOf(file: string): Block[] {
  const markdown = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({ language, text }));
}

/** JSON with ids and instants that every run has others of made equal. */
function normal(value: unknown): unknown {
  const text = JSON.stringify(value)
    .replaceAll(/\b([a-z]+)_(?:…|[0-9a-z]{26})/g, '$1_…')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'instant');
  const parsed = JSON.parse(text);
  // On Postgres, sequences are made of transaction ids.
  if (provider === 'postgres' && 'sequence' in parsed) delete parsed.sequence;
  return parsed;
}

/** Whether `sample` is in `value`, somewhere; of objects, with all that it shows of them. */
function holds(value: unknown, sample: unknown): boolean {
  return (
    matches(value, sample) ||
    (typeof value === 'object' && value !== null && Object.values(value).some((part) => holds(part, sample)))
  );
}

function matches(value: unknown, sample: unknown): boolean {
  if (typeof sample !== 'object' || sample === null) return value === sample;
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== Array.isArray(sample)) return false;
  if (Array.isArray(sample) && sample.length !== (value as unknown[]).length) return false;
  return Object.entries(sample).every(([key, part]) => matches((value as Record<string, unknown>)[key], part));
}

/** What the samples of errors were answered to, which the README does not show. */
const PROBES: readonly [string, string, Record<string, unknown>][] = [
  [
    '"input","npsScore"',
    'mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { result } }',
    { input: { trackingId: 'ACME-001', npsScore: 400, customFields: { color: 'red' } } },
  ],
  [
    '"variable":"i1"',
    'mutation ($i0: UpsertClientInput!, $i1: UpsertClientInput!) { c0: upsertClient(input: $i0) { result } c1: upsertClient(input: $i1) { result } }',
    { i0: { trackingId: 'ACME-001' }, i1: { trackingId: 'ACME-002', status: 'OPEN' } },
  ],
];

describe('the examples', () => {
  let send: (document: string, variables?: Record<string, unknown>) => Promise<Answer>;
  const answers: unknown[] = [];

  beforeAll(async () => {
    const app = await startApp();
    const token = await firstStartToken(app.database);
    send = (document, variables) => app.send(token, document, variables);
  });

  test('of the README are answered as it says', async () => {
    const blocks = blocksOf('README.md');
    const ids = new Map<string, string[]>();
    /** Puts ids that were answered in place of `client_…` and the like, the newest first. */
    const filled = (document: string) => {
      const used = new Map<string, number>();
      return document.replaceAll(/\b([a-z]+)_…/g, (placeholder, kind: string) => {
        const back = (used.get(kind) ?? 0) + 1;
        used.set(kind, back);
        return ids.get(kind)?.at(-back) ?? placeholder;
      });
    };
    const ask = async (document: string, variables?: Record<string, unknown>) => {
      const { data, errors } = await send(filled(document), variables);
      for (const [id, kind = ''] of JSON.stringify(data ?? null).matchAll(/\b([a-z]+)_[0-9a-z]{26}/g)) {
        const known = ids.get(kind) ?? [];
        if (!known.includes(id)) ids.set(kind, [...known, id]);
      }
      answers.push(normal({ data, ...(errors && { errors }) }));
    };

    let samples = 0;
    let last = '';
    for (const [index, { language, text }] of blocks.entries()) {
      const [, curl] = /^ +-d '(.*)'$/ms.exec(text) ?? [];
      if (language === 'graphql') {
        last = text;
        const variables = text.includes('$input') ? JSON.parse(blocks[index + 1]?.text ?? '') : undefined;
        await ask(text, variables);
      } else if (curl) {
        const { query, variables } = JSON.parse(curl);
        // Twice, as the text has it.
        await ask(query, variables);
        await ask(query, variables);
      } else if (language === 'json' && !text.startsWith('{ "input"')) {
        for (const [mark, document, variables] of PROBES) if (text.includes(mark)) await ask(document, variables);
        samples++;
        await expectAnswered(text, () => ask(last));
      }
    }
    expect(samples).toBeGreaterThan(6);
  });

  test('of docs/changes.md are entries of the feed', async () => {
    const [query] = blocksOf('docs/changes.md').filter(({ language }) => language === 'graphql');
    const samples = blocksOf('docs/changes.md').filter(({ language }) => language === 'json');
    expect(samples.length).toBeGreaterThan(0);
    for (const { text } of samples) {
      await expectAnswered(text, async () => answers.push(normal(await send(query?.text ?? ''))));
    }
  });

  /** Expects that some answer holds the sample. The feed may show it late, and is asked again. */
  async function expectAnswered(sample: string, again: () => Promise<unknown>): Promise<void> {
    const isAnswered = () => holds(answers, normal(JSON.parse(sample)));
    if (sample.includes('"sequence"') && !isAnswered()) {
      await expect
        .poll(
          async () => {
            await again();
            return isAnswered();
          },
          { message: sample },
        )
        .toBe(true);
    }
    expect(isAnswered(), sample).toBe(true);
  }
});
