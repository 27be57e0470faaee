/** The client in the schema. How clients are found is in queries.ts, how they change in mutations.ts. */
import { historyField } from '../changes/schema.ts';
import { CONTACTS_BY_NAME } from '../contacts/filter.ts';
import { CustomFieldValue, customFieldValues } from '../custom-fields/schema.ts';
import { valueMap } from '../custom-values/values.ts';
import type { OrderBy } from '../database/model.ts';
import { builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import { outputFields, recordFields } from '../graphql/fields.ts';
import { BY_NAME } from '../graphql/named.ts';
import { Node } from '../graphql/node.ts';
import { Client, ClientType, Employee, Region, SuccessCycle } from '../graphql/refs.ts';
import { clientFields } from './fields.ts';
import { CLIENTS_BY_NAME } from './filter.ts';

/** The definitions of the firm's client fields, which access.ts has put in place. */
const definitions = (context: Context) => context.definitions?.CLIENT ?? [];

/** What a portal user may read of its own client. All else is the firm's. */
const PORTAL_FIELDS: readonly (keyof typeof clientFields)[] = [
  'name',
  'status',
  'active',
  'websiteUrl',
  'logoUrl',
  'avatarUrl',
  'inceptionDate',
  'address',
  'timezone',
  'email',
  'phone',
  'altPhone',
  'companyName',
  'communicationPreferences',
  'person',
];

builder.recordRef('ClientTeamMember', 'AccountTeamMember').implement({
  description: 'An employee who looks after a client, and what they do for it.',
  fields: (t) => ({
    employee: t.one('employee', { description: 'The employee.' }),
    role: t.column('role', { description: 'What they do for the client.' }),
  }),
});

const TEAM_ORDER: readonly OrderBy<'ClientTeamMember'>[] = [{ column: 'position', descending: false, nullable: false }];

Client.implement({
  description: 'A person or organization that the firm serves.',
  interfaces: [Node],
  fields: (t) => ({
    ...outputFields(t, clientFields, PORTAL_FIELDS),
    clientGroup: t.one('clientGroup', { description: 'The group that the client is in.' }),
    region: t.one('region', { nullable: true, description: clientFields.regionId.description }),
    type: t.one('type', { nullable: true, description: clientFields.typeId.description }),
    successCycle: t.one('successCycle', { nullable: true, description: clientFields.successCycleId.description }),
    assignedCsm: t.one('assignedCsm', { nullable: true, description: clientFields.assignedCsmId.description }),
    assignedSalesRep: t.one('assignedSalesRep', {
      nullable: true,
      description: clientFields.assignedSalesRepId.description,
    }),
    createdBy: t.one('createdBy', { nullable: true, description: 'Who created the client.' }),
    modifiedBy: t.one('modifiedBy', { nullable: true, description: 'Who changed the client last.' }),
    primaryContact: t.one('primaryContact', { nullable: true, description: clientFields.primaryContactId.description }),
    parent: t.one('parent', { nullable: true, description: clientFields.parentId.description }),
    children: t.many('children', {
      order: CLIENTS_BY_NAME,
      description: 'The clients that belong to this one, by name.',
    }),
    accountTeam: t.all('team', {
      order: TEAM_ORDER,
      limit: clientFields.accountTeam.maxItems,
      description: clientFields.accountTeam.description,
    }),
    locations: t.many('locations', {
      order: BY_NAME,
      portal: true,
      description: 'Where the client is, by name. There is at least one.',
    }),
    contacts: t.many('contacts', {
      order: CONTACTS_BY_NAME,
      portal: true,
      description: 'The people at the client, by name.',
    }),
    customFields: t.computed(['customFields'], {
      type: 'JSONObject',
      description:
        "The firm's own fields as a map: every live field by its key, in their order; those without a value are null.",
      resolve: ({ customFields }, _args, context) => valueMap(definitions(context), customFields),
    }),
    customFieldValues: t.computed(['customFields'], {
      type: [CustomFieldValue],
      listSize: 'CLIENT',
      description: "The firm's own fields as typed values, in their order; options come as objects.",
      resolve: ({ customFields }, _args, context) => customFieldValues(definitions(context), customFields),
    }),
    history: historyField(t, 'Client', 'client'),
    ...recordFields(t, 'client', { portal: true }),
  }),
});

builder.objectFields(Employee, (t) => ({
  clients: t.many('csmOf', {
    order: BY_NAME,
    description: 'Clients whose customer success manager this is, by name.',
  }),
  salesClients: t.many('salesRepOf', {
    order: BY_NAME,
    description: 'Clients whose sales representative this is, by name.',
  }),
}));

builder.objectField(ClientType, 'clients', (t) =>
  t.many('clients', { order: BY_NAME, description: 'Clients of this type, by name.' }),
);

builder.objectField(Region, 'clients', (t) =>
  t.many('clients', { order: BY_NAME, description: 'Clients of this region, by name.' }),
);

builder.objectField(SuccessCycle, 'clients', (t) =>
  t.many('clients', { order: BY_NAME, description: 'Clients on this cycle, by name.' }),
);
