/** What a contact of a client is made of. */
import { FIELDS_MAX } from '../custom-values/types.ts';
import { address } from '../fields/address.ts';
import { customFields } from '../fields/custom-fields.ts';
import { format, reference, text } from '../fields/fields.ts';
import type { Values } from '../fields/patch.ts';
import { identityFields } from '../records/identity.ts';

/** Longest phone number of a contact. They are free text: `+1 404-555-5555 x501` is a real one. */
const phone = (description: string) => text(description, { max: 50 });

export const contactFields = {
  clientId: reference(
    "The client. Without `locationId`, the contact is placed at the client's primary location.",
    'Client',
    { required: true },
  ),
  locationId: reference('The location of the contact. Determines the client as well.', 'ClientLocation', {
    required: true,
  }),
  roleId: reference('The role of the contact. Must be available for contacts.', 'ContactRole', { required: true }),
  ...identityFields('contact'),
  firstName: text('Given name.', { max: 255 }),
  middleName: text('Middle name or initials.', { max: 255 }),
  lastName: text('Family name.', { max: 255, required: true }),
  title: text('Job title, such as Claims adjuster.', { max: 255 }),
  email: format('email', 'E-mail address.'),
  address,
  phoneHome: phone('Home phone number, in any format.'),
  phoneMobile: phone('Mobile phone number, in any format.'),
  phoneOffice: phone('Office phone number, in any format.'),
  phoneFax: phone('Fax number, in any format.'),
  language: format('language', 'Preferred language.'),
  birthday: format('date', 'Birthday.'),
  accountCode: text('Account code in an external accounting system.', { max: 255 }),
  notes: text('Notes visible to the contact.', { max: 65_536 }),
  adminNotes: text('Internal notes, never shown to the contact.', { max: 65_536 }),
  salespersonId: reference('The salesperson for the contact.', 'Employee', { as: 'their salesperson' }),
  customFields: customFields('Custom field values of the contact.', { maxItems: FIELDS_MAX }),
} as const;

declare module '../database/model.ts' {
  interface JsonColumns {
    /** By the numbers of the fields. */
    ClientContact: { customFields: Values };
  }
}
