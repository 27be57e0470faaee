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
    'The client whose contact it is. Alone it places the contact at the primary location of the client, which is its first unless changed.',
    'Client',
    { required: true },
  ),
  locationId: reference("The client's location where the contact is. It tells the client too.", 'ClientLocation', {
    required: true,
  }),
  roleId: reference('What the contact does: a role that is available for contacts.', 'ContactRole', { required: true }),
  ...identityFields('contact'),
  firstName: text('Given name.', { max: 255 }),
  middleName: text('Middle name or initials.', { max: 255 }),
  lastName: text('Family name.', { max: 255, required: true }),
  title: text('Position, such as Claims adjuster.', { max: 255 }),
  email: format('email', 'E-mail address.'),
  address,
  phoneHome: phone('Home phone, free text.'),
  phoneMobile: phone('Mobile phone, free text.'),
  phoneOffice: phone('Office phone, free text.'),
  phoneFax: phone('Fax, free text.'),
  language: format('language', 'Language to be addressed in.'),
  birthday: format('date', 'Birthday.'),
  accountCode: text('Code of the account in other books.', { max: 255 }),
  notes: text('Notes that the contact may see.', { max: 65_536 }),
  adminNotes: text('Notes of the firm, never shown to the contact.', { max: 65_536 }),
  salespersonId: reference('The employee who sells to the contact.', 'Employee', { as: 'their salesperson' }),
  customFields: customFields("Values of the firm's own fields for contacts.", { maxItems: FIELDS_MAX }),
} as const;

declare module '../database/model.ts' {
  interface JsonColumns {
    /** By the numbers of the fields. */
    ClientContact: { customFields: Values };
  }
}
