/** The rules by which contacts change; their one write path is records/save.ts. Knows nothing of GraphQL. */
import { equals, type Row } from '../database/sql/index.ts';
import { fold } from '../fields/fold.ts';
import { unstorable } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { locationKind, primaryLocation } from '../locations/locations.ts';
import { INDEXED } from '../records/indexed.ts';
import { type KeyInput, noneBy } from '../records/keys.ts';
import { defineKind, type RecordKind, type RecordWrites, type SavePlan, type WriteOptions } from '../records/kind.ts';
import { type Lookups, lookup } from '../records/lookups.ts';
import { mergeRecords } from '../records/merge.ts';
import { createRecord, deleteRecord, patchRecord, trackingHolder, upsertUsually } from '../records/operations.ts';
import { findRecord, indexedSide, requirement } from '../records/save.ts';
import type { SideRow, Writer } from '../records/write.ts';
import { contactFields } from './fields.ts';
import { derivedContactColumns, nameKey } from './filter.ts';
import { contactMerge } from './merge.ts';
import { noLongerPrimary, primaryFlag } from './primary.ts';

/** How contacts are written: by what is common to all kinds, but for what happens to a primary contact. */
export const contactWrites = {
  create: (writer, input, options) => createRecord(writer, contactKind, input, options),
  upsert: (writer, by, input, options) => upsertUsually(writer, contactKind, by, input, options),
  patch: (writer, by, input, options) => patchRecord(writer, contactKind, by, input, options),
  delete: deleteContact,
  merge: (writer, source, target, input) => mergeRecords(writer, contactKind, source, target, input),
} satisfies RecordWrites;

export const contactKind: RecordKind = defineKind<RecordKind>({
  model: 'ClientContact',
  what: 'client contact',
  plural: 'contacts',
  prefix: 'contact',
  fields: contactFields,
  keys: { email: { indexed: INDEXED.contactEmail } },
  customFields: { entity: 'CLIENT_CONTACT', says: 'Contacts of clients.' },
  feed: { entity: 'CLIENT_CONTACT', says: 'A contact of a client.' },
  partOf: { field: 'clientId' },
  portal: { id: 'id' },
  bookkeeping: ['nameClaim'],
  claims: ['nameClaim'],
  uses: [{ model: 'Token', column: 'contactId', what: 'tokens' }],
  transfer: {
    name: 'contacts',
    elsewhere: { isPrimary: primaryFlag },
    claims: (contact) => [`name ${nameKey(contact)}`],
  },
  writes: contactWrites,
  merge: contactMerge,
  schema: () => import('./index.ts'),
  derived: derivedContactColumns,
  sideRows: reachedBy,
  rules: async (plan) => {
    await place(plan);
    await checkRole(plan);
    await claimName(plan);
  },
  ahead: lookAhead,
  holders: (plan) => trackingHolder(plan, 'contact'),
});

const ROLE = lookup('ContactRole', 'id', ['trackingId', 'availableForContacts']);
/** Twins by name, and how many of them an error may list beside the contact itself. */
const TWINS = lookup('ClientContact', 'nameFolded', ['id'], 21);

/** Reads what the rules of many new contacts look up. */
async function lookAhead(lookups: Lookups, contacts: readonly Values[]): Promise<void> {
  await Promise.all([
    lookups.ahead(
      ROLE,
      contacts.map(({ roleId }) => roleId),
    ),
    lookups.targets(
      'Employee',
      contacts.flatMap(({ salespersonId }) =>
        typeof salespersonId === 'string' && salespersonId ? [salespersonId] : [],
      ),
    ),
    lookups.ahead(TWINS, contacts.map(nameKey)),
  ]);
}

/** The e-mail and phones of a contact in a form in which probable twins share them. */
function reachedBy({ firmId, id: entityId, email, phoneHome, phoneMobile, phoneOffice }: Values): SideRow[] {
  const row = (field: number, key: string) => indexedSide({ firmId, entityId, field, key, number: null });
  // A fax may serve a whole office. Fewer than seven digits are an extension, not a number.
  const phones = [phoneHome, phoneMobile, phoneOffice].map((phone) => String(phone ?? '').replace(/\D/g, ''));
  const numbers = [...new Set(phones.filter((digits) => digits.length >= 7))];
  return [
    ...(typeof email === 'string' ? [row(INDEXED.contactEmail, fold(email))] : []),
    ...numbers.map((digits) => row(INDEXED.contactPhone, digits)),
  ];
}

/** A contact is at a location: the one given, or the primary one of the client given. */
async function place(plan: SavePlan): Promise<void> {
  const { writer, current, input, next, path, issues, pending, at, writes } = plan;
  const { clientId, locationId } = input;
  if (typeof next.locationId === 'string' && pending.has(next.locationId)) return;
  if (typeof locationId === 'string' && locationId !== current?.locationId) {
    const location = isNone(locationId) ? null : await findRecord(writer, locationKind, equals('id', locationId));
    // That there is none is told by the check of references.
    if (location && typeof clientId === 'string' && clientId !== location.clientId) {
      issues.add([...path, 'location'], 'is a location of another client than `client`');
    }
    if (location) {
      next.clientId = location.clientId;
      found(location, plan);
    }
    // Without a location there is no telling the client: that need not be missed as well.
    else if (typeof clientId !== 'string') next.clientId = '';
  } else if (typeof clientId === 'string' && clientId !== current?.clientId) {
    const location = isNone(clientId) ? null : await primaryLocation(writer, clientId);
    if (!location) {
      // An empty id was told already.
      if (clientId !== '') issues.add([...path, 'client'], noneBy('client', { by: 'id' }), 'NOT_FOUND');
      next.clientId = '';
    }
    if (location) found(location, plan);
    next.locationId = location?.id ?? '';
    if (location && typeof locationId === 'string' && locationId !== location.id) {
      issues.add([...path, 'location'], 'is a location of another client than `client`');
    }
  } else if (current === null && clientId === undefined && locationId === undefined) {
    issues.add([...path, 'location'], 'is required: `location`, or `client` for the primary location of that client');
    next.clientId = '';
  }
  if (current !== null && next.clientId !== current.clientId) writes.push(noLongerPrimary(writer, current, at));
}

/** Whether an id is of no record: one that cannot be, or the empty one, which stands for what was found missing before. */
const isNone = (id: string) => id === '' || unstorable(id) !== undefined;

/** A location that is there, and with it its client: a client that goes takes its locations along. */
function found(location: Row, { writer, pending, lookups, writes }: SavePlan): void {
  lookups.note('ClientLocation', location);
  pending.add(String(location.id));
  pending.add(String(location.clientId));
  writes.push(...requirement(writer, 'Client', String(location.clientId)));
}

async function checkRole({ current, next, path, issues, pending, lookups }: SavePlan): Promise<void> {
  const { roleId } = next;
  if (typeof roleId !== 'string' || roleId === current?.roleId || unstorable(roleId)) return;
  const [role] = await lookups.find(ROLE, roleId);
  if (role) {
    pending.add(roleId);
    lookups.note('ContactRole', role);
  }
  if (role?.availableForContacts === false)
    issues.add([...path, 'role'], 'is a role that is not available for contacts');
}

/**
 * Twins by name are refused, unless allowed. Of all contacts of one name, one holds the claim to it, a unique column:
 * of two that are made at once, only one gets it, and the other, tried again, meets its twin.
 */
async function claimName({
  current,
  next,
  columns,
  path,
  issues,
  options,
  id,
  pending,
  lookups,
}: SavePlan): Promise<void> {
  if (typeof next.lastName !== 'string') return;
  const name = nameKey(next);
  const returning = (current?.deletedAt ?? null) !== null;
  if (current !== null && !returning && name === nameKey(current)) return;
  const twins = (await lookups.find(TWINS, name)).filter((twin) => twin.id !== id).slice(0, TWINS.limit - 1);
  // A twin may be made in the same commit.
  const made = pending.has(name);
  pending.add(name);
  if ((twins.length > 0 || made) && options.allowDuplicates !== true && !returning) {
    const ids = twins.map((twin) => String(twin.id));
    issues.add(
      [...path, 'lastName'],
      'Another contact has the same first and last name; with allowDuplicates: true it is accepted',
      'DUPLICATE',
      ids,
    );
  }
  columns.nameClaim = twins.length === 0 && !made ? true : null;
}

/** Deletes a contact; a client whose primary contact it was has none then. Answers it as it was. */
function deleteContact(writer: Writer, by: KeyInput, options: WriteOptions = {}): Promise<Row> {
  return deleteRecord(writer, contactKind, by, options, (current, at) => [noLongerPrimary(writer, current, at)]);
}
