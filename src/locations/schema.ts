/** Client locations in the schema. */

import { historyField } from '../changes/schema.ts';
import { and } from '../database/sql/index.ts';
import { builder } from '../graphql/builder.ts';
import { readConnection } from '../graphql/connection.ts';
import { outputFields, PATCH_RULE_SAYS, recordFields } from '../graphql/fields.ts';
import { keyInput } from '../graphql/keys.ts';
import { changeFields, keyField } from '../graphql/kind.ts';
import { BY_NAME } from '../graphql/named.ts';
import { Node } from '../graphql/node.ts';
import { ClientLocation, ClientLocationConnection } from '../graphql/refs.ts';
import { scopeOf } from '../graphql/scope.ts';
import { pageArgs } from '../pothos/index.ts';
import { keyFrom } from '../records/addressed.ts';
import { keyCondition } from '../records/keys.ts';
import { kindNamed } from '../records/kind.ts';
import { locationFields, locationKind } from './locations.ts';

ClientLocation.implement({
  description: 'A location of a client. Every client has at least one.',
  interfaces: [Node],
  fields: (t) => ({
    ...outputFields(t, locationFields, ['name', 'address', 'isPrimary']),
    client: t.one('client', { portal: true, description: 'The client.' }),
    salesperson: t.one('salesperson', { nullable: true, description: locationFields.salespersonId.description }),
    history: historyField(t, 'ClientLocation', 'location'),
    ...recordFields(t, 'location', { portal: true }),
  }),
});

const CLIENT = kindNamed('Client');

builder.queryField('clientLocations', (t) =>
  t.field({
    type: ClientLocationConnection,
    description: 'The locations of all clients, or of one client, ordered by name.',
    access: 'CONTACT',
    args: {
      ...pageArgs(builder),
      client: t.arg({ type: keyInput(CLIENT), description: 'Returns only locations of this client.' }),
    },
    resolve: (_, { client, ...page }, context, info) => {
      const scope = scopeOf(context.viewer, 'ClientLocation');
      const ofClient = () =>
        keyCondition(CLIENT, [keyFrom(CLIENT, client ?? {}, ['client'])], context.viewer.firmId, 'clientId');
      const where = client ? and(scope, ofClient()) : scope;
      return readConnection(page, BY_NAME, where, info, context, { ordered: true, all: true });
    },
  }),
);

keyField(locationKind, ClientLocation, 'location');

changeFields(locationKind, ClientLocation, {
  noun: 'location',
  required: ['clientId', 'name'],
  stays: ['clientId'],
  says: {
    createInput: 'A further location of a client.',
    upsertInput: `A location as another system knows it. Created when there is none: then \`client\` and \`name\` are required. Otherwise patched: ${PATCH_RULE_SAYS}`,
    create: 'Adds a location to a client. DUPLICATE when its trackingId is taken.',
    patch: 'Patches a client location. Omitted fields keep their values.',
    delete:
      "Deletes a client location. Fails with CONFLICT if it has contacts or is the client's only location. If it was the primary location, the oldest remaining location becomes primary.",
  },
});
