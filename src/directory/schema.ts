/** The firm's own lists in the schema. */

import type { RowFieldBuilder } from '../graphql/fields.ts';
import { BY_NAME, namedSchema } from '../graphql/named.ts';
import { ClientConnection, ClientType, ContactRole, Employee, Region, SuccessCycle } from '../graphql/refs.ts';
import { manyField } from '../graphql/relations.ts';
import { clientTypeKind, contactRoleKind, employeeKind, regionKind, successCycleKind } from './directory.ts';

/** The clients that point at a record by a relation. */
const clientsOf = (t: RowFieldBuilder, relation: string, description: string) =>
  manyField(t, relation, ClientConnection, 'Client', BY_NAME, description) as never;

namedSchema({
  ref: ContactRole,
  kind: contactRoleKind,
  description: 'What a contact does for its client, such as Claims adjuster.',
  plural: 'contact roles',
  list: 'contactRoles',
  // A contact may know what it is taken for.
  portal: ['name'],
});

namedSchema({
  ref: Employee,
  kind: employeeKind,
  description: 'A person of the firm who looks after clients.',
  plural: 'employees',
  list: 'employees',
  more: (t) => ({
    clients: clientsOf(t, 'csmOf', 'Clients whose customer success manager this is, by name.'),
    salesClients: clientsOf(t, 'salesRepOf', 'Clients whose sales representative this is, by name.'),
  }),
});

namedSchema({
  ref: ClientType,
  kind: clientTypeKind,
  description: 'A kind of client, such as Enterprise.',
  plural: 'client types',
  list: 'clientTypes',
  more: (t) => ({ clients: clientsOf(t, 'clients', 'Clients of this type, by name.') }),
});

namedSchema({
  ref: Region,
  kind: regionKind,
  description: 'A part of the world by which the firm divides its clients.',
  plural: 'regions',
  list: 'regions',
  more: (t) => ({ clients: clientsOf(t, 'clients', 'Clients of this region, by name.') }),
});

namedSchema({
  ref: SuccessCycle,
  kind: successCycleKind,
  description: 'A plan by which the firm keeps in touch with clients.',
  plural: 'success cycles',
  list: 'successCycles',
  more: (t) => ({ clients: clientsOf(t, 'clients', 'Clients on this cycle, by name.') }),
});
