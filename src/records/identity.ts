/** What every kind of record is known by in other systems: its tracking ID and its external ids, and the rules of these. */

import { and, equals, or, type Row, readRows, valued } from '../database/sql/index.ts';
import { a, objectList, text } from '../fields/fields.ts';
import type { Issues, Path } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { loaded } from './batch.ts';
import type { RecordKind, SavePlan } from './kind.ts';
import { changedNames, type SideRow, type Writer } from './write.ts';

/** External systems with a name of their own and the longest id each gives out. Any other lower-case name may be used. */
export const KNOWN_SYSTEMS: Readonly<Record<string, number>> = {
  external: 100,
  salesforce: 18,
  zendesk: 200,
  freshdesk: 200,
  usage: 200,
  stripe: 200,
  status: 200,
};
/** Longest id of a system that is not among the known ones. */
export const EXTERNAL_ID_MAX = 200;

const knownSystems = Object.entries(KNOWN_SYSTEMS)
  .map(([system, max]) => `${system} (${max})`)
  .join(', ');

/** The external ids of a record. */
export const externalIds = objectList(
  `Ids in other systems, one per system, each unique in the firm among records of one kind. Known systems with their longest id: ${knownSystems}; any other lower-case name, ${EXTERNAL_ID_MAX}.`,
  {
    name: 'ExternalId',
    keyedBy: ['system'],
    maxItems: 50,
    fields: {
      system: text('Name of the system, in lower case.', {
        max: 50,
        required: true,
        exact: true,
        pattern: { test: /^[a-z][a-z0-9_.-]*$/, says: 'a lower-case name of up to 50 letters, digits, _ . or -' },
      }),
      id: text('The id in that system, case-sensitive.', { max: EXTERNAL_ID_MAX, required: true, exact: true }),
    },
  },
);

/** The fields by which other systems know a record. `noun` is what the schema calls it. */
export const identityFields = (noun: string) => ({
  trackingId: text(
    `The ${noun}'s id in the system that pushes it: unique in the firm among records of this kind, matched exactly, and what an upsert finds ${a(noun)} by.`,
    { max: 255, min: 1, exact: true },
  ),
  externalIds,
});

/** An id in another system. */
export interface ExternalId {
  readonly system: string;
  readonly id: string;
}

/** The external ids of a record as far as they are well-formed, each with its place in the list. */
function listed({ externalIds: list }: Values): (ExternalId & { index: number })[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: Values | undefined, index) =>
    typeof item?.system === 'string' && typeof item.id === 'string'
      ? [{ system: item.system, id: item.id, index }]
      : [],
  );
}

/** The rows that keep the external ids of a record unique, and find it. */
export function externalIdRows({ model, fields }: RecordKind, record: Values): SideRow[] {
  if (!fields.externalIds) return [];
  const { firmId, id: entityId } = record;
  return listed(record).map(({ system, id: externalId }) => {
    const row = { firmId, kind: model, system, externalId, entityId };
    return { model: 'ExternalId', key: JSON.stringify(['externalId', system, externalId]), row, where: row };
  });
}

/** Adds an issue for each external id that is longer than those of its system. */
export function checkExternalIds({ next, path, issues }: SavePlan): void {
  checkExternalIdLengths(next.externalIds, path, issues);
}

/** The same of a list. */
export function checkExternalIdLengths(list: unknown, path: Path, issues: Issues): void {
  for (const { system, id, index } of listed({ externalIds: list })) {
    const max = Object.hasOwn(KNOWN_SYSTEMS, system) ? (KNOWN_SYSTEMS[system] ?? EXTERNAL_ID_MAX) : EXTERNAL_ID_MAX;
    if (id.length <= max) continue;
    const message = `must be at most ${max} characters for ${system}, not ${id.length}`;
    issues.add([...path, 'externalIds', index, 'id'], message);
  }
}

/** An external id may be the record's already without being in its list: it came with a record that was merged. */
export async function holdAliases({ writer, kind, current, id, next, held, issues }: SavePlan): Promise<void> {
  if (current === null || issues.list.length > 0 || changedNames(['externalIds'], current, next).length === 0) return;
  const { firmId } = writer.viewer;
  const had = new Set(listed(current).map(({ system, id: external }) => `${system} ${external}`));
  const added = listed(next).filter(({ system, id: external }) => !had.has(`${system} ${external}`));
  const holders = await externalIdHolders(writer, kind, added);
  const mine = holders.filter(({ entityId }) => entityId === id);
  const aliases = mine.map(({ system, externalId }) => ({ system, id: externalId }));
  held.push(...externalIdRows(kind, { firmId, id, externalIds: aliases }));
}

/** Which records of the kind hold these external ids: rows of ExternalId, of which there is at most one for each. */
async function externalIdHolders(
  { database, viewer }: Writer,
  { model }: RecordKind,
  asked: readonly ExternalId[],
): Promise<Row[]> {
  if (asked.length === 0) return [];
  const found = await loaded(database, [externalIdHolders, model], asked, async (all) => {
    const systems = new Map<string, string[]>();
    for (const { system, id } of all) systems.set(system, [...(systems.get(system) ?? []), id]);
    const any = or(...[...systems].map(([system, ids]) => and(equals('system', system), valued('externalId', ids))));
    const columns = new Set(['system', 'externalId', 'entityId']);
    const inFirm = and(equals('firmId', viewer.firmId), equals('kind', model), any);
    return readRows(database, { model: 'ExternalId', columns, relations: new Map() }, inFirm, { limit: all.length });
  });
  const mine = new Set(asked.map(({ system, id }) => `${system} ${id}`));
  return found.filter(({ system, externalId }) => mine.has(`${system} ${externalId}`));
}

/** Adds an issue for each external id that another record holds. */
export async function externalIdConflicts({ writer, kind, id, input, next, path, issues }: SavePlan): Promise<void> {
  if (!kind.fields.externalIds) return;
  const asked = listed(next);
  const parts = listed({ externalIds: input.setExternalIds });
  for (const holder of await externalIdHolders(writer, kind, asked)) {
    if (holder.entityId === id) continue;
    const { system, externalId } = holder;
    const isHeld = (item: ExternalId) => item.system === system && item.id === externalId;
    const part = parts.find(isHeld);
    const at = part ? ['setExternalIds', part.index] : ['externalIds', asked.find(isHeld)?.index ?? 0];
    const message = `${system} ${externalId} belongs to another ${kind.what}`;
    issues.add([...path, ...at], message, 'IDENTIFIER_CONFLICT', [String(holder.entityId)]);
  }
}
