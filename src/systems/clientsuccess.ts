/**
 * ClientSuccess patches a client: only what is sent is set, and null clears. So it is here. It names its own records by
 * numbers, which ours hold as external ids of the system `clientsuccess`.
 */
import { isObject } from '../base/is-object.ts';
import { glimpse } from '../fields/parse.ts';
import { byName, byNumber, choice, country, eachOf, object, ownNumber, same, sameIfSet } from './forms.ts';
import { type Form, line, mapping } from './mapping.ts';

const SYSTEM = 'clientsuccess';
const numbered = byNumber(SYSTEM);

/** The four that its documents show. Of ours it lacks CLOSED. */
const status = choice({ ACTIVE: 'ACTIVE', INACTIVE: 'INACTIVE', TRIAL: 'TRIAL', TERMINATED: 'TERMINATED' });

/** Values by keys that end in `__cs`. */
const custom: Form = {
  says: 'each value under its key, which ends in `__cs`',
  read: (values, report) => {
    if (!isObject(values)) return report(`must be an object, not ${glimpse(values)}`);
    return eachOf(values, (value, key) =>
      key.endsWith('__cs') ? value : report('the keys of ClientSuccess end in __cs', value, [key]),
    );
  },
  write: (values) =>
    isObject(values) ? eachOf(values, (value, key) => (key.endsWith('__cs') ? value : undefined)) : undefined,
};

/** The list is replaced whole, so a member that cannot be mapped would be removed: then the list is left as it is. */
const team: Form = {
  says: 'each `employee.id` as the employee with that number, each `role` as it is',
  read: (members, report) => {
    if (!Array.isArray(members)) return report(`must be a list, not ${glimpse(members)}`);
    const made = members.map(member);
    const unclear = made.indexOf(undefined);
    if (unclear >= 0) {
      return report(`each must be { employee: { id: number }, role } and nothing else, and that at ${unclear} is not`);
    }
    return made;
  },
  write: (members) => {
    if (!Array.isArray(members)) return undefined;
    const made = members.map((one: unknown) => {
      const { employee, role } = isObject(one) ? one : {};
      const id = numbered.write(employee, {});
      return id === undefined ? undefined : { employee: { id }, role };
    });
    return made.includes(undefined) ? undefined : made;
  },
};

function member(sent: unknown) {
  if (!isObject(sent) || !isObject(sent.employee)) return undefined;
  const { employee, role, ...others } = sent;
  const { id, ...rest } = sent.employee;
  if (Object.keys(others).length + Object.keys(rest).length > 0) return undefined;
  const reference = numbered.read(id, () => undefined, {});
  return reference === undefined ? undefined : { employee: reference, role };
}

export const clientsuccess = mapping({
  name: SYSTEM,
  title: 'ClientSuccess',
  entity: 'client',
  withoutKey: 'REFUSED',
  foundBy: [SYSTEM, 'clientsuccess-uuid', 'external'],
  lines: [
    line(
      'id',
      `externalIds.${SYSTEM}`,
      ownNumber,
      "Finds the client. Not in the patch's body; other bodies point at it.",
    ),
    line(
      'uuid',
      'externalIds.clientsuccess-uuid',
      sameIfSet,
      "Finds the client where there is no `id`. In the patch's path.",
    ),
    line('custom', 'customFields', custom),
    line('name', 'name', same),
    line('siteUrl', 'websiteUrl', same),
    line('logoUrl', 'logoUrl', same),
    line('status', 'status', status),
    line('active', 'active', same),
    line('inceptionDate', 'inceptionDate', same),
    line('terminatedDate', 'terminatedDate', same),
    line('street', 'address.line1', same),
    line('city', 'address.city', same),
    line('state', 'address.region', same),
    line('zip', 'address.postalCode', same),
    line('country', 'address.country', country),
    line('region', 'region', object),
    line('region.id', 'region', numbered),
    line('region.name', 'region', byName, 'Names the region where there is no `region.id`.'),
    line('timezone', 'timezone', same),
    line('externalId', 'externalIds.external', same, 'Finds the client where there is neither `id` nor `uuid`.'),
    line('salesforceAccountId', 'externalIds.salesforce', same),
    line('zendeskId', 'externalIds.zendesk', same),
    line('freshdeskId', 'externalIds.freshdesk', same),
    line('usageId', 'externalIds.usage', same),
    line('stripeId', 'externalIds.stripe', same),
    line('externalStatusId', 'externalIds.status', same),
    line('npsScore', 'npsScore', same),
    line('note', 'note', same),
    line('createdByEmployeeId', 'createdBy', numbered),
    line('modifiedByEmployeeId', 'modifiedBy', numbered),
    line('managedByEmployeeId', 'assignedCsm', numbered),
    line('assignedSalesRepId', 'assignedSalesRep', numbered),
    line('assignedSalesRep', 'assignedSalesRepName', same),
    line('clientTypeId', 'type', byNumber(SYSTEM, { instead: null }), 'Overrides the title, as there.'),
    line('clientTypeTitle', 'type', byName, 'Names the type where `clientTypeId` is absent or null.'),
    line('successCycleId', 'successCycle', numbered),
    line('primaryContactId', 'primaryContact', numbered),
    line('parentClientId', 'parent', numbered),
    line('accTeamingRoles', 'accountTeam', team, 'When one member cannot be mapped, the whole list is left as it is.'),
  ],
  noPlace: [],
  lost: [
    'The query parameter of the patch, whose name is not documented, is no part of a body.',
    'The status CLOSED is left out: ClientSuccess has none like it.',
    'A country by its name comes back as its code.',
    'Numbers are left out where our record has none of the system `clientsuccess`; then `region` has its name alone, and `clientTypeId` is null, so that the title holds.',
    '`accTeamingRoles` is left out when an employee of the team has no number.',
    'Second and third lines of an address, and what ClientSuccess has no field for.',
  ],
});
