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
export const person = object('Details of the private person, if the client is one.', 'Person', {
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
  name: text('Display name. Optional on create if `person` has a first and a last name.', {
    max: 255,
    required: true,
  }),
  status: choice(
    'Status of the client relationship.',
    'ClientStatus',
    {
      ACTIVE: 'The client is in good standing.',
      INACTIVE: 'The client is not currently served.',
      TRIAL: 'The client is on trial.',
      TERMINATED: 'The client has left.',
      CLOSED: 'The account is closed.',
    },
    'ACTIVE',
  ),
  active: boolean('Whether the client is currently served.', { default: true }),
  invitationStatus: choice(
    'Status of the portal invitation.',
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
    "The client group. Every client is in exactly one. Defaults to the firm's group Unassigned.",
    'ClientGroup',
    // When it is deleted, they move.
    { required: true, holds: false },
  ),
  note: text('Internal note, never shown to the client.', { max: 65_536 }),
  websiteUrl: format('url', 'Web site.'),
  logoUrl: format('url', 'Logo.'),
  avatarUrl: format('url', 'Avatar picture.'),
  inceptionDate: format('date', 'First day of the client relationship.'),
  terminatedDate: format('date', 'Last day of the client relationship. Must not be before `inceptionDate`.'),
  address,
  regionId: reference('The region of the client.', 'Region'),
  timezone: format('timezone', 'Time zone.'),
  externalIds,
  npsScore: integer('Net promoter score.', { min: -100, max: 100 }),
  email: format('email', 'E-mail address.'),
  phone: format('phone', 'Telephone number.'),
  altPhone: format('phone', 'Another telephone number.'),
  companyName: text('Company name, if it differs from `name`.', { max: 255 }),
  communicationPreferences: object(
    'Which channels the client has consented to be contacted by. null means not asked.',
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
  successCycleId: reference('The success cycle of the client.', 'SuccessCycle'),
  assignedCsmId: reference('The customer success manager.', 'Employee', { as: 'their CSM' }),
  assignedSalesRepId: reference('The sales representative.', 'Employee', { as: 'their sales representative' }),
  assignedSalesRepName: text('Name of the sales representative, if they have no employee record.', { max: 45 }),
  createdById: reference(
    'The employee who created the client. Defaults to the employee that the token acts for.',
    'Employee',
    {
      as: 'their creator',
    },
  ),
  modifiedById: reference(
    'The employee who last changed the client. Each change sets it to the employee that the token acts for, if any, unless the input sets it.',
    'Employee',
    { as: 'who modified them' },
  ),
  primaryContactId: reference('The primary contact. Must be a contact of this client.', 'ClientContact'),
  parentId: reference('The parent client. A client cannot be its own ancestor.', 'Client'),
  accountTeam: objectList('The account team: the employees who look after the client, in the order sent.', {
    name: 'AccountTeamMember',
    keyedBy: ['employeeId', 'role'],
    maxItems: 50,
    fields: {
      employeeId: reference('The employee.', 'Employee', { required: true }),
      role: text('Role of the employee on the team, such as Executive sponsor.', { max: 100, required: true }),
    },
  }),
  customFields: customFields('Custom field values.', { maxItems: FIELDS_MAX }),
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
