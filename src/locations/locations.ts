/** The rules of client locations: every client has at least one, one of them is its primary, and the last one stays. */

import { DomainError } from '../base/errors.ts';
import { and, equals, not, type Row, readPage, readRows, storedInstant, valued } from '../database/sql/index.ts';
import type { Write } from '../database/store/index.ts';
import { address } from '../fields/address.ts';
import { boolean } from '../fields/boolean.ts';
import { reference, text } from '../fields/fields.ts';
import { fold } from '../fields/fold.ts';
import { changingOne } from '../records/addressed.ts';
import { loaded } from '../records/batch.ts';
import { identityFields } from '../records/identity.ts';
import { type KeyInput, referenceValue } from '../records/keys.ts';
import { defineKind, type RecordKind, type SavePlan, type WriteOptions } from '../records/kind.ts';
import { createRecord, patchRecord, trackingHolder, upsertUsually } from '../records/operations.ts';
import { findRecord, lastValues, ownSides, writableRead } from '../records/save.ts';
import { changeEntry, commit, revisionIs, sideWrites, type Writer } from '../records/write.ts';

/** Name of the location that is created with a client. */
export const FIRST_LOCATION_NAME = 'Main';

export const locationFields = {
  clientId: reference('The client. A location cannot move to another client.', 'Client', { required: true }),
  name: text('Name of the location.', { max: 255, required: true }),
  address,
  isPrimary: boolean(
    "Whether this is the client's primary location. Every client has exactly one, initially the location created with the client. Making a location primary replaces the previous one.",
    { default: false },
  ),
  salespersonId: reference('The salesperson for the location.', 'Employee', { as: 'their salesperson' }),
  ...identityFields('location'),
} as const;

export const locationKind: RecordKind = defineKind<RecordKind>({
  model: 'ClientLocation',
  what: 'client location',
  plural: 'locations',
  prefix: 'location',
  fields: locationFields,
  feed: { entity: 'CLIENT_LOCATION', says: 'A location of a client.' },
  partOf: { field: 'clientId', first: 'isPrimary' },
  portal: { clientId: 'clientId' },
  namedBy: 'nameInOwner',
  writes: {
    create: (writer, input, options) => createRecord(writer, locationKind, input, options),
    upsert: (writer, by, input, options) => upsertUsually(writer, locationKind, by, input, options),
    patch: (writer, by, input, options) => patchRecord(writer, locationKind, by, input, options),
    delete: deleteLocation,
  },
  schema: () => import('./schema.ts'),
  derived: (values) => ({ nameFolded: fold(String(values.name)) }),
  rules: async (plan) => {
    stay(plan);
    await keepOnePrimary(plan);
  },
  holders: (plan) => trackingHolder(plan, 'location'),
});

/** A location stays with its client: an upsert may name that again, and no other. */
function stay({ current, next, path, issues }: SavePlan): void {
  if (current === null || next.clientId === current.clientId || next.clientId === '') return;
  issues.add(
    [...path, 'client'],
    'is another client than the one whose location it is; a location stays with its client',
  );
}

async function keepOnePrimary({ writer, current, next, at, path, issues, writes, pending }: SavePlan): Promise<void> {
  // With a new client comes its first location, and with that the primary one.
  if (pending.has(String(next.clientId))) return;
  if (current?.isPrimary === true && next.isPrimary === false) {
    issues.add([...path, 'isPrimary'], 'must stay true: make another location primary instead');
  }
  if (next.isPrimary !== true || current?.isPrimary === true || typeof next.clientId !== 'string') return;
  const primary = await findRecord(
    writer,
    locationKind,
    and(equals('clientId', next.clientId), equals('isPrimary', true)),
  );
  if (primary) writes.push(...primaryWrites(writer, primary, false, at));
}

/** The writes that make a location primary, or no longer. */
function primaryWrites(writer: Writer, location: Row, isPrimary: boolean, at: string): Write[] {
  const { firmId, id } = location;
  const revision = Number(location.revision);
  const entry = { kind: 'UPDATED' as const, entity: 'ClientLocation', entityId: String(id), at };
  return [
    {
      kind: 'update',
      model: 'ClientLocation',
      where: { firmId, id, revision },
      set: { isPrimary, updatedAt: at, revision: revision + 1 },
    },
    {
      kind: 'record',
      changes: [changeEntry(writer, { ...entry, before: { isPrimary: !isPrimary }, after: { isPrimary } })],
    },
  ];
}

/** Deletes a location where no contact is. CONFLICT for the last one of a client, and while contacts are there. */
function deleteLocation(writer: Writer, by: KeyInput, { expectedRevision }: WriteOptions = {}): Promise<Row> {
  return changingOne(writer, locationKind, { by }, async (location) => {
    revisionIs(locationKind, location, expectedRevision);
    const { firmId, clientId, revision } = location;
    const id = String(location.id);
    const contacts = await countContacts(writer, id);
    if (contacts > 0) refuse(`has ${contacts} contacts; move or delete them first`);
    const others = and(equals('clientId', String(clientId)), not(equals('id', id)));
    const successor =
      (await findRecord(writer, locationKind, and(others, equals('isPrimary', true)))) ??
      (await findRecord(writer, locationKind, others));
    if (!successor) return refuse('is the last location of its client, which always has one');
    const at = storedInstant();
    const before = await lastValues(writer, locationKind, location);
    await commit(writer.database, [
      // Contacts that were deleted stay with the client. Whoever is put here meanwhile moves too, rather than being lost.
      {
        kind: 'updateAll',
        model: 'ClientContact',
        where: { firmId, locationId: id },
        set: { locationId: successor.id },
        told: { deletedAt: null },
        change: {
          firmId: writer.viewer.firmId,
          at,
          actor: writer.viewer.tokenName,
          kind: 'UPDATED',
          entity: 'ClientContact',
          before: { location: referenceValue(location) },
          after: { location: referenceValue(successor) },
        },
      },
      // Written also when nothing about it changes: two deletions at once must not leave a client without any.
      ...(successor.isPrimary === true
        ? [
            {
              kind: 'update' as const,
              model: 'ClientLocation' as const,
              where: { firmId, id: successor.id, deletedAt: null },
              set: { isPrimary: true },
            },
          ]
        : primaryWrites(writer, successor, true, at)),
      { kind: 'delete', model: 'ClientLocation', where: { firmId, id, revision } },
      ...sideWrites(ownSides(locationKind, location), []),
      {
        kind: 'record',
        changes: [
          changeEntry(writer, { kind: 'DELETED', entity: 'ClientLocation', entityId: id, at, before, after: null }),
        ],
      },
    ]);
    return location;
  });
}

function refuse(message: string): never {
  throw new DomainError('CONFLICT', `The client location ${message}.`, [{ path: ['by'], code: 'CONFLICT', message }]);
}

async function countContacts(writer: Writer, locationId: string): Promise<number> {
  const { total = 0 } = await readPage(writer.database, {
    is: 'page',
    row: { model: 'ClientContact', columns: new Set(), relations: new Map() },
    where: and(equals('firmId', writer.viewer.firmId), equals('locationId', locationId)),
    order: [],
    limit: 0,
    backward: false,
    wants: { rows: false, total: true, more: false },
  });
  return total;
}

/** The primary location of a client, as it is needed to place a contact; null when the client is not there. */
export async function primaryLocation(writer: Writer, clientId: string, withDeleted = false): Promise<Row | null> {
  const { database, viewer } = writer;
  const found = await loaded(database, [primaryLocation, withDeleted], [clientId], async (all) => {
    const clientIds = [...new Set(all)];
    const where = and(equals('firmId', viewer.firmId), valued('clientId', clientIds), equals('isPrimary', true));
    const read = writableRead(locationKind);
    const rows = await readRows(database, read, where, { limit: clientIds.length, withDeleted });
    return new Map(rows.map((row) => [String(row.clientId), row]));
  });
  return found.get(clientId) ?? null;
}
