/** Keys in the schema: one `@oneOf` input for each kind of record, and the record that one leads to. */

import type { InputRef } from '@pothos/core';
import { type GraphQLResolveInfo, getNamedType, isObjectType } from 'graphql';
import { and, columnsOf, equals, type Row, type RowRead, readRows } from '../database/sql/index.ts';
import { a } from '../fields/fields.ts';
import { keyFrom } from '../records/addressed.ts';
import { type Key, type Keyed, type KeyInput, type KeyName, keyCondition, keyNames, onlyOne } from '../records/keys.ts';
import type { RecordKind } from '../records/kind.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { scopeOf } from './scope.ts';
import { rowReadOf } from './selection.ts';

const ExternalIdKey = builder.inputType('ExternalIdKey', {
  description: 'Identifies a client by its id in an external system.',
  fields: (t) => ({
    system: t.string({ required: true, description: 'Name of the system, in lower case.' }),
    id: t.string({ required: true, description: 'The id in that system, case-sensitive.' }),
  }),
});

/** What the schema says of each key. */
const SAYS: Readonly<Record<KeyName, string>> = {
  id: 'The id.',
  trackingId: 'The tracking ID, case-sensitive.',
  externalId: 'By an id in another system. A deleted record has given its own up.',
  name: 'By its name, case-insensitive.',
  email: 'By its e-mail address, case-insensitive. CONFLICT, with their ids, when several records have it.',
};

const made = new Map<string, InputRef<KeyInput>>();

/** The input by which a record of the kind is named. Asked twice, the same. */
export function keyInput(kind: Keyed & { model: string; what: string }): InputRef<KeyInput> {
  const { model, what } = kind;
  const known = made.get(model);
  if (known) return known;
  const names = keyNames(kind);
  const ref = builder.inputRef<KeyInput>(`${model}Key`);
  made.set(model, ref);
  ref.implement({
    description: `How ${a(what)} is named: by exactly one of these.`,
    isOneOf: true,
    fields: (t) =>
      Object.fromEntries(
        names.map((name) => [
          name,
          t.field({
            type: name === 'externalId' ? ExternalIdKey : name === 'id' ? 'ID' : 'String',
            description: SAYS[name],
          }),
        ]),
      ),
  });
  return ref;
}

/** Most records of one e-mail address that an error names. */
const SHARED_MAX = 20;

/**
 * The record that the key names, as `info` selects it, or the one it was merged into; null when there is none that the viewer
 * may see.
 */
export async function lookUp(
  kind: RecordKind,
  by: KeyInput,
  info: GraphQLResolveInfo,
  context: Context,
): Promise<Row | null> {
  const type = getNamedType(info.returnType);
  if (!isObjectType(type)) throw new Error(`${type.name} is not an object type`);
  const { model } = kind;
  const { viewer, database } = context;
  const key = keyFrom(kind, by, ['by']);
  const read = rowReadOf(type, info, context);
  const scope = scopeOf(viewer, model);
  const where = keyCondition(kind, [key], viewer.firmId);
  const shared = key.by === 'email';
  const [found, ...others] = await readRows(database.reads, read, and(scope, where), { limit: shared ? 2 : 1 });
  if (others.length > 0) await refuseShared(kind, key, context);
  if (found || !columnsOf(model).mergedIntoId) return found ?? null;
  const firm = equals('firmId', viewer.firmId);
  const merged: RowRead = { model, columns: new Set(['mergedIntoId']), relations: new Map() };
  const [source] = await readRows(database, merged, and(firm, where), { withDeleted: true });
  if (typeof source?.mergedIntoId !== 'string') return null;
  const [target] = await readRows(database.reads, read, and(scope, equals('id', source.mergedIntoId)));
  return target ?? null;
}

/** Throws CONFLICT with the ids of those that have the key. */
async function refuseShared(kind: RecordKind, key: Key, { viewer, database }: Context): Promise<void> {
  const { model } = kind;
  const where = and(scopeOf(viewer, model), keyCondition(kind, [key], viewer.firmId));
  const ids: RowRead = { model, columns: new Set(['id']), relations: new Map() };
  onlyOne(kind, key, await readRows(database.reads, ids, where, { limit: SHARED_MAX }), ['by']);
}
