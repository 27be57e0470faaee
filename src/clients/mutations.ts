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
      'The type by its name, where typeId is not given: without regard to case. An unknown name becomes a new type with an ADMIN token, and is an error with others.',
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
    description: 'Its first location. Unless given, it is called Main and has the address of the client.',
  }),
  contacts: t.field({
    type: [NewContactInput],
    description: `Its contacts, all at the first location. Up to ${NEW_CONTACTS_MAX}; create further ones with createClientContact.`,
  }),
  allowDuplicateContacts: t.boolean({
    description: 'Whether contacts may have the first and last name of others.',
  }),
});

const CreateClientInput = builder.inputType('CreateClientInput', {
  description: 'A new client, with its first location and its contacts: all are created, or nothing is.',
  fields: (t) => ({ ...inputFields(t, clientFields, 'create'), ...typeName(t), ...withClient(t) }),
});

const UpsertClientInput = builder.inputType('UpsertClientInput', {
  description:
    'A client as another system knows it, found by its trackingId. Created when there is none: then `name` is required and defaults hold. Else patched: what is left out is kept.',
  fields: (t) => ({
    trackingId: t.string({ required: true, description: describe(trackingId) }),
    ...inputFields(t, otherFields, 'patch'),
    ...typeName(t),
  }),
});

export const PatchClientInput = builder.inputType('PatchClientInput', {
  description:
    'Changes of a client: what is left out is kept, null clears what may be empty, a list is replaced whole, an object is merged.',
  fields: (t) => ({ ...inputFields(t, clientFields, 'patch'), ...typeName(t) }),
});

const { payload, answer } = recordPayloads('client', Client, 'client');

builder.mutationField('createClient', (t) =>
  t.field({
    type: payload('CreateClientPayload', 'The client that was created.'),
    nullable: true,
    description: 'Creates a client. DUPLICATE when its trackingId is taken.',
    args: {
      input: t.arg({ type: CreateClientInput, required: true, description: 'The client.' }),
      idempotencyKey: t.arg.string({
        description:
          'A text of your choice, 1 to 255 printable ASCII characters. The same call again with the same key answers the client made by the first; with another input it is a CONFLICT.',
      }),
    },
    resolve: async (_, { input, idempotencyKey }, context, info) =>
      answer(await clientWrites.create(context, input, { idempotencyKey }), info, context),
  }),
);

builder.mutationField('upsertClient', (t) =>
  t.field({
    type: payload('UpsertClientPayload', 'The client, and what was done to it.', { result: true, changedFields: true }),
    nullable: true,
    description:
      'Creates the client with this trackingId, or patches it. Safe to repeat, and at the same time: one client comes of it, and a replay changes nothing. A deleted client is restored.',
    args: { input: t.arg({ type: UpsertClientInput, required: true, description: 'The client.' }) },
    resolve: async (_, { input }, context, info) => answer(await clientWrites.upsert(context, input), info, context),
  }),
);

builder.mutationField('patchClient', (t) =>
  t.field({
    type: payload('PatchClientPayload', 'The client as it is now.', { changedFields: true }),
    nullable: true,
    description: 'Changes a client: only what is sent.',
    args: {
      id: t.arg.id({ required: true, description: 'The client.' }),
      input: t.arg({ type: PatchClientInput, required: true, description: 'What changes.' }),
      expectedRevision: t.arg.int({
        description: 'The revision that the change was made for: CONFLICT when the client is at another.',
      }),
    },
    resolve: async (_, { id, input, expectedRevision }, context, info) =>
      answer(await clientWrites.patch(context, id, input, { expectedRevision }), info, context),
  }),
);

builder.mutationField('deleteClient', (t) =>
  t.field({
    type: payload('DeleteClientPayload', 'The client as it was, with the revision and time of its deletion.'),
    nullable: true,
    description: `Deletes a client with its contacts and locations: they are found no more, until restoreClient, or an upsert of its trackingId, brings them back. ${MANY_AT_ONCE}`,
    args: { id: t.arg.id({ required: true, description: 'The client.' }) },
    resolve: async (_, { id }, context, info) => {
      const run = () => clientWrites.delete(context, id);
      return { row: await removedRow('client', id, run, info, context) };
    },
  }),
);

builder.mutationField('restoreClient', (t) =>
  t.field({
    type: payload('RestoreClientPayload', 'The client that is back.'),
    nullable: true,
    description: `Brings a deleted client back as it was, with the contacts and locations that went with it. IDENTIFIER_CONFLICT when an external id of it was given to another client meanwhile. ${MANY_AT_ONCE}`,
    args: { id: t.arg.id({ required: true, description: 'The client.' }) },
    resolve: async (_, { id }, context, info) => answer(await clientWrites.restore(context, id), info, context),
  }),
);
