/** The firm's own lists that clients and contacts point into: employees, roles, types, regions and success cycles. */
import { boolean } from '../fields/boolean.ts';
import { format, text } from '../fields/fields.ts';
import { fold } from '../fields/fold.ts';
import { INDEXED } from '../records/indexed.ts';
import { namedKind } from '../records/named.ts';
import { indexedSide } from '../records/save.ts';

/** Adds all of them. */
const schema = () => import('./schema.ts');

const name = (what: string) =>
  text(`Name of the ${what}. Unique within the firm, case-insensitive.`, { max: 255, required: true });

export const contactRoleKind = namedKind({
  model: 'ContactRole',
  what: 'contact role',
  plural: 'contact roles',
  prefix: 'role',
  schema,
  fields: {
    name: name('role'),
    availableForContacts: boolean('Whether the role can be assigned to contacts.', { default: true }),
  },
});

export const employeeKind = namedKind({
  model: 'Employee',
  what: 'employee',
  plural: 'employees',
  prefix: 'employee',
  schema,
  uniqueName: false,
  namedBy: 'nameAndEmail',
  fields: {
    name: text('Their name.', { max: 255, required: true }),
    email: format('email', 'Their e-mail address.'),
  },
  keys: { email: { indexed: INDEXED.employeeEmail } },
  sideRows: ({ firmId, id: entityId, email }) =>
    typeof email === 'string'
      ? [indexedSide({ firmId, entityId, field: INDEXED.employeeEmail, key: fold(email), number: null })]
      : [],
  uses: [{ model: 'Token', column: 'employeeId', what: 'tokens' }],
});

export const clientTypeKind = namedKind({
  model: 'ClientType',
  what: 'client type',
  plural: 'client types',
  prefix: 'type',
  schema,
  fields: { name: name('type') },
});

export const regionKind = namedKind({
  model: 'Region',
  what: 'region',
  plural: 'regions',
  prefix: 'region',
  schema,
  fields: { name: name('region') },
});

export const successCycleKind = namedKind({
  model: 'SuccessCycle',
  what: 'success cycle',
  plural: 'success cycles',
  prefix: 'cycle',
  schema,
  fields: { name: name('success cycle') },
});
