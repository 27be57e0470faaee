/**
 * Trackops keeps contacts at its clients' locations, each with a role. It refuses a contact of the same name as another
 * unless the body allows that. So it is here. Its numbers are external ids of the system `trackops`.
 */
import { glimpse } from '../fields/parse.ts';
import { byNumber, envelope, ownNumber, same } from './forms.ts';
import { type Form, line, mapping } from './mapping.ts';

const SYSTEM = 'trackops';
const numbered = byNumber(SYSTEM);

/** Countries whose states are codes of two or three characters. Elsewhere they are text. */
const CODED: readonly unknown[] = ['US', 'CA', 'AU'];
const isState = (state: unknown, country: unknown) =>
  !CODED.includes(typeof country === 'string' ? country.toUpperCase() : country) ||
  (typeof state === 'string' && /^[A-Za-z]{2,3}$/.test(state));

const state: Form = {
  says: 'as it is; in the US, CA and AU only a code of two or three letters',
  read: (value, report, { country }) =>
    isState(value, country)
      ? value
      : report(`must be a code of two or three letters in ${CODED.join(', ')}, not ${glimpse(value)}`),
  write: (value, { country }) => (isState(value, country) ? value : undefined),
};

export const trackops = mapping({
  name: SYSTEM,
  title: 'Trackops',
  entity: 'contact',
  withoutKey: 'CREATED',
  foundBy: [SYSTEM],
  lines: [
    line('allow_duplicates', 'allowDuplicates', same, 'Whether another contact may have the same name.'),
    line('contact', '', envelope),
    line('contact.id', `externalIds.${SYSTEM}`, ownNumber, "Finds the contact. In an update's path, not in its body."),
    line('contact.client_id', 'location', numbered, 'A location, in spite of its name.'),
    line('contact.role_id', 'role', numbered),
    line('contact.first_name', 'firstName', same),
    line('contact.middle_name', 'middleName', same),
    line('contact.last_name', 'lastName', same),
    line('contact.title', 'title', same),
    line('contact.email', 'email', same),
    line('contact.address_1', 'address.line1', same),
    line('contact.address_2', 'address.line2', same),
    line('contact.address_3', 'address.line3', same),
    line('contact.city', 'address.city', same),
    line('contact.state', 'address.region', state),
    line('contact.zip', 'address.postalCode', same),
    line('contact.country', 'address.country', same),
    line('contact.phone_home', 'phoneHome', same),
    line('contact.phone_mobile', 'phoneMobile', same),
    line('contact.phone_office', 'phoneOffice', same),
    line('contact.phone_fax', 'phoneFax', same),
    line('contact.language', 'language', same),
    line('contact.birthday', 'birthday', same),
    line('contact.account_code', 'accountCode', same),
    line('contact.notes', 'notes', same, 'The contact may see them.'),
    line('contact.admin_notes', 'adminNotes', same, 'The contact never sees them.'),
  ],
  noPlace: [
    ...[
      'client',
      'client_location',
      'role',
      'salesperson',
      'created_from',
      'created_to',
      'updated_from',
      'updated_to',
    ].map((theirs) => ({ theirs, reason: 'It filters lists of contacts, and is no part of a body.' })),
    { theirs: 'expand_field_values', reason: 'It asks for custom values in a list, and is no part of a body.' },
  ],
  lost: [
    '`allow_duplicates` belongs to the call and not to the contact.',
    '`client_id` and `role_id` are left out where our location or role has no number of the system `trackops`.',
    '`state` is left out where it is no code and the country is US, CA or AU.',
    "The contact's tracking ID, salesperson and custom fields have no documented field.",
  ],
});
