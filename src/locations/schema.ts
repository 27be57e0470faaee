/** Client locations in the schema. */
import { historyField } from '../changes/schema.ts';
import { CONTACTS_BY_NAME } from '../contacts/filter.ts';
import { and, equals } from '../database/conditions.ts';
import { builder } from '../graphql/builder.ts';
import { readConnection } from '../graphql/connection.ts';
import { inputFields, outputFields, recordFields } from '../graphql/fields.ts';
import { BY_NAME } from '../graphql/named.ts';
import { Node } from '../graphql/node.ts';
import { removedRow } from '../graphql/payload.ts';
import { lookedUp, recordPayloads } from '../graphql/records.ts';
import { ClientLocation, ClientLocationConnection } from '../graphql/refs.ts';
import { scopeOf } from '../graphql/scope.ts';
import { pageArgs } from '../pothos/index.ts';
import { writesOf } from '../records/operations.ts';
import { locationFields, locationKind } from './locations.ts';

ClientLocation.implement({
  description: 'A location of a client. Every client has at least one.',
  interfaces: [Node],
  fields: (t) => ({
    ...outputFields(t, locationFields, ['name', 'address', 'isPrimary']),
    client: t.one('client', { portal: true, description: 'The client.' }),
    salesperson: t.one('salesperson', { nullable: true, description: locationFields.salespersonId.description }),
    contacts: t.many('contacts', {
      order: CONTACTS_BY_NAME,
      portal: true,
      description: 'The contacts at this location, ordered by name.',
    }),
    history: historyField(t, 'ClientLocation', 'location'),
    ...recordFields(t, 'location', { portal: true }),
  }),
});

builder.queryField('clientLocations', (t) =>
  t.field({
    type: ClientLocationConnection,
    description: 'The locations of all clients, or of one client, ordered by name.',
    access: 'CONTACT',
    args: { ...pageArgs(builder), clientId: t.arg.id({ description: 'Returns only locations of this client.' }) },
    resolve: (_, { clientId, ...page }, context, info) => {
      const scope = scopeOf(context.viewer, 'ClientLocation');
      const where = typeof clientId === 'string' ? and(scope, equals('clientId', lookedUp(clientId))) : scope;
      return readConnection(page, BY_NAME, where, info, context, { ordered: true, all: true });
    },
  }),
);

const { clientId: _stays, ...patchable } = locationFields;

const CreateClientLocationInput = builder.inputType('CreateClientLocationInput', {
  description: 'Fields of a new location of an existing client.',
  fields: (t) => inputFields(t, locationFields, 'create', ['clientId', 'name']),
});

const PatchClientLocationInput = builder.inputType('PatchClientLocationInput', {
  description: 'Changes to a client location. Omitted fields keep their values.',
  fields: (t) => inputFields(t, patchable, 'patch'),
});

const writes = writesOf(locationKind);
const { payload, answer } = recordPayloads('clientLocation', ClientLocation, 'location');

builder.mutationField('createClientLocation', (t) =>
  t.field({
    type: payload('CreateClientLocationPayload', 'The location that was created.'),
    nullable: true,
    description: 'Adds a location to a client.',
    args: { input: t.arg({ type: CreateClientLocationInput, required: true, description: 'The location.' }) },
    resolve: async (_, { input }, context, info) => answer(await writes.create(context, input), info, context),
  }),
);

builder.mutationField('patchClientLocation', (t) =>
  t.field({
    type: payload('PatchClientLocationPayload', 'The location after the change.'),
    nullable: true,
    description: 'Patches a client location. Omitted fields keep their values.',
    args: {
      id: t.arg.id({ required: true, description: 'The location.' }),
      input: t.arg({
        type: PatchClientLocationInput,
        required: true,
        description: 'The changes. Omitted fields keep their values.',
      }),
    },
    resolve: async (_, { id, input }, context, info) => answer(await writes.patch(context, id, input), info, context),
  }),
);

builder.mutationField('deleteClientLocation', (t) =>
  t.field({
    type: payload('DeleteClientLocationPayload', 'The location as it was before deletion.'),
    nullable: true,
    description:
      "Deletes a client location. Fails with CONFLICT if it has contacts or is the client's only location. If it was the primary location, the oldest remaining location becomes primary.",
    args: { id: t.arg.id({ required: true, description: 'The location.' }) },
    resolve: async (_, { id }, context, info) => {
      const run = () => writes.delete(context, id);
      return { row: await removedRow('clientLocation', id, run, info, context) };
    },
  }),
);
