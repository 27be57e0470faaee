/**
 * The mappings of the systems' own bodies, held against what their documents say: every field is mapped or named, no value
 * of a body disappears, and what a body becomes makes the same body again.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject } from '../src/base/is-object.ts';
import { clientFields } from '../src/clients/fields.ts';
import { contactFields } from '../src/contacts/fields.ts';
import type { Values } from '../src/fields/kind.ts';
import { type Item, type Mapping, type SystemName, systems } from '../src/systems/index.ts';
import clientsuccessBody from './examples/clientsuccess-patch-client.json' with { type: 'json' };
import { tableOf } from './support/system-tables.ts';
import { day } from './support/values.ts';

/** A field of a document: its path in a body, and the values that the document allows. Null clears, where it may be empty. */
type Documented = readonly [path: string, values: fc.Arbitrary<unknown>];

const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const id = fc.integer({ min: 0, max: 9_999 });
const flag = fc.boolean();
const phone = fc.stringMatching(/^\+442\d{9}$/);
const free = (values: fc.Arbitrary<unknown>) => fc.option(values);

/** The documents' fields, in their order. Where they describe a field rather than name it, it has the name of the example. */
const DOCUMENTS: Readonly<Record<SystemName | 'definitions', readonly Documented[]>> = {
  anduin: [
    ['trackingId', text],
    ['name', text],
    ['tags', fc.uniqueArray(text)],
    ['clientGroupId', text],
    ['note', free(text)],
  ],
  assembly: [
    ['givenName', text],
    ['familyName', text],
    ['email', fc.constant('amara.okafor@example.com')],
    [
      'customFields',
      fc.record(
        {
          text,
          multiSelect: fc.uniqueArray(text),
          email: fc.constant('a@example.com'),
          address: fc.oneof(
            text,
            fc.record(
              {
                fullAddress: text,
                country: fc.constantFrom('US', 'CA', 'AU', 'GB', 'NZ'),
                region: text,
                postalCode: text,
                addressLine1: text,
                addressLine2: text,
                city: text,
              },
              { requiredKeys: ['fullAddress', 'country'] },
            ),
          ),
          url: fc.constant('https://example.com'),
          number: fc.integer(),
          phoneNumber: phone,
        },
        { requiredKeys: [] },
      ),
    ],
  ],
  definitions: [
    ['id', text],
    ['key', text],
    ['name', text],
    ['type', fc.constantFrom('text', 'multiSelect', 'email', 'address', 'url', 'number', 'phoneNumber')],
    ['order', id],
    ['options', fc.array(fc.record({ key: text, label: text, color: text }, { requiredKeys: ['key', 'label'] }))],
  ],
  clientsuccess: [
    [
      'custom',
      fc.dictionary(
        text.map((key) => `${key}__cs`),
        free(fc.oneof(text, id, flag)),
      ),
    ],
    ['name', text],
    ['siteUrl', free(text)],
    ['logoUrl', free(text)],
    ['status', fc.constantFrom('ACTIVE', 'INACTIVE', 'TRIAL', 'TERMINATED')],
    ['active', flag],
    ['inceptionDate', free(day)],
    ['terminatedDate', free(day)],
    ['street', free(text)],
    ['city', free(text)],
    ['state', free(text)],
    ['zip', free(text)],
    ['country', free(fc.constantFrom('US', 'gb', 'United Kingdom', 'germany', 'FRA', 'UK'))],
    ['region', free(fc.constant({}))],
    ['region.id', id],
    ['region.name', text],
    ['timezone', free(text)],
    ['zendeskId', free(text)],
    ['freshdeskId', free(text)],
    ['usageId', free(text)],
    ['stripeId', free(text)],
    ['externalStatusId', free(text)],
    ['npsScore', free(fc.integer({ min: -100, max: 100 }))],
    ['note', free(text)],
    ['createdByEmployeeId', free(id)],
    ['modifiedByEmployeeId', free(id)],
    ['managedByEmployeeId', free(id)],
    ['assignedSalesRepId', free(id)],
    ['assignedSalesRep', free(text)],
    ['clientTypeId', free(id)],
    ['clientTypeTitle', free(text)],
    ['successCycleId', free(id)],
    ['primaryContactId', free(id)],
    ['parentClientId', free(id)],
    ['accTeamingRoles', fc.array(fc.record({ employee: fc.record({ id }), role: text }))],
    ['externalId', free(text)],
    ['salesforceAccountId', free(text)],
  ],
  trackops: [
    ['allow_duplicates', flag],
    ['contact', fc.constant({})],
    ['contact.client_id', id],
    ['contact.role_id', id],
    ['contact.first_name', free(text)],
    ['contact.middle_name', free(text)],
    ['contact.last_name', text],
    ['contact.title', free(text)],
    ['contact.email', free(text)],
    ['contact.address_1', free(text)],
    ['contact.address_2', free(text)],
    ['contact.address_3', free(text)],
    ['contact.city', free(text)],
    ['contact.account_code', free(text)],
    ['contact.state', free(fc.constantFrom('NY', 'on', 'NSW'))],
    ['contact.zip', free(text)],
    ['contact.country', free(fc.constantFrom('US', 'CA', 'AU', 'GB', 'DE'))],
    ['contact.phone_home', free(text)],
    ['contact.phone_mobile', free(text)],
    ['contact.phone_office', free(text)],
    ['contact.phone_fax', free(text)],
    ['contact.language', free(fc.constantFrom('en', 'fr'))],
    ['contact.birthday', free(day)],
    ['contact.notes', free(text)],
    ['contact.admin_notes', free(text)],
  ],
  proconvey: [
    ['firstName', text],
    ['lastName', text],
    ['emailAddress', text],
    ['title', free(text)],
    ['companyName', free(text)],
    ['telephoneNumber', free(phone)],
    ['address', free(fc.constant({}))],
    ['address.line_1', free(text)],
    ['address.line_2', free(text)],
    ['address.line_3', free(text)],
    ['address.post_town', free(text)],
    ['address.county', free(text)],
    ['address.postcode', free(text)],
    ['address.uprn', free(text)],
    ['id', fc.uuid()],
    ['status', fc.constantFrom('Active', 'Closed', 'Invited', 'NotInvited', 'SendFailed')],
    ['middleName', free(text)],
    ['altTelephoneNumber', free(phone)],
    ['pronouns', free(text)],
    ['communicationPreferences', free(fc.constant({}))],
    ['communicationPreferences.email', flag],
    ['communicationPreferences.phone', flag],
    ['communicationPreferences.sms', flag],
    ['communicationPreferences.post', flag],
    ['avatarUrl', free(text)],
    ['dob', free(day)],
    ['nationality', free(text)],
    ['niNumber', free(text)],
    ['occupation', free(text)],
  ],
};

/** Fields that the documents name and that are in no body, and ids that are in answers and paths. */
const BESIDE_BODIES: Partial<Record<keyof typeof DOCUMENTS, readonly string[]>> = {
  anduin: ['firmId', 'mode', 'contacts', 'result'],
  assembly: ['id'],
  clientsuccess: ['id', 'uuid'],
  trackops: [
    ...['contact.id', 'client', 'client_location', 'role', 'salesperson', 'created_from', 'created_to'],
    ...['updated_from', 'updated_to', 'expand_field_values'],
  ],
};

const mappings: [keyof typeof DOCUMENTS, Mapping][] = [
  ...Object.values(systems).map((system): [SystemName, Mapping] => [system.name as SystemName, system]),
  ['definitions', systems.assembly.definitions],
];

/** An object with the values at their paths; those inside what is not an object are left out. */
function bodyOf(fields: Readonly<Record<string, unknown>>): Values {
  const body: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(fields)) {
    const [head = '', inner] = path.split('.');
    if (inner === undefined) body[head] = isObject(value) ? { ...value } : value;
    else if (body[head] !== null) body[head] = { ...(body[head] as object), [inner]: value };
  }
  return body;
}

/** Bodies with any of the documented fields. */
const bodies = (documented: readonly Documented[]) =>
  fc.record(Object.fromEntries(documented), { requiredKeys: [] }).map((fields) => bodyOf(fields));

const FIELDS = { client: clientFields, contact: contactFields } as const;

describe.each(mappings)('the mapping of %s', (name, system) => {
  const documented = DOCUMENTS[name];

  it('maps each field of the document, or says why it has no place', () => {
    const said = new Set([...system.lines, ...system.noPlace].map(({ theirs }) => theirs));
    const paths = [...documented.map(([path]) => path), ...(BESIDE_BODIES[name] ?? [])];
    expect([...said].sort()).toEqual([...paths].sort());
  });

  it('maps to fields that our records have', () => {
    if (system.entity === 'customField') return;
    const fields: Readonly<Record<string, unknown>> = FIELDS[system.entity];
    for (const { ours } of system.lines) {
      const [head = '', part] = ours.split('.');
      if (head === 'allowDuplicates' || head === '') continue;
      const field = fields[head] ?? fields[`${head}Id`];
      expect(field, ours).toBeDefined();
      if (part && head !== 'externalIds') expect(field, ours).toHaveProperty(`fields.${part}`);
    }
  });

  it('makes the same body of what a body became', () => {
    fc.assert(
      fc.property(bodies(documented), (body) => {
        const { items, unmapped } = system.read(body);
        expect(unmapped).toEqual([]);
        const [item = {}] = items;
        const record = applied({}, item);
        const back = system.write(record);
        expect(back).toMatchObject(expected(name, body));
        const again = system.read(back);
        expect(again.unmapped).toEqual([]);
        expect(applied(record, again.items[0] ?? {})).toEqual(record);
        expect(system.write(applied(record, again.items[0] ?? {}))).toEqual(back);
      }),
    );
  });

  it('loses no value, whatever a documented field holds', () => {
    const paths = documented.map(([path]) => path);
    fc.assert(
      fc.property(fc.constantFrom(...paths), marked, (path, value) => {
        const { items, unmapped } = system.read(bodyOf({ [path]: value }));
        const told = JSON.stringify([items, unmapped]);
        for (const mark of JSON.stringify(value).match(/mark\d+/g) ?? []) expect(told).toContain(mark);
        if (JSON.stringify(value) !== '{}') {
          expect(unmapped.length + Object.keys(items[0] ?? {}).length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('reports what the document does not name, where it stands', () => {
    const objects = system.lines.filter(({ form }) => form.holdsLines).map(({ theirs }) => theirs);
    fc.assert(
      fc.property(bodies(documented), fc.constantFrom('', ...objects), marked, (body, holder, value) => {
        const inside = holder === '' ? body : body[holder];
        fc.pre(isObject(inside) && value !== undefined);
        const extended = { ...(inside as object), somethingElse: value };
        const { items, unmapped } = system.read(holder === '' ? extended : { ...body, [holder]: extended });
        const path = holder === '' ? ['somethingElse'] : [holder, 'somethingElse'];
        expect(unmapped).toEqual([{ path, value, reason: `${system.title}'s documents do not name it` }]);
        expect(items).toEqual(system.read(body).items);
      }),
    );
  });

  it('makes nothing of what is no object, and says so', () => {
    for (const body of [null, 'text', 1, [], true]) {
      expect(system.read(body)).toMatchObject({ items: [], unmapped: [{ path: [], value: body }] });
    }
  });

  it('is documented in docs/systems.md', () => {
    const document = readFileSync(new URL('../docs/systems.md', import.meta.url), 'utf8');
    const losses = system.lost.map((sentence) => `- ${sentence}`).join('\n');
    for (const part of [tableOf(system), losses])
      expect(document.includes(part), `docs/systems.md lacks:\n${part}`).toBe(true);
  });
});

/** The item that all of a body becomes. */
function itemOf(system: Mapping, body: Values): Item {
  const { items, unmapped } = system.read(body);
  expect(unmapped).toEqual([]);
  return items[0] ?? {};
}

describe('the record of a body', () => {
  const { anduin, assembly, clientsuccess, trackops, proconvey } = systems;
  const keyOf = (system: Mapping, body: Values) => itemOf(system, body).by?.externalId;

  it('is found by the id that the body has of it, the first where there are several', () => {
    expect(keyOf(anduin, { trackingId: 'CRM-1' })).toBeUndefined();
    expect(keyOf(assembly, { id: 'a-1', email: 'a@example.com' })).toEqual({ system: 'assembly', id: 'a-1' });
    expect(keyOf(proconvey, { id: 'p-1' })).toEqual({ system: 'proconvey', id: 'p-1' });
    expect(keyOf(trackops, { contact: { id: 77 } })).toEqual({ system: 'trackops', id: '77' });
    expect(keyOf(clientsuccess, { externalId: 'NW-77' })).toEqual({ system: 'external', id: 'NW-77' });
    const uuid = { uuid: 'u-1', externalId: 'NW-77' };
    expect(keyOf(clientsuccess, uuid)).toEqual({ system: 'clientsuccess-uuid', id: 'u-1' });
    expect(keyOf(clientsuccess, { id: 550, ...uuid })).toEqual({ system: 'clientsuccess', id: '550' });
    expect(keyOf(clientsuccess, { name: 'Northwind' })).toBeUndefined();
  });

  it('gets all ids that the body has of it', () => {
    expect(itemOf(clientsuccess, { id: 550, stripeId: 'cus_1', zendeskId: null }).setExternalIds).toEqual([
      { system: 'clientsuccess', id: '550' },
      { system: 'zendesk', id: null },
      { system: 'stripe', id: 'cus_1' },
    ]);
  });
});

describe('ClientSuccess', () => {
  const { clientsuccess } = systems;

  it('tells a type by its number before its title, and a region by its number before its name', () => {
    const typeOf = (body: Values) => itemOf(clientsuccess, body).type;
    const byNumber = { externalId: { system: 'clientsuccess', id: '11' } };
    expect(typeOf({ clientTypeId: 11, clientTypeTitle: 'Enterprise' })).toEqual(byNumber);
    expect(typeOf({ clientTypeId: null, clientTypeTitle: 'Enterprise' })).toEqual({ name: 'Enterprise' });
    expect(typeOf({ clientTypeTitle: 'Enterprise' })).toEqual({ name: 'Enterprise' });
    expect(typeOf({ clientTypeId: null })).toBeNull();
    expect(typeOf({ name: 'Northwind' })).toBeUndefined();
    const region = (value: unknown) => itemOf(clientsuccess, { region: value }).region;
    expect(region({ id: 11, name: 'West' })).toEqual(byNumber);
    expect(region({ name: 'West' })).toEqual({ name: 'West' });
    expect(region(null)).toBeNull();
  });

  it('has the example of its document back', () => {
    const record = applied({}, itemOf(clientsuccess, clientsuccessBody));
    const region = { id: 7, name: 'By number' };
    expect(clientsuccess.write(record)).toEqual({ ...clientsuccessBody, region });
  });

  it('gets the title of a type without a number, and null as its number', () => {
    const type = { name: 'Enterprise', externalIds: [] };
    expect(clientsuccess.write({ type })).toEqual({ clientTypeId: null, clientTypeTitle: 'Enterprise' });
  });

  it('has its numbers reported where they are none, or lose digits', () => {
    for (const value of ['101', -1, 1.5, 2 ** 53, true]) {
      const { items, unmapped } = clientsuccess.read({ name: 'Northwind', managedByEmployeeId: value });
      expect(items).toEqual([{ name: 'Northwind' }]);
      expect(unmapped).toMatchObject([{ path: ['managedByEmployeeId'], value }]);
    }
    const assignedCsm = { name: 'Ann Lee', externalIds: [{ system: 'clientsuccess', id: '9007199254740993' }] };
    expect(clientsuccess.write({ assignedCsm })).toEqual({});
  });

  it('has what it calls no country, no status and no key of its own reported', () => {
    const body = { country: 'Atlantis', status: 'PROSPECT', custom: { own: 1, mine__cs: 2 } };
    const { items, unmapped } = clientsuccess.read(body);
    expect(items).toEqual([{ customFields: { mine__cs: 2 } }]);
    expect(unmapped.map(({ path }) => path)).toEqual([['custom', 'own'], ['status'], ['country']]);
  });

  it('keeps the team whole: when one member cannot be mapped, none is changed', () => {
    const known = { employee: { id: 103 }, role: 'Lead' };
    for (const unknown of [
      { employee: {}, role: 'Help' },
      { employee: { id: 104 }, role: 'Help', since: 2020 },
      'Ann',
    ]) {
      const { items, unmapped } = clientsuccess.read({ accTeamingRoles: [known, unknown] });
      expect(items).toEqual([{}]);
      expect(unmapped).toMatchObject([{ path: ['accTeamingRoles'], value: [known, unknown] }]);
    }
  });
});

describe('Trackops', () => {
  const { trackops } = systems;

  it('has states as codes in the US, Canada and Australia, and as text elsewhere', () => {
    for (const [country, state, takes] of [
      ['US', 'NY', true],
      ['au', 'nsw', true],
      ['CA', 'Ontario', false],
      ['US', 'N', false],
      ['FR', 'Bretagne', true],
      [undefined, 'Ontario', true],
      [null, 'Ontario', true],
    ] as const) {
      const { items, unmapped } = trackops.read({ contact: { country, state } });
      expect(unmapped.map(({ path }) => path)).toEqual(takes ? [] : [['contact', 'state']]);
      expect(items).toMatchObject([takes ? { address: { region: state } } : {}]);
      const { contact } = trackops.write({ address: { country, region: state } });
      expect(contact).toEqual({ ...(takes ? { state } : {}), ...(country === undefined ? {} : { country }) });
    }
  });
});

describe('ProConvey', () => {
  const { proconvey } = systems;

  it('has one status for two of ours', () => {
    const ours = (status: string) => itemOf(proconvey, { status });
    expect(ours('Active')).toEqual({ status: 'ACTIVE', invitationStatus: 'ACCEPTED' });
    expect(ours('Invited')).toEqual({ status: 'ACTIVE', invitationStatus: 'INVITED' });
    expect(ours('NotInvited')).toEqual({ status: 'ACTIVE', invitationStatus: 'NOT_INVITED' });
    expect(ours('SendFailed')).toEqual({ status: 'ACTIVE', invitationStatus: 'SEND_FAILED' });
    expect(ours('Closed')).toEqual({ status: 'CLOSED' });
    expect(proconvey.read({ status: 'Gone' }).unmapped).toMatchObject([{ path: ['status'], value: 'Gone' }]);
  });

  it('gets the invitation of clients that are served, and Closed for the others', () => {
    const theirs = { ACCEPTED: 'Active', INVITED: 'Invited', NOT_INVITED: 'NotInvited', SEND_FAILED: 'SendFailed' };
    for (const status of Object.keys(clientFields.status.values)) {
      for (const invitationStatus of Object.keys(clientFields.invitationStatus.values)) {
        const isClosed = status === 'CLOSED' || status === 'TERMINATED';
        const written = isClosed ? 'Closed' : theirs[invitationStatus as keyof typeof theirs];
        expect(proconvey.write({ status, invitationStatus })).toEqual({ status: written });
      }
    }
  });

  it('has addresses in the UK, and gets no others', () => {
    expect(itemOf(proconvey, { address: { post_town: 'Cardiff' } }).address).toEqual({
      city: 'Cardiff',
      country: 'GB',
    });
    expect(itemOf(proconvey, { address: { line_2: null } }).address).toEqual({ line2: null });
    expect(itemOf(proconvey, { address: null }).address).toBeNull();
    expect(proconvey.write({ address: { city: 'Paris', country: 'FR' } })).toEqual({});
  });
});

describe('Assembly', () => {
  const { assembly } = systems;

  it('has custom values of types that it lacks reported, and unknown parts of addresses', () => {
    const customFields = { a: true, b: [1], c: { fullAddress: '1 Pier', floor: 2 }, d: 'text' };
    const { items, unmapped } = assembly.read({ customFields });
    expect(items).toEqual([{ customFields: { c: { fullAddress: '1 Pier' }, d: 'text' } }]);
    expect(unmapped.map(({ path }) => path)).toEqual(
      ['a', 'b', ['c', 'floor']].map((at) => ['customFields', at].flat()),
    );
  });

  it('gets addresses without a country as text, and no values of types that it lacks', () => {
    const address = { city: 'Boston', country: 'US' };
    const customFields = { a: { city: 'Boston', region: 'MA' }, b: address, c: true, d: null, e: {} };
    expect(assembly.write({ customFields })).toEqual({
      customFields: { a: 'Boston, MA', b: { ...address, fullAddress: 'Boston\nUS' } },
    });
  });

  it('gets no type that it lacks', () => {
    expect(assembly.definitions.write({ key: 'vip', type: 'BOOLEAN' })).toEqual({ key: 'vip' });
  });
});

it('says of each field without a place why that is so', () => {
  const { unmapped } = systems.anduin.read({ trackingId: 'CRM-1', firmId: 'f-1', mode: 'create' });
  expect(unmapped).toEqual([
    { path: ['firmId'], value: 'f-1', reason: 'The token tells the firm.' },
    {
      path: ['mode'],
      value: 'create',
      reason: 'A row has no mode of its own here: it is that of the whole call.',
    },
  ]);
});

it('takes a name with a dot for no path', () => {
  const { items, unmapped } = systems.trackops.read({ 'contact.email': 'a@example.com' });
  expect(items).toEqual([{}]);
  expect(unmapped).toMatchObject([{ path: ['contact.email'] }]);
});

/** Any JSON with texts that can be found again. */
const marked = fc.jsonValue({ maxDepth: 3 }).map((value) => {
  let count = 0;
  const json = JSON.stringify(value, (_, part) => (typeof part === 'string' ? `mark${count++}` : part));
  return JSON.parse(json) as unknown;
});

/** What of a body comes back: all of it but for what the mapping names. */
function expected(name: string, body: Values): Values {
  const { allow_duplicates: _, clientTypeTitle, ...rest } = body;
  const made: Record<string, unknown> = { ...rest };
  // The number overrides the title.
  if (clientTypeTitle !== undefined && typeof body.clientTypeId !== 'number') made.clientTypeTitle = clientTypeTitle;
  if (typeof body.clientTypeTitle === 'string' && body.clientTypeId === null) made.clientTypeId = null;
  if (isObject(body.region) && body.region.id !== undefined) made.region = { id: body.region.id };
  if (name === 'clientsuccess' && typeof body.country === 'string') {
    const codes: Record<string, string> = { gb: 'GB', 'United Kingdom': 'GB', UK: 'GB', germany: 'DE', FRA: 'FR' };
    made.country = codes[body.country] ?? body.country;
  }
  return Object.fromEntries(
    Object.entries(made).filter(([, value]) => !isObject(value) || Object.keys(value).length > 0),
  );
}

const REFERENCES = [
  ...['clientGroup', 'region', 'type', 'successCycle', 'assignedCsm', 'assignedSalesRep', 'createdBy', 'modifiedBy'],
  ...['primaryContact', 'parent', 'location', 'role', 'employee'],
];

/** The record that an upsert of the item makes of a record: the patch rule, as far as items need it. */
function applied(record: Values, { by: _, setExternalIds, allowDuplicates: __, ...fields }: Item): Values {
  const next: Record<string, unknown> = { ...record };
  for (const [name, value] of Object.entries(fields)) {
    const before = record[name];
    if (REFERENCES.includes(name)) next[name] = named(value, before);
    else if (name === 'accountTeam' && Array.isArray(value)) {
      const held = Array.isArray(before) ? before : [];
      next[name] = value.map((member, index) => applied(held[index] ?? {}, member));
    } else if (name === 'customFields' && isObject(value)) {
      const { address } = value;
      const parts = typeof address === 'string' ? { address: { fullAddress: address } } : {};
      next[name] = { ...(isObject(before) ? before : {}), ...value, ...parts };
    } else if (isObject(value)) next[name] = { ...(isObject(before) ? before : {}), ...value };
    else next[name] = value;
  }
  if (Array.isArray(setExternalIds)) {
    const ids = new Map((Array.isArray(record.externalIds) ? record.externalIds : []).map((one) => [one.system, one]));
    for (const one of setExternalIds) {
      if (one.id === null) ids.delete(one.system);
      else ids.set(one.system, one);
    }
    next.externalIds = [...ids.values()];
  }
  return next;
}

/** The record that a key names: the one before, where it is that. */
function named(key: unknown, before: unknown): unknown {
  if (!isObject(key)) return key;
  const { externalId, name } = key;
  const is =
    isObject(before) && (name === before.name || JSON.stringify(before.externalIds) === JSON.stringify([externalId]));
  if (is) return before;
  return externalId === undefined ? { name, externalIds: [] } : { name: 'By number', externalIds: [externalId] };
}
