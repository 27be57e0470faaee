/**
 * Two options of writes, for callers whose systems hold values as people write them. `normalize` takes values as what they
 * stand for, where that is certain: `acme.com` is a URL, and `Deutschland` a country. `nulls: IGNORE` takes null as if it
 * had not been sent. Both make another input of an input, which then takes the usual steps (save.ts).
 */
import { isObject } from '../base/is-object.ts';
import type { Definition } from '../custom-values/types.ts';
import { normalizedCustomFields } from '../custom-values/values.ts';
import { type Fields, kindOfField } from '../fields/fields.ts';
import type { Normalizer } from '../fields/kind.ts';
import { normalizedParts } from '../fields/normalize.ts';
import { Issues, type Path } from '../fields/parse.ts';
import { parseValue, type Values } from '../fields/patch.ts';
import { partsOfList } from './list-parts.ts';

/** A value that was taken as another one. An item of a list that was left out is taken as null. */
export interface NormalizedValue {
  /** Where it was sent. */
  readonly path: Path;
  readonly from: unknown;
  readonly to: unknown;
}

export interface NormalizeOptions {
  /** Where the input is in the arguments. */
  path?: Path;
  /** The record as it is: its address tells the country of phone numbers where the input has none. */
  record?: Values | null;
  /** The firm's custom fields of the kind. */
  definitions?: readonly Definition[];
}

/**
 * The input with its values in the form in which they are stored, and what changed. Values that are valid stay as they
 * are, and so does what is ambiguous, which is an error then. Keys stay too: tracking IDs, external ids, references, keys
 * of custom fields and of their options. So does whatever is no field.
 */
export function normalized(
  fields: Fields,
  input: Values,
  { path = ['input'], record = null, definitions = [] }: NormalizeOptions = {},
): { input: Values; changes: readonly NormalizedValue[] } {
  const changes: NormalizedValue[] = [];
  const normalizer = normalizerOf(countryOf(fields, input, record), definitions, (path, from, to) => {
    changes.push({ path, from, to });
  });
  return { input: normalizedParts(sendable(fields), input, path, normalizer), changes };
}

const sent = new WeakMap<Fields, Fields>();

/** The fields as they are sent: beside each list of texts also those that are added to it and removed. */
function sendable(fields: Fields): Fields {
  const known = sent.get(fields);
  if (known) return known;
  const parts = Object.entries(fields).flatMap(([name, field]) => {
    const list = partsOfList(name, field);
    return list?.of === 'texts' ? [list.add, list.remove].map((part) => [part, field] as const) : [];
  });
  const all: Fields = { ...fields, ...Object.fromEntries(parts) };
  sent.set(fields, all);
  return all;
}

function normalizerOf(
  country: string | null,
  definitions: readonly Definition[],
  note: Normalizer['note'],
): Normalizer {
  const normalizer: Normalizer = {
    country,
    note,
    value(field, value, path) {
      const normal = kindOfField(field).normalize?.(field as never, value, path, normalizer);
      if (normal === undefined) return value;
      // What is made of parts notes these.
      if (normal !== value && typeof value === 'string') note(path, value, normal);
      return normal;
    },
    customFields: (values, path) => normalizedCustomFields(definitions, values, path, normalizer),
  };
  return normalizer;
}

/** The country of the record's address as the input leaves it; null where there is none. */
function countryOf(fields: Fields, input: Values, record: Values | null): string | null {
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind !== 'object') continue;
    const [part, country] = Object.entries(field.fields).find(([, { kind }]) => kind === 'country') ?? [];
    if (part === undefined || country === undefined) continue;
    const held = record?.[name];
    const given = input[name] === undefined ? {} : input[name];
    if (!isObject(given)) return null;
    const value = given[part] === undefined ? isObject(held) && held[part] : given[part];
    if (typeof value !== 'string') return null;
    const normal = normalizerOf(null, [], () => {}).value(country, value, []);
    return normal === null ? null : ((parseValue(country, normal, [], new Issues()) as string | undefined) ?? null);
  }
  return null;
}

/**
 * The input without its nulls, also those within objects; an object that holds nothing else goes with them. Lists stay as
 * they are: in their items null has a meaning.
 */
export function withoutNulls(input: Values): Values {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(input)) {
    const sent = isObject(value) ? withoutNulls(value) : value;
    const emptied = isObject(sent) && Object.keys(sent).length === 0 && Object.keys(Object(value)).length > 0;
    if (sent !== null && !emptied) kept[name] = sent;
  }
  return kept;
}
