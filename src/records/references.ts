/** References in inputs: they are sent as keys, and everything after this works with the ids that these lead to. */

import { Forbidden } from '../base/errors.ts';
import { kindOf } from '../base/ids.ts';
import { isObject } from '../base/is-object.ts';
import type { ModelName } from '../database/sql/index.ts';
import type { Write } from '../database/store/index.ts';
import { type Fields, nounOf, publicName } from '../fields/fields.ts';
import type { Issues, Path } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { mayActAs } from '../session/viewer.ts';
import { type Key, keyText, noneBy, readKey } from './keys.ts';
import { kindNamed, type OnMissing, type RecordKind } from './kind.ts';
import type { Lookups } from './lookups.ts';
import type { Writer } from './write.ts';

/** An input, and where it is in the arguments. */
export interface Sent {
  readonly input: Values;
  readonly path: Path;
}

/** A key that an input holds. `put` takes the id that is to stand in its place; the empty one stands for none. */
interface Named {
  readonly kind: RecordKind;
  readonly key: Key;
  readonly path: Path;
  put(id: string): void;
}

/** What makes a record of nothing but its name, as a part of the commit. */
export type MakeNamed = (kind: RecordKind, name: string, path: Path) => Promise<{ id: string; writes: Write[] }>;

/**
 * The inputs with the ids of what they refer to, under the names of the columns. Keys other than ids are looked up, those of
 * one kind in one statement for all inputs; ids are checked later, with all else that a record points at. Adds an issue for
 * each key that leads to nothing, and answers the parts of the commit that make what was missing.
 */
export async function withIds(
  writer: Writer,
  lookups: Lookups,
  fields: Fields,
  sent: readonly Sent[],
  issues: Issues,
  missing: { on: OnMissing; make: MakeNamed } | undefined = undefined,
): Promise<{ inputs: Values[]; writes: Write[] }> {
  const named: Named[] = [];
  const inputs = sent.map(({ input, path }) => replaced(fields, input, path, issues, named));
  if (named.length === 0) return { inputs, writes: [] };
  const writes: Write[] = [];
  const kinds = new Set(named.map(({ kind }) => kind));
  const found = await Promise.all(
    [...kinds].map(async (kind) => {
      const keys = named.filter((each) => each.kind === kind).map(({ key }) => key);
      return [kind, await lookups.keyed(kind, keys)] as const;
    }),
  );
  const rowsOf = new Map(found);
  for (const { kind, key, path, put } of named) {
    const rows = rowsOf.get(kind)?.get(keyText(key)) ?? [];
    const [row] = rows;
    if (rows.length > 1) {
      const ids = rows.map(({ id }) => String(id));
      issues.add(path, `is the ${key.by} of ${ids.length} records; use another key`, 'CONFLICT', ids);
      put('');
    } else if (row) {
      put(String(row.id));
    } else if (missing?.on === 'CREATE' && key.by === 'name') {
      if (!mayActAs(writer.viewer.role, 'ADMIN')) {
        throw new Forbidden('onMissingReference: CREATE needs a token of role ADMIN.');
      }
      const made = await missing.make(kind, key.value, path);
      lookups.noteKey(kind, key, { id: made.id });
      writes.push(...made.writes);
      put(made.id);
    } else {
      issues.add(path, noneBy(nounOf(kind.model), key), 'NOT_FOUND');
      put('');
    }
  }
  return { inputs, writes };
}

/** The input with ids in the place of keys that are ids; of the others, the place is noted. */
function replaced(fields: Fields, input: Values, path: Path, issues: Issues, named: Named[]): Values {
  let made: Record<string, unknown> | undefined;
  const set = (name: string, value: unknown) => {
    made ??= { ...input };
    made[name] = value;
  };
  for (const name in fields) {
    const field = fields[name];
    if (field?.kind === 'reference') {
      const outside = publicName(name, field);
      const value = input[outside];
      if (value === undefined || outside === name) continue;
      set(outside, undefined);
      set(name, value === null ? null : '');
      if (value === null) continue;
      const kind = kindNamed(field.to);
      const at = [...path, outside];
      const key = readKey(kind, value, at, issues);
      if (key?.by === 'id') set(name, idOf(key.value, field.to as ModelName, at, issues));
      else if (key) named.push({ kind, key, path: at, put: (id) => set(name, id) });
    } else if (field?.kind === 'objectList' && Array.isArray(input[name])) {
      if (!Object.values(field.fields).some((part) => part.kind === 'reference')) continue;
      const items = input[name].map((item: unknown, index) =>
        isObject(item) ? replaced(field.fields, item, [...path, name, index], issues, named) : item,
      );
      set(name, items);
    }
  }
  return made ?? input;
}

/** The id, where it can be one of the model; the empty one after adding an issue. */
function idOf(id: string, model: ModelName, path: Path, issues: Issues): string {
  if (kindOf(id) === model) return id;
  issues.add(path, noneBy(nounOf(model), { by: 'id' }), 'NOT_FOUND');
  return '';
}
