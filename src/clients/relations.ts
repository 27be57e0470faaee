/** The rules between a client and those above it: there is no cycle. */
import { equals, type RowRead, readRows } from '../database/sql/index.ts';
import type { Write } from '../database/store/index.ts';
import type { SavePlan } from '../records/kind.ts';
import type { Writer } from '../records/write.ts';

/** How many clients may stand above one another. */
const ANCESTORS_MAX = 100;

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
    issues.add([...path, 'parent'], 'is the client itself');
    return;
  }
  // A new client is above nobody.
  if (current === null) return;
  if (options.hierarchyGuarded !== true) writes.push(await hierarchyGuard(writer));
  const ancestors = await ancestorsOf(writer, parentId);
  if (ancestors.includes(id)) {
    issues.add([...path, 'parent'], 'is below this client already; a client cannot be above itself');
  } else if (ancestors.length > ANCESTORS_MAX) {
    issues.add([...path, 'parent'], `has ${ANCESTORS_MAX} clients above it; there can be no more`);
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
