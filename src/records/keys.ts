/**
 * Keys: how records are named by whoever writes or asks. Every kind has an id, a tracking ID and external ids; what else
 * finds one is declared by the kind. All keys of one kind that a call or a batch names are looked up in one statement.
 */

import { DomainError, NotFound } from '../base/errors.ts';
import { isObject } from '../base/is-object.ts';
import {
  among,
  and,
  type Condition,
  columnsOf,
  equals,
  type ModelName,
  or,
  type PageRead,
  type Row,
  type RowRead,
  readByKey,
  readRows,
  type Selected,
  valued,
} from '../database/sql/index.ts';
import { fold } from '../fields/fold.ts';
import { glimpse, type Issues, type Path, unstorable } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { loaded } from './batch.ts';
import type { Writer } from './write.ts';

/** What a kind may be found by beside what every kind is found by. */
export type OwnKey = 'name' | 'email';

/** Where an own key is kept: in a column of folded text, or, where records may share it, in rows of IndexedValue. */
export type KeyPlace = { readonly column: string } | { readonly indexed: number };

export type KeyName = 'id' | 'trackingId' | 'externalId' | OwnKey;

/** A key as it was read: by which of the names, and what it is. */
export interface Key {
  readonly by: KeyName;
  readonly value: string;
  /** Of external ids: the system. */
  readonly system?: string;
}

/** A key as it is sent: an object with exactly one of the names. */
export type KeyInput = Readonly<Record<string, unknown>>;

/** What says of a kind of record by what it is found (kind.ts). */
export interface Keyed {
  readonly model: ModelName;
  /** The noun, for messages. */
  readonly what: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly keys?: Readonly<Partial<Record<OwnKey, KeyPlace>>>;
}

/** The names of the keys that records of a kind have. */
export function keyNames({ fields, keys = {} }: Keyed): KeyName[] {
  return [
    'id',
    ...(fields.trackingId ? (['trackingId'] as const) : []),
    ...(fields.externalIds ? (['externalId'] as const) : []),
    ...(Object.keys(keys) as OwnKey[]),
  ];
}

/** The key by an id. */
export const byId = (id: string): Key => ({ by: 'id', value: id });

/** A text that is the same for keys that are. */
export function keyText({ by, value, system }: Key): string {
  return JSON.stringify(isFolded(by) ? [by, fold(value)] : [by, system ?? null, value]);
}

const isFolded = (by: KeyName) => by === 'name' || by === 'email';

/** Reads a key that was sent; undefined after adding an issue where it is none. */
export function readKey(kind: Keyed, sent: unknown, path: Path, issues: Issues): Key | undefined {
  const names = keyNames(kind);
  const given = isObject(sent) ? Object.entries(sent).filter(([, value]) => value !== undefined && value !== null) : [];
  const [only] = given;
  const by = names.find((name) => name === only?.[0]);
  if (given.length !== 1 || only === undefined || by === undefined) {
    return issues.add(path, `must be an object with exactly one of ${names.join(', ')}, not ${glimpse(sent)}`);
  }
  const [, value] = only;
  if (by !== 'externalId') {
    if (typeof value === 'string') return { by, value };
    return issues.add([...path, by], `must be a string, not ${glimpse(value)}`);
  }
  const { system, id } = isObject(value) ? value : {};
  if (typeof system === 'string' && typeof id === 'string') return { by, system, value: id };
  return issues.add([...path, by], `must be an object { system, id } of strings, not ${glimpse(value)}`);
}

/** What no key leads to, as a sentence. */
export function noneBy(what: string, { by }: Pick<Key, 'by'>): string {
  return `There is no ${what} with this ${by}`;
}

/** What is said of a key that several records have, with their ids. */
export function severalBy({ what }: Keyed, key: Key, rows: readonly Row[], path: Path): DomainError {
  const ids = rows.map((row) => String(row.id));
  const message = `is the ${key.by} of ${ids.length} records; use another key of the ${what}`;
  return new DomainError('CONFLICT', `${path.join('.')}: ${message}`, [{ path, code: 'CONFLICT', message, ids }]);
}

/** That the column holds the id of a record of the kind which one of the keys names. All of the firm, deleted or not. */
export function keyCondition(kind: Keyed, keys: readonly Key[], firmId: number, column = 'id'): Condition {
  const ofName = (name: KeyName) => keys.filter(({ by, value }) => by === name && !unstorable(value));
  const values = (name: KeyName) => ofName(name).map(({ value }) => value);
  const ids = values('id');
  if (column === 'id' && keys.every(({ by }) => by === 'id')) return valued('id', ids);
  if (column === 'id' && keys.every(({ by }) => by === 'trackingId')) return valued('trackingId', values('trackingId'));
  const firm = equals('firmId', firmId);
  const { model } = kind;
  const selected: Selected[] = [];
  const select = (other: ModelName, of: string, where: Condition) =>
    selected.push({ model: other, column: of, where: and(firm, where) });
  if (ids.length > 0 && column === 'id') select(model, 'id', valued('id', ids));
  if (values('trackingId').length > 0) select(model, 'id', valued('trackingId', values('trackingId')));
  const external = ofName('externalId');
  for (const system of new Set(external.map((key) => key.system ?? ''))) {
    const theirs = external.filter((key) => (key.system ?? '') === system).map(({ value }) => value);
    const where = and(equals('kind', model), equals('system', system), valued('externalId', theirs));
    if (!unstorable(system)) select('ExternalId', 'entityId', where);
  }
  for (const [name, place] of Object.entries(kind.keys ?? {})) {
    const folded = values(name as OwnKey).map(fold);
    if (folded.length === 0) continue;
    if ('column' in place) select(model, 'id', valued(place.column, folded));
    else select('IndexedValue', 'entityId', and(equals('field', place.indexed), valued('key', folded)));
  }
  const terms: Condition[] = [];
  if (ids.length > 0 && column !== 'id') terms.push(valued(column, ids));
  if (selected.length > 0) terms.push(among(column, selected));
  const [only] = terms;
  return terms.length === 1 && only ? only : or(...terms);
}

/** Most records of one e-mail address that an error names, and that are read for one key. */
const SHARED_MAX = 20;

/**
 * The records of the writer's firm that the keys name, by the texts of these; in one statement, and a second one where a
 * record was merged: then what it was merged into is found. `read` says what of them. Of records that share an address, those
 * that are not deleted; `withDeleted` finds deleted ones too.
 */
export async function findByKeys(
  writer: Writer,
  kind: Keyed,
  keys: readonly Key[],
  read: RowRead,
  { withDeleted = false, merged = true }: { withDeleted?: boolean; merged?: boolean } = {},
): Promise<ReadonlyMap<string, readonly Row[]>> {
  if (keys.length === 0) return new Map();
  return loaded(writer.database, [findByKeys, kind, read, withDeleted, merged], keys, (all) =>
    rowsByKeys(writer, kind, all, read, { withDeleted, merged }),
  );
}

async function rowsByKeys(
  writer: Writer,
  kind: Keyed,
  keys: readonly Key[],
  read: RowRead,
  { withDeleted, merged }: { withDeleted: boolean; merged: boolean },
): Promise<Map<string, readonly Row[]>> {
  const asked = new Map(keys.map((key) => [keyText(key), key]));
  const found = new Map<string, readonly Row[]>([...asked.keys()].map((text) => [text, []]));
  const wanted = [...asked.values()].filter(({ value }) => !unstorable(value));
  if (wanted.length === 0) return found;
  const rows = await rowsOf(writer, kind, wanted, read);
  const targets = merged ? await targetsOf(writer, kind, rows, read) : new Map<string, Row>();
  const named =
    wanted.length === 1 ? new Map([...found.keys()].map((text) => [text, rows])) : byText(kind, rows, wanted);
  for (const text of asked.keys()) {
    const those = (named.get(text) ?? []).map((row) => targets.get(String(row.mergedIntoId)) ?? row);
    const live = those.filter((row) => (row.deletedAt ?? null) === null);
    const gone = withDeleted ? those : [];
    found.set(text, (live.length > 0 ? live : gone).slice(0, SHARED_MAX));
  }
  return found;
}

/** The rows by the texts of keys that name them, as far as these are by the same names as the keys asked for. */
function byText(kind: Keyed, rows: readonly Row[], asked: readonly Key[]): Map<string, Row[]> {
  const named = new Map<string, Row[]>();
  const names = new Set(asked.map(({ by }) => by));
  for (const row of rows) {
    for (const by of names) {
      for (const key of keysOfRow(kind, row, by)) {
        const text = keyText(key);
        const known = named.get(text);
        if (known) known.push(row);
        else named.set(text, [row]);
      }
    }
  }
  return named;
}

/** The keys by one of the names that a row is found by. */
function keysOfRow(kind: Keyed, row: Row, by: KeyName): Key[] {
  if (by === 'externalId') {
    const { rows } = row[`:${EXTERNAL}`] as { rows: readonly Row[] };
    return rows.map(({ system, externalId }) => ({ by, system: String(system), value: String(externalId) }));
  }
  const place = by === 'id' || by === 'trackingId' ? undefined : kind.keys?.[by];
  const value = row[place && 'column' in place ? place.column : by];
  return typeof value === 'string' ? [{ by, value }] : [];
}

async function rowsOf({ database, viewer }: Writer, kind: Keyed, keys: readonly Key[], read: RowRead): Promise<Row[]> {
  const { firmId } = viewer;
  const [only] = keys;
  if (keys.length === 1 && only && (only.by === 'id' || only.by === 'trackingId')) {
    const row = await readByKey(database, read, { firmId, [only.by]: only.value }, true);
    return row ? [row] : [];
  }
  const where = and(equals('firmId', firmId), keyCondition(kind, keys, firmId));
  const shared = keys.filter(({ by }) => by === 'email').length;
  const limit = keys.length + shared * SHARED_MAX;
  return readRows(database, telling(kind, keys, read), where, { limit, withDeleted: true });
}

/** What is read, with what tells which of the keys a row is named by. */
function telling(kind: Keyed, keys: readonly Key[], read: RowRead): RowRead {
  if (keys.length < 2) return read;
  const columns = new Set([...read.columns, 'id']);
  const by = new Set(keys.map((key) => key.by));
  if (by.has('trackingId')) columns.add('trackingId');
  for (const [name, place] of Object.entries(kind.keys ?? {})) {
    if (by.has(name as OwnKey)) columns.add('column' in place ? place.column : name);
  }
  if (!by.has('externalId')) return { ...read, columns };
  // Those that came with a merged record are not in its own list.
  const external: PageRead = {
    is: 'page',
    link: { firmId: 'firmId', entityId: 'id' },
    row: { model: 'ExternalId', columns: new Set(['system', 'externalId']), relations: new Map() },
    where: equals('kind', kind.model),
    order: [
      { column: 'system', descending: false, nullable: false },
      { column: 'externalId', descending: false, nullable: false },
    ],
    limit: 1_000,
    backward: false,
    wants: { rows: true, total: false, more: false },
  };
  return { ...read, columns, relations: new Map([...read.relations, [EXTERNAL, external]]) };
}

const EXTERNAL = 'externalIdRows';

/** What the merged ones among the rows were merged into, by its id. */
async function targetsOf(
  { database, viewer }: Writer,
  { model }: Keyed,
  rows: readonly Row[],
  read: RowRead,
): Promise<Map<string, Row>> {
  if (!columnsOf(model).mergedIntoId) return new Map();
  const ids = new Set(rows.flatMap(({ mergedIntoId }) => (typeof mergedIntoId === 'string' ? [mergedIntoId] : [])));
  if (ids.size === 0) return new Map();
  const where = and(equals('firmId', viewer.firmId), valued('id', [...ids]));
  const targets = await readRows(database, read, where, { limit: ids.size, withDeleted: true });
  return new Map(targets.map((target) => [String(target.id), target]));
}

/** Of the records that a key names the one there may be. Throws CONFLICT with their ids where there are several. */
export function onlyOne(kind: Keyed, key: Key, rows: readonly Row[], path: Path): Row | null {
  const [first = null, ...others] = rows;
  if (others.length > 0) throw severalBy(kind, key, rows, path);
  return first;
}

/** Throws NOT_FOUND for the record that the call is about. */
export function missingBy({ what }: { what: string }, key: Key, path: Path): NotFound {
  return new NotFound(what, path, key.by);
}

/** The value of a reference to a record as the feed tells it. */
export function referenceValue({ id, trackingId }: Values): Row {
  return { id, trackingId: trackingId ?? null };
}
