/** Merging: what a record takes over from another of its kind that turns out to be the same. */

import { isDeepStrictEqual } from 'node:util';
import { DomainError, InvalidInput } from '../base/errors.ts';
import { columnsOf, type ModelName, type Row, storedInstant } from '../database/sql/index.ts';
import type { Write } from '../database/store/index.ts';
import { type Field, type Fields, kindOfField, publicName } from '../fields/fields.ts';
import { Issues, type Path } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { existing, keyFrom } from './addressed.ts';
import { byId, type KeyInput, referenceValue } from './keys.ts';
import {
  type Merging,
  type Prepared,
  partsOf,
  type RecordKind,
  referencesTo,
  type SaveOptions,
  usesBeside,
} from './kind.ts';
import { Lookups } from './lookups.ts';
import { withIds } from './references.ts';
import { commitPrepared, givenUp, lastValues, ownSides, prepareSave, recorded, requirement } from './save.ts';
import { changeEntry, changing, type Saved, type SideRow, sideWrites, type Writer } from './write.ts';

export type { MergeRules } from './kind.ts';

/**
 * Merges the source into the target, which takes what it lacks: what points at the source points at the target then, its
 * parts among them, and its id and tracking ID find the target from now on. `input` patches the result.
 */
export async function mergeRecords(
  writer: Writer,
  kind: RecordKind,
  sourceKey: KeyInput,
  targetKey: KeyInput,
  sent: Values,
): Promise<Saved> {
  const { firmId } = writer.viewer;
  const { keeps = [], empties = [], prepare } = kind.merge ?? {};
  const [sourceId, targetId] = [
    await idOf(writer, kind, sourceKey, 'source'),
    await idOf(writer, kind, targetKey, 'target'),
  ];
  if (sourceId === targetId) {
    const message = 'must be another record than source';
    throw new DomainError('BAD_USER_INPUT', `target: ${message}.`, [
      { path: ['target'], code: 'BAD_USER_INPUT', message },
    ]);
  }
  return changing(writer, [MERGING, sourceId, targetId], async () => {
    const source = await existing(writer, kind, byId(sourceId), { path: ['source'], merged: false });
    const target = await existing(writer, kind, byId(targetId), { path: ['target'], merged: false });
    const issues = new Issues();
    const lookups = new Lookups(writer);
    const { inputs } = await withIds(writer, lookups, kind.fields, [{ input: sent, path: ['input'] }], issues);
    const [input = sent] = inputs;
    const keyed = issues.list.length;
    const at = storedInstant();
    const own = ['trackingId', ...(kind.partOf ? [kind.partOf.field] : []), ...keeps];
    const base = absorbed(kind.fields, target, source, own, ['input'], issues);
    // What the input decides needs no agreement of the two.
    const left = issues.list.filter(({ path }, index) => index < keyed || input[String(path[1])] === undefined);
    issues.list.splice(0, issues.list.length, ...left);
    const pending = new Set<string>();
    const options: SaveOptions = {};
    const merging: Merging = { writer, source, target, at, input, issues, base, pending, lookups, options };
    const further = await prepare?.(merging);
    const [identifiers, others] = sidesOf(kind, source);
    const moved = new Set(identifiers.map(({ key }) => key));
    const held = sidesOf(kind, { ...base, firmId, id: targetId })[0].filter(({ key }) => moved.has(key));
    const prepared = await prepareSave(writer, kind, target, input, {
      issues,
      at,
      base,
      held,
      pending,
      lookups,
      options,
    });
    if (issues.list.length > 0) throw new InvalidInput(issues.list);
    await commitPrepared(
      writer,
      [prepared],
      [
        ...targetStays(writer, prepared),
        ...(further?.(prepared) ?? []),
        ...moveIdentifiers(kind, firmId, sourceId, targetId),
        ...sideWrites(others, []),
        ...moveReferences(writer, kind, source, target, at),
        ...(await endSource(writer, kind, source, target, at, {
          ...givenUp(kind),
          ...Object.fromEntries(empties.map((column) => [column, null])),
        })),
      ],
    );
    return { row: prepared.row, result: 'UPDATED', changedFields: prepared.changedFields };
  });
}

/** The rows beside a record: its external ids, and others. */
function sidesOf(kind: RecordKind, record: Values): [identifiers: SideRow[], others: SideRow[]] {
  const sides = ownSides(kind, record);
  const isIdentifier = ({ model }: SideRow) => model === 'ExternalId';
  return [sides.filter(isIdentifier), sides.filter((side) => !isIdentifier(side))];
}

/** The external ids of the source, those that it took over from others too. */
function moveIdentifiers({ model, fields }: RecordKind, firmId: number, sourceId: string, targetId: string): Write[] {
  if (!fields.externalIds) return [];
  const where = { firmId, kind: model, entityId: sourceId };
  return [{ kind: 'updateAll', model: 'ExternalId', where, set: { entityId: targetId }, told: {}, change: null }];
}

/** What points at the source points at the target then, deleted records too. */
function moveReferences(writer: Writer, kind: RecordKind, source: Row, target: Row, at: string): Write[] {
  const { firmId } = writer.viewer;
  const [sourceId, targetId] = [String(source.id), String(target.id)];
  const { moves = [] } = kind.merge ?? {};
  const first = new Map(
    partsOf(kind.model).map(({ kind: part, partOf }) => [`${part.model}.${partOf.field}`, partOf.first]),
  );
  const fields = referencesTo(kind.model).flatMap(({ kind: from, name, field }) => {
    const outside = publicName(name, field);
    if (moves.includes(`${from.model}.${name}`)) return [];
    const move = (which: Row, changes: { before: Row; after: Row }): Write => {
      const before = { [outside]: referenceValue(source), ...changes.before };
      const after = { [outside]: referenceValue(target), ...changes.after };
      const change = { kind: 'UPDATED' as const, entity: from.model, at, before, after };
      return {
        kind: 'updateAll',
        model: from.model,
        where: { firmId, [name]: sourceId, ...which },
        set: { [name]: targetId, ...changes.after, updatedAt: at },
        told: columnsOf(from.model).deletedAt ? { deletedAt: null } : {},
        change: from.feed ? changeEntryOf(writer, change) : null,
      };
    };
    const flag = first.get(`${from.model}.${name}`);
    const nothing = { before: {}, after: {} };
    if (flag === undefined) return [move({}, nothing)];
    return [
      move({ [flag]: true }, { before: { [flag]: true }, after: { [flag]: false } }),
      move({ [flag]: false }, nothing),
    ];
  });
  const beside = usesBeside(kind).map(
    ({ model, column }): Write => ({
      kind: 'updateAll',
      model,
      where: { firmId, [column]: sourceId },
      set: { [column]: targetId },
      told: {},
      change: null,
    }),
  );
  return [...fields, ...beside];
}

/** Under which all merges of a firm take turns, as under the id of a record: chains of them end in each other. */
const MERGING = 'merge';

/** The id of a record of a merge, which is under `argument`. Throws NotFound. */
async function idOf(writer: Writer, kind: RecordKind, by: KeyInput, argument: string): Promise<string> {
  const path = [argument];
  const key = keyFrom(kind, by, path);
  return key.by === 'id' ? key.value : String((await existing(writer, kind, key, { path })).id);
}

/**
 * The target's values with what it lacks filled in from the source: an empty field takes the source's value, lists are
 * joined, long texts are put one below the other, and small objects, but for addresses, are filled in part by part.
 * Where both have a value, the target's stays. Fields in `own` stay as they are.
 */
function absorbed(
  fields: Fields,
  target: Values,
  source: Values,
  own: readonly string[],
  path: Path,
  issues: Issues,
): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, field]) => {
    const [mine, theirs] = [target[name] ?? null, source[name] ?? null];
    const kept = own.includes(name) || theirs === null || isDeepStrictEqual(mine, theirs);
    return [name, kept ? mine : joined(field, mine, theirs, [...path, name], issues)];
  });
  return Object.fromEntries(entries);
}

function joined(field: Field, mine: unknown, theirs: unknown, path: Path, issues: Issues): unknown {
  if (mine === null) return theirs;
  const { merge } = kindOfField(field);
  return merge ? merge(field, mine as never, theirs as never, path, issues) : mine;
}

/** What makes the commit stale when the target has gone since it was read. A target that changes is guarded by its revision. */
function targetStays(writer: Writer, { plan, writes }: Prepared): Write[] {
  return writes.length > 0 ? [] : requirement(writer, plan.kind.model, plan.id);
}

/** The writes by which the source ends: it is deleted, and found as the target from now on. */
async function endSource(
  writer: Writer,
  kind: RecordKind,
  source: Row,
  target: Row,
  at: string,
  cleared: Row,
): Promise<Write[]> {
  const targetId = String(target.id);
  const { firmId, id } = source;
  const revision = Number(source.revision);
  const before = await lastValues(writer, kind, source);
  const entry = {
    kind: 'MERGED' as const,
    entity: kind.model,
    entityId: String(id),
    at,
    before,
    after: { mergedInto: referenceValue(target) },
  };
  const model: ModelName = kind.model;
  return [
    { kind: 'lock', model, where: { firmId, id } },
    {
      kind: 'update',
      model,
      where: { firmId, id, revision },
      set: { ...cleared, deletedAt: at, mergedIntoId: targetId, updatedAt: at, revision: revision + 1 },
    },
    // Whatever was merged into the source before is found as the target too. Nobody sees those, so nobody is told.
    {
      kind: 'updateAll',
      model,
      where: { firmId, mergedIntoId: id },
      set: { mergedIntoId: targetId },
      told: { deletedAt: null },
      change: kind.feed ? changeEntryOf(writer, { ...entry, kind: 'UPDATED' }) : null,
    },
    ...recorded(kind, [changeEntry(writer, entry)]),
  ];
}

/** An entry for any number of records that change alike. */
export function changeEntryOf(
  writer: Writer,
  { kind, entity, at, before, after }: Omit<Parameters<typeof changeEntry>[1], 'entityId'>,
) {
  return { firmId: writer.viewer.firmId, actor: writer.viewer.tokenName, kind, entity, at, before, after };
}
