/** The client in the schema. How clients are found is in queries.ts, how they change in mutations.ts. */
import { historyField } from '../changes/schema.ts';
import { CONTACTS_BY_NAME } from '../contacts/filter.ts';
import { CustomFieldValue, customFieldValues } from '../custom-fields/schema.ts';
import { valueMap } from '../custom-fields/values.ts';
import type { Row } from '../database/database.ts';
import type { OrderTerm, Page } from '../database/read.ts';
import { builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import { outputFields, recordFields } from '../graphql/fields.ts';
import { BY_NAME } from '../graphql/named.ts';
import { Node } from '../graphql/node.ts';
import {
  Client,
  ClientConnection,
  ClientContact,
  ClientContactConnection,
  ClientGroup,
  ClientLocationConnection,
  ClientType,
  Employee,
  Region,
  SuccessCycle,
} from '../graphql/refs.ts';
import { manyField, oneField, theField } from '../graphql/relations.ts';
import type { FieldSource } from '../graphql/selection.ts';
import type { Values } from '../records/patch.ts';
import { clientFields } from './fields.ts';
import { CLIENTS_BY_NAME } from './filter.ts';

/** The definitions of the firm's client fields, which access.ts has put in place. */
const definitions = (context: Context) => context.definitions?.CLIENT ?? [];

/** What a portal user may read of its own client. All else is the firm's. */
const PORTAL_FIELDS = [
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

const AccountTeamMember = builder.objectRef<Row>('AccountTeamMember').implement({
  description: 'An employee who looks after a client, and what they do for it.',
  extensions: { type: { model: 'ClientTeamMember' } },
  fields: (t) => ({
    employee: theField(t, 'employee', Employee, 'The employee.'),
    role: t.string({ description: 'What they do for the client.', resolve: (member) => String(member.role) }),
  }),
});

const TEAM_ORDER: readonly OrderTerm[] = [{ column: 'position', descending: false, nullable: false }];

Client.implement({
  description: 'A person or organisation that the firm serves.',
  interfaces: [Node],
  extensions: { type: { model: 'Client' } },
  fields: (t) => ({
    ...outputFields(t, clientFields, PORTAL_FIELDS),
    clientGroup: theField(t, 'clientGroup', ClientGroup, 'The group that the client is in.'),
    region: oneField(t, 'region', Region, clientFields.regionId.description),
    type: oneField(t, 'type', ClientType, clientFields.typeId.description),
    successCycle: oneField(t, 'successCycle', SuccessCycle, clientFields.successCycleId.description),
    assignedCsm: oneField(t, 'assignedCsm', Employee, clientFields.assignedCsmId.description),
    assignedSalesRep: oneField(t, 'assignedSalesRep', Employee, clientFields.assignedSalesRepId.description),
    createdBy: oneField(t, 'createdBy', Employee, 'Who created the client.'),
    modifiedBy: oneField(t, 'modifiedBy', Employee, 'Who changed the client last.'),
    primaryContact: oneField(t, 'primaryContact', ClientContact, clientFields.primaryContactId.description),
    parent: oneField(t, 'parent', Client, clientFields.parentId.description),
    children: manyField(
      t,
      'children',
      ClientConnection,
      'Client',
      CLIENTS_BY_NAME,
      'The clients that belong to this one, by name.',
    ),
    accountTeam: t.field({
      type: [AccountTeamMember],
      description: clientFields.accountTeam.description,
      extensions: {
        source: {
          many: 'team',
          model: 'ClientTeamMember',
          order: TEAM_ORDER,
          limit: clientFields.accountTeam.maxItems,
        } satisfies FieldSource,
      },
      resolve: (client) => (client[':accountTeam'] as Page).rows,
    }),
    locations: manyField(
      t,
      'locations',
      ClientLocationConnection,
      'ClientLocation',
      BY_NAME,
      'Where the client is, by name. There is at least one.',
      { portal: true },
    ),
    contacts: manyField(
      t,
      'contacts',
      ClientContactConnection,
      'ClientContact',
      CONTACTS_BY_NAME,
      'The people at the client, by name.',
      { portal: true },
    ),
    customFields: t.field({
      type: 'JSONObject',
      description:
        "The firm's own fields as a map: every live field by its key, in their order; those without a value are null.",
      extensions: { source: { columns: ['customFields'] } satisfies FieldSource },
      resolve: (client, _args, context) => valueMap(definitions(context), client.customFields as Values),
    }),
    customFieldValues: t.field({
      type: [CustomFieldValue],
      description: "The firm's own fields as typed values, in their order; options come as objects.",
      extensions: { listSize: 'CLIENT', source: { columns: ['customFields'] } satisfies FieldSource },
      resolve: (client, _args, context) => customFieldValues(definitions(context), client.customFields as Values),
    }),
    history: historyField(t, 'Client', 'client'),
    ...recordFields(t, 'client', true),
  }),
});
