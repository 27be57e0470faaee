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
  description: "An employee on a client's account team, with their role.",
  fields: (t) => ({
    employee: t.one('employee', { description: 'The employee.' }),
    role: t.column('role', { description: 'The role of the employee on the account team.' }),
  }),
});

const TEAM_ORDER: readonly OrderBy<'ClientTeamMember'>[] = [{ column: 'position', descending: false, nullable: false }];

Client.implement({
  description: 'A person or organization that the firm serves.',
  interfaces: [Node],
  fields: (t) => ({
    ...outputFields(t, clientFields, PORTAL_FIELDS),
    clientGroup: t.one('clientGroup', { description: 'The client group.' }),
    region: t.one('region', { nullable: true, description: clientFields.regionId.description }),
    type: t.one('type', { nullable: true, description: clientFields.typeId.description }),
    successCycle: t.one('successCycle', { nullable: true, description: clientFields.successCycleId.description }),
    assignedCsm: t.one('assignedCsm', { nullable: true, description: clientFields.assignedCsmId.description }),
    assignedSalesRep: t.one('assignedSalesRep', {
      nullable: true,
      description: clientFields.assignedSalesRepId.description,
    }),
    createdBy: t.one('createdBy', { nullable: true, description: 'The employee who created the client.' }),
    modifiedBy: t.one('modifiedBy', { nullable: true, description: 'The employee who last changed the client.' }),
    primaryContact: t.one('primaryContact', { nullable: true, description: clientFields.primaryContactId.description }),
    parent: t.one('parent', { nullable: true, description: clientFields.parentId.description }),
    children: t.many('children', {
      order: CLIENTS_BY_NAME,
      description: 'The child clients, ordered by name.',
    }),
    accountTeam: t.all('team', {
      order: TEAM_ORDER,
      limit: clientFields.accountTeam.maxItems,
      description: clientFields.accountTeam.description,
    }),
    locations: t.many('locations', {
      order: BY_NAME,
      portal: true,
      description: 'The locations of the client, ordered by name. Every client has at least one.',
    }),
    contacts: t.many('contacts', {
      order: CONTACTS_BY_NAME,
      portal: true,
      description: 'The contacts of the client, ordered by name.',
    }),
    customFields: t.computed(['customFields'], {
      type: 'JSONObject',
      description:
        'The custom fields as a map from key to value, in the order of the fields. Contains every field that is not archived; null means no value.',
      resolve: ({ customFields }, _args, context) => valueMap(definitions(context), customFields),
    }),
    customFieldValues: t.computed(['customFields'], {
      type: [CustomFieldValue],
      listSize: 'CLIENT',
      description: 'The custom fields as typed values, in the order of the fields. Options are objects.',
      resolve: ({ customFields }, _args, context) => customFieldValues(definitions(context), customFields),
    }),
    history: historyField(t, 'Client', 'client'),
    ...recordFields(t, 'client', { portal: true }),
  }),
});

builder.objectFields(Employee, (t) => ({
  clients: t.many('csmOf', {
    order: BY_NAME,
    description: 'Clients that this employee is the customer success manager of, ordered by name.',
  }),
  salesClients: t.many('salesRepOf', {
    order: BY_NAME,
    description: 'Clients that this employee is the sales representative of, ordered by name.',
  }),
}));

builder.objectField(ClientType, 'clients', (t) =>
  t.many('clients', { order: BY_NAME, description: 'Clients of this type, ordered by name.' }),
);

builder.objectField(Region, 'clients', (t) =>
  t.many('clients', { order: BY_NAME, description: 'Clients in this region, ordered by name.' }),
);

builder.objectField(SuccessCycle, 'clients', (t) =>
  t.many('clients', { order: BY_NAME, description: 'Clients on this success cycle, ordered by name.' }),
);
