/** Clients in the schema: the type, the queries and the mutations. The rules are in clients.ts. */
import { historyField } from '../changes/schema.ts';
import { CustomFieldFilter, CustomFieldValue, customFieldValues } from '../custom-fields/schema.ts';
import { valueMap } from '../custom-fields/values.ts';
import { and, type Condition, equals } from '../database/conditions.ts';
import type { Row } from '../database/database.ts';
import { readRows } from '../database/read.ts';
import { InvalidInput } from '../errors.ts';
import { builder } from '../graphql/builder.ts';
import { connectionOf, pageArgs, readConnection } from '../graphql/connection.ts';
import type { Context } from '../graphql/context.ts';
import { describe, enumOf, type InputBuilder, inputFields, outputFields, recordFields } from '../graphql/fields.ts';
import {
  BooleanFilter,
  DateFilter,
  DateTimeFilter,
  enumFilter,
  IdFilter,
  IntFilter,
  ListFilter,
  OrderDirection,
  TextFilter,
} from '../graphql/filters.ts';
import { Node } from '../graphql/node.ts';
import { payloadRow } from '../graphql/payload.ts';
import { type FieldSource, rowReadOf } from '../graphql/selection.ts';
import { ClientGroup } from '../groups/schema.ts';
import type { FilterInput } from '../records/filters.ts';
import { Issues } from '../records/parse.ts';
import type { Values } from '../records/patch.ts';
import { createClient, deleteClient, patchClient, restoreClient, upsertClient } from './clients.ts';
import { clientFields } from './fields.ts';
import { CLIENT_ORDERS, type ClientOrderField, clientCondition, clientOrder, clientSearch } from './filter.ts';

/** The definitions of the firm's client fields, which access.ts has put in place. */
const definitions = (context: Context) => context.definitions?.CLIENT ?? [];

export const Client = builder.objectRef<Row>('Client').implement({
  description: 'A person or organisation that the firm serves.',
  interfaces: [Node],
  extensions: { type: { model: 'Client' } },
  fields: (t) => ({
    ...outputFields(t, clientFields),
    clientGroup: t.field({
      type: ClientGroup,
      description: 'The group that the client is in.',
      extensions: { source: { one: 'clientGroup' } satisfies FieldSource },
      resolve: (client) => client[':clientGroup'] as Row,
    }),
    customFields: t.field({
      type: 'JSONObject',
      description:
        "The firm's own fields as a map: every live field by its key, in their order; those without a value are null.",
      extensions: { source: { columns: ['customFields'] } satisfies FieldSource },
      resolve: (client, _args, context) => valueMap(definitions(context), client.customFields as Values),
    }),
    customFieldValues: t.field({
      type: [CustomFieldValue],
      description: "The firm's own fields as typed values, in their order; options come as objects.",
      extensions: { source: { columns: ['customFields'] } satisfies FieldSource },
      resolve: (client, _args, context) => customFieldValues(definitions(context), client.customFields as Values),
    }),
    history: historyField(t, 'client'),
    ...recordFields(t, 'client'),
  }),
});

const ClientConnection = connectionOf('Client', Client, 'clients');

const ExternalIdKey = builder.inputType('ExternalIdKey', {
  description: 'An id in another system.',
  fields: (t) => ({
    system: t.string({ required: true, description: 'The system, in lower case.' }),
    id: t.string({ required: true, description: 'The id there, matched exactly.' }),
  }),
});

const ClientKey = builder.inputType('ClientKey', {
  description: 'How a client is looked up: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'By its id.' }),
    trackingId: t.string({ description: 'By its tracking ID, matched exactly.' }),
    externalId: t.field({ type: ExternalIdKey, description: 'By an id in another system.' }),
  }),
});

const ClientStatusFilter = enumFilter(
  'ClientStatusFilter',
  enumOf(clientFields.status.name, clientFields.status.values, clientFields.status.description),
  'a status',
);
const InvitationStatusFilter = enumFilter(
  'InvitationStatusFilter',
  enumOf(
    clientFields.invitationStatus.name,
    clientFields.invitationStatus.values,
    clientFields.invitationStatus.description,
  ),
  'an invitation status',
);

const AddressFilter = builder.inputType('AddressFilter', {
  description: 'Conditions on the parts of an address.',
  fields: (t) => ({
    city: t.field({ type: TextFilter, description: 'City or post town.' }),
    region: t.field({ type: TextFilter, description: 'State, county or province.' }),
    postalCode: t.field({ type: TextFilter, description: 'Postal or ZIP code.' }),
    country: t.field({ type: IdFilter, description: 'Country as ISO 3166-1 alpha-2.' }),
  }),
});

const PersonFilter = builder.inputType('PersonFilter', {
  description: 'Conditions on the private person that a client is.',
  fields: (t) => ({
    firstName: t.field({ type: TextFilter, description: 'Given name.' }),
    lastName: t.field({ type: TextFilter, description: 'Family name.' }),
    dateOfBirth: t.field({ type: DateFilter, description: 'Date of birth.' }),
  }),
});

const ExternalIdFilter = builder.inputType('ExternalIdFilter', {
  description: 'Conditions on the id in one other system. With the system alone: clients that have any id there.',
  fields: (t) => ({
    system: t.string({ required: true, description: 'The system, in lower case.' }),
    equals: t.string({ description: 'The id is this.' }),
    in: t.stringList({ description: 'The id is one of these.' }),
    isNull: t.boolean({ description: 'true: clients without an id in the system.' }),
  }),
});

const ClientFilter = builder.inputRef<FilterInput>('ClientFilter');
ClientFilter.implement({
  description: 'Which clients. All conditions that are given must hold; `and`, `or` and `not` compose them.',
  fields: (t) => ({
    and: t.field({ type: [ClientFilter], description: 'All of these hold. An empty list always does.' }),
    or: t.field({ type: [ClientFilter], description: 'At least one of these holds. An empty list never does.' }),
    not: t.field({ type: ClientFilter, description: 'This does not hold.' }),
    id: t.field({ type: IdFilter, description: 'By id.' }),
    trackingId: t.field({ type: TextFilter, description: 'By tracking ID.' }),
    name: t.field({ type: TextFilter, description: 'By name.' }),
    status: t.field({ type: ClientStatusFilter, description: 'By status.' }),
    active: t.field({ type: BooleanFilter, description: 'By whether it is active.' }),
    invitationStatus: t.field({ type: InvitationStatusFilter, description: 'By invitation status.' }),
    tags: t.field({ type: ListFilter, description: 'By tags.' }),
    clientGroupId: t.field({ type: IdFilter, description: 'By client group.' }),
    websiteUrl: t.field({ type: TextFilter, description: 'By web site.' }),
    inceptionDate: t.field({ type: DateFilter, description: 'By the first day as a client.' }),
    terminatedDate: t.field({ type: DateFilter, description: 'By the last day as a client.' }),
    address: t.field({ type: AddressFilter, description: 'By address.' }),
    timezone: t.field({ type: IdFilter, description: 'By time zone.' }),
    externalId: t.field({ type: ExternalIdFilter, description: 'By an id in another system.' }),
    npsScore: t.field({ type: IntFilter, description: 'By net promoter score.' }),
    emailAddress: t.field({ type: TextFilter, description: 'By e-mail address.' }),
    telephoneNumber: t.field({ type: IdFilter, description: 'By telephone number.' }),
    altTelephoneNumber: t.field({ type: IdFilter, description: 'By the other telephone number.' }),
    companyName: t.field({ type: TextFilter, description: 'By company.' }),
    assignedSalesRepName: t.field({ type: TextFilter, description: "By the sales representative's name." }),
    person: t.field({ type: PersonFilter, description: 'By the person that the client is.' }),
    customFields: t.field({ type: [CustomFieldFilter], description: "By the firm's own fields. All of these hold." }),
    createdAt: t.field({ type: DateTimeFilter, description: 'By the time of creation.' }),
    updatedAt: t.field({ type: DateTimeFilter, description: 'By the time of the last change.' }),
  }),
});

const ClientOrder = builder.inputType('ClientOrder', {
  description: 'A term of an order of clients.',
  fields: (t) => ({
    field: t.field({
      type: enumOf(
        'ClientOrderField',
        Object.fromEntries(Object.entries(CLIENT_ORDERS).map(([name, { says }]) => [name, says])),
        'What clients can be ordered by. Ties are broken by the id.',
      ),
      required: true,
      description: 'By what.',
    }),
    direction: t.field({ type: OrderDirection, required: true, defaultValue: 'ASC', description: 'Which way.' }),
  }),
});

builder.queryField('client', (t) =>
  t.field({
    type: Client,
    nullable: true,
    description: 'One client; null when there is none.',
    args: { by: t.arg({ type: ClientKey, required: true, description: 'How it is found.' }) },
    resolve: async (_, { by }, context, info) => {
      const where = and(equals('firmId', context.viewer.firmId), keyCondition(by));
      const [row] = await readRows(
        context.database,
        rowReadOf(info.schema.getType('Client') as never, info, context),
        where,
      );
      return row ?? null;
    },
  }),
);

type Key = { id?: string | null; trackingId?: string | null; externalId?: { system: string; id: string } | null };

function keyCondition(by: Key): Condition {
  if (typeof by.id === 'string') return equals('id', storable(by.id));
  if (typeof by.trackingId === 'string') return equals('trackingId', storable(by.trackingId));
  return {
    is: 'exists',
    model: 'ClientExternalId',
    on: { firmId: 'firmId', clientId: 'id' },
    where: and(equals('system', storable(by.externalId?.system)), equals('externalId', storable(by.externalId?.id))),
  };
}

/** A text that no record can have is looked for as the empty one, which none has either: Postgres takes no NUL. */
function storable(text: string | undefined): string {
  return text?.isWellFormed() && !text.includes('\u0000') ? text : '';
}

builder.queryField('clients', (t) =>
  t.field({
    type: ClientConnection,
    description: 'Clients of the firm: by name, unless ordered otherwise.',
    args: {
      ...pageArgs(),
      filter: t.arg({ type: ClientFilter, description: 'Which clients.' }),
      orderBy: t.arg({ type: [ClientOrder], description: 'In which order: by the first term, ties by the next.' }),
      search: t.arg.string({
        description:
          'Words that must each be part of the name, e-mail, company, tracking ID or an external id, without regard to case.',
      }),
    },
    resolve: (_, { filter, orderBy, search, ...page }, context, info) => {
      const issues = new Issues();
      const order = clientOrder(
        (orderBy ?? []) as { field: ClientOrderField; direction: 'ASC' | 'DESC' }[],
        ['orderBy'],
        issues,
      );
      const where = and(
        equals('firmId', context.viewer.firmId),
        filter ? clientCondition(filter, definitions(context), ['filter'], issues) : and(),
        typeof search === 'string' ? clientSearch(search, ['search'], issues) : and(),
      );
      if (issues.list.length > 0) throw new InvalidInput(issues.list);
      return readConnection(page, order, where, info, context);
    },
  }),
);

const { trackingId, ...otherFields } = clientFields;

const clientInput =
  (way: 'create' | 'patch', required: readonly string[] = []) =>
  (t: InputBuilder) =>
    inputFields(t, clientFields, way, required);

const CreateClientInput = builder.inputType('CreateClientInput', {
  description: 'A new client.',
  fields: clientInput('create'),
});

const UpsertClientInput = builder.inputType('UpsertClientInput', {
  description:
    'A client as another system knows it, found by its trackingId. Created when there is none: then `name` is required and defaults hold. Else patched: what is left out is kept.',
  fields: (t) => ({
    trackingId: t.string({ required: true, description: describe(trackingId) }),
    ...inputFields(t, otherFields, 'patch'),
  }),
});

const PatchClientInput = builder.inputType('PatchClientInput', {
  description:
    'Changes of a client: what is left out is kept, null clears what may be empty, a list is replaced whole, an object is merged.',
  fields: clientInput('patch'),
});

const UpsertResult = builder.enumType('UpsertResult', {
  description: 'What an upsert did.',
  values: {
    CREATED: { description: 'There was no such record; it was created.' },
    UPDATED: { description: 'The record was there; what differed was changed.' },
  } as const,
});

interface ClientPayload {
  client: Row;
  result?: 'CREATED' | 'UPDATED';
  changedFields?: string[];
}

function payload(name: string, description: string, shows: { result?: boolean; changedFields?: boolean } = {}) {
  return builder.objectRef<ClientPayload>(name).implement({
    description,
    fields: (t) => ({
      client: t.field({ type: Client, description: 'The client.', resolve: (result) => result.client }),
      ...(shows.result
        ? {
            result: t.field({
              type: UpsertResult,
              description: 'What was done.',
              resolve: (done) => done.result ?? 'UPDATED',
            }),
          }
        : {}),
      ...(shows.changedFields
        ? {
            changedFields: t.stringList({
              description: 'The fields that really changed, by their input names. Empty when the call changed nothing.',
              resolve: (done) => done.changedFields ?? [],
            }),
          }
        : {}),
    }),
  });
}

/** A payload with its client as it is selected. */
async function answered<T extends ClientPayload>(
  saved: T,
  info: Parameters<typeof payloadRow>[3],
  context: Context,
): Promise<T> {
  return { ...saved, client: await payloadRow('client', 'Client', saved.client, info, context) };
}

builder.mutationField('createClient', (t) =>
  t.field({
    type: payload('CreateClientPayload', 'The client that was created.'),
    nullable: true,
    description: 'Creates a client. DUPLICATE when its trackingId is taken.',
    args: {
      input: t.arg({ type: CreateClientInput, required: true, description: 'The client.' }),
      idempotencyKey: t.arg.string({
        description:
          'A text of your choice, 1 to 255 printable ASCII characters. The same call again with the same key answers the client made by the first; with another input it is a CONFLICT.',
      }),
    },
    resolve: async (_, { input, idempotencyKey }, context, info) =>
      answered(await createClient(context, input, idempotencyKey), info, context),
  }),
);

builder.mutationField('upsertClient', (t) =>
  t.field({
    type: payload('UpsertClientPayload', 'The client, and what was done to it.', { result: true, changedFields: true }),
    nullable: true,
    description:
      'Creates the client with this trackingId, or patches it. Safe to repeat, and at the same time: one client comes of it, and a replay changes nothing. A deleted client is restored.',
    args: { input: t.arg({ type: UpsertClientInput, required: true, description: 'The client.' }) },
    resolve: async (_, { input }, context, info) => answered(await upsertClient(context, input), info, context),
  }),
);

builder.mutationField('patchClient', (t) =>
  t.field({
    type: payload('PatchClientPayload', 'The client as it is now.', { changedFields: true }),
    nullable: true,
    description: 'Changes a client: only what is sent.',
    args: {
      id: t.arg.id({ required: true, description: 'The client.' }),
      input: t.arg({ type: PatchClientInput, required: true, description: 'What changes.' }),
      expectedRevision: t.arg.int({
        description: 'The revision that the change was made for: CONFLICT when the client is at another.',
      }),
    },
    resolve: async (_, { id, input, expectedRevision }, context, info) =>
      answered(await patchClient(context, id, input, expectedRevision), info, context),
  }),
);

builder.mutationField('deleteClient', (t) =>
  t.field({
    type: payload('DeleteClientPayload', 'The client as it was.'),
    nullable: true,
    description:
      'Deletes a client: it is found no more, until restoreClient, or an upsert of its trackingId, brings it back.',
    args: { id: t.arg.id({ required: true, description: 'The client.' }) },
    resolve: async (_, { id }, context, info) => answered({ client: await deleteClient(context, id) }, info, context),
  }),
);

builder.mutationField('restoreClient', (t) =>
  t.field({
    type: payload('RestoreClientPayload', 'The client that is back.'),
    nullable: true,
    description:
      'Brings a deleted client back as it was. IDENTIFIER_CONFLICT when an external id of it was given to another client meanwhile.',
    args: { id: t.arg.id({ required: true, description: 'The client.' }) },
    resolve: async (_, { id }, context, info) => answered(await restoreClient(context, id), info, context),
  }),
);
