/** How clients are found: one by its keys, many by filter, order and search. */
import { and, type Condition, equals } from '../database/conditions.ts';
import { builder } from '../graphql/builder.ts';
import { listField } from '../graphql/kind.ts';
import { lookedUp, lookUp } from '../graphql/records.ts';
import { Client, ClientConnection } from '../graphql/refs.ts';
import { clientKind } from './clients.ts';
import { CLIENT_LISTS, hasExternalId } from './filter.ts';

const ExternalIdKey = builder.inputType('ExternalIdKey', {
  description: 'Identifies a client by its id in an external system.',
  fields: (t) => ({
    system: t.string({ required: true, description: 'Name of the system, in lower case.' }),
    id: t.string({ required: true, description: 'The id in that system, case-sensitive.' }),
  }),
});

const ClientKey = builder.inputType('ClientKey', {
  description: 'Identifies a client. Provide exactly one field.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'The id.' }),
    trackingId: t.string({ description: 'The tracking ID, case-sensitive.' }),
    externalId: t.field({ type: ExternalIdKey, description: 'The id in an external system.' }),
  }),
});

type Key = { id?: string | null; trackingId?: string | null; externalId?: { system: string; id: string } | null };

function keyCondition(by: Key): Condition {
  if (typeof by.id === 'string') return equals('id', lookedUp(by.id));
  if (typeof by.trackingId === 'string') return equals('trackingId', lookedUp(by.trackingId));
  const { system, id } = by.externalId ?? {};
  return hasExternalId(and(equals('system', lookedUp(system)), equals('externalId', lookedUp(id))));
}

builder.queryField('client', (t) =>
  t.field({
    type: Client,
    nullable: true,
    description:
      'Returns one client, or null if there is none. The keys of a merged client return the client that it was merged into.',
    access: 'CONTACT',
    args: { by: t.arg({ type: ClientKey, required: true, description: 'The key to look up.' }) },
    resolve: (_, { by }, context, info) => lookUp('Client', keyCondition(by), info, context),
  }),
);

listField(clientKind, CLIENT_LISTS, {
  name: 'clients',
  type: ClientConnection,
  description: 'The clients of the firm. Ordered by name by default.',
});
