/** Merging two clients that turn out to be one. */
import { type Row, storedInstant, type Write } from '../database/database.ts';
import { type RowRead, readRows } from '../database/read.ts';
import { InvalidInput } from '../errors.ts';
import { absorbed, bothOf, changeEntryOf, endSource, ofFirm } from '../records/merge.ts';
import { Issues } from '../records/parse.ts';
import type { Values } from '../records/patch.ts';
import { commitPrepared, prepareSave, type Saved } from '../records/save.ts';
import { inTurn } from '../records/turns.ts';
import { changeEntry, retrying, sideWrites, type Writer } from '../records/write.ts';
import { clientKind, externalIdRows } from './clients.ts';
import { clientFields } from './fields.ts';
import { ancestorsOf, hierarchyGuard } from './relations.ts';

/** Most clients below the source that a merge can move. */
const CHILDREN_MAX = 1_000;

/**
 * Merges the source into the target: contacts, locations and the clients below it move over, the target takes what it
 * lacks, and the source's id, trackingId and external ids find the target from now on. `input` patches the result.
 */
export function mergeClients(writer: Writer, sourceId: string, targetId: string, input: Values): Promise<Saved> {
  const { firmId } = writer.viewer;
  return inTurn(`${firmId} merge`, () =>
    retrying(async () => {
      const [source, target] = await bothOf(writer, clientKind, sourceId, targetId);
      const issues = new Issues();
      const at = storedInstant();
      const children = await moveChildren(writer, source, target, at);
      const base: Values = {
        ...absorbed(
          clientFields,
          target,
          source,
          ['trackingId', 'parentId', 'createdById', 'modifiedById'],
          ['input'],
          issues,
        ),
        ...(children.parentId === undefined ? {} : { parentId: children.parentId }),
      };
      // What the input decides needs no agreement of the two.
      const left = issues.list.filter(({ path }) => input[String(path[1])] === undefined);
      issues.list.splice(0, issues.list.length, ...left);
      const sources = externalIdRows(source);
      // These hold once the source's own are moved, which the checks cannot see yet.
      const pending = new Set([source.primaryContactId, children.parentId].filter((id) => typeof id === 'string'));
      const moved = new Set(sources.map(({ key }) => key));
      const listed = externalIdRows({ firmId, id: targetId, externalIds: base.externalIds }).filter(({ key }) =>
        moved.has(key),
      );
      const prepared = await prepareSave(writer, clientKind, target, input, {
        issues,
        at,
        base,
        held: listed,
        pending,
      });
      if (issues.list.length > 0) throw new InvalidInput(issues.list);
      const others = (clientKind.sideRows?.(source) ?? []).filter(({ model }) => model !== 'ClientExternalId');
      await commitPrepared(
        writer,
        [prepared],
        [
          ...sources.map(
            ({ where }): Write => ({ kind: 'update', model: 'ClientExternalId', where, set: { clientId: targetId } }),
          ),
          ...sideWrites(others, []),
          ...moveParts(writer, sourceId, targetId, at),
          ...children.writes,
          ...(await endSource(writer, clientKind, source, targetId, at, { primaryContactId: null, parentId: null })),
        ],
      );
      return { row: prepared.row, result: 'UPDATED', changedFields: prepared.changedFields };
    }),
  );
}

/** Locations and contacts move, deleted ones too. The target's primary location stays the primary one. */
function moveParts(writer: Writer, sourceId: string, targetId: string, at: string): Write[] {
  const { firmId } = writer.viewer;
  const move = (model: 'ClientLocation' | 'ClientContact', which: Row, changes: { before: Row; after: Row }): Write => {
    const [before, after] = [
      { clientId: sourceId, ...changes.before },
      { clientId: targetId, ...changes.after },
    ];
    return {
      kind: 'updateAll',
      model,
      where: { firmId, clientId: sourceId, ...which },
      set: { ...after, updatedAt: at },
      told: { deletedAt: null },
      change: changeEntryOf(writer, { kind: 'UPDATED', entity: model, at, before, after }),
    };
  };
  const nothing = { before: {}, after: {} };
  return [
    move('ClientLocation', { isPrimary: true }, { before: { isPrimary: true }, after: { isPrimary: false } }),
    move('ClientLocation', { isPrimary: false }, nothing),
    move('ClientContact', {}, nothing),
  ];
}

/**
 * The clients below the source come below the target; where that would put the target below itself, the one in between
 * takes the source's own place. `parentId` is the target's new parent, where it was the source.
 */
async function moveChildren(
  writer: Writer,
  source: Row,
  target: Row,
  at: string,
): Promise<{ writes: Write[]; parentId?: unknown }> {
  const [sourceId, targetId] = [String(source.id), String(target.id)];
  const read: RowRead = { model: 'Client', columns: new Set(['id', 'revision', 'deletedAt']), relations: new Map() };
  const children = await readRows(writer.database, read, ofFirm(writer, 'parentId', sourceId), {
    limit: CHILDREN_MAX,
    withDeleted: true,
  });
  if (children.length === 0) return { writes: [] };
  const { ancestors, guard } = await hierarchyGuard(writer, () => ancestorsOf(writer, targetId));
  const above = new Set(ancestors);
  const writes = children
    .filter(({ id }) => id !== targetId)
    .flatMap((child): Write[] => {
      const parentId = above.has(String(child.id)) ? source.parentId : targetId;
      const revision = Number(child.revision);
      const entry = {
        kind: 'UPDATED' as const,
        entity: 'Client',
        entityId: String(child.id),
        at,
        before: { parentId: sourceId },
        after: { parentId },
      };
      return [
        {
          kind: 'update',
          model: 'Client',
          where: { firmId: source.firmId, id: child.id, revision },
          set: { parentId, updatedAt: at, revision: revision + 1 },
        },
        ...(child.deletedAt === null ? [{ kind: 'record' as const, changes: [changeEntry(writer, entry)] }] : []),
      ];
    });
  return { writes: [guard, ...writes], ...(target.parentId === sourceId ? { parentId: source.parentId } : {}) };
}
