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
  country: on.country({ column: 'address', key: 'country' }, 'Country as ISO 3166-1 alpha-2, case-insensitive.'),
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
  says: 'Filters by the id in an external system.',
  type: {
    name: 'ExternalIdFilter',
    says: 'Filter on the id in one external system. With `system` alone, matches clients that have any id in that system.',
    operators: {
      system: { takes: 'String', required: true, says: 'Name of the system, in lower case.' },
      equals: { takes: 'String', says: 'The id equals this value.' },
      in: { takes: 'String', list: true, says: `The id equals one of these values. ${VALUES_BOUND}` },
      isNull: {
        takes: 'Boolean',
        says: 'true matches clients without an id in the system; false matches clients with one.',
      },
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
  id: on.id('id', 'Filters by id.'),
  trackingId: searched('trackingId', 'Filters by tracking ID.'),
  name: on.text('name', 'Filters by name.', { folded: 'nameFolded', within: 'searchText' }),
  status: on.choice('status', clientFields.status, 'status', 'Filters by status.'),
  active: on.boolean('active', 'Filters by whether the client is currently served.'),
  invitationStatus: on.choice(
    'invitationStatus',
    clientFields.invitationStatus,
    'invitation status',
    'Filters by invitation status.',
  ),
  tags: on.list('tags', INDEXED.tags, 'By tags.'),
  clientGroup: on.reference('clientGroupId', 'ClientGroup', 'By client group.'),
  websiteUrl: text('websiteUrl', 'By web site.'),
  inceptionDate: on.date('inceptionDate', 'Filters by inception date.'),
  terminatedDate: on.date('terminatedDate', 'Filters by termination date.'),
  address: on.object('AddressFilter', 'Address filter. All given conditions must match.', address, 'By address.'),
  timezone: on.keyword('timezone', 'By time zone.'),
  externalId,
  npsScore: on.integer('npsScore', 'Filters by net promoter score.'),
  email: searched('email', 'Filters by e-mail address.'),
  phone: on.keyword('phone', 'Filters by telephone number.'),
  altPhone: on.keyword('altPhone', 'Filters by the alternative telephone number.'),
  companyName: searched('companyName', 'Filters by company name.'),
  assignedSalesRepName: text('assignedSalesRepName', "Filters by the sales representative's name."),
  person: on.object(
    'PersonFilter',
    'Filter on the details of a private person. All given conditions must match.',
    person,
    'Filters by the details of the private person.',
  ),
  customFields: customFieldsFilter,
  region: on.reference('regionId', 'Region', 'By region.'),
  type: on.reference('typeId', 'ClientType', 'By type.'),
  successCycle: on.reference('successCycleId', 'SuccessCycle', 'By success cycle.'),
  assignedCsm: on.reference('assignedCsmId', 'Employee', 'By customer success manager.'),
  assignedSalesRep: on.reference('assignedSalesRepId', 'Employee', 'By sales representative.'),
  createdBy: on.reference('createdById', 'Employee', 'Filters by the employee who created the client.'),
  modifiedBy: on.reference('modifiedById', 'Employee', 'Filters by the employee who last changed the client.'),
  primaryContact: on.reference('primaryContactId', 'ClientContact', 'By primary contact.'),
  parent: on.reference('parentId', 'Client', 'By parent.'),
  accountTeam: on.beside(hasTeamMember, 'employeeId', 'Employee', 'Filters by the members of the account team.'),
  createdAt: on.instant('createdAt', 'Filters by creation time.'),
  updatedAt: on.instant('updatedAt', 'Filters by the time of the last change.'),
};

/** What clients can be ordered by. */
const CLIENT_ORDERS = {
  NAME: {
    column: 'nameFolded',
    nullable: false,
    indexed: true,
    says: 'Name, case-insensitive, in code-point order.',
  },
  CREATED_AT: { column: 'createdAt', nullable: false, indexed: true, says: 'Creation time.' },
  UPDATED_AT: { column: 'updatedAt', nullable: false, indexed: true, says: 'Time of the last change.' },
  STATUS: { column: 'status', nullable: false, indexed: false, says: 'Name of the status, alphabetically.' },
  NPS_SCORE: {
    column: 'npsScore',
    nullable: true,
    indexed: false,
    says: 'Net promoter score. Clients without one come last.',
  },
  INCEPTION_DATE: {
    column: 'inceptionDate',
    nullable: true,
    indexed: false,
    says: 'Inception date. Clients without one come last.',
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
