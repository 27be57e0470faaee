/** The rules of client groups: every client is in one, and each firm has `Unassigned`, which stays. */

import type { Database } from '../database/client.ts';
import { and, equals } from '../database/conditions.ts';
import type { Row } from '../database/database.ts';
import { readRows } from '../database/read.ts';
import { DomainError } from '../errors.ts';
import { text } from '../records/fields.ts';
import { deleteNamed, namedKind } from '../records/named.ts';
import type { Writer } from '../records/write.ts';

/** The name of the group that every firm has from its start. */
export const DEFAULT_GROUP_NAME = 'Unassigned';

export const clientGroupKind = namedKind({
  model: 'ClientGroup',
  what: 'client group',
  plural: 'client groups',
  prefix: 'group',
  feed: { entity: 'CLIENT_GROUP', says: 'A client group.' },
  bookkeeping: ['isDefault'],
  writes: { delete: deleteClientGroup },
  schema: () => import('./schema.ts'),
  fields: {
    name: text('Name of the group. Unique within the firm, case-insensitive.', { max: 255, required: true }),
  },
  rules: ({ current, next, columns, path, issues }) => {
    if (current === null) columns.isDefault = false;
    if (current?.isDefault === true && next.name !== current.name) {
      issues.add([...path, 'name'], `The group ${DEFAULT_GROUP_NAME} keeps its name`, 'CONFLICT');
    }
  },
});

const defaultGroups = new WeakMap<object, Map<number, string>>();
/** Firms whose default group is remembered. */
const REMEMBERED_MAX = 10_000;

/** The id of the firm's group Unassigned. It can neither be deleted nor replaced, so it is asked for once. */
export async function defaultGroupId(database: Database, firmId: number): Promise<string> {
  const known = defaultGroups.get(database.$identity) ?? new Map<number, string>();
  defaultGroups.set(database.$identity, known);
  const remembered = known.get(firmId);
  if (remembered) return remembered;
  const row = { model: 'ClientGroup' as const, columns: new Set(['id']), relations: new Map() };
  const [group] = await readRows(database, row, and(equals('firmId', firmId), equals('isDefault', true)));
  if (!group) throw new Error(`The firm ${firmId} has no default group`);
  if (known.size < REMEMBERED_MAX) known.set(firmId, String(group.id));
  return String(group.id);
}

/** Deletes a group; its clients move to Unassigned, each move an entry of the feed. */
function deleteClientGroup(writer: Writer, id: string): Promise<Row> {
  return deleteNamed(writer, clientGroupKind, id, async (group, at) => {
    if (group.isDefault === true) {
      throw new DomainError('CONFLICT', `The group ${DEFAULT_GROUP_NAME} cannot be deleted.`, [
        { path: ['id'], code: 'CONFLICT', message: 'is the group of all clients that are in no other' },
      ]);
    }
    const { firmId } = writer.viewer;
    const clientGroupId = await defaultGroupId(writer.database, firmId);
    const change = {
      firmId,
      at,
      actor: writer.viewer.tokenName,
      kind: 'UPDATED' as const,
      entity: 'Client',
      before: { clientGroupId: id },
      after: { clientGroupId },
    };
    // Deleted clients move too, since they may be restored, but their move is nobody's news.
    const told = { deletedAt: null };
    const set = { clientGroupId, updatedAt: at };
    return [{ kind: 'updateAll', model: 'Client', where: { firmId, clientGroupId: id }, set, told, change }];
  });
}
