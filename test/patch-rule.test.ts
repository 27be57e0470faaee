/** The patch rule (contract, section 3), checked on every field of every client input against a table of its own. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { clientFields } from '../src/clients/fields.ts';
import type { Field } from '../src/records/fields.ts';
import { startApp, type TestFirm } from './support/app.ts';

type Class = 'optional' | 'required' | 'list' | 'object' | 'custom' | 'customMulti';
type Sent = 'nothing' | 'null' | 'emptyList' | 'value';
type Effect = 'unchanged' | 'cleared' | 'error' | 'replaced' | 'merged';

/** The contract's table, written down a second time on purpose. */
const CONTRACT: Record<Class, Record<Sent, Effect>> = {
  optional: { nothing: 'unchanged', null: 'cleared', emptyList: 'error', value: 'replaced' },
  required: { nothing: 'unchanged', null: 'error', emptyList: 'error', value: 'replaced' },
  list: { nothing: 'unchanged', null: 'error', emptyList: 'cleared', value: 'replaced' },
  object: { nothing: 'unchanged', null: 'cleared', emptyList: 'error', value: 'merged' },
  custom: { nothing: 'unchanged', null: 'cleared', emptyList: 'error', value: 'replaced' },
  customMulti: { nothing: 'unchanged', null: 'cleared', emptyList: 'cleared', value: 'replaced' },
};

const REQUIRED = new Set(['name', 'status', 'active', 'invitationStatus', 'clientGroupId']);

let firm: TestFirm;
/** Two records of each kind that a client can point at. */
const records: Record<string, string[]> = {};
beforeAll(async () => {
  firm = await (await startApp()).firm();
  for (const kind of ['ClientGroup', 'Region', 'ClientType', 'SuccessCycle', 'Employee', 'Client']) {
    const carried = kind.charAt(0).toLowerCase() + kind.slice(1);
    for (const name of ['One', 'Two']) {
      const create = `mutation ($name: String!) { made: create${kind}(input: { name: $name }) { ${carried} { id } } }`;
      const { made } = await firm.ok(create, { name });
      records[kind] = [...(records[kind] ?? []), made[carried].id];
    }
  }
  const define =
    'mutation ($input: CreateCustomFieldInput!) { createCustomField(input: $input) { customField { key } } }';
  await firm.ok(define, { input: { name: 'words', type: 'TEXT' } });
  await firm.ok(define, { input: { name: 'count', type: 'NUMBER' } });
  const options = [{ label: 'a' }, { label: 'b' }];
  await firm.ok(define, { input: { name: 'many', type: 'MULTI_SELECT', options } });
});

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ]{0,20}[A-Za-z0-9]$/);
const day = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

/** Valid values of a field. */
function valid(name: string, field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'text':
      if (name === 'uprn') return fc.stringMatching(/^\d{1,12}$/);
      if (name === 'nationalInsuranceNumber') return fc.constantFrom('AB123456C', 'CE 12 34 56 A');
      if (name === 'trackingId') return fc.uuid();
      return word.map((text) => text.slice(0, field.max).trim());
    case 'choice':
      return fc.constantFrom(...Object.keys(field.values));
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: field.min, max: field.max });
    case 'date':
      // Where two dates are in order, whichever are drawn.
      return name === 'inceptionDate' ? fc.constantFrom('1980-01-01', '1980-01-02') : day;
    case 'email':
      return fc.constantFrom('a@example.com', 'b.c@example.org');
    case 'url':
      return fc.webUrl({ validSchemes: ['http', 'https'] });
    case 'phone':
      return fc.stringMatching(/^\+[1-9]\d{6,14}$/);
    case 'timezone':
      return fc.constantFrom('Europe/London', 'America/Los_Angeles');
    case 'country':
      return fc.constantFrom('GB', 'US', 'DE');
    case 'language':
      return fc.constantFrom('en', 'de');
    case 'textList':
      return fc.uniqueArray(word, { minLength: 1, maxLength: 5 });
    case 'objectList':
      if (name === 'accountTeam') {
        return fc.uniqueArray(
          fc.record({
            employeeId: fc.constantFrom(...(records.Employee ?? [])),
            role: fc.constantFrom('Lead', 'Sponsor'),
          }),
          {
            minLength: 1,
            selector: ({ employeeId, role }) => employeeId + role,
          },
        );
      }
      return fc.tuple(fc.constantFrom('zendesk', 'other'), fc.uuid()).map(([system, id]) => [{ system, id }]);
    case 'object':
      return fc.record(Object.fromEntries(Object.entries(field.fields).map(([key, part]) => [key, valid(key, part)])), {
        requiredKeys: [],
      });
    case 'reference':
      // A contact must be one of the client, so that is left to the tests of contacts.
      return field.to === 'ClientContact' ? fc.constant(null) : fc.constantFrom(...(records[field.to] ?? []));
    case 'customFields':
      return fc.record({ words: word, count: fc.integer() }, { requiredKeys: [] });
  }
}

function classOf(name: string, field: Field): Class {
  if (field.kind === 'textList' || field.kind === 'objectList') return 'list';
  if (field.kind === 'object' || field.kind === 'customFields') return 'object';
  return REQUIRED.has(name) ? 'required' : 'optional';
}

const SELECTION = Object.entries(clientFields)
  .map(([name, field]) => {
    if (field.kind === 'reference') return `${name.slice(0, -2)} { id }`;
    if (name === 'accountTeam') return 'accountTeam { employee { id } role }';
    if (field.kind === 'object' || field.kind === 'objectList')
      return `${name} { ${Object.keys(field.fields).join(' ')} }`;
    return name;
  })
  .join(' ');

/** A client as it was read, in the shape of inputs: empty objects are null, empty parts left out. */
function asInput(client: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(clientFields).map(([name, field]) => {
    if (field.kind === 'reference') return [name, (client[name.slice(0, -2)] as { id: string } | null)?.id ?? null];
    if (name === 'accountTeam') {
      const team = client.accountTeam as { employee: { id: string }; role: string }[];
      return [name, team.map(({ employee, role }) => ({ employeeId: employee.id, role }))];
    }
    if (field.kind !== 'object' && field.kind !== 'customFields') return [name, client[name]];
    const { fullAddress: _made, ...parts } = (client[name] ?? {}) as Record<string, unknown>;
    return [name, Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== null))];
  });
  return Object.fromEntries(entries);
}

/** What the table says a field holds after something was sent; undefined for an error. */
function expected(kind: Class, current: unknown, sent: unknown): { value: unknown } | undefined {
  const what: Sent =
    sent === undefined
      ? 'nothing'
      : sent === null
        ? 'null'
        : Array.isArray(sent) && sent.length === 0
          ? 'emptyList'
          : 'value';
  switch (CONTRACT[kind][what]) {
    case 'unchanged':
      return { value: current };
    case 'cleared':
      return { value: kind === 'list' ? [] : kind === 'object' ? {} : null };
    case 'replaced':
      return { value: sent };
    case 'merged': {
      const { fullAddress: _made, ...parts } = { ...(current as object), ...(sent as Record<string, unknown>) };
      return { value: Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== null)) };
    }
    case 'error':
      return undefined;
  }
}

/** Something to send to a field: nothing, null, an empty list, or a value (with nulls inside objects). */
function anything(name: string, field: Field): fc.Arbitrary<unknown> {
  const value = valid(name, field);
  const parts =
    field.kind === 'object'
      ? fc.record(
          Object.fromEntries(Object.entries(field.fields).map(([key, part]) => [key, fc.option(valid(key, part))])),
          { requiredKeys: [] },
        )
      : value;
  const list = field.kind === 'textList' || field.kind === 'objectList' ? [fc.constant([])] : [];
  return fc.oneof({ weight: 4, arbitrary: parts }, { weight: 1, arbitrary: fc.constant(null) }, ...list);
}

const MUTATIONS = {
  patchClient: `mutation ($id: ID!, $input: PatchClientInput!) { patchClient(id: $id, input: $input) { changedFields client { ${SELECTION} revision updatedAt } } }`,
  upsertClient: `mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { changedFields client { ${SELECTION} revision updatedAt } } }`,
} as const;

describe.each(['patchClient', 'upsertClient'] as const)('%s follows the patch rule', (mutation) => {
  const names = Object.keys(clientFields).filter(
    (name) => mutation === 'patchClient' || name !== 'trackingId',
  ) as (keyof typeof clientFields)[];
  /** Made when it is asked for: the records to point at are there only then. */
  const inputs = () =>
    fc.record(Object.fromEntries(names.map((name) => [name, anything(name, clientFields[name])])), {
      requiredKeys: [],
    });

  it('for any series of inputs, and writes nothing when one of them is an error', async () => {
    let serial = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(inputs(), { minLength: 1, maxLength: 4 }), async (series) => {
        const trackingId = `${mutation}-${serial++}`;
        const made = await firm.ok(
          `mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id ${SELECTION} revision updatedAt } } }`,
          {
            input: { trackingId, name: 'Start' },
          },
        );
        let current = made.createClient.client;
        const { id } = current;
        for (const sent of series) {
          const before = asInput(current);
          const after: Record<string, unknown> = {};
          const wrong: string[] = [];
          for (const name of names) {
            const outcome = expected(classOf(name, clientFields[name]), before[name], sent[name]);
            if (outcome) after[name] = outcome.value;
            else wrong.push(name);
          }
          const key = mutation === 'patchClient' ? { id, input: sent } : { input: { ...sent, trackingId } };
          const answer = await firm.run(MUTATIONS[mutation], key);
          if (wrong.length > 0) {
            const fields = answer.errors?.[0]?.extensions.fields?.map(({ path }) => path[1]);
            expect(fields?.sort()).toEqual(wrong.sort());
            const read = await firm.ok(
              `query ($id: ID!) { client(by: { id: $id }) { ${SELECTION} revision updatedAt } }`,
              { id },
            );
            expect({ ...read.client, id: undefined }).toEqual({ ...current, id: undefined });
            continue;
          }
          expect(answer.errors).toBeUndefined();
          const { client, changedFields } = (answer.data ?? {})[mutation] as {
            client: Record<string, unknown>;
            changedFields: string[];
          };
          expect(asInput(client)).toMatchObject(after);
          const differing = names.filter(
            (name) => JSON.stringify(sorted(before[name])) !== JSON.stringify(sorted(after[name])),
          );
          // A full address that was given is not told apart from one that is made, so the address is left to its own test.
          expect(changedFields.filter((name) => name !== 'address').sort()).toEqual(
            differing.filter((name) => name !== 'address').sort(),
          );
          if (changedFields.length === 0)
            expect([client.revision, client.updatedAt]).toEqual([current.revision, current.updatedAt]);
          else expect(client.revision).toBe(Number(current.revision) + 1);
          current = client;
        }
      }),
      { numRuns: 12 },
    );
  });

  it.each(names.filter((name) => name !== 'primaryContactId'))(
    'for nothing, null, [] and values sent to %s',
    async (name) => {
      const field = clientFields[name];
      const kind = classOf(name, field);
      const [first, second] = fc.sample(
        valid(name, field).filter((value) => Object.keys(Object(value)).length > 0 || typeof value !== 'object'),
        { numRuns: 2, seed: 7 },
      );
      const trackingId = `${mutation} ${name}`;
      const { client } = (
        await firm.ok('mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }', {
          input: { name: 'One by one', trackingId, [name]: first },
        })
      ).createClient;
      const read = async () =>
        asInput(
          (await firm.ok(`query ($id: ID!) { client(by: { id: $id }) { ${SELECTION} } }`, { id: client.id })).client,
        )[name];
      for (const sent of [undefined, second, null, first, []]) {
        const before = await read();
        const outcome = expected(kind, before, sent);
        const base = mutation === 'upsertClient' ? { trackingId } : {};
        const answer = await firm.run(MUTATIONS[mutation], { id: client.id, input: { ...base, [name]: sent } });
        if (outcome) {
          expect(answer.errors, JSON.stringify(answer.errors)).toBeUndefined();
          expect(await read()).toEqual(outcome.value);
        } else {
          expect(answer.errors?.[0]?.extensions.fields?.[0]?.path.slice(0, 2)).toEqual(['input', name]);
          expect(await read()).toEqual(before);
        }
      }
    },
  );
});

describe('custom fields follow the patch rule', () => {
  it.each([
    ['words', 'custom', 'one', 'two'],
    ['count', 'custom', 1, 2.5],
    ['many', 'customMulti', ['a'], ['b', 'a']],
  ] as const)('for nothing, null, [] and values sent to %s', async (key, kind, first, second) => {
    const { client } = (
      await firm.ok('mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }', {
        input: { name: 'Custom', customFields: { [key]: first } },
      })
    ).createClient;
    const read = async () =>
      (await firm.ok('query ($id: ID!) { client(by: { id: $id }) { customFields } }', { id: client.id })).client
        .customFields[key];
    for (const sent of [undefined, second, null, first, []]) {
      const before = await read();
      const outcome = expected(kind, before, sent);
      const answer = await firm.run(
        'mutation ($id: ID!, $input: PatchClientInput!) { patchClient(id: $id, input: $input) { changedFields } }',
        { id: client.id, input: { customFields: { [key]: sent } } },
      );
      if (outcome) {
        expect(answer.errors, JSON.stringify(answer.errors)).toBeUndefined();
        expect(await read()).toEqual(outcome.value);
      } else {
        expect(answer.errors?.[0]?.extensions.fields?.[0]?.path).toEqual(['input', 'customFields', key]);
        expect(await read()).toEqual(before);
      }
    }
  });
});

/** A value with the keys of its objects in order, to be compared as text. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
