/** How clients change. The rules are in clients.ts. */
import { contactFields } from '../contacts/fields.ts';
import { builder } from '../graphql/builder.ts';
import { type InputBuilder, inputFields } from '../graphql/fields.ts';
import { changeFields } from '../graphql/kind.ts';
import { MANY_AT_ONCE } from '../graphql/records.ts';
import { Client } from '../graphql/refs.ts';
import { locationFields } from '../locations/locations.ts';
import { clientKind, NEW_CONTACTS_MAX } from './clients.ts';

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

export const { Patch: PatchClientInput } = changeFields(clientKind, Client, {
  withNew: withClient,
  idempotencyKey:
    'Makes retries safe: 1 to 255 printable ASCII characters. Repeating the call with the same key and input returns the client that the first call created. The same key with another input fails with CONFLICT.',
  says: {
    createInput:
      'Fields of a new client with its first location and contacts. All records are created in one transaction.',
    upsertInput:
      'A client as another system knows it. Created when there is none: then `name` is required and defaults hold. Else patched: what is left out is kept.',
    patchInput:
      'Changes to a client. Omitted fields keep their values; null clears an optional field; lists are replaced; objects are merged.',
    deleted: 'The deleted client. `revision` and `updatedAt` are those of the deletion.',
    delete: `Deletes a client with its contacts and locations. restoreClient, or an upsert with its trackingId, restores them. ${MANY_AT_ONCE}`,
    restore: `Restores a deleted client with the contacts and locations deleted with it. Fails with IDENTIFIER_CONFLICT if another client has one of its external ids by now. ${MANY_AT_ONCE}`,
  },
});
