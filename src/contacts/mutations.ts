/** How contacts change. The rules are in contacts.ts. */
import { builder } from '../graphql/builder.ts';
import { describe, inputFields } from '../graphql/fields.ts';
import { recordPayloads } from '../graphql/records.ts';
import { ClientContact } from '../graphql/refs.ts';
import { contactWrites } from './contacts.ts';
import { contactFields } from './fields.ts';

const { trackingId, ...otherFields } = contactFields;

const CreateClientContactInput = builder.inputType('CreateClientContactInput', {
  description: 'A new contact. Its place is required: locationId, or clientId.',
  fields: (t) => inputFields(t, contactFields, 'create', ['lastName', 'roleId']),
});

const UpsertClientContactInput = builder.inputType('UpsertClientContactInput', {
  description:
    'A contact as another system knows it, found by its trackingId. Created when there is none: then `lastName`, `roleId` and a place are required. Else patched: what is left out is kept.',
  fields: (t) => ({
    trackingId: t.string({ required: true, description: describe(trackingId) }),
    ...inputFields(t, otherFields, 'patch'),
  }),
});

export const PatchClientContactInput = builder.inputType('PatchClientContactInput', {
  description: 'Changes of a contact: what is left out is kept, null clears what may be empty, an object is merged.',
  fields: (t) => inputFields(t, contactFields, 'patch'),
});

const { payload, answer } = recordPayloads('clientContact', ClientContact, 'contact');

const duplicates =
  'Whether another contact of the firm may have the same first and last name (without regard to case, outer spaces and Unicode normal form). Else it is a DUPLICATE, with the ids of the twins.';

builder.mutationField('createClientContact', (t) =>
  t.field({
    type: payload('CreateClientContactPayload', 'The contact that was created.'),
    nullable: true,
    description: 'Creates a contact. DUPLICATE when its trackingId is taken, or its name.',
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
    type: payload('UpsertClientContactPayload', 'The contact, and what was done to it.', {
      result: true,
      changedFields: true,
    }),
    nullable: true,
    description:
      'Creates the contact with this trackingId, or patches it. Safe to repeat, and at the same time: one contact comes of it, and a replay changes nothing. A deleted contact is restored.',
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
    type: payload('PatchClientContactPayload', 'The contact as it is now.', { changedFields: true }),
    nullable: true,
    description: 'Changes a contact: only what is sent. Twins by name are looked for only when the name changes.',
    args: {
      id: t.arg.id({ required: true, description: 'The contact.' }),
      input: t.arg({ type: PatchClientContactInput, required: true, description: 'What changes.' }),
      allowDuplicates: t.arg.boolean({ required: true, defaultValue: false, description: duplicates }),
    },
    resolve: async (_, { id, input, allowDuplicates }, context, info) =>
      answer(await contactWrites.patch(context, id, input, { allowDuplicates }), info, context),
  }),
);

builder.mutationField('deleteClientContact', (t) =>
  t.field({
    type: payload('DeleteClientContactPayload', 'The contact as it was, with the revision and time of its deletion.'),
    nullable: true,
    description: 'Deletes a contact: it is found no more, until an upsert of its trackingId brings it back.',
    args: { id: t.arg.id({ required: true, description: 'The contact.' }) },
    resolve: async (_, { id }, context, info) =>
      answer({ row: await contactWrites.delete(context, id) }, info, context),
  }),
);
