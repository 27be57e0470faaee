/** Contacts in the schema. How they change is in mutations.ts, the rules in contacts.ts. */
import { historyField } from '../changes/schema.ts';
import { CustomFieldValue, customFieldValues } from '../custom-fields/schema.ts';
import { valueMap } from '../custom-fields/values.ts';
import { equals } from '../database/conditions.ts';
import { builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import { outputFields, recordFields } from '../graphql/fields.ts';
import { listField } from '../graphql/kind.ts';
import { Node } from '../graphql/node.ts';
import { lookedUp, lookUp } from '../graphql/records.ts';
import { ClientContact, ClientContactConnection } from '../graphql/refs.ts';
import { contactKind } from './contacts.ts';
import { contactFields } from './fields.ts';
import { CONTACT_LISTS } from './filter.ts';

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

const ClientContactKey = builder.inputType('ClientContactKey', {
  description: 'Identifies a contact. Provide exactly one field.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'The id.' }),
    trackingId: t.string({ description: 'The tracking ID, case-sensitive.' }),
  }),
});

builder.queryField('clientContact', (t) =>
  t.field({
    type: ClientContact,
    nullable: true,
    description:
      'Returns one contact, or null if there is none. The keys of a merged contact return the contact that it was merged into.',
    access: 'CONTACT',
    args: { by: t.arg({ type: ClientContactKey, required: true, description: 'The key to look up.' }) },
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
  description: 'The contacts of the firm. Ordered by last name by default.',
});
