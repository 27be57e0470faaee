/** The schema of a kind of record, made of what it declares: how one is found, how they are listed, and how they change. */
import type { ImplementableObjectRef, ObjectRef } from '@pothos/core';
import type { AnyRecord, RecordRow, ReturnedRow } from '../database/model.ts';
import { and, equals, type ModelName, type Row } from '../database/sql/index.ts';
import { a } from '../fields/fields.ts';
import { Issues } from '../fields/parse.ts';
import { type Connection, pageArgs } from '../pothos/index.ts';
import { composed, searching } from '../records/filters.ts';
import type { Lists, RecordKind } from '../records/kind.ts';
import { isIndexed, ORDER_BY, orderTerms } from '../records/lists.ts';
import { writesOf } from '../records/operations.ts';
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
        filter: t.arg({ type: Filter, description: `Which ${plural}.` }),
        orderBy: t.arg({ type: [Order], description: ORDER_BY }),
        search: t.arg.string({
          description: `Words that must each be part of ${search}, without regard to case.`,
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
      id: t.id({ description: 'By its id.' }),
      trackingId: t.string({ description: 'By its tracking ID, matched exactly.' }),
    }),
  });
  builder.queryField(carried, (t) =>
    t.field({
      type,
      nullable: true,
      description: `One ${what}; null when there is none.`,
      ...(kind.portal ? { access: 'CONTACT' as const } : {}),
      args: { by: t.arg({ type: Key, required: true, description: 'How it is found.' }) },
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
    description: `A new ${what}.`,
    fields: (t) => inputFields(t, fields, 'create'),
  });
  const Patch = builder.inputType(`Patch${model}Input`, {
    description: `Changes of ${a(what)}: what is left out is kept, null clears what may be empty.`,
    fields: (t) => inputFields(t, fields, 'patch'),
  });

  builder.mutationField(`create${model}`, (t) =>
    t.field({
      type: payload(`Create${model}Payload`, `The ${what} that was created.`),
      nullable: true,
      description: `Creates ${a(what)}. DUPLICATE when its trackingId is taken.`,
      args: { input: t.arg({ type: Create, required: true, description: `The ${what}.` }) },
      resolve: async (_, { input }, context, info) => answer(await writes.create(context, input), info, context),
    }),
  );
  const { upsert, restore, merge } = writes;
  if (upsert && trackingId) {
    const Upsert = builder.inputType(`Upsert${model}Input`, {
      description: `${a(what)[0]?.toUpperCase()}${a(what).slice(1)} as another system knows it, found by its trackingId. Created when there is none. Else patched: what is left out is kept.`,
      fields: (t) => ({
        trackingId: t.string({ required: true, description: describe(trackingId) }),
        ...inputFields(t, others, 'patch'),
      }),
    });
    builder.mutationField(`upsert${model}`, (t) =>
      t.field({
        type: payload(`Upsert${model}Payload`, `The ${what}, and what was done to it.`, {
          result: true,
          changedFields: true,
        }),
        nullable: true,
        description: `Creates the ${what} with this trackingId, or patches it. A deleted one is restored.`,
        args: { input: t.arg({ type: Upsert, required: true, description: `The ${what}.` }) },
        resolve: async (_, { input }, context, info) => answer(await upsert(context, input), info, context),
      }),
    );
  }
  builder.mutationField(`patch${model}`, (t) =>
    t.field({
      type: payload(`Patch${model}Payload`, `The ${what} as it is now.`, { changedFields: true }),
      nullable: true,
      description: `Changes ${a(what)}: only what is sent.`,
      args: {
        id: t.arg.id({ required: true, description: `The ${what}.` }),
        input: t.arg({ type: Patch, required: true, description: 'What changes.' }),
        expectedRevision: t.arg.int({
          description: `The revision that the change was made for: CONFLICT when the ${what} is at another.`,
        }),
      },
      resolve: async (_, { id, input, expectedRevision }, context, info) =>
        answer(await writes.patch(context, id, input, { expectedRevision }), info, context),
    }),
  );
  builder.mutationField(`delete${model}`, (t) =>
    t.field({
      type: payload(`Delete${model}Payload`, `The ${what} as it was.`),
      nullable: true,
      description: `Deletes ${a(what)}: it is found no more, until it is restored. ${MANY_AT_ONCE}`,
      args: { id: t.arg.id({ required: true, description: `The ${what}.` }) },
      resolve: async (_, { id }, context, info) => ({
        row: await removedRow(carried, id, () => writes.delete(context, id), info, context),
      }),
    }),
  );
  if (restore) {
    builder.mutationField(`restore${model}`, (t) =>
      t.field({
        type: payload(`Restore${model}Payload`, `The ${what} that is back.`),
        nullable: true,
        description: `Brings a deleted ${what} back as it was.`,
        args: { id: t.arg.id({ required: true, description: `The ${what}.` }) },
        resolve: async (_, { id }, context, info) => answer(await restore(context, id), info, context),
      }),
    );
  }
  if (merge) {
    builder.mutationField(`merge${model}s`, (t) =>
      t.field({
        type: payload(`Merge${model}sPayload`, `The ${what} that is left.`, { changedFields: true }),
        nullable: true,
        description: `Merges two ${plural} that are one. The target keeps its own values and takes what it lacks; the id and trackingId of the source find the target from now on. ${MANY_AT_ONCE}`,
        args: {
          sourceId: t.arg.id({ required: true, description: `The ${what} that ends.` }),
          targetId: t.arg.id({ required: true, description: `The ${what} that is left.` }),
          input: t.arg({ type: Patch, description: 'What the result shall have instead, by the patch rule.' }),
        },
        resolve: async (_, { sourceId, targetId, input }, context, info) =>
          answer(await merge(context, sourceId, targetId, input ?? {}), info, context),
      }),
    );
  }
}
