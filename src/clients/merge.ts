/** What merging two clients that turn out to be one asks for beside what their fields do. */

import type { Row } from '../database/sql/index.ts';
import type { Write } from '../database/store/index.ts';
import { type Issues, unstorable } from '../fields/parse.ts';
import { referenceValue } from '../records/keys.ts';
import { changeEntryOf, type MergeRules } from '../records/merge.ts';
import type { Writer } from '../records/write.ts';
import { childAbove, hierarchyGuard } from './relations.ts';

/** The clients below the source come below the target, however many; neither may end up below itself. */
export const clientMerge: MergeRules = {
  keeps: ['parentId', 'createdById', 'modifiedById'],
  empties: ['primaryContactId', 'parentId'],
  moves: ['Client.parentId'],
  async prepare({ writer, source, target, at, input, issues, base, pending, options, lookups }) {
    const [sourceId, targetId] = [String(source.id), String(target.id)];
    // Before anything is looked at above or below the two.
    const guard = await hierarchyGuard(writer);
    options.hierarchyGuarded = true;
    const between = await childAbove(writer, sourceId, targetId);
    // Where the target is right below the source, it takes the source's place.
    if (between === targetId) base.parentId = source.parentId;
    // These hold once the source's own are moved, which the checks cannot see yet.
    for (const id of [source.primaryContactId, base.parentId]) if (typeof id === 'string') pending.add(id);
    await checkParentToBe(writer, sourceId, between, input.parentId, issues);
    const above = source.parentId;
    if (typeof above === 'string') await lookups.targets('Client', [above]);
    const place = typeof above === 'string' ? { id: above, ...lookups.target('Client', above) } : null;
    return () => [guard, ...moveChildren(writer, source, target, between, place, at)];
  },
};

/** A parent that the input gives to the target must be neither the source nor one that comes below the target with it. */
async function checkParentToBe(
  writer: Writer,
  sourceId: string,
  between: string | undefined,
  parentId: unknown,
  issues: Issues,
): Promise<void> {
  if (typeof parentId !== 'string' || unstorable(parentId)) return;
  const path = ['input', 'parent'];
  if (parentId === sourceId) {
    issues.add(path, 'is the source, which is deleted by the merge');
    return;
  }
  const child = await childAbove(writer, sourceId, parentId);
  if (child === undefined || child === between) return;
  issues.add(path, 'is below the source and so comes below the target; a client cannot be above itself');
}

/**
 * The clients below the source come below the target; where that would put the target below itself, the one `between`
 * them takes the source's own place.
 */
function moveChildren(
  writer: Writer,
  source: Row,
  target: Row,
  between: string | undefined,
  above: Row | null,
  at: string,
): Write[] {
  const { firmId, id: sourceId } = source;
  const move = (where: Row, below: Row | null, except?: string): Write => {
    const parentId = below?.id ?? null;
    const [before, after] = [{ parent: referenceValue(source) }, { parent: below && referenceValue(below) }];
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
  const below = move({}, target, between);
  return between === undefined || between === target.id ? [below] : [below, move({ id: between }, above)];
}
