/** Contacts in the schema. How they change is in mutations.ts, the rules in contacts.ts. */
import { historyField } from '../changes/schema.ts';
import { CustomFieldValue, customFieldValues } from '../custom-fields/schema.ts';
import { valueMap } from '../custom-values/values.ts';
import { builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import { outputFields, recordFields } from '../graphql/fields.ts';
import { keyField, listField } from '../graphql/kind.ts';
import { Node } from '../graphql/node.ts';
import { ClientContact, ClientContactConnection, ClientLocation } from '../graphql/refs.ts';
import { contactKind } from './contacts.ts';
import { contactFields } from './fields.ts';
import { CONTACT_LISTS, CONTACTS_BY_NAME } from './filter.ts';

/** The definitions of the firm's contact fields, which access.ts has put in place. */
const definitions = (context: Context) => context.definitions?.CLIENT_CONTACT ?? [];

/** What a portal user may not read of its own contact, and what it may. */
const { adminNotes, trackingId, externalIds, accountCode, ...shownFields } = contactFields;

ClientContact.implement({
  description: 'A person at a client.',
  interfaces: [Node],
  fields: (t) => ({
    ...outputFields(t, shownFields, 'all'),
    ...outputFields(t, { adminNotes, trackingId, externalIds, accountCode }),
    client: t.one('client', { portal: true, description: 'The client.' }),
    location: t.one('location', { portal: true, description: 'The location of the contact.' }),
    role: t.one('role', { portal: true, description: 'The role of the contact.' }),
    salesperson: t.one('salesperson', { nullable: true, description: contactFields.salespersonId.description }),
    customFields: t.computed(['customFields'], {
      type: 'JSONObject',
      description:
        "The contact's custom fields as a map from key to value, in the order of the fields. Contains every field that is not archived; null means no value.",
      resolve: ({ customFields }, _args, context) => valueMap(definitions(context), customFields),
    }),
    customFieldValues: t.computed(['customFields'], {
      type: [CustomFieldValue],
      listSize: 'CLIENT_CONTACT',
      description: "The contact's custom fields as typed values, in the order of the fields. Options are objects.",
      resolve: ({ customFields }, _args, context) => customFieldValues(definitions(context), customFields),
    }),
    history: historyField(t, 'ClientContact', 'contact'),
    ...recordFields(t, 'contact', { portal: true }),
  }),
});

builder.objectField(ClientLocation, 'contacts', (t) =>
  t.many('contacts', { order: CONTACTS_BY_NAME, portal: true, description: 'The contacts there, by name.' }),
);

keyField(contactKind, ClientContact, 'contact');

listField(contactKind, CONTACT_LISTS, {
  name: 'clientContacts',
  type: ClientContactConnection,
  description: 'The contacts of the firm. Ordered by last name by default.',
});
