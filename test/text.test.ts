/** Texts and numbers that were accepted are read back as they were sent, on either database, and are found by themselves. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { clientFields } from '../src/clients/fields.ts';
import { contactFields } from '../src/contacts/fields.ts';
import type { Fields } from '../src/fields/fields.ts';
import { startApp, type TestFirm } from './support/app.ts';
import { TEXTS } from './support/hostile.ts';
import { type Records, recordsOf } from './support/records.ts';

const RUNS = 25 * Number(process.env.FUZZ_RUNS ?? 1);

let firm: TestFirm;
let records: Records;
beforeAll(async () => {
  firm = await (await startApp()).firm();
  records = await recordsOf(firm);
});

const UPSERT = 'mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { client { id } } }';

type Sent = Record<string, unknown>;

const character = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  fc.constantFrom(...TEXTS.filter((text) => text.isWellFormed() && text.length < 50).flatMap((text) => [...text])),
);

/** Text of any characters but NUL, that is neither blank nor has white space at its ends. */
const text = (max: number) =>
  fc
    .string({ unit: character, minLength: 1, maxLength: Math.min(max, 12) })
    .map((value) => value.replaceAll('\u0000', '').trim())
    .filter((value) => value !== '');

/** An object with a text for each text field that has no form of its own. */
function texts(fields: Fields): fc.Arbitrary<Sent> {
  const members: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind === 'text' && !field.pattern) members[name] = text(field.max);
    if (field.kind === 'textList') members[name] = fc.uniqueArray(text(field.item.max), { minLength: 1, maxLength: 3 });
    if (field.kind === 'object' && Object.values(field.fields).some(({ kind }) => kind === 'text'))
      members[name] = texts(field.fields);
  }
  return fc.record(members, { noNullPrototype: true });
}

/** Selects what the value has members for. */
function selecting(value: Sent): string {
  const fields = Object.entries(value).map(([name, held]) =>
    typeof held === 'object' && held !== null && !Array.isArray(held) ? `${name} ${selecting(held as Sent)}` : name,
  );
  return `{ ${fields.join(' ')} }`;
}

it('reads the texts of a client as they were sent, tells them in its history, and finds the client by them', async () => {
  let count = 0;
  const run = async (sent: Sent, custom: string, id: string) => {
    const unique = {
      trackingId: `${sent.trackingId}${++count}`,
      externalIds: [{ system: 'crm', id: `${id}${count}` }],
    };
    const input = { ...sent, ...unique, customFields: { text: custom } };
    const { client } = (await firm.ok(UPSERT, { input })).upsertClient;
    const read = await firm.ok(
      `query ($trackingId: String!, $id: String!, $filter: ClientFilter) {
        client(by: { trackingId: $trackingId }) { id customFields history { nodes { after } } }
        texts: client(by: { trackingId: $trackingId }) ${selecting(sent)}
        byExternalId: client(by: { externalId: { system: "crm", id: $id } }) { id externalIds { system id } }
        clients(filter: $filter) { nodes { id } }
      }`,
      {
        trackingId: input.trackingId,
        id: `${id}${count}`,
        filter: {
          name: { equals: sent.name, contains: sent.name },
          companyName: { in: [sent.companyName], startsWith: sent.companyName },
          tags: { hasEvery: sent.tags },
          customFields: [{ key: 'text', equals: custom }],
        },
      },
    );
    expect(read.texts).toEqual({ ...sent, trackingId: input.trackingId });
    expect(read.client.customFields.text).toBe(custom);
    expect(read.client.history.nodes).toEqual([{ after: expect.objectContaining(input) }]);
    expect(read.byExternalId).toEqual({ id: client.id, externalIds: input.externalIds });
    expect(read.clients.nodes).toContainEqual({ id: client.id });
  };
  await fc.assert(fc.asyncProperty(texts(clientFields), text(100), text(100), run), { numRuns: RUNS });
});

it('reads the texts of a contact as they were sent', async () => {
  const create =
    'mutation ($input: CreateClientContactInput!) { createClientContact(input: $input, allowDuplicates: true) { clientContact { id } } }';
  let count = 0;
  const run = async (sent: Sent) => {
    const own = { ...sent, trackingId: `${sent.trackingId}${++count}` };
    const input = { ...own, client: { id: records.ids.Client }, role: { id: records.ids.ContactRole } };
    const { clientContact } = (await firm.ok(create, { input })).createClientContact;
    const read = `query ($id: ID!) { clientContact(by: { id: $id }) ${selecting(own)} }`;
    expect(await firm.ok(read, { id: clientContact.id })).toEqual({ clientContact: own });
  };
  await fc.assert(fc.asyncProperty(texts(contactFields), run), { numRuns: RUNS });
});

it.each([
  ['emoji', '😀'],
  ['control characters', '\u0001'],
  ['letters that are several when folded', 'ﷺ'],
  ['quotes and backslashes', '"\\'],
])('reads 65,536 characters as they were sent, and refuses one more: %s', async (_name, piece) => {
  const note = piece.repeat(65_536 / [...piece].length);
  const { mark: trackingId } = records;
  await firm.ok(UPSERT, { input: { trackingId, note, customFields: { text: note } } });
  const read = 'query ($id: String!) { client(by: { trackingId: $id }) { note customFields } }';
  const { client } = await firm.ok(read, { id: trackingId });
  expect(client.note === note && client.customFields.text === note).toBe(true);
  const longer = `${note}x`;
  const error = await firm.fails(UPSERT, { input: { trackingId, note: longer, customFields: { text: longer } } });
  expect(error.extensions.fields?.map(({ path }) => path.join('.'))).toEqual(['input.note', 'input.customFields.text']);
});

it('reads numbers of custom fields as they were sent, and finds them', async () => {
  const read = `query ($id: String!, $filter: [CustomFieldFilter!]) {
    client(by: { trackingId: $id }) { id customFields } clients(filter: { customFields: $filter }) { nodes { id } }
  }`;
  const run = async (number: number) => {
    await firm.ok(UPSERT, { input: { trackingId: records.mark, customFields: { number } } });
    const filter = [{ key: 'number', equals: number, in: [number, 1.5], gte: number, lte: number }];
    const { client, clients } = await firm.ok(read, { id: records.mark, filter });
    expect(client.customFields.number).toBe(number);
    expect(clients.nodes).toEqual([{ id: client.id }]);
  };
  // JSON has no -0 to send.
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  const examples = [5e-324, Number.MAX_VALUE, 2 ** 53, 0.1 + 0.2, -1e21, -63982208484343770].map((value): [number] => [
    value,
  ]);
  await fc.assert(fc.asyncProperty(number, run), { numRuns: RUNS, examples });
});
