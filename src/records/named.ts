/** The small records around a client (groups, types, regions, roles …), each alike: declared as data, with these rules. */
import { DomainError } from '../base/errors.ts';
import { and, equals, type Row, readPage, storedInstant } from '../database/sql/index.ts';
import type { Write } from '../database/store/index.ts';
import type { Fields } from '../fields/fields.ts';
import { fold } from '../fields/fold.ts';
import { defineKind, type RecordKind, type RecordWrites, type SavePlan, usesOf } from './kind.ts';
import { createRecord, patchRecord } from './operations.ts';
import { existing, findRecord, lastValues, recorded } from './save.ts';
import { changeEntry, changing, commit, type Writer } from './write.ts';

/** A small record with a name. */
export interface NamedKind<F extends Fields = Fields> extends RecordKind {
  readonly fields: F;
  readonly writes: RecordWrites;
}

/** Declares a kind of small record. With `uniqueName`, two of one name (without regard to case) are refused. */
export function namedKind<F extends Fields>({
  uniqueName = true,
  ...kind
}: Omit<RecordKind, 'derived' | 'holders' | 'fields' | 'writes'> & {
  fields: F;
  uniqueName?: boolean;
  writes?: Partial<RecordWrites>;
}): NamedKind<F> {
  const named: NamedKind<F> = {
    namedBy: 'name',
    ...kind,
    derived: (values) => ({ nameFolded: fold(String(values.name)) }),
    ...(uniqueName ? { holders: nameHolders } : {}),
    writes: {
      create: (writer, input) => createRecord(writer, named, input),
      patch: (writer, id, input, options) => patchRecord(writer, named, id, input, options),
      delete: (writer, id) => deleteNamed(writer, named, id),
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
export async function deleteNamed(
  writer: Writer,
  kind: NamedKind,
  id: string,
  also: (current: Row, at: string) => Promise<Write[]> | Write[] = () => [],
): Promise<Row> {
  return changing(writer, [id], async () => {
    const current = await existing(writer, kind, id);
    await refuseInUse(writer, kind, id);
    const { firmId, revision } = current;
    const at = storedInstant();
    const before = await lastValues(writer, kind, current);
    await commit(writer.database, [
      ...(await also(current, at)),
      { kind: 'delete', model: kind.model, where: { firmId, id, revision } },
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
  throw new DomainError('CONFLICT', `The ${kind.what} ${message}.`, [{ path: ['id'], code: 'CONFLICT', message }]);
}
