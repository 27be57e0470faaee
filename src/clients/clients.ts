/**
 * The rules by which a firm's clients change. Creating, upserting, patching, restoring and importing all go through the
 * one write path of records/save.ts. Knows nothing of GraphQL.
 */
import { createHash } from 'node:crypto';
import { contactKind } from '../contacts/contacts.ts';
import { and, equals, or } from '../database/conditions.ts';
import { type Row, storedInstant, type Write } from '../database/database.ts';
import { type RowRead, readRows } from '../database/read.ts';
import { DomainError, InvalidInput, NotFound } from '../errors.ts';
import { defaultGroupId } from '../groups/groups.ts';
import { newId } from '../ids.ts';
import { isObject } from '../is-object.ts';
import { FIRST_LOCATION_NAME, locationKind } from '../locations/locations.ts';
import { fold } from '../records/fold.ts';
import { INDEXED } from '../records/indexed.ts';
import { Lookups } from '../records/lookups.ts';
import { checkLength, Issues, type Path } from '../records/parse.ts';
import type { Values } from '../records/patch.ts';
import {
  commitPrepared,
  existing,
  findRecord,
  indexedSide,
  lastValues,
  type Prepared,
  type PrepareOptions,
  prepareSave,
  type RecordKind,
  type Saved,
  type SaveOptions,
  type SavePlan,
  save,
  upsertRecord,
} from '../records/save.ts';
import { inTurn } from '../records/turns.ts';
import {
  changedNames,
  changeEntry,
  changing,
  commit,
  retrying,
  type SideRow,
  sideWrites,
  type Writer,
} from '../records/write.ts';
import { clientFields, EXTERNAL_ID_MAX, KNOWN_SYSTEMS } from './fields.ts';
import { derivedColumns } from './filter.ts';
import { checkParent, chooseType } from './relations.ts';

export const clientKind: RecordKind = {
  model: 'Client',
  what: 'client',
  fields: clientFields,
  customFields: 'CLIENT',
  recorded: true,
  derived: derivedColumns,
  sideRows: (client) => [...externalIdRows(client), ...teamRows(client), ...indexedRows(client)],
  rules: async (plan) => {
    await fillIn(plan);
    checkDates(plan);
    checkExternalIds(plan.next.externalIds, [...plan.path, 'externalIds'], plan.issues);
    await holdAliases(plan);
    await chooseType(plan);
    await checkPrimaryContact(plan);
    await checkParent(plan);
    signModification(plan);
  },
  holders: identifierHolders,
};

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
export async function createClient(writer: Writer, input: Values, idempotencyKey?: string | null): Promise<Saved> {
  const issues = new Issues();
  const { contacts } = input as WithClient;
  checkLength(contacts ?? [], NEW_CONTACTS_MAX, ['input', 'contacts'], issues);
  if (issues.list.length > 0) throw new InvalidInput(issues.list);
  if (idempotencyKey === undefined || idempotencyKey === null) return retrying(() => saveNew(writer, input));
  if (idempotencyKey.length < 1 || idempotencyKey.length > 255 || !/^[\x20-\x7e]+$/.test(idempotencyKey)) {
    issues.add(['idempotencyKey'], 'must be 1 to 255 printable ASCII characters');
    throw new InvalidInput(issues.list);
  }
  const { firmId } = writer.viewer;
  const inputHash = hashOf(input);
  return inTurn(`${firmId} key ${idempotencyKey}`, () =>
    retrying(async () => {
      const where = and(equals('firmId', firmId), equals('key', idempotencyKey));
      const columns = new Set(['inputHash', 'entityId']);
      const [done] = await readRows(writer.database, { model: 'IdempotencyKey', columns, relations: new Map() }, where);
      if (done) return answerAgain(writer, done, inputHash);
      return saveNew(writer, input, ({ row, plan }) => [
        {
          kind: 'insert',
          model: 'IdempotencyKey',
          rows: [{ firmId, key: idempotencyKey, inputHash, entityId: row.id, createdAt: plan.at }],
        },
      ]);
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
  const { location, contacts, allowDuplicateContacts } = input as WithClient;
  const issues = new Issues();
  const [id, locationId, at] = [newId('Client'), newId('ClientLocation'), storedInstant()];
  const lookups = new Lookups(writer);
  if (contacts) await contactKind.ahead?.(lookups, contacts);
  const shared: PrepareOptions = { issues, at, pending: new Set([id, locationId]), lookups };
  const client = await prepareSave(writer, clientKind, null, input, { ...shared, id, options });
  const first = {
    name: FIRST_LOCATION_NAME,
    address: client.plan.next.address ?? undefined,
    ...location,
    clientId: id,
    isPrimary: true,
  };
  const prepared = [client];
  // An address that is wrong on the client is told there, and not a second time.
  const clean = issues.list.length === 0 || location;
  if (clean)
    prepared.push(
      await prepareSave(writer, locationKind, null, first, { ...shared, path: ['input', 'location'], id: locationId }),
    );
  for (const [index, contact] of (contacts ?? []).entries()) {
    const options = {
      ...shared,
      path: ['input', 'contacts', index],
      options: { allowDuplicates: allowDuplicateContacts === true },
    };
    prepared.push(await prepareSave(writer, contactKind, null, { ...contact, clientId: id, locationId }, options));
  }
  if (issues.list.length > 0) throw new InvalidInput(issues.list);
  await commitPrepared(writer, prepared, also(client));
  return { row: client.row, result: 'CREATED', changedFields: client.changedFields };
}

/** Creates the client of `input.trackingId`, or patches it; one that was deleted comes back. A replay writes nothing. */
export function upsertClient(writer: Writer, input: Values): Promise<Saved> {
  return upsertRecord(
    writer,
    clientKind,
    input,
    () => saveNew(writer, input, undefined, { upserting: true }),
    (current, sent) => saveFound(writer, current, sent),
  );
}

/** Patches a client. NOT_FOUND, or CONFLICT when `expectedRevision` is not its revision. */
export function patchClient(
  writer: Writer,
  id: string,
  input: Values,
  expectedRevision?: number | null,
): Promise<Saved> {
  return changing(writer, [id], async () => {
    const current = await existing(writer, clientKind, id);
    if (typeof expectedRevision === 'number' && expectedRevision !== current.revision) {
      const message = `is ${expectedRevision}, but the client is at revision ${current.revision}; read it again`;
      throw new DomainError('CONFLICT', `expectedRevision: ${message}`, [
        { path: ['expectedRevision'], code: 'CONFLICT', message },
      ]);
    }
    return save(writer, clientKind, current, input);
  });
}

/** Brings a deleted client back with the contacts and locations that went with it: as it was, but for the input. */
export function restoreClient(writer: Writer, id: string, input: Values = {}): Promise<Saved> {
  return changing(writer, [id], async () => {
    const current = await existing(writer, clientKind, id, true);
    if (typeof current.mergedIntoId === 'string') {
      const message = 'was merged into another client';
      throw new DomainError('CONFLICT', `The client ${message}.`, [
        { path: ['id'], code: 'CONFLICT', message, ids: [current.mergedIntoId] },
      ]);
    }
    return saveFound(writer, current, input);
  });
}

/** Saves a client that was found, deleted or not. What went with it comes back with it. */
async function saveFound(writer: Writer, current: Row, input: Values): Promise<Saved> {
  const { deletedAt } = current;
  if (typeof deletedAt !== 'string') return save(writer, clientKind, current, input);
  const pending = await returningPrimaryContact(writer, current, deletedAt);
  return save(writer, clientKind, current, input, { pending }, ({ plan }) =>
    cascade(writer, current, { deletedAt }, { deletedAt: null }, 'RESTORED', plan.at),
  );
}

/** The id of the primary contact, where it went with the client and so comes back with it. */
async function returningPrimaryContact(writer: Writer, client: Row, deletedAt: string): Promise<Set<string>> {
  const { primaryContactId } = client;
  if (typeof primaryContactId !== 'string') return new Set();
  const where = and(equals('id', primaryContactId), equals('deletedAt', deletedAt));
  return new Set((await findRecord(writer, contactKind, where, true)) ? [primaryContactId] : []);
}

/** Deletes a client with its contacts and locations: they are found no more, until restored. Answers it as it was. */
export function deleteClient(writer: Writer, id: string): Promise<Row> {
  return changing(writer, [id], async () => {
    const current = await existing(writer, clientKind, id);
    const at = storedInstant();
    const revision = Number(current.revision);
    const set = { deletedAt: at, updatedAt: at, revision: revision + 1 };
    const before = await lastValues(writer, clientKind, current);
    const { firmId } = writer.viewer;
    await commit(writer.database, [
      { kind: 'lock', model: 'Client', where: { firmId, id } },
      { kind: 'update', model: 'Client', where: { firmId, id, revision }, set },
      ...sideWrites(clientKind.sideRows?.(current) ?? [], []),
      ...cascade(writer, current, { deletedAt: null }, { deletedAt: at }, 'DELETED', at),
      {
        kind: 'record',
        changes: [changeEntry(writer, { kind: 'DELETED', entity: 'Client', entityId: id, at, before, after: null })],
      },
    ]);
    return { ...current, ...set };
  });
}

/** What happens to a client's contacts and locations when it goes or comes back. */
function cascade(writer: Writer, client: Row, where: Row, set: Row, kind: 'DELETED' | 'RESTORED', at: string): Write[] {
  const { firmId, id: clientId } = client;
  const told = kind === 'DELETED' ? { before: { clientId }, after: null } : { before: null, after: { clientId } };
  return (['ClientLocation', 'ClientContact'] as const).map((model) => ({
    kind: 'updateAll' as const,
    model,
    where: { firmId, clientId, ...where },
    // The claim to a name is given up: by the time it comes back, another may hold it.
    set: { ...set, updatedAt: at, ...(model === 'ClientContact' ? { nameClaim: null } : {}) },
    told: {},
    change: { firmId: writer.viewer.firmId, at, actor: writer.viewer.tokenName, kind, entity: model, ...told },
  }));
}

/** What a new client has when nothing is said. */
async function fillIn({ writer, current, next, pending }: SavePlan): Promise<void> {
  if (current !== null) return;
  next.name ??= nameOfPerson(next.person as Values | null);
  next.createdById ??= writer.viewer.employeeId;
  if (typeof next.clientGroupId === 'string') return;
  const groupId = await defaultGroupId(writer.database, writer.viewer.firmId);
  next.clientGroupId = groupId;
  pending.add(groupId);
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

function checkExternalIds(externalIds: unknown, path: Path, issues: Issues): void {
  if (!Array.isArray(externalIds)) return;
  externalIds.forEach((item: Values | undefined, index) => {
    const { system, id } = item ?? {};
    if (typeof system !== 'string' || typeof id !== 'string') return;
    const max = Object.hasOwn(KNOWN_SYSTEMS, system) ? (KNOWN_SYSTEMS[system] ?? EXTERNAL_ID_MAX) : EXTERNAL_ID_MAX;
    if (id.length > max)
      issues.add([...path, index, 'id'], `must be at most ${max} characters for ${system}, not ${id.length}`);
  });
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
  if (contact && contact.clientId !== id) issues.add([...path, 'primaryContactId'], 'is a contact of another client');
}

/** An external id may be this client's already without being in its list: it came with a client that was merged. */
async function holdAliases({ writer, current, next, held, issues }: SavePlan): Promise<void> {
  if (current === null || issues.list.length > 0 || changedNames(['externalIds'], current, next).length === 0) return;
  const { firmId, id } = current;
  const listed = new Set(externalIdRows(current).map(({ key }) => key));
  const added = externalIdRows({ firmId, id, externalIds: next.externalIds }).filter(({ key }) => !listed.has(key));
  const holders = await externalIdHolders(
    writer,
    added.map(({ row }) => ({ system: String(row.system), id: String(row.externalId) })),
  );
  const mine = holders.filter(({ entityId }) => entityId === id);
  const externalIds = mine.map(({ system, externalId }) => ({ system, id: externalId }));
  held.push(...externalIdRows({ firmId, id, externalIds }));
}

/** Which clients hold these external ids: rows of ExternalId, of which there is at most one for each. */
async function externalIdHolders(
  { database, viewer }: Writer,
  externalIds: readonly { system: string; id: string }[],
): Promise<Row[]> {
  if (externalIds.length === 0) return [];
  const any = or(...externalIds.map(({ system, id }) => and(equals('system', system), equals('externalId', id))));
  const columns = new Set(['system', 'externalId', 'entityId']);
  const read: RowRead = { model: 'ExternalId', columns, relations: new Map() };
  const inFirm = and(equals('firmId', viewer.firmId), equals('kind', clientKind.model), any);
  return readRows(database, read, inFirm, { limit: externalIds.length });
}

/** Adds an issue for each identifier of the client that another one holds. */
async function identifierHolders({ writer, current, id, next, path, issues }: SavePlan): Promise<void> {
  if (typeof next.trackingId === 'string' && next.trackingId !== current?.trackingId) {
    const holder = await findRecord(writer, clientKind, equals('trackingId', next.trackingId), true);
    if (holder) {
      const gone = holder.deletedAt === null ? '' : ' that was deleted; upsertClient or restoreClient brings it back';
      issues.add([...path, 'trackingId'], `belongs to another client${gone}`, 'DUPLICATE', [String(holder.id)]);
    }
  }
  const externalIds = Array.isArray(next.externalIds) ? (next.externalIds as (Values | undefined)[]) : [];
  const asked = externalIds.flatMap((item) =>
    typeof item?.system === 'string' && typeof item.id === 'string' ? [{ system: item.system, id: item.id }] : [],
  );
  const holders = await externalIdHolders(writer, asked);
  for (const holder of holders) {
    if (holder.entityId === id) continue;
    const index = externalIds.findIndex((item) => item?.system === holder.system && item?.id === holder.externalId);
    const message = `${holder.system} ${holder.externalId} belongs to another client`;
    issues.add([...path, 'externalIds', index], message, 'IDENTIFIER_CONFLICT', [String(holder.entityId)]);
  }
}

export function externalIdRows(client: Values): SideRow[] {
  const { firmId, id: entityId } = client;
  const kind = clientKind.model;
  return (client.externalIds as { system: string; id: string }[]).map(({ system, id: externalId }) => ({
    model: 'ExternalId',
    key: JSON.stringify(['externalId', system, externalId]),
    row: { firmId, kind, system, externalId, entityId },
    where: { firmId, kind, system, externalId, entityId },
  }));
}

function teamRows(client: Values): SideRow[] {
  const { firmId, id: clientId } = client;
  return (client.accountTeam as { employeeId: string; role: string }[]).map(({ employeeId, role }, position) => ({
    model: 'ClientTeamMember',
    key: JSON.stringify(['team', position, employeeId, role]),
    row: { firmId, clientId, position, employeeId, role },
    where: { firmId, clientId, position, employeeId, role },
  }));
}

/** Tags as filters find them, and the e-mail and phones in a form in which probable twins share them. */
function indexedRows(client: Values): SideRow[] {
  const { firmId, id: entityId, email } = client;
  const row = (field: number, key: string) => indexedSide({ firmId, entityId, field, key, number: null });
  const phones = [client.phone, client.altPhone].filter((phone) => typeof phone === 'string');
  return [
    ...(client.tags as string[]).map((tag) => row(INDEXED.tags, tag)),
    ...(typeof email === 'string' ? [row(INDEXED.email, fold(email))] : []),
    ...[...new Set(phones)].map((phone) => row(INDEXED.phone, String(phone).replace(/\D/g, ''))),
  ];
}
