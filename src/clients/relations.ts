/** The rules between a client and what it points at: its type by name, and its parent without a cycle. */
import { encodeId } from '../database/columns.ts';
import { equals } from '../database/conditions.ts';
import type { Write } from '../database/database.ts';
import { type RowRead, readRows } from '../database/read.ts';
import { sql } from '../database/sql.ts';
import { clientTypeKind } from '../directory/directory.ts';
import { mayActAs } from '../firms/viewer.ts';
import { idText } from '../ids.ts';
import { fold } from '../records/fold.ts';
import { checkText } from '../records/parse.ts';
import { findRecord, prepareSave, type SavePlan } from '../records/save.ts';
import type { Writer } from '../records/write.ts';

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
  const rows = await database.cells(sql`
    WITH RECURSIVE up("id", "parentId", "height") AS (
      SELECT "id", "parentId", 1 FROM "Client" WHERE "firmId" = ${firmId} AND "id" = ${numberOf(id)}
      UNION ALL
      SELECT c."id", c."parentId", up."height" + 1 FROM "Client" c JOIN up ON c."id" = up."parentId"
      WHERE c."firmId" = ${firmId} AND up."height" <= ${ANCESTORS_MAX}
    ) SELECT "id" FROM up ORDER BY "height"`);
  return rows.map(([ancestor]) => idText('Client', Number(ancestor)));
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
  const rows = await database.cells(sql`
    WITH RECURSIVE up("id", "parentId") AS (
      SELECT "id", "parentId" FROM "Client" WHERE "firmId" = ${firmId} AND "id" = ${numberOf(id)}
      UNION
      SELECT c."id", c."parentId" FROM "Client" c JOIN up ON c."id" = up."parentId"
      WHERE c."firmId" = ${firmId} AND up."parentId" <> ${numberOf(above)}
    ) SELECT "id" FROM up WHERE "parentId" = ${numberOf(above)}`);
  const [[child] = []] = rows;
  return child === undefined ? undefined : idText('Client', Number(child));
}

/** The number that stands for a client; null for what is no id of one. */
function numberOf(id: string): number | null {
  return encodeId('Client', 'id', id);
}
