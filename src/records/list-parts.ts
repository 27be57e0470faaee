/**
 * Parts of lists: single members that a patch or upsert adds, sets or takes away, where it does not send the whole list.
 * `addTags` and `removeTags` do so for `tags`, and `setExternalIds` for `externalIds`.
 */

import type { Field, Fields, ObjectListField, TextListField } from '../fields/fields.ts';
import { glimpse, type Issues, type Path } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { parseValue } from '../fields/patch.ts';

/** The inputs that change parts of a list. */
export type ListParts =
  | { readonly of: 'texts'; readonly field: TextListField; readonly add: string; readonly remove: string }
  | {
      readonly of: 'items';
      readonly field: ObjectListField;
      readonly set: string;
      /** What names an item, and what it holds. */
      readonly key: string;
      readonly value: string;
    };

/** How parts of a field are sent; undefined where it is always sent whole. */
export function partsOfList(name: string, field: Field): ListParts | undefined {
  const capital = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  if (field.kind === 'textList') return { of: 'texts', field, add: `add${capital}`, remove: `remove${capital}` };
  if (field.kind !== 'objectList' || field.keyedBy.length !== 1) return undefined;
  const [key = ''] = field.keyedBy;
  const [value, ...others] = Object.keys(field.fields).filter((part) => part !== key);
  return value === undefined || others.length > 0
    ? undefined
    : { of: 'items', field, set: `set${capital}`, key, value };
}

/** The input with whole lists in the place of parts, as these change the lists of `before`. */
export function withWholeLists(fields: Fields, before: Values, input: Values, path: Path, issues: Issues): Values {
  let made: Record<string, unknown> | undefined;
  for (const name in fields) {
    const field = fields[name];
    if (field?.kind !== 'textList' && field?.kind !== 'objectList') continue;
    const parts = partsOfList(name, field);
    if (!parts) continue;
    const given = (parts.of === 'texts' ? [parts.add, parts.remove] : [parts.set]).filter(
      (part) => input[part] !== undefined,
    );
    if (given.length === 0) continue;
    if (input[name] !== undefined) {
      for (const part of given) issues.add([...path, part], `must not be sent together with ${name}`);
      continue;
    }
    const list = changed(parts, before[name], input, path, issues);
    if (list === undefined) continue;
    if (list.length > field.maxItems) {
      const message = `makes ${list.length} items of ${name}, and there may be ${field.maxItems}`;
      issues.add([...path, given[0] ?? name], message);
      continue;
    }
    made ??= { ...input };
    made[name] = list;
  }
  return made ?? input;
}

function changed(parts: ListParts, before: unknown, input: Values, path: Path, issues: Issues): unknown[] | undefined {
  const list: readonly unknown[] = Array.isArray(before) ? before : [];
  if (parts.of === 'texts') {
    const read = (name: string) =>
      input[name] === undefined
        ? []
        : (listOf(parts.field, input[name], [...path, name], issues) as string[] | undefined);
    const [added, removed] = [read(parts.add), read(parts.remove)];
    if (!added || !removed) return undefined;
    const both = added.findIndex((text) => removed.includes(text));
    if (both >= 0) return issues.add([...path, parts.add, both], `is in ${parts.remove} too`);
    return [...new Set([...list, ...added])].filter((text) => !removed.includes(String(text)));
  }
  const { field, set, key, value } = parts;
  const sent = input[set];
  const at = [...path, set];
  if (!Array.isArray(sent)) return issues.add(at, `must be a list, not ${glimpse(sent)}`);
  // A value that is null takes the item away, and is nothing to be checked.
  const whole = sent.map((item: Values | null) => (item && item[value] === null ? { ...item, [value]: '-' } : item));
  if (listOf(field, whole, at, issues) === undefined) return undefined;
  const items = new Map(list.map((item) => [String((item as Values)[key]), item]));
  for (const item of sent as Values[]) {
    if (item[value] === null) items.delete(String(item[key]));
    else items.set(String(item[key]), item);
  }
  return [...items.values()];
}

/** The list as it is stored; undefined after adding an issue. */
function listOf(field: Field, sent: unknown, path: Path, issues: Issues): unknown {
  const before = issues.list.length;
  if (sent === null) return issues.add(path, `must not be null; leave it out to change nothing`);
  const parsed = parseValue(field, sent, path, issues);
  return issues.list.length === before ? parsed : undefined;
}
