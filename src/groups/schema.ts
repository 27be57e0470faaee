/** Client groups in the schema. */
import { builder } from '../graphql/builder.ts';
import { namedSchema } from '../graphql/named.ts';
import { MANY_AT_ONCE } from '../graphql/records.ts';
import { ClientGroup } from '../graphql/refs.ts';
import { clientGroupKind, DEFAULT_GROUP_NAME } from './groups.ts';

namedSchema({
  ref: ClientGroup,
  kind: clientGroupKind,
  description: 'A group of clients. Every client is in one.',
  list: 'clientGroups',
  removal: `Deletes a client group; its clients move to ${DEFAULT_GROUP_NAME}, which itself cannot be deleted. ${MANY_AT_ONCE}`,
});

builder.objectField(ClientGroup, 'isDefault', (t) =>
  t.column('isDefault', {
    type: 'Boolean',
    description: `Whether it is the group ${DEFAULT_GROUP_NAME}, which takes clients of no other group and can be neither deleted nor renamed.`,
  }),
);
