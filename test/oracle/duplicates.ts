/** Groups of records that share a value, found by comparing all records. */
import type { Client, ClientContact } from '../../src/database/generated/sqlite/client.ts';
import { fold } from '../../src/fields/fold.ts';
import { refuse } from './context.ts';
import { type Connection, compareText, type Order, type PageArgs, pageFaults, pageOf } from './lists.ts';

export type Reason = 'NAME' | 'EMAIL' | 'PHONE';

/** The most records that a group shows. */
const MEMBERS_MAX = 50;

interface Group<Row> {
  key: string;
  value: string;
  count: number;
  clients: Row[];
  contacts: Row[];
}

const digits = (phone: string | null) => (phone ?? '').replace(/\D/g, '');
const folded = (text: string | null) => fold((text ?? '').trim());

function valuesOfClient(client: Client, by: Reason): string[] {
  if (by === 'NAME') return [fold(client.name)];
  if (by === 'EMAIL') return client.email === null ? [] : [fold(client.email)];
  return [client.phone, client.altPhone].map(digits).filter(Boolean);
}

function valuesOfContact(contact: ClientContact, by: Reason): string[] {
  if (by === 'NAME') return [`${folded(contact.firstName)}\n${folded(contact.lastName)}`];
  if (by === 'EMAIL') return contact.email === null ? [] : [fold(contact.email)];
  // Numbers of fewer digits are extensions.
  return [contact.phoneHome, contact.phoneMobile, contact.phoneOffice].map(digits).filter(({ length }) => length >= 7);
}

const byKey = <Row>(): Order<Group<Row>> => [{ name: 'value', of: ({ key }) => key, descending: false }];

function groups<Row extends { id: string }>(
  rows: readonly Row[],
  valuesOf: (row: Row) => string[],
  args: PageArgs,
): Connection<Group<Row>> {
  const byValue = new Map<string, Row[]>();
  for (const row of rows.toSorted((one, other) => compareText(one.id, other.id))) {
    for (const value of new Set(valuesOf(row))) byValue.set(value, [...(byValue.get(value) ?? []), row]);
  }
  const shared = [...byValue].filter(([, members]) => members.length > 1);
  const all = shared.map(([key, members]): Group<Row> => {
    const oldest = members.slice(0, MEMBERS_MAX);
    return { key, value: key.replace('\n', ' ').trim(), count: members.length, clients: oldest, contacts: oldest };
  });
  refuse(pageFaults(args, byKey<Row>()));
  return pageOf(all, byKey<Row>(), args);
}

export function clientDuplicates(clients: readonly Client[], by: Reason, args: PageArgs) {
  return groups(clients, (client) => valuesOfClient(client, by), args);
}

export function contactDuplicates(contacts: readonly ClientContact[], by: Reason, args: PageArgs) {
  return groups(contacts, (contact) => valuesOfContact(contact, by), args);
}
