/** How contacts change. The rules are in contacts.ts. */
import { PATCH_RULE_SAYS } from '../graphql/fields.ts';
import { changeFields } from '../graphql/kind.ts';
import { ClientContact } from '../graphql/refs.ts';
import { contactKind } from './contacts.ts';

export const { Patch: PatchClientContactInput, UpsertItem: UpsertClientContactItem } = changeFields(
  contactKind,
  ClientContact,
  {
    noun: 'contact',
    required: ['lastName', 'roleId'],
    allowDuplicates:
      'Allows the first and last name of another contact of the firm. Otherwise the mutation fails with DUPLICATE and the ids of those contacts. Names are compared ignoring case, leading and trailing spaces, and Unicode normalization form.',
    says: {
      createInput: 'A new contact. Its place is required: `location`, or `client`.',
      upsertInput: `A contact as another system knows it. Created when there is none: then \`lastName\`, \`role\` and a place are required. Otherwise patched: ${PATCH_RULE_SAYS}`,
      create: 'Creates a contact. DUPLICATE when its trackingId is taken, or its name.',
      patch: 'Changes a contact: only what is sent. Twins by name are looked for only when the name changes.',
      deleted: 'The contact as it was, with the revision and time of its deletion.',
      delete: 'Deletes a contact: it is found no more, until an upsert of its trackingId brings it back.',
    },
  },
);
