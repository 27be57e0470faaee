/** Records as calls address them: by any of their keys. */

import { InvalidInput } from '../base/errors.ts';
import type { Row } from '../database/sql/index.ts';
import { Issues, type Path } from '../fields/parse.ts';
import { findByKeys, type Key, type Keyed, type KeyInput, keyText, missingBy, onlyOne, readKey } from './keys.ts';
import type { RecordKind } from './kind.ts';
import { writableRead } from './save.ts';
import { lineOf, retrying, Stale, takingTurns, type Writer } from './write.ts';

/** How a record is addressed: by a key, which is at `path` of the arguments. */
export interface Addressed {
  readonly by: KeyInput;
  readonly path?: Path;
  /** Whether deleted ones are found too. */
  readonly withDeleted?: boolean;
  /** Whether what it was merged into is found in its place. Unless said, where deleted ones are not found. */
  readonly merged?: boolean;
}

/** The key that was sent. Throws InvalidInput where it is none. */
export function keyFrom(kind: Keyed, by: KeyInput, path: Path): Key {
  const issues = new Issues();
  const key = readKey(kind, by, path, issues);
  if (!key) throw new InvalidInput(issues.list);
  return key;
}

/** The record that a key names. Throws NotFound. */
export async function existing(
  writer: Writer,
  kind: RecordKind,
  key: Key,
  { path = ['by'], withDeleted = false, merged = !withDeleted }: Omit<Addressed, 'by'> = {},
): Promise<Row> {
  const found = await findByKeys(writer, kind, [key], writableRead(kind), { withDeleted, merged });
  const row = onlyOne(kind, key, found.get(keyText(key)) ?? [], path);
  if (!row) throw missingBy(kind, key, path);
  return row;
}

/**
 * Changes the record that a key names, in turn with its other writers in this process. `attempt` is run again, with the record
 * as it is by then, when another writer was first.
 */
export function changingOne<T>(
  writer: Writer,
  kind: RecordKind,
  { by, path = ['by'], withDeleted = false }: Addressed,
  attempt: (current: Row) => Promise<T>,
): Promise<T> {
  const key = keyFrom(kind, by, path);
  const find = () => existing(writer, kind, key, { path, withDeleted });
  const { firmId } = writer.viewer;
  if (key.by === 'id') {
    return takingTurns(writer, lineOf(firmId, key.value), () => retrying(async () => attempt(await find())));
  }
  return retrying(async () => {
    const found = await find();
    return takingTurns(writer, lineOf(firmId, String(found.id)), async (waited) => {
      const current = waited ? await find() : found;
      if (current.id !== found.id) throw new Stale();
      return attempt(current);
    });
  });
}
