/** Contacts in the schema. How they change is in mutations.ts, the rules in contacts.ts. */
import { historyField } from '../changes/schema.ts';
import { CustomFieldFilter, CustomFieldValue, customFieldValues } from '../custom-fields/schema.ts';
import { valueMap } from '../custom-fields/values.ts';
import { and, equals } from '../database/conditions.ts';
import { builder } from '../graphql/builder.ts';
import { pageArgs, readConnection } from '../graphql/connection.ts';
import type { Context } from '../graphql/context.ts';
import { outputFields, recordFields } from '../graphql/fields.ts';
import { CONDITIONS_BOUND, DateTimeFilter, IdFilter, TextFilter } from '../graphql/filters.ts';
import { Node } from '../graphql/node.ts';
import { lookedUp, lookUp, orderInput } from '../graphql/records.ts';
import {
  Client,
  ClientContact,
  ClientContactConnection,
  ClientLocation,
  ContactRole,
  Employee,
} from '../graphql/refs.ts';
import { oneField, theField } from '../graphql/relations.ts';
import { scopeOf } from '../graphql/scope.ts';
import type { FieldSource } from '../graphql/selection.ts';
import type { FilterInput } from '../records/filters.ts';
import { isIndexed, ORDER_BY, orderTerms } from '../records/lists.ts';
import { Issues } from '../records/parse.ts';
import type { Values } from '../records/patch.ts';
import { contactFields } from './fields.ts';
import { CONTACT_ORDERS, contactCondition, contactSearch } from './filter.ts';

/** The definitions of the firm's contact fields, which access.ts has put in place. */
const definitions = (context: Context) => context.definitions?.CLIENT_CONTACT ?? [];

/** What a portal user may not read of its own contact. */
const INTERNAL = ['adminNotes', 'trackingId', 'accountCode'];
const PORTAL_FIELDS = Object.keys(contactFields).filter((name) => !INTERNAL.includes(name));

ClientContact.implement({
  description: 'A person at a client.',
  interfaces: [Node],
  extensions: { type: { model: 'ClientContact' } },
  fields: (t) => ({
    ...outputFields(t, contactFields, PORTAL_FIELDS),
    client: theField(t, 'client', Client, 'The client.', { portal: true }),
    location: theField(t, 'location', ClientLocation, "The client's location where the contact is.", { portal: true }),
    role: theField(t, 'role', ContactRole, 'What the contact does.', { portal: true }),
    salesperson: oneField(t, 'salesperson', Employee, contactFields.salespersonId.description),
    customFields: t.field({
      type: 'JSONObject',
      description:
        "The firm's own fields for contacts as a map: every live field by its key, in their order; those without a value are null.",
      extensions: { source: { columns: ['customFields'] } satisfies FieldSource },
      resolve: (contact, _args, context) => valueMap(definitions(context), contact.customFields as Values),
    }),
    customFieldValues: t.field({
      type: [CustomFieldValue],
      description: "The firm's own fields for contacts as typed values, in their order; options come as objects.",
      extensions: { listSize: 'CLIENT_CONTACT', source: { columns: ['customFields'] } satisfies FieldSource },
      resolve: (contact, _args, context) => customFieldValues(definitions(context), contact.customFields as Values),
    }),
    history: historyField(t, 'ClientContact', 'contact'),
    ...recordFields(t, 'contact', true),
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

const ClientContactFilter = builder.inputRef<FilterInput>('ClientContactFilter');
ClientContactFilter.implement({
  description: 'Which contacts. All conditions that are given must hold; `and`, `or` and `not` compose them.',
  fields: (t) => ({
    and: t.field({
      type: [ClientContactFilter],
      description: `All of these hold. An empty list always does. ${CONDITIONS_BOUND}`,
    }),
    or: t.field({
      type: [ClientContactFilter],
      description: `At least one of these holds. An empty list never does. ${CONDITIONS_BOUND}`,
    }),
    not: t.field({ type: ClientContactFilter, description: 'This does not hold.' }),
    id: t.field({ type: IdFilter, description: 'By id.' }),
    trackingId: t.field({ type: TextFilter, description: 'By tracking ID.' }),
    firstName: t.field({ type: TextFilter, description: 'By given name.' }),
    lastName: t.field({ type: TextFilter, description: 'By family name.' }),
    email: t.field({ type: TextFilter, description: 'By e-mail address.' }),
    accountCode: t.field({ type: TextFilter, description: 'By account code.' }),
    clientId: t.field({ type: IdFilter, description: 'By client.' }),
    locationId: t.field({ type: IdFilter, description: 'By location.' }),
    roleId: t.field({ type: IdFilter, description: 'By role.' }),
    salespersonId: t.field({ type: IdFilter, description: 'By salesperson.' }),
    customFields: t.field({
      type: [CustomFieldFilter],
      description: `By the firm's own fields. All of these hold. ${CONDITIONS_BOUND}`,
    }),
    createdAt: t.field({ type: DateTimeFilter, description: 'By the time of creation.' }),
    updatedAt: t.field({ type: DateTimeFilter, description: 'By the time of the last change.' }),
  }),
});

const ClientContactOrder = orderInput('ClientContactOrder', CONTACT_ORDERS, 'contacts');

builder.queryField('clientContact', (t) =>
  t.field({
    type: ClientContact,
    nullable: true,
    description:
      'One contact; null when there is none. The keys of a contact that was merged find the one it was merged into.',
    extensions: { access: 'CONTACT' },
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
      ...pageArgs(),
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
        filter ? contactCondition(filter, definitions(context), ['filter'], issues) : and(),
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
