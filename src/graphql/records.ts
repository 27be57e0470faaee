/** What the schemas of clients and contacts share: looking one up, orders, and the payloads of their mutations. */
import type { ObjectRef } from '@pothos/core';
import { type GraphQLResolveInfo, getNamedType, isObjectType } from 'graphql';
import { columnsOf } from '../database/columns.ts';
import { and, type Condition, equals } from '../database/conditions.ts';
import { ENTRIES_MAX, type ModelName, type Row } from '../database/database.ts';
import type { AnyRecord } from '../database/model.ts';
import { readRows } from '../database/read.ts';
import type { Orders } from '../records/lists.ts';
import { unstorable } from '../records/parse.ts';
import type { Saved } from '../records/write.ts';
import { builder, type ExtendedTypes } from './builder.ts';
import type { Context } from './context.ts';
import { enumOf } from './fields.ts';
import { OrderDirection } from './filters.ts';
import { payloadRow } from './payload.ts';
import { scopeOf } from './scope.ts';
import { rowReadOf } from './selection.ts';

/** A text to look a record up by. One that no record can have becomes the empty one, which none has either. */
export function lookedUp(text: string | null | undefined): string {
  return text === null || text === undefined || unstorable(text) ? '' : text;
}

/**
 * The record that meets `where`, as `info` selects it, or the one it was merged into; null when there is none that the
 * viewer may see.
 */
export async function lookUp(
  model: ModelName,
  where: Condition,
  info: GraphQLResolveInfo,
  context: Context,
): Promise<Row | null> {
  const type = getNamedType(info.returnType);
  if (!isObjectType(type)) throw new Error(`${type.name} is not an object type`);
  const read = rowReadOf(type, info, context);
  const scope = scopeOf(context.viewer, model);
  const [found] = await readRows(context.database.reads, read, and(scope, where));
  if (found || !columnsOf(model).mergedIntoId) return found ?? null;
  const firm = equals('firmId', context.viewer.firmId);
  const merged = { model, columns: new Set(['mergedIntoId']), relations: new Map() };
  const [source] = await readRows(context.database, merged, and(firm, where), { withDeleted: true });
  if (typeof source?.mergedIntoId !== 'string') return null;
  const [target] = await readRows(context.database.reads, read, and(scope, equals('id', source.mergedIntoId)));
  return target ?? null;
}

/** The input by which a list is ordered. */
export function orderInput(name: string, orders: Orders, what: string) {
  const values = Object.fromEntries(Object.entries(orders).map(([order, { says }]) => [order, says]));
  const field = enumOf(`${name}Field`, values, `Fields that ${what} can be sorted by. Ties are broken by id.`);
  return builder.inputType(name, {
    description: `One sort key for ${what}.`,
    fields: (t) => ({
      field: t.field({ type: field, required: true, description: 'Field to sort by.' }),
      direction: t.field({ type: OrderDirection, required: true, defaultValue: 'ASC', description: 'Sort direction.' }),
    }),
  });
}

/** What is said of mutations that change many records. */
export const MANY_AT_ONCE = `Fails with TOO_COMPLEX, without changing anything, if more than ${ENTRIES_MAX.toLocaleString('en')} records would change.`;

const UpsertResult = builder.enumType('UpsertResult', {
  description: 'What an upsert did.',
  values: {
    CREATED: { description: 'The record did not exist and was created.' },
    UPDATED: { description: 'The record existed and was updated where values differed.' },
    RESTORED: { description: 'The record had been deleted. It was restored and updated where values differed.' },
  } as const,
});

/** What a payload tells beside its record. */
interface Shows {
  result?: boolean;
  changedFields?: boolean;
}

/** Payload types that carry a record under a name of its own, and how they are answered. */
export function recordPayloads(carried: string, type: ObjectRef<ExtendedTypes, AnyRecord>, what: string) {
  const payload = (name: string, description: string, shows: Shows = {}) =>
    builder.objectRef<Partial<Saved> & { row: Row }>(name).implement({
      description,
      fields: (t) => ({
        [carried]: t.derived({ type, description: `The ${what}.`, from: ({ row }) => row }),
        ...(shows.result
          ? {
              result: t.derived({
                type: UpsertResult,
                description: 'What happened to the record.',
                from: (saved) => saved.result ?? 'UPDATED',
              }),
            }
          : {}),
        ...(shows.changedFields
          ? {
              changedFields: t.derived({
                type: ['String'],
                description: 'The input names of the fields whose values changed. Empty if the call changed no value.',
                from: (saved) => saved.changedFields ?? [],
              }),
            }
          : {}),
      }),
    });
  /** The payload with its record as it is selected. */
  const answer = async <T extends { row: Row }>(saved: T, info: GraphQLResolveInfo, context: Context): Promise<T> => ({
    ...saved,
    row: await payloadRow(carried, saved.row, info, context),
  });
  return { payload, answer };
}
