/** The schema of a kind of record, made of what it declares: how one is found, how they are listed, and how they change. */
import type { ImplementableObjectRef, ObjectRef } from '@pothos/core';
import { and, equals } from '../database/conditions.ts';
import type { ModelName, Row } from '../database/database.ts';
import type { AnyRecord, RecordRow, ReturnedRow } from '../database/model.ts';
import { type Connection, pageArgs } from '../pothos/index.ts';
import { a } from '../records/fields.ts';
import { composed, searching } from '../records/filters.ts';
import type { Lists, RecordKind } from '../records/kind.ts';
import { isIndexed, ORDER_BY, orderTerms } from '../records/lists.ts';
import { writesOf } from '../records/operations.ts';
import { Issues } from '../records/parse.ts';
import { builder, type ExtendedTypes } from './builder.ts';
import { connectionOf, readConnection } from './connection.ts';
import { describe, inputFields } from './fields.ts';
import { filterInput } from './filters.ts';
import { removedRow } from './payload.ts';
import { lookedUp, lookUp, MANY_AT_ONCE, orderInput, recordPayloads } from './records.ts';
import { scopeOf } from './scope.ts';

/** A list of records with the filter, the orders and the search of their kind. */
export function listField(
  { model, customFields, plural }: RecordKind,
  { filter, orders, search }: Lists,
  { name, type, description }: { name: string; type: ObjectRef<ExtendedTypes, Connection<Row>>; description: string },
): void {
  const Filter = filterInput(`${model}Filter`, plural, filter);
  const Order = orderInput(`${model}Order`, orders, plural);
  builder.queryField(name, (t) =>
    t.field({
      type,
      description,
      args: {
        ...pageArgs(builder),
        filter: t.arg({ type: Filter, description: `Returns only ${plural} that match this filter.` }),
        orderBy: t.arg({ type: [Order], description: ORDER_BY }),
        search: t.arg.string({
          description: `Search words, case-insensitive. Each word must occur in ${search}.`,
        }),
      },
      resolve: (_, { filter: asked, orderBy, search: words, ...page }, context, info) => {
        const issues = new Issues();
        const order = orderTerms(orders, orderBy ?? [], ['orderBy'], issues);
        const definitions = customFields ? (context.definitions?.[customFields.entity] ?? []) : [];
        const where = and(
          scopeOf(context.viewer, model),
          asked ? composed(filter, asked, ['filter'], issues, definitions) : and(),
          typeof words === 'string' ? searching('searchText', words, ['search'], issues) : and(),
        );
        return readConnection(page, order, where, info, context, {
          ordered: isIndexed(orders, orderBy ?? []),
          all: !asked && !words,
          faults: issues.list,
        });
      },
    }),
  );
}

/**
 * Adds how records of a kind are found, listed and changed: `contract`, `contracts`, `createContract`, `upsertContract`
 * and so on. The kind has lists and a tracking ID; its type is the caller's, who implements it. Lists of other types show
 * pages of it by `t.many`.
 */
export function recordSchema<M extends ModelName>(
  kind: RecordKind,
  lists: Lists,
  ref: ImplementableObjectRef<ExtendedTypes, ReturnedRow<M>, RecordRow<M>>,
): void {
  const { model, what, plural, fields } = kind;
  const carried = `${model.charAt(0).toLowerCase()}${model.slice(1)}`;
  const type = ref as unknown as ObjectRef<ExtendedTypes, AnyRecord>;
  const Connections = connectionOf(model, ref as unknown as ObjectRef<ExtendedTypes, Row>, plural);
  builder.pagesOf(model, Connections as never);

  const Key = builder.inputType(`${model}Key`, {
    description: `How ${a(what)} is looked up: exactly one of these.`,
    isOneOf: true,
    fields: (t) => ({
      id: t.id({ description: 'The id.' }),
      trackingId: t.string({ description: 'The tracking ID, case-sensitive.' }),
    }),
  });
  builder.queryField(carried, (t) =>
    t.field({
      type,
      nullable: true,
      description: `One ${what}; null when there is none.`,
      ...(kind.portal ? { access: 'CONTACT' as const } : {}),
      args: { by: t.arg({ type: Key, required: true, description: 'The key to look up.' }) },
      resolve: (_, { by }, context, info) => {
        const where =
          typeof by.id === 'string' ? equals('id', lookedUp(by.id)) : equals('trackingId', lookedUp(by.trackingId));
        return lookUp(model, where, info, context);
      },
    }),
  );
  listField(kind, lists, { name: plural, type: Connections, description: `The ${plural} of the firm.` });

  const writes = writesOf(kind);
  const { payload, answer } = recordPayloads(carried, type, what);
  const { trackingId, ...others } = fields;
  const Create = builder.inputType(`Create${model}Input`, {
    description: `Fields of a new ${what}.`,
    fields: (t) => inputFields(t, fields, 'create'),
  });
  const Patch = builder.inputType(`Patch${model}Input`, {
    description: `Changes to ${a(what)}. Omitted fields keep their values; null clears an optional field.`,
    fields: (t) => inputFields(t, fields, 'patch'),
  });

  builder.mutationField(`create${model}`, (t) =>
    t.field({
      type: payload(`Create${model}Payload`, `The ${what} that was created.`),
      nullable: true,
      description: `Creates ${a(what)}. Fails with DUPLICATE if the trackingId is taken.`,
      args: { input: t.arg({ type: Create, required: true, description: `The ${what}.` }) },
      resolve: async (_, { input }, context, info) => answer(await writes.create(context, input), info, context),
    }),
  );
  const { upsert, restore, merge } = writes;
  if (upsert && trackingId) {
    const Upsert = builder.inputType(`Upsert${model}Input`, {
      description: `${a(what)[0]?.toUpperCase()}${a(what).slice(1)} from a source system, matched by \`trackingId\`. Created if there is none. Otherwise patched: omitted fields keep their values.`,
      fields: (t) => ({
        trackingId: t.string({ required: true, description: describe(trackingId) }),
        ...inputFields(t, others, 'patch'),
      }),
    });
    builder.mutationField(`upsert${model}`, (t) =>
      t.field({
        type: payload(`Upsert${model}Payload`, `The ${what} and the result of the upsert.`, {
          result: true,
          changedFields: true,
        }),
        nullable: true,
        description: `Creates the ${what} with this trackingId, or patches the existing one. Restores it if it was deleted. Idempotent and safe to call concurrently.`,
        args: { input: t.arg({ type: Upsert, required: true, description: `The ${what}.` }) },
        resolve: async (_, { input }, context, info) => answer(await upsert(context, input), info, context),
      }),
    );
  }
  builder.mutationField(`patch${model}`, (t) =>
    t.field({
      type: payload(`Patch${model}Payload`, `The ${what} after the change.`, { changedFields: true }),
      nullable: true,
      description: `Patches ${a(what)}. Omitted fields keep their values.`,
      args: {
        id: t.arg.id({ required: true, description: `The ${what}.` }),
        input: t.arg({ type: Patch, required: true, description: 'The changes. Omitted fields keep their values.' }),
        expectedRevision: t.arg.int({
          description: `The revision that the change is based on. Fails with CONFLICT if the ${what} has another revision.`,
        }),
      },
      resolve: async (_, { id, input, expectedRevision }, context, info) =>
        answer(await writes.patch(context, id, input, { expectedRevision }), info, context),
    }),
  );
  builder.mutationField(`delete${model}`, (t) =>
    t.field({
      type: payload(`Delete${model}Payload`, `The ${what} as it was before deletion.`),
      nullable: true,
      description: `Deletes ${a(what)}. It can be restored. ${MANY_AT_ONCE}`,
      args: { id: t.arg.id({ required: true, description: `The ${what}.` }) },
      resolve: async (_, { id }, context, info) => ({
        row: await removedRow(carried, id, () => writes.delete(context, id), info, context),
      }),
    }),
  );
  if (restore) {
    builder.mutationField(`restore${model}`, (t) =>
      t.field({
        type: payload(`Restore${model}Payload`, `The restored ${what}.`),
        nullable: true,
        description: `Restores a deleted ${what}.`,
        args: { id: t.arg.id({ required: true, description: `The ${what}.` }) },
        resolve: async (_, { id }, context, info) => answer(await restore(context, id), info, context),
      }),
    );
  }
  if (merge) {
    builder.mutationField(`merge${model}s`, (t) =>
      t.field({
        type: payload(`Merge${model}sPayload`, `The ${what} after the merge.`, { changedFields: true }),
        nullable: true,
        description: `Merges two duplicate ${plural}. The target keeps its own values and takes missing ones from the source. Afterwards the id and trackingId of the source refer to the target. ${MANY_AT_ONCE}`,
        args: {
          sourceId: t.arg.id({ required: true, description: `The ${what} to merge away.` }),
          targetId: t.arg.id({ required: true, description: `The ${what} to keep.` }),
          input: t.arg({ type: Patch, description: 'Values that override the merged ones, applied as a patch.' }),
        },
        resolve: async (_, { sourceId, targetId, input }, context, info) =>
          answer(await merge(context, sourceId, targetId, input ?? {}), info, context),
      }),
    );
  }
}
