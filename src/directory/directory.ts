/** The firm's own lists that clients and contacts point into: employees, roles, types, regions and success cycles. */
import { boolean, format, text } from '../records/fields.ts';
import { namedKind } from '../records/named.ts';

const name = (what: string) =>
  text(`What the ${what} is called: unique in the firm without regard to case.`, { max: 255, required: true });

export const contactRoleKind = namedKind({
  model: 'ContactRole',
  what: 'contact role',
  fields: {
    name: name('role'),
    availableForContacts: boolean('Whether contacts may be given this role.', { default: true }),
  },
  uses: [{ model: 'ClientContact', column: 'roleId', what: 'contacts' }],
});

export const employeeKind = namedKind({
  model: 'Employee',
  what: 'employee',
  uniqueName: false,
  fields: {
    name: text('Their name.', { max: 255, required: true }),
    email: format('email', 'Their e-mail address.'),
  },
  uses: [
    { model: 'Client', column: 'assignedCsmId', what: 'clients as their CSM' },
    { model: 'Client', column: 'assignedSalesRepId', what: 'clients as their sales representative' },
    { model: 'Client', column: 'createdById', what: 'clients as their creator' },
    { model: 'Client', column: 'modifiedById', what: 'clients as who modified them' },
    { model: 'ClientTeamMember', column: 'employeeId', what: 'places in account teams' },
    { model: 'ClientContact', column: 'salespersonId', what: 'contacts as their salesperson' },
    { model: 'ClientLocation', column: 'salespersonId', what: 'locations as their salesperson' },
    { model: 'Token', column: 'employeeId', what: 'tokens' },
  ],
});

export const clientTypeKind = namedKind({
  model: 'ClientType',
  what: 'client type',
  fields: { name: name('type') },
  uses: [{ model: 'Client', column: 'typeId', what: 'clients' }],
});

export const regionKind = namedKind({
  model: 'Region',
  what: 'region',
  fields: { name: name('region') },
  uses: [{ model: 'Client', column: 'regionId', what: 'clients' }],
});

export const successCycleKind = namedKind({
  model: 'SuccessCycle',
  what: 'success cycle',
  fields: { name: name('success cycle') },
  uses: [{ model: 'Client', column: 'successCycleId', what: 'clients' }],
});
