/**
 * Resolves the schema in the obvious way. Each field queries the database for what it needs when it is reached, with one
 * call per record and relation. Nothing is shared between fields, and no resolver looks at what is selected.
 */
import type { GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql';
import type {
  Change,
  Client,
  ClientContact,
  ClientLocation,
  ClientType,
  CustomField,
  Employee,
  Region,
  SuccessCycle,
} from '../../src/database/generated/sqlite/client.ts';
import type { Context } from './context.ts';
import { refuse } from './context.ts';
import { fullAddress, inOrder, type Json, optionsOf, typedValues, valueMap } from './custom-values.ts';
import { clientDuplicates, contactDuplicates, type Reason } from './duplicates.ts';
import {
  clientMeets,
  contactMeets,
  type Filter,
  filterFaults,
  isFound,
  searchFaults,
  textsOfClient,
  textsOfContact,
} from './filters.ts';
import {
  type AskedTerm,
  BY_NAME,
  CLIENT_TERMS,
  CLIENTS_BY_NAME,
  CONTACT_TERMS,
  CONTACTS_BY_NAME,
  type Connection,
  NEWEST_FIRST,
  OLDEST_FIRST,
  type Order,
  orderFaults,
  orderOf,
  PAGE_MAX,
  type PageArgs,
  pageFaults,
  pageOf,
} from './lists.ts';
import * as find from './records.ts';

type Resolver<Source, Args = unknown> = (
  source: Source,
  args: Args,
  context: Context,
  info: GraphQLResolveInfo,
) => unknown;

/** The resolvers of a type. Fields without one read the property of their name. */
type Resolvers<Source> = Readonly<Record<string, Resolver<Source, never>>>;

/** A page of a list. Throws BAD_USER_INPUT when its arguments are invalid. */
async function page<Row>(rows: Promise<Row[]>, order: Order<Row>, args: PageArgs): Promise<Connection<Row>> {
  const all = await rows;
  refuse(pageFaults(args, order));
  return pageOf(all, order, args);
}

function clientsWhere(where: object, args: PageArgs, { prisma, viewer: { firmId } }: Context) {
  return page(prisma.client.findMany({ where: { firmId, deletedAt: null, ...where } }), CLIENTS_BY_NAME, args);
}

function contactsWhere(where: object, args: PageArgs, context: Context) {
  const { prisma, viewer } = context;
  const visible = find.visibleContacts(context);
  return page(
    prisma.clientContact.findMany({ where: { firmId: viewer.firmId, ...where, ...visible } }),
    CONTACTS_BY_NAME,
    args,
  );
}

async function locationsWhere(where: object, args: PageArgs, context: Context) {
  const { prisma, viewer } = context;
  const visible = await find.visibleLocations(context);
  return page(
    prisma.clientLocation.findMany({ where: { firmId: viewer.firmId, ...where, ...visible } }),
    BY_NAME,
    args,
  );
}

/** The changes of a record, newest first. */
const history: Resolver<{ id: string }, PageArgs> = ({ id: entityId }, args, { prisma, viewer: { firmId } }) =>
  page(prisma.change.findMany({ where: { firmId, entityId } }), NEWEST_FIRST, args);

const clientFields: Resolvers<Client> = {
  clientGroup: ({ clientGroupId }, _, context) => find.clientGroup(clientGroupId, context),
  region: ({ regionId }, _, context) => find.region(regionId, context),
  type: ({ typeId }, _, context) => find.clientType(typeId, context),
  successCycle: ({ successCycleId }, _, context) => find.successCycle(successCycleId, context),
  assignedCsm: ({ assignedCsmId }, _, context) => find.employee(assignedCsmId, context),
  assignedSalesRep: ({ assignedSalesRepId }, _, context) => find.employee(assignedSalesRepId, context),
  createdBy: ({ createdById }, _, context) => find.employee(createdById, context),
  modifiedBy: ({ modifiedById }, _, context) => find.employee(modifiedById, context),
  primaryContact: ({ primaryContactId }, _, context) => find.contact(primaryContactId, context),
  parent: ({ parentId }, _, context) => find.client(parentId, context),
  children: ({ id: parentId }, args: PageArgs, context) => clientsWhere({ parentId }, args, context),
  contacts: ({ id: clientId }, args: PageArgs, context) => contactsWhere({ clientId }, args, context),
  locations: ({ id: clientId }, args: PageArgs, context) => locationsWhere({ clientId }, args, context),
  customFields: async ({ customFields }, _, context) =>
    valueMap(await find.customFieldsOf('CLIENT', context), customFields as Json),
  customFieldValues: async ({ customFields }, _, context) =>
    typedValues(await find.customFieldsOf('CLIENT', context), customFields as Json),
  history,
};

const contactFields: Resolvers<ClientContact> = {
  client: ({ clientId }, _, context) => find.client(clientId, context),
  location: ({ locationId }, _, context) => find.location(locationId, context),
  role: ({ roleId }, _, context) => find.contactRole(roleId, context),
  salesperson: ({ salespersonId }, _, context) => find.employee(salespersonId, context),
  customFields: async ({ customFields }, _, context) =>
    valueMap(await find.customFieldsOf('CLIENT_CONTACT', context), customFields as Json),
  customFieldValues: async ({ customFields }, _, context) =>
    typedValues(await find.customFieldsOf('CLIENT_CONTACT', context), customFields as Json),
  history,
};

const locationFields: Resolvers<ClientLocation> = {
  client: ({ clientId }, _, context) => find.client(clientId, context),
  salesperson: ({ salespersonId }, _, context) => find.employee(salespersonId, context),
  contacts: ({ id: locationId }, args: PageArgs, context) => contactsWhere({ locationId }, args, context),
  history,
};

const teamMemberFields: Resolvers<{ employeeId: string }> = {
  employee: ({ employeeId }, _, context) => find.employee(employeeId, context),
};

const employeeFields: Resolvers<Employee> = {
  clients: ({ id: assignedCsmId }, args: PageArgs, context) => clientsWhere({ assignedCsmId }, args, context),
  salesClients: ({ id: assignedSalesRepId }, args: PageArgs, context) =>
    clientsWhere({ assignedSalesRepId }, args, context),
};

const clientTypeFields: Resolvers<ClientType> = {
  clients: ({ id: typeId }, args: PageArgs, context) => clientsWhere({ typeId }, args, context),
};

const regionFields: Resolvers<Region> = {
  clients: ({ id: regionId }, args: PageArgs, context) => clientsWhere({ regionId }, args, context),
};

const successCycleFields: Resolvers<SuccessCycle> = {
  clients: ({ id: successCycleId }, args: PageArgs, context) => clientsWhere({ successCycleId }, args, context),
};

const customFieldFields: Resolvers<CustomField> = { options: optionsOf };

/** The models in the change feed, by their names there. */
const ENTITIES: Readonly<Record<string, string>> = {
  CLIENT: 'Client',
  CLIENT_CONTACT: 'ClientContact',
  CLIENT_LOCATION: 'ClientLocation',
  CLIENT_GROUP: 'ClientGroup',
  CUSTOM_FIELD: 'CustomField',
};

const changeFields: Resolvers<Change> = {
  sequence: ({ sequence }) => String(sequence),
  entity: ({ entity }) => Object.keys(ENTITIES).find((name) => ENTITIES[name] === entity),
  changedFields: ({ before, after }) => Object.keys((after ?? before ?? {}) as Json),
};

type ById = { by: { id: string } };

interface ListArgs extends PageArgs {
  filter?: Filter | null;
  orderBy?: AskedTerm[] | null;
  search?: string | null;
}

const queryFields: Resolvers<undefined> = {
  client: (_, { by }: { by: find.ClientKey }, context) => find.clientBy(by, context),
  clientContact: (_, { by }: { by: find.ContactKey }, context) => find.contactBy(by, context),
  clientLocation: (_, { by }: ById, context) => find.ownLocation(by.id, context),
  clientGroup: (_, { by }: ById, context) => find.clientGroup(by.id, context),
  clientType: (_, { by }: ById, context) => find.clientType(by.id, context),
  contactRole: (_, { by }: ById, context) => find.contactRole(by.id, context),
  customField: (_, { by }: ById, context) => find.customField(by.id, context),
  employee: (_, { by }: ById, context) => find.employee(by.id, context),
  region: (_, { by }: ById, context) => find.region(by.id, context),
  successCycle: (_, { by }: ById, context) => find.successCycle(by.id, context),
  node: (_, { id }: { id: string }, context) => find.nodeOf(id, context),
  nodes: async (_, { ids }: { ids: string[] }, context) => {
    refuse(ids.length > PAGE_MAX ? [{ path: ['ids'], code: 'BAD_USER_INPUT' }] : []);
    return Promise.all(ids.map((id) => find.nodeOf(id, context)));
  },
  clients: async (_, { filter, orderBy, search, ...args }: ListArgs, context) => {
    const { prisma, viewer } = context;
    const fields = await find.customFieldsOf('CLIENT', context);
    const order = orderOf(CLIENT_TERMS, orderBy ?? []);
    refuse([
      ...orderFaults(orderBy ?? []),
      ...filterFaults(filter ?? {}, fields, ['filter']),
      ...searchFaults(search),
      ...pageFaults(args, order),
    ]);
    const { firmId } = viewer;
    const all = await prisma.client.findMany({ where: { firmId, deletedAt: null } });
    const externalIds = await prisma.externalId.findMany({ where: { firmId, kind: 'Client' } });
    const rowsOf = ({ id }: Client) => externalIds.filter(({ entityId }) => entityId === id);
    const found = all.filter(
      (client) =>
        clientMeets({ ...client, externalIdRows: rowsOf(client) }, filter ?? {}, fields) &&
        isFound(search ?? '', textsOfClient(client)),
    );
    return pageOf(found, order, args);
  },
  clientContacts: async (_, { filter, orderBy, search, ...args }: ListArgs, context) => {
    const { prisma, viewer } = context;
    const fields = await find.customFieldsOf('CLIENT_CONTACT', context);
    const order = orderOf(CONTACT_TERMS, orderBy ?? []);
    refuse([
      ...orderFaults(orderBy ?? []),
      ...filterFaults(filter ?? {}, fields, ['filter']),
      ...searchFaults(search),
      ...pageFaults(args, order),
    ]);
    const all = await prisma.clientContact.findMany({ where: { firmId: viewer.firmId, deletedAt: null } });
    const found = all.filter(
      (contact) => contactMeets(contact, filter ?? {}, fields) && isFound(search ?? '', textsOfContact(contact)),
    );
    return pageOf(found, order, args);
  },
  clientLocations: (_, { client, ...args }: PageArgs & { client?: { id: string } | null }, context) =>
    locationsWhere(client ? { clientId: client.id } : {}, args, context),
  clientGroups: (_, args: PageArgs, { prisma, viewer: { firmId } }) =>
    page(prisma.clientGroup.findMany({ where: { firmId } }), BY_NAME, args),
  clientTypes: (_, args: PageArgs, { prisma, viewer: { firmId } }) =>
    page(prisma.clientType.findMany({ where: { firmId } }), BY_NAME, args),
  contactRoles: (_, args: PageArgs, { prisma, viewer: { firmId } }) =>
    page(prisma.contactRole.findMany({ where: { firmId } }), BY_NAME, args),
  employees: (_, args: PageArgs, { prisma, viewer: { firmId } }) =>
    page(prisma.employee.findMany({ where: { firmId } }), BY_NAME, args),
  regions: (_, args: PageArgs, { prisma, viewer: { firmId } }) =>
    page(prisma.region.findMany({ where: { firmId } }), BY_NAME, args),
  successCycles: (_, args: PageArgs, { prisma, viewer: { firmId } }) =>
    page(prisma.successCycle.findMany({ where: { firmId } }), BY_NAME, args),
  customFields: async (
    _,
    { entity, includeArchived }: { entity?: string | null; includeArchived?: boolean | null },
    context,
  ) => {
    const entities = ['CLIENT', 'CLIENT_CONTACT'].filter((name) => (entity ?? name) === name);
    const fields = await Promise.all(entities.map(async (name) => inOrder(await find.customFieldsOf(name, context))));
    return fields.flat().filter(({ archived }) => includeArchived === true || !archived);
  },
  changes: (_, { entities, ...args }: PageArgs & { entities?: string[] | null }, { prisma, viewer: { firmId } }) => {
    const some = entities ? { entity: { in: entities.map((entity) => ENTITIES[entity] ?? '') } } : {};
    return page(prisma.change.findMany({ where: { firmId, ...some } }), OLDEST_FIRST, args);
  },
  duplicateClients: async (_, { by, ...args }: PageArgs & { by: Reason }, context) => {
    const { prisma, viewer } = context;
    const clients = await prisma.client.findMany({ where: { firmId: viewer.firmId, deletedAt: null } });
    return clientDuplicates(clients, by, args);
  },
  duplicateClientContacts: async (_, { by, ...args }: PageArgs & { by: Reason }, context) => {
    const { prisma, viewer } = context;
    const contacts = await prisma.clientContact.findMany({ where: { firmId: viewer.firmId, deletedAt: null } });
    return contactDuplicates(contacts, by, args);
  },
  viewer: (_root, _args, { viewer: { firmName, tokenName, role, employeeId, contactId } }) => ({
    firm: firmName,
    token: tokenName,
    role,
    employeeId,
    contactId,
  }),
};

/** By type and field. */
export const resolvers: Readonly<Record<string, Resolvers<never>>> = {
  Query: queryFields,
  Client: clientFields,
  ClientContact: contactFields,
  ClientLocation: locationFields,
  AccountTeamMember: teamMemberFields,
  Employee: employeeFields,
  ClientType: clientTypeFields,
  Region: regionFields,
  SuccessCycle: successCycleFields,
  CustomField: customFieldFields,
  Change: changeFields,
  Address: { fullAddress },
  CustomFieldAddress: { fullAddress },
};

/** Resolves a mutation to the payload worked out beforehand. */
export const payload: GraphQLFieldResolver<unknown, Context> = (_, _args, { writes }, { path }) => {
  const written = writes.get(String(path.key));
  return written && { ...written.more, ...written.record };
};
