/** One line of an import: from what it holds to a saved record. Records are written by their upsert alone. */

import { DomainError, type FieldError, InvalidInput } from '../base/errors.ts';
import { kindOf, newId } from '../base/ids.ts';
import { isObject } from '../base/is-object.ts';
import { equals, type Row } from '../database/sql/index.ts';
import { type Fields, nounOf, type ReferenceField } from '../fields/fields.ts';
import { glimpse, Issues, type Path } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { parseValue } from '../fields/patch.ts';
import { writesOf } from '../records/operations.ts';
import { findRecord, holdersOf, prepareSave } from '../records/save.ts';
import type { Saved, Writer } from '../records/write.ts';
import { isSpread, ORDER } from './csv.ts';
import { type Entity, isNamed, nameKey, namingOf } from './entities.ts';
import { findTracked, type Named, type References } from './references.ts';

/** What all lines of an import share. */
export interface Run {
  readonly writer: Writer;
  readonly entity: Entity;
  readonly references: References;
  readonly dryRun: boolean;
  readonly allowDuplicates: boolean;
}

export type Outcome = 'created' | 'updated' | 'restored' | 'unchanged';

export interface LineResult {
  outcome: Outcome;
  id: string;
  /** The client that is named as the parent and is not there, perhaps yet. All else of the line was saved. */
  parent?: string | undefined;
}

/** What is gathered of a line on its way. */
interface Draft {
  /** Ends with the lines before this one, which may bring what it points at. */
  earlier(): Promise<unknown>;
  readonly issues: Issues;
  /** Where a problem of the input is in the line, when that is elsewhere. */
  readonly renamed: { from: Path; to: Path }[];
  /** What it names and the firm does not have; `put` takes the id that is to stand in its place. */
  readonly missing: (Named & { standIn: string; path: Path; put(id: string): void })[];
  parent?: string;
}

/** The record that a line is about: the one there is, or the tracking ID by which it is upserted. */
interface Target {
  row: Row | null;
  trackingId: string;
}

/** What a line is found by: lines of one key are about one record. Throws InvalidInput when it has none. */
export function keyOf({ kind }: Entity, sent: Values): string {
  const { id, trackingId } = sent;
  const issues = new Issues();
  const hasId = id !== undefined && id !== null;
  if (hasId && (typeof id !== 'string' || kindOf(id) !== kind.model)) {
    const says = `must be the id of a ${kind.what}; an id of another system goes into trackingId`;
    issues.add(['input', 'id'], `${says}, not ${glimpse(id)}`);
  } else if (typeof trackingId === 'string') {
    return trackingId;
  } else if (trackingId !== undefined && trackingId !== null) {
    issues.add(['input', 'trackingId'], `must be a string, not ${glimpse(trackingId)}`);
  } else if (hasId) {
    return id;
  } else {
    issues.add(['input', 'trackingId'], 'is required: what the record is found by, so that importing again finds it');
  }
  throw new InvalidInput(issues.list);
}

/** What a line may take that only one record of the firm can have: of two lines that want it, the first shall get it. */
export function claimsOf({ kind }: Entity, sent: Values): string[] {
  return kind.transfer?.claims?.(sent) ?? [];
}

/** Imports one line; `earlier` ends with those before it. Throws InvalidInput with every problem, under the line's own names. */
export async function importLine(run: Run, sent: Values, earlier: () => Promise<unknown>): Promise<LineResult> {
  const draft: Draft = { earlier, issues: new Issues(), renamed: [], missing: [] };
  const { entity, dryRun } = run;
  checkKeys(entity.line, sent, ['input'], draft.issues);
  const { id } = sent;
  const { rest, elsewhere } = apart(entity, sent, draft.issues);
  const input = await withIds(run, entity.kind.fields, rest, ['input'], draft);
  const target = await targetOf(run, keyOf(entity, sent), id, input);
  await gatherSpread(run, target, input, draft);
  try {
    // What is made or brought back on the way must not be left behind by a line that fails.
    if (dryRun || draft.missing.length > 0 || draft.issues.list.length > 0 || isDeleted(target)) {
      const outcome = await check(run, target, input, draft);
      if (dryRun) return { outcome, id: '', parent: draft.parent };
      await makeMissing(run, draft);
    }
    const { row, outcome } = await write(run, target, input);
    let changed = false;
    for (const [key, value] of Object.entries(elsewhere)) {
      changed = (await entity.elsewhere[key]?.set(run.writer, row, value)) === true || changed;
    }
    return {
      outcome: changed && outcome === 'unchanged' ? 'updated' : outcome,
      id: String(row.id),
      parent: draft.parent,
    };
  } catch (error) {
    throw underOwnNames(error, draft);
  }
}

/** The values of a line but for its id, and apart from them those that are kept on other records. */
function apart(entity: Entity, { id: _, ...sent }: Values, issues: Issues): { rest: Values; elsewhere: Values } {
  const rest: Record<string, unknown> = { ...sent };
  const elsewhere: Record<string, unknown> = {};
  for (const [key, { field }] of Object.entries(entity.elsewhere)) {
    const { [key]: value } = rest;
    delete rest[key];
    if (value === undefined) continue;
    const parsed = parseValue(field, value, ['input', key], issues);
    if (parsed !== undefined) elsewhere[key] = parsed;
  }
  return { rest, elsewhere };
}

/** Adds an issue for each key that means nothing. Upserts ignore them; in a file they are typing mistakes. */
function checkKeys(fields: Fields, sent: Values, path: Path, issues: Issues): void {
  for (const [key, value] of Object.entries(sent)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    const at = [...path, key.length > 100 ? `${key.slice(0, 100)}…` : key];
    if (!field) issues.add(at, 'is no field that can be imported');
    else if (field.kind === 'object' && isObject(value)) checkKeys(field.fields, value, at, issues);
    else if (field.kind === 'objectList' && Array.isArray(value)) {
      value.forEach((item, index) => {
        if (isObject(item)) checkKeys(field.fields, item, [...at, index], issues);
      });
    }
  }
}

/** The values of a line with ids in place of names. */
async function withIds(
  run: Run,
  fields: Fields,
  sent: Values,
  path: Path,
  draft: Draft,
): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> = { ...sent };
  for (const [name, field] of Object.entries(fields)) {
    const value = input[name];
    if (field.kind === 'objectList' && Array.isArray(value)) {
      const items: unknown[] = [];
      for (const [index, item] of value.entries()) {
        const at = [...path, name, index];
        items.push(isObject(item) ? await withIds(run, field.fields, item, at, draft) : item);
      }
      input[name] = items;
    } else if (isNamed(field) && input[nameKey(name)] !== undefined) {
      await putId(run, name, field, input, path, draft);
    }
  }
  return input;
}

/** Puts the id of what a line names into its place in the input. */
async function putId(
  { references }: Run,
  name: string,
  { to }: ReferenceField,
  input: Record<string, unknown>,
  path: Path,
  draft: Draft,
): Promise<void> {
  const key = nameKey(name);
  const at = [...path, key];
  const { [key]: label, [name]: id } = input;
  delete input[key];
  // Where both are given, the id decides, unless it is one of another firm.
  if (typeof id === 'string' && (label === null || (await references.has(to, id)))) return;
  delete input[name];
  if (label !== null && typeof label !== 'string') {
    draft.issues.add(at, `must be a string, not ${glimpse(label)}`);
    return;
  }
  const { clientId } = input;
  const naming = namingOf(to);
  const ofClient = naming === 'nameInOwner';
  if (ofClient && typeof clientId !== 'string') {
    draft.issues.add(at, 'needs the client, under `client`');
    return;
  }
  if (label === null) {
    const none = ofClient ? await references.primaryLocation(String(clientId)) : null;
    if (none !== undefined) input[name] = none;
    return;
  }
  const named: Named = { to, name: label, clientId: ofClient ? String(clientId) : undefined };
  let found = await references.find(named);
  if (found === 'none' && naming === 'trackingId') {
    await draft.earlier();
    found = await references.find(named);
  }
  if (found === 'several') {
    draft.issues.add(at, `${glimpse(label)} is the name of several; say which by ${name}`);
  } else if (found !== 'none') {
    input[name] = found.id;
  } else if (name === 'parentId') {
    draft.parent = label;
  } else if (naming === 'trackingId') {
    draft.issues.add(at, noneTracked(to, label), 'NOT_FOUND');
    // It was given all the same: what needs a client has no cause to ask for one.
    input[name] = label;
  } else {
    const standIn = newId(to);
    input[name] = standIn;
    const put = (made: string) => {
      input[name] = made;
    };
    draft.missing.push({ ...named, standIn, path: at, put });
  }
}

/** What is said where a line names a record by its tracking ID and it is not there. */
export function noneTracked(model: string, key: string): string {
  return `There is no ${nounOf(model)} with the trackingId or id ${glimpse(key)}`;
}

/** Finds what a line is about. An id of another firm is looked for among the tracking IDs: see Entity.line. */
async function targetOf({ writer, entity }: Run, key: string, id: unknown, input: Values): Promise<Target> {
  const trackingId = typeof input.trackingId === 'string' ? input.trackingId : key;
  if (typeof id !== 'string') return { row: null, trackingId };
  const { kind } = entity;
  const own = await findRecord(writer, kind, equals('id', id), true);
  const into = own?.mergedIntoId;
  const row =
    typeof into === 'string'
      ? await findRecord(writer, kind, equals('id', into), true)
      : (own ?? (await findTracked(writer, kind, id)));
  if (row && (row.deletedAt === null || writesOf(kind).restore)) return { row, trackingId };
  return { row: null, trackingId: String(input.trackingId ?? row?.trackingId ?? id) };
}

/** The record as it is now; null when it is to be created. */
function currentOf({ writer, entity }: Run, { row, trackingId }: Target): Promise<Row | null> | Row {
  return row ?? findTracked(writer, entity.kind, trackingId);
}

function isDeleted({ row }: Target): boolean {
  return row !== null && row.deletedAt !== null;
}

/**
 * Lists that were given as a map, `externalIds: { stripe: "cus_1" }`: others than those named stay, null takes one away.
 * The items whose names are listed under `#` come first, in that order.
 */
async function gatherSpread(
  run: Run,
  target: Target,
  input: Record<string, unknown>,
  { issues, renamed }: Draft,
): Promise<void> {
  for (const [name, field] of Object.entries(run.entity.kind.fields)) {
    const sent = input[name];
    if (!isSpread(field) || !isObject(sent)) continue;
    const by = field.keyedBy[0] ?? '';
    const [value = ''] = Object.keys(field.fields).filter((part) => part !== by);
    const current = await currentOf(run, target);
    const items = new Map(((current?.[name] ?? []) as Values[]).map((item) => [String(item[by]), item]));
    const { [ORDER]: order = [], ...named } = sent;
    if (!Array.isArray(order)) issues.add(['input', name, ORDER], `must be a list, not ${glimpse(order)}`);
    for (const [key, given] of Object.entries(named)) {
      if (given === null) items.delete(key);
      else items.set(key, { [by]: key, [value]: given });
    }
    const keys = new Set([...(Array.isArray(order) ? order.map(String) : []), ...items.keys()]);
    input[name] = [...keys].flatMap((key) => items.get(key) ?? []);
    [...keys]
      .filter((key) => items.has(key))
      .forEach((key, index) => {
        for (const part of [[by], [value], []]) {
          renamed.push({ from: ['input', name, index, ...part], to: ['input', name, key] });
        }
      });
  }
}

/** What an upsert sends to the record it found: one found by what was merged into it keeps its own tracking ID. */
function tracked(current: Row | null, input: Values): Values {
  if (current === null || current.trackingId === input.trackingId) return input;
  const { trackingId: _, ...rest } = input;
  return rest;
}

/** Works out what the line would do, without writing it. Throws InvalidInput with all that is wrong. */
async function check(run: Run, target: Target, input: Values, draft: Draft): Promise<Outcome> {
  const { writer, entity, allowDuplicates } = run;
  const { kind } = entity;
  const current = await currentOf(run, target);
  const upserted = target.row ? input : tracked(current, { ...input, trackingId: target.trackingId });
  const pending = new Set(draft.missing.map(({ standIn }) => standIn));
  const prepared = await prepareSave(writer, kind, current, upserted, { pending, options: { allowDuplicates } });
  const { issues } = prepared.plan;
  if (issues.list.length === 0) await holdersOf(prepared.plan);
  const told = new Set(draft.issues.list.map(({ path }) => path.join('.')));
  const others = issues.list.map((issue) => renamedField(issue, draft)).filter(({ path }) => !told.has(path.join('.')));
  if (draft.issues.list.length + others.length > 0) throw new InvalidInput([...draft.issues.list, ...others]);
  if (current === null) return 'created';
  if (current.deletedAt !== null) return 'restored';
  return prepared.writes.length > 0 ? 'updated' : 'unchanged';
}

/** Makes what the line names and the firm does not have. */
async function makeMissing({ references }: Run, { missing }: Draft): Promise<void> {
  for (const { put, path, standIn: _, ...named } of missing) {
    try {
      put(await references.make(named));
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      throw new InvalidInput(error.fields.map((field) => ({ ...field, path })));
    }
  }
}

async function write(
  { writer, entity, allowDuplicates }: Run,
  target: Target,
  input: Values,
): Promise<{ row: Row; outcome: Outcome }> {
  const { row, trackingId } = target;
  const writes = writesOf(entity.kind);
  const options = { allowDuplicates };
  const saved = await (row === null
    ? writes.upsert(writer, null, { ...input, trackingId }, options)
    : writes.restore && isDeleted(target)
      ? writes.restore(writer, { id: row.id }, input)
      : writes.patch(writer, { id: row.id }, input, options));
  return { row: saved.row, outcome: outcomeOf(saved) };
}

function outcomeOf({ result, changedFields }: Saved): Outcome {
  if (result === 'CREATED') return 'created';
  if (result === 'RESTORED') return 'restored';
  return changedFields.length > 0 ? 'updated' : 'unchanged';
}

function underOwnNames(error: unknown, draft: Draft): unknown {
  if (!(error instanceof DomainError) || error.fields.length === 0) return error;
  return new InvalidInput(error.fields.map((field) => renamedField(field, draft)));
}

function renamedField(field: FieldError, { renamed }: Draft): FieldError {
  const { path } = field;
  const found = renamed.find(
    ({ from }) => from.length <= path.length && from.every((key, index) => key === path[index]),
  );
  return found ? { ...field, path: [...found.to, ...path.slice(found.from.length)] } : field;
}
