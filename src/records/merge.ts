/** Merging: what a record takes over from another of its kind that turns out to be the same. */
import { isDeepStrictEqual } from 'node:util';
import type { ModelName, Row, Write } from '../database/database.ts';
import { DomainError } from '../errors.ts';
import type { Field, Fields } from './fields.ts';
import type { Issues, Path } from './parse.ts';
import { fieldClass, type Values } from './patch.ts';
import { existing, lastValues, type Prepared, type RecordKind, requirement } from './save.ts';
import { changeEntry, type Writer } from './write.ts';

/** Under which all merges of a firm take turns, as under the id of a record: chains of them end in each other. */
export const MERGING = 'merge';

/** The two records of a merge. Throws NotFound, or BAD_USER_INPUT when they are one. */
export async function bothOf(
  writer: Writer,
  kind: RecordKind,
  sourceId: string,
  targetId: string,
): Promise<[source: Row, target: Row]> {
  const find = async (id: string, argument: string) => {
    try {
      return await existing(writer, kind, id);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'NOT_FOUND') throw error;
      throw new DomainError('NOT_FOUND', error.message, [
        { path: [argument], code: 'NOT_FOUND', message: error.message },
      ]);
    }
  };
  if (sourceId === targetId) {
    const message = 'must be another record than sourceId';
    throw new DomainError('BAD_USER_INPUT', `targetId: ${message}.`, [
      { path: ['targetId'], code: 'BAD_USER_INPUT', message },
    ]);
  }
  return [await find(sourceId, 'sourceId'), await find(targetId, 'targetId')];
}

/** What a field keeps that the target's value does not hold: see `absorbed`. */
const LONG_TEXT = 10_000;

/**
 * The target's values with what it lacks filled in from the source: an empty field takes the source's value, lists are
 * joined, long texts are put one below the other, and small objects, but for addresses, are filled in part by part.
 * Where both have a value, the target's stays. Fields in `own` stay as they are.
 */
export function absorbed(
  fields: Fields,
  target: Values,
  source: Values,
  own: readonly string[],
  path: Path,
  issues: Issues,
): Values {
  const entries = Object.entries(fields).map(([name, field]) => {
    const [mine, theirs] = [target[name] ?? null, source[name] ?? null];
    const kept = own.includes(name) || theirs === null || isDeepStrictEqual(mine, theirs);
    return [name, kept ? mine : joined(field, mine, theirs, [...path, name], issues)];
  });
  return Object.fromEntries(entries);
}

function joined(field: Field, mine: unknown, theirs: unknown, path: Path, issues: Issues): unknown {
  if (mine === null) return theirs;
  switch (field.kind) {
    case 'text': {
      if (field.max < LONG_TEXT) return mine;
      const both = `${mine}\n\n${theirs}`;
      if ([...both].length <= field.max) return both;
      issues.add(
        path,
        `of both records together is longer than ${field.max} characters; say in the input what it shall be`,
      );
      return mine;
    }
    case 'textList':
      return fitting(field, [...new Set([...(mine as string[]), ...(theirs as string[])])], mine, path, issues);
    case 'objectList': {
      const keyOf = (item: Values) => JSON.stringify(field.keyedBy.map((name) => item[name]));
      const keys = new Set((mine as Values[]).map(keyOf));
      const others = (theirs as Values[]).filter((item) => !keys.has(keyOf(item)));
      return fitting(field, [...(mine as Values[]), ...others], mine, path, issues);
    }
    case 'object':
      // Parts of two addresses make a third, which nobody lives at.
      return field.name === 'Address' ? mine : { ...(theirs as Values), ...(mine as Values) };
    case 'customFields':
      return { ...(theirs as Values), ...(mine as Values) };
    default:
      return fieldClass(field) === 'required' ? mine : (mine ?? theirs);
  }
}

/** A list of both records together, where the field has room for it. */
function fitting(
  { maxItems }: { maxItems: number },
  both: readonly unknown[],
  mine: unknown,
  path: Path,
  issues: Issues,
): unknown {
  if (both.length <= maxItems) return both;
  const says = `of both records together has ${both.length} items, and there may be ${maxItems}`;
  issues.add(path, `${says}; say in the input what it shall be`);
  return mine;
}

/** What makes the commit stale when the target has gone since it was read. A target that changes is guarded by its revision. */
export function targetStays(writer: Writer, { plan, writes }: Prepared): Write[] {
  return writes.length > 0 ? [] : requirement(writer, plan.kind.model, plan.id);
}

/** The writes by which the source ends: it is deleted, and found as the target from now on. */
export async function endSource(
  writer: Writer,
  kind: RecordKind,
  source: Row,
  targetId: string,
  at: string,
  cleared: Row,
): Promise<Write[]> {
  const { firmId, id } = source;
  const revision = Number(source.revision);
  const before = await lastValues(writer, kind, source);
  const entry = {
    kind: 'MERGED' as const,
    entity: kind.model,
    entityId: String(id),
    at,
    before,
    after: { mergedIntoId: targetId },
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
      change: changeEntryOf(writer, { ...entry, kind: 'UPDATED' }),
    },
    { kind: 'record', changes: [changeEntry(writer, entry)] },
  ];
}

/** An entry for any number of records that change alike. */
export function changeEntryOf(
  writer: Writer,
  { kind, entity, at, before, after }: Omit<Parameters<typeof changeEntry>[1], 'entityId'>,
) {
  return { firmId: writer.viewer.firmId, actor: writer.viewer.tokenName, kind, entity, at, before, after };
}
