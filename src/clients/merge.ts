/** Merging two clients that turn out to be one. */
import { type Row, storedInstant, type Write } from '../database/database.ts';
import { InvalidInput } from '../errors.ts';
import { absorbed, bothOf, changeEntryOf, endSource, MERGING, targetStays } from '../records/merge.ts';
import { Issues, unstorable } from '../records/parse.ts';
import type { Values } from '../records/patch.ts';
import { commitPrepared, prepareSave, type Saved } from '../records/save.ts';
import { changing, sideWrites, type Writer } from '../records/write.ts';
import { clientKind, externalIdRows } from './clients.ts';
import { clientFields } from './fields.ts';
import { childAbove, hierarchyGuard } from './relations.ts';

/**
 * Merges the source into the target: contacts, locations and the clients below it move over, however many, the target
 * takes what it lacks, and the source's id, trackingId and external ids find the target from now on. `input` patches the
 * result.
 */
export function mergeClients(writer: Writer, sourceId: string, targetId: string, input: Values): Promise<Saved> {
  const { firmId } = writer.viewer;
  return changing(writer, [MERGING, sourceId, targetId], async () => {
    const [source, target] = await bothOf(writer, clientKind, sourceId, targetId);
    const issues = new Issues();
    const at = storedInstant();
    // Before anything is looked at above or below the two.
    const guard = await hierarchyGuard(writer);
    const between = await childAbove(writer, sourceId, targetId);
    const own = ['trackingId', 'parentId', 'createdById', 'modifiedById'];
    const base: Values = {
      ...absorbed(clientFields, target, source, own, ['input'], issues),
      // Where the target is right below the source, it takes the source's place.
      ...(between === targetId ? { parentId: source.parentId } : {}),
    };
    // What the input decides needs no agreement of the two.
    const left = issues.list.filter(({ path }) => input[String(path[1])] === undefined);
    issues.list.splice(0, issues.list.length, ...left);
    // These hold once the source's own are moved, which the checks cannot see yet.
    const pending = new Set([source.primaryContactId, base.parentId].filter((id) => typeof id === 'string'));
    const moved = new Set(externalIdRows(source).map(({ key }) => key));
    const listed = externalIdRows({ firmId, id: targetId, externalIds: base.externalIds }).filter(({ key }) =>
      moved.has(key),
    );
    await checkParentToBe(writer, sourceId, between, input.parentId, issues);
    const prepared = await prepareSave(writer, clientKind, target, input, {
      issues,
      at,
      base,
      held: listed,
      pending,
      options: { hierarchyGuarded: true },
    });
    if (issues.list.length > 0) throw new InvalidInput(issues.list);
    const others = (clientKind.sideRows?.(source) ?? []).filter(({ model }) => model !== 'ExternalId');
    await commitPrepared(
      writer,
      [prepared],
      [
        ...targetStays(writer, prepared),
        guard,
        // Those that the source took over from others, too.
        {
          kind: 'updateAll',
          model: 'ExternalId',
          where: { firmId, kind: 'Client', entityId: sourceId },
          set: { entityId: targetId },
          told: {},
          change: null,
        },
        ...sideWrites(others, []),
        ...moveParts(writer, sourceId, targetId, at),
        ...moveChildren(writer, source, targetId, between, at),
        ...(await endSource(writer, clientKind, source, targetId, at, { primaryContactId: null, parentId: null })),
      ],
    );
    return { row: prepared.row, result: 'UPDATED', changedFields: prepared.changedFields };
  });
}

/** A parent that the input gives to the target must be neither the source nor one that comes below the target with it. */
async function checkParentToBe(
  writer: Writer,
  sourceId: string,
  between: string | undefined,
  parentId: unknown,
  issues: Issues,
): Promise<void> {
  if (typeof parentId !== 'string' || unstorable(parentId)) return;
  const path = ['input', 'parentId'];
  if (parentId === sourceId) {
    issues.add(path, 'is the source, which is deleted by the merge');
    return;
  }
  const child = await childAbove(writer, sourceId, parentId);
  if (child === undefined || child === between) return;
  issues.add(path, 'is below the source and so comes below the target; a client cannot be above itself');
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
 * The clients below the source come below the target; where that would put the target below itself, the one `between`
 * them takes the source's own place.
 */
function moveChildren(
  writer: Writer,
  { firmId, id: sourceId, parentId: above }: Row,
  targetId: string,
  between: string | undefined,
  at: string,
): Write[] {
  const move = (where: Row, parentId: unknown, except?: string): Write => {
    const [before, after] = [{ parentId: sourceId }, { parentId }];
    return {
      kind: 'updateAll',
      model: 'Client',
      where: { firmId, parentId: sourceId, ...where },
      except,
      set: { parentId, updatedAt: at },
      told: { deletedAt: null },
      change: changeEntryOf(writer, { kind: 'UPDATED', entity: 'Client', at, before, after }),
    };
  };
  const below = move({}, targetId, between);
  return between === undefined || between === targetId ? [below] : [below, move({ id: between }, above)];
}
