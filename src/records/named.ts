/**
 * The one write path of the small records around a client (groups, and later types, regions, roles …): find, compare,
 * write, record. Each is declared as data; what is special to one is given as a rule.
 */
import { and, equals } from '../database/conditions.ts';
import { type ModelName, type Row, storedInstant, type Write } from '../database/database.ts';
import { readRows, wholeRow } from '../database/read.ts';
import { UniqueViolation } from '../database/violations.ts';
import { InvalidInput, NotFound } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Fields } from './fields.ts';
import { fold } from './fold.ts';
import { Issues } from './parse.ts';
import { applyPatch, defaultsOf, requireFields, type Values } from './patch.ts';
import { changedNames, changeEntry, commit, pick, retrying, Stale, type Writer } from './write.ts';

/** A small record: its model, what it is made of and how it is called. */
export interface NamedKind {
  model: ModelName & Parameters<typeof newId>[0];
  fields: Fields;
  /** The noun, for messages. */
  what: string;
  /** Whether two of one name (without regard to case) are refused. */
  uniqueName: boolean;
  /** Whether changes are entered in the feed. */
  recorded: boolean;
}

/** The record of that id in the writer's firm. Throws NotFound. */
export async function findNamed(writer: Writer, kind: NamedKind, id: string): Promise<Row> {
  const where = and(equals('firmId', writer.viewer.firmId), equals('id', id));
  const [row] = await readRows(writer.database, wholeRow(kind.model), where);
  if (!row) throw new NotFound(kind.what, ['id']);
  return row;
}

/** Creates a record. `fixed` are columns that no input sets. */
export async function createNamed(writer: Writer, kind: NamedKind, input: Values, fixed: Row = {}): Promise<Row> {
  const issues = new Issues();
  const values = applyPatch(kind.fields, defaultsOf(kind.fields), input, ['input'], issues);
  requireFields(kind.fields, values, ['input'], issues);
  if (issues.list.length > 0) throw new InvalidInput(issues.list);
  const at = storedInstant();
  const row: Row = {
    firmId: writer.viewer.firmId,
    id: newId(kind.model),
    ...values,
    nameFolded: fold(String(values.name)),
    ...fixed,
    createdAt: at,
    updatedAt: at,
    revision: 1,
  };
  const after = pick(values, Object.keys(kind.fields));
  await retrying(() =>
    named(writer, kind, row, [
      { kind: 'insert', model: kind.model, rows: [row] },
      ...recorded(writer, kind, { kind: 'CREATED', entityId: String(row.id), at, before: null, after }),
    ]),
  );
  return row;
}

/** Patches a record by the patch rule. `rule` may refuse: it is given the record and what it would become. */
export async function patchNamed(
  writer: Writer,
  kind: NamedKind,
  id: string,
  input: Values,
  rule: (current: Row, next: Values, issues: Issues) => void = () => undefined,
): Promise<Row> {
  return retrying(async () => {
    const current = await findNamed(writer, kind, id);
    const issues = new Issues();
    const next = applyPatch(kind.fields, current, input, ['input'], issues);
    rule(current, next, issues);
    if (issues.list.length > 0) throw new InvalidInput(issues.list);
    const changed = changedNames(Object.keys(kind.fields), current, next);
    if (changed.length === 0) return current;
    const at = storedInstant();
    const revision = Number(current.revision);
    const set = {
      ...pick(next, changed),
      ...(changed.includes('name') ? { nameFolded: fold(String(next.name)) } : {}),
      updatedAt: at,
      revision: revision + 1,
    };
    const row: Row = { ...current, ...set };
    const [before, after] = [pick(current, changed), pick(next, changed)];
    await named(writer, kind, row, [
      { kind: 'update', model: kind.model, where: { firmId: row.firmId, id, revision }, set },
      ...recorded(writer, kind, { kind: 'UPDATED', entityId: id, at, before, after }),
    ]);
    return row;
  });
}

/** Deletes a record, with further writes that belong to it. Answers it as it was. */
export async function deleteNamed(
  writer: Writer,
  kind: NamedKind,
  id: string,
  also: (current: Row, at: string) => Promise<Write[]> | Write[] = () => [],
): Promise<Row> {
  return retrying(async () => {
    const current = await findNamed(writer, kind, id);
    const at = storedInstant();
    const before = pick(current, Object.keys(kind.fields));
    await commit(writer.database, [
      ...(await also(current, at)),
      { kind: 'delete', model: kind.model, where: { firmId: current.firmId, id, revision: current.revision } },
      ...recorded(writer, kind, { kind: 'DELETED', entityId: id, at, before, after: null }),
    ]);
    return current;
  });
}

function recorded(writer: Writer, kind: NamedKind, entry: Omit<Parameters<typeof changeEntry>[1], 'entity'>): Write[] {
  return kind.recorded ? [{ kind: 'record', changes: [changeEntry(writer, { ...entry, entity: kind.model })] }] : [];
}

/** Commits, telling of a name that is taken by the field and the other record's id. */
async function named(writer: Writer, kind: NamedKind, row: Row, writes: readonly Write[]): Promise<void> {
  try {
    await commit(writer.database, writes);
  } catch (error) {
    if (!(error instanceof UniqueViolation) || !error.on(kind.model, 'firmId', 'nameFolded')) throw error;
    const where = and(equals('firmId', String(row.firmId)), equals('nameFolded', String(row.nameFolded)));
    const [other] = await readRows(writer.database, wholeRow(kind.model), where);
    if (!other) throw new Stale();
    const message = `Another ${kind.what} has this name (without regard to case)`;
    throw new InvalidInput([{ path: ['input', 'name'], code: 'DUPLICATE', message, ids: [String(other.id)] }]);
  }
}
