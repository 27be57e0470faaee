/** ProConvey's clients are private persons with addresses in the UK. */
import { isObject } from '../base/is-object.ts';
import { choice, nameOfPerson, object, same, sameIfSet } from './forms.ts';
import { type Form, line, mapping } from './mapping.ts';

/**
 * One word of theirs is two of ours: whether the account is open, and how far the invitation has come.
 *
 * | ProConvey   | `status` | `invitationStatus` | written for                                              |
 * | ----------- | -------- | ------------------ | -------------------------------------------------------- |
 * | Active      | ACTIVE   | ACCEPTED           | ACTIVE, INACTIVE, TRIAL with an invitation ACCEPTED      |
 * | Invited     | ACTIVE   | INVITED            | the same three with INVITED                              |
 * | NotInvited  | ACTIVE   | NOT_INVITED        | the same three with NOT_INVITED                          |
 * | SendFailed  | ACTIVE   | SEND_FAILED        | the same three with SEND_FAILED                          |
 * | Closed      | CLOSED   | as it is           | CLOSED and TERMINATED, with any invitation           |
 */
const openOrClosed = choice(
  { Active: 'ACTIVE', Invited: 'ACTIVE', NotInvited: 'ACTIVE', SendFailed: 'ACTIVE', Closed: 'CLOSED' },
  { CLOSED: 'Closed', TERMINATED: 'Closed' },
);
const invitations = choice({
  Active: 'ACCEPTED',
  Invited: 'INVITED',
  NotInvited: 'NOT_INVITED',
  SendFailed: 'SEND_FAILED',
});
/** Written where `status` says nothing; a closed account says nothing of its invitation. */
const invitation: Form = {
  ...invitations,
  read: (value, report, beside) => (value === 'Closed' ? undefined : invitations.read(value, report, beside)),
};

/** An address of another country has no place in ProConvey: its parts would come back as of the UK. */
const ukPart: Form = {
  ...same,
  write: (value, { country = null }) => (country === null || country === 'GB' ? value : undefined),
};
const UK_PARTS = ['line_1', 'line_2', 'line_3', 'post_town', 'county', 'postcode', 'uprn'];
const ukCountry: Form = {
  says: '`GB`, where any part is set',
  read: (address) =>
    isObject(address) && UK_PARTS.some((part) => (address[part] ?? null) !== null) ? 'GB' : undefined,
  write: () => undefined,
  omitsNull: true,
};

export const proconvey = mapping({
  name: 'proconvey',
  title: 'ProConvey',
  entity: 'client',
  withoutKey: 'CREATED',
  foundBy: ['proconvey'],
  lines: [
    line('id', 'externalIds.proconvey', sameIfSet, 'Finds the client. In answers, not in the body of a create.'),
    line('title', 'person.title', same),
    line('firstName', 'person.firstName', same),
    line('middleName', 'person.middleName', same),
    line('lastName', 'person.lastName', same),
    line('lastName', 'name', nameOfPerson('firstName')),
    line('pronouns', 'person.pronouns', same),
    line('dob', 'person.dateOfBirth', same),
    line('nationality', 'person.nationality', same),
    line('niNumber', 'person.nationalInsuranceNumber', same),
    line('occupation', 'person.occupation', same),
    line('status', 'status', openOrClosed),
    line('status', 'invitationStatus', invitation, 'Closed leaves it as it is.'),
    line('emailAddress', 'email', same),
    line('telephoneNumber', 'phone', same),
    line('altTelephoneNumber', 'altPhone', same),
    line('companyName', 'companyName', same),
    line('avatarUrl', 'avatarUrl', same),
    line('communicationPreferences', 'communicationPreferences', object),
    line('communicationPreferences.email', 'communicationPreferences.email', same),
    line('communicationPreferences.phone', 'communicationPreferences.phone', same),
    line('communicationPreferences.sms', 'communicationPreferences.sms', same),
    line('communicationPreferences.post', 'communicationPreferences.post', same),
    line('address', 'address', object),
    line('address', 'address.country', ukCountry, 'ProConvey has no other addresses.'),
    line('address.line_1', 'address.line1', ukPart),
    line('address.line_2', 'address.line2', ukPart),
    line('address.line_3', 'address.line3', ukPart),
    line('address.post_town', 'address.city', ukPart),
    line('address.county', 'address.region', ukPart),
    line('address.postcode', 'address.postalCode', ukPart),
    line('address.uprn', 'address.uprn', ukPart),
  ],
  noPlace: [],
  lost: [
    'INACTIVE and TRIAL are written as their invitation says, and come back as ACTIVE; TERMINATED is written as Closed, and comes back as CLOSED. The invitation of a closed client is not written.',
    'Our `name` is not written: `firstName` and `lastName` tell it.',
    'An address of a country other than GB is left out. One without a country comes back as of GB.',
  ],
});
