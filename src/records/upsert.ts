/**
 * How an upsert finds its record: by `by` and by `input.trackingId`, whichever are given. One record that is found by either
 * is taken, and gets the other key if it lacks it; where there is none, one is created with the keys given.
 */

import { DomainError, InvalidInput } from '../base/errors.ts';
import type { Row } from '../database/sql/index.ts';
import { Issues } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { findByKeys, type Key, type Keyed, type KeyInput, keyText, missingBy, onlyOne, readKey } from './keys.ts';
import type { RecordKind, WriteOptions } from './kind.ts';
import { withoutNulls } from './normalize.ts';
import { writableRead } from './save.ts';
import { lineOf, retrying, revisionIs, type Saved, Stale, takingTurns, type Writer } from './write.ts';

/** The keys of an upsert. */
export interface Keys {
  readonly by: Key | undefined;
  readonly tracking: Key | undefined;
}

const AT_BY = ['by'];
const AT_TRACKING_ID = ['input', 'trackingId'];

/** How an upsert creates a record, and changes one that it found. Each is given the input with the keys in it. */
export interface Upserting {
  create(input: Values, by: Key): Promise<Saved>;
  change(current: Row, input: Values): Promise<Saved>;
}

/** Creates or changes the record that the keys name, in turn with all other writers of it in this process. */
export function upsertRecord(
  writer: Writer,
  kind: RecordKind,
  by: KeyInput | null | undefined,
  sent: Values,
  { expectedRevision, mode, nulls }: WriteOptions,
  { create, change }: Upserting,
): Promise<Saved> {
  const { firmId } = writer.viewer;
  const input = nulls === 'IGNORE' ? withoutNulls(sent) : sent;
  const keys = keysOf(kind, by, input);
  const named = [keys.by, keys.tracking].filter((key) => key !== undefined);
  const [first] = named;
  if (!first) throw new Error('An upsert without keys is refused before');
  const find = () => findUpserted(writer, kind, keys);
  const lines = [...new Set(named.map((key) => `${firmId} ${kind.model} ${keyText(key)}`))];
  return takingTurns(writer, lines, () =>
    retrying(async () => {
      const found = await find();
      if (mode === 'UPDATE_ONLY' && (found?.row.deletedAt ?? null) !== null) throw missingBy(kind, first, pathOf(keys));
      if (mode === 'CREATE_ONLY' && found) throw alreadyThere(kind, found.row, pathOf(keys));
      if (found === null) {
        if (mode === 'UPDATE_ONLY') throw missingBy(kind, first, pathOf(keys));
        if (typeof expectedRevision === 'number') throw noRevision(kind, expectedRevision);
        // Another process created it first: then this is an update.
        return again(
          () => create(createdInput(keys, input), first),
          async () => (await find()) !== null,
        );
      }
      // Patches know the record by its id.
      return takingTurns(writer, lineOf(firmId, String(found.row.id)), async (waited) => {
        const now = waited ? await find() : found;
        if (now === null || now.row.id !== found.row.id) throw new Stale();
        revisionIs(kind, now.row, expectedRevision);
        // Another process gave the other key away: then that is said as such.
        return again(
          () => change(now.row, changedInput(keys, now, input)),
          async () => (await find()) === null,
        );
      });
    }),
  );
}

/**
 * What an upsert that is a part of another write makes of a record: the one that the keys name, or null where it creates one,
 * and the input with the keys in it. Throws as an upsert does.
 */
export async function resolveUpsert(
  writer: Writer,
  kind: RecordKind,
  by: KeyInput | null | undefined,
  input: Values,
): Promise<{ current: Row | null; input: Values; by: Key | undefined }> {
  const keys = keysOf(kind, by, input);
  const found = await findUpserted(writer, kind, keys);
  const first = keys.by ?? keys.tracking;
  if (!found) return { current: null, input: createdInput(keys, input), by: first };
  return { current: found.row, input: changedInput(keys, found, input), by: first };
}

/** Runs `work`; where a key of it was taken meanwhile, and that changes what is found, it is tried again. */
async function again(work: () => Promise<Saved>, changed: () => Promise<boolean>): Promise<Saved> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InvalidInput && error.fields.some(isTaken) && (await changed())) throw new Stale();
    throw error;
  }
}

const isTaken = ({ code }: { code: string }) => code === 'DUPLICATE' || code === 'IDENTIFIER_CONFLICT';

/** The keys of an upsert. Throws InvalidInput without any, and where one is none. */
export function keysOf(kind: Keyed & { what: string }, sent: KeyInput | null | undefined, input: Values): Keys {
  const issues = new Issues();
  const by = sent === undefined || sent === null ? undefined : readKey(kind, sent, AT_BY, issues);
  const { trackingId } = input;
  const isGiven = typeof trackingId === 'string';
  if (!isGiven && (sent === undefined || sent === null) && issues.list.length === 0) {
    const message = `is required, or \`by\`: what the ${kind.what} is found by, so that the same call again finds it`;
    issues.add(AT_TRACKING_ID, message);
  }
  if (issues.list.length > 0) throw new InvalidInput(issues.list);
  return { by, tracking: isGiven && kind.fields.trackingId ? { by: 'trackingId', value: trackingId } : undefined };
}

/** What an upsert found. */
export interface Found<Record = Row> {
  readonly row: Record;
  /** Whether `by` led to it. Else it was the tracking ID. */
  readonly byKey: boolean;
}

/** The record that the keys name, deleted or not; null when there is none. */
async function findUpserted(writer: Writer, kind: RecordKind, { by, tracking }: Keys): Promise<Found | null> {
  const keys = [by, tracking].filter((key) => key !== undefined);
  const found = await findByKeys(writer, kind, keys, writableRead(kind), { withDeleted: true });
  const of = (key: Key | undefined, path: readonly string[]) =>
    key ? onlyOne(kind, key, found.get(keyText(key)) ?? [], path) : null;
  return chosen(kind, by, of(by, AT_BY), of(tracking, AT_TRACKING_ID));
}

/** Of what `by` and what the tracking ID led to, what an upsert takes; null where there is none. */
export function chosen<Record extends { readonly id?: unknown }>(
  kind: { what: string },
  by: Key | undefined,
  byKey: Record | null,
  byTracking: Record | null,
): Found<Record> | null {
  if (by?.by === 'id' && !byKey) throw missingBy(kind, by, AT_BY);
  if (byKey && byTracking && byKey.id !== byTracking.id) {
    const ids = [String(byKey.id), String(byTracking.id)];
    const message = `belongs to another ${kind.what} than the one that \`by\` names`;
    const fields = [{ path: AT_TRACKING_ID, code: 'IDENTIFIER_CONFLICT' as const, message, ids }];
    throw new DomainError('IDENTIFIER_CONFLICT', `input.trackingId: ${message}`, fields);
  }
  const row = byKey ?? byTracking;
  return row && { row, byKey: byKey !== null };
}

/** The input of a new record, with the key that it is to be found by. */
export function createdInput({ by }: Keys, input: Values): Values {
  return by ? withKey(null, by, input) : input;
}

/**
 * What is sent to the record that was found. It keeps its tracking ID unless `by` found it, and one that came with a record
 * which was merged into it is no name for it; a key that it lacks is added.
 */
export function changedInput({ by, tracking }: Keys, { row, byKey }: Found, input: Values): Values {
  if (byKey) {
    // Found by what was merged into it, it keeps its own.
    const isAlias = by?.by === 'trackingId' && by.value !== row.trackingId && by.value === input.trackingId;
    return isAlias ? without(input, 'trackingId') : input;
  }
  const own = tracking && row.trackingId !== tracking.value ? without(input, 'trackingId') : input;
  return by ? withKey(row, by, own) : own;
}

function without(input: Values, name: string): Values {
  const { [name]: _, ...rest } = input;
  return rest;
}

/** The input with a key in it, unless the record, or the input, has one of its kind already. */
function withKey(row: Row | null, key: Key, input: Values): Values {
  const { by, value, system } = key;
  if (by === 'id') return input;
  if (by !== 'externalId') {
    const has = typeof row?.[by] === 'string' || (input[by] !== undefined && input[by] !== null);
    return has ? input : { ...input, [by]: value };
  }
  const item = { system, id: value };
  const { externalIds, setExternalIds } = input;
  const names = (list: unknown) => Array.isArray(list) && list.some((each: Values | null) => each?.system === system);
  if (names(row?.externalIds) || names(externalIds) || names(setExternalIds)) return input;
  if (Array.isArray(externalIds)) return { ...input, externalIds: [...externalIds, item] };
  return { ...input, setExternalIds: [...(Array.isArray(setExternalIds) ? setExternalIds : []), item] };
}

export /** Where the key is that a record was to be found by first. */
function pathOf({ by }: Keys): readonly string[] {
  return by ? AT_BY : AT_TRACKING_ID;
}

function alreadyThere({ what, model }: RecordKind, { id, deletedAt }: Row, path: readonly string[]): DomainError {
  const gone = (deletedAt ?? null) === null ? '' : ` that was deleted; upsert${model} without CREATE_ONLY restores it`;
  const message = `belongs to a ${what}${gone}`;
  return new DomainError('DUPLICATE', `${path.join('.')}: ${message}`, [
    { path: [...path], code: 'DUPLICATE', message, ids: [String(id)] },
  ]);
}

export function noRevision({ what }: { what: string }, expected: number): DomainError {
  const message = `is ${expected}, but there is no ${what} with these keys`;
  return new DomainError('CONFLICT', `expectedRevision: ${message}`, [
    { path: ['expectedRevision'], code: 'CONFLICT', message },
  ]);
}
