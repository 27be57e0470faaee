/**
 * A firm of odd records: parents and children, texts that fold to others, ties, empty and missing values, lists that are
 * empty, short and longer than a page, and records that were changed, deleted, restored and merged. Always the same.
 */
import { createToken } from '../../src/firms/tokens.ts';
import type { TestApp, TestFirm } from '../support/app.ts';
import { make } from '../support/records.ts';
import type { PrismaClient } from './prisma.ts';

/** Odd texts, some of which are the same without regard to case. */
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

/** An e-mail address that is longer than what an index holds of a text. */
function longDomain(): string {
  return `${'y'.repeat(60)}.${'z'.repeat(60)}.${'w'.repeat(60)}.com`;
}

/** One of the values, by a number: each number the same again. Undefined and null are values too. */
const at = <T>(values: readonly T[], index: number): T => values[index % values.length] as T;

const CLIENTS = 24;
/** More than a page has where nothing else is asked for. */
const MANY = 28;

export interface Token {
  secret: string;
  role: 'ADMIN' | 'WRITER' | 'READER' | 'CONTACT';
  /** The contact that a portal user is. */
  contactId?: string;
}

export interface OddFirm {
  firm: TestFirm;
  tokens: Token[];
}

/** Fills a firm. */
export async function oddFirm(app: TestApp, prisma: PrismaClient): Promise<OddFirm> {
  const firm = await app.firm();
  const run = (mutation: string, variables: Record<string, unknown> = {}) => firm.ok(mutation, variables);
  const list = async (type: string, inputs: object[]): Promise<string[]> => {
    const ids: string[] = [];
    for (const input of inputs) ids.push((await make(firm, type, input as Record<string, unknown>)).id);
    return ids;
  };

  await defineFields(firm);
  const named = (names: string[]) => names.map((name) => ({ name }));
  const groups = await list('ClientGroup', named(['Straße', 'ab', 'Ab c', 'Z', 'empty']));
  const types = await list('ClientType', named(['Enterprise', 'enterprise 2', '中文字']));
  const regions = await list('Region', named(['EMEA', 'Östlich']));
  const cycles = await list('SuccessCycle', named(['Yearly', 'weekly']));
  const employees = await list('Employee', [
    { name: 'Ann', emailAddress: 'ann@example.com' },
    { name: 'ann' },
    { name: 'Ann' },
    { name: '😀' },
    { name: 'Idle' },
  ]);
  const roles = await list('ContactRole', [
    { name: 'Claims adjuster' },
    { name: 'buyer' },
    { name: 'Nobody yet', availableForContacts: false },
  ]);
  const optional = <T>(values: readonly T[]) => [...values, null];

  const upsert = async (trackingId: string, input: object): Promise<string> =>
    (
      await run('mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { client { id } } }', {
        input: { trackingId, ...input },
      })
    ).upsertClient.client.id;
  const clients: string[] = [];
  for (let index = 0; index < CLIENTS; index++) {
    clients.push(
      await upsert(`T-${index}${at(['', ' x', 'ß', '_%'], index)}`, {
        name: at(TEXTS, index * 5),
        status: at(STATUSES, index),
        active: index % 3 !== 0,
        invitationStatus: at(['NOT_INVITED', 'INVITED', 'ACCEPTED', 'SEND_FAILED'], index),
        tags: TAGS.slice(0, index % (TAGS.length + 1)),
        clientGroupId: at([...groups.slice(0, 4), undefined], index),
        note: at(['the note', '', null], index),
        websiteUrl: at(['https://example.com', 'https://EXAMPLE.com/ä', null], index),
        inceptionDate: at(optional(DAYS), index),
        address: at(
          [
            null,
            { city: 'London', country: 'GB', line1: '1 High Street' },
            { city: at(TEXTS, index), region: '', postalCode: 'N1' },
            { fullAddress: 'As given\nso' },
          ],
          index,
        ),
        regionId: at(optional(regions), index),
        timezone: at(['Europe/London', null], index),
        externalIds: SYSTEMS.slice(0, index % 3).map((system) => ({ system, id: `${system}-${index}` })),
        npsScore: at([null, 0, -100, 7, 7], index),
        emailAddress: at(optional(EMAILS), index),
        telephoneNumber: at([null, '+442079460958', '+12123456789'], index),
        altTelephoneNumber: at([null, '+442079460958'], index),
        companyName: at(['', null, 'STRASSE', 'Acme'], index),
        communicationPreferences: at([null, { email: true, sms: false }], index),
        person: at([null, { firstName: 'Zoë', lastName: at(TEXTS, index), dateOfBirth: '1980-02-29' }], index),
        typeId: at(optional(types), index),
        successCycleId: at(optional(cycles), index),
        assignedCsmId: at(optional(employees.slice(0, 3)), index),
        assignedSalesRepId: at([null, employees[0], employees[3]], index),
        assignedSalesRepName: at([null, 'Sales'], index),
        createdById: at([null, employees[1]], index),
        accountTeam: employees
          .slice(0, index % 4)
          .map((employeeId) => ({ employeeId, role: at(['Lead', 'ß'], index) })),
        customFields: customValues(index),
        // A chain of six, and some below the first of it.
        parentId: index === 0 ? null : index < 6 ? clients[index - 1] : at([null, null, clients[0]], index),
      }),
    );
  }
  const id = (index: number) => String(clients[index]);
  for (let index = 0; index < MANY; index++) {
    await upsert(`child-${index}`, {
      name: at(TEXTS, index),
      parentId: id(7),
      customFields: customValues(index * 7 + 2),
    });
  }

  const places: string[] = [];
  for (let index = 0; index < 18; index++) {
    const clientId = at([id(0), id(1), id(1), id(2), id(7)], index);
    const salespersonId = at([null, employees[0]], index);
    const address = at([null, { city: 'Paris', country: 'FR' }], index);
    places.push((await make(firm, 'ClientLocation', { clientId, name: at(TEXTS, index), address, salespersonId })).id);
  }

  const contacts: string[] = [];
  const person = async (index: number, place: object): Promise<void> => {
    const input = {
      trackingId: `P-${index}`,
      firstName: at([null, 'Mia', 'mia', ' Mia ', '', 'Jo'], index),
      middleName: at([null, 'B.'], index),
      lastName: at(TEXTS, Math.floor(index / 3)),
      title: at(['Dr', '', null], index),
      email: at(optional(EMAILS), index),
      phoneHome: at([...PHONES, null], index),
      phoneOffice: at([null, ...PHONES], index),
      phoneFax: at([null, '+442079460958'], index),
      language: at(['en', null], index),
      birthday: at(optional(DAYS), index),
      accountCode: at(['a_b', '000-000', null], index),
      notes: at(['for all to see', '', null], index),
      adminNotes: at(['internal', null], index),
      salespersonId: at([null, employees[2]], index),
      roleId: at(roles.slice(0, 2), index),
      address: at([null, { city: 'Leeds', postalCode: 'LS1' }], index),
      customFields: index % 2 ? { ...customValues(index), single: 'a' } : {},
      ...place,
    };
    const document =
      'mutation ($input: UpsertClientContactInput!) { upsertClientContact(input: $input, allowDuplicates: true) { clientContact { id } } }';
    contacts.push((await run(document, { input })).upsertClientContact.clientContact.id);
  };
  // Client 7 has more than a page of them, others some, many none.
  for (let index = 0; index < MANY; index++) await person(index, { clientId: id(7) });
  for (let index = MANY; index < MANY + 18; index++) {
    await person(index, index % 2 ? { locationId: at(places, index) } : { clientId: id(index % 9) });
  }
  const contactId = (index: number) => String(contacts[index]);
  const patch = (client: string, input: object) =>
    run('mutation ($id: ID!, $input: PatchClientInput!) { patchClient(id: $id, input: $input) { client { id } } }', {
      id: client,
      input,
    });
  await patch(id(7), { primaryContactId: contactId(3) });
  await patch(id(0), { primaryContactId: contactId(MANY + 8) });
  for (const index of [0, 7, 8, 9]) await patch(id(index), { note: `changed ${index}`, npsScore: index });
  await patch(id(0), { note: 'changed again', tags: ['new'] });

  // Deleted, restored and merged: with children, contacts, locations and ids of their own.
  const act = (field: string, args: string) => run(`mutation { ${field}(${args}) { __typename } }`);
  await act('deleteClientContact', `id: "${contactId(MANY + 8)}"`);
  await act('deleteClientContact', `id: "${contactId(5)}"`);
  await act('deleteClient', `id: "${id(3)}"`);
  await act('deleteClient', `id: "${id(8)}"`);
  await act('restoreClient', `id: "${id(8)}"`);
  await act('deleteClient', `id: "${id(20)}"`);
  await act('mergeClients', `sourceId: "${id(6)}", targetId: "${id(10)}"`);
  await act('mergeClients', `sourceId: "${id(10)}", targetId: "${id(11)}"`);
  await act('mergeClients', `sourceId: "${id(12)}", targetId: "${id(13)}"`);
  await act('deleteClient', `id: "${id(13)}"`);
  await act('mergeClientContacts', `sourceId: "${contactId(10)}", targetId: "${contactId(11)}"`);
  await act('mergeClientContacts', `sourceId: "${contactId(11)}", targetId: "${contactId(31)}"`);
  await act('deleteClientGroup', `id: "${groups[3]}"`);
  await archive(firm);

  await tie(prisma, firm.id);
  const portals = [contactId(0), contactId(MANY), contactId(31), contactId(32)];
  return { firm, tokens: await tokensFor(app, firm, employees[0] ?? '', portals) };
}

/** A field of each type; two of one order, one archived, one without any values. */
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
  };
}

/** Archives a field and an option that records hold. */
async function archive(firm: TestFirm): Promise<void> {
  const { customFields } = await firm.ok('{ customFields { id key } }');
  for (const { id, key } of customFields) {
    if (key === 'archived') await firm.ok(`mutation { archiveCustomField(id: "${id}") { __typename } }`);
    if (key !== 'single') continue;
    const patch =
      'mutation ($id: ID!) { patchCustomField(id: $id, input: { options: [{ key: "a", archived: true }] }) { __typename } }';
    await firm.ok(patch, { id });
  }
}

/** Sets instants to one of a few, so that lists ordered by them have ties. */
async function tie(prisma: PrismaClient, firmId: string): Promise<void> {
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

/** A token of each role, and portal users of several contacts. */
async function tokensFor(app: TestApp, firm: TestFirm, employeeId: string, contacts: string[]): Promise<Token[]> {
  const roles = ['ADMIN', 'WRITER', 'READER'] as const;
  const tokens: Token[] = roles.map((role) => ({ secret: firm.tokens[role], role }));
  const { database } = app;
  const acting = await createToken(database, { firmId: firm.id, name: 'acts for Ann', role: 'ADMIN', employeeId });
  tokens.push({ secret: acting.secret, role: 'ADMIN' });
  for (const contactId of contacts) {
    const { secret } = await createToken(database, { firmId: firm.id, name: 'portal', role: 'CONTACT', contactId });
    tokens.push({ secret, role: 'CONTACT', contactId });
  }
  return tokens;
}
