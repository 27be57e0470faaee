/** What the schemas of clients and contacts share: looking one up, orders, and the payloads of their mutations. */
import type { ObjectRef } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import type { AnyRecord } from '../database/model.ts';
import type { Row } from '../database/sql/index.ts';
import { ENTRIES_MAX } from '../database/store/index.ts';
import type { Orders } from '../records/lists.ts';
import type { NormalizedValue } from '../records/normalize.ts';
import type { Saved } from '../records/write.ts';
import { builder, type ExtendedTypes } from './builder.ts';
import type { Context } from './context.ts';
import { enumOf } from './fields.ts';
import { OrderDirection } from './filters.ts';
import { payloadRow } from './payload.ts';

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

/** What the schema says of how an upsert finds its record. */
export const FINDING =
  'Finds the record by `by` and by `input.trackingId`; one is enough. If either finds a record, it is patched, and gets the other key if it has none. If they find two records, the result is IDENTIFIER_CONFLICT with both ids. If neither finds one, a record is created with the keys given; `by: { id }` never creates. A different `trackingId` renames the record only if `by` found it. Idempotent and safe to call concurrently. A deleted record is restored.';

export const UpsertResult = builder.enumType('UpsertResult', {
  description: 'What an upsert did.',
  values: {
    CREATED: { description: 'The record did not exist and was created.' },
    UPDATED: { description: 'The record existed and was updated where values differed.' },
    RESTORED: { description: 'The record had been deleted. It was restored and updated where values differed.' },
  } as const,
});

export const Normalized = builder.objectRef<NormalizedValue>('NormalizedValue').implement({
  description: 'A value that `normalize` took as another one.',
  fields: (t) => ({
    path: t.derived({
      type: ['String'],
      description:
        'Where it was sent, from the argument on: `["input", "address", "country"]`. Items of lists count from 0.',
      from: ({ path }) => path.map(String),
    }),
    from: t.derived({ type: 'JSON', nullable: true, description: 'What was sent.', from: ({ from }) => from }),
    to: t.derived({
      type: 'JSON',
      nullable: true,
      description: 'What it was taken as. Null for empty text, and for an item that repeats another of its list.',
      from: ({ to }) => to,
    }),
  }),
});

/** What a payload tells beside its record. */
interface Shows {
  result?: boolean;
  changedFields?: boolean;
  normalized?: boolean;
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
        ...(shows.normalized
          ? {
              normalized: t.derived({
                type: [Normalized],
                description: 'What `normalize` took as something else than was sent. Empty without it.',
                from: (saved) => saved.normalized ?? [],
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
