/** How clients are found: one by its keys, many by filter, order and search. */
import { and, type Condition, equals } from '../database/sql/index.ts';
import { builder } from '../graphql/builder.ts';
import { listField } from '../graphql/kind.ts';
import { lookedUp, lookUp } from '../graphql/records.ts';
import { Client, ClientConnection } from '../graphql/refs.ts';
import { clientKind } from './clients.ts';
import { CLIENT_LISTS, hasExternalId } from './filter.ts';

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
      'One client; null when there is none. The keys of a client that was merged find the one it was merged into.',
    access: 'CONTACT',
    args: { by: t.arg({ type: ClientKey, required: true, description: 'How it is found.' }) },
    resolve: (_, { by }, context, info) => lookUp('Client', keyCondition(by), info, context),
  }),
);

listField(clientKind, CLIENT_LISTS, {
  name: 'clients',
  type: ClientConnection,
  description: 'Clients of the firm: by name, unless ordered otherwise.',
});
