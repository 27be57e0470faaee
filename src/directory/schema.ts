/** The firm's own lists in the schema. */
import { namedSchema } from '../graphql/named.ts';
import { ClientType, ContactRole, Employee, Region, SuccessCycle } from '../graphql/refs.ts';
import { clientTypeKind, contactRoleKind, employeeKind, regionKind, successCycleKind } from './directory.ts';

namedSchema({
  ref: ContactRole,
  kind: contactRoleKind,
  description: 'A role that contacts can have, such as Claims adjuster.',
  list: 'contactRoles',
  // A contact may know what it is taken for.
  portal: ['name'],
});

namedSchema({
  ref: Employee,
  kind: employeeKind,
  description: 'An employee of the firm who looks after clients.',
  list: 'employees',
});

namedSchema({
  ref: ClientType,
  kind: clientTypeKind,
  description: 'A kind of client, such as Enterprise.',
  list: 'clientTypes',
});

namedSchema({
  ref: Region,
  kind: regionKind,
  description: 'A geographic region used to group clients.',
  list: 'regions',
});

namedSchema({
  ref: SuccessCycle,
  kind: successCycleKind,
  description: 'A plan for regular contact with clients.',
  list: 'successCycles',
});
