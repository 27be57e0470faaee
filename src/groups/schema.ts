/** Client groups in the schema. */
import { equals } from '../database/conditions.ts';
import type { Row } from '../database/database.ts';
import { builder } from '../graphql/builder.ts';
import { connectionOf, pageArgs, readConnection } from '../graphql/connection.ts';
import { inputFields, outputFields, recordFields } from '../graphql/fields.ts';
import { Node } from '../graphql/node.ts';
import { payloadRow } from '../graphql/payload.ts';
import {
  clientGroupKind,
  createClientGroup,
  DEFAULT_GROUP_NAME,
  deleteClientGroup,
  patchClientGroup,
} from './groups.ts';

export const ClientGroup = builder.objectRef<Row>('ClientGroup').implement({
  description: 'A group of clients. Every client is in one.',
  interfaces: [Node],
  extensions: { type: { model: 'ClientGroup' } },
  fields: (t) => ({
    ...outputFields(t, clientGroupKind.fields),
    isDefault: t.boolean({
      description: `Whether it is the group ${DEFAULT_GROUP_NAME}, which takes clients of no other group and can be neither deleted nor renamed.`,
      resolve: (group) => group.isDefault === true,
    }),
    ...recordFields(t, 'group'),
  }),
});

const ClientGroupConnection = connectionOf('ClientGroup', ClientGroup, 'client groups');

builder.queryField('clientGroups', (t) =>
  t.field({
    type: ClientGroupConnection,
    description: 'The groups of the firm, by name.',
    args: pageArgs(),
    resolve: (_, args, context, info) => {
      const order = ['nameFolded', 'id'].map((column) => ({ column, descending: false, nullable: false }));
      return readConnection(args, order, equals('firmId', context.viewer.firmId), info, context);
    },
  }),
);

function payload(name: string, description: string) {
  return builder.objectRef<{ clientGroup: Row }>(name).implement({
    description,
    fields: (t) => ({
      clientGroup: t.field({ type: ClientGroup, description: 'The group.', resolve: (result) => result.clientGroup }),
    }),
  });
}

const CreateClientGroupInput = builder.inputType('CreateClientGroupInput', {
  description: 'A new client group.',
  fields: (t) => inputFields(t, clientGroupKind.fields, 'create', ['name']),
});

const PatchClientGroupInput = builder.inputType('PatchClientGroupInput', {
  description: 'Changes of a client group: what is left out is kept.',
  fields: (t) => inputFields(t, clientGroupKind.fields, 'patch'),
});

builder.mutationField('createClientGroup', (t) =>
  t.field({
    type: payload('CreateClientGroupPayload', 'The group that was created.'),
    nullable: true,
    description: 'Creates a client group. DUPLICATE when the name is taken.',
    args: { input: t.arg({ type: CreateClientGroupInput, required: true, description: 'The group.' }) },
    resolve: async (_, { input }, context, info) => {
      const row = await createClientGroup(context, input);
      return { clientGroup: await payloadRow('clientGroup', 'ClientGroup', row, info, context) };
    },
  }),
);

builder.mutationField('patchClientGroup', (t) =>
  t.field({
    type: payload('PatchClientGroupPayload', 'The group as it is now.'),
    nullable: true,
    description: `Renames a client group. ${DEFAULT_GROUP_NAME} keeps its name.`,
    args: {
      id: t.arg.id({ required: true, description: 'The group.' }),
      input: t.arg({ type: PatchClientGroupInput, required: true, description: 'What changes.' }),
    },
    resolve: async (_, { id, input }, context, info) => {
      const row = await patchClientGroup(context, id, input);
      return { clientGroup: await payloadRow('clientGroup', 'ClientGroup', row, info, context) };
    },
  }),
);

builder.mutationField('deleteClientGroup', (t) =>
  t.field({
    type: payload('DeleteClientGroupPayload', 'The group as it was.'),
    nullable: true,
    description: `Deletes a client group; its clients move to ${DEFAULT_GROUP_NAME}, which itself cannot be deleted.`,
    args: { id: t.arg.id({ required: true, description: 'The group.' }) },
    resolve: async (_, { id }, context) => ({ clientGroup: await deleteClientGroup(context, id) }),
  }),
);
