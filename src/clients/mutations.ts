/** How clients change. The rules are in clients.ts. */
import { contactFields } from '../contacts/fields.ts';
import { builder } from '../graphql/builder.ts';
import { describe, type InputBuilder, inputFields } from '../graphql/fields.ts';
import { removedRow } from '../graphql/payload.ts';
import { MANY_AT_ONCE, recordPayloads } from '../graphql/records.ts';
import { Client } from '../graphql/refs.ts';
import { locationFields } from '../locations/locations.ts';
import { clientWrites, NEW_CONTACTS_MAX } from './clients.ts';
import { clientFields } from './fields.ts';

const { trackingId, ...otherFields } = clientFields;

/** Inputs that are no fields of the client. */
const typeName = (t: InputBuilder) => ({
  typeName: t.string({
    description:
      'Name of the client type, case-insensitive, as an alternative to `typeId`. With an ADMIN token an unknown name creates a new type; with any other role it is an error.',
  }),
});

const { clientId: _client, isPrimary: _primary, ...newLocationFields } = locationFields;
const NewLocationInput = builder.inputType('NewClientLocationInput', {
  description: 'The first location of a new client.',
  fields: (t) => inputFields(t, newLocationFields, 'create'),
});

const { clientId: _its, locationId: _first, ...newContactFields } = contactFields;
const NewContactInput = builder.inputType('NewClientContactInput', {
  description: 'A contact of a new client, at its first location.',
  fields: (t) => inputFields(t, newContactFields, 'create', ['lastName', 'roleId']),
});

/** What may come with a new client. */
const withClient = (t: InputBuilder) => ({
  location: t.field({
    type: NewLocationInput,
    description: "The first location. Defaults to one named Main with the client's address.",
  }),
  contacts: t.field({
    type: [NewContactInput],
    description: `Contacts to create at the first location. Maximum ${NEW_CONTACTS_MAX}; use createClientContact for more.`,
  }),
  allowDuplicateContacts: t.boolean({
    description: 'Allows contacts whose first and last name another contact already has. Defaults to false.',
  }),
});

const CreateClientInput = builder.inputType('CreateClientInput', {
  description:
    'Fields of a new client with its first location and contacts. All records are created in one transaction.',
  fields: (t) => ({ ...inputFields(t, clientFields, 'create'), ...typeName(t), ...withClient(t) }),
});

const UpsertClientInput = builder.inputType('UpsertClientInput', {
  description:
    'A client from a source system, matched by `trackingId`. If there is none, it is created: `name` is required and defaults apply. Otherwise it is patched: omitted fields keep their values.',
  fields: (t) => ({
    trackingId: t.string({ required: true, description: describe(trackingId) }),
    ...inputFields(t, otherFields, 'patch'),
    ...typeName(t),
  }),
});

export const PatchClientInput = builder.inputType('PatchClientInput', {
  description:
    'Changes to a client. Omitted fields keep their values; null clears an optional field; lists are replaced; objects are merged.',
  fields: (t) => ({ ...inputFields(t, clientFields, 'patch'), ...typeName(t) }),
});

const { payload, answer } = recordPayloads('client', Client, 'client');

builder.mutationField('createClient', (t) =>
  t.field({
    type: payload('CreateClientPayload', 'The client that was created.'),
    nullable: true,
    description: 'Creates a client. Fails with DUPLICATE if the trackingId is taken.',
    args: {
      input: t.arg({ type: CreateClientInput, required: true, description: 'The client.' }),
      idempotencyKey: t.arg.string({
        description:
          'Makes retries safe: 1 to 255 printable ASCII characters. Repeating the call with the same key and input returns the client that the first call created. The same key with another input fails with CONFLICT.',
      }),
    },
    resolve: async (_, { input, idempotencyKey }, context, info) =>
      answer(await clientWrites.create(context, input, { idempotencyKey }), info, context),
  }),
);

builder.mutationField('upsertClient', (t) =>
  t.field({
    type: payload('UpsertClientPayload', 'The client and the result of the upsert.', {
      result: true,
      changedFields: true,
    }),
    nullable: true,
    description:
      'Creates the client with this trackingId, or patches the existing one. Restores it if it was deleted. Idempotent and safe to call concurrently.',
    args: { input: t.arg({ type: UpsertClientInput, required: true, description: 'The client.' }) },
    resolve: async (_, { input }, context, info) => answer(await clientWrites.upsert(context, input), info, context),
  }),
);

builder.mutationField('patchClient', (t) =>
  t.field({
    type: payload('PatchClientPayload', 'The client after the change.', { changedFields: true }),
    nullable: true,
    description: 'Patches a client. Omitted fields keep their values.',
    args: {
      id: t.arg.id({ required: true, description: 'The client.' }),
      input: t.arg({
        type: PatchClientInput,
        required: true,
        description: 'The changes. Omitted fields keep their values.',
      }),
      expectedRevision: t.arg.int({
        description:
          'The revision that the change is based on. Fails with CONFLICT if the client has another revision.',
      }),
    },
    resolve: async (_, { id, input, expectedRevision }, context, info) =>
      answer(await clientWrites.patch(context, id, input, { expectedRevision }), info, context),
  }),
);

builder.mutationField('deleteClient', (t) =>
  t.field({
    type: payload('DeleteClientPayload', 'The deleted client. `revision` and `updatedAt` are those of the deletion.'),
    nullable: true,
    description: `Deletes a client with its contacts and locations. restoreClient, or an upsert with its trackingId, restores them. ${MANY_AT_ONCE}`,
    args: { id: t.arg.id({ required: true, description: 'The client.' }) },
    resolve: async (_, { id }, context, info) => {
      const run = () => clientWrites.delete(context, id);
      return { row: await removedRow('client', id, run, info, context) };
    },
  }),
);

builder.mutationField('restoreClient', (t) =>
  t.field({
    type: payload('RestoreClientPayload', 'The restored client.'),
    nullable: true,
    description: `Restores a deleted client with the contacts and locations deleted with it. Fails with IDENTIFIER_CONFLICT if another client has one of its external ids by now. ${MANY_AT_ONCE}`,
    args: { id: t.arg.id({ required: true, description: 'The client.' }) },
    resolve: async (_, { id }, context, info) => answer(await clientWrites.restore(context, id), info, context),
  }),
);
