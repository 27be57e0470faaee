/** How contacts change. The rules are in contacts.ts. */
import { changeFields } from '../graphql/kind.ts';
import { ClientContact } from '../graphql/refs.ts';
import { contactKind } from './contacts.ts';

export const { Patch: PatchClientContactInput } = changeFields(contactKind, ClientContact, {
  noun: 'contact',
  required: ['lastName', 'roleId'],
  allowDuplicates:
    'Allows the first and last name of another contact of the firm. Otherwise the mutation fails with DUPLICATE and the ids of those contacts. Names are compared ignoring case, leading and trailing spaces, and Unicode normalization form.',
  says: {
    createInput: 'A new contact. Its place is required: `location`, or `client`.',
    upsertInput:
      'A contact as another system knows it. Created when there is none: then `lastName`, `role` and a place are required. Else patched: what is left out is kept.',
    patchInput:
      'Changes to a contact. Omitted fields keep their values; null clears an optional field; objects are merged.',
    create: 'Creates a contact. Fails with DUPLICATE if the trackingId or the name is taken.',
    patch:
      'Patches a contact. Omitted fields keep their values. Checks for duplicate names only when the name changes.',
    deleted: 'The deleted contact. `revision` and `updatedAt` are those of the deletion.',
    delete: 'Deletes a contact. An upsert with its trackingId restores it.',
  },
});
