/**
 * The one write path of records: find, compare, write and record, in one commit. Creating, upserting, patching,
 * restoring and importing all come here; what is special to a kind of record is in its RecordKind (kind.ts).
 */

import { InvalidInput } from '../base/errors.ts';
import { kindOf, newId } from '../base/ids.ts';
import { definitionsOf } from '../custom-values/definitions.ts';
import type { Definition } from '../custom-values/types.ts';
import { foldedValues, indexRows, mergeCustomFields } from '../custom-values/values.ts';
import {
  and,
  type Condition,
  columnsOf,
  equals,
  type ModelName,
  type Row,
  type RowRead,
  readByKey,
  readRows,
  storedInstant,
  valued,
} from '../database/sql/index.ts';
import { UniqueViolation, type Write } from '../database/store/index.ts';
import { nounOf, publicName } from '../fields/fields.ts';
import { Issues, type Path } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { applyPatch, defaultsOf, requireFields } from '../fields/patch.ts';
import { loaded } from './batch.ts';
import { feedValues, heldNames, publicNames } from './feed.ts';
import { gathered } from './gathered.ts';
import { checkExternalIds, externalIdConflicts, externalIdRows, holdAliases } from './identity.ts';
import { noneBy } from './keys.ts';
import type { Prepared, RecordKind, SaveOptions, SavePlan } from './kind.ts';
import { withWholeLists } from './list-parts.ts';
import { Lookups } from './lookups.ts';
import { normalized } from './normalize.ts';
import { withIds } from './references.ts';
import { changedNames, changeEntry, commit, pick, type Saved, type SideRow, sideWrites, type Writer } from './write.ts';

export type { Prepared } from './kind.ts';

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

/** The same, made once. */
export function writableRead(kind: RecordKind): RowRead {
  const read = reads.get(kind) ?? writable(kind);
  reads.set(kind, read);
  return read;
}

/** The record of the writer's firm that meets a condition, as it is needed to write it; null when there is none. */
export async function findRecord(
  writer: Writer,
  kind: RecordKind,
  where: Condition,
  withDeleted = false,
): Promise<Row | null> {
  const read = writableRead(kind);
  const { firmId } = writer.viewer;
  if (where.is === 'compare' && where.by === '=' && typeof where.operand === 'string') {
    const { operand, value } = where;
    const found = await loaded(writer.database, [findRecord, kind, operand, withDeleted], [value], async (all) => {
      const values = [...new Set(all)].map(String);
      if (values.length > 1) return recordsBy(writer, kind, operand, values, withDeleted);
      const row = await readByKey(writer.database, read, { firmId, [operand]: value }, withDeleted);
      return new Map(row ? [[String(value), row]] : []);
    });
    return found.get(String(value)) ?? null;
  }
  const [row] = await readRows(writer.database, read, and(equals('firmId', firmId), where), { withDeleted });
  return row ?? null;
}

/** The records of the writer's firm by the values that a column of theirs has. */
async function recordsBy(
  { database, viewer }: Writer,
  kind: RecordKind,
  column: string,
  values: readonly string[],
  withDeleted: boolean,
): Promise<Map<string, Row>> {
  const where = and(equals('firmId', viewer.firmId), valued(column, values));
  const rows = await readRows(database, writableRead(kind), where, { limit: values.length, withDeleted });
  return new Map(rows.map((row) => [String(row[column]), row]));
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
  given: Values,
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
  const before = base === null ? defaultsOf(kind.fields) : pick(base, names);
  const { input: meant, changes } = options.normalize
    ? normalized(kind.fields, given, { path, record: base, definitions })
    : { input: given, changes: [] };
  const referred = await withIds(writer, lookups, kind.fields, [{ input: meant, path }], issues, {
    on: options.onMissingReference ?? 'ERROR',
    make: async (missing, name, where) => {
      const made = await prepareSave(writer, missing, null, { name }, { path: where, issues, at, lookups, pending });
      pending.add(made.plan.id);
      return { id: made.plan.id, writes: made.writes };
    },
  });
  const input = withWholeLists(kind.fields, before, referred.inputs[0] ?? meant, path, issues);
  // Required custom fields are missed also when the whole map is.
  const sent =
    creating && kind.customFields && input.customFields === undefined ? { ...input, customFields: {} } : input;
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
    writes: [...referred.writes],
    held: [...held],
    pending,
    lookups,
    options,
  };
  checkExternalIds(plan);
  await kind.rules?.(plan);
  await holdAliases(plan);
  const { upsertedBy } = options;
  const why = upsertedBy ? ` to create the ${kind.what}: there is none with this ${upsertedBy.by}` : '';
  if (creating) requireFields(kind.fields, next, path, issues, why);
  await checkReferences(plan);
  // An answer names all that is wrong, also what only a failed commit would have told.
  if (issues.list.length > 0) await holdersOf(plan);
  return { plan, normalized: changes, ...(await outcome(plan, definitions, await gaveUpSides(plan))) };
}

/** Adds an issue for each value of the plan that another record holds. */
export async function holdersOf(plan: SavePlan): Promise<void> {
  await plan.kind.holders?.(plan);
  await externalIdConflicts(plan);
}

/**
 * Whether the record is deleted and gave up its rows beside it. One that went with the record it belongs to did not, so
 * that they come back with it.
 */
async function gaveUpSides({ writer, kind, current }: SavePlan): Promise<boolean> {
  if ((current?.deletedAt ?? null) === null || current === null) return false;
  const [side] = ownSides(kind, current);
  if (!side) return true;
  const where = and(...Object.entries(side.where).map(([column, value]) => equals(column, String(value))));
  const columns = new Set(Object.keys(side.where));
  return (await readRows(writer.database, { model: side.model, columns, relations: new Map() }, where)).length === 0;
}

/** What a plan writes: nothing when nothing differs. */
async function outcome(
  plan: SavePlan,
  definitions: readonly Definition[],
  gaveUp: boolean,
): Promise<Saved & { writes: Write[] }> {
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
  const told = current === null || returning ? heldNames(names, row) : changed;
  const from = current === null || returning ? null : current;
  const [before = null, after = null] = kind.feed
    ? await feedValues(plan.lookups, kind, [from, row], told, definitions)
    : [];
  const entry = changeEntry(writer, {
    kind: current === null ? 'CREATED' : returning ? 'RESTORED' : 'UPDATED',
    entity: kind.model,
    entityId: id,
    at,
    before,
    after,
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
    changedFields: publicNames(kind, current === null ? told : changed),
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
  const { row, result, changedFields, normalized = [] } = prepared;
  return { row, result, changedFields, normalized };
}

/** Commits what was prepared, together. Tells of values that others hold by the fields and their holders. */
export async function commitPrepared(
  writer: Writer,
  prepared: readonly Prepared[],
  also: readonly Write[] = [],
): Promise<void> {
  try {
    const [only] = prepared;
    const writes = prepared.length === 1 && only ? only.writes : gathered(prepared.flatMap(({ writes }) => writes));
    await commit(writer.database, [...writes, ...also]);
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    for (const { plan } of prepared) await holdersOf(plan);
    // Records that are made together may gather their issues in one list.
    const issues = [...new Set(prepared.map(({ plan }) => plan.issues))].flatMap(({ list }) => list);
    if (issues.length > 0) throw new InvalidInput(issues);
    // The holder is gone again, or a twin got there first: tried again, that shows.
    throw error;
  }
}

/** The part of a commit that keeps a record there which another begins to point at, where a foreign key would not. */
export function requirement({ viewer }: Writer, model: ModelName, id: string): Write[] {
  if (!columnsOf(model).deletedAt) return [];
  return [{ kind: 'require', model, where: { firmId: viewer.firmId, id, deletedAt: null } }];
}

/**
 * Adds an issue for each reference that changed to a record which is not there. What the record pointed at before is read
 * with it, since the feed tells that too.
 */
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
  const had = new Map<string, unknown[]>();
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
    if (field.kind === 'reference' && value !== current?.[name]) {
      want(field.to, value, [...path, publicName(name, field)]);
      if (kind.feed) had.set(field.to, [...(had.get(field.to) ?? []), current?.[name]]);
    }
    if (field.kind !== 'objectList' || !Array.isArray(value) || value.length === 0) continue;
    const known = new Set((current?.[name] as Values[] | undefined)?.flatMap(Object.values));
    for (const [key, part] of Object.entries(field.fields)) {
      if (part.kind !== 'reference') continue;
      (value as (Values | undefined)[]).forEach((item, index) => {
        if (!known.has(item?.[key])) want(part.to, item?.[key], [...path, name, index, publicName(key, part)]);
      });
    }
  }
  for (const [to, references] of wanted) {
    const model = to as ModelName;
    const ids = [...new Set(references.map(({ id }) => id))];
    const others = (had.get(to) ?? []).filter((id) => typeof id === 'string');
    await lookups.targets(model, [...ids, ...others]);
    for (const id of ids) writes.push(...requirement(writer, model, id));
    for (const { id, at } of references) {
      if (!lookups.target(model, id)?.live) issues.add(at, noneBy(nounOf(to), { by: 'id' }), 'NOT_FOUND');
    }
  }
}

/** All of a record that the feed tells when it goes. */
export async function lastValues(writer: Writer, kind: RecordKind, record: Row): Promise<Row> {
  if (!kind.feed) return {};
  const definitions = await fieldsOf(writer, kind);
  const names = heldNames(Object.keys(kind.fields), record);
  const [values] = await feedValues(new Lookups(writer), kind, [record], names, definitions);
  return values ?? {};
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

/** The rows that a record keeps beside it by itself: its external ids, and what its kind adds. */
export function ownSides(kind: RecordKind, record: Row): SideRow[] {
  return [...externalIdRows(kind, record), ...(kind.sideRows?.(record) ?? [])];
}

/** The rows beside a record, without its own when it gave them up. */
function sides(kind: RecordKind, record: Row, definitions: readonly Definition[], gone: boolean): SideRow[] {
  const { firmId, id: entityId } = record;
  const own = gone ? [] : ownSides(kind, record);
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
