/**
 * A kind of record, declared once in its folder. Whatever treats all kinds alike (the feed, deletions and returns, merges,
 * imports, portals, ids) asks here what there is, so that a kind that is added is among them.
 */
import { identify } from '../base/ids.ts';
import { type CustomFieldEntity, type Definition, haveCustomFields } from '../custom-values/types.ts';
import type { ModelName, Row } from '../database/sql/index.ts';
import type { Write } from '../database/store/index.ts';
import type { Fields, ReferenceField } from '../fields/fields.ts';
import type { Issues, Path } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import type { FilterFields } from './filters.ts';
import type { Key, KeyInput, KeyPlace, OwnKey } from './keys.ts';
import type { Orders } from './lists.ts';
import type { Lookups } from './lookups.ts';
import type { Transfer } from './transfer.ts';
import type { Saved, SideRow, Writer } from './write.ts';

/** A kind of record: what it is made of, and the rules that are its own. */
export interface RecordKind {
  readonly model: ModelName;
  /** The noun, for messages. */
  readonly what: string;
  /** The same of several, where they are counted. */
  readonly plural: string;
  /** What its ids begin with. */
  readonly prefix: string;
  readonly fields: Fields;
  /** What it is found by beside its id, its tracking ID and its external ids. */
  readonly keys?: Readonly<Partial<Record<OwnKey, KeyPlace>>>;
  /** How custom fields call its records, where it has some, and what the schema says of these. */
  readonly customFields?: { readonly entity: CustomFieldEntity; readonly says: string };
  /** How the feed calls it, where its changes are entered there, and what the schema says of it. */
  readonly feed?: { readonly entity: string; readonly says: string };
  /** Whose part it is, if any: it goes and comes back with that record, and moves when that one is merged. */
  readonly partOf?: PartOf;
  /**
   * Portal users see rows of it that are tied to their own contact: these columns, by the columns of the contact that
   * they equal. None without it.
   */
  readonly portal?: Readonly<Record<string, string>>;
  /** Columns beside its fields that its rules look at. */
  readonly bookkeeping?: readonly string[];
  /** Columns by which it holds what only one record can have: given up when it goes. */
  readonly claims?: readonly string[];
  /** What points at it beside the fields of kinds: while a row does, it cannot be deleted. Moves when it is merged. */
  readonly uses?: readonly Use[];
  /** Columns of the rows beside it that point at other records, as `uses` of those. */
  readonly pointers?: readonly (Use & { readonly to: ModelName })[];
  /** How lines of files name it where they point at it, and how its own lines are imported and exported. */
  readonly namedBy?: Naming;
  readonly transfer?: Transfer;
  /** How two of it become one, where its rules ask for more than the fields do. */
  readonly merge?: MergeRules;
  /** How it is written, where that is not as usual (operations.ts). */
  readonly writes?: RecordWrites;
  /** Adds it to the schema, when there is one. */
  readonly schema?: () => Promise<unknown>;
  /** The columns made of its values, for search, filters and sorting. */
  derived(values: Values): Row;
  /** What keeps its values unique or searchable beside it. */
  sideRows?(record: Values): SideRow[];
  /** Fills in defaults and checks the rules between fields. May read; adds to the plan whatever else is to be written. */
  rules?(plan: SavePlan): Promise<void> | void;
  /** Reads what the rules will look up, for many inputs at once. */
  ahead?(lookups: Lookups, inputs: readonly Values[]): Promise<void>;
  /** Adds an issue for each value that another record holds. Asked when a commit met one, or anything else is wrong. */
  holders?(plan: SavePlan): Promise<void>;
}

/**
 * How a line of a file names a record: by its name, which no other has; by its name and e-mail address, where two may
 * share a name; by its name among the parts of one record; or by its tracking ID.
 */
export type Naming = 'name' | 'nameAndEmail' | 'nameInOwner' | 'trackingId';

export interface PartOf {
  /** The field that points at the owner. */
  readonly field: string;
  /** A column that is true for one part of each owner. When two owners are merged, the target's stays that one. */
  readonly first?: string;
}

/** A column of a model by which it points at a record, and what that is called when it is counted. */
export interface Use {
  readonly model: ModelName;
  readonly column: string;
  readonly what: string;
}

/** How records of a kind are listed. */
export interface Lists {
  readonly filter: FilterFields<readonly Definition[]>;
  readonly orders: Orders;
  /** What `searchText` is made of, for the schema: "the name or the e-mail". */
  readonly search: string;
}

/** A write in the making. */
export interface SavePlan {
  readonly writer: Writer;
  readonly kind: RecordKind;
  /** The record as it was read; null to create it. */
  readonly current: Row | null;
  readonly id: string;
  readonly at: string;
  readonly input: Values;
  /** Where the input is in the arguments. */
  readonly path: Path;
  readonly issues: Issues;
  /** The values as they will be. Rules may fill in what was left out. */
  readonly next: Record<string, unknown>;
  /** Columns that are no fields, to be set with the record. */
  readonly columns: Record<string, unknown>;
  /** Further parts of the commit. */
  readonly writes: Write[];
  /** Rows beside the record that are there already, though its values did not ask for them. */
  readonly held: SideRow[];
  /** Ids that need not be looked up as references: of records made in the same commit, and of those the rules found. */
  readonly pending: Set<string>;
  readonly lookups: Lookups;
  /** Whatever the kind's rules need to know from their caller. */
  readonly options: SaveOptions;
}

/** What a caller may say of a write; each kind takes notice of what its mutations take. */
export interface WriteOptions {
  /** Contacts: whether another one may have the same name. */
  allowDuplicates?: boolean;
  /** The revision that the change was made for. */
  expectedRevision?: number | null | undefined;
  /** Upserts: whether they may create, and whether they may change what is there. */
  mode?: UpsertMode | null | undefined;
  /** Upserts: what becomes of a reference by a name that nothing has. */
  onMissingReference?: OnMissing | null | undefined;
  /** Whether values are taken as what they stand for: see normalize.ts. */
  normalize?: boolean;
  /** Upserts: whether null clears a field, or is taken as if it had not been sent. */
  nulls?: Nulls;
  /** Creating clients: the same call with the same key answers the client that the first one made. */
  idempotencyKey?: string | null | undefined;
}

/** What an upsert may do: either, create only, or change only what is there. */
export type UpsertMode = 'UPSERT' | 'CREATE_ONLY' | 'UPDATE_ONLY';

/** What becomes of a reference that finds nothing: an error, or what it names is made where its key alone suffices. */
export type OnMissing = 'ERROR' | 'CREATE';

/** What becomes of null in an input. */
export type Nulls = 'CLEAR' | 'IGNORE';

/** How records of a kind are written. What a kind does not have, its mutations do not have either. */
export interface RecordWrites {
  create(writer: Writer, input: Values, options?: WriteOptions): Promise<Saved>;
  /** Finds it by `by` and by `input.trackingId`, whichever are given (upsert.ts). */
  upsert(writer: Writer, by: KeyInput | null | undefined, input: Values, options?: WriteOptions): Promise<Saved>;
  patch(writer: Writer, by: KeyInput, input: Values, options?: WriteOptions): Promise<Saved>;
  /** Answers the record as it was. */
  delete(writer: Writer, by: KeyInput, options?: WriteOptions): Promise<Row>;
  /** Brings a deleted one back, and patches it. */
  restore?(writer: Writer, by: KeyInput, input?: Values): Promise<Saved>;
  /** Makes one of two. */
  merge?(writer: Writer, source: KeyInput, target: KeyInput, input: Values): Promise<Saved>;
}

export interface SaveOptions {
  /** Contacts only: whether a twin by name is accepted. */
  allowDuplicates?: boolean;
  /** The key by which an upsert found none, so that it is created: that is said where something is missed. */
  upsertedBy?: Key | undefined;
  onMissingReference?: OnMissing | null | undefined;
  /** Whether the input is normalized before anything else is made of it. */
  normalize?: boolean;
  /** Clients only: whether the caller guards the firm's hierarchy, from before the rules look at it. */
  hierarchyGuarded?: boolean;
}

const declared = new Map<string, RecordKind>();

/** A write that is ready to be committed, or known to change nothing. */
export interface Prepared extends Saved {
  plan: SavePlan;
  writes: Write[];
}

/** Two records that become one. */
export interface Merging {
  readonly writer: Writer;
  readonly source: Row;
  readonly target: Row;
  readonly at: string;
  /** What the result shall have instead. */
  readonly input: Values;
  readonly issues: Issues;
  /** What the target will have, before the input. */
  readonly base: Record<string, unknown>;
  /** Ids that need not be looked up as references. */
  readonly pending: Set<string>;
  readonly lookups: Lookups;
  readonly options: SaveOptions;
}

/** What the merging of a kind asks for beside what its fields and references do. */
export interface MergeRules {
  /** Fields of which the target keeps its own, also where it has none. Its tracking ID and its owner are always so. */
  readonly keeps?: readonly string[];
  /** Columns of the source that are emptied. */
  readonly empties?: readonly string[];
  /** References to records of the kind that its own rules move, such as `Client.parentId`. */
  readonly moves?: readonly string[];
  /** Checks, and changes what the target will have. Answers what makes further parts of the commit, once that is known. */
  prepare?(
    merging: Merging,
  ): Promise<(target: Prepared) => readonly Write[]> | ((target: Prepared) => readonly Write[]);
}

/** Declares a kind of record. Its folder is imported by src/kinds.ts, and that is all there is to do. */
export function defineKind<Kind extends RecordKind>(kind: Kind): Kind {
  if (declared.has(kind.model)) throw new Error(`${kind.model} is declared twice`);
  identify(kind.model, kind.prefix);
  if (kind.customFields) haveCustomFields(kind.customFields.entity, kind.customFields.says);
  declared.set(kind.model, kind);
  return kind;
}

/** All kinds, each after those that it is a part of. */
export function kinds(): RecordKind[] {
  const all = [...declared.values()];
  return [...all.filter(({ partOf }) => !partOf), ...all.filter(({ partOf }) => partOf)];
}

/** The kind of a model; undefined where its rows are no records. */
export function kindOfModel(model: string): RecordKind | undefined {
  return declared.get(model);
}

/** The kind of a model that is one. */
export function kindNamed(model: string): RecordKind {
  const kind = declared.get(model);
  if (!kind) throw new Error(`${model} is no kind of record`);
  return kind;
}

/** A field by which records of a kind point at others. */
export interface Reference {
  readonly kind: RecordKind;
  readonly name: string;
  readonly field: ReferenceField;
}

/** The fields of all kinds that point at records of a model. */
export function referencesTo(model: string): Reference[] {
  return kinds().flatMap((kind) =>
    Object.entries(kind.fields).flatMap(([name, field]) =>
      field.kind === 'reference' && field.to === model ? [{ kind, name, field }] : [],
    ),
  );
}

/** The kinds whose records are parts of records of a model, with the field that points at these. */
export function partsOf(model: string): { kind: RecordKind; partOf: PartOf }[] {
  return kinds().flatMap((kind) => {
    const owner = kind.partOf && kind.fields[kind.partOf.field];
    return kind.partOf && owner?.kind === 'reference' && owner.to === model ? [{ kind, partOf: kind.partOf }] : [];
  });
}

/** What points at records of a kind beside the fields of kinds. */
export function usesBeside({ model, uses = [] }: RecordKind): Use[] {
  return [...kinds().flatMap(({ pointers = [] }) => pointers.filter(({ to }) => to === model)), ...uses];
}

/** All that points at records of a kind, and keeps them from being deleted. */
export function usesOf(used: RecordKind): Use[] {
  const fields = referencesTo(used.model).flatMap(({ kind, name, field }) =>
    field.holds
      ? [{ model: kind.model, column: name, what: `${kind.plural}${field.as ? ` as ${field.as}` : ''}` }]
      : [],
  );
  return [...fields, ...usesBeside(used)];
}
