/** How contacts change. The rules are in contacts.ts. */
import { changeFields } from '../graphql/kind.ts';
import { ClientContact } from '../graphql/refs.ts';
import { contactKind } from './contacts.ts';

export const { Patch: PatchClientContactInput } = changeFields(contactKind, ClientContact, {
  noun: 'contact',
  required: ['lastName', 'roleId'],
  allowDuplicates:
    'Whether another contact of the firm may have the same first and last name (without regard to case, outer spaces and Unicode normal form). Else it is a DUPLICATE, with the ids of the twins.',
  says: {
    createInput: 'A new contact. Its place is required: `location`, or `client`.',
    upsertInput:
      'A contact as another system knows it. Created when there is none: then `lastName`, `role` and a place are required. Else patched: what is left out is kept.',
    patchInput: 'Changes of a contact: what is left out is kept, null clears what may be empty, an object is merged.',
    create: 'Creates a contact. DUPLICATE when its trackingId is taken, or its name.',
    patch: 'Changes a contact: only what is sent. Twins by name are looked for only when the name changes.',
    deleted: 'The contact as it was, with the revision and time of its deletion.',
    delete: 'Deletes a contact: it is found no more, until an upsert of its trackingId brings it back.',
  },
});
