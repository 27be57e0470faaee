/**
 * The rules by which a firm's clients change. Creating, upserting, patching, restoring and importing all go through the
 * one write path of records/save.ts. Knows nothing of GraphQL.
 */

import { createHash } from 'node:crypto';
import { DomainError, InvalidInput, NotFound, withinInput } from '../base/errors.ts';
import { newId } from '../base/ids.ts';
import { isObject } from '../base/is-object.ts';
import { contactKind } from '../contacts/contacts.ts';
import type { RecordRow } from '../database/model.ts';
import { and, equals, type Row, readRows, storedInstant } from '../database/sql/index.ts';
import type { Write } from '../database/store/index.ts';
import { fold } from '../fields/fold.ts';
import { checkLength, Issues, type Path } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { defaultGroup } from '../groups/groups.ts';
import { FIRST_LOCATION_NAME, locationKind, primaryLocation } from '../locations/locations.ts';
import { INDEXED } from '../records/indexed.ts';
import type { KeyInput } from '../records/keys.ts';
import {
  defineKind,
  type RecordKind,
  type RecordWrites,
  type SaveOptions,
  type SavePlan,
  type WriteOptions,
} from '../records/kind.ts';
import { Lookups } from '../records/lookups.ts';
import { mergeRecords } from '../records/merge.ts';
import { withoutNulls } from '../records/normalize.ts';
import {
  deleteRecord,
  patchRecord,
  restoreRecord,
  saveFound,
  trackingHolder,
  withReturningParts,
} from '../records/operations.ts';
import { withIds } from '../records/references.ts';
import {
  commitPrepared,
  findRecord,
  indexedSide,
  type Prepared,
  type PrepareOptions,
  prepareSave,
} from '../records/save.ts';
import { resolveUpsert, upsertRecord } from '../records/upsert.ts';
import { changedNames, retrying, type Saved, type SideRow, Stale, takingTurns, type Writer } from '../records/write.ts';
import { clientFields } from './fields.ts';
import { derivedColumns } from './filter.ts';
import { clientMerge } from './merge.ts';
import { checkParent } from './relations.ts';

/** How clients are written: by what is common to all kinds, but for their creation and what comes back with them. */
export const clientWrites = {
  create: createClient,
  upsert: upsertClient,
  patch: (writer, by, input, options) => patchRecord(writer, clientKind, by, input, options),
  delete: (writer, by, options) => deleteRecord(writer, clientKind, by, options),
  restore: (writer, by, input = {}) => restoreRecord(writer, clientKind, by, input, saveClient),
  merge: (writer, source, target, input) => mergeRecords(writer, clientKind, source, target, input),
} satisfies RecordWrites;

export const clientKind: RecordKind = defineKind<RecordKind>({
  model: 'Client',
  what: 'client',
  plural: 'clients',
  prefix: 'client',
  fields: clientFields,
  customFields: { entity: 'CLIENT', says: 'Clients.' },
  feed: { entity: 'CLIENT', says: 'A client.' },
  portal: { clientId: 'id' },
  pointers: [{ to: 'Employee', model: 'ClientTeamMember', column: 'employeeId', what: 'places in account teams' }],
  namedBy: 'trackingId',
  transfer: {
    name: 'clients',
    claims: externalIdClaims,
  },
  writes: clientWrites,
  merge: clientMerge,
  schema: () => import('./index.ts'),
  derived: derivedColumns,
  sideRows: (client) => [...teamRows(client), ...indexedRows(client)],
  rules: async (plan) => {
    await fillIn(plan);
    checkDates(plan);
    await checkPrimaryContact(plan);
    await checkParent(plan);
    signModification(plan);
  },
  holders: trackingHolder,
});

/**
 * Most contacts that may come with a new client. More than a firm has at one client by hand; with all their values, so
 * many are written well within the time that other requests can wait for.
 */
export const NEW_CONTACTS_MAX = 100;

/** A client's first location and contacts, as they may come with it. */
export interface WithClient {
  location?: Values | null;
  contacts?: readonly Values[] | null;
  allowDuplicateContacts?: boolean | null;
}

/**
 * Creates a client with its first location and its contacts, all or nothing. With an idempotency key the same call
 * again answers the client that the first one made. DUPLICATE when the trackingId is taken, CONFLICT when the key was
 * used with another input.
 */
async function createClient(
  writer: Writer,
  input: Values,
  { idempotencyKey, normalize = false }: WriteOptions = {},
): Promise<Saved> {
  const options = { normalize };
  const issues = new Issues();
  const { contacts }: WithClient = input;
  checkLength(contacts ?? [], NEW_CONTACTS_MAX, ['input', 'contacts'], issues);
  if (issues.list.length > 0) throw new InvalidInput(issues.list);
  if (idempotencyKey === undefined || idempotencyKey === null) {
    return retrying(() => saveNew(writer, input, undefined, options));
  }
  if (idempotencyKey.length < 1 || idempotencyKey.length > 255 || !/^[\x20-\x7e]+$/.test(idempotencyKey)) {
    issues.add(['idempotencyKey'], 'must be 1 to 255 printable ASCII characters');
    throw new InvalidInput(issues.list);
  }
  const { firmId } = writer.viewer;
  const inputHash = hashOf(input);
  return takingTurns(writer, `${firmId} key ${idempotencyKey}`, () =>
    retrying(async () => {
      const where = and(equals('firmId', firmId), equals('key', idempotencyKey));
      const columns = new Set(['inputHash', 'entityId']);
      const [done] = await readRows(writer.database, { model: 'IdempotencyKey', columns, relations: new Map() }, where);
      if (done) return answerAgain(writer, done, inputHash);
      const noted = ({ row, plan }: Prepared): Write[] => [
        {
          kind: 'insert',
          model: 'IdempotencyKey',
          rows: [{ firmId, key: idempotencyKey, inputHash, entityId: row.id, createdAt: plan.at }],
        },
      ];
      return saveNew(writer, input, noted, options);
    }),
  );
}

async function answerAgain(writer: Writer, done: Row, inputHash: string): Promise<Saved> {
  if (done.inputHash !== inputHash) {
    const message = 'was used before with another input; use a new key for a new client';
    throw new DomainError('CONFLICT', `idempotencyKey: ${message}`, [
      { path: ['idempotencyKey'], code: 'CONFLICT', message },
    ]);
  }
  const made = await findRecord(writer, clientKind, equals('id', String(done.entityId)), true);
  const row =
    typeof made?.mergedIntoId === 'string'
      ? await findRecord(writer, clientKind, equals('id', made.mergedIntoId), true)
      : made;
  if (!row) throw new NotFound('client', ['idempotencyKey']);
  return { row, result: 'CREATED', changedFields: [] };
}

/** SHA-256 of an input, whatever the order of its keys. */
function hashOf(input: Values): string {
  const sorted = JSON.stringify(input, (_, value: unknown) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
  return createHash('sha256').update(sorted).digest('hex');
}

/** Saves a new client with its first location and, where they come with it, its contacts: in one commit. */
async function saveNew(
  writer: Writer,
  input: Values,
  also: (client: Prepared) => readonly Write[] = () => [],
  options: SaveOptions = {},
): Promise<Saved> {
  const { location, contacts, allowDuplicateContacts }: WithClient = input;
  const issues = new Issues();
  const [id, locationId, at] = [newId('Client'), newId('ClientLocation'), storedInstant()];
  const lookups = new Lookups(writer);
  const { normalize = false } = options;
  const shared: PrepareOptions = { issues, at, pending: new Set([id, locationId]), lookups, options: { normalize } };
  const client = await prepareSave(writer, clientKind, null, input, { ...shared, id, options });
  const first = {
    name: FIRST_LOCATION_NAME,
    address: client.plan.next.address ?? undefined,
    ...location,
    clientId: id,
    isPrimary: true,
  };
  lookups.note('Client', { id, trackingId: client.plan.next.trackingId });
  lookups.note('ClientLocation', { id: locationId, trackingId: location?.trackingId });
  const prepared = [client];
  // An address that is wrong on the client is told there, and not a second time.
  const clean = issues.list.length === 0 || location;
  if (clean)
    prepared.push(
      await prepareSave(writer, locationKind, null, first, { ...shared, path: ['input', 'location'], id: locationId }),
    );
  const contactOptions = {
    ...shared,
    issues,
    lookups,
    options: { normalize, allowDuplicates: allowDuplicateContacts === true },
  };
  prepared.push(
    ...(await prepareContacts(writer, contacts ?? [], { clientId: id, locationId }, contactOptions, {
      byKeys: options.upsertedBy !== undefined,
    })),
  );
  if (issues.list.length > 0) throw new InvalidInput(issues.list);
  await commitPrepared(writer, prepared, also(client));
  const normalized = prepared.flatMap((each) => each.normalized ?? []);
  return { row: client.row, result: 'CREATED', changedFields: client.changedFields, normalized };
}

/**
 * Prepares contacts that come with a client, at the place given. `byKeys`: each is one that its keys name, which moves to the
 * client if it is at another; else all of them are new.
 */
async function prepareContacts(
  writer: Writer,
  contacts: readonly Values[],
  place: { clientId: string; locationId: string },
  shared: PrepareOptions & { issues: Issues; lookups: Lookups },
  { byKeys }: { byKeys: boolean },
): Promise<Prepared[]> {
  const { issues, lookups, options = {} } = shared;
  const pathOf = (index: number) => ['input', 'contacts', index];
  const targets = await Promise.all(
    contacts.map(async ({ by, ...input }, index) => {
      for (const name of ['client', 'location']) {
        if (input[name] === undefined) continue;
        issues.add([...pathOf(index), name], 'must be left out: the contact is at the client that it comes with');
      }
      if (!byKeys) return { current: null, input, by: undefined };
      try {
        return await resolveUpsert(writer, contactKind, by as KeyInput | null | undefined, input);
      } catch (error) {
        addFaults(error, pathOf(index), issues);
        return undefined;
      }
    }),
  );
  const found = targets.flatMap((target, index) => (target ? [{ ...target, path: pathOf(index) }] : []));
  // What they refer to, and what their rules look up, is looked up for all of them at once.
  const { inputs } = await withIds(writer, lookups, contactKind.fields, found, issues);
  await contactKind.ahead?.(lookups, inputs);
  const prepared: Prepared[] = [];
  for (const [index, { current, path, by }] of found.entries()) {
    // One that is at the client already stays at its location.
    const placed = current?.clientId === place.clientId ? inputs[index] : { ...inputs[index], ...place };
    const saving = { ...shared, path, options: { ...options, upsertedBy: by } };
    prepared.push(await prepareSave(writer, contactKind, current, placed ?? {}, saving));
  }
  return prepared;
}

/** Adds what an error says of its input as issues of a part of another input. Other errors are thrown on. */
function addFaults(error: unknown, path: Path, issues: Issues): void {
  if (!(error instanceof DomainError) || error.fields.length === 0) throw error;
  for (const { path: within, message, code, ids } of error.fields.map(withinInput)) {
    issues.add([...path, ...within], message, code, ids);
  }
}

/** Creates the client that the keys name, or patches it; one that was deleted comes back. A replay writes nothing. */
function upsertClient(
  writer: Writer,
  by: KeyInput | null | undefined,
  input: Values,
  options: WriteOptions = {},
): Promise<Saved> {
  const { contacts }: WithClient = input;
  const issues = new Issues();
  checkLength(contacts ?? [], NEW_CONTACTS_MAX, ['input', 'contacts'], issues);
  if (issues.list.length > 0) return Promise.reject(new InvalidInput(issues.list));
  const sent =
    contacts && options.nulls === 'IGNORE' ? { ...input, contacts: contacts.map((each) => withoutNulls(each)) } : input;
  return upsertRecord(writer, clientKind, by, sent, options, {
    create: (sent, upsertedBy) => saveNew(writer, sent, undefined, { ...options, upsertedBy }),
    change: (current, sent) => saveClient(writer, clientKind, current, sent, { options }),
  });
}

/** Saves a client that was found. Its primary contact may be one that comes back with it. */
async function saveClient(
  writer: Writer,
  kind: RecordKind,
  current: Row,
  input: Values,
  options: PrepareOptions = {},
): Promise<Saved> {
  const pending = await returningPrimaryContact(writer, current);
  const { contacts, allowDuplicateContacts, ...others } = input as Values & WithClient;
  if (!contacts || contacts.length === 0) return saveFound(writer, kind, current, others, { ...options, pending });
  const clientId = String(current.id);
  const location = await primaryLocation(writer, clientId, true);
  if (!location) throw new Stale();
  const locationId = String(location.id);
  for (const id of [clientId, locationId]) pending.add(id);
  const lookups = new Lookups(writer);
  lookups.note('Client', { id: clientId, trackingId: current.trackingId });
  lookups.note('ClientLocation', { id: locationId, trackingId: location.trackingId });
  const shared = { ...options, pending, lookups, issues: new Issues(), at: storedInstant() };
  const client = await prepareSave(writer, kind, current, others, shared);
  const { normalize = false } = options.options ?? {};
  const prepared = await prepareContacts(
    writer,
    contacts,
    { clientId, locationId },
    { ...shared, options: { normalize, allowDuplicates: allowDuplicateContacts === true } },
    { byKeys: true },
  );
  if (shared.issues.list.length > 0) throw new InvalidInput(shared.issues.list);
  const written = [client, ...prepared].filter(({ writes }) => writes.length > 0);
  const returning = withReturningParts(writer, kind, current, shared.at);
  if (written.length > 0) await commitPrepared(writer, written, returning);
  const { row, result, changedFields } = client;
  const isOther = prepared.some(({ writes }) => writes.length > 0);
  return {
    row,
    result,
    changedFields: isOther ? [...changedFields, 'contacts'] : changedFields,
    normalized: [client, ...prepared].flatMap((each) => each.normalized ?? []),
  };
}

/** The id of the primary contact, where it went with the client and so comes back with it. */
async function returningPrimaryContact(writer: Writer, client: Row): Promise<Set<string>> {
  const { primaryContactId, deletedAt } = client;
  if (typeof primaryContactId !== 'string' || typeof deletedAt !== 'string') return new Set();
  const where = and(equals('id', primaryContactId), equals('deletedAt', deletedAt));
  return new Set((await findRecord(writer, contactKind, where, true)) ? [primaryContactId] : []);
}

/** What a new client has when nothing is said. */
async function fillIn({ writer, current, next, pending, lookups }: SavePlan): Promise<void> {
  if (current !== null) return;
  next.name ??= nameOfPerson(next.person as Values | null);
  next.createdById ??= writer.viewer.employeeId;
  if (typeof next.clientGroupId === 'string') return;
  const group = await defaultGroup(writer);
  lookups.note('ClientGroup', { ...group });
  next.clientGroupId = group.id;
  pending.add(group.id);
}

/** The name made of a person's first and last name, when there are both. */
function nameOfPerson(person: Values | null): string | null {
  if (typeof person?.firstName !== 'string' || typeof person.lastName !== 'string') return null;
  const name = `${person.firstName} ${person.lastName}`.trim();
  return [...name].slice(0, clientFields.name.max).join('') || null;
}

/** A change is signed by the employee that the token acts for, unless it says who made it. */
function signModification({ writer, current, input, next }: SavePlan): void {
  const { employeeId } = writer.viewer;
  if (employeeId === null || input.modifiedById !== undefined) return;
  const names = Object.keys(clientFields).filter((name) => name !== 'modifiedById');
  if (current === null || changedNames(names, current, next).length > 0) next.modifiedById = employeeId;
}

function checkDates({ input, next, path, issues }: SavePlan): void {
  const { inceptionDate, terminatedDate } = next;
  if (typeof inceptionDate !== 'string' || typeof terminatedDate !== 'string' || terminatedDate >= inceptionDate)
    return;
  const named = input.terminatedDate === undefined ? 'inceptionDate' : 'terminatedDate';
  issues.add(
    [...path, named],
    `terminatedDate (${terminatedDate}) must not be before inceptionDate (${inceptionDate})`,
  );
}

async function checkPrimaryContact({ writer, current, next, id, path, issues, pending }: SavePlan): Promise<void> {
  const { primaryContactId } = next;
  if (
    typeof primaryContactId !== 'string' ||
    primaryContactId === current?.primaryContactId ||
    pending.has(primaryContactId)
  )
    return;
  const contact = await findRecord(writer, contactKind, equals('id', primaryContactId));
  // That there is none is told by the check of references.
  if (contact && contact.clientId !== id) issues.add([...path, 'primaryContact'], 'is a contact of another client');
}

/** The external ids of a line: as a list, or as a map by their systems. */
function externalIdClaims({ externalIds }: Values): string[] {
  const listed = Array.isArray(externalIds) ? externalIds.filter(isObject) : [];
  const mapped = isObject(externalIds) ? Object.entries(externalIds).map(([system, id]) => ({ system, id })) : [];
  return [...listed, ...mapped].flatMap(({ system, id }) =>
    typeof id === 'string' ? [`external id ${system} ${id}`] : [],
  );
}

function teamRows(client: RecordRow<'Client'>): SideRow[] {
  const { firmId, id: clientId, accountTeam = [] } = client;
  return accountTeam.map(({ employeeId, role }, position) => ({
    model: 'ClientTeamMember',
    key: JSON.stringify(['team', position, employeeId, role]),
    row: { firmId, clientId, position, employeeId, role },
    where: { firmId, clientId, position, employeeId, role },
  }));
}

/** Tags as filters find them, and the e-mail and phones in a form in which probable twins share them. */
function indexedRows(client: RecordRow<'Client'>): SideRow[] {
  const { firmId, id: entityId, email, tags = [] } = client;
  const row = (field: number, key: string) => indexedSide({ firmId, entityId, field, key, number: null });
  const phones = [client.phone, client.altPhone].filter((phone) => typeof phone === 'string');
  return [
    ...tags.map((tag) => row(INDEXED.tags, tag)),
    ...(typeof email === 'string' ? [row(INDEXED.email, fold(email))] : []),
    ...[...new Set(phones)].map((phone) => row(INDEXED.phone, String(phone).replace(/\D/g, ''))),
  ];
}
