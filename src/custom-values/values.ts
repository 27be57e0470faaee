/**
 * Values of custom fields: how they are checked and merged, put into the index that filters use, and read back.
 * Pure. A record holds its values in a map by field *number*; callers send and read them by field *key*.
 */
import { createHash } from 'node:crypto';
import { fullAddress } from '../fields/address.ts';
import { type Field, type Fields, format, isFreeText, object, text } from '../fields/fields.ts';
import { fold, isAscii } from '../fields/fold.ts';
import { parseFormat } from '../fields/formats.ts';
import type { Normalizer } from '../fields/kind.ts';
import { blankAsNull } from '../fields/normalize.ts';
import { checkLength, checkText, glimpse, Issues, type Path } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { type MergeCustomFields, PATCH_RULE, parseValue } from '../fields/patch.ts';
import { type CustomFieldType, type Definition, FIELDS_MAX, OPTIONS_MAX } from './types.ts';

/** Longest key of a custom field or option. */
export const KEY_MAX = 100;
/** Longest value of a TEXT field, in characters. */
export const TEXT_MAX = 65_536;

/** The parts of an ADDRESS value, with the limits of `fields/address.ts`. */
export const ADDRESS_PARTS = {
  fullAddress: text('The address as one text.', { max: 4096 }),
  country: format('country', 'Country.'),
  region: text('State, county or province.', { max: 100 }),
  postalCode: text('Postal or ZIP code.', { max: 20 }),
  addressLine1: text('First line.', { max: 1024 }),
  addressLine2: text('Second line.', { max: 1024 }),
  city: text('City or post town.', { max: 100 }),
} as const satisfies Fields;

/** An ADDRESS value as it is stored: the parts that were given. */
export type AddressValue = { readonly [part in keyof typeof ADDRESS_PARTS]?: string };

/** The whole address as one text: what was given as such, else its parts, a line each. Null when there are none. */
export function addressText(value: AddressValue): string | null {
  const { addressLine1: line1, addressLine2: line2, ...rest } = value;
  return fullAddress({ line1, line2, ...rest });
}

/** Definitions arranged for the look-ups below. */
interface Arranged {
  /** By the number as the map has it. */
  byNumber: ReadonlyMap<string, Definition>;
  byKey: ReadonlyMap<string, Definition>;
  /** Those not archived, in order. */
  live: readonly Definition[];
}

/** Kept for as long as the list of definitions lives, which is as long as they are cached (definitions.ts). */
const arrangements = new WeakMap<readonly Definition[], Arranged>();

function arranged(definitions: readonly Definition[]): Arranged {
  const known = arrangements.get(definitions);
  if (known) return known;
  const fresh = {
    byNumber: new Map(definitions.map((definition) => [String(definition.number), definition])),
    byKey: new Map(definitions.map((definition) => [definition.key, definition])),
    live: definitions.filter((definition) => !definition.archived).sort(byOrder),
  };
  arrangements.set(definitions, fresh);
  return fresh;
}

/** Fields in `order`, those of one order by id: the same on every database. */
export function byOrder(one: Definition, other: Definition): number {
  return one.order - other.order || (one.id < other.id ? -1 : 1);
}

/** The fields that are not archived, in order. */
export function liveFields(definitions: readonly Definition[]): readonly Definition[] {
  return arranged(definitions).live;
}

/** The field of that key, or undefined after adding an issue when there is none to use. */
export function usableField(
  definitions: readonly Definition[],
  key: string,
  path: Path,
  issues: Issues,
): Definition | undefined {
  const { byKey, live } = arranged(definitions);
  const definition = byKey.get(key);
  if (definition?.archived) return issues.add(path, `the custom field "${key}" is archived; un-archive it to use it`);
  if (definition) return definition;
  return issues.add(path, `there is no custom field "${shortened(key)}"; ${known(live)}`);
}

/** The keys there are, as far as they fit into a message. */
function known(live: readonly Definition[]): string {
  if (live.length === 0) return 'none is defined';
  const keys = live.slice(0, 20).map(({ key }) => key);
  const more = live.length - keys.length;
  return `there are ${keys.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A key as an answer may repeat it: a caller's mistake can be of any length. */
function shortened(key: string): string {
  const whole = key.toWellFormed();
  return whole.length > KEY_MAX ? `${whole.slice(0, KEY_MAX).toWellFormed()}…` : whole;
}

/**
 * Merges sent values into the stored ones by the patch rule; `null` for the map clears all, archived fields' too.
 * When `creating`, required fields must have a value in the end, so call it with an empty map when none was sent.
 */
export function mergeCustomFields(definitions: readonly Definition[], creating: boolean): MergeCustomFields {
  return (current, sent, path, issues) => {
    const next: Record<string, unknown> = sent === null ? {} : { ...current };
    const reported = new Set<string>();
    if (sent === null) clearAll(definitions, current, path, issues, reported);
    else mergeSent(definitions, next, sent, path, issues, reported);
    if (!creating) return next;
    for (const { number, key, name, required } of arranged(definitions).live) {
      if (required && !reported.has(key) && next[number] === undefined) {
        issues.add([...path, key], `"${key}" (${name}) is required`);
      }
    }
    return next;
  };
}

function clearAll(
  definitions: readonly Definition[],
  current: Values,
  path: Path,
  issues: Issues,
  reported: Set<string>,
): void {
  for (const { number, key, required } of arranged(definitions).live) {
    if (!required || current[number] === undefined) continue;
    reported.add(key);
    issues.add([...path, key], `"${key}" is required and cannot be cleared`);
  }
}

function mergeSent(
  definitions: readonly Definition[],
  next: Record<string, unknown>,
  sent: Values,
  path: Path,
  issues: Issues,
  reported: Set<string>,
): void {
  const keys = Object.keys(sent);
  if (!checkLength(keys, FIELDS_MAX, path, issues)) return;
  for (const key of keys) {
    const value = sent[key];
    if (value === undefined) continue;
    const at = [...path, shortened(key)];
    const definition = usableField(definitions, key, at, issues);
    if (!definition) continue;
    reported.add(key);
    applyValue(definition, next, value, at, issues);
  }
}

/** Applies one sent value by the rule's table. */
function applyValue(
  definition: Definition,
  next: Record<string, unknown>,
  value: unknown,
  path: Path,
  issues: Issues,
): void {
  const { number, key, required, type } = definition;
  const rule = PATCH_RULE[required ? 'required' : 'custom'];
  // To other types than MULTI_SELECT an empty list is a value of the wrong type.
  const emptyList = type === 'MULTI_SELECT' && Array.isArray(value) && value.length === 0;
  // To other types than these, empty text is a value in the wrong format.
  const emptyText = (type === 'TEXT' || type === 'ADDRESS') && value === '';
  const effect = value === null ? rule.null : emptyText ? rule.emptyText : emptyList ? rule.emptyList : rule.value;
  switch (effect) {
    case 'error':
      issues.add(path, `"${key}" is required and cannot be cleared`);
      return;
    case 'clear':
      delete next[number];
      return;
    default: {
      const found = new Issues();
      const parsed = parseCustomValue(definition, value, next[number], path, found);
      for (const issue of found.list) issues.add(issue.path, `"${key}" ${issue.message}`, issue.code);
      if (parsed === undefined || found.list.length > 0) return;
      if (parsed !== null) next[number] = parsed;
      else if (required) issues.add(path, `"${key}" is required and cannot be empty`);
      else delete next[number];
    }
  }
}

/**
 * A value that is not null as it is stored, null when it turns out to be empty, or undefined after adding an issue.
 * An archived option may stay where it already is (`held`), so that sending a record's own values changes nothing.
 */
function parseCustomValue(definition: Definition, value: unknown, held: unknown, path: Path, issues: Issues): unknown {
  switch (definition.type) {
    case 'TEXT':
      return checkText(value, { min: definition.required ? 1 : 0, max: TEXT_MAX }, path, issues);
    case 'NUMBER':
      // Adding 0 makes -0 the 0 that JSON has.
      if (typeof value === 'number' && Number.isFinite(value)) return value + 0;
      return issues.add(path, `must be a finite number, not ${glimpse(value)}`);
    case 'BOOLEAN':
      if (typeof value === 'boolean') return value;
      return issues.add(path, `must be true or false, not ${glimpse(value)}`);
    case 'DATE':
      return parseFormat('date', value, path, issues);
    case 'EMAIL':
      return parseFormat('email', value, path, issues);
    case 'URL':
      return parseFormat('url', value, path, issues);
    case 'PHONE_NUMBER':
      return parseFormat('phone', value, path, issues);
    case 'ADDRESS':
      return parseAddress(value, path, issues);
    case 'SINGLE_SELECT':
      return parseOption(definition, value, held, path, issues);
    case 'MULTI_SELECT':
      return parseOptions(definition, value, held, path, issues);
  }
}

/** Fields with the same values as those of a type, where these are more than right or wrong. */
const FIELDS_OF_TYPES: { readonly [type in CustomFieldType]?: Field } = {
  TEXT: text('', { max: TEXT_MAX }),
  DATE: format('date', ''),
  EMAIL: format('email', ''),
  URL: format('url', ''),
  PHONE_NUMBER: format('phone', ''),
  ADDRESS: object('', 'CustomFieldAddress', ADDRESS_PARTS),
};

/** The map with its values normalized: see `normalized` in records/normalize.ts. Keys of fields and options stay. */
export function normalizedCustomFields(
  definitions: readonly Definition[],
  values: Values,
  path: Path,
  normalizer: Normalizer,
): Values {
  const { byKey } = arranged(definitions);
  let made: Record<string, unknown> | undefined;
  for (const [key, value] of Object.entries(values)) {
    const definition = byKey.get(key);
    if (definition === undefined || value === null || value === undefined) continue;
    const normal = normalizedCustomValue(definition, value, [...path, key], normalizer);
    if (normal === value) continue;
    made ??= { ...values };
    made[key] = normal;
  }
  return made ?? values;
}

function normalizedCustomValue(
  { type, required }: Definition,
  value: unknown,
  path: Path,
  normalizer: Normalizer,
): unknown {
  if (blankAsNull(value) === null) {
    if (required) return value;
    normalizer.note(path, value, null);
    return null;
  }
  const field = FIELDS_OF_TYPES[type];
  return field ? normalizer.value(field, value, path) : value;
}

function parseAddress(value: unknown, path: Path, issues: Issues): AddressValue | null | undefined {
  const sent = typeof value === 'string' ? { fullAddress: value } : value;
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) {
    return issues.add(path, `must be an address object or a string, not ${glimpse(value)}`);
  }
  const parts = sent as Values;
  for (const part of Object.keys(parts).slice(0, KEY_MAX)) {
    if (Object.hasOwn(ADDRESS_PARTS, part)) continue;
    const names = Object.keys(ADDRESS_PARTS).join(', ');
    issues.add([...path, shortened(part)], `has no part "${shortened(part)}"; there are ${names}`);
  }
  const kept: Record<string, unknown> = {};
  for (const [part, field] of Object.entries(ADDRESS_PARTS)) {
    const given = parts[part] ?? null;
    // As in built-in addresses, empty text is nothing in the parts that are free text.
    if (given === null || (given === '' && isFreeText(field))) continue;
    kept[part] = parseValue(field, given, typeof value === 'string' ? path : [...path, part], issues);
  }
  return Object.keys(kept).length > 0 ? kept : null;
}

function parseOption(
  definition: Definition,
  value: unknown,
  held: unknown,
  path: Path,
  issues: Issues,
): string | undefined {
  if (typeof value !== 'string') return issues.add(path, `must be an option's key, not ${glimpse(value)}`);
  const option = definition.options.find(({ key }) => key === value);
  if (!option) return issues.add(path, `has no option ${glimpse(value)}; ${knownOptions(definition)}`);
  const holds = held === value || (Array.isArray(held) && held.includes(value));
  if (option.archived && !holds) return issues.add(path, `cannot be set to ${glimpse(value)}: that option is archived`);
  return value;
}

function parseOptions(
  definition: Definition,
  value: unknown,
  held: unknown,
  path: Path,
  issues: Issues,
): string[] | undefined {
  if (!Array.isArray(value)) return issues.add(path, `must be a list of option keys, not ${glimpse(value)}`);
  if (!checkLength(value, OPTIONS_MAX, path, issues)) return undefined;
  const kept = new Map<string, number>();
  value.forEach((item: unknown, index) => {
    const option = parseOption(definition, item, held, [...path, index], issues);
    if (option === undefined) return;
    const first = kept.get(option);
    if (first === undefined) kept.set(option, index);
    else issues.add([...path, index], `repeats item ${first}; each option may appear once`);
  });
  return [...kept.keys()];
}

/** The keys of the options that may be chosen, as far as they fit into a message. */
export function knownOptions({ options }: Definition): string {
  const live = options.filter((option) => !option.archived);
  if (live.length === 0) return 'it has none';
  const keys = live.slice(0, 20).map(({ key }) => key);
  const more = live.length - keys.length;
  return `there are ${keys.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A value in the form that filters find it by: the columns of IndexedValue beside the firm and the record. */
export interface IndexRow {
  field: number;
  key: string;
  number: number | null;
}

/** Longest text that is its own key; both databases can index this many characters, whatever they are. */
const INDEX_KEY_MAX = 200;
const INDEX_KEY_KEPT = 160;

/** What stands for a text in `IndexedValue.key`: the text, or its beginning and hash when it is long. */
export function indexKey(value: string): string {
  if (value.length <= INDEX_KEY_MAX) return value;
  const kept = value.slice(0, INDEX_KEY_KEPT);
  // Postgres refuses half of a surrogate pair.
  const beginning = kept.isWellFormed() ? kept : kept.slice(0, -1);
  return `${beginning}…${createHash('sha256').update(value).digest('hex')}`;
}

/** The index rows of a record's values. Archived fields' values are in it too: un-archiving finds them again. */
export function indexRows(definitions: readonly Definition[], values: Values): IndexRow[] {
  const { byNumber } = arranged(definitions);
  return Object.entries(values).flatMap(([number, value]) => {
    const definition = byNumber.get(number);
    return definition && value !== null && value !== undefined ? rowsOf(definition, value) : [];
  });
}

function rowsOf({ number: field, type }: Definition, value: unknown): IndexRow[] {
  const row = (key: string, number: number | null = null) => ({ field, key, number });
  switch (type) {
    case 'TEXT':
    case 'EMAIL':
    case 'URL':
    case 'PHONE_NUMBER':
      return [row(indexKey(String(value)))];
    case 'ADDRESS':
      return [row(indexKey(addressText(value as AddressValue) ?? ''))];
    case 'NUMBER':
      return [row(String(value), Number(value))];
    case 'BOOLEAN':
    case 'DATE':
    case 'SINGLE_SELECT':
      return [row(String(value))];
    case 'MULTI_SELECT':
      return (value as string[]).map((option) => row(option));
  }
}

/** Texts as filters match them without regard to case, by the number of the field, where the database cannot tell. */
export function foldedValues(definitions: readonly Definition[], values: Values): Record<string, string> {
  const { byNumber } = arranged(definitions);
  const folded: Record<string, string> = {};
  for (const number in values) {
    const type = byNumber.get(number)?.type;
    const value = values[number];
    // An address is put together of its parts, which no database does.
    if (type === 'ADDRESS') folded[number] = fold(addressText(value as AddressValue) ?? '');
    else if (typeof value === 'string' && type !== undefined && isText(type) && !isAscii(value))
      folded[number] = fold(value);
  }
  return folded;
}

/** Whether values of the type are texts that filters look into. */
function isText(type: CustomFieldType): boolean {
  return type === 'TEXT' || type === 'EMAIL' || type === 'URL' || type === 'PHONE_NUMBER';
}

/** The map that is read back: every live field in order, unset ones null. */
export function valueMap(definitions: readonly Definition[], values: Values): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  for (const { number, key } of arranged(definitions).live) map[key] = values[number] ?? null;
  return map;
}

/** The values that are set by key, in the words of the change feed; archived fields' values are among them. */
export function namedValues(definitions: readonly Definition[], values: Values): Record<string, unknown> {
  const { byNumber } = arranged(definitions);
  const named: Record<string, unknown> = {};
  for (const [number, value] of Object.entries(values)) {
    const definition = byNumber.get(number);
    if (definition && value !== null && value !== undefined) named[definition.key] = value;
  }
  return named;
}
