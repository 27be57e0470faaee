/**
 * Runs the tables that say how another system's bodies and our records correspond, in both directions. A table is a list of
 * lines: a field of theirs, a field of ours, and a form, which is how a value of the one becomes a value of the other.
 *
 * Two lines may share a field on either side: the first of them that has a value tells it. null is null on both sides, by
 * the patch rule: it clears. What is absent stays absent.
 */
import { isObject } from '../base/is-object.ts';
import type { Values } from '../fields/kind.ts';
import { glimpse, type Path } from '../fields/parse.ts';

/** A value of a body that did not get into an item, and why. */
export interface Unmapped {
  readonly path: Path;
  readonly value: unknown;
  readonly reason: string;
}

/** An id in another system. */
export interface ExternalId {
  readonly system: string;
  readonly id: string;
}

/**
 * The input of an upsert, as far as the body tells it: what of it is valid is left to the upsert. References are keys, and
 * external ids are set one by one.
 */
export interface Item {
  /** What finds the record, where the body holds an id of it. */
  readonly by?: { readonly externalId: ExternalId };
  readonly [field: string]: unknown;
}

/** What a body becomes. */
export interface Reading {
  readonly items: readonly Item[];
  readonly unmapped: readonly Unmapped[];
}

/** Says that a value is not taken, and why; of a part of it, with the path to that. */
export type Report = (reason: string, value?: unknown, path?: Path) => undefined;

/** How a value of theirs becomes one of ours, and back. Neither is asked about null, nor about what is absent. */
export interface Form {
  /** What it does, to stand in a table. */
  readonly says: string;
  /** `beside` is the object of theirs that holds the value. Answers undefined when nothing comes of it. */
  read(value: unknown, report: Report, beside: Values): unknown;
  /** `beside` is the object of ours that holds the value. Answers undefined when theirs has no such value. */
  write(value: unknown, beside: Values): unknown;
  /** What is written in the place of a value that theirs does not have; else their field is left out. */
  readonly instead?: null;
  /** Leaves the field out where ours is null. */
  readonly omitsNull?: true;
  /** An object whose fields have lines of their own. */
  readonly holdsLines?: true;
}

/** One line of a table. */
export interface Line {
  /** Path of their field: `contact.client_id`. */
  readonly theirs: string;
  /** Path of our field: `address.line1`, `externalIds.stripe`; empty for what only holds the fields of the record. */
  readonly ours: string;
  readonly form: Form;
  /** What else there is to know of it. */
  readonly note?: string;
}

/** A field of theirs that has no place in our records. */
export interface NoPlace {
  readonly theirs: string;
  readonly reason: string;
}

/** How the records of another system and ours correspond. */
export interface Table {
  /** What `from` calls the system. */
  readonly name: string;
  /** What the system calls itself. */
  readonly title: string;
  readonly entity: 'client' | 'contact' | 'customField';
  /**
   * What a body without an id of its record is. Where the system's own call creates, it is a new record; where that call
   * needs an id, it is refused.
   */
  readonly withoutKey: 'CREATED' | 'REFUSED';
  /** Which external ids find the record, the first that a body has. Without any, its tracking ID does. */
  readonly foundBy: readonly string[];
  readonly lines: readonly Line[];
  readonly noPlace: readonly NoPlace[];
  /** What of a body or of a record does not come back, as sentences. */
  readonly lost: readonly string[];
  /** Fields of every item. */
  readonly always?: Values;
}

/** A table with the functions that follow from it. Both are pure. */
export interface Mapping extends Table {
  /** The items that a body of theirs becomes. */
  read(body: unknown): Reading;
  /** The body of theirs for a record of ours, as the API returns it. What the record does not have is left out. */
  write(record: Values): Values;
}

/** A line of a table. */
export const line = (theirs: string, ours: string, form: Form, note?: string): Line => ({
  theirs,
  ours,
  form,
  ...(note === undefined ? {} : { note }),
});

/** The mapping of a table. */
export function mapping(table: Table): Mapping {
  const steps = stepsOf(table);
  const fields = fieldsOf(table);
  return { ...table, read: (body) => read(table, steps, fields, body), write: (record) => write(steps, record) };
}

/** A line with what follows from its table. */
interface Step extends Line {
  readonly theirPath: readonly string[];
  readonly ourPath: readonly string[];
  /** Whether a line above it has the same field of ours, or of theirs. */
  readonly isOursAgain: boolean;
  readonly isTheirsAgain: boolean;
}

function stepsOf({ lines }: Table): readonly Step[] {
  const steps = lines.map((each, index) => ({
    ...each,
    theirPath: each.theirs.split('.'),
    ourPath: each.ours.split('.'),
    isOursAgain: lines.findIndex(({ ours }) => ours === each.ours) < index,
    isTheirsAgain: lines.findIndex(({ theirs }) => theirs === each.theirs) < index,
  }));
  return steps.filter(({ ours }) => ours !== '');
}

/** The fields of an object of theirs, each with its line, or with why it has no place. */
type Fields = ReadonlyMap<string, { readonly entry: Line | NoPlace; readonly inside: Fields }>;

function fieldsOf(table: Pick<Table, 'lines' | 'noPlace'>, within = ''): Fields {
  const fields = new Map<string, { entry: Line | NoPlace; inside: Fields }>();
  for (const entry of [...table.lines, ...table.noPlace]) {
    const name = entry.theirs.slice(within.length);
    if (!entry.theirs.startsWith(within) || name.includes('.') || fields.has(name)) continue;
    const holds = 'form' in entry && entry.form.holdsLines;
    const inside = holds ? fieldsOf(table, `${entry.theirs}.`) : new Map();
    fields.set(name, { entry, inside });
  }
  return fields;
}

function read(table: Table, steps: readonly Step[], fields: Fields, body: unknown): Reading {
  const unmapped: Unmapped[] = [];
  const reportAt =
    (path: Path, value: unknown): Report =>
    (reason, part = value, inside = []) => {
      unmapped.push({ path: [...path, ...inside], value: part, reason });
      return undefined;
    };
  if (!isObject(body)) {
    reportAt([], body)(`must be an object, not ${glimpse(body)}`);
    return { items: [], unmapped };
  }
  reportStrangers(table, fields, body, [], reportAt);
  const item: Record<string, unknown> = { ...table.always };
  for (const { theirPath, ourPath, form, isOursAgain, isTheirsAgain } of steps) {
    const beside = holderOf(body, theirPath);
    const value = beside?.[lastOf(theirPath)];
    if (!beside || value === undefined) continue;
    if (isOursAgain && (valueAt(item, ourPath) ?? null) !== null) continue;
    // What is wrong with a value was said by the first line that read it.
    const report = isTheirsAgain ? () => undefined : reportAt(theirPath, value);
    const made = value === null ? null : form.read(value, report, beside);
    if (made !== undefined) setAt(item, ourPath, made);
  }
  const externalId = keyOf(table, item);
  if (externalId) item.by = { externalId };
  return { items: [item], unmapped };
}

/** Reports what no line takes: fields that have no place, and those that the system's documents do not name. */
function reportStrangers(
  table: Table,
  fields: Fields,
  object: Values,
  path: Path,
  reportAt: (path: Path, value: unknown) => Report,
): void {
  for (const [name, value] of Object.entries(object)) {
    const { entry, inside } = fields.get(name) ?? {};
    if (entry && 'form' in entry && !entry.form.holdsLines) continue;
    if (value === undefined) continue;
    const report = reportAt([...path, name], value);
    if (!entry || !inside) report(`${table.title}'s documents do not name it`);
    else if ('reason' in entry) report(entry.reason);
    else if (isObject(value)) reportStrangers(table, inside, value, [...path, name], reportAt);
    else if (value !== null || entry.ours === '') report(`must be an object, not ${glimpse(value)}`);
  }
}

/** The external id that finds the record of an item. */
function keyOf({ foundBy }: Table, item: Values): ExternalId | undefined {
  for (const system of foundBy) {
    const id = idIn(item[SET_EXTERNAL_IDS], system);
    if (typeof id === 'string') return { system, id };
  }
  return undefined;
}

function write(steps: readonly Step[], record: Values): Values {
  const body: Record<string, unknown> = {};
  for (const { theirPath, ourPath, form, isTheirsAgain } of steps) {
    const value = valueAt(record, ourPath);
    if (value === undefined || (value === null && form.omitsNull)) continue;
    if (isTheirsAgain && (valueAt(body, theirPath) ?? null) !== null) continue;
    const made = value === null ? null : (form.write(value, holderOf(record, ourPath) ?? {}) ?? form.instead);
    if (made !== undefined) setAt(body, theirPath, made);
  }
  return body;
}

const EXTERNAL_IDS = 'externalIds';
const SET_EXTERNAL_IDS = 'setExternalIds';

const lastOf = (path: readonly string[]) => path[path.length - 1] ?? '';

/** The object in which the last name of a path is to be found; undefined where something on the way is no object. */
function holderOf(root: Values, path: readonly string[]): Values | undefined {
  let at: unknown = root;
  for (let depth = 0; depth < path.length - 1; depth++) at = isObject(at) ? at[path[depth] ?? ''] : undefined;
  return isObject(at) ? at : undefined;
}

/** The value at a path. An external id is null where the record's list lacks it; a part of what is null is null. */
function valueAt(root: Values, path: readonly string[]): unknown {
  const [head, system] = path;
  if (head === EXTERNAL_IDS && system !== undefined) {
    return Array.isArray(root[EXTERNAL_IDS]) ? (idIn(root[EXTERNAL_IDS], system) ?? null) : undefined;
  }
  let at: unknown = root;
  for (const name of path) {
    if (at === null) return null;
    at = isObject(at) ? at[name] : undefined;
  }
  return at;
}

/** The id of a system in a list of external ids. */
export function idIn(list: unknown, system: string): unknown {
  if (!Array.isArray(list)) return undefined;
  const found: unknown = list.find((entry) => isObject(entry) && entry.system === system);
  return isObject(found) ? found.id : undefined;
}

/** Sets the value at a path, with the objects on the way; a part of what is null is not set. */
function setAt(root: Record<string, unknown>, [head = '', ...rest]: readonly string[], value: unknown): void {
  const [system] = rest;
  if (system === undefined) {
    root[head] = value;
  } else if (head === EXTERNAL_IDS) {
    const list: unknown = root[SET_EXTERNAL_IDS];
    root[SET_EXTERNAL_IDS] = [...(Array.isArray(list) ? list : []), { system, id: value }];
  } else if (root[head] !== null) {
    const inner = root[head];
    const made = isObject(inner) ? inner : {};
    root[head] = made;
    setAt(made, rest, value);
  }
}
