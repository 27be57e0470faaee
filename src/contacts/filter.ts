/** From a contact filter, search and order to conditions and terms; and the columns these look at. Pure. */
import { customFieldsCondition } from '../custom-fields/filter.ts';
import type { Definition } from '../custom-fields/types.ts';
import type { Condition } from '../database/conditions.ts';
import type { OrderTerm } from '../database/read.ts';
import {
  composed,
  type FilterFields,
  type FilterInput,
  ordered,
  readInstant,
  readText,
  searching,
  textual,
} from '../records/filters.ts';
import { fold } from '../records/fold.ts';
import { foldedTexts, orderTerms } from '../records/lists.ts';
import type { Issues, Path } from '../records/parse.ts';
import type { Values } from '../records/patch.ts';

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

/** All of these are parts of `searchText`. */
const column = (name: string) => textual(name, { folded: name, of: name }, 'searchText');
const id = (name: string) => ordered(name, readText);

const contactFilterFields: FilterFields = {
  id: id('id'),
  trackingId: column('trackingId'),
  firstName: column('firstName'),
  lastName: column('lastName'),
  email: column('email'),
  accountCode: column('accountCode'),
  clientId: id('clientId'),
  locationId: id('locationId'),
  roleId: id('roleId'),
  salespersonId: id('salespersonId'),
  createdAt: ordered('createdAt', readInstant),
  updatedAt: ordered('updatedAt', readInstant),
};

/** The condition that a contact filter stands for. */
export function contactCondition(
  filter: FilterInput,
  definitions: readonly Definition[],
  path: Path,
  issues: Issues,
): Condition {
  return composed({ ...contactFilterFields, customFields: customFieldsCondition(definitions) }, filter, path, issues);
}

/** Contacts of which a name, e-mail, tracking ID or account code contains every word of the search. */
export const contactSearch = (search: string, path: Path, issues: Issues): Condition =>
  searching('searchText', search, path, issues);

/** What contacts can be ordered by. */
export const CONTACT_ORDERS = {
  NAME: {
    column: 'sortName',
    nullable: false,
    indexed: true,
    says: 'By last, first and middle name without regard to case, in code-point order.',
  },
  CREATED_AT: { column: 'createdAt', nullable: false, indexed: true, says: 'By the time of creation.' },
  UPDATED_AT: { column: 'updatedAt', nullable: false, indexed: true, says: 'By the time of the last change.' },
} as const;

/** The order of contacts within a client, and wherever none is asked for. */
export const CONTACTS_BY_NAME: readonly OrderTerm[] = orderTerms(CONTACT_ORDERS, [], [], undefined);
