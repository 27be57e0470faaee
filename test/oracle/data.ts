/**
 * A firm with odd records: parents and children, texts that fold to each other, ties, empty and missing values, lists that
 * are empty, short or longer than a page, and records that were changed, deleted, restored or merged. Deterministic.
 */
import { createToken } from '../../src/firms/tokens.ts';
import type { TestApp, TestFirm } from '../support/app.ts';
import { make } from '../support/records.ts';
import type { PrismaClient } from './prisma.ts';

/** Odd texts, some of which are equal when case is ignored. */
export const TEXTS = [
  'Straße',
  'STRASSE',
  'İstanbul',
  'cafe\u0301',
  'CAFÉ',
  'Ab',
  'ab',
  'ab\tc',
  'ab c',
  '😀😁',
  '\uffff\ufffe',
  '中文字',
  'ﬃce',
  "o'neil",
  '100%',
  'a_b\\c',
  '"quoted" AND {x}',
  'ΟΔΟΣ',
  ' Ab ',
];

export const DAYS = ['1999-12-31', '2024-02-29', '2025-01-01'];
export const EMAILS = ['a@example.com', 'A@EXAMPLE.com', 'abc.d@example.org', `${'x'.repeat(60)}@${longDomain()}`];
export const PHONES = ['+442079460958', '+12123456789', '+44 20 7946 0958', '(212) 345-6789 x1', '123'];
export const NUMBERS = [0, -1, 1.5, 1e21, 1e-7, 9007199254740991];
export const OPTIONS = ['a', 'b', 'c'];
export const TAGS = ['red', 'Red', 'größe', 'two words'];
export const SYSTEMS = ['zendesk', 'stripe', 'legacy'];
const INSTANTS = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.001Z', '2026-06-30T23:59:59.990Z'];
const STATUSES = ['ACTIVE', 'INACTIVE', 'TRIAL', 'TERMINATED', 'CLOSED'];

/** A domain that makes an e-mail address longer than the texts that an index stores whole. */
function longDomain(): string {
  return `${'y'.repeat(60)}.${'z'.repeat(60)}.${'w'.repeat(60)}.com`;
}

/** Picks a value by number, cycling through them. */
const at = <T>(values: readonly T[], index: number): T => values[index % values.length] as T;

const CLIENTS = 24;
/** More rows than the default page size. */
const MANY = 28;

export interface Token {
  secret: string;
  role: 'ADMIN' | 'WRITER' | 'READER' | 'CONTACT';
  /** The portal user's contact. */
  contactId?: string;
}

export interface OddFirm {
  firm: TestFirm;
  tokens: Token[];
}

/** Ids in the order of creation. */
type Ids = readonly string[];

interface Directory {
  groups: Ids;
  types: Ids;
  regions: Ids;
  cycles: Ids;
  employees: Ids;
  roles: Ids;
}

/** Creates and fills a firm. */
export async function oddFirm(app: TestApp, prisma: PrismaClient): Promise<OddFirm> {
  const firm = await app.firm();
  await defineFields(firm);
  const directory = await addDirectory(firm);
  const clients = await addClients(firm, directory);
  const contacts = await addContacts(firm, clients, directory);
  const tokens = await addTokens(app, firm, directory, contacts);
  await change(firm, clients, contacts);
  await remove(firm, clients, contacts, directory);
  await changeFields(firm);
  await tie(prisma, firm.id);
  return { firm, tokens };
}

async function addAll(firm: TestFirm, type: string, inputs: readonly Record<string, unknown>[]): Promise<string[]> {
  const ids: string[] = [];
  // Sequentially, so that the order of ids is the same in each run.
  for (const input of inputs) ids.push((await make(firm, type, input)).id);
  return ids;
}

async function addDirectory(firm: TestFirm): Promise<Directory> {
  const named = (type: string, names: string[]) =>
    addAll(
      firm,
      type,
      names.map((name) => ({ name })),
    );
  return {
    groups: await named('ClientGroup', ['Straße', 'ab', 'Ab c', 'Z', 'empty']),
    types: await named('ClientType', ['Enterprise', 'enterprise 2', '中文字']),
    regions: await named('Region', ['EMEA', 'Östlich']),
    cycles: await named('SuccessCycle', ['Yearly', 'weekly']),
    employees: await addAll(firm, 'Employee', [
      { name: 'Ann', email: 'ann@example.com' },
      ...['ann', 'Ann', '😀', 'Idle'].map((name) => ({ name })),
    ]),
    roles: await addAll(firm, 'ContactRole', [
      { name: 'Claims adjuster' },
      { name: 'buyer' },
      { name: 'Nobody yet', availableForContacts: false },
    ]),
  };
}

/** The key by an id, where there is one. */
const keyOf = (id: string | null | undefined) => (typeof id === 'string' ? { id } : id);

/** Adds clients. The first six form a chain of parents; the eighth has more children than a page holds. */
async function addClients(firm: TestFirm, directory: Directory): Promise<string[]> {
  const clients: string[] = [];
  const upsert = async (trackingId: string, input: object): Promise<void> => {
    const document = 'mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { client { id } } }';
    clients.push((await firm.ok(document, { input: { trackingId, ...input } })).upsertClient.client.id);
  };
  for (let index = 0; index < CLIENTS; index++) {
    const parentId = index > 0 && index < 6 ? clients[index - 1] : at([null, null, clients[0]], index);
    await upsert(`T-${index}${at(['', ' x', 'ß', '_%'], index)}`, {
      ...clientInput(index, directory),
      parent: index === 0 ? null : keyOf(parentId),
    });
  }
  for (let index = 0; index < MANY; index++) {
    const customFields = customValues(index * 7 + 2);
    await upsert(`child-${index}`, { name: at(TEXTS, index), parent: keyOf(clients[7]), customFields });
  }
  return clients;
}

function clientInput(index: number, { groups, types, regions, cycles, employees }: Directory) {
  const [ann = '', second = ''] = employees;
  return {
    name: at(TEXTS, index * 5),
    status: at(STATUSES, index),
    active: index % 3 !== 0,
    invitationStatus: at(['NOT_INVITED', 'INVITED', 'ACCEPTED', 'SEND_FAILED'], index),
    tags: TAGS.slice(0, index % (TAGS.length + 1)),
    clientGroup: keyOf(at([...groups.slice(0, 4), undefined], index)),
    note: at(['the note', '', null], index),
    websiteUrl: at(['https://example.com', 'https://EXAMPLE.com/ä', null], index),
    inceptionDate: at([...DAYS, null], index),
    address: at(
      [
        null,
        { city: 'London', country: 'GB', line1: '1 High Street' },
        { city: at(TEXTS, index), region: '', postalCode: 'N1' },
        { fullAddress: 'As given\nso' },
      ],
      index,
    ),
    region: keyOf(at([...regions, null], index)),
    timezone: at(['Europe/London', null], index),
    externalIds: SYSTEMS.slice(0, index % 3).map((system) => ({ system, id: `${system}-${index}` })),
    npsScore: at([null, 0, -100, 7, 7], index),
    email: at([...EMAILS, null], index),
    phone: at([null, '+442079460958', '+12123456789'], index),
    altPhone: at([null, '+442079460958'], index),
    companyName: at(['', null, 'STRASSE', 'Acme'], index),
    communicationPreferences: at([null, { email: true, sms: false }], index),
    person: at([null, { firstName: 'Zoë', lastName: at(TEXTS, index), dateOfBirth: '1980-02-29' }], index),
    type: keyOf(at([...types, null], index)),
    successCycle: keyOf(at([...cycles, null], index)),
    assignedCsm: keyOf(at([...employees.slice(0, 3), null], index)),
    assignedSalesRep: keyOf(at([null, ann, employees[3]], index)),
    assignedSalesRepName: at([null, 'Sales'], index),
    createdBy: keyOf(at([null, second], index)),
    // The first employee twice, in two roles.
    accountTeam: [...employees.slice(0, 3), ann]
      .slice(0, index % 5)
      .map((employeeId, place) => ({ employee: { id: employeeId }, role: at(['Lead', 'ß', 'Lead', 'Deputy'], place) })),
    customFields: customValues(index),
  };
}

/** Adds contacts and locations. The eighth client has more contacts than a page holds, many clients have none. */
async function addContacts(firm: TestFirm, clients: Ids, { employees, roles }: Directory): Promise<string[]> {
  const places: Record<string, unknown>[] = [];
  for (let index = 0; index < 18; index++) {
    places.push({
      client: keyOf(clients[at([0, 1, 1, 2, 7], index)]),
      name: at(TEXTS, index),
      address: at([null, { city: 'Paris', country: 'FR' }], index),
      salesperson: keyOf(at([null, employees[0]], index)),
    });
  }
  const locations = await addAll(firm, 'ClientLocation', places);
  const contacts: string[] = [];
  for (let index = 0; index < MANY + 30; index++) {
    const clientId = clients[index < MANY ? 7 : index % 9];
    const place =
      index < MANY || index % 2 === 0 ? { client: keyOf(clientId) } : { location: keyOf(at(locations, index)) };
    const input = {
      ...contactInput(index),
      ...place,
      trackingId: `P-${index}`,
      salesperson: keyOf(at([null, employees[2]], index)),
      role: keyOf(at(roles.slice(0, 2), index)),
    };
    const document =
      'mutation ($input: UpsertClientContactInput!) { upsertClientContact(input: $input, allowDuplicates: true) { clientContact { id } } }';
    contacts.push((await firm.ok(document, { input })).upsertClientContact.clientContact.id);
  }
  return contacts;
}

function contactInput(index: number) {
  return {
    firstName: at([null, 'Mia', 'mia', ' Mia ', '', 'Jo'], index),
    middleName: at([null, 'B.'], index),
    lastName: at(TEXTS, Math.floor(index / 3)),
    title: at(['Dr', '', null], index),
    email: at([...EMAILS, null], index),
    phoneHome: at([...PHONES, null], index),
    // The same number for all: more twins than a group of duplicates shows.
    phoneMobile: '(020) 7946 0958',
    phoneOffice: at([null, ...PHONES], index),
    phoneFax: at([null, '+442079460958'], index),
    language: at(['en', null], index),
    birthday: at([...DAYS, null], index),
    accountCode: at(['a_b', '000-000', null], index),
    notes: at(['for all to see', '', null], index),
    adminNotes: at(['internal', null], index),
    address: at([null, { city: 'Leeds', postalCode: 'LS1' }], index),
    customFields: index % 2 ? { ...customValues(index), single: 'a' } : {},
  };
}

/** Changes some clients, which gives them a history. */
async function change(firm: TestFirm, clients: Ids, contacts: Ids): Promise<void> {
  const document =
    'mutation ($id: ID!, $input: PatchClientInput!) { patchClient(by: { id: $id }, input: $input) { client { id } } }';
  const patch = (index: number, input: object) => firm.ok(document, { id: clients[index], input });
  await patch(7, { primaryContact: keyOf(contacts[3]) });
  await patch(0, { primaryContact: keyOf(contacts[MANY + 8]) });
  for (const index of [0, 7, 8, 9]) await patch(index, { note: `changed ${index}`, npsScore: index });
  await patch(0, { note: 'changed again', tags: ['new'] });
}

/** Deletes, restores and merges some records, among them clients with children, contacts, locations and external ids. */
async function remove(firm: TestFirm, clients: Ids, contacts: Ids, { groups }: Directory): Promise<void> {
  const act = (field: string, args: string) => firm.ok(`mutation { ${field}(${args}) { __typename } }`);
  const deleteClient = (index: number) => act('deleteClient', `by: { id: "${clients[index]}" }`);
  const deleteContact = (index: number) => act('deleteClientContact', `by: { id: "${contacts[index]}" }`);
  const merge = (field: string, ids: Ids, source: number, target: number) =>
    act(field, `source: { id: "${ids[source]}" }, target: { id: "${ids[target]}" }`);
  await deleteContact(MANY + 8);
  await deleteContact(5);
  await deleteClient(3);
  await deleteClient(8);
  await act('restoreClient', `by: { id: "${clients[8]}" }`);
  await deleteClient(20);
  await merge('mergeClients', clients, 6, 10);
  await merge('mergeClients', clients, 10, 11);
  await merge('mergeClients', clients, 12, 13);
  await deleteClient(13);
  await merge('mergeClientContacts', contacts, 10, 11);
  await merge('mergeClientContacts', contacts, 11, 31);
  await act('deleteClientGroup', `by: { id: "${groups[3]}" }`);
}

/** Defines custom fields: one of each type, some with equal `order`, one to archive, one without values, one to delete. */
async function defineFields(firm: TestFirm): Promise<void> {
  const options = OPTIONS.map((key, index) => ({ key, label: key.toUpperCase(), order: 3 - index }));
  const types = ['TEXT', 'NUMBER', 'BOOLEAN', 'DATE', 'EMAIL', 'URL', 'PHONE_NUMBER', 'ADDRESS'];
  const keyed = Object.entries({ PHONE_NUMBER: 'phone', SINGLE_SELECT: 'single', MULTI_SELECT: 'multi' });
  const keyOf = (type: string) => keyed.find(([name]) => name === type)?.[1] ?? type.toLowerCase();
  for (const entity of ['CLIENT', 'CLIENT_CONTACT']) {
    for (const [index, type] of [...types, 'SINGLE_SELECT', 'MULTI_SELECT'].entries()) {
      const input = { entity, key: keyOf(type), name: `${type} of ${entity}`, type, order: (index * 7) % 5 };
      await make(firm, 'CustomField', type.endsWith('SELECT') ? { ...input, options } : input);
    }
    await make(firm, 'CustomField', { entity, key: 'archived', name: 'Archived', type: 'TEXT' });
    await make(firm, 'CustomField', { entity, key: 'unset', name: 'Unset', type: 'TEXT', order: 0 });
    await make(firm, 'CustomField', { entity, key: 'gone', name: 'Gone', type: 'TEXT' });
  }
}

function customValues(index: number): Record<string, unknown> {
  if (index % 5 === 4) return {};
  return {
    text: at([...TEXTS, ''], index),
    number: at([...NUMBERS, null], index),
    boolean: at([true, false, null], index),
    date: at([...DAYS, null], index),
    email: at([null, 'c@example.com'], index),
    url: at(['https://example.com/c', null, null], index),
    phone: at([null, '+12123456789'], index),
    address: at([null, 'In one line', { city: 'Rome', country: 'it', addressLine1: 'Via' }], index),
    single: at([...OPTIONS, null], index),
    multi: at([[], ['b', 'a'], ['c'], null], index),
    archived: at(['kept', null], index),
    gone: 'of a field that is deleted',
  };
}

/** Archives a field and an option that records use, and replaces a field by another with the same key. */
async function changeFields(firm: TestFirm): Promise<void> {
  const { customFields } = await firm.ok('{ customFields { id key entity } }');
  for (const { id, key, entity } of customFields) {
    if (key === 'gone') {
      await firm.ok(`mutation { deleteCustomField(by: { id: "${id}" }) { __typename } }`);
      await make(firm, 'CustomField', { entity, key, name: 'Back', type: 'NUMBER' });
    }
    if (key === 'archived') await firm.ok(`mutation { archiveCustomField(id: "${id}") { __typename } }`);
    if (key !== 'single') continue;
    const patch =
      'mutation ($id: ID!) { patchCustomField(by: { id: $id }, input: { options: [{ key: "a", archived: true }] }) { __typename } }';
    await firm.ok(patch, { id });
  }
}

/** Sets `createdAt` and `updatedAt` to a few instants, so that orders by them have ties. */
async function tie(prisma: PrismaClient, firmId: number): Promise<void> {
  const ids = async (rows: Promise<{ id: string }[]>) => (await rows).map(({ id }) => id).sort();
  const clients = await ids(prisma.client.findMany({ where: { firmId } }));
  const contacts = await ids(prisma.clientContact.findMany({ where: { firmId } }));
  for (let index = 0; index < INSTANTS.length; index++) {
    const third = (all: string[]) => all.filter((_, place) => place % INSTANTS.length === index);
    const data = { createdAt: new Date(at(INSTANTS, index)), updatedAt: new Date(at(INSTANTS, index * 2 + 1)) };
    await prisma.client.updateMany({ where: { firmId, id: { in: third(clients) } }, data });
    await prisma.clientContact.updateMany({ where: { firmId, id: { in: third(contacts) } }, data });
  }
}

/** Creates tokens of each role. One portal user's contact will be merged into another. */
async function addTokens(app: TestApp, firm: TestFirm, { employees }: Directory, contacts: Ids): Promise<Token[]> {
  const roles = ['ADMIN', 'WRITER', 'READER'] as const;
  const tokens: Token[] = roles.map((role) => ({ secret: firm.tokens[role], role }));
  const { database } = app;
  const acting = { firmId: firm.id, name: 'acts for Ann', role: 'ADMIN', employeeId: employees[0] } as const;
  tokens.push({ secret: (await createToken(database, acting)).secret, role: 'ADMIN' });
  for (const index of [0, 10, MANY, 32]) {
    const portal = { firmId: firm.id, name: `portal ${index}`, role: 'CONTACT', contactId: contacts[index] } as const;
    const contactId = String(contacts[index === 10 ? 31 : index]);
    tokens.push({ secret: (await createToken(database, portal)).secret, role: 'CONTACT', contactId });
  }
  return tokens;
}
