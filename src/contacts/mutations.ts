/** How contacts change. The rules are in contacts.ts. */
import { builder } from '../graphql/builder.ts';
import { describe, inputFields } from '../graphql/fields.ts';
import { recordPayloads } from '../graphql/records.ts';
import { ClientContact } from '../graphql/refs.ts';
import { contactWrites } from './contacts.ts';
import { contactFields } from './fields.ts';

const { trackingId, ...otherFields } = contactFields;

const CreateClientContactInput = builder.inputType('CreateClientContactInput', {
  description: 'Fields of a new contact. `locationId` or `clientId` is required.',
  fields: (t) => inputFields(t, contactFields, 'create', ['lastName', 'roleId']),
});

const UpsertClientContactInput = builder.inputType('UpsertClientContactInput', {
  description:
    'A contact from a source system, matched by `trackingId`. If there is none, it is created: `lastName`, `roleId` and either `locationId` or `clientId` are required. Otherwise it is patched: omitted fields keep their values.',
  fields: (t) => ({
    trackingId: t.string({ required: true, description: describe(trackingId) }),
    ...inputFields(t, otherFields, 'patch'),
  }),
});

export const PatchClientContactInput = builder.inputType('PatchClientContactInput', {
  description:
    'Changes to a contact. Omitted fields keep their values; null clears an optional field; objects are merged.',
  fields: (t) => inputFields(t, contactFields, 'patch'),
});

const { payload, answer } = recordPayloads('clientContact', ClientContact, 'contact');

const duplicates =
  'Allows the first and last name of another contact of the firm. Otherwise the mutation fails with DUPLICATE and the ids of those contacts. Names are compared ignoring case, leading and trailing spaces, and Unicode normalization form.';

builder.mutationField('createClientContact', (t) =>
  t.field({
    type: payload('CreateClientContactPayload', 'The contact that was created.'),
    nullable: true,
    description: 'Creates a contact. Fails with DUPLICATE if the trackingId or the name is taken.',
    args: {
      input: t.arg({ type: CreateClientContactInput, required: true, description: 'The contact.' }),
      allowDuplicates: t.arg.boolean({ required: true, defaultValue: false, description: duplicates }),
    },
    resolve: async (_, { input, allowDuplicates }, context, info) =>
      answer(await contactWrites.create(context, input, { allowDuplicates }), info, context),
  }),
);

builder.mutationField('upsertClientContact', (t) =>
  t.field({
    type: payload('UpsertClientContactPayload', 'The contact and the result of the upsert.', {
      result: true,
      changedFields: true,
    }),
    nullable: true,
    description:
      'Creates the contact with this trackingId, or patches the existing one. Restores it if it was deleted. Idempotent and safe to call concurrently.',
    args: {
      input: t.arg({ type: UpsertClientContactInput, required: true, description: 'The contact.' }),
      allowDuplicates: t.arg.boolean({ required: true, defaultValue: false, description: duplicates }),
    },
    resolve: async (_, { input, allowDuplicates }, context, info) =>
      answer(await contactWrites.upsert(context, input, { allowDuplicates }), info, context),
  }),
);

builder.mutationField('patchClientContact', (t) =>
  t.field({
    type: payload('PatchClientContactPayload', 'The contact after the change.', { changedFields: true }),
    nullable: true,
    description:
      'Patches a contact. Omitted fields keep their values. Checks for duplicate names only when the name changes.',
    args: {
      id: t.arg.id({ required: true, description: 'The contact.' }),
      input: t.arg({
        type: PatchClientContactInput,
        required: true,
        description: 'The changes. Omitted fields keep their values.',
      }),
      allowDuplicates: t.arg.boolean({ required: true, defaultValue: false, description: duplicates }),
    },
    resolve: async (_, { id, input, allowDuplicates }, context, info) =>
      answer(await contactWrites.patch(context, id, input, { allowDuplicates }), info, context),
  }),
);

builder.mutationField('deleteClientContact', (t) =>
  t.field({
    type: payload(
      'DeleteClientContactPayload',
      'The deleted contact. `revision` and `updatedAt` are those of the deletion.',
    ),
    nullable: true,
    description: 'Deletes a contact. An upsert with its trackingId restores it.',
    args: { id: t.arg.id({ required: true, description: 'The contact.' }) },
    resolve: async (_, { id }, context, info) =>
      answer({ row: await contactWrites.delete(context, id) }, info, context),
  }),
);
