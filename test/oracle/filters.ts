/** Filters and searches in memory, applied to one record at a time. */
import type { Client, ClientContact, CustomField, ExternalId } from '../../src/database/generated/sqlite/client.ts';
import { fold } from '../../src/fields/fold.ts';
import { badInput, type Fault } from './context.ts';
import { fullAddress, type Json } from './custom-values.ts';
import { compareText } from './lists.ts';

/** A filter, or part of one. */
export type Filter = Readonly<Record<string, unknown>>;

export type ClientWithIds = Client & { externalIdRows: ExternalId[] };

const isText = (value: unknown): value is string => typeof value === 'string';

/** A field's value in comparable form. */
type Held = string | number | boolean | null | undefined;

function compareHeld(held: Held, value: unknown): number {
  return isText(held) ? compareText(held, String(value)) : Number(held) - Number(value);
}

/** Whether a value satisfies an operator. An empty value can satisfy only `isNull`. */
function meets(held: Held, operator: string, value: unknown): boolean {
  const empty = held === null || held === undefined;
  if (operator === 'isNull') return empty === value;
  if (empty) return false;
  switch (operator) {
    case 'equals':
      return held === value;
    case 'in':
      return (value as unknown[]).includes(held);
    case 'gt':
      return compareHeld(held, value) > 0;
    case 'gte':
      return compareHeld(held, value) >= 0;
    case 'lt':
      return compareHeld(held, value) < 0;
    case 'lte':
      return compareHeld(held, value) <= 0;
    case 'contains':
      return fold(String(held)).includes(fold(String(value)));
    case 'startsWith':
      return fold(String(held)).startsWith(fold(String(value)));
    default:
      throw new Error(`There is no operator ${operator}`);
  }
}

/** Whether a list satisfies an operator. */
function listMeets(held: readonly string[], operator: string, value: unknown): boolean {
  switch (operator) {
    case 'hasEvery':
      return (value as string[]).every((item) => held.includes(item));
    case 'hasSome':
      return (value as string[]).some((item) => held.includes(item));
    case 'isEmpty':
    case 'isNull':
      return (held.length === 0) === value;
    default:
      throw new Error(`There is no operator ${operator}`);
  }
}

/** The filter's operators that are present. */
const given = (filter: Filter) => Object.entries(filter).filter(([, value]) => value !== undefined);

const all = (held: Held) => (filter: Filter) =>
  given(filter).every(([operator, value]) => meets(held, operator, value));

/** A filter of texts that are stored in upper case. */
const inUpperCase = (filter: Filter): Filter =>
  JSON.parse(JSON.stringify(filter), (_, value) => (typeof value === 'string' ? value.toUpperCase() : value));

/** Like `all` for instants, which compare independently of their offset. */
function allInstants(held: Date) {
  const time = (value: unknown) => new Date(String(value)).getTime();
  return (filter: Filter) =>
    given(filter).every(([operator, value]) => {
      if (operator === 'isNull') return value === false;
      return meets(held.getTime(), operator, Array.isArray(value) ? value.map(time) : time(value));
    });
}

/** The condition on each field, by name. */
type Conditions = Readonly<Record<string, (filter: Filter) => boolean>>;

function every(conditions: Conditions) {
  return (filter: Filter): boolean =>
    Object.entries(filter).every(([name, value]) => {
      if (value === undefined || value === null) return true;
      if (name === 'and') return (value as Filter[]).every(every(conditions));
      if (name === 'or') return (value as Filter[]).some(every(conditions));
      if (name === 'not') return !every(conditions)(value as Filter);
      const condition = conditions[name];
      if (!condition) throw new Error(`The filter has no field ${name}`);
      return condition(value as Filter);
    });
}

export function clientMeets(client: ClientWithIds, filter: Filter, fields: readonly CustomField[]): boolean {
  const address = (client.address ?? {}) as Record<string, Held>;
  const person = (client.person ?? {}) as Record<string, Held>;
  const team = (client.accountTeam as { employeeId: string }[]).map(({ employeeId }) => employeeId);
  return every({
    id: all(client.id),
    trackingId: all(client.trackingId),
    name: all(client.name),
    status: all(client.status),
    active: all(client.active),
    invitationStatus: all(client.invitationStatus),
    tags: (tags) => given(tags).every(([operator, value]) => listMeets(client.tags as string[], operator, value)),
    clientGroupId: all(client.clientGroupId),
    websiteUrl: all(client.websiteUrl),
    inceptionDate: all(client.inceptionDate),
    terminatedDate: all(client.terminatedDate),
    address: every({
      city: all(address.city),
      region: all(address.region),
      postalCode: all(address.postalCode),
      country: (filter) => all(address.country)(inUpperCase(filter)),
    }),
    timezone: all(client.timezone),
    externalId: ({ system, ...operators }) => {
      const ids = client.externalIdRows.filter((row) => row.system === system).map((row) => row.externalId);
      return given(operators).length === 0 ? ids.length > 0 : anyMeets(ids, operators);
    },
    npsScore: all(client.npsScore),
    email: all(client.email),
    phone: all(client.phone),
    altPhone: all(client.altPhone),
    companyName: all(client.companyName),
    assignedSalesRepName: all(client.assignedSalesRepName),
    person: every({
      firstName: all(person.firstName),
      lastName: all(person.lastName),
      dateOfBirth: all(person.dateOfBirth),
    }),
    customFields: (list) => customMeet(client.customFields as Json, list as unknown as Filter[], fields),
    regionId: all(client.regionId),
    typeId: all(client.typeId),
    successCycleId: all(client.successCycleId),
    assignedCsmId: all(client.assignedCsmId),
    assignedSalesRepId: all(client.assignedSalesRepId),
    createdById: all(client.createdById),
    modifiedById: all(client.modifiedById),
    primaryContactId: all(client.primaryContactId),
    parentId: all(client.parentId),
    accountTeam: (operators) => given(operators).length === 0 || anyMeets(team, operators),
    createdAt: allInstants(client.createdAt),
    updatedAt: allInstants(client.updatedAt),
  })(filter);
}

/** Whether one of the values satisfies all operators. `isNull` means that there are none. */
function anyMeets(values: readonly string[], { isNull, ...operators }: Filter): boolean {
  if (isNull !== undefined && (values.length === 0) !== isNull) return false;
  return given(operators).length === 0 || values.some((value) => all(value)(operators));
}

export function contactMeets(contact: ClientContact, filter: Filter, fields: readonly CustomField[]): boolean {
  return every({
    id: all(contact.id),
    trackingId: all(contact.trackingId),
    firstName: all(contact.firstName),
    lastName: all(contact.lastName),
    email: all(contact.email),
    accountCode: all(contact.accountCode),
    clientId: all(contact.clientId),
    locationId: all(contact.locationId),
    roleId: all(contact.roleId),
    salespersonId: all(contact.salespersonId),
    customFields: (list) => customMeet(contact.customFields as Json, list as unknown as Filter[], fields),
    createdAt: allInstants(contact.createdAt),
    updatedAt: allInstants(contact.updatedAt),
  })(filter);
}

function customMeet(values: Json, filters: readonly Filter[], fields: readonly CustomField[]): boolean {
  return filters.every(({ key, ...operators }) => {
    const field = fields.find((one) => one.key === key);
    const value = values[field?.number ?? ''] ?? null;
    return given(operators).every(([operator, wanted]) => {
      if (field?.type === 'MULTI_SELECT') return listMeets((value ?? []) as string[], operator, wanted);
      const held = field?.type === 'ADDRESS' && value !== null ? fullAddress(value as Json) : value;
      return meets(held as Held, operator, wanted);
    });
  });
}

/** Whether each word of the search is part of one of the texts. */
export function isFound(search: string, texts: readonly unknown[]): boolean {
  const folded = texts.filter(isText).map(fold);
  return wordsOf(search).every((word) => folded.some((text) => text.includes(word)));
}

export const textsOfClient = ({ name, email, companyName, trackingId, externalIds }: Client): unknown[] => [
  ...[name, email, companyName, trackingId],
  ...(externalIds as { id: string }[]).map(({ id }) => id),
];

export const textsOfContact = (contact: ClientContact): unknown[] => {
  const { firstName, middleName, lastName, email, trackingId, accountCode } = contact;
  return [firstName, middleName, lastName, email, trackingId, accountCode];
};

const wordsOf = (search: string) => fold(search).split(/\s+/).filter(Boolean);

export function searchFaults(search: string | null | undefined): Fault[] {
  return isText(search) && wordsOf(search).length > 20 ? [badInput(['search'])] : [];
}

const TEXT_OPERATORS = ['equals', 'in', 'contains', 'startsWith', 'isNull'];
const RANGE_OPERATORS = ['equals', 'in', 'gt', 'gte', 'lt', 'lte', 'isNull'];

/** The operators of each type of custom field. */
export const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  TEXT: TEXT_OPERATORS,
  EMAIL: TEXT_OPERATORS,
  URL: TEXT_OPERATORS,
  PHONE_NUMBER: TEXT_OPERATORS,
  ADDRESS: TEXT_OPERATORS,
  NUMBER: RANGE_OPERATORS,
  DATE: RANGE_OPERATORS,
  BOOLEAN: ['equals', 'isNull'],
  SINGLE_SELECT: ['equals', 'in', 'isNull'],
  MULTI_SELECT: ['hasEvery', 'hasSome', 'isNull'],
};

/** The faults of a filter: operators that are null, invalid dates, and unknown custom fields or operators. */
export function filterFaults(filter: Filter, fields: readonly CustomField[], path: Fault['path']): Fault[] {
  return Object.entries(filter).flatMap(([name, value]) => {
    const at = [...path, name];
    if (value === undefined || value === null) return [];
    const below = (item: Filter, ...to: (string | number)[]) => filterFaults(item, fields, [...at, ...to]);
    if (name === 'and' || name === 'or') return (value as Filter[]).flatMap((item, index) => below(item, index));
    if (name === 'not' || name === 'address' || name === 'person') return below(value as Filter);
    if (name === 'customFields') {
      return (value as Filter[]).flatMap((item, index) => customFaults(item, fields, [...at, index]));
    }
    const isDay = /Date$|^dateOfBirth$/.test(name);
    return given(value as Filter).flatMap(([operator, operand]) => {
      if (operand === null) return [badInput([...at, operator])];
      const isWrong = (day: unknown) => isDay && isText(day) && !/^\d{4}-\d\d-\d\d$/.test(day);
      if (!Array.isArray(operand)) return isWrong(operand) ? [badInput([...at, operator])] : [];
      return operand.flatMap((day, index) => (isWrong(day) ? [badInput([...at, operator, index])] : []));
    });
  });
}

function customFaults({ key, ...operators }: Filter, fields: readonly CustomField[], path: Fault['path']): Fault[] {
  const field = fields.find((one) => one.key === key);
  if (!field || field.archived) return [badInput([...path, 'key'])];
  const asked = given(operators);
  if (asked.length === 0) return [badInput(path)];
  return asked.flatMap(([operator, value]) =>
    value === null || !OPERATORS[field.type]?.includes(operator) ? [badInput([...path, operator])] : [],
  );
}
