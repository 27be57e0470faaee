/** How clients are found: one by its keys, many by filter, order and search. */
import { and, type Condition, equals } from '../database/conditions.ts';
import { builder } from '../graphql/builder.ts';
import { readConnection } from '../graphql/connection.ts';
import { filterInput } from '../graphql/filters.ts';
import { lookedUp, lookUp, orderInput } from '../graphql/records.ts';
import { Client, ClientConnection } from '../graphql/refs.ts';
import { scopeOf } from '../graphql/scope.ts';
import { pageArgs } from '../pothos/index.ts';
import { composed } from '../records/filters.ts';
import { isIndexed, ORDER_BY, orderTerms } from '../records/lists.ts';
import { Issues } from '../records/parse.ts';
import { CLIENT_ORDERS, clientFilter, clientSearch, hasExternalId } from './filter.ts';

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

const ClientFilter = filterInput('ClientFilter', 'clients', clientFilter);
const ClientOrder = orderInput('ClientOrder', CLIENT_ORDERS, 'clients');

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

builder.queryField('clients', (t) =>
  t.field({
    type: ClientConnection,
    description: 'Clients of the firm: by name, unless ordered otherwise.',
    args: {
      ...pageArgs(builder),
      filter: t.arg({ type: ClientFilter, description: 'Which clients.' }),
      orderBy: t.arg({ type: [ClientOrder], description: ORDER_BY }),
      search: t.arg.string({
        description:
          'Words that must each be part of the name, e-mail, company, tracking ID or an external id, without regard to case.',
      }),
    },
    resolve: (_, { filter, orderBy, search, ...page }, context, info) => {
      const issues = new Issues();
      const order = orderTerms(CLIENT_ORDERS, orderBy ?? [], ['orderBy'], issues);
      const where = and(
        scopeOf(context.viewer, 'Client'),
        filter ? composed(clientFilter, filter, ['filter'], issues, context.definitions?.CLIENT ?? []) : and(),
        typeof search === 'string' ? clientSearch(search, ['search'], issues) : and(),
      );
      return readConnection(page, order, where, info, context, {
        ordered: isIndexed(CLIENT_ORDERS, orderBy ?? []),
        all: !filter && !search,
        faults: issues.list,
      });
    },
  }),
);
