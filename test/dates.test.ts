/** Days and instants that do not exist are refused wherever one is read, instead of being taken for the next that does. */
import { beforeAll, describe, expect, it } from 'vitest';
import { scalars } from '../src/graphql/scalars.ts';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';

let app: TestApp;
let firm: TestFirm;
beforeAll(async () => {
  app = await startApp();
  firm = await app.firm();
});

const LIST = `query ($filter: ClientFilter, $orderBy: [ClientOrder!], $after: String) {
  clients(filter: $filter, orderBy: $orderBy, after: $after) { nodes { name } }
}`;

/** The paths that an operation is refused for. */
async function refused(document: string, variables: Record<string, unknown>): Promise<(string | undefined)[]> {
  const { status, extensions } = await firm.fails(document, variables);
  expect([status, extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
  return (extensions.fields ?? []).map(({ path }) => path.join('.'));
}

describe('a day that the calendar does not have', () => {
  const days = ['2026-02-30', '2025-02-29', '2026-04-31', '2026-13-01', '2026-00-10', '2026-01-00', '0000-01-01'];

  it.each(days)('%s is refused in fields, filters, custom fields and instants', async (day) => {
    const create = 'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }';
    const input = { name: 'x', inceptionDate: day, person: { dateOfBirth: day } };
    expect(await refused(create, { input })).toEqual(['input.inceptionDate', 'input.person.dateOfBirth']);
    for (const instant of [`${day}T00:00:00Z`, `${day}T12:30+02:00`, `${day}t00:00:00.5z`]) {
      const filter = { inceptionDate: { in: [day] }, createdAt: { gt: instant, in: [instant] } };
      expect(await refused(LIST, { filter })).toEqual([
        'filter.inceptionDate.in.0',
        'filter.createdAt.gt',
        'filter.createdAt.in.0',
      ]);
    }
  });

  it.each(days)('%s is refused in a cursor', async (day) => {
    const after = Buffer.from(JSON.stringify(['createdAt,id', `${day}T00:00:00.000+00:00`, 'x'])).toString('base64url');
    expect(await refused(LIST, { after, orderBy: [{ field: 'CREATED_AT' }] })).toEqual(['after']);
  });

  it('is refused in custom fields, set or filtered by', async () => {
    await firm.ok('mutation { createCustomField(input: { name: "Due", type: DATE }) { customField { key } } }');
    const upsert = 'mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { client { id } } }';
    const input = { trackingId: 'x', name: 'x', customFields: { due: '2026-02-30' } };
    expect(await refused(upsert, { input })).toEqual(['input.customFields.due']);
    const filter = { customFields: [{ key: 'due', lt: '2026-02-30' }] };
    expect(await refused(LIST, { filter })).toEqual(['filter.customFields.0.lt']);
  });
});

describe('an instant', () => {
  it.each([
    '2026-02-28T24:00:00Z',
    '2026-02-28T23:59:60Z',
    '2026-02-28T10:60:00Z',
    '2026-02-28T10:00:00+24:00',
    '2026-02-28T10:00:00',
    '2026-02-28',
    '+002026-02-28T10:00:00Z',
    '0001-01-01T00:00:00+05:00',
    '9999-12-31T23:00:00-05:00',
    '',
  ])('that no clock shows, or without its offset, is refused: %j', async (instant) => {
    expect(await refused(LIST, { filter: { updatedAt: { lte: instant } } })).toEqual(['filter.updatedAt.lte']);
  });

  it.each([
    '2024-02-29T00:00:00Z',
    '2026-02-28T23:59:59.999999Z',
    '2026-02-28t10:00z',
    '0001-01-01T05:00:00+05:00',
    '9999-12-31T23:59:59.999Z',
  ])('is taken with any offset, seconds or none: %s', async (instant) => {
    await firm.ok(LIST, { filter: { updatedAt: { gt: instant } } });
  });

  it('is presented with its milliseconds, whether a row holds it as text or as a date', () => {
    const presented = '2026-11-21T09:30:00.123Z';
    expect(scalars.DateTime.serialize('2026-11-21T09:30:00.123+00:00')).toBe(presented);
    expect(scalars.DateTime.serialize(new Date(presented))).toBe(presented);
  });
});
