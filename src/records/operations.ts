/** How records of any kind are written: what the declaration of a kind (kind.ts) makes of the one write path (save.ts). */

import { DomainError } from '../base/errors.ts';
import { equals, type Row, storedInstant } from '../database/sql/index.ts';
import type { Write } from '../database/store/index.ts';
import { publicName } from '../fields/fields.ts';
import type { Values } from '../fields/patch.ts';
import { changingOne } from './addressed.ts';
import { type KeyInput, referenceValue } from './keys.ts';
import { partsOf, type RecordKind, type RecordWrites, type SavePlan, type WriteOptions } from './kind.ts';
import { mergeRecords } from './merge.ts';
import { findRecord, givenUp, lastValues, ownSides, type PrepareOptions, recorded, save } from './save.ts';
import { upsertRecord } from './upsert.ts';
import { changeEntry, commit, retrying, revisionIs, type Saved, sideWrites, type Writer } from './write.ts';

const usual = new WeakMap<RecordKind, RecordWrites>();

/** How records of a kind are written: as it says itself, or as usual. */
export function writesOf(kind: RecordKind): RecordWrites {
  if (kind.writes) return kind.writes;
  const known = usual.get(kind);
  if (known) return known;
  const writes: RecordWrites = {
    create: (writer, input, options) => createRecord(writer, kind, input, options),
    upsert: (writer, by, input, options) => upsertUsually(writer, kind, by, input, options),
    patch: (writer, by, input, options) => patchRecord(writer, kind, by, input, options),
    delete: (writer, by, options) => deleteRecord(writer, kind, by, options),
    restore: (writer, by, input) => restoreRecord(writer, kind, by, input),
    merge: (writer, source, target, input) => mergeRecords(writer, kind, source, target, input),
  };
  usual.set(kind, writes);
  return writes;
}

/** Creates a record. */
export function createRecord(
  writer: Writer,
  kind: RecordKind,
  input: Values,
  options: WriteOptions = {},
): Promise<Saved> {
  return retrying(() => save(writer, kind, null, input, { options }));
}

/** Creates or changes the record that the keys name, by what is common to all kinds. */
export function upsertUsually(
  writer: Writer,
  kind: RecordKind,
  by: KeyInput | null | undefined,
  input: Values,
  options: WriteOptions = {},
): Promise<Saved> {
  return upsertRecord(writer, kind, by, input, options, {
    create: (sent, upsertedBy) => save(writer, kind, null, sent, { options: { ...options, upsertedBy } }),
    change: (current, sent) => saveFound(writer, kind, current, sent, { options }),
  });
}

/** Patches a record. NOT_FOUND, or CONFLICT when `expectedRevision` is not its revision. */
export function patchRecord(
  writer: Writer,
  kind: RecordKind,
  by: KeyInput,
  input: Values,
  options: WriteOptions = {},
): Promise<Saved> {
  return changingOne(writer, kind, { by }, (current) => {
    revisionIs(kind, current, options.expectedRevision);
    return save(writer, kind, current, input, { options });
  });
}

/** Brings a deleted record back with the parts that went with it: as it was, but for the input. */
export function restoreRecord(
  writer: Writer,
  kind: RecordKind,
  by: KeyInput,
  input: Values = {},
  back: typeof saveFound = saveFound,
): Promise<Saved> {
  return changingOne(writer, kind, { by, withDeleted: true }, async (current) => {
    if (typeof current.mergedIntoId === 'string') {
      const message = `was merged into another ${kind.what}`;
      throw new DomainError('CONFLICT', `The ${kind.what} ${message}.`, [
        { path: ['by'], code: 'CONFLICT', message, ids: [current.mergedIntoId] },
      ]);
    }
    return back(writer, kind, current, input);
  });
}

/** Saves a record that was found, deleted or not. The parts that went with it come back with it. */
export function saveFound(
  writer: Writer,
  kind: RecordKind,
  current: Row,
  input: Values,
  options: PrepareOptions = {},
): Promise<Saved> {
  return save(writer, kind, current, input, options, ({ plan }) => withReturningParts(writer, kind, current, plan.at));
}

/** The part of a commit by which what went with a deleted record comes back with it: nothing where it was not deleted. */
export function withReturningParts(writer: Writer, kind: RecordKind, current: Row, at: string): Write[] {
  const { deletedAt } = current;
  if (typeof deletedAt !== 'string') return [];
  return withParts(writer, kind, current, { deletedAt }, { deletedAt: null }, 'RESTORED', at);
}

/**
 * Deletes a record with its parts: they are found no more, until it comes back. `also` makes further parts of the commit.
 * Answers the record as it was.
 */
export function deleteRecord(
  writer: Writer,
  kind: RecordKind,
  by: KeyInput,
  { expectedRevision }: WriteOptions = {},
  also: (current: Row, at: string) => readonly Write[] = () => [],
): Promise<Row> {
  return changingOne(writer, kind, { by }, async (current) => {
    revisionIs(kind, current, expectedRevision);
    const at = storedInstant();
    const { model } = kind;
    const { firmId } = writer.viewer;
    const id = String(current.id);
    const revision = Number(current.revision);
    const set = { ...givenUp(kind), deletedAt: at, updatedAt: at, revision: revision + 1 };
    const before = await lastValues(writer, kind, current);
    await commit(writer.database, [
      { kind: 'lock', model, where: { firmId, id } },
      ...also(current, at),
      { kind: 'update', model, where: { firmId, id, revision }, set },
      ...sideWrites(ownSides(kind, current), []),
      ...withParts(writer, kind, current, { deletedAt: null }, { deletedAt: at }, 'DELETED', at),
      ...recorded(kind, [
        changeEntry(writer, { kind: 'DELETED', entity: model, entityId: id, at, before, after: null }),
      ]),
    ]);
    return { ...current, ...set };
  });
}

/** What happens to the parts of a record when it goes or comes back. */
function withParts(
  writer: Writer,
  whole: RecordKind,
  record: Row,
  which: Row,
  set: Row,
  kind: 'DELETED' | 'RESTORED',
  at: string,
): Write[] {
  const { firmId, tokenName: actor } = writer.viewer;
  return partsOf(whole.model).map(({ kind: part, partOf }) => {
    const owned = { [partOf.field]: record.id };
    const field = part.fields[partOf.field];
    const owner = { [field ? publicName(partOf.field, field) : partOf.field]: referenceValue(record) };
    const told = kind === 'DELETED' ? { before: owner, after: null } : { before: null, after: owner };
    return {
      kind: 'updateAll',
      model: part.model,
      where: { firmId, ...owned, ...which },
      set: { ...set, updatedAt: at, ...givenUp(part) },
      told: {},
      change: part.feed ? { firmId, at, actor, kind, entity: part.model, ...told } : null,
    };
  });
}

/** Adds an issue where another record holds the tracking ID. `noun` is what the message calls it. */
export async function trackingHolder(
  { writer, kind, current, next, path, issues, pending }: SavePlan,
  noun: string = kind.what,
): Promise<void> {
  const { trackingId } = next;
  if (typeof trackingId !== 'string' || trackingId === current?.trackingId) return;
  const holder = await findRecord(writer, kind, equals('trackingId', trackingId), true);
  // The other may be made in the same commit.
  const claim = `trackingId ${trackingId}`;
  if (!holder && pending.has(claim)) {
    issues.add([...path, 'trackingId'], `is given to another ${noun} of this call too`, 'DUPLICATE');
  }
  pending.add(claim);
  if (!holder) return;
  const gone = holder.deletedAt === null ? '' : ` that was deleted; upsert${kind.model} brings it back`;
  issues.add([...path, 'trackingId'], `belongs to another ${noun}${gone}`, 'DUPLICATE', [String(holder.id)]);
}
