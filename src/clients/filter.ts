/** From a client filter, search and order to conditions and terms. Pure. */

import { customFieldsCondition } from '../custom-fields/filter.ts';
import type { Definition } from '../custom-fields/types.ts';
import { and, type Condition, equals, not } from '../database/conditions.ts';
import type { OrderTerm } from '../database/read.ts';
import {
  composed,
  type FilterFields,
  type FilterInput,
  membership,
  ordered,
  readBoolean,
  readCountry,
  readDate,
  readInstant,
  readNumber,
  readText,
  searching,
  textual,
  truth,
} from '../records/filters.ts';
import { fold } from '../records/fold.ts';
import { INDEXED } from '../records/indexed.ts';
import { foldedTexts, orderTerms } from '../records/lists.ts';
import type { Issues, Path } from '../records/parse.ts';
import type { Values } from '../records/patch.ts';

/** Text that filters match without regard to case and that has no folded column of its own: how it is found in a client. */
const FOLDED_TEXTS: Readonly<Record<string, (client: Values) => unknown>> = {
  trackingId: (client) => client.trackingId,
  email: (client) => client.email,
  companyName: (client) => client.companyName,
  websiteUrl: (client) => client.websiteUrl,
  assignedSalesRepName: (client) => client.assignedSalesRepName,
  city: (client) => part(client.address, 'city'),
  region: (client) => part(client.address, 'region'),
  postalCode: (client) => part(client.address, 'postalCode'),
  firstName: (client) => part(client.person, 'firstName'),
  lastName: (client) => part(client.person, 'lastName'),
};

function part(object: unknown, key: string): unknown {
  return (object as Values | null)?.[key];
}

/** The columns of a client that are made of its values, for search, filters and sorting. */
export function derivedColumns(client: Values): Values {
  const externalIds = (client.externalIds as { id: string }[]).map(({ id }) => id);
  const searched = [client.name, client.email, client.companyName, client.trackingId, ...externalIds];
  return {
    nameFolded: fold(String(client.name)),
    searchText: fold(searched.filter((text) => typeof text === 'string').join('\n')),
    folded: foldedTexts(FOLDED_TEXTS, client),
  };
}

const column = (name: string) => textual(name, { folded: name, of: name });
/** One of the texts that `searchText` is made of. */
const searched = (name: string) => textual(name, { folded: name, of: name }, 'searchText');
const inObject = (object: string, key: string) =>
  textual({ column: object, key }, { folded: key, of: { column: object, key } });

const address: FilterFields = {
  city: inObject('address', 'city'),
  region: inObject('address', 'region'),
  postalCode: inObject('address', 'postalCode'),
  country: ordered({ column: 'address', key: 'country' }, readCountry),
};

const person: FilterFields = {
  firstName: inObject('person', 'firstName'),
  lastName: inObject('person', 'lastName'),
  dateOfBirth: ordered({ column: 'person', key: 'dateOfBirth' }, readDate),
};

/** The fields of ClientFilter, by the operators they offer. */
const clientFilterFields: FilterFields = {
  id: ordered('id', readText),
  trackingId: searched('trackingId'),
  name: textual('name', 'nameFolded', 'searchText'),
  status: ordered('status', readText),
  active: truth('active'),
  invitationStatus: ordered('invitationStatus', readText),
  tags: membership(INDEXED.tags, 'tags'),
  clientGroupId: ordered('clientGroupId', readText),
  websiteUrl: column('websiteUrl'),
  inceptionDate: ordered('inceptionDate', readDate),
  terminatedDate: ordered('terminatedDate', readDate),
  address: (filter, path, issues) => composed(address, filter, path, issues),
  timezone: ordered('timezone', readText),
  externalId: externalId,
  npsScore: ordered('npsScore', readNumber),
  email: searched('email'),
  phone: ordered('phone', readText),
  altPhone: ordered('altPhone', readText),
  companyName: searched('companyName'),
  assignedSalesRepName: column('assignedSalesRepName'),
  person: (filter, path, issues) => composed(person, filter, path, issues),
  regionId: ordered('regionId', readText),
  typeId: ordered('typeId', readText),
  successCycleId: ordered('successCycleId', readText),
  assignedCsmId: ordered('assignedCsmId', readText),
  assignedSalesRepId: ordered('assignedSalesRepId', readText),
  createdById: ordered('createdById', readText),
  modifiedById: ordered('modifiedById', readText),
  primaryContactId: ordered('primaryContactId', readText),
  parentId: ordered('parentId', readText),
  accountTeam,
  createdAt: ordered('createdAt', readInstant),
  updatedAt: ordered('updatedAt', readInstant),
};

/** Clients with an id in the given system, and, with operators, one that they hold for. */
function externalId({ system, ...operators }: FilterInput, path: Path, issues: Issues): Condition {
  const named = equals('system', readText(system, [...path, 'system'], issues) ?? '');
  const has = (where: Condition) => hasExternalId(and(named, where));
  return beside(has, 'externalId', operators, path, issues) ?? has(and());
}

/** Clients with employees in their account team for whom the operators hold. */
function accountTeam(filter: FilterInput, path: Path, issues: Issues): Condition {
  return beside(hasTeamMember, 'employeeId', filter, path, issues) ?? and();
}

/** Clients with an external id that meets the condition. */
export const hasExternalId = (where: Condition): Condition => ({
  is: 'exists',
  model: 'ExternalId',
  on: { firmId: 'firmId', entityId: 'id' },
  where: and(equals('kind', 'Client'), where),
});

/** Clients with a member of their account team that meets the condition. */
const hasTeamMember = (where: Condition): Condition => ({
  is: 'exists',
  model: 'ClientTeamMember',
  on: { firmId: 'firmId', clientId: 'id' },
  where,
});

/** Operators on a column of the rows beside a client: `isNull` asks whether there are any. Undefined when none is given. */
function beside(
  has: (where: Condition) => Condition,
  column: string,
  { isNull, ...operators }: FilterInput,
  path: Path,
  issues: Issues,
): Condition | undefined {
  const terms: Condition[] = [];
  if (isNull !== undefined) {
    const none = readBoolean(isNull, [...path, 'isNull'], issues);
    terms.push(none === false ? has(and()) : not(has(and())));
  }
  if (Object.values(operators).some((value) => value !== undefined)) {
    terms.push(has(ordered(column, readText)(operators, path, issues)));
  }
  return terms.length > 0 ? and(...terms) : undefined;
}

/** The condition that a client filter stands for. */
export function clientCondition(
  filter: FilterInput,
  definitions: readonly Definition[],
  path: Path,
  issues: Issues,
): Condition {
  return composed({ ...clientFilterFields, customFields: customFieldsCondition(definitions) }, filter, path, issues);
}

/** Clients of which name, e-mail, company, tracking ID or an external id contains every word of the search. */
export const clientSearch = (search: string, path: Path, issues: Issues): Condition =>
  searching('searchText', search, path, issues);

/** What clients can be ordered by. */
export const CLIENT_ORDERS = {
  NAME: {
    column: 'nameFolded',
    nullable: false,
    indexed: true,
    says: 'By name without regard to case, in code-point order.',
  },
  CREATED_AT: { column: 'createdAt', nullable: false, indexed: true, says: 'By the time of creation.' },
  UPDATED_AT: { column: 'updatedAt', nullable: false, indexed: true, says: 'By the time of the last change.' },
  STATUS: { column: 'status', nullable: false, indexed: false, says: 'By the name of the status.' },
  NPS_SCORE: {
    column: 'npsScore',
    nullable: true,
    indexed: false,
    says: 'By net promoter score; clients without one last.',
  },
  INCEPTION_DATE: {
    column: 'inceptionDate',
    nullable: true,
    indexed: false,
    says: 'By inception date; clients without one last.',
  },
} as const;

/** The order of clients within other records, and wherever none is asked for. */
export const CLIENTS_BY_NAME: readonly OrderTerm[] = orderTerms(CLIENT_ORDERS, [], [], undefined);
