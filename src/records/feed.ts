/** What the change feed tells of a record's values: by the names they have in inputs, references as what they are known by. */
import type { Definition } from '../custom-values/types.ts';
import { namedValues } from '../custom-values/values.ts';
import type { ModelName, Row } from '../database/sql/index.ts';
import { type Field, type Fields, publicName } from '../fields/fields.ts';
import type { Values } from '../fields/patch.ts';
import { referenceValue } from './keys.ts';
import type { RecordKind } from './kind.ts';
import type { Lookups } from './lookups.ts';

/** The fields that hold anything: what the feed tells of a record that came or went. */
export function heldNames(names: readonly string[], record: Values): string[] {
  return names.filter((name) => {
    const value = record[name] ?? null;
    if (Array.isArray(value)) return value.length > 0;
    return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value !== null;
  });
}

/** The names that fields of a kind have outside. */
export function publicNames({ fields }: RecordKind, names: readonly string[]): string[] {
  return names.map((name) => {
    const field = fields[name];
    return field ? publicName(name, field) : name;
  });
}

/** Values of records as the feed shows them: custom fields by key, references as `{ id, trackingId }`. */
export async function feedValues(
  lookups: Lookups,
  { fields }: RecordKind,
  records: readonly (Values | null)[],
  names: readonly string[],
  definitions: readonly Definition[],
): Promise<(Row | null)[]> {
  const ids = new Map<string, Set<string>>();
  for (const record of records) if (record) gatherIds(fields, record, names, ids);
  await Promise.all([...ids].map(([model, wanted]) => lookups.targets(model as ModelName, wanted)));
  return records.map((record) => record && told(lookups, fields, record, names, definitions));
}

/** The ids of what the values refer to, by model. */
function gatherIds(fields: Fields, record: Values, names: readonly string[], ids: Map<string, Set<string>>): void {
  for (const name of names) {
    const field = fields[name];
    const value = record[name];
    if (field?.kind === 'reference' && typeof value === 'string' && value !== '') {
      const known = ids.get(field.to) ?? new Set();
      ids.set(field.to, known.add(value));
    } else if (field?.kind === 'objectList' && Array.isArray(value)) {
      const parts = Object.keys(field.fields).filter((part) => field.fields[part]?.kind === 'reference');
      if (parts.length > 0) for (const item of value as Values[]) gatherIds(field.fields, item, parts, ids);
    }
  }
}

function told(
  lookups: Lookups,
  fields: Fields,
  record: Values,
  names: readonly string[],
  definitions: readonly Definition[],
): Row {
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const field = fields[name];
    const value = record[name] ?? null;
    if (name === 'customFields') values[name] = namedValues(definitions, value as Values);
    else values[field ? publicName(name, field) : name] = field ? toldValue(lookups, field, value) : value;
  }
  return values;
}

function toldValue(lookups: Lookups, field: Field, value: unknown): unknown {
  if (field.kind === 'reference') {
    if (typeof value !== 'string') return value;
    return referenceValue({ id: value, trackingId: lookups.target(field.to as ModelName, value)?.trackingId });
  }
  if (field.kind !== 'objectList' || !Array.isArray(value)) return value;
  if (!Object.values(field.fields).some((part) => part.kind === 'reference')) return value;
  return value.map((item: Values) => told(lookups, field.fields, item, Object.keys(item), []));
}
