/**
 * What the kinds of field share to normalize a value: to take what was sent as what it stands for, where that is certain.
 * The whole of an input is normalized by records/normalize.ts.
 */
import type { AnyField, Normalizer, Values } from './kind.ts';
import type { Path } from './parse.ts';

/** Text without the white space around it, and null when that leaves nothing, unless a value is required. */
export function trimmed(value: unknown, required = false): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (text !== '') return text;
  return required ? value : null;
}

/** Null for blank text, unless a value is required; else the value as it is. */
export function blankAsNull(value: unknown, required = false): unknown {
  return typeof value === 'string' && !required && value.trim() === '' ? null : value;
}

/** The values with the fields among them normalized: the same object when nothing changes. */
export function normalizedParts(
  fields: Readonly<Record<string, AnyField>>,
  values: Values,
  path: Path,
  normalizer: Normalizer,
): Values {
  let made: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(values)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined || value === null || value === undefined) continue;
    const normal = normalizer.value(field, value, [...path, name]);
    if (normal === value) continue;
    made ??= { ...values };
    made[name] = normal;
  }
  return made ?? values;
}
