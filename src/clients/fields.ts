/** What a client is made of: the one place that its fields, limits and defaults are written down. */
import { FIELDS_MAX } from '../custom-values/types.ts';
import { address } from '../fields/address.ts';
import { boolean } from '../fields/boolean.ts';
import { choice } from '../fields/choice.ts';
import { customFields } from '../fields/custom-fields.ts';
import { format, integer, object, objectList, reference, text, textList } from '../fields/fields.ts';
import type { Values } from '../fields/patch.ts';
import { identityFields } from '../records/identity.ts';

const NATIONAL_INSURANCE = /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]$/;

/** The private person that a client is. */
export const person = object('The private person that the client is, where it is one.', 'Person', {
  title: text('Form of address, such as Ms or Dr.', { max: 50 }),
  firstName: text('Given name.', { max: 255 }),
  middleName: text('Middle name or initials.', { max: 255 }),
  lastName: text('Family name.', { max: 255 }),
  pronouns: text('Pronouns, such as she/her.', { max: 50 }),
  dateOfBirth: format('date', 'Date of birth.'),
  nationality: text('Nationality.', { max: 100 }),
  nationalInsuranceNumber: text("The UK's National Insurance number.", {
    max: 13,
    pattern: { test: NATIONAL_INSURANCE, says: 'a UK National Insurance number, such as AB123456C' },
  }),
  occupation: text('Occupation.', { max: 255 }),
});

const { trackingId, externalIds } = identityFields('client');

export const clientFields = {
  trackingId,
  name: text('The name it goes by. On create it may be left out when `person` has a first and a last name.', {
    max: 255,
    required: true,
  }),
  status: choice(
    'Where the client stands.',
    'ClientStatus',
    {
      ACTIVE: 'A client in good standing.',
      INACTIVE: 'Not served at present.',
      TRIAL: 'Trying the service.',
      TERMINATED: 'Has left.',
      CLOSED: 'The account is closed.',
    },
    'ACTIVE',
  ),
  active: boolean('Whether the client is to be shown among those served now.', { default: true }),
  invitationStatus: choice(
    'How far the invitation to the portal has come.',
    'InvitationStatus',
    {
      NOT_INVITED: 'No invitation was sent.',
      INVITED: 'An invitation was sent.',
      ACCEPTED: 'The invitation was accepted.',
      SEND_FAILED: 'The invitation could not be delivered.',
    },
    'NOT_INVITED',
  ),
  tags: textList('Labels.', { item: { min: 1, max: 100 }, maxItems: 250 }),
  clientGroupId: reference(
    "The group that the client is in; every client is in one. By default the firm's group Unassigned.",
    'ClientGroup',
    // When it is deleted, they move.
    { required: true, holds: false },
  ),
  note: text('Free text for the firm, never shown to the client.', { max: 65_536 }),
  websiteUrl: format('url', 'Web site.'),
  logoUrl: format('url', 'Logo.'),
  avatarUrl: format('url', 'Picture of a person.'),
  inceptionDate: format('date', 'First day as a client.'),
  terminatedDate: format('date', 'Last day as a client; not before inceptionDate.'),
  address,
  regionId: reference('The region that the client belongs to.', 'Region'),
  timezone: format('timezone', 'Time zone.'),
  externalIds,
  npsScore: integer('Net promoter score.', { min: -100, max: 100 }),
  email: format('email', 'E-mail address.'),
  phone: format('phone', 'Telephone number.'),
  altPhone: format('phone', 'Another telephone number.'),
  companyName: text('The company, where it is not the name.', { max: 255 }),
  communicationPreferences: object(
    'By which ways the client agreed to be approached; empty where it was not asked.',
    'CommunicationPreferences',
    {
      email: boolean('By e-mail.'),
      phone: boolean('By phone.'),
      sms: boolean('By text message.'),
      post: boolean('By post.'),
    },
  ),
  person,
  typeId: reference('The type of client.', 'ClientType'),
  successCycleId: reference('The success cycle that the client is on.', 'SuccessCycle'),
  assignedCsmId: reference('The customer success manager.', 'Employee', { as: 'their CSM' }),
  assignedSalesRepId: reference('The sales representative.', 'Employee', { as: 'their sales representative' }),
  assignedSalesRepName: text("The sales representative's name, where they are no employee of record.", { max: 45 }),
  createdById: reference('Who created the client; by default the employee that the token acts for.', 'Employee', {
    as: 'their creator',
  }),
  modifiedById: reference(
    'Who changed the client last; unless given, each change sets the employee that the token acts for, if any.',
    'Employee',
    { as: 'who modified them' },
  ),
  primaryContactId: reference('The contact to turn to first: one of this client.', 'ClientContact'),
  parentId: reference('The client that this one belongs to. No client may be above itself.', 'Client'),
  accountTeam: objectList('The employees who look after the client, in order.', {
    name: 'AccountTeamMember',
    keyedBy: ['employeeId', 'role'],
    maxItems: 50,
    fields: {
      employeeId: reference('The employee.', 'Employee', { required: true }),
      role: text('What they do for the client, such as Executive sponsor.', { max: 100, required: true }),
    },
  }),
  customFields: customFields("Values of the firm's own fields.", { maxItems: FIELDS_MAX }),
} as const;

declare module '../database/model.ts' {
  interface JsonColumns {
    Client: {
      tags: readonly string[];
      externalIds: readonly { system: string; id: string }[];
      accountTeam: readonly { employeeId: string; role: string }[];
      address: Values | null;
      person: Values | null;
      /** By the numbers of the fields. */
      customFields: Values;
    };
  }
}
