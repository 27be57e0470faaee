/** Contacts in the schema. How they change is in mutations.ts, the rules in contacts.ts. */
import { historyField } from '../changes/schema.ts';
import { CustomFieldValue, customFieldValues } from '../custom-fields/schema.ts';
import { valueMap } from '../custom-values/values.ts';
import { equals } from '../database/sql/index.ts';
import { builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import { outputFields, recordFields } from '../graphql/fields.ts';
import { listField } from '../graphql/kind.ts';
import { Node } from '../graphql/node.ts';
import { lookedUp, lookUp } from '../graphql/records.ts';
import { ClientContact, ClientContactConnection, ClientLocation } from '../graphql/refs.ts';
import { contactKind } from './contacts.ts';
import { contactFields } from './fields.ts';
import { CONTACT_LISTS, CONTACTS_BY_NAME } from './filter.ts';

/** The definitions of the firm's contact fields, which access.ts has put in place. */
const definitions = (context: Context) => context.definitions?.CLIENT_CONTACT ?? [];

/** What a portal user may not read of its own contact, and what it may. */
const { adminNotes, trackingId, accountCode, ...shownFields } = contactFields;

ClientContact.implement({
  description: 'A person at a client.',
  interfaces: [Node],
  fields: (t) => ({
    ...outputFields(t, shownFields, 'all'),
    ...outputFields(t, { adminNotes, trackingId, accountCode }),
    client: t.one('client', { portal: true, description: 'The client.' }),
    location: t.one('location', { portal: true, description: "The client's location where the contact is." }),
    role: t.one('role', { portal: true, description: 'What the contact does.' }),
    salesperson: t.one('salesperson', { nullable: true, description: contactFields.salespersonId.description }),
    customFields: t.computed(['customFields'], {
      type: 'JSONObject',
      description:
        "The firm's own fields for contacts as a map: every live field by its key, in their order; those without a value are null.",
      resolve: ({ customFields }, _args, context) => valueMap(definitions(context), customFields),
    }),
    customFieldValues: t.computed(['customFields'], {
      type: [CustomFieldValue],
      listSize: 'CLIENT_CONTACT',
      description: "The firm's own fields for contacts as typed values, in their order; options come as objects.",
      resolve: ({ customFields }, _args, context) => customFieldValues(definitions(context), customFields),
    }),
    history: historyField(t, 'ClientContact', 'contact'),
    ...recordFields(t, 'contact', { portal: true }),
  }),
});

builder.objectField(ClientLocation, 'contacts', (t) =>
  t.many('contacts', { order: CONTACTS_BY_NAME, portal: true, description: 'The contacts there, by name.' }),
);

const ClientContactKey = builder.inputType('ClientContactKey', {
  description: 'How a contact is looked up: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'By its id.' }),
    trackingId: t.string({ description: 'By its tracking ID, matched exactly.' }),
  }),
});

builder.queryField('clientContact', (t) =>
  t.field({
    type: ClientContact,
    nullable: true,
    description:
      'One contact; null when there is none. The keys of a contact that was merged find the one it was merged into.',
    access: 'CONTACT',
    args: { by: t.arg({ type: ClientContactKey, required: true, description: 'How it is found.' }) },
    resolve: (_, { by }, context, info) => {
      const where =
        typeof by.id === 'string' ? equals('id', lookedUp(by.id)) : equals('trackingId', lookedUp(by.trackingId));
      return lookUp('ClientContact', where, info, context);
    },
  }),
);

listField(contactKind, CONTACT_LISTS, {
  name: 'clientContacts',
  type: ClientContactConnection,
  description: 'Contacts of the firm: by last name, unless ordered otherwise.',
});
