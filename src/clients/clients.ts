/**
 * The rules by which a firm's clients change. There is one write path, `save`: find, compare, write and record, in one
 * commit; creating, upserting, patching, deleting, restoring and importing all go through it. Knows nothing of GraphQL.
 */
import { createHash } from 'node:crypto';
import { definitionsOf } from '../custom-fields/definitions.ts';
import type { Definition } from '../custom-fields/types.ts';
import { indexRows, mergeCustomFields, namedValues } from '../custom-fields/values.ts';
import { and, type Condition, equals, or } from '../database/conditions.ts';
import { type Row, storedInstant, type Write } from '../database/database.ts';
import { type RowRead, readRows } from '../database/read.ts';
import { UniqueViolation } from '../database/violations.ts';
import { DomainError, InvalidInput, NotFound } from '../errors.ts';
import { defaultGroupId } from '../groups/groups.ts';
import { newId } from '../ids.ts';
import { Issues, type Path } from '../records/parse.ts';
import { applyPatch, defaultsOf, requireFields, type Values } from '../records/patch.ts';
import { inTurn } from '../records/turns.ts';
import {
  changedNames,
  changeEntry,
  commit,
  pick,
  retrying,
  type SideRow,
  Stale,
  sideWrites,
  type Writer,
} from '../records/write.ts';
import { clientFields, EXTERNAL_ID_MAX, KNOWN_SYSTEMS } from './fields.ts';
import { derivedColumns } from './filter.ts';

/** A client as the program holds it: its row, without what is derived for search. */
export type ClientRow = Row;

/** What a write did. */
export interface Saved {
  client: ClientRow;
  result: 'CREATED' | 'UPDATED';
  /** The fields that really changed, by their input names. */
  changedFields: string[];
}

/** What a client is read with when it is to be written: all that its fields, and the rules, look at. */
const writable: RowRead = {
  model: 'Client',
  columns: new Set([...Object.keys(clientFields), 'firmId', 'id', 'createdAt', 'updatedAt', 'deletedAt', 'revision']),
  relations: new Map(),
};

const FIELD_NAMES = Object.keys(clientFields);

/**
 * Creates a client. With an idempotency key the same call again answers the client that the first one made.
 * DUPLICATE when the trackingId is taken, CONFLICT when the key was used with another input.
 */
export function createClient(writer: Writer, input: Values, idempotencyKey?: string | null): Promise<Saved> {
  if (idempotencyKey === undefined || idempotencyKey === null) return retrying(() => save(writer, null, input));
  const issues = new Issues();
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
      return save(writer, null, input, (client, at) => [
        {
          kind: 'insert',
          model: 'IdempotencyKey',
          rows: [{ firmId, key: idempotencyKey, inputHash, entityId: client.id, createdAt: at }],
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
  const client = await findClient(writer, equals('id', String(done.entityId)), true);
  if (!client) throw new NotFound('client', ['idempotencyKey']);
  return { client, result: 'CREATED', changedFields: [] };
}

/** SHA-256 of an input, whatever the order of its keys. */
function hashOf(input: Values): string {
  const sorted = JSON.stringify(input, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(sorted).digest('hex');
}

/** Creates the client of `input.trackingId`, or patches it; one that was deleted comes back. A replay writes nothing. */
export async function upsertClient(writer: Writer, input: Values): Promise<Saved> {
  const { trackingId } = input;
  if (typeof trackingId !== 'string') {
    // The other fields are checked too, so that the answer names all that is wrong.
    const issues = new Issues();
    issues.add(['input', 'trackingId'], 'is required: it is what the client is found by');
    await refuse(writer, null, input, issues);
  }
  const key = String(trackingId);
  return inTurn(`${writer.viewer.firmId} tracking ${key}`, () =>
    retrying(async () => {
      const current = isStorable(key) ? await findClient(writer, equals('trackingId', key), true) : null;
      try {
        return await save(writer, current, input);
      } catch (error) {
        // Another process created it first: then this is an update.
        if (current === null && isTaken(error)) throw new Stale();
        throw error;
      }
    }),
  );
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}

function isTaken(error: unknown): boolean {
  return (
    error instanceof InvalidInput &&
    error.fields.some(({ code, path }) => code === 'DUPLICATE' && path[1] === 'trackingId')
  );
}

/** Patches a client. NOT_FOUND, or CONFLICT when `expectedRevision` is not its revision. */
export function patchClient(
  writer: Writer,
  id: string,
  input: Values,
  expectedRevision?: number | null,
): Promise<Saved> {
  return inTurn(`${writer.viewer.firmId} ${id}`, () =>
    retrying(async () => {
      const current = await existing(writer, id);
      if (typeof expectedRevision === 'number' && expectedRevision !== current.revision) {
        const message = `is ${expectedRevision}, but the client is at revision ${current.revision}; read it again`;
        throw new DomainError('CONFLICT', `expectedRevision: ${message}`, [
          { path: ['expectedRevision'], code: 'CONFLICT', message },
        ]);
      }
      return save(writer, current, input);
    }),
  );
}

/** Deletes a client: it is found no more, until restored. Answers it as it was. */
export function deleteClient(writer: Writer, id: string): Promise<ClientRow> {
  return inTurn(`${writer.viewer.firmId} ${id}`, () =>
    retrying(async () => {
      const current = await existing(writer, id);
      const definitions = (await definitionsOf(writer.database, writer.viewer)).CLIENT;
      const at = storedInstant();
      const revision = Number(current.revision);
      const set = { deletedAt: at, updatedAt: at, revision: revision + 1 };
      await commit(writer.database, [
        { kind: 'update', model: 'Client', where: { firmId: writer.viewer.firmId, id, revision }, set },
        ...sideWrites(externalIdRows(current), []),
        {
          kind: 'record',
          changes: [
            changeEntry(writer, {
              kind: 'DELETED',
              entity: 'Client',
              entityId: id,
              at,
              before: feedValues(current, heldNames(current), definitions),
              after: null,
            }),
          ],
        },
      ]);
      return { ...current, ...set };
    }),
  );
}

/** Brings a deleted client back as it was. One that is not deleted is answered as it is. */
export function restoreClient(writer: Writer, id: string): Promise<Saved> {
  return inTurn(`${writer.viewer.firmId} ${id}`, () =>
    retrying(async () => {
      const current = await findClient(writer, equals('id', id), true);
      if (!current) throw new NotFound('client', ['id']);
      return save(writer, current, {});
    }),
  );
}

async function existing(writer: Writer, id: string): Promise<ClientRow> {
  const client = isStorable(id) ? await findClient(writer, equals('id', id), false) : null;
  if (!client) throw new NotFound('client', ['id']);
  return client;
}

async function findClient(writer: Writer, where: Condition, withDeleted: boolean): Promise<ClientRow | null> {
  const scoped = and(equals('firmId', writer.viewer.firmId), where);
  const [client] = await readRows(writer.database, writable, scoped, { withDeleted });
  return client ?? null;
}

/** Throws with every problem of an input, also those that only the database knows. */
async function refuse(writer: Writer, current: ClientRow | null, input: Values, issues: Issues): Promise<never> {
  const definitions = (await definitionsOf(writer.database, writer.viewer)).CLIENT;
  const next = resulting(current, input, definitions, issues);
  await checkReferences(writer, current, next, issues);
  await findHolders(writer, current, next, issues);
  throw new InvalidInput(issues.list);
}

/**
 * The one write path. `current` is the client as it was read, null to create one; one that was deleted comes back.
 * Throws InvalidInput with every offending field, Stale when another writer was first.
 */
async function save(
  writer: Writer,
  current: ClientRow | null,
  input: Values,
  also: (client: ClientRow, at: string) => Write[] = () => [],
): Promise<Saved> {
  const { firmId } = writer.viewer;
  const definitions = (await definitionsOf(writer.database, writer.viewer)).CLIENT;
  const issues = new Issues();
  const next: Record<string, unknown> = { ...resulting(current, input, definitions, issues) };
  if (issues.list.length > 0) await refuse(writer, current, input, new Issues());
  if (current === null) next.clientGroupId ??= await defaultGroupId(writer.database, firmId);
  await checkReferences(writer, current, next, issues);
  if (issues.list.length > 0) throw new InvalidInput(issues.list);

  const changed = changedNames(FIELD_NAMES, current ?? {}, next);
  const returning = current !== null && current.deletedAt !== null;
  if (current !== null && !returning && changed.length === 0)
    return { client: current, result: 'UPDATED', changedFields: [] };

  const at = storedInstant();
  const revision = current === null ? 0 : Number(current.revision);
  const id = current === null ? newId('Client') : String(current.id);
  const stamp = { updatedAt: at, deletedAt: null, revision: revision + 1 };
  const client: ClientRow = { ...next, firmId, id, createdAt: current?.createdAt ?? at, ...stamp };
  const names = current === null || returning ? heldNames(client) : changed;
  const entry = changeEntry(writer, {
    kind: current === null ? 'CREATED' : returning ? 'RESTORED' : 'UPDATED',
    entity: 'Client',
    entityId: id,
    at,
    before: current === null || returning ? null : feedValues(current, names, definitions),
    after: feedValues(client, names, definitions),
  });

  const before =
    current === null ? [] : [...(returning ? [] : externalIdRows(current)), ...indexedRows(current, definitions)];
  const derived = derivedColumns(client);
  const writes: Write[] = [
    current === null
      ? { kind: 'insert', model: 'Client', rows: [{ ...client, ...derived, accountTeam: [] }] }
      : {
          kind: 'update',
          model: 'Client',
          where: { firmId, id, revision },
          set: { ...pick(client, changed), ...changedDerived(current, derived), ...stamp },
        },
    ...sideWrites(before, [...externalIdRows(client), ...indexedRows(client, definitions)]),
    ...also(client, at),
    { kind: 'record', changes: [entry] },
  ];
  try {
    await commit(writer.database, writes);
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    await findHolders(writer, current, client, issues);
    if (issues.list.length > 0) throw new InvalidInput(issues.list);
    // Whoever held it is gone again, or a twin of this very call got there first.
    throw new Stale();
  }
  return {
    client,
    result: current === null ? 'CREATED' : 'UPDATED',
    changedFields: current === null ? names : changed,
  };
}

/** The values that result from an input by the patch rule and the rules between fields. */
function resulting(
  current: ClientRow | null,
  input: Values,
  definitions: readonly Definition[],
  issues: Issues,
): Values {
  const creating = current === null;
  // Required custom fields are missed also when the whole map is.
  const sent = creating
    ? { ...input, customFields: input.customFields === undefined ? {} : input.customFields }
    : input;
  const merge = mergeCustomFields(definitions, creating);
  const applied = applyPatch(clientFields, current ?? defaultsOf(clientFields), sent, ['input'], issues, merge);
  const next: Record<string, unknown> = pick(applied, FIELD_NAMES) as Record<string, unknown>;
  if (creating) {
    next.name ??= nameOfPerson(next.person as Values | null) ?? null;
    requireFields({ name: clientFields.name }, next, ['input'], issues);
  }
  if (next.inceptionDate && next.terminatedDate && String(next.terminatedDate) < String(next.inceptionDate)) {
    issues.add(
      ['input', input.terminatedDate === undefined ? 'inceptionDate' : 'terminatedDate'],
      `terminatedDate (${next.terminatedDate}) must not be before inceptionDate (${next.inceptionDate})`,
    );
  }
  checkExternalIds(next.externalIds, ['input', 'externalIds'], issues);
  return next;
}

/** The name made of a person's first and last name, when there are both. */
function nameOfPerson(person: Values | null): string | undefined {
  if (typeof person?.firstName !== 'string' || typeof person.lastName !== 'string') return undefined;
  return [...`${person.firstName} ${person.lastName}`.trim()].slice(0, clientFields.name.max).join('') || undefined;
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

/** Adds an issue for each reference that changed to a record which is not there. */
async function checkReferences(writer: Writer, current: ClientRow | null, next: Values, issues: Issues): Promise<void> {
  const groupId = next.clientGroupId;
  if (typeof groupId !== 'string' || groupId === current?.clientGroupId) return;
  if (groupId === (await defaultGroupId(writer.database, writer.viewer.firmId))) return;
  const where = and(equals('firmId', writer.viewer.firmId), equals('id', groupId));
  const row: RowRead = { model: 'ClientGroup', columns: new Set(['id']), relations: new Map() };
  const [group] = await readRows(writer.database, row, where);
  if (!group) issues.add(['input', 'clientGroupId'], 'There is no client group with this id', 'NOT_FOUND');
}

/** Adds an issue for each identifier of the client that another record holds. */
async function findHolders(writer: Writer, current: ClientRow | null, next: Values, issues: Issues): Promise<void> {
  const { firmId } = writer.viewer;
  if (typeof next.trackingId === 'string' && next.trackingId !== current?.trackingId) {
    const holder = await findClient(writer, equals('trackingId', next.trackingId), true);
    if (holder) {
      const gone = holder.deletedAt === null ? '' : ' that was deleted; upsertClient or restoreClient brings it back';
      issues.add(['input', 'trackingId'], `belongs to another client${gone}`, 'DUPLICATE', [String(holder.id)]);
    }
  }
  const externalIds = Array.isArray(next.externalIds) ? (next.externalIds as Values[]) : [];
  const asked = externalIds.filter((item) => typeof item?.system === 'string' && typeof item.id === 'string');
  if (asked.length === 0) return;
  const any = or(
    ...asked.map((item) => and(equals('system', String(item.system)), equals('externalId', String(item.id)))),
  );
  const columns = new Set(['system', 'externalId', 'clientId']);
  const row: RowRead = { model: 'ClientExternalId', columns, relations: new Map() };
  const holders = await readRows(writer.database, row, and(equals('firmId', firmId), any), { limit: asked.length });
  for (const holder of holders) {
    if (holder.clientId === current?.id) continue;
    const index = externalIds.findIndex((item) => item.system === holder.system && item.id === holder.externalId);
    issues.add(
      ['input', 'externalIds', index],
      `${holder.system} ${holder.externalId} belongs to another client`,
      'IDENTIFIER_CONFLICT',
      [String(holder.clientId)],
    );
  }
}

/** The fields that hold anything: what the feed tells of a client that came or went. */
function heldNames(client: Values): string[] {
  return FIELD_NAMES.filter((name) => {
    const value = client[name] ?? null;
    if (Array.isArray(value)) return value.length > 0;
    return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value !== null;
  });
}

/** Values as the feed shows them: custom fields by key. */
function feedValues(client: Values, names: readonly string[], definitions: readonly Definition[]): Row {
  const values = pick(client, names);
  return 'customFields' in values
    ? { ...values, customFields: namedValues(definitions, client.customFields as Values) }
    : values;
}

/** Derived columns that differ from those of the client as it was. */
function changedDerived(current: ClientRow, derived: Values): Row {
  const before = derivedColumns(current);
  return pick(derived, changedNames(Object.keys(derived), before, derived));
}

function externalIdRows(client: Values): SideRow[] {
  const { firmId, id: clientId } = client;
  return (client.externalIds as { system: string; id: string }[]).map(({ system, id: externalId }) => ({
    model: 'ClientExternalId',
    key: JSON.stringify([system, externalId]),
    row: { firmId, system, externalId, clientId },
    where: { firmId, system, externalId, clientId },
  }));
}

/** Tags and custom-field values as filters find them. */
function indexedRows(client: Values, definitions: readonly Definition[]): SideRow[] {
  const { firmId, id: entityId } = client;
  const tags = (client.tags as string[]).map((key) => ({ field: 'tags', key, number: null, folded: null }));
  return [...tags, ...indexRows(definitions, client.customFields as Values)].map((indexed) => ({
    model: 'IndexedValue',
    key: JSON.stringify([indexed.field, indexed.key]),
    row: { firmId, entityId, ...indexed },
    where: { firmId, entityId, field: indexed.field, key: indexed.key },
  }));
}
