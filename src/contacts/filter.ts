/** From a contact filter, search and order to conditions and terms; and the columns these look at. Pure. */
import { customFieldsFilter } from '../custom-fields/filter.ts';
import type { Definition } from '../custom-values/types.ts';
import type { OrderBy } from '../database/model.ts';
import { fold } from '../fields/fold.ts';
import type { Values } from '../fields/patch.ts';
import { type FilterFields, filtersOn } from '../records/filters.ts';
import type { Lists } from '../records/kind.ts';
import { foldedTexts, orderTerms } from '../records/lists.ts';

/** The folded first and last name, by which twins know each other: without regard to case, outer spaces and normal form. */
export function nameKey(contact: Values): string {
  return [contact.firstName, contact.lastName].map((name) => fold(String(name ?? '').trim())).join('\n');
}

const FOLDED_TEXTS = {
  firstName: (contact: Values) => contact.firstName,
  lastName: (contact: Values) => contact.lastName,
  email: (contact: Values) => contact.email,
  trackingId: (contact: Values) => contact.trackingId,
  accountCode: (contact: Values) => contact.accountCode,
};

/** The columns of a contact that are made of its values. What only the firm may read is in none of them. */
export function derivedContactColumns(contact: Values): Values {
  const { firstName, middleName, lastName, email, trackingId, accountCode } = contact;
  const searched = [firstName, middleName, lastName, email, trackingId, accountCode];
  return {
    nameFolded: nameKey(contact),
    sortName: fold([lastName, firstName, middleName].map((name) => String(name ?? '').trim()).join('\n')),
    searchText: fold(searched.filter((text) => typeof text === 'string').join('\n')),
    folded: foldedTexts(FOLDED_TEXTS, contact),
  };
}

const on = filtersOn('ClientContact');
/** All of these are parts of `searchText`. */
const text = (column: keyof typeof FOLDED_TEXTS, says: string) =>
  on.text(column, says, { folded: { key: column }, within: 'searchText' });

/** The fields of ClientContactFilter. */
const contactFilter: FilterFields<readonly Definition[]> = {
  id: on.id('id', 'By id.'),
  trackingId: text('trackingId', 'By tracking ID.'),
  firstName: text('firstName', 'By given name.'),
  lastName: text('lastName', 'By family name.'),
  email: text('email', 'By e-mail address.'),
  accountCode: text('accountCode', 'By account code.'),
  client: on.reference('clientId', 'Client', 'By client.'),
  location: on.reference('locationId', 'ClientLocation', 'By location.'),
  role: on.reference('roleId', 'ContactRole', 'By role.'),
  salesperson: on.reference('salespersonId', 'Employee', 'By salesperson.'),
  customFields: customFieldsFilter,
  createdAt: on.instant('createdAt', 'Filters by creation time.'),
  updatedAt: on.instant('updatedAt', 'Filters by the time of the last change.'),
};

/** What contacts can be ordered by. */
const CONTACT_ORDERS = {
  NAME: {
    column: 'sortName',
    nullable: false,
    indexed: true,
    says: 'Last, first and middle name, case-insensitive, in code-point order.',
  },
  CREATED_AT: { column: 'createdAt', nullable: false, indexed: true, says: 'Creation time.' },
  UPDATED_AT: { column: 'updatedAt', nullable: false, indexed: true, says: 'Time of the last change.' },
} as const;

/** How contacts are listed. */
export const CONTACT_LISTS: Lists = {
  filter: contactFilter,
  orders: CONTACT_ORDERS,
  search: 'a name, e-mail, tracking ID or account code',
};

/** The order of contacts within a client, and wherever none is asked for. */
export const CONTACTS_BY_NAME: readonly OrderBy<'ClientContact'>[] = orderTerms(CONTACT_ORDERS, [], [], undefined);
