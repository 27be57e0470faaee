/** The small records around a client (groups, types, regions, roles …), each alike: declared as data, with these rules. */

import { DomainError } from '../base/errors.ts';
import { and, equals, type Row, readPage, storedInstant } from '../database/sql/index.ts';
import type { Write } from '../database/store/index.ts';
import type { Fields } from '../fields/fields.ts';
import { fold } from '../fields/fold.ts';
import { changingOne } from './addressed.ts';
import { identityFields } from './identity.ts';
import type { KeyInput } from './keys.ts';
import { defineKind, type RecordKind, type RecordWrites, type SavePlan, usesOf, type WriteOptions } from './kind.ts';
import { createRecord, patchRecord, trackingHolder, upsertUsually } from './operations.ts';
import { findRecord, lastValues, ownSides, recorded } from './save.ts';
import { changeEntry, commit, revisionIs, sideWrites, type Writer } from './write.ts';

/** A small record with a name. */
export interface NamedKind<F extends Fields = Fields> extends RecordKind {
  readonly fields: F & ReturnType<typeof identityFields>;
  readonly writes: RecordWrites;
}

/** Declares a kind of small record. With `uniqueName`, two of one name (without regard to case) are refused. */
export function namedKind<F extends Fields>({
  uniqueName = true,
  fields,
  ...kind
}: Omit<RecordKind, 'derived' | 'holders' | 'fields' | 'writes'> & {
  fields: F;
  uniqueName?: boolean;
  writes?: Partial<RecordWrites>;
}): NamedKind<F> {
  const named: NamedKind<F> = {
    namedBy: 'name',
    ...(uniqueName ? { keys: { name: { column: 'nameFolded' } } } : {}),
    ...kind,
    fields: { ...fields, ...identityFields(kind.what) },
    derived: (values) => ({ nameFolded: fold(String(values.name)) }),
    holders: async (plan) => {
      if (uniqueName) await nameHolders(plan);
      await trackingHolder(plan);
    },
    writes: {
      create: (writer, input, options) => createRecord(writer, named, input, options),
      upsert: (writer, by, input, options) => upsertUsually(writer, named, by, input, options),
      patch: (writer, by, input, options) => patchRecord(writer, named, by, input, options),
      delete: (writer, by, options) => deleteNamed(writer, named, by, options),
      ...kind.writes,
    },
  };
  return defineKind(named);
}

async function nameHolders({ writer, kind, id, next, path, issues }: SavePlan): Promise<void> {
  if (typeof next.name !== 'string') return;
  const holder = await findRecord(writer, kind, equals('nameFolded', fold(next.name)));
  if (!holder || holder.id === id) return;
  issues.add([...path, 'name'], `Another ${kind.what} has this name (without regard to case)`, 'DUPLICATE', [
    String(holder.id),
  ]);
}

/** Deletes a record that is not in use, with further writes that belong to it. Answers it as it was. */
export function deleteNamed(
  writer: Writer,
  kind: NamedKind,
  by: KeyInput,
  { expectedRevision }: WriteOptions = {},
  also: (current: Row, at: string) => Promise<Write[]> | Write[] = () => [],
): Promise<Row> {
  return changingOne(writer, kind, { by }, async (current) => {
    revisionIs(kind, current, expectedRevision);
    const id = String(current.id);
    await refuseInUse(writer, kind, id);
    const { firmId, revision } = current;
    const at = storedInstant();
    const before = await lastValues(writer, kind, current);
    await commit(writer.database, [
      ...(await also(current, at)),
      { kind: 'delete', model: kind.model, where: { firmId, id, revision } },
      ...sideWrites(ownSides(kind, current), []),
      ...recorded(kind, [
        changeEntry(writer, { kind: 'DELETED', entity: kind.model, entityId: id, at, before, after: null }),
      ]),
    ]);
    return current;
  });
}

/** Throws CONFLICT, with counts, when anything points at the record. Deleted records count: they may be restored. */
async function refuseInUse(writer: Writer, kind: NamedKind, id: string): Promise<void> {
  const counts = await Promise.all(
    usesOf(kind).map(async ({ model, column, what }) => {
      const where = and(equals('firmId', writer.viewer.firmId), equals(column, id));
      const { total = 0 } = await readPage(writer.database, {
        is: 'page',
        row: { model, columns: new Set(), relations: new Map() },
        where,
        order: [],
        limit: 0,
        backward: false,
        wants: { rows: false, total: true, more: false },
        withDeleted: true,
      });
      return { total, what };
    }),
  );
  const used = counts.filter(({ total }) => total > 0).map(({ total, what }) => `${total} ${what}`);
  if (used.length === 0) return;
  const message = `is in use by ${used.join(', ')} (deleted ones count too, since they may be restored)`;
  throw new DomainError('CONFLICT', `The ${kind.what} ${message}.`, [{ path: ['by'], code: 'CONFLICT', message }]);
}
