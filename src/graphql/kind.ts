/** The schema of a kind of record, made of what it declares: how one is found, how they are listed, and how they change. */

import type { ArgBuilder, ImplementableObjectRef, InputRef, ObjectRef } from '@pothos/core';
import type { AnyRecord, RecordRow, ReturnedRow } from '../database/model.ts';
import { and, columnsOf, type ModelName, type Row } from '../database/sql/index.ts';
import { a } from '../fields/fields.ts';
import { Issues } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { type Connection, pageArgs } from '../pothos/index.ts';
import { composed, searching } from '../records/filters.ts';
import { kindNamed, kindOfModel, type Lists, type RecordKind } from '../records/kind.ts';
import { isIndexed, ORDER_BY, orderTerms } from '../records/lists.ts';
import { writesOf } from '../records/operations.ts';
import type { Role } from '../session/viewer.ts';
import { builder, type ExtendedTypes } from './builder.ts';
import { bulkFields, UpsertModeEnum } from './bulk.ts';
import { connectionOf, readConnection } from './connection.ts';
import { type InputBuilder, inputFields, listPartFields, PATCH_RULE_SAYS } from './fields.ts';
import { filterInput } from './filters.ts';
import { keyInput, lookUp } from './keys.ts';
import { removedRow } from './payload.ts';
import { FINDING, MANY_AT_ONCE, orderInput, recordPayloads } from './records.ts';
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
          asked
            ? composed(filter, asked, ['filter'], issues, { firmId: context.viewer.firmId, definitions, kindNamed })
            : and(),
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

/** The query of one record by a key: `contract`. */
export function keyField<M extends ModelName>(
  kind: RecordKind,
  ref: ImplementableObjectRef<ExtendedTypes, ReturnedRow<M>, RecordRow<M>>,
  noun: string = kind.what,
): void {
  const merged = columnsOf(kind.model).mergedIntoId
    ? ` The keys of ${a(noun)} that was merged find the one it was merged into.`
    : '';
  builder.queryField(carriedBy(kind.model), (t) =>
    t.field({
      type: ref as unknown as ObjectRef<ExtendedTypes, AnyRecord>,
      nullable: true,
      description: `One ${noun}; null when there is none.${merged}`,
      ...(kind.portal ? { access: 'CONTACT' as const } : {}),
      args: { by: t.arg({ type: keyInput(kind), required: true, description: 'The key to look up.' }) },
      resolve: (_, { by }, context, info) => lookUp(kind, by, info, context),
    }),
  );
}

/** The name under which payloads carry a record, and a query answers one: `clientGroup` of ClientGroup. */
export function carriedBy(model: string): string {
  return `${model.charAt(0).toLowerCase()}${model.slice(1)}`;
}

const OnMissingReference = builder.enumType('OnMissingReference', {
  description: 'What becomes of a reference to something that is not there.',
  values: {
    ERROR: { description: 'It is an error.' },
    CREATE: {
      description:
        'What is named by its `name` alone is created with it: client groups, client types, regions, success cycles and contact roles. ADMIN only. Other references are errors all the same.',
    },
  } as const,
});

const Nulls = builder.enumType('Nulls', {
  description: 'What becomes of null in an input.',
  values: {
    CLEAR: { description: 'It clears the field, and is an error where the field cannot be empty.' },
    IGNORE: {
      description:
        'It is taken as if it had not been sent, also within objects and custom fields, but not within lists: for callers that send null for what they do not know.',
    },
  } as const,
});

/** What the schema says of the mutations of a kind, where that is not as usual. */
interface Says {
  createInput?: string;
  upsertInput?: string;
  create?: string;
  upsert?: string;
  patch?: string;
  delete?: string;
  deleted?: string;
  restore?: string;
}

/** How records of a kind change, where that is not as usual. */
interface Changing {
  /** What the schema calls one, where that is not what messages do. */
  noun?: string;
  /** Without which of the fields there is nothing to create. */
  required?: readonly string[];
  /** The smallest role that may change them. WRITER unless said. */
  access?: Role;
  /** Fields that only creating sets. */
  stays?: readonly string[];
  /** Inputs of creating beside the fields. */
  withNew?: (t: InputBuilder) => ReturnType<typeof inputFields>;
  /** Inputs of an item of a bulk upsert beside the fields. */
  withUpserted?: (t: InputBuilder) => ReturnType<typeof inputFields>;
  /** What is said of accepting twins, where there is a choice. */
  allowDuplicates?: string;
  /** What is said of a key by which creating may be repeated, where there is one. */
  idempotencyKey?: string;
  says?: Says;
}

/**
 * Adds the mutations of a kind: `createContract`, `upsertContract`, `patchContract`, `deleteContract` and, where its records
 * come back, `restoreContract`. Answers the input of patches, for merges.
 */
export function changeFields<M extends ModelName>(
  kind: RecordKind,
  ref: ImplementableObjectRef<ExtendedTypes, ReturnedRow<M>, RecordRow<M>>,
  {
    noun = kind.what,
    required = [],
    access = 'WRITER',
    stays = [],
    withNew = () => ({}),
    withUpserted = () => ({}),
    allowDuplicates,
    idempotencyKey,
    says = {},
  }: Changing = {},
) {
  const { model, fields } = kind;
  const carried = carriedBy(model);
  const Noun = `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
  const type = ref as unknown as ObjectRef<ExtendedTypes, AnyRecord>;
  const { payload, answer } = recordPayloads(carried, type, noun);
  const writes = writesOf(kind);
  const patchable = Object.fromEntries(Object.entries(fields).filter(([name]) => !stays.includes(name)));
  const byArg = (t: ArgBuilder<ExtendedTypes>) =>
    t({ type: keyInput(kind), required: true, description: `The ${noun}.` });

  const Create = builder.inputType(`Create${model}Input`, {
    description: says.createInput ?? `A new ${noun}.`,
    fields: (t) => ({ ...inputFields(t, fields, 'create', required), ...withNew(t) }),
  });
  const Upsert = builder.inputType(`Upsert${model}Input`, {
    description:
      says.upsertInput ??
      `${Noun} as another system knows it. Created when there is none. Otherwise patched: ${PATCH_RULE_SAYS}`,
    fields: (t) => ({ ...inputFields(t, fields, 'patch'), ...listPartFields(t, fields) }),
  });
  const Patch = builder.inputType(`Patch${model}Input`, {
    description: `Changes of ${a(noun)}: ${PATCH_RULE_SAYS}`,
    fields: (t) => ({ ...inputFields(t, patchable, 'patch'), ...listPartFields(t, patchable) }),
  });

  builder.mutationField(`create${model}`, (t) =>
    t.field({
      type: payload(`Create${model}Payload`, `The ${noun} that was created.`, { normalized: true }),
      nullable: true,
      description: says.create ?? `Creates ${a(noun)}. DUPLICATE when its trackingId is taken.`,
      access,
      args: {
        input: t.arg({ type: Create, required: true, description: `The ${noun}.` }),
        normalize: normalizeArg(t),
        ...duplicatesArg(t, allowDuplicates),
        ...(idempotencyKey ? { idempotencyKey: t.arg.string({ description: idempotencyKey }) } : {}),
      },
      resolve: async (_, { input, ...options }, context, info) =>
        answer(await writes.create(context, input, options), info, context),
    }),
  );
  const refers = Object.values(fields).some((field) => field.kind === 'reference' && kindOfModel(field.to)?.keys?.name);
  builder.mutationField(`upsert${model}`, (t) =>
    t.field({
      type: payload(`Upsert${model}Payload`, `The ${noun}, and what was done to it.`, {
        result: true,
        changedFields: true,
        normalized: true,
      }),
      nullable: true,
      description: `${says.upsert ?? `Creates the ${noun} that the keys name, or patches it.`} ${FINDING}`,
      access,
      args: {
        by: t.arg({
          type: keyInput(kind),
          description: `How the ${noun} is found, beside or instead of \`input.trackingId\`.`,
        }),
        mode: t.arg({
          type: UpsertModeEnum,
          required: true,
          defaultValue: 'UPSERT',
          description: `Whether the ${noun} may be created and updated.`,
        }),
        input: t.arg({ type: Upsert, required: true, description: `The ${noun}.` }),
        expectedRevision: revisionArg(t, noun),
        normalize: normalizeArg(t),
        nulls: t.arg({
          type: Nulls,
          required: true,
          defaultValue: 'CLEAR',
          description: 'What becomes of null in the input.',
        }),
        ...duplicatesArg(t, allowDuplicates),
        ...(refers
          ? {
              onMissingReference: t.arg({
                type: OnMissingReference,
                required: true,
                defaultValue: 'ERROR',
                description: 'What becomes of a reference to something that is not there.',
              }),
            }
          : {}),
      },
      resolve: async (_, { by, input, ...options }, context, info) =>
        answer(await writes.upsert(context, by, input, options), info, context),
    }),
  );
  const UpsertItem = bulkFields(kind, carried, ref, {
    noun,
    access,
    allowDuplicates,
    createsReferences: refers,
    upsertFields: (t) => ({ ...inputFields(t, fields, 'patch'), ...listPartFields(t, fields) }),
    itemFields: withUpserted,
    writeFields: (t) => ({
      normalize: t.boolean({ required: true, defaultValue: false, description: NORMALIZE }),
      nulls: t.field({
        type: Nulls,
        required: true,
        defaultValue: 'CLEAR',
        description: 'What becomes of null in the items.',
      }),
    }),
    onMissingReference: OnMissingReference,
  });
  builder.mutationField(`patch${model}`, (t) =>
    t.field({
      type: payload(`Patch${model}Payload`, `The ${noun} as it is now.`, { changedFields: true, normalized: true }),
      nullable: true,
      description: says.patch ?? `Changes ${a(noun)}: only what is sent.`,
      access,
      args: {
        by: byArg(t.arg),
        input: t.arg({ type: Patch, required: true, description: 'The changes. Omitted fields keep their values.' }),
        expectedRevision: revisionArg(t, noun),
        normalize: normalizeArg(t),
        ...duplicatesArg(t, allowDuplicates),
      },
      resolve: async (_, { by, input, ...options }, context, info) =>
        answer(await writes.patch(context, by, input, options), info, context),
    }),
  );
  builder.mutationField(`delete${model}`, (t) =>
    t.field({
      type: payload(`Delete${model}Payload`, says.deleted ?? `The ${noun} as it was.`),
      nullable: true,
      description: says.delete ?? `Deletes ${a(noun)}: it is found no more, until it is restored. ${MANY_AT_ONCE}`,
      access,
      args: { by: byArg(t.arg), expectedRevision: revisionArg(t, noun) },
      resolve: async (_, { by, ...options }, context, info) => ({
        row: await removedRow(kind, carried, by, () => writes.delete(context, by, options), info, context),
      }),
    }),
  );
  const { restore } = writes;
  if (restore) {
    builder.mutationField(`restore${model}`, (t) =>
      t.field({
        type: payload(`Restore${model}Payload`, `The ${noun} that is back.`),
        nullable: true,
        description: says.restore ?? `Brings a deleted ${noun} back as it was.`,
        access,
        args: { by: byArg(t.arg) },
        resolve: async (_, { by }, context, info) => answer(await restore(context, by), info, context),
      }),
    );
  }
  return { Patch, UpsertItem, payload, answer };
}

type FieldBuilder = { arg: ArgBuilder<ExtendedTypes> };

function revisionArg(t: FieldBuilder, noun: string) {
  return t.arg.int({
    description: `The revision that the change was made for: CONFLICT when the ${noun} is at another.`,
  });
}

function normalizeArg(t: FieldBuilder) {
  return t.arg.boolean({ required: true, defaultValue: false, description: NORMALIZE });
}

/** What the schema says of taking values as what they stand for. */
const NORMALIZE =
  'Whether values are read as people write them: `acme.com` as an https URL, `United States` or `USA` as a country, `(020) 7946 0958` as a phone number of the country of the address, repeated tags once, text without white space around it, and "" as null where a field may be empty. Keys are left as they are, and what is ambiguous stays an error. `normalized` in the payload lists what was taken as something else.';

function duplicatesArg(t: FieldBuilder, description: string | undefined) {
  return description === undefined
    ? {}
    : { allowDuplicates: t.arg.boolean({ required: true, defaultValue: false, description }) };
}

/** Adds the mutation that merges two records of a kind. */
export function mergeField<M extends ModelName>(
  kind: RecordKind,
  ref: ImplementableObjectRef<ExtendedTypes, ReturnedRow<M>, RecordRow<M>>,
  Patch: InputRef<object>,
  noun: string,
  description: string,
): void {
  const { merge } = writesOf(kind);
  if (!merge) return;
  const { model } = kind;
  const type = ref as unknown as ObjectRef<ExtendedTypes, AnyRecord>;
  const { payload, answer } = recordPayloads(carriedBy(model), type, `${noun} that is left`);
  builder.mutationField(`merge${model}s`, (t) =>
    t.field({
      type: payload(`Merge${model}sPayload`, `The ${noun} that is left.`, { changedFields: true }),
      nullable: true,
      description,
      args: {
        source: t.arg({ type: keyInput(kind), required: true, description: `The ${noun} that ends.` }),
        target: t.arg({ type: keyInput(kind), required: true, description: `The ${noun} that is left.` }),
        input: t.arg({ type: Patch, description: 'Values that override the merged ones, applied as a patch.' }),
      },
      resolve: async (_, { source, target, input }, context, info) =>
        answer(await merge(context, source, target, (input ?? {}) as Values), info, context),
    }),
  );
}

/**
 * Adds how records of a kind are found, listed and changed: `contract`, `contracts`, `createContract`, `upsertContract`
 * and so on. The kind has lists; its type is the caller's, who implements it. Lists of other types show pages of it by
 * `t.many`.
 */
export function recordSchema<M extends ModelName>(
  kind: RecordKind,
  lists: Lists,
  ref: ImplementableObjectRef<ExtendedTypes, ReturnedRow<M>, RecordRow<M>>,
): void {
  const { model, what, plural } = kind;
  const Connections = connectionOf(model, ref as unknown as ObjectRef<ExtendedTypes, Row>, plural);
  builder.pagesOf(model, Connections as never);
  keyField(kind, ref);
  listField(kind, lists, { name: plural, type: Connections, description: `The ${plural} of the firm.` });
  const { Patch } = changeFields(kind, ref);
  mergeField(
    kind,
    ref,
    Patch,
    what,
    `Merges two ${plural} that are one. The target keeps its own values and takes what it lacks; the keys of the source find the target from now on. ${MANY_AT_ONCE}`,
  );
}
