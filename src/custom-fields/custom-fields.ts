/**
 * The rules by which a firm's custom fields change. There is one write path, `change`: find, decide, write and record,
 * in one commit that also raises the firm's `definitionsVersion`, by which every process learns of it. Knows nothing of
 * GraphQL.
 */

import { Forbidden, InvalidInput } from '../base/errors.ts';
import { newId } from '../base/ids.ts';
import { forgetDefinitions, readDefinitions, type StoredDefinition } from '../custom-values/definitions.ts';
import {
  CUSTOM_FIELD_ENTITIES,
  CUSTOM_FIELD_TYPES,
  type CustomFieldEntity,
  type CustomFieldType,
  type Definition,
  FIELDS_MAX,
  OPTIONS_MAX,
  type Option,
} from '../custom-values/types.ts';
import { KEY_MAX } from '../custom-values/values.ts';
import { type Row, storedInstant } from '../database/sql/index.ts';
import type { ChangeEntry, Write } from '../database/store/index.ts';
import { boolean } from '../fields/boolean.ts';
import { choice } from '../fields/choice.ts';
import { integer, text } from '../fields/fields.ts';
import { fold } from '../fields/fold.ts';
import { glimpse, Issues, type Path } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { applyPatch, defaultsOf, parseValue, requireFields } from '../fields/patch.ts';
import { keyFrom } from '../records/addressed.ts';
import { checkExternalIdLengths, identityFields } from '../records/identity.ts';
import { type Key, type KeyInput, missingBy } from '../records/keys.ts';
import type { WriteOptions } from '../records/kind.ts';
import { withWholeLists } from '../records/list-parts.ts';
import { inTurn } from '../records/turns.ts';
import { changedInput, chosen, createdInput, keysOf, noRevision } from '../records/upsert.ts';
import { changedNames, changeEntry, commit, pick, retrying, revisionIs, type Writer } from '../records/write.ts';
import { mayActAs } from '../session/viewer.ts';
import { removeLeftValues } from './left-values.ts';

/** The greatest `order`: GraphQL's and the databases' integers go no further. */
const ORDER_MAX = 2_147_483_647;

const key = (of: string) =>
  text(`Key that identifies it in values. Immutable. Defaults to the ${of} in camelCase.`, {
    max: KEY_MAX,
    exact: true,
    pattern: {
      test: /^[A-Za-z][A-Za-z0-9_]{0,99}$/,
      says: `a letter followed by letters, digits and _, up to ${KEY_MAX} characters`,
    },
  });

/** What of a custom field can be patched. */
export const customFieldFields = {
  name: text('Display name.', { max: 255, required: true }),
  order: integer('Sort position among the fields, ascending.', {
    min: 0,
    max: ORDER_MAX,
  }),
  required: boolean(
    'Whether every record must have a value. A required field must be set on create and cannot be cleared.',
    {
      default: false,
    },
  ),
  ...identityFields('custom field'),
} as const;

/** By what a custom field is found. Its key is none of these: fields of several entities may have the same. */
export const CUSTOM_FIELD = { model: 'CustomField', what: 'custom field', fields: customFieldFields } as const;

/** What a custom field is made of, beside its options. */
export const newCustomFieldFields = {
  name: customFieldFields.name,
  key: key('name'),
  // There is no default that would be right, and a type cannot be changed: `createCustomField` requires it.
  type: choice('Type of the values. Immutable.', 'CustomFieldType', CUSTOM_FIELD_TYPES, ''),
  entity: choice(
    'Kind of record that has this field. Immutable.',
    'CustomFieldEntity',
    CUSTOM_FIELD_ENTITIES,
    'CLIENT',
  ),
  order: customFieldFields.order,
  required: customFieldFields.required,
  trackingId: customFieldFields.trackingId,
  externalIds: customFieldFields.externalIds,
} as const;

/** What of an option can be patched. */
export const optionFields = {
  label: text('Display name.', { max: 255, required: true }),
  color: text('Display color in any notation, such as rgba(76, 154, 255, 1).', { max: 50 }),
  order: integer('Sort position among the options, ascending.', {
    min: 0,
    max: ORDER_MAX,
  }),
  archived: boolean(
    'Whether the option is archived. Records keep archived options, but they cannot be selected any more.',
    { default: false },
  ),
} as const;

/** What an option is made of. */
export const newOptionFields = { key: key('label'), ...optionFields } as const;

/** What the change feed tells of a custom field. */
const RECORDED = [
  ...['key', 'name', 'type', 'entity', 'order', 'required', 'archived', 'options'],
  ...['trackingId', 'externalIds'],
] as const;

/** Creates a custom field. DUPLICATE when another field of the entity, archived or not, has its key. */
export async function createCustomField(writer: Writer, input: Values): Promise<Definition> {
  return (await change(writer, (fields, at, version) => creation(writer, fields, input, at, version))).field;
}

function creation(
  writer: Writer,
  fields: readonly StoredDefinition[],
  input: Values,
  at: string,
  version: number,
): Decision {
  const issues = new Issues();
  const field = newField(fields, input, version, issues);
  if (issues.list.length > 0) throw new InvalidInput(issues.list);
  const { firmId } = writer.viewer;
  const row = { ...field, firmId, nameFolded: fold(field.name), createdAt: at, updatedAt: at };
  const names = RECORDED.filter((name) => name !== 'trackingId' || field.trackingId !== null).filter(
    (name) => name !== 'externalIds' || field.externalIds.length > 0,
  );
  const after = pick({ ...field }, names);
  return {
    field,
    changedFields: names,
    entry: { kind: 'CREATED', before: null, after },
    writes: [{ kind: 'insert', model: 'CustomField', rows: [row] }],
  };
}

/**
 * Patches name, order, required, options and the ids in other systems. Options that are listed are merged field by field into
 * those of the same id or key, or added; the others are kept. A patch that changes nothing writes nothing.
 */
export function patchCustomField(
  writer: Writer,
  by: KeyInput,
  input: Values,
  { expectedRevision }: WriteOptions = {},
): Promise<Changed> {
  return change(writer, (fields, at) => {
    const current = existing(fields, by);
    revisionIs(CUSTOM_FIELD, { ...current }, expectedRevision);
    return patching(writer, fields, current, input, at);
  });
}

function patching(
  writer: Writer,
  fields: readonly StoredDefinition[],
  current: StoredDefinition,
  sent: Values,
  at: string,
): Decision {
  const issues = new Issues();
  const path = ['input'];
  const input = withWholeLists(customFieldFields, { ...current }, sent, path, issues);
  const next = applyPatch(customFieldFields, { ...current }, input, path, issues);
  refuseNullOrder(input, path, issues);
  const options = mergeOptions(current, input.options, [...path, 'options'], issues);
  checkIdentity(fields, current.id, next, path, issues);
  if (issues.list.length > 0) throw new InvalidInput(issues.list);
  const { name, order, required } = next;
  const patch = { name: String(name), order: Number(order), required: required === true, options, ...identityOf(next) };
  return update(writer, current, patch, at);
}

/**
 * Creates the custom field that the keys name, or patches it. What never changes (key, type, entity) may be sent again as it
 * is, and is an error otherwise.
 */
export function upsertCustomField(
  writer: Writer,
  by: KeyInput | null | undefined,
  input: Values,
  { expectedRevision }: WriteOptions = {},
): Promise<Changed> {
  const keys = keysOf(CUSTOM_FIELD, by, input);
  return change(writer, (fields, at, version) => {
    const named = (key: Key | undefined) => (key ? (fields.find((field) => isNamed(field, key)) ?? null) : null);
    const found = chosen(CUSTOM_FIELD, keys.by, named(keys.by), named(keys.tracking));
    if (found === null) {
      if (typeof expectedRevision === 'number') throw noRevision(CUSTOM_FIELD, expectedRevision);
      return creation(writer, fields, createdInput(keys, input), at, version);
    }
    const current = found.row;
    revisionIs(CUSTOM_FIELD, { ...current }, expectedRevision);
    const sent = changedInput(keys, { ...found, row: { ...current } }, input);
    const issues = new Issues();
    for (const name of ['key', 'type', 'entity'] as const) {
      const value = sent[name] ?? current[name];
      if (value !== current[name]) issues.add(['input', name], `is ${current[name]} and never changes`);
    }
    if (issues.list.length > 0) throw new InvalidInput(issues.list);
    return patching(writer, fields, current, sent, at);
  });
}

/**
 * Archives a field, or, with `archived` false, brings it back. An archived field keeps its key and its values, which
 * are neither read nor written meanwhile.
 */
export async function archiveCustomField(writer: Writer, by: KeyInput, archived: boolean): Promise<Definition> {
  return (await change(writer, (fields, at) => update(writer, existing(fields, by), { archived }, at))).field;
}

/** Deletes a field. Its values are not read again, not even by a new field of the same key. */
export async function deleteCustomField(
  writer: Writer,
  by: KeyInput,
  { expectedRevision }: WriteOptions = {},
): Promise<Definition> {
  const { firmId } = writer.viewer;
  const { field: deleted } = await change(writer, (fields) => {
    const field = existing(fields, by);
    revisionIs(CUSTOM_FIELD, { ...field }, expectedRevision);
    const { id, revision } = field;
    return {
      field,
      changedFields: [],
      entry: { kind: 'DELETED', before: pick({ ...field }, RECORDED), after: null },
      writes: [{ kind: 'delete', model: 'CustomField', where: { firmId, id, revision } }],
    };
  });
  // The values on the records stay under an id that nothing looks up any more; the index would only grow.
  await removeLeftValues(writer.database, firmId);
  return deleted;
}

/** What was done to a custom field. */
export interface Changed {
  readonly field: StoredDefinition;
  readonly result: 'CREATED' | 'UPDATED';
  readonly changedFields: readonly string[];
}

/** What is to be done, as decided from the firm's fields. Without writes nothing is. */
interface Decision {
  field: StoredDefinition;
  changedFields: readonly string[];
  entry: Pick<ChangeEntry, 'kind' | 'before' | 'after'>;
  writes: Write[];
}

/** `version`: that of the definitions once it is done. */
type Decide = (fields: readonly StoredDefinition[], at: string, version: number) => Decision;

/** The one write path. The guard on the version puts a firm's changes in a row, on every process. */
async function change(writer: Writer, decide: Decide): Promise<Changed> {
  const { database, viewer } = writer;
  const { firmId } = viewer;
  if (!mayActAs(viewer.role, 'ADMIN')) throw new Forbidden('Changing custom fields needs a token of role ADMIN.');
  return inTurn(`${firmId} custom fields`, () =>
    retrying(async () => {
      const { version, fields } = await readDefinitions(database, firmId);
      const at = storedInstant();
      const { field, entry, writes, changedFields } = decide(fields, at, version + 1);
      const result = entry.kind === 'CREATED' ? 'CREATED' : 'UPDATED';
      if (writes.length === 0) return { field, result, changedFields };
      const where = { id: firmId, definitionsVersion: version };
      await commit(database, [
        { kind: 'update', model: 'Firm', where, set: { definitionsVersion: version + 1 } },
        ...writes,
        {
          kind: 'record',
          changes: [changeEntry(writer, { ...entry, entity: 'CustomField', entityId: field.id, at })],
        },
      ]);
      forgetDefinitions(database, firmId);
      return { field, result, changedFields };
    }),
  );
}

function existing(fields: readonly StoredDefinition[], by: KeyInput): StoredDefinition {
  const key = keyFrom(CUSTOM_FIELD, by, ['by']);
  const field = fields.find((candidate) => isNamed(candidate, key));
  if (!field) throw missingBy(CUSTOM_FIELD, key, ['by']);
  return field;
}

function isNamed({ id, trackingId, externalIds }: Definition, { by, value, system }: Key): boolean {
  if (by === 'externalId') return externalIds.some((held) => held.system === system && held.id === value);
  return (by === 'id' ? id : trackingId) === value;
}

/** The field that a key names; null when there is none. */
export function customFieldBy<D extends Definition>(fields: readonly D[], by: KeyInput): D | null {
  const key = keyFrom(CUSTOM_FIELD, by, ['by']);
  return fields.find((field) => isNamed(field, key)) ?? null;
}

/** Adds an issue for each id in another system that another field has. The guard on the version keeps it so. */
function checkIdentity(
  fields: readonly StoredDefinition[],
  id: string,
  next: Values,
  path: Path,
  issues: Issues,
): void {
  const others = fields.filter((field) => field.id !== id);
  const { trackingId, externalIds } = identityOf(next);
  const holder = trackingId === null ? undefined : others.find((field) => field.trackingId === trackingId);
  if (holder) issues.add([...path, 'trackingId'], 'belongs to another custom field', 'DUPLICATE', [holder.id]);
  checkExternalIdLengths(externalIds, path, issues);
  externalIds.forEach(({ system, id: value }, index) => {
    const other = others.find((field) => isNamed(field, { by: 'externalId', system, value }));
    if (!other) return;
    const message = `${system} ${value} belongs to another custom field`;
    issues.add([...path, 'externalIds', index], message, 'IDENTIFIER_CONFLICT', [other.id]);
  });
}

/** What other systems know a field by, of its values. */
function identityOf({ trackingId, externalIds }: Values): Pick<Definition, 'trackingId' | 'externalIds'> {
  return {
    trackingId: typeof trackingId === 'string' ? trackingId : null,
    externalIds: Array.isArray(externalIds) ? (externalIds as Definition['externalIds']).filter(Boolean) : [],
  };
}

function update({ viewer }: Writer, current: StoredDefinition, patch: Partial<Definition>, at: string): Decision {
  const { revision, id } = current;
  const field = { ...current, ...patch, revision: revision + 1 };
  const changed = changedNames(RECORDED, { ...current }, { ...field });
  const [before, after] = [pick({ ...current }, changed), pick({ ...field }, changed)];
  const entry = { kind: 'UPDATED', before, after } as const;
  if (changed.length === 0) return { field: current, changedFields: [], entry, writes: [] };
  const set: Row = { ...after, nameFolded: fold(field.name), updatedAt: at, revision: revision + 1 };
  const where = { firmId: viewer.firmId, id, revision };
  return { field, changedFields: changed, entry, writes: [{ kind: 'update', model: 'CustomField', where, set }] };
}

/** The field that an input makes. Of use only when no issue was added. */
function newField(
  fields: readonly StoredDefinition[],
  sent: Values,
  version: number,
  issues: Issues,
): StoredDefinition {
  const path = ['input'];
  const input = withWholeLists(customFieldFields, {}, sent, path, issues);
  const { type: typeField, ...others } = newCustomFieldFields;
  const values = applyPatch(others, defaultsOf(others), input, path, issues);
  requireFields(others, values, path, issues);
  refuseNullOrder(input, path, issues);
  const type = parseType(input.type, [...path, 'type'], issues);

  const entity = values.entity as CustomFieldEntity;
  const siblings = fields.filter((field) => field.entity === entity);
  if (siblings.length >= FIELDS_MAX) {
    issues.add(
      [...path, 'entity'],
      `${entity} has ${FIELDS_MAX} custom fields already, archived ones included: the most there may be`,
    );
  }
  const fieldKey = chosenKey(values, 'name', 'field', path, issues);
  const twin = siblings.find((sibling) => sibling.key === fieldKey);
  if (twin) {
    const says = `another custom field of ${entity} has the key "${fieldKey}"${twin.archived ? ' and is archived' : ''}`;
    issues.add([...path, (values.key ?? null) === null ? 'name' : 'key'], says, 'DUPLICATE', [twin.id]);
  }
  const field: StoredDefinition = {
    id: newId('CustomField'),
    // No two fields of a firm come with one version.
    number: version,
    entity,
    key: fieldKey ?? '',
    name: String(values.name),
    type: type ?? 'TEXT',
    order: typeof values.order === 'number' ? values.order : nextOrder(siblings),
    required: values.required === true,
    archived: false,
    options: [],
    ...identityOf(values),
    revision: 1,
  };
  checkIdentity(fields, field.id, values, path, issues);
  // Of an unknown type nothing can be said about options.
  const options = type ? mergeOptions(field, input.options, [...path, 'options'], issues) : [];
  return { ...field, options };
}

function parseType(value: unknown, path: Path, issues: Issues): CustomFieldType | undefined {
  if (value === undefined || value === null) return issues.add(path, 'is required');
  return parseValue(newCustomFieldFields.type, value, path, issues) as CustomFieldType | undefined;
}

/** `order` has a default but no emptiness to be cleared to. */
function refuseNullOrder(input: Values, path: Path, issues: Issues): void {
  if (input.order === null) issues.add([...path, 'order'], 'must not be null; leave it out to keep it');
}

function nextOrder(siblings: readonly { order: number }[]): number {
  const last = siblings.reduce((greatest, { order }) => Math.max(greatest, order), -1);
  return Math.min(last + 1, ORDER_MAX);
}

/** The key that was given, or one made of the name; undefined after adding an issue when neither can be used. */
function chosenKey(
  values: Values,
  from: 'name' | 'label',
  prefix: string,
  path: Path,
  issues: Issues,
): string | undefined {
  // Undefined: what was given is no key, and is told already.
  if (typeof values.key === 'string' || values.key === undefined) return values.key;
  const name = values[from];
  if (typeof name !== 'string') return undefined;
  const made = keyOf(name, prefix);
  return made ?? issues.add([...path, 'key'], `is required, since none can be made of the ${from} ${glimpse(name)}`);
}

/** Letters that do not come apart into a plain one and its marks. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'Ae',
  œ: 'oe',
  Œ: 'Oe',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'Th',
  ı: 'i',
};

/**
 * A name in camelCase: `Phone number` is `phoneNumber`, `NPS-Score (2024)` is `npsScore2024`. One that begins with a
 * digit is preceded by `prefix`. Undefined when the name has no Latin letter or digit.
 */
export function keyOf(name: string, prefix: string): string | undefined {
  const latin = name
    .replace(/[^\p{ASCII}]/gu, (letter) => PLAIN_LETTERS[letter] ?? letter)
    .normalize('NFKD')
    .replace(/[\p{M}'’]/gu, '');
  const words = latin.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g);
  if (!words) return undefined;
  const camel = words.map((word, index) => {
    const lower = word.toLowerCase();
    if (index === 0) return /^\d/.test(word) ? `${prefix}${word}` : lower;
    // `1-10` and `11-0` are not to become the same.
    if (/^\d/.test(word) && /\d$/.test(words[index - 1] ?? '')) return `_${word}`;
    return lower.charAt(0).toUpperCase() + lower.slice(1);
  });
  return camel.join('').slice(0, KEY_MAX);
}

/** The options that result when those sent are merged into the field's own. Adds every problem to `issues`. */
function mergeOptions(field: Definition, sent: unknown, path: Path, issues: Issues): readonly Option[] {
  if (sent === undefined) return field.options;
  const fault = faultOfOptions(field, sent);
  if (fault !== undefined || !Array.isArray(sent)) {
    issues.add(path, fault ?? `must be a list, not ${glimpse(sent)}`);
    return field.options;
  }
  const next = [...field.options];
  const patchedBy = new Map<Option, number>();
  for (const [index, item] of sent.entries()) {
    const at = [...path, index];
    const values = item as Values;
    refuseNullOrder(values, at, issues);
    const option = identified(field.options, values, at, issues);
    if (option === 'unknown') continue;
    if (option === undefined) {
      next.push(newOption(next, field.options, values, at, issues));
      continue;
    }
    const first = patchedBy.get(option);
    if (first !== undefined) {
      issues.add(at, `is the same option as item ${first}`);
      continue;
    }
    patchedBy.set(option, index);
    const patched = applyPatch(optionFields, { ...option }, values, at, issues);
    next[next.indexOf(option)] = optionOf(option.id, option.key, patched);
  }
  if (next.length > OPTIONS_MAX) {
    issues.add(path, `would be ${next.length}, archived ones included; there may be ${OPTIONS_MAX}`);
  }
  return next.sort((one, other) => one.order - other.order);
}

/** Why the list as a whole is refused, if so. */
function faultOfOptions({ type, options }: Definition, sent: unknown): string | undefined {
  if (sent === null) return 'must not be null; leave it out to keep it';
  if (!Array.isArray(sent)) return undefined;
  if (type !== 'SINGLE_SELECT' && type !== 'MULTI_SELECT') {
    return sent.length > 0 ? `are for fields of type SINGLE_SELECT and MULTI_SELECT, not ${type}` : undefined;
  }
  if (sent.length === 0 && options.length > 0) {
    return 'are never removed, since records may hold them; archive them instead';
  }
  return sent.length > OPTIONS_MAX ? `must have at most ${OPTIONS_MAX} items, not ${sent.length}` : undefined;
}

/** The option that an item of the input means; undefined for a new one, `unknown` after adding an issue. */
function identified(
  options: readonly Option[],
  item: Values,
  path: Path,
  issues: Issues,
): Option | undefined | 'unknown' {
  const [id, itemKey] = [item.id ?? null, item.key ?? null];
  if (id === null) return itemKey === null ? undefined : options.find((option) => option.key === itemKey);
  const option = options.find((candidate) => candidate.id === id);
  if (!option) issues.add([...path, 'id'], 'There is no option with this id; leave it out to add one', 'NOT_FOUND');
  else if (itemKey !== null && itemKey !== option.key) {
    issues.add([...path, 'key'], `is "${option.key}" and cannot be changed`);
  }
  return option ?? 'unknown';
}

/** The option that an item of the input adds to `options`, some of which were there `before`. */
function newOption(
  options: readonly Option[],
  before: readonly Option[],
  item: Values,
  path: Path,
  issues: Issues,
): Option {
  const values = applyPatch(newOptionFields, defaultsOf(newOptionFields), item, path, issues);
  requireFields(newOptionFields, values, path, issues);
  const optionKey = chosenKey(values, 'label', 'option', path, issues);
  const twin = options.find((option) => option.key === optionKey);
  if (twin) {
    const says = `another option has the key "${optionKey}"`;
    issues.add(
      [...path, (values.key ?? null) === null ? 'label' : 'key'],
      says,
      'DUPLICATE',
      before.includes(twin) ? [twin.id] : undefined,
    );
  }
  const order = typeof values.order === 'number' ? values.order : nextOrder(options);
  return optionOf(newId('CustomFieldOption'), optionKey ?? '', { ...values, order });
}

function optionOf(id: string, optionKey: string, { label, color, order, archived }: Values): Option {
  return {
    id,
    key: optionKey,
    label: String(label),
    color: typeof color === 'string' ? color : null,
    order: Number(order),
    archived: archived === true,
  };
}
