/** How clients change. The rules are in clients.ts. */
import { contactFields } from '../contacts/fields.ts';
import { UpsertClientContactItem } from '../contacts/mutations.ts';
import { builder } from '../graphql/builder.ts';
import { type InputBuilder, inputFields, PATCH_RULE_SAYS } from '../graphql/fields.ts';
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

/** What may come with a client of a bulk upsert. */
const withUpserted = (t: InputBuilder) => ({
  contacts: t.field({
    type: [UpsertClientContactItem],
    description: `Up to ${NEW_CONTACTS_MAX} contacts to create or update at the client, each found by its keys. The client and its contacts succeed or fail together. A contact of another client moves to this one.`,
  }),
  allowDuplicateContacts: t.boolean({
    description: 'Allows contacts whose first and last name another contact already has. Defaults to false.',
  }),
});

export const { Patch: PatchClientInput } = changeFields(clientKind, Client, {
  withNew: withClient,
  withUpserted,
  idempotencyKey:
    'Makes retries safe: 1 to 255 printable ASCII characters. Repeating the call with the same key and input returns the client that the first call created. The same key with another input fails with CONFLICT.',
  says: {
    createInput: 'A new client, with its first location and its contacts: all are created, or nothing is.',
    upsertInput: `A client as another system knows it. Created when there is none: then \`name\` is required and defaults hold. Otherwise patched: ${PATCH_RULE_SAYS}`,
    deleted: 'The client as it was, with the revision and time of its deletion.',
    delete: `Deletes a client with its contacts and locations: they are found no more, until restoreClient, or an upsert of its trackingId, brings them back. ${MANY_AT_ONCE}`,
    restore: `Brings a deleted client back as it was, with the contacts and locations that went with it. IDENTIFIER_CONFLICT when an external id of it was given to another client meanwhile. ${MANY_AT_ONCE}`,
  },
});
