/** How clients are found: one by its keys, many by filter, order and search. */
import { CustomFieldFilter } from '../custom-fields/schema.ts';
import { and, type Condition, equals } from '../database/conditions.ts';
import { builder } from '../graphql/builder.ts';
import { readConnection } from '../graphql/connection.ts';
import { enumOf } from '../graphql/fields.ts';
import {
  BooleanFilter,
  CONDITIONS_BOUND,
  DateFilter,
  DateTimeFilter,
  enumFilter,
  IdFilter,
  IntFilter,
  KeywordFilter,
  ListFilter,
  TextFilter,
  VALUES_BOUND,
} from '../graphql/filters.ts';
import { lookedUp, lookUp, orderInput } from '../graphql/records.ts';
import { Client, ClientConnection } from '../graphql/refs.ts';
import { scopeOf } from '../graphql/scope.ts';
import { pageArgs } from '../pothos/index.ts';
import type { FilterInput } from '../records/filters.ts';
import { isIndexed, ORDER_BY, orderTerms } from '../records/lists.ts';
import { Issues } from '../records/parse.ts';
import { clientFields } from './fields.ts';
import { CLIENT_ORDERS, clientCondition, clientSearch, hasExternalId } from './filter.ts';

const ExternalIdKey = builder.inputType('ExternalIdKey', {
  description: 'An id in another system.',
  fields: (t) => ({
    system: t.string({ required: true, description: 'The system, in lower case.' }),
    id: t.string({ required: true, description: 'The id there, matched exactly.' }),
  }),
});

const ClientKey = builder.inputType('ClientKey', {
  description: 'How a client is looked up: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'By its id.' }),
    trackingId: t.string({ description: 'By its tracking ID, matched exactly.' }),
    externalId: t.field({ type: ExternalIdKey, description: 'By an id in another system.' }),
  }),
});

const ClientStatusFilter = enumFilter(
  'ClientStatusFilter',
  enumOf(clientFields.status.name, clientFields.status.values, clientFields.status.description),
  'a status',
);
const InvitationStatusFilter = enumFilter(
  'InvitationStatusFilter',
  enumOf(
    clientFields.invitationStatus.name,
    clientFields.invitationStatus.values,
    clientFields.invitationStatus.description,
  ),
  'an invitation status',
);

const AddressFilter = builder.inputType('AddressFilter', {
  description: 'Conditions on the parts of an address.',
  fields: (t) => ({
    city: t.field({ type: TextFilter, description: 'City or post town.' }),
    region: t.field({ type: TextFilter, description: 'State, county or province.' }),
    postalCode: t.field({ type: TextFilter, description: 'Postal or ZIP code.' }),
    country: t.field({ type: KeywordFilter, description: 'Country as ISO 3166-1 alpha-2, in either case.' }),
  }),
});

const PersonFilter = builder.inputType('PersonFilter', {
  description: 'Conditions on the private person that a client is.',
  fields: (t) => ({
    firstName: t.field({ type: TextFilter, description: 'Given name.' }),
    lastName: t.field({ type: TextFilter, description: 'Family name.' }),
    dateOfBirth: t.field({ type: DateFilter, description: 'Date of birth.' }),
  }),
});

const ExternalIdFilter = builder.inputType('ExternalIdFilter', {
  description: 'Conditions on the id in one other system. With the system alone: clients that have any id there.',
  fields: (t) => ({
    system: t.string({ required: true, description: 'The system, in lower case.' }),
    equals: t.string({ description: 'The id is this.' }),
    in: t.stringList({ description: `The id is one of these. ${VALUES_BOUND}` }),
    isNull: t.boolean({ description: 'true: clients without an id in the system.' }),
  }),
});

const ClientFilter = builder.inputRef<FilterInput>('ClientFilter');
ClientFilter.implement({
  description: 'Which clients. All conditions that are given must hold; `and`, `or` and `not` compose them.',
  fields: (t) => ({
    and: t.field({
      type: [ClientFilter],
      description: `All of these hold. An empty list always does. ${CONDITIONS_BOUND}`,
    }),
    or: t.field({
      type: [ClientFilter],
      description: `At least one of these holds. An empty list never does. ${CONDITIONS_BOUND}`,
    }),
    not: t.field({ type: ClientFilter, description: 'This does not hold.' }),
    id: t.field({ type: IdFilter, description: 'By id.' }),
    trackingId: t.field({ type: TextFilter, description: 'By tracking ID.' }),
    name: t.field({ type: TextFilter, description: 'By name.' }),
    status: t.field({ type: ClientStatusFilter, description: 'By status.' }),
    active: t.field({ type: BooleanFilter, description: 'By whether it is active.' }),
    invitationStatus: t.field({ type: InvitationStatusFilter, description: 'By invitation status.' }),
    tags: t.field({ type: ListFilter, description: 'By tags.' }),
    clientGroupId: t.field({ type: IdFilter, description: 'By client group.' }),
    websiteUrl: t.field({ type: TextFilter, description: 'By web site.' }),
    inceptionDate: t.field({ type: DateFilter, description: 'By the first day as a client.' }),
    terminatedDate: t.field({ type: DateFilter, description: 'By the last day as a client.' }),
    address: t.field({ type: AddressFilter, description: 'By address.' }),
    timezone: t.field({ type: KeywordFilter, description: 'By time zone.' }),
    externalId: t.field({ type: ExternalIdFilter, description: 'By an id in another system.' }),
    npsScore: t.field({ type: IntFilter, description: 'By net promoter score.' }),
    email: t.field({ type: TextFilter, description: 'By e-mail address.' }),
    phone: t.field({ type: KeywordFilter, description: 'By telephone number.' }),
    altPhone: t.field({ type: KeywordFilter, description: 'By the other telephone number.' }),
    companyName: t.field({ type: TextFilter, description: 'By company.' }),
    assignedSalesRepName: t.field({ type: TextFilter, description: "By the sales representative's name." }),
    person: t.field({ type: PersonFilter, description: 'By the person that the client is.' }),
    customFields: t.field({
      type: [CustomFieldFilter],
      description: `By the firm's own fields. All of these hold. ${CONDITIONS_BOUND}`,
    }),
    regionId: t.field({ type: IdFilter, description: 'By region.' }),
    typeId: t.field({ type: IdFilter, description: 'By type.' }),
    successCycleId: t.field({ type: IdFilter, description: 'By success cycle.' }),
    assignedCsmId: t.field({ type: IdFilter, description: 'By customer success manager.' }),
    assignedSalesRepId: t.field({ type: IdFilter, description: 'By sales representative.' }),
    createdById: t.field({ type: IdFilter, description: 'By who created it.' }),
    modifiedById: t.field({ type: IdFilter, description: 'By who changed it last.' }),
    primaryContactId: t.field({ type: IdFilter, description: 'By primary contact.' }),
    parentId: t.field({ type: IdFilter, description: 'By parent.' }),
    accountTeam: t.field({ type: IdFilter, description: 'By the employees of its account team.' }),
    createdAt: t.field({ type: DateTimeFilter, description: 'By the time of creation.' }),
    updatedAt: t.field({ type: DateTimeFilter, description: 'By the time of the last change.' }),
  }),
});

const ClientOrder = orderInput('ClientOrder', CLIENT_ORDERS, 'clients');

type Key = { id?: string | null; trackingId?: string | null; externalId?: { system: string; id: string } | null };

function keyCondition(by: Key): Condition {
  if (typeof by.id === 'string') return equals('id', lookedUp(by.id));
  if (typeof by.trackingId === 'string') return equals('trackingId', lookedUp(by.trackingId));
  const { system, id } = by.externalId ?? {};
  return hasExternalId(and(equals('system', lookedUp(system)), equals('externalId', lookedUp(id))));
}

builder.queryField('client', (t) =>
  t.field({
    type: Client,
    nullable: true,
    description:
      'One client; null when there is none. The keys of a client that was merged find the one it was merged into.',
    access: 'CONTACT',
    args: { by: t.arg({ type: ClientKey, required: true, description: 'How it is found.' }) },
    resolve: (_, { by }, context, info) => lookUp('Client', keyCondition(by), info, context),
  }),
);

builder.queryField('clients', (t) =>
  t.field({
    type: ClientConnection,
    description: 'Clients of the firm: by name, unless ordered otherwise.',
    args: {
      ...pageArgs(builder),
      filter: t.arg({ type: ClientFilter, description: 'Which clients.' }),
      orderBy: t.arg({ type: [ClientOrder], description: ORDER_BY }),
      search: t.arg.string({
        description:
          'Words that must each be part of the name, e-mail, company, tracking ID or an external id, without regard to case.',
      }),
    },
    resolve: (_, { filter, orderBy, search, ...page }, context, info) => {
      const issues = new Issues();
      const order = orderTerms(CLIENT_ORDERS, orderBy ?? [], ['orderBy'], issues);
      const where = and(
        scopeOf(context.viewer, 'Client'),
        filter ? clientCondition(filter, context.definitions?.CLIENT ?? [], ['filter'], issues) : and(),
        typeof search === 'string' ? clientSearch(search, ['search'], issues) : and(),
      );
      return readConnection(page, order, where, info, context, {
        ordered: isIndexed(CLIENT_ORDERS, orderBy ?? []),
        all: !filter && !search,
        faults: issues.list,
      });
    },
  }),
);
