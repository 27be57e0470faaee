/** The rules of client groups: every client is in one, and each firm has `Unassigned`, which stays. */

import { DomainError } from '../base/errors.ts';
import { and, equals, type Row, type RowRead, readRows } from '../database/sql/index.ts';
import type { Write } from '../database/store/index.ts';
import { text } from '../fields/fields.ts';
import { type KeyInput, referenceValue } from '../records/keys.ts';
import type { WriteOptions } from '../records/kind.ts';
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
  rules: async ({ writer, current, next, columns, path, issues, writes }) => {
    if (current === null) columns.isDefault = false;
    if (current?.isDefault !== true) return;
    if (next.name !== current.name) {
      issues.add([...path, 'name'], `The group ${DEFAULT_GROUP_NAME} keeps its name`, 'CONFLICT');
    }
    if (next.trackingId !== current.trackingId) writes.push(await newVersion(writer));
  },
});

/** The group Unassigned as it is remembered: as new as that version of the firm's definitions. */
interface DefaultGroup {
  readonly id: string;
  readonly trackingId: string | null;
  readonly version: number;
}

const defaultGroups = new WeakMap<object, Map<number, DefaultGroup>>();
/** Firms whose default group is remembered. */
const REMEMBERED_MAX = 10_000;

/**
 * The firm's group Unassigned. It can neither be deleted nor replaced, so it is asked for once, and again when its tracking ID
 * may have changed: that raises the version of the firm's definitions, which every request comes with.
 */
export async function defaultGroup({ database, viewer }: Writer): Promise<DefaultGroup> {
  const { firmId, definitionsVersion: version } = viewer;
  const known = defaultGroups.get(database.$identity) ?? new Map<number, DefaultGroup>();
  defaultGroups.set(database.$identity, known);
  const remembered = known.get(firmId);
  if (remembered && remembered.version >= version) return remembered;
  const row = { model: 'ClientGroup' as const, columns: new Set(['id', 'trackingId']), relations: new Map() };
  const [group] = await readRows(database, row, and(equals('firmId', firmId), equals('isDefault', true)));
  if (!group) throw new Error(`The firm ${firmId} has no default group`);
  const trackingId = typeof group.trackingId === 'string' ? group.trackingId : null;
  const found = { id: String(group.id), trackingId, version };
  if (known.has(firmId) || known.size < REMEMBERED_MAX) known.set(firmId, found);
  return found;
}

/** The write by which every process learns that what it remembers of the group is out of date. */
async function newVersion({ database, viewer: { firmId } }: Writer): Promise<Write> {
  const firm: RowRead = { model: 'Firm', columns: new Set(['definitionsVersion']), relations: new Map() };
  const [found] = await readRows(database, firm, equals('id', firmId));
  const definitionsVersion = Number(found?.definitionsVersion);
  const where = { id: firmId, definitionsVersion };
  return { kind: 'update', model: 'Firm', where, set: { definitionsVersion: definitionsVersion + 1 } };
}

/** Deletes a group; its clients move to Unassigned, each move an entry of the feed. */
function deleteClientGroup(writer: Writer, by: KeyInput, options: WriteOptions = {}): Promise<Row> {
  return deleteNamed(writer, clientGroupKind, by, options, async (group, at) => {
    if (group.isDefault === true) {
      throw new DomainError('CONFLICT', `The group ${DEFAULT_GROUP_NAME} cannot be deleted.`, [
        { path: ['by'], code: 'CONFLICT', message: 'is the group of all clients that are in no other' },
      ]);
    }
    const { firmId } = writer.viewer;
    const other = await defaultGroup(writer);
    const change = {
      firmId,
      at,
      actor: writer.viewer.tokenName,
      kind: 'UPDATED' as const,
      entity: 'Client',
      before: { clientGroup: referenceValue(group) },
      after: { clientGroup: referenceValue({ ...other }) },
    };
    // Deleted clients move too, since they may be restored, but their move is nobody's news.
    const told = { deletedAt: null };
    const set = { clientGroupId: other.id, updatedAt: at };
    return [{ kind: 'updateAll', model: 'Client', where: { firmId, clientGroupId: group.id }, set, told, change }];
  });
}
