/** A firm's definitions of custom fields, kept in memory until one of them changes. */
import { identify } from '../base/ids.ts';
import { makeRoom } from '../base/make-room.ts';
import type { Database } from '../database/client.ts';
import { equals, type Row, type RowRead, readRows, wholeRow } from '../database/sql/index.ts';
import type { Viewer } from '../session/viewer.ts';
import { CUSTOM_FIELD_ENTITIES, type CustomFieldEntity, type Definition, FIELDS_MAX } from './types.ts';
import { byOrder } from './values.ts';

identify('CustomField', 'field');
identify('CustomFieldOption', 'option');

export type Definitions = Readonly<Record<CustomFieldEntity, readonly Definition[]>>;

interface Versioned {
  version: number;
  definitions: Definitions;
}

interface Cached {
  reading: Promise<Versioned>;
  /** The same once it is there. */
  read: Versioned | undefined;
}

/** Firms whose definitions are kept at once. */
const FIRMS_MAX = 1_000;

/** By firm, the one used longest ago first. */
const caches = new WeakMap<object, Map<number, Cached>>();

function cacheOf(database: Database): Map<number, Cached> {
  const known = caches.get(database.$identity);
  if (known) return known;
  const fresh = new Map<number, Cached>();
  caches.set(database.$identity, fresh);
  return fresh;
}

/**
 * The definitions of the viewer's firm, archived ones included, each entity's in order: at once when they are known.
 * They are at least as new as `viewer.definitionsVersion`, whichever process changed them.
 */
export function definitionsOf(database: Database, viewer: Viewer): Definitions | Promise<Definitions> {
  const cache = cacheOf(database);
  const known = cache.get(viewer.firmId);
  if (known?.read && known.read.version >= viewer.definitionsVersion) {
    remember(cache, viewer.firmId, known);
    return known.read.definitions;
  }
  return waitForDefinitions(database, viewer, cache);
}

async function waitForDefinitions(
  database: Database,
  viewer: Viewer,
  cache: Map<number, Cached>,
): Promise<Definitions> {
  for (let known = cache.get(viewer.firmId); known; known = cache.get(viewer.firmId)) {
    const { version, definitions } = await known.reading;
    if (version >= viewer.definitionsVersion) return definitions;
    if (cache.get(viewer.firmId) === known) cache.delete(viewer.firmId);
  }
  const fresh: Cached = { reading: load(database, viewer.firmId), read: undefined };
  remember(cache, viewer.firmId, fresh);
  try {
    fresh.read = await fresh.reading;
    return fresh.read.definitions;
  } catch (error) {
    // A failure is told to those who wait for it, and not kept.
    if (cache.get(viewer.firmId) === fresh) cache.delete(viewer.firmId);
    throw error;
  }
}

/** Drops what is kept of the firm; to be called after a change of its definitions. */
export function forgetDefinitions(database: Database, firmId: number): void {
  cacheOf(database).delete(firmId);
}

function remember(cache: Map<number, Cached>, firmId: number, known: Cached): void {
  cache.delete(firmId);
  makeRoom(cache, FIRMS_MAX);
  cache.set(firmId, known);
}

async function load(database: Database, firmId: number): Promise<Versioned> {
  const { version, fields } = await readDefinitions(database, firmId);
  return {
    version,
    definitions: Object.fromEntries(
      Object.keys(CUSTOM_FIELD_ENTITIES).map((name) => [name, fields.filter(({ entity }) => entity === name)]),
    ),
  };
}

/** A definition with what only its writing needs. */
export interface StoredDefinition extends Definition {
  revision: number;
}

const FIRM: RowRead = { model: 'Firm', columns: new Set(['definitionsVersion']), relations: new Map() };
const FIELD = wholeRow('CustomField');

/** The firm's definitions as they are stored, and a version that they are at least as new as. */
export async function readDefinitions(
  database: Database,
  firmId: number,
): Promise<{ version: number; fields: StoredDefinition[] }> {
  // The version first: a change in between then makes the fields newer than it says, which costs a reading at worst.
  const [firm] = await readRows(database, FIRM, equals('id', firmId));
  // Creating one looks at how many there are under the version that guards it, so there are never more.
  const limit = FIELDS_MAX * Object.keys(CUSTOM_FIELD_ENTITIES).length;
  const rows = await readRows(database, FIELD, equals('firmId', firmId), { limit });
  return { version: Number(firm?.definitionsVersion ?? 0), fields: rows.map(definitionOf).sort(byOrder) };
}

function definitionOf(row: Row): StoredDefinition {
  const { id, number, entity, key, name, type, order, required, archived, options, revision } =
    row as unknown as StoredDefinition;
  const { trackingId, externalIds } = row as unknown as StoredDefinition;
  return { id, number, entity, key, name, type, order, required, archived, options, trackingId, externalIds, revision };
}
