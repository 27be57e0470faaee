/**
 * Values of a change as they are stored: a list that begins with a letter for each name, since the names would take more
 * room than the values, and ids are the numbers they are in their own tables. What has a name without a letter is stored
 * as it is.
 */

import { type IdKind, idText } from '../ids.ts';
import { isObject } from '../is-object.ts';
import { makeRoom } from '../make-room.ts';
import { encodeId, idsOf } from './columns.ts';
import type { ChangeEntry, ModelName, Row } from './database.ts';
import { models } from './generated/models.ts';

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:;,!?()[]{}<>+*/=@#$%&|~^`'";

/** By their letters. Only ever to be added to, at the end: stored changes are read by it. */
const NAMES =
  `trackingId name status active invitationStatus tags clientGroupId note websiteUrl logoUrl avatarUrl inceptionDate
  terminatedDate address regionId timezone externalIds npsScore email phone altPhone companyName communicationPreferences
  person typeId successCycleId assignedCsmId assignedSalesRepId assignedSalesRepName createdById modifiedById
  primaryContactId parentId accountTeam customFields clientId locationId roleId firstName middleName lastName title
  phoneHome phoneMobile phoneOffice phoneFax language birthday accountCode notes adminNotes salespersonId isPrimary key type
  entity order required archived options mergedIntoId line1 line2 line3 city region postalCode country uprn
  fullAddress`.split(/\s+/);

const letters = new Map(NAMES.map((name, index) => [name, LETTERS.charAt(index)]));
const byLetter = new Map(NAMES.map((name, index) => [LETTERS.charAt(index), name]));

/** The entry as the columns of a row: its values packed. */
export function packed<Entry extends Omit<ChangeEntry, 'entityId'>>(
  entry: Entry,
): Omit<Entry, 'before' | 'after'> & {
  before: unknown;
  after: unknown;
} {
  const { before, after } = entry;
  const model = entry.entity as ModelName;
  return { ...entry, before: before && pack(model, before), after: after && pack(model, after) };
}

/** Values of a record of that model as they were packed. */
export function unpacked(entity: string, stored: unknown): Row | null {
  if (!Array.isArray(stored)) return stored as Row | null;
  const { parts, blank } = shapeOf(entity, String(stored[0]));
  const row: Record<string, unknown> = { ...blank };
  let at = 1;
  for (const part of parts) {
    const value: unknown = stored[at++];
    if (part.kind !== undefined && typeof value === 'number') row[part.name] = idText(part.kind, value);
    else row[part.name] = part.name === 'address' ? unpacked(entity, value) : value;
  }
  return row;
}

/** The names of the values. */
export function unpackedNames(entity: string, stored: unknown): readonly string[] {
  return Array.isArray(stored) ? shapeOf(entity, String(stored[0])).names : Object.keys(stored ?? {});
}

interface Part {
  name: string;
  /** Of which kind it is, where it is an id. */
  kind: IdKind | undefined;
}

interface Shape {
  parts: readonly Part[];
  names: readonly string[];
  /** A row with nothing in it, to begin with: all rows of the shape have one layout in memory. */
  blank: Row;
}

/** What letters stand for in changes of a model, as it was worked out before. */
const known = new Map<string, Shape>();
const KNOWN_MAX = 1_000;

function shapeOf(entity: string, used: string): Shape {
  const key = `${entity} ${used}`;
  const found = known.get(key);
  if (found) return found;
  const parts = [...used].map((letter) => {
    const name = byLetter.get(letter) ?? '';
    return { name, kind: kindOf(entity as ModelName, name) };
  });
  const names = parts.map(({ name }) => name);
  const blank = JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, null]))));
  const shape = { parts, names, blank };
  makeRoom(known, KNOWN_MAX);
  known.set(key, shape);
  return shape;
}

/** The letters that stand for names. */
export function lettersOf(...of: readonly string[]): string {
  return of.map((name) => letters.get(name)).join('');
}

function pack(model: ModelName, values: Row): unknown {
  let used = '';
  const list: unknown[] = [];
  for (const name in values) {
    const letter = letters.get(name);
    if (letter === undefined) return values;
    used += letter;
    list.push(packValue(model, name, values[name]));
  }
  return [used, ...list];
}

function packValue(model: ModelName, name: string, value: unknown): unknown {
  if (name === 'address' && isObject(value)) return pack(model, value);
  const kind = kindOf(model, name);
  return kind === undefined || value === null ? value : (encodeId(model, name, value) ?? value);
}

/** Of which kind the ids under that name are, of a record of the model. */
function kindOf(model: ModelName, name: string): IdKind | undefined {
  return model in models ? idsOf(model, name).kind : undefined;
}
