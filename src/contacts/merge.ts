/** Merging two contacts that turn out to be one person. */
import { storedInstant, type Write } from '../database/database.ts';
import { type RowRead, readRows } from '../database/read.ts';
import { InvalidInput } from '../errors.ts';
import { absorbed, bothOf, changeEntryOf, endSource, ofFirm } from '../records/merge.ts';
import { Issues } from '../records/parse.ts';
import type { Values } from '../records/patch.ts';
import { commitPrepared, prepareSave, type Saved } from '../records/save.ts';
import { inTurn } from '../records/turns.ts';
import { retrying, sideWrites, type Writer } from '../records/write.ts';
import { contactKind } from './contacts.ts';
import { contactFields } from './fields.ts';

/** Most portal tokens of one contact. */
const TOKENS_MAX = 1_000;

/**
 * Merges the source into the target, which stays where it is and takes what it lacks. The source's id and trackingId
 * find the target from now on; so do portal tokens. `input` patches the result.
 */
export function mergeContacts(writer: Writer, sourceId: string, targetId: string, input: Values): Promise<Saved> {
  const { firmId } = writer.viewer;
  return inTurn(`${firmId} merge`, () =>
    retrying(async () => {
      const [source, target] = await bothOf(writer, contactKind, sourceId, targetId);
      const issues = new Issues();
      const at = storedInstant();
      const base = absorbed(
        contactFields,
        target,
        source,
        ['trackingId', 'clientId', 'locationId', 'roleId'],
        ['input'],
        issues,
      );
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
      const tokens: RowRead = { model: 'Token', columns: new Set(['id']), relations: new Map() };
      const bound = await readRows(writer.database, tokens, ofFirm(writer, 'contactId', sourceId), {
        limit: TOKENS_MAX,
      });
      await commitPrepared(
        writer,
        [prepared],
        [
          {
            kind: 'updateAll',
            model: 'Client',
            where: { firmId, primaryContactId: sourceId },
            set: { primaryContactId, updatedAt: at },
            told: { deletedAt: null },
            change: changeEntryOf(writer, {
              kind: 'UPDATED',
              entity: 'Client',
              at,
              before: { primaryContactId: sourceId },
              after: { primaryContactId },
            }),
          },
          ...bound.map(
            ({ id }): Write => ({
              kind: 'update',
              model: 'Token',
              where: { firmId, id },
              set: { contactId: targetId },
            }),
          ),
          ...sideWrites(contactKind.sideRows?.(source) ?? [], []),
          ...(await endSource(writer, contactKind, source, targetId, at, { nameClaim: null })),
        ],
      );
      return { row: prepared.row, result: 'UPDATED', changedFields: prepared.changedFields };
    }),
  );
}
