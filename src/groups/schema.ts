/** Client groups in the schema. */
import { builder } from '../graphql/builder.ts';
import { namedSchema } from '../graphql/named.ts';
import { MANY_AT_ONCE } from '../graphql/records.ts';
import { ClientGroup } from '../graphql/refs.ts';
import { clientGroupKind, DEFAULT_GROUP_NAME } from './groups.ts';

namedSchema({
  ref: ClientGroup,
  kind: clientGroupKind,
  description: 'A group of clients. Every client is in exactly one.',
  list: 'clientGroups',
  removal: `Deletes a client group. Its clients move to ${DEFAULT_GROUP_NAME}, which cannot be deleted. ${MANY_AT_ONCE}`,
});

builder.objectField(ClientGroup, 'isDefault', (t) =>
  t.column('isDefault', {
    type: 'Boolean',
    description: `Whether this is the group ${DEFAULT_GROUP_NAME}, which holds clients without another group. It cannot be renamed or deleted.`,
  }),
);
