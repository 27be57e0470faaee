/** From a client filter, search and order to conditions and terms. Pure. */

import { customFieldsFilter } from '../custom-fields/filter.ts';
import type { Definition } from '../custom-values/types.ts';
import type { ColumnName, OrderBy, RecordRow } from '../database/model.ts';
import { and, type Condition, equals } from '../database/sql/index.ts';
import { fold } from '../fields/fold.ts';
import type { Values } from '../fields/patch.ts';
import { type FilterInput, holds, ID, readText, VALUES_BOUND } from '../records/filter-kinds.ts';
import { besideCondition, type FilterField, type FilterFields, filtersOn } from '../records/filters.ts';
import { INDEXED } from '../records/indexed.ts';
import type { Lists } from '../records/kind.ts';
import { foldedTexts, orderTerms } from '../records/lists.ts';
import { clientFields } from './fields.ts';

/** Text that filters match without regard to case and that has no folded column of its own: how it is found in a client. */
const FOLDED_TEXTS = {
  trackingId: (client: RecordRow<'Client'>) => client.trackingId,
  email: (client: RecordRow<'Client'>) => client.email,
  companyName: (client: RecordRow<'Client'>) => client.companyName,
  websiteUrl: (client: RecordRow<'Client'>) => client.websiteUrl,
  assignedSalesRepName: (client: RecordRow<'Client'>) => client.assignedSalesRepName,
  city: (client: RecordRow<'Client'>) => client.address?.city,
  region: (client: RecordRow<'Client'>) => client.address?.region,
  postalCode: (client: RecordRow<'Client'>) => client.address?.postalCode,
  firstName: (client: RecordRow<'Client'>) => client.person?.firstName,
  lastName: (client: RecordRow<'Client'>) => client.person?.lastName,
};

/** The columns of a client that are made of its values, for search, filters and sorting. */
export function derivedColumns(client: RecordRow<'Client'>): Values {
  const externalIds = (client.externalIds ?? []).map(({ id }) => id);
  const searched = [client.name, client.email, client.companyName, client.trackingId, ...externalIds];
  return {
    nameFolded: fold(String(client.name)),
    searchText: fold(searched.filter((text) => typeof text === 'string').join('\n')),
    folded: foldedTexts(FOLDED_TEXTS, client),
  };
}

const on = filtersOn('Client');
/** Text with a folded form. */
const text = (column: Foldable, says: string) => on.text(column, says, { folded: { key: column } });
/** One of the texts that `searchText` is made of. */
const searched = (column: Foldable, says: string) =>
  on.text(column, says, { folded: { key: column }, within: 'searchText' });
const inObject = (column: 'address' | 'person', key: keyof typeof FOLDED_TEXTS, says: string) =>
  on.text({ column, key }, says, { folded: { key } });
type Foldable = Extract<ColumnName<'Client'>, keyof typeof FOLDED_TEXTS>;

const address: FilterFields<unknown> = {
  city: inObject('address', 'city', 'City or post town.'),
  region: inObject('address', 'region', 'State, county or province.'),
  postalCode: inObject('address', 'postalCode', 'Postal or ZIP code.'),
  country: on.country({ column: 'address', key: 'country' }, 'Country as ISO 3166-1 alpha-2, in either case.'),
};

const person: FilterFields<unknown> = {
  firstName: inObject('person', 'firstName', 'Given name.'),
  lastName: inObject('person', 'lastName', 'Family name.'),
  dateOfBirth: on.date({ column: 'person', key: 'dateOfBirth' }, 'Date of birth.'),
};

/** Clients with an external id that meets the condition. */
const hasExternalId = (where: Condition): Condition => ({
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

const externalId: FilterField<unknown> = {
  says: 'By an id in another system.',
  type: {
    name: 'ExternalIdFilter',
    says: 'Conditions on the id in one other system. With the system alone: clients that have any id there.',
    operators: {
      system: { takes: 'String', required: true, says: 'The system, in lower case.' },
      equals: { takes: 'String', says: 'The id is this.' },
      in: { takes: 'String', list: true, says: `The id is one of these. ${VALUES_BOUND}` },
      isNull: { takes: 'Boolean', says: 'true: clients without an id in the system.' },
    },
  },
  condition: ({ system, ...operators }, path, issues) => {
    const named = equals('system', readText(system, [...path, 'system'], issues) ?? '');
    const has = (where: Condition) => hasExternalId(and(named, where));
    const meets = (asked: FilterInput) => holds(ID, { operand: 'externalId', read: readText }, asked, path, issues);
    return besideCondition(has, meets, operators, path, issues) ?? has(and());
  },
};

/** The fields of ClientFilter. */
const clientFilter: FilterFields<readonly Definition[]> = {
  id: on.id('id', 'By id.'),
  trackingId: searched('trackingId', 'By tracking ID.'),
  name: on.text('name', 'By name.', { folded: 'nameFolded', within: 'searchText' }),
  status: on.choice('status', clientFields.status, 'a status', 'By status.'),
  active: on.boolean('active', 'By whether it is active.'),
  invitationStatus: on.choice(
    'invitationStatus',
    clientFields.invitationStatus,
    'an invitation status',
    'By invitation status.',
  ),
  tags: on.list('tags', INDEXED.tags, 'By tags.'),
  clientGroup: on.reference('clientGroupId', 'ClientGroup', 'By client group.'),
  websiteUrl: text('websiteUrl', 'By web site.'),
  inceptionDate: on.date('inceptionDate', 'By the first day as a client.'),
  terminatedDate: on.date('terminatedDate', 'By the last day as a client.'),
  address: on.object('AddressFilter', 'Conditions on the parts of an address.', address, 'By address.'),
  timezone: on.keyword('timezone', 'By time zone.'),
  externalId,
  npsScore: on.integer('npsScore', 'By net promoter score.'),
  email: searched('email', 'By e-mail address.'),
  phone: on.keyword('phone', 'By telephone number.'),
  altPhone: on.keyword('altPhone', 'By the other telephone number.'),
  companyName: searched('companyName', 'By company.'),
  assignedSalesRepName: text('assignedSalesRepName', "By the sales representative's name."),
  person: on.object(
    'PersonFilter',
    'Conditions on the private person that a client is.',
    person,
    'By the person that the client is.',
  ),
  customFields: customFieldsFilter,
  region: on.reference('regionId', 'Region', 'By region.'),
  type: on.reference('typeId', 'ClientType', 'By type.'),
  successCycle: on.reference('successCycleId', 'SuccessCycle', 'By success cycle.'),
  assignedCsm: on.reference('assignedCsmId', 'Employee', 'By customer success manager.'),
  assignedSalesRep: on.reference('assignedSalesRepId', 'Employee', 'By sales representative.'),
  createdBy: on.reference('createdById', 'Employee', 'By who created it.'),
  modifiedBy: on.reference('modifiedById', 'Employee', 'By who changed it last.'),
  primaryContact: on.reference('primaryContactId', 'ClientContact', 'By primary contact.'),
  parent: on.reference('parentId', 'Client', 'By parent.'),
  accountTeam: on.beside(hasTeamMember, 'employeeId', 'Employee', 'By the employees of its account team.'),
  createdAt: on.instant('createdAt', 'By the time of creation.'),
  updatedAt: on.instant('updatedAt', 'By the time of the last change.'),
};

/** What clients can be ordered by. */
const CLIENT_ORDERS = {
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

/** How clients are listed. */
export const CLIENT_LISTS: Lists = {
  filter: clientFilter,
  orders: CLIENT_ORDERS,
  search: 'the name, e-mail, company, tracking ID or an external id',
};

/** The order of clients within other records, and wherever none is asked for. */
export const CLIENTS_BY_NAME: readonly OrderBy<'Client'>[] = orderTerms(CLIENT_ORDERS, [], [], undefined);
