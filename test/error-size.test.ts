/** Inputs with a fault in each of very many places: the answer names some of them, counts the others and stays small. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestFirm } from './support/app.ts';

let firm: TestFirm;
beforeAll(async () => {
  const app = await startApp();
  firm = await app.firm();
  const create =
    'mutation ($input: CreateCustomFieldInput!) { createCustomField(input: $input) { customField { key } } }';
  for (let index = 0; index < 25; index++) await firm.ok(create, { input: { name: `Field ${index}`, type: 'DATE' } });
  const options = Array.from({ length: 25 }, (_, index) => ({ label: `Option ${index}` }));
  await firm.ok(create, { input: { name: 'Options', type: 'MULTI_SELECT', options } });
});

const list = 'clients(filter: $filter, orderBy: $orderBy, search: $search) { nodes { id } }';
const LIST = 'query ($filter: ClientFilter, $orderBy: [ClientOrder!], $search: String)';
const upsert = 'upsertClient(input: $input) { client { id } }';
const UPSERT = 'mutation ($input: UpsertClientInput!)';

/** The operation, and again below many aliases, which share its variables. */
function documents(head: string, field: string): string[] {
  const aliased = Array.from({ length: 40 }, (_, index) => `a${index}: ${field}`);
  return [`${head} { ${field} }`, `${head} { ${aliased.join(' ')} }`];
}

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const many = <T>(count: number, make: (index: number) => [string, T]) => Object.fromEntries(times(count, make));
const nested = (depth: number, inner: object): object => {
  let filter = inner;
  for (let level = 0; level < depth; level++) filter = { and: [filter] };
  return filter;
};

describe('a fault in each of very many', () => {
  it.each<[string, string, string, Record<string, unknown>]>([
    ['terms of an order', LIST, list, { orderBy: times(3_000, () => ({ field: 'NAME' })) }],
    [
      'values of a filter',
      LIST,
      list,
      { filter: { or: times(30, () => ({ createdAt: { in: times(500, String) } })) } },
    ],
    ['conditions', LIST, list, { filter: { and: times(190, () => ({ createdAt: { lt: '2026-02-30' } })) } }],
    ['custom fields of a filter', LIST, list, { filter: { customFields: times(190, (at) => ({ key: `no ${at}` })) } }],
    ['levels of a filter', LIST, list, { filter: nested(100, { name: 1 }) }],
    ['words', LIST, list, { search: times(100_000, () => 'a').join(' ') }],
    [
      'custom fields',
      UPSERT,
      upsert,
      { input: { trackingId: 'x', customFields: many(400, (at) => [`key ${at}`, 1]) } },
    ],
    [
      'names',
      UPSERT,
      upsert,
      { input: { trackingId: 'x', customFields: many(9, (at) => [`${at}`.repeat(90_000), 1]) } },
    ],
    [
      'more custom fields',
      UPSERT,
      upsert,
      { input: { trackingId: 'x', customFields: many(19_000, (at) => [`${at}`, 1]) } },
    ],
    [
      'options',
      UPSERT,
      upsert,
      { input: { trackingId: 'x', customFields: { options: times(1_000, (at) => `no ${at}`) } } },
    ],
    ['tags', UPSERT, upsert, { input: { trackingId: 'x', tags: times(250, () => ' ') } }],
    [
      'external ids',
      UPSERT,
      upsert,
      { input: { trackingId: 'x', externalIds: times(50, () => ({ system: 'S', id: '' })) } },
    ],
    ['values of the wrong type', UPSERT, upsert, { input: { trackingId: 'x', tags: times(19_000, Number) } }],
    ['unknown fields', UPSERT, upsert, { input: { trackingId: 'x', ...many(19_000, (at) => [`no${at}`, 1]) } }],
  ])('%s', async (_what, head, field, variables) => {
    for (const document of documents(head, field)) {
      const { status, errors = [] } = await firm.run(document, variables);
      expect(status).toBe(400);
      expect(JSON.stringify(errors).length).toBeLessThan(1_000_000);
      const named = errors.flatMap(({ extensions }) => extensions.fields ?? []);
      expect(named.length).toBeGreaterThan(0);
      expect(named.length).toBeLessThanOrEqual(1_000);
      for (const { path, message } of named) {
        expect(path.length).toBeLessThan(60);
        expect(message.length).toBeLessThan(1_000);
      }
    }
  });

  it('terms of an order is told the limit', async () => {
    const { extensions } = await firm.fails(`${LIST} { ${list} }`, { orderBy: times(11, () => ({ field: 'NAME' })) });
    expect(extensions.fields?.[0]).toMatchObject({ path: ['orderBy'], message: 'must have at most 10 terms, not 11' });
  });
});
