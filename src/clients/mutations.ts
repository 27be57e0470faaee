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

export const { Patch: PatchClientInput } = changeFields(clientKind, Client, {
  withNew: withClient,
  idempotencyKey:
    'A text of your choice, 1 to 255 printable ASCII characters. The same call again with the same key answers the client made by the first; with another input it is a CONFLICT.',
  says: {
    createInput: 'A new client, with its first location and its contacts: all are created, or nothing is.',
    upsertInput:
      'A client as another system knows it. Created when there is none: then `name` is required and defaults hold. Else patched: what is left out is kept.',
    patchInput:
      'Changes of a client: what is left out is kept, null clears what may be empty, a list is replaced whole, an object is merged.',
    deleted: 'The client as it was, with the revision and time of its deletion.',
    delete: `Deletes a client with its contacts and locations: they are found no more, until restoreClient, or an upsert of its trackingId, brings them back. ${MANY_AT_ONCE}`,
    restore: `Brings a deleted client back as it was, with the contacts and locations that went with it. IDENTIFIER_CONFLICT when an external id of it was given to another client meanwhile. ${MANY_AT_ONCE}`,
  },
});
