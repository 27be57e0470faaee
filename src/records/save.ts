/**
 * The one write path of records: find, compare, write and record, in one commit. Creating, upserting, patching,
 * restoring and importing all come here; what is special to a kind of record is in its RecordKind (kind.ts).
 */
import { definitionsOf } from '../custom-fields/definitions.ts';
import type { Definition } from '../custom-fields/types.ts';
import { foldedValues, indexRows, mergeCustomFields, namedValues } from '../custom-fields/values.ts';
import { columnsOf } from '../database/columns.ts';
import { and, type Condition, equals } from '../database/conditions.ts';
import { type ChangeEntry, type ModelName, type Row, storedInstant, type Write } from '../database/database.ts';
import { type RowRead, readByKey, readRows } from '../database/read.ts';
import { UniqueViolation } from '../database/violations.ts';
import { InvalidInput, NotFound } from '../errors.ts';
import { kindOf, newId } from '../ids.ts';
import { nounOf } from './fields.ts';
import type { RecordKind, SaveOptions, SavePlan } from './kind.ts';
import { byId, Lookups } from './lookups.ts';
import { Issues, type Path, unstorable } from './parse.ts';
import { applyPatch, defaultsOf, requireFields, type Values } from './patch.ts';
import {
  changedNames,
  changeEntry,
  commit,
  lineOf,
  pick,
  retrying,
  type Saved,
  type SideRow,
  Stale,
  sideWrites,
  takingTurns,
  type Writer,
} from './write.ts';

/** A write that is ready to be committed, or known to change nothing. */
export interface Prepared extends Saved {
  plan: SavePlan;
  writes: Write[];
}

/** What every kind keeps of a record, as far as its model has these columns. */
const BOOKKEEPING = ['firmId', 'id', 'createdAt', 'updatedAt', 'deletedAt', 'mergedIntoId', 'revision'];

/** What a record is read with when it is to be written: its fields, and what the rules look at. */
export function writable(kind: RecordKind): RowRead {
  const known = columnsOf(kind.model);
  const columns = [...Object.keys(kind.fields), ...BOOKKEEPING, ...(kind.bookkeeping ?? [])].filter(
    (name) => known[name],
  );
  return { model: kind.model, columns: new Set(columns), relations: new Map() };
}

const reads = new WeakMap<RecordKind, RowRead>();

/** The record of the writer's firm that meets a condition, as it is needed to write it; null when there is none. */
export async function findRecord(
  writer: Writer,
  kind: RecordKind,
  where: Condition,
  withDeleted = false,
): Promise<Row | null> {
  const read = reads.get(kind) ?? writable(kind);
  reads.set(kind, read);
  const { firmId } = writer.viewer;
  if (where.is === 'compare' && where.by === '=' && typeof where.operand === 'string') {
    return readByKey(writer.database, read, { firmId, [where.operand]: where.value }, withDeleted);
  }
  const [row] = await readRows(writer.database, read, and(equals('firmId', firmId), where), { withDeleted });
  return row ?? null;
}

/** The record of that id. Throws NotFound. */
export async function existing(writer: Writer, kind: RecordKind, id: string, withDeleted = false): Promise<Row> {
  const row = unstorable(id) ? null : await findRecord(writer, kind, equals('id', id), withDeleted);
  if (!row) throw new NotFound(kind.what, ['id']);
  return row;
}

/** The definitions of the custom fields that records of the kind have. */
export async function fieldsOf(
  { database, viewer }: Writer,
  { customFields }: RecordKind,
): Promise<readonly Definition[]> {
  return customFields ? ((await definitionsOf(database, viewer))[customFields.entity] ?? []) : [];
}

/** Parts of a save that a caller may settle. */
export interface PrepareOptions {
  path?: Path;
  issues?: Issues;
  id?: string;
  at?: string;
  pending?: Set<string>;
  lookups?: Lookups;
  options?: SaveOptions;
  /** The values that the input is applied to, when they are not those of the record: it takes over another's. */
  base?: Values | null;
  held?: SideRow[];
}

/**
 * Works out what an input makes of a record, without writing it. `current` null creates one; one that was deleted comes
 * back. Problems are added to `issues`; when there are any, the writes must not be used.
 */
export async function prepareSave(
  writer: Writer,
  kind: RecordKind,
  current: Row | null,
  input: Values,
  {
    path = ['input'],
    issues = new Issues(),
    id,
    at = storedInstant(),
    pending = new Set(),
    lookups = new Lookups(writer),
    options = {},
    base = current,
    held = [],
  }: PrepareOptions = {},
): Promise<Prepared> {
  const definitions = await fieldsOf(writer, kind);
  const creating = current === null;
  const names = Object.keys(kind.fields);
  // Required custom fields are missed also when the whole map is.
  const sent =
    creating && kind.customFields && input.customFields === undefined ? { ...input, customFields: {} } : input;
  const before = base === null ? defaultsOf(kind.fields) : pick(base, names);
  const next = applyPatch(kind.fields, before, sent, path, issues, mergeCustomFields(definitions, creating));
  const plan: SavePlan = {
    writer,
    kind,
    current,
    id: current === null ? (id ?? newId(kind.model)) : String(current.id),
    at,
    input,
    path,
    issues,
    next,
    columns: {},
    writes: [],
    held: [...held],
    pending,
    lookups,
    options,
  };
  await kind.rules?.(plan);
  if (creating)
    requireFields(
      kind.fields,
      next,
      path,
      issues,
      options.upserting ? ` to create the ${kind.what}: there is none with this trackingId` : '',
    );
  await checkReferences(plan);
  // An answer names all that is wrong, also what only a failed commit would have told.
  if (issues.list.length > 0) await kind.holders?.(plan);
  return { plan, ...outcome(plan, definitions, await gaveUpSides(plan)) };
}

/**
 * Whether the record is deleted and gave up its rows beside it. One that went with the record it belongs to did not, so
 * that they come back with it.
 */
async function gaveUpSides({ writer, kind, current }: SavePlan): Promise<boolean> {
  if ((current?.deletedAt ?? null) === null || current === null) return false;
  const [side] = kind.sideRows?.(current) ?? [];
  if (!side) return true;
  const where = and(...Object.entries(side.where).map(([column, value]) => equals(column, String(value))));
  const columns = new Set(Object.keys(side.where));
  return (await readRows(writer.database, { model: side.model, columns, relations: new Map() }, where)).length === 0;
}

/** What a plan writes: nothing when nothing differs. */
function outcome(plan: SavePlan, definitions: readonly Definition[], gaveUp: boolean): Saved & { writes: Write[] } {
  const { writer, kind, current, next, id, at, columns } = plan;
  const { firmId } = writer.viewer;
  const names = Object.keys(kind.fields);
  const returning = current !== null && (current.deletedAt ?? null) !== null;
  const changed = changedNames(names, current ?? {}, next);
  if (current !== null && !returning && changed.length === 0) {
    return { row: current, result: 'UPDATED', changedFields: [], writes: [] };
  }
  if (plan.issues.list.length > 0) return { row: next, result: 'UPDATED', changedFields: [], writes: [] };

  const revision = current === null ? 0 : Number(current.revision);
  const softly = 'deletedAt' in columnsOf(kind.model) ? { deletedAt: null } : {};
  const stamp = { updatedAt: at, ...softly, revision: revision + 1 };
  const created = { firmId, id, createdAt: current?.createdAt ?? at };
  const row: Record<string, unknown> = { ...current, ...next, ...columns, ...created, ...stamp };
  const derived = derivedOf(kind, row, definitions);
  if (current === null) Object.assign(row, derived);
  const entryFields = current === null || returning ? heldNames(names, row) : changed;
  const before = current === null || returning ? null : feedValues(current, entryFields, definitions);
  const entry = changeEntry(writer, {
    kind: current === null ? 'CREATED' : returning ? 'RESTORED' : 'UPDATED',
    entity: kind.model,
    entityId: id,
    at,
    before,
    after: feedValues(row, entryFields, definitions),
  });
  const main: Write =
    current === null
      ? { kind: 'insert', model: kind.model, rows: [row] }
      : {
          kind: 'update',
          model: kind.model,
          where: { firmId, id, revision },
          set: {
            ...pick(row, changed),
            ...changedDerived(derivedOf(kind, current, definitions), derived),
            ...columns,
            ...stamp,
          },
        };
  const had = [...plan.held, ...(current === null ? [] : sides(kind, current, definitions, gaveUp))];
  const writes: Write[] = [
    ...plan.writes,
    main,
    ...sideWrites(had, sides(kind, row, definitions, false)),
    ...recorded(kind, [entry]),
  ];
  return {
    row,
    result: current === null ? 'CREATED' : returning ? 'RESTORED' : 'UPDATED',
    changedFields: current === null ? entryFields : changed,
    writes,
  };
}

/**
 * Saves one record. Throws InvalidInput with every offending field, Stale when another writer was first (see retrying).
 * `also` adds to the commit whatever goes with the record.
 */
export async function save(
  writer: Writer,
  kind: RecordKind,
  current: Row | null,
  input: Values,
  options: PrepareOptions = {},
  also: (prepared: Prepared) => readonly Write[] = () => [],
): Promise<Saved> {
  const prepared = await prepareSave(writer, kind, current, input, options);
  if (prepared.plan.issues.list.length > 0) throw new InvalidInput(prepared.plan.issues.list);
  if (prepared.writes.length > 0) await commitPrepared(writer, [prepared], also(prepared));
  return { row: prepared.row, result: prepared.result, changedFields: prepared.changedFields };
}

/** Commits what was prepared, together. Tells of values that others hold by the fields and their holders. */
export async function commitPrepared(
  writer: Writer,
  prepared: readonly Prepared[],
  also: readonly Write[] = [],
): Promise<void> {
  try {
    await commit(writer.database, [...gathered(prepared.flatMap(({ writes }) => writes)), ...also]);
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    for (const { plan } of prepared) await plan.kind.holders?.(plan);
    // Records that are made together may gather their issues in one list.
    const issues = [...new Set(prepared.map(({ plan }) => plan.issues))].flatMap(({ list }) => list);
    if (issues.length > 0) throw new InvalidInput(issues);
    // The holder is gone again, or a twin got there first: tried again, that shows.
    throw error;
  }
}

/**
 * The same writes with all rows of one table in one part, so that the statement on Postgres does not grow with them, and
 * with all entries of the feed in the last, so that they are numbered in the order they were prepared.
 */
function gathered(writes: readonly Write[]): Write[] {
  const parts: Write[] = [];
  const inserts = new Map<ModelName, Row[][]>();
  const changes: ChangeEntry[] = [];
  for (const write of writes) {
    if (write.kind === 'record') {
      changes.push(...write.changes);
    } else if (write.kind === 'insert') {
      const ofModel = inserts.get(write.model) ?? [];
      const rows = ofModel.find(([first]) => sameColumns(first, write.rows[0]));
      if (rows) rows.push(...write.rows);
      else {
        const fresh = [...write.rows];
        inserts.set(write.model, [...ofModel, fresh]);
        parts.push({ ...write, rows: fresh });
      }
    } else {
      parts.push(write);
    }
  }
  return changes.length > 0 ? [...parts, { kind: 'record', changes }] : parts;
}

function sameColumns(one: Row = {}, other: Row = {}): boolean {
  const columns = Object.keys(one);
  return columns.length === Object.keys(other).length && columns.every((column) => column in other);
}

/** The part of a commit that keeps a record there which another begins to point at, where a foreign key would not. */
export function requirement({ viewer }: Writer, model: ModelName, id: string): Write[] {
  if (!columnsOf(model).deletedAt) return [];
  return [{ kind: 'require', model, where: { firmId: viewer.firmId, id, deletedAt: null } }];
}

/** Adds an issue for each reference that changed to a record which is not there. */
async function checkReferences({
  writer,
  kind,
  current: before,
  next,
  path,
  issues,
  pending,
  lookups,
  writes,
}: SavePlan): Promise<void> {
  // What a deleted record points at may be gone by the time it comes back.
  const current = (before?.deletedAt ?? null) === null ? before : null;
  const wanted = new Map<string, { id: string; at: Path; to: string }[]>();
  const want = (to: string, id: unknown, at: Path) => {
    // An empty one stands for what was found missing before.
    if (typeof id !== 'string' || id === '') return;
    // The id of a record of another kind is no less wrong for being known.
    if (pending.has(id) && kindOf(id) === to) return;
    wanted.set(to, [...(wanted.get(to) ?? []), { id, at, to }]);
  };
  for (const name in kind.fields) {
    const field = kind.fields[name];
    const value = next[name] ?? null;
    if (field === undefined || value === null) continue;
    if (field.kind === 'reference' && value !== current?.[name]) want(field.to, value, [...path, name]);
    if (field.kind !== 'objectList' || !Array.isArray(value) || value.length === 0) continue;
    const known = new Set((current?.[name] as Values[] | undefined)?.flatMap(Object.values));
    for (const [key, part] of Object.entries(field.fields)) {
      if (part.kind !== 'reference') continue;
      (value as (Values | undefined)[]).forEach((item, index) => {
        if (!known.has(item?.[key])) want(part.to, item?.[key], [...path, name, index, key]);
      });
    }
  }
  for (const [to, references] of wanted) {
    const ids = [...new Set(references.map(({ id }) => id))];
    const found = await lookups.present(byId(to as ModelName), ids);
    for (const id of ids) writes.push(...requirement(writer, to as ModelName, id));
    for (const { id, at } of references) {
      if (!found.has(id)) issues.add(at, `There is no ${nounOf(to)} with this id`, 'NOT_FOUND');
    }
  }
}

/** The fields that hold anything: what the feed tells of a record that came or went. */
export function heldNames(names: readonly string[], record: Values): string[] {
  return names.filter((name) => {
    const value = record[name] ?? null;
    if (Array.isArray(value)) return value.length > 0;
    return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value !== null;
  });
}

/** Values as the feed shows them: custom fields by key. */
export function feedValues(record: Values, names: readonly string[], definitions: readonly Definition[]): Row {
  const values = pick(record, names);
  return 'customFields' in values
    ? { ...values, customFields: namedValues(definitions, record.customFields as Values) }
    : values;
}

/** All of a record that the feed tells when it goes. */
export async function lastValues(writer: Writer, kind: RecordKind, record: Row): Promise<Row> {
  const definitions = await fieldsOf(writer, kind);
  return feedValues(record, heldNames(Object.keys(kind.fields), record), definitions);
}

/** The columns by which a record holds what only one can have, emptied: by the time it comes back, another may hold it. */
export function givenUp({ claims = [] }: RecordKind): Row {
  return Object.fromEntries(claims.map((column) => [column, null]));
}

/** Entries of the feed, where the kind is in it. */
export function recorded(kind: RecordKind, changes: Extract<Write, { kind: 'record' }>['changes']): Write[] {
  return kind.feed ? [{ kind: 'record', changes }] : [];
}

/** The columns made of a record's values. */
function derivedOf(kind: RecordKind, record: Row, definitions: readonly Definition[]): Row {
  const derived = kind.derived(record);
  if (!kind.customFields) return derived;
  const folded = foldedValues(definitions, record.customFields as Values);
  return { ...derived, folded: { ...(derived.folded as Values), ...folded } };
}

/** Derived columns that differ from those of the record as it was. */
function changedDerived(before: Row, derived: Row): Row {
  return pick(derived, changedNames(Object.keys(derived), before, derived));
}

/** The rows beside a record, without its own when it gave them up. */
function sides(kind: RecordKind, record: Row, definitions: readonly Definition[], gone: boolean): SideRow[] {
  const { firmId, id: entityId } = record;
  const own = gone ? [] : (kind.sideRows?.(record) ?? []);
  if (!kind.customFields) return own;
  return [
    ...own,
    ...indexRows(definitions, record.customFields as Values).map((indexed) =>
      indexedSide({ firmId, entityId, ...indexed }),
    ),
  ];
}

/** A side row of IndexedValue. */
export function indexedSide(row: {
  firmId: unknown;
  entityId: unknown;
  field: number;
  key: string;
  number: number | null;
}): SideRow {
  const { firmId, entityId, field, key } = row;
  return { model: 'IndexedValue', key: `${field} ${key}`, row, where: { firmId, entityId, field, key } };
}

/** The record that a tracking ID finds for an upsert: deleted or not, and where it was merged, what it was merged into. */
export async function findUpserted(writer: Writer, kind: RecordKind, trackingId: string): Promise<Row | null> {
  const found = await findRecord(writer, kind, equals('trackingId', trackingId), true);
  const target = found?.mergedIntoId;
  return typeof target === 'string' ? findRecord(writer, kind, equals('id', target), true) : found;
}

/** What an upsert sends to the record it found: one found by what was merged into it keeps its own tracking ID. */
export function upsertInput(current: Row | null, input: Values): Values {
  if (current === null || current.trackingId === input.trackingId) return input;
  const { trackingId: _, ...rest } = input;
  return rest;
}

/**
 * Creates the record of `input.trackingId`, or changes the one that is found by it, in turn with all other writers of
 * either in this process.
 */
export function upsertRecord(
  writer: Writer,
  kind: RecordKind,
  input: Values,
  create: () => Promise<Saved>,
  change: (current: Row, input: Values) => Promise<Saved>,
): Promise<Saved> {
  const { firmId } = writer.viewer;
  const key = String(input.trackingId);
  const find = async () => (unstorable(key) ? null : findUpserted(writer, kind, key));
  return takingTurns(writer, `${firmId} ${kind.model} ${key}`, () =>
    retrying(async () => {
      const found = await find();
      if (found === null) {
        try {
          return await create();
        } catch (error) {
          // Another process created it first: then this is an update.
          if (holdsTrackingId(error) && (await find())) throw new Stale();
          throw error;
        }
      }
      // Patches know the record by its id.
      return takingTurns(writer, lineOf(firmId, String(found.id)), async (waited) => {
        const current = waited ? await find() : found;
        if (current === null || current.id !== found.id) throw new Stale();
        return change(current, upsertInput(current, input));
      });
    }),
  );
}

/** Whether a save failed because another record holds its tracking ID. */
function holdsTrackingId(error: unknown): boolean {
  return (
    error instanceof InvalidInput &&
    error.fields.some(({ code, path }) => code === 'DUPLICATE' && path.at(-1) === 'trackingId')
  );
}
