/** The patch rule (contract, section 3), checked on every field of every input against a table of its own. */
import fc from 'fast-check';
import { isInputObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { clientFields } from '../src/clients/fields.ts';
import { contactFields } from '../src/contacts/fields.ts';
import {
  clientTypeKind,
  contactRoleKind,
  employeeKind,
  regionKind,
  successCycleKind,
} from '../src/directory/directory.ts';
import { type Field, type Fields, publicName } from '../src/fields/fields.ts';
import { clientGroupKind } from '../src/groups/groups.ts';
import { locationFields } from '../src/locations/locations.ts';
import type { NamedKind } from '../src/records/named.ts';
import { schema } from '../src/schema.ts';
import { startApp, type TestFirm } from './support/app.ts';
import { make } from './support/records.ts';
import { day, plainValue } from './support/values.ts';

type Class = 'optional' | 'freeText' | 'required' | 'list' | 'object' | 'custom' | 'customText' | 'customMulti';
type Sent = 'nothing' | 'null' | 'emptyText' | 'emptyList' | 'value';
type Effect = 'unchanged' | 'cleared' | 'error' | 'replaced' | 'merged';

/** The contract's table, written down a second time on purpose. */
const CONTRACT: Record<Class, Record<Sent, Effect>> = {
  optional: { nothing: 'unchanged', null: 'cleared', emptyText: 'error', emptyList: 'error', value: 'replaced' },
  freeText: { nothing: 'unchanged', null: 'cleared', emptyText: 'cleared', emptyList: 'error', value: 'replaced' },
  required: { nothing: 'unchanged', null: 'error', emptyText: 'error', emptyList: 'error', value: 'replaced' },
  list: { nothing: 'unchanged', null: 'error', emptyText: 'error', emptyList: 'cleared', value: 'replaced' },
  object: { nothing: 'unchanged', null: 'cleared', emptyText: 'error', emptyList: 'error', value: 'merged' },
  custom: { nothing: 'unchanged', null: 'cleared', emptyText: 'error', emptyList: 'error', value: 'replaced' },
  customText: { nothing: 'unchanged', null: 'cleared', emptyText: 'cleared', emptyList: 'error', value: 'replaced' },
  customMulti: { nothing: 'unchanged', null: 'cleared', emptyText: 'error', emptyList: 'cleared', value: 'replaced' },
};

/** A kind of record whose inputs follow the rule. */
interface Subject {
  type: string;
  /** The fields of its inputs. */
  fields: Fields;
  /** Those that null is an error for. */
  required: readonly string[];
  /** What it is created with. */
  base(): Record<string, unknown>;
  upsert?: true;
  /** Whether names may be taken. */
  uniqueName?: true;
  /** Arguments of its mutations beside the input. */
  also?: string;
  /** Fields with a rule of their own about which values may come after which, left to the tests of the record. */
  apart?: readonly string[];
  /** What upserts take beside these fields, though it never changes. */
  stays?: readonly string[];
  /** Fields of which one changes with the other. */
  coupled?: readonly string[];
}

/** Fields by the names that they have in inputs. */
function outside(fields: Fields): Fields {
  const entries = Object.entries(fields).map(([name, field]): [string, Field] => [
    publicName(name, field),
    field.kind === 'objectList' ? { ...field, fields: outside(field.fields) } : field,
  ]);
  return Object.fromEntries(entries);
}

const { client: _stays, ...locationFieldsToPatch } = outside(locationFields);
const namedSubject = (kind: NamedKind, more: Partial<Subject> = {}): Subject => ({
  type: kind.model,
  fields: outside(kind.fields),
  required: ['name'],
  base: () => ({ name: `Start ${serial++}` }),
  upsert: true,
  uniqueName: true,
  ...more,
});

const SUBJECTS: readonly Subject[] = [
  {
    type: 'Client',
    fields: outside(clientFields),
    required: ['name', 'status', 'active', 'invitationStatus', 'clientGroup'],
    base: () => ({ name: 'Start' }),
    upsert: true,
    apart: ['primaryContact'],
  },
  {
    type: 'ClientContact',
    fields: outside(contactFields),
    required: ['lastName', 'role', 'client', 'location'],
    base: () => ({ lastName: 'Start', role: { id: records.ContactRole?.[0] }, client: { id: records.Client?.[0] } }),
    upsert: true,
    also: 'allowDuplicates: true',
    coupled: ['client', 'location'],
  },
  {
    type: 'ClientLocation',
    upsert: true,
    fields: locationFieldsToPatch,
    required: ['name', 'isPrimary'],
    base: () => ({ name: 'Start', client: { id: records.Client?.[0] } }),
    apart: ['isPrimary'],
    stays: ['client'],
  },
  namedSubject(clientGroupKind),
  namedSubject(clientTypeKind),
  namedSubject(contactRoleKind, { required: ['name', 'availableForContacts'] }),
  namedSubject(employeeKind),
  namedSubject(regionKind),
  namedSubject(successCycleKind),
];

const carried = (type: string) => type.charAt(0).toLowerCase() + type.slice(1);

let serial = 0;
let firm: TestFirm;
/** Two records of each kind that another can point at. */
const records: Record<string, string[]> = {};
beforeAll(async () => {
  firm = await (await startApp()).firm();
  for (const kind of ['ClientGroup', 'Region', 'ClientType', 'SuccessCycle', 'Employee', 'ContactRole', 'Client']) {
    for (const name of ['One', 'Two'])
      records[kind] = [...(records[kind] ?? []), (await make(firm, kind, { name })).id];
  }
  for (const name of ['One', 'Two']) {
    const { id } = await make(firm, 'ClientLocation', { name, client: { id: records.Client?.[0] } });
    records.ClientLocation = [...(records.ClientLocation ?? []), id];
  }
  for (const entity of ['CLIENT', 'CLIENT_CONTACT']) {
    await make(firm, 'CustomField', { entity, name: 'words', type: 'TEXT' });
    await make(firm, 'CustomField', { entity, name: 'count', type: 'NUMBER' });
    const options = [{ label: 'a' }, { label: 'b' }];
    await make(firm, 'CustomField', { entity, name: 'many', type: 'MULTI_SELECT', options });
  }
});

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ]{0,20}[A-Za-z0-9]$/);

/** Valid values of a field. */
function valid(subject: Subject, name: string, field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'text':
      if (name === 'name' && subject.uniqueName) return fc.uuid();
      if (name === 'uprn') return fc.stringMatching(/^\d{1,12}$/);
      if (name === 'nationalInsuranceNumber') return fc.constantFrom('AB123456C', 'CE 12 34 56 A');
      if (name === 'trackingId') return fc.uuid();
      return word.map((text) => text.slice(0, field.max).trim());
    case 'choice':
    case 'boolean':
    case 'integer':
    case 'money':
    case 'url':
    case 'phone':
    case 'timezone':
    case 'language':
      return plainValue(field);
    case 'date':
      // Where two dates are in order, whichever are drawn.
      return name === 'inceptionDate' ? fc.constantFrom('1980-01-01', '1980-01-02') : day;
    case 'email':
      return fc.constantFrom('a@example.com', 'b.c@example.org');
    case 'country':
      return fc.constantFrom('GB', 'US', 'DE');
    case 'textList':
      return fc.uniqueArray(word, { minLength: 1, maxLength: 5 });
    case 'objectList':
      if (name === 'accountTeam') {
        return fc.uniqueArray(
          fc.record({
            employee: fc.constantFrom(...(records.Employee ?? [])).map((id) => ({ id })),
            role: fc.constantFrom('Lead', 'Sponsor'),
          }),
          {
            minLength: 1,
            selector: ({ employee, role }) => employee.id + role,
          },
        );
      }
      return fc.tuple(fc.constantFrom('zendesk', 'other'), fc.uuid()).map(([system, id]) => [{ system, id }]);
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(field.fields).map(([key, part]) => [key, valid(subject, key, part)])),
        {
          requiredKeys: [],
        },
      );
    case 'reference':
      // A contact must be one of the client, so that is left to the tests of contacts.
      return field.to === 'ClientContact'
        ? fc.constant(null)
        : fc.constantFrom(...(records[field.to] ?? [])).map((id) => ({ id }));
    case 'customFields':
      return fc.record({ words: word, count: fc.integer() }, { requiredKeys: [] });
  }
}

function classOf({ required }: Subject, name: string, field: Field): Class {
  if (field.kind === 'textList' || field.kind === 'objectList') return 'list';
  if (field.kind === 'object' || field.kind === 'customFields') return 'object';
  if (required.includes(name)) return 'required';
  // What has a pattern is in a format, and a tracking ID is a key.
  return field.kind === 'text' && !field.pattern && name !== 'trackingId' ? 'freeText' : 'optional';
}

/** All of the fields as they are read. */
function selectionOf(fields: Fields): string {
  const selected = Object.entries(fields).map(([name, field]) => {
    if (field.kind === 'reference') return `${name} { id }`;
    if (field.kind === 'object' || field.kind === 'objectList') return `${name} { ${selectionOf(field.fields)} }`;
    return name;
  });
  return selected.join(' ');
}

type Read = Record<string, unknown>;

/** A record as it was read, in the shape of inputs: empty objects are null, empty parts left out. */
function asInput(fields: Fields, record: Read): Read {
  const entries = Object.entries(fields).map(([name, field]) => {
    if (field.kind === 'reference') return [name, record[name] ?? null];
    if (field.kind === 'objectList') return [name, (record[name] as Read[]).map((item) => asInput(field.fields, item))];
    if (field.kind !== 'object' && field.kind !== 'customFields') return [name, record[name]];
    const { fullAddress: _made, ...parts } = (record[name] ?? {}) as Read;
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
        : sent === ''
          ? 'emptyText'
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
function anything(subject: Subject, name: string, field: Field): fc.Arbitrary<unknown> {
  const value = valid(subject, name, field);
  const parts =
    field.kind === 'object'
      ? fc.record(
          Object.fromEntries(
            Object.entries(field.fields).map(([key, part]) => [key, fc.option(valid(subject, key, part))]),
          ),
          { requiredKeys: [] },
        )
      : value;
  const list = field.kind === 'textList' || field.kind === 'objectList' ? [fc.constant([])] : [];
  return fc.oneof({ weight: 4, arbitrary: parts }, { weight: 1, arbitrary: fc.constant(null) }, ...list);
}

const WAYS = SUBJECTS.flatMap((subject) =>
  (subject.upsert ? (['patch', 'upsert'] as const) : (['patch'] as const)).map((way) => ({
    way,
    subject,
    mutation: `${way}${subject.type}`,
  })),
);

describe.each(WAYS)('$mutation follows the patch rule', ({ way, subject, mutation }) => {
  const { type, fields, apart = [], coupled = [] } = subject;
  const row = `row: ${carried(type)} { id ${selectionOf(fields)} revision updatedAt }`;
  const also = subject.also ? `, ${subject.also}` : '';
  const create = `mutation ($input: Create${type}Input!) { done: create${type}(input: $input${also}) { ${row} } }`;
  const told = `changedFields ${row}`;
  const change =
    way === 'patch'
      ? `mutation ($id: ID!, $input: Patch${type}Input!) { done: patch${type}(by: { id: $id }, input: $input${also}) { ${told} } }`
      : `mutation ($input: Upsert${type}Input!) { done: upsert${type}(input: $input${also}) { ${told} } }`;
  const again = `query ($id: ID!) { node(id: $id) { ... on ${type} { id ${selectionOf(fields)} revision updatedAt } } }`;

  // What an upsert is found by is not what it changes.
  const names = Object.keys(fields).filter((name) => way === 'patch' || name !== 'trackingId');
  const fieldOf = (name: string) => fields[name] as Field;
  const read = async (id: string): Promise<Read> => (await firm.ok(again, { id })).node;
  const made = async (input: Read): Promise<Read & { id: string }> =>
    (await firm.ok(create, { input: { ...subject.base(), ...input } })).done.row;
  const send = (id: string, trackingId: string, input: Read) =>
    firm.run(change, way === 'patch' ? { id, input } : { input: { ...input, trackingId } });
  const named = () => (subject.upsert ? { trackingId: `${mutation} ${serial++}` } : {});

  /** Made when it is asked for: the records to point at are there only then. */
  const inputs = () => {
    const loose = names.filter((name) => !apart.includes(name) && !coupled.includes(name));
    const any = loose.map((name) => [name, anything(subject, name, fieldOf(name))]);
    return fc.record(Object.fromEntries(any) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] });
  };

  it('for any series of inputs, and writes nothing when one of them is an error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(inputs(), { minLength: 1, maxLength: 4 }), async (series) => {
        const { trackingId = '' } = named();
        let current = await made(trackingId ? { trackingId } : {});
        const { id } = current;
        for (const sent of series) {
          const before = asInput(fields, current);
          const after: Read = {};
          const wrong: string[] = [];
          for (const name of names) {
            const outcome = expected(classOf(subject, name, fieldOf(name)), before[name], sent[name]);
            if (outcome) after[name] = outcome.value;
            else wrong.push(name);
          }
          const answer = await send(id, trackingId, sent);
          if (wrong.length > 0) {
            const faults = answer.errors?.[0]?.extensions.fields?.map(({ path }) => path[1]);
            expect(faults?.sort()).toEqual(wrong.sort());
            expect(await read(id)).toEqual(current);
            continue;
          }
          expect(answer.errors, JSON.stringify(answer.errors)).toBeUndefined();
          const done = answer.data?.done as { row: Read & { id: string }; changedFields?: string[] };
          expect(asInput(fields, done.row)).toMatchObject(after);
          // A full address that was given is not told apart from one that is made, so the address is left to its own test.
          const differing = names.filter(
            (name) =>
              name !== 'address' && JSON.stringify(sorted(before[name])) !== JSON.stringify(sorted(after[name])),
          );
          const changed = done.changedFields ?? differing;
          expect(changed.filter((name) => name !== 'address').sort()).toEqual(differing.sort());
          const wrote = done.row.revision !== current.revision;
          if (differing.length > 0 || done.changedFields?.length) expect(wrote).toBe(true);
          if (done.changedFields?.length === 0) expect(wrote).toBe(false);
          if (wrote) expect(done.row.revision).toBe(Number(current.revision) + 1);
          else expect(done.row.updatedAt).toBe(current.updatedAt);
          current = done.row;
        }
      }),
      { numRuns: subject.upsert ? 12 : 5 },
    );
  });

  it.each(names.filter((name) => !apart.includes(name)))(
    'for nothing, null, "", [] and values sent to %s',
    async (name) => {
      const field = fieldOf(name);
      const [first, second] = fc.sample(
        valid(subject, name, field).filter(
          (value) => Object.keys(Object(value)).length > 0 || typeof value !== 'object',
        ),
        // Names may be taken by what the other way made.
        { numRuns: 2, seed: way === 'patch' ? 7 : 8 },
      );
      const { trackingId = '' } = named();
      const { id } = await made({ ...(trackingId ? { trackingId } : {}), [name]: first });
      const held = async () => asInput(fields, await read(id))[name];
      for (const sent of [undefined, second, null, first, '', first, []]) {
        const before = await held();
        const outcome = expected(classOf(subject, name, field), before, sent);
        const answer = await send(id, trackingId, { [name]: sent });
        if (outcome) {
          expect(answer.errors, JSON.stringify(answer.errors)).toBeUndefined();
          expect(await held()).toEqual(outcome.value);
        } else {
          expect(answer.errors?.[0]?.extensions.fields?.[0]?.path.slice(0, 2)).toEqual(['input', name]);
          expect(await held()).toEqual(before);
        }
      }
    },
  );
});

it('every field of every input that changes a record is asked about', () => {
  /** Inputs that are no fields, and definitions of custom fields, which have rules of their own: each has its tests. */
  const elsewhere = ['PatchCustomFieldInput', 'UpsertCustomFieldInput'];
  const asked = new Set([
    ...elsewhere,
    ...WAYS.flatMap(({ way, subject: { type, fields, stays = [] } }) =>
      [...Object.keys(fields), ...stays].map((name) => `${way === 'patch' ? 'Patch' : 'Upsert'}${type}Input.${name}`),
    ),
  ]);
  /** What changes single members of a list that is asked about. */
  const isPart = (type: { name: string }, name: string) =>
    /^(add|remove|set)[A-Z]/.test(name) &&
    asked.has(`${type.name}.${name.replace(/^[a-z]+([A-Z])/, (_, first: string) => first.toLowerCase())}`);
  const inputs = Object.values(schema.getTypeMap()).filter((type) => /^(Patch|Upsert)\w+Input$/.test(type.name));
  const missing = inputs.flatMap((type) => {
    if (!isInputObjectType(type) || asked.has(type.name) || type.name === 'PatchCustomFieldOptionInput') return [];
    // Of many records: their items are upserts.
    if (type.getFields().onError) return [];
    return Object.keys(type.getFields()).flatMap((name) =>
      asked.has(`${type}.${name}`) || isPart(type, name) ? [] : `${type}.${name}`,
    );
  });
  expect(missing).toEqual([]);
});

describe.each(SUBJECTS.filter(({ fields }) => 'customFields' in fields))(
  'custom fields of $type follow the patch rule',
  ({ type, base, also }) => {
    it.each([
      ['words', 'customText', 'one', 'two'],
      ['count', 'custom', 1, 2.5],
      ['many', 'customMulti', ['a'], ['b', 'a']],
    ] as const)('for nothing, null, "", [] and values sent to %s', async (key, kind, first, second) => {
      const args = also ? `, ${also}` : '';
      const create = `mutation ($input: Create${type}Input!) { done: create${type}(input: $input${args}) { row: ${carried(type)} { id } } }`;
      const { id } = (await firm.ok(create, { input: { ...base(), customFields: { [key]: first } } })).done.row;
      const read = async () =>
        (await firm.ok(`query ($id: ID!) { node(id: $id) { ... on ${type} { customFields } } }`, { id })).node
          .customFields[key];
      const patch = `mutation ($id: ID!, $input: Patch${type}Input!) { patch${type}(by: { id: $id }, input: $input) { changedFields } }`;
      for (const sent of [undefined, second, null, first, '', first, []]) {
        const before = await read();
        const outcome = expected(kind, before, sent);
        const answer = await firm.run(patch, { id, input: { customFields: { [key]: sent } } });
        if (outcome) {
          expect(answer.errors, JSON.stringify(answer.errors)).toBeUndefined();
          expect(await read()).toEqual(outcome.value);
        } else {
          expect(answer.errors?.[0]?.extensions.fields?.[0]?.path).toEqual(['input', 'customFields', key]);
          expect(await read()).toEqual(before);
        }
      }
    });
  },
);

/** A value with the keys of its objects in order, to be compared as text. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
