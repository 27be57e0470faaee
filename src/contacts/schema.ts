/** Contacts in the schema. How they change is in mutations.ts, the rules in contacts.ts. */
import { historyField } from '../changes/schema.ts';
import { CustomFieldValue, customFieldValues } from '../custom-fields/schema.ts';
import { valueMap } from '../custom-fields/values.ts';
import { and, equals } from '../database/conditions.ts';
import { builder } from '../graphql/builder.ts';
import { readConnection } from '../graphql/connection.ts';
import type { Context } from '../graphql/context.ts';
import { outputFields, recordFields } from '../graphql/fields.ts';
import { filterInput } from '../graphql/filters.ts';
import { Node } from '../graphql/node.ts';
import { lookedUp, lookUp, orderInput } from '../graphql/records.ts';
import { ClientContact, ClientContactConnection } from '../graphql/refs.ts';
import { scopeOf } from '../graphql/scope.ts';
import { pageArgs } from '../pothos/index.ts';
import { composed } from '../records/filters.ts';
import { isIndexed, ORDER_BY, orderTerms } from '../records/lists.ts';
import { Issues } from '../records/parse.ts';
import { contactFields } from './fields.ts';
import { CONTACT_ORDERS, contactFilter, contactSearch } from './filter.ts';

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
    history: historyField(t, 'contact'),
    ...recordFields(t, 'contact', { portal: true }),
  }),
});

const ClientContactKey = builder.inputType('ClientContactKey', {
  description: 'How a contact is looked up: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'By its id.' }),
    trackingId: t.string({ description: 'By its tracking ID, matched exactly.' }),
  }),
});

const ClientContactFilter = filterInput('ClientContactFilter', 'contacts', contactFilter);
const ClientContactOrder = orderInput('ClientContactOrder', CONTACT_ORDERS, 'contacts');

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

builder.queryField('clientContacts', (t) =>
  t.field({
    type: ClientContactConnection,
    description: 'Contacts of the firm: by last name, unless ordered otherwise.',
    args: {
      ...pageArgs(builder),
      filter: t.arg({ type: ClientContactFilter, description: 'Which contacts.' }),
      orderBy: t.arg({ type: [ClientContactOrder], description: ORDER_BY }),
      search: t.arg.string({
        description:
          'Words that must each be part of a name, e-mail, tracking ID or account code, without regard to case.',
      }),
    },
    resolve: (_, { filter, orderBy, search, ...page }, context, info) => {
      const issues = new Issues();
      const order = orderTerms(CONTACT_ORDERS, orderBy ?? [], ['orderBy'], issues);
      const where = and(
        scopeOf(context.viewer, 'ClientContact'),
        filter ? composed(contactFilter, filter, ['filter'], issues, definitions(context)) : and(),
        typeof search === 'string' ? contactSearch(search, ['search'], issues) : and(),
      );
      return readConnection(page, order, where, info, context, {
        ordered: isIndexed(CONTACT_ORDERS, orderBy ?? []),
        all: !filter && !search,
        faults: issues.list,
      });
    },
  }),
);
