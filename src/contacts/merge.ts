/** Merging two contacts that turn out to be one person. */
import { storedInstant } from '../database/database.ts';
import { InvalidInput } from '../errors.ts';
import { absorbed, bothOf, changeEntryOf, endSource, MERGING, targetStays } from '../records/merge.ts';
import { Issues } from '../records/parse.ts';
import type { Values } from '../records/patch.ts';
import { commitPrepared, prepareSave, type Saved } from '../records/save.ts';
import { changing, sideWrites, type Writer } from '../records/write.ts';
import { contactKind } from './contacts.ts';
import { contactFields } from './fields.ts';

/**
 * Merges the source into the target, which stays where it is and takes what it lacks. The source's id and trackingId
 * find the target from now on; so do portal tokens. `input` patches the result.
 */
export function mergeContacts(writer: Writer, sourceId: string, targetId: string, input: Values): Promise<Saved> {
  const { firmId } = writer.viewer;
  return changing(writer, [MERGING, sourceId, targetId], async () => {
    const [source, target] = await bothOf(writer, contactKind, sourceId, targetId);
    const issues = new Issues();
    const at = storedInstant();
    const own = ['trackingId', 'clientId', 'locationId', 'roleId'];
    const base = absorbed(contactFields, target, source, own, ['input'], issues);
    const left = issues.list.filter(({ path }) => input[String(path[1])] === undefined);
    issues.list.splice(0, issues.list.length, ...left);
    // The twin by name is the one that goes.
    const prepared = await prepareSave(writer, contactKind, target, input, {
      issues,
      at,
      base,
      options: { allowDuplicates: true },
    });
    if (issues.list.length > 0) throw new InvalidInput(issues.list);
    const primaryContactId = source.clientId === prepared.row.clientId ? targetId : null;
    const [before, after] = [{ primaryContactId: sourceId }, { primaryContactId }];
    await commitPrepared(
      writer,
      [prepared],
      [
        ...targetStays(writer, prepared),
        {
          kind: 'updateAll',
          model: 'Client',
          // Of no other client: a primary contact is one of the client's own.
          where: { firmId, id: source.clientId, primaryContactId: sourceId },
          set: { primaryContactId, updatedAt: at },
          told: { deletedAt: null },
          change: changeEntryOf(writer, { kind: 'UPDATED', entity: 'Client', at, before, after }),
        },
        {
          kind: 'updateAll',
          model: 'Token',
          where: { firmId, contactId: sourceId },
          set: { contactId: targetId },
          told: {},
          change: null,
        },
        ...sideWrites(contactKind.sideRows?.(source) ?? [], []),
        ...(await endSource(writer, contactKind, source, targetId, at, { nameClaim: null })),
      ],
    );
    return { row: prepared.row, result: 'UPDATED', changedFields: prepared.changedFields };
  });
}
