/** The rules between a client and what it points at: its type by name, and its parent without a cycle. */
import { equals, type RowRead, readRows } from '../database/sql/index.ts';
import type { Write } from '../database/store/index.ts';
import { clientTypeKind } from '../directory/directory.ts';
import { fold } from '../fields/fold.ts';
import { checkText } from '../fields/parse.ts';
import type { SavePlan } from '../records/kind.ts';
import { findRecord, prepareSave } from '../records/save.ts';
import type { Writer } from '../records/write.ts';
import { mayActAs } from '../session/viewer.ts';

/** How many clients may stand above one another. */
const ANCESTORS_MAX = 100;

/**
 * A type may be given by name instead of by id; where both are given, the id wins. A name that is not known yet becomes
 * a type when an ADMIN sends it, and is an error from others, so that a typing mistake of an integration makes none.
 */
export async function chooseType(plan: SavePlan): Promise<void> {
  const { writer, input, next, path, issues, writes, pending } = plan;
  const { typeId, typeName } = input;
  if (typeName === undefined || typeof typeId === 'string') return;
  if (typeName === null) {
    next.typeId = null;
    return;
  }
  const name = checkText(
    typeName,
    { min: 1, max: clientTypeKind.fields.name?.kind === 'text' ? clientTypeKind.fields.name.max : 0 },
    [...path, 'typeName'],
    issues,
  );
  if (name === undefined) return;
  const known = await findRecord(writer, clientTypeKind, equals('nameFolded', fold(name)));
  if (known) {
    next.typeId = known.id;
    return;
  }
  if (!mayActAs(writer.viewer.role, 'ADMIN')) {
    issues.add(
      [...path, 'typeName'],
      'There is no client type of this name; only an ADMIN token makes new ones',
      'NOT_FOUND',
    );
    return;
  }
  const made = await prepareSave(writer, clientTypeKind, null, { name }, { issues, at: plan.at });
  next.typeId = made.row.id;
  writes.push(...made.writes);
  pending.add(String(made.row.id));
}

/**
 * No client may be above itself. Whoever changes a parent raises the firm's `hierarchyVersion` from the one under which
 * the ancestors were read, so that of two changes at once that would close a cycle together, one is tried again.
 */
export async function checkParent({
  writer,
  current,
  id,
  next,
  path,
  issues,
  writes,
  pending,
  options,
}: SavePlan): Promise<void> {
  const { parentId } = next;
  if (typeof parentId !== 'string' || parentId === current?.parentId || pending.has(parentId)) return;
  if (parentId === id) {
    issues.add([...path, 'parentId'], 'is the client itself');
    return;
  }
  // A new client is above nobody.
  if (current === null) return;
  if (options.hierarchyGuarded !== true) writes.push(await hierarchyGuard(writer));
  const ancestors = await ancestorsOf(writer, parentId);
  if (ancestors.includes(id)) {
    issues.add([...path, 'parentId'], 'is below this client already; a client cannot be above itself');
  } else if (ancestors.length > ANCESTORS_MAX) {
    issues.add([...path, 'parentId'], `has ${ANCESTORS_MAX} clients above it; there can be no more`);
  }
}

/** The write that makes a commit stale when the parent of any client of the firm has changed from now on. */
export async function hierarchyGuard({ database, viewer: { firmId } }: Writer): Promise<Write> {
  const firm: RowRead = { model: 'Firm', columns: new Set(['hierarchyVersion']), relations: new Map() };
  const [found] = await readRows(database, firm, equals('id', firmId));
  const hierarchyVersion = Number(found?.hierarchyVersion);
  const where = { id: firmId, hierarchyVersion };
  return { kind: 'update', model: 'Firm', where, set: { hierarchyVersion: hierarchyVersion + 1 } };
}

/** The client itself and those above it, nearest first; at most one more than there may be. */
export async function ancestorsOf({ database, viewer: { firmId } }: Writer, id: string): Promise<string[]> {
  const most = ANCESTORS_MAX + 1;
  return database.$read({ is: 'chain', model: 'Client', by: 'parentId', firmId, from: id, most });
}

/**
 * Of the clients directly below `above`, the one that `id` is, or is below of; undefined where it is below none. However
 * far it is: chains that were put together may be longer than one that is built from its end.
 */
export async function childAbove(
  { database, viewer: { firmId } }: Writer,
  above: string,
  id: string,
): Promise<string | undefined> {
  const chain = { is: 'chain', model: 'Client', by: 'parentId', firmId, from: id, before: above } as const;
  const [child] = await database.$read(chain);
  return child;
}
