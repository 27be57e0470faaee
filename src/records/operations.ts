/** How records of any kind are written: what the declaration of a kind (kind.ts) makes of the one write path (save.ts). */
import { equals } from '../database/conditions.ts';
import { type Row, storedInstant, type Write } from '../database/database.ts';
import { DomainError } from '../errors.ts';
import { partsOf, type RecordKind, type RecordWrites, type SavePlan, type WriteOptions } from './kind.ts';
import { mergeRecords } from './merge.ts';
import type { Values } from './patch.ts';
import {
  existing,
  findRecord,
  givenUp,
  lastValues,
  type PrepareOptions,
  recorded,
  save,
  upsertRecord,
} from './save.ts';
import { changeEntry, changing, commit, retrying, type Saved, sideWrites, type Writer } from './write.ts';

const usual = new WeakMap<RecordKind, RecordWrites>();

/** How records of a kind are written: as it says itself, or as usual. */
export function writesOf(kind: RecordKind): RecordWrites {
  if (kind.writes) return kind.writes;
  const known = usual.get(kind);
  if (known) return known;
  const writes: RecordWrites = {
    create: (writer, input, options) => createRecord(writer, kind, input, options),
    upsert: (writer, input, options = {}) => {
      const saving = { options: { ...options, upserting: true } };
      return upsertRecord(
        writer,
        kind,
        input,
        () => save(writer, kind, null, input, saving),
        (current, sent) => saveFound(writer, kind, current, sent, saving),
      );
    },
    patch: (writer, id, input, options) => patchRecord(writer, kind, id, input, options),
    delete: (writer, id) => deleteRecord(writer, kind, id),
    restore: (writer, id, input) => restoreRecord(writer, kind, id, input),
    merge: (writer, sourceId, targetId, input) => mergeRecords(writer, kind, sourceId, targetId, input),
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

/** Patches a record. NOT_FOUND, or CONFLICT when `expectedRevision` is not its revision. */
export function patchRecord(
  writer: Writer,
  kind: RecordKind,
  id: string,
  input: Values,
  options: WriteOptions = {},
): Promise<Saved> {
  return changing(writer, [id], async () => {
    const current = await existing(writer, kind, id);
    const { expectedRevision } = options;
    if (typeof expectedRevision === 'number' && expectedRevision !== current.revision) {
      const message = `is ${expectedRevision}, but the ${kind.what} is at revision ${current.revision}; read it again`;
      throw new DomainError('CONFLICT', `expectedRevision: ${message}`, [
        { path: ['expectedRevision'], code: 'CONFLICT', message },
      ]);
    }
    return save(writer, kind, current, input, { options });
  });
}

/** Brings a deleted record back with the parts that went with it: as it was, but for the input. */
export function restoreRecord(
  writer: Writer,
  kind: RecordKind,
  id: string,
  input: Values = {},
  back: typeof saveFound = saveFound,
): Promise<Saved> {
  return changing(writer, [id], async () => {
    const current = await existing(writer, kind, id, true);
    if (typeof current.mergedIntoId === 'string') {
      const message = `was merged into another ${kind.what}`;
      throw new DomainError('CONFLICT', `The ${kind.what} ${message}.`, [
        { path: ['id'], code: 'CONFLICT', message, ids: [current.mergedIntoId] },
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
  const { deletedAt } = current;
  if (typeof deletedAt !== 'string') return save(writer, kind, current, input, options);
  return save(writer, kind, current, input, options, ({ plan }) =>
    withParts(writer, kind, current, { deletedAt }, { deletedAt: null }, 'RESTORED', plan.at),
  );
}

/**
 * Deletes a record with its parts: they are found no more, until it comes back. `also` makes further parts of the commit.
 * Answers the record as it was.
 */
export function deleteRecord(
  writer: Writer,
  kind: RecordKind,
  id: string,
  also: (current: Row, at: string) => readonly Write[] = () => [],
): Promise<Row> {
  return changing(writer, [id], async () => {
    const current = await existing(writer, kind, id);
    const at = storedInstant();
    const { model } = kind;
    const { firmId } = writer.viewer;
    const revision = Number(current.revision);
    const set = { ...givenUp(kind), deletedAt: at, updatedAt: at, revision: revision + 1 };
    const before = await lastValues(writer, kind, current);
    await commit(writer.database, [
      { kind: 'lock', model, where: { firmId, id } },
      ...also(current, at),
      { kind: 'update', model, where: { firmId, id, revision }, set },
      ...sideWrites(kind.sideRows?.(current) ?? [], []),
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
  owner: RecordKind,
  { id }: Row,
  which: Row,
  set: Row,
  kind: 'DELETED' | 'RESTORED',
  at: string,
): Write[] {
  const { firmId, tokenName: actor } = writer.viewer;
  return partsOf(owner.model).map(({ kind: part, partOf }) => {
    const owned = { [partOf.field]: id };
    const told = kind === 'DELETED' ? { before: owned, after: null } : { before: null, after: owned };
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
