/** The mutations of many records of a kind: `upsertContracts` and `deleteContracts`, with an outcome for each item. */

import type { ImplementableObjectRef, InputRef, ObjectRef } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import { getNamedType, isObjectType } from 'graphql';
import type { FieldError } from '../base/errors.ts';
import { InvalidInput } from '../base/errors.ts';
import type { Meter } from '../base/meter.ts';
import { type Database, transactionView } from '../database/client.ts';
import type { AnyRecord, RecordRow, ReturnedRow } from '../database/model.ts';
import {
  and,
  equals,
  type ModelName,
  type Row,
  type RowRead,
  readRows,
  type TreeReader,
  valued,
} from '../database/sql/index.ts';
import { checkLength, Issues } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { BULK_MAX, type BulkItem, type BulkOutcome, type WriteItem, writeMany } from '../records/bulk.ts';
import type { KeyInput } from '../records/keys.ts';
import type { RecordKind, WriteOptions } from '../records/kind.ts';
import { writesOf } from '../records/operations.ts';
import type { Role } from '../session/viewer.ts';
import { builder, type ExtendedTypes } from './builder.ts';
import type { Context } from './context.ts';
import { ErrorCode } from './errors.ts';
import type { InputBuilder, inputFields } from './fields.ts';
import { keyInput } from './keys.ts';
import { Normalized } from './records.ts';
import { rowReadAt } from './selection.ts';

/** Longest transaction of a bulk mutation, in milliseconds: one that takes longer is undone. */
const TRANSACTION_MS = 60_000;

const BulkResultEnum = builder.enumType('BulkResult', {
  description: 'The outcome of one item of a bulk mutation.',
  values: {
    CREATED: { description: 'The record was created.' },
    UPDATED: { description: 'The record existed and at least one value changed.' },
    UNCHANGED: { description: 'The record already had these values. Nothing was written.' },
    RESTORED: { description: 'The record was deleted before and has been restored.' },
    DELETED: { description: 'The record was deleted.' },
    FAILED: { description: 'Nothing was written for this item. See its errors.' },
  } as const,
});

const OnErrorEnum = builder.enumType('OnError', {
  description: 'What happens to the other items of a bulk mutation when one fails.',
  values: {
    SKIP_FAILED: { description: 'All other items are written.' },
    REJECT_ALL: { description: 'Nothing is written. All items are one transaction.' },
  } as const,
});

export const UpsertModeEnum = builder.enumType('UpsertMode', {
  description: 'Whether an upsert may create and update records.',
  values: {
    UPSERT: { description: 'Creates the record or updates the existing one.' },
    CREATE_ONLY: { description: 'Only creates. An existing record is DUPLICATE, even if it is deleted.' },
    UPDATE_ONLY: { description: 'Only updates. A missing or deleted record is NOT_FOUND.' },
  } as const,
});

const BulkError = builder.objectRef<FieldError>('BulkError').implement({
  description: 'One reason why an item of a bulk mutation failed.',
  fields: (t) => ({
    path: t.derived({
      type: ['String'],
      description: 'Path of the offending value within the item. Empty when the item as a whole is at fault.',
      from: ({ path }) => path.map(String),
    }),
    code: t.derived({ type: ErrorCode, description: 'What kind of error it is.', from: ({ code }) => code }),
    message: t.derived({
      type: 'String',
      description: 'What is wrong, and what would be right.',
      from: ({ message }) => message,
    }),
    ids: t.derived({
      type: ['ID'],
      description: 'Ids of the records that the value collides with, if any.',
      from: ({ ids = [] }) => ids,
    }),
  }),
});

/** How many items had which outcome. */
const COUNTED = {
  upsert: { created: 'CREATED', updated: 'UPDATED', unchanged: 'UNCHANGED', restored: 'RESTORED', failed: 'FAILED' },
  delete: { deleted: 'DELETED', failed: 'FAILED' },
} as const;

/** How records of a kind are written many at a time. */
interface BulkFields {
  readonly noun: string;
  readonly access: Role;
  readonly allowDuplicates?: string | undefined;
  /** Whether some references can be created from a name. */
  readonly createsReferences: boolean;
  /** The inputs of a single upsert. */
  upsertFields(t: InputBuilder): ReturnType<typeof inputFields>;
  /** Inputs of an item beside those of a single upsert. */
  itemFields(t: InputBuilder): ReturnType<typeof inputFields>;
  /** Inputs of all upserts: how they are made. */
  writeFields(t: InputBuilder): ReturnType<typeof inputFields>;
  readonly onMissingReference: InputRef<NonNullable<WriteOptions['onMissingReference']>>;
}

/** Adds the bulk mutations of a kind. */
export function bulkFields<M extends ModelName>(
  kind: RecordKind,
  carried: string,
  ref: ImplementableObjectRef<ExtendedTypes, ReturnedRow<M>, RecordRow<M>>,
  {
    noun,
    access,
    allowDuplicates,
    createsReferences,
    upsertFields,
    itemFields,
    writeFields,
    onMissingReference,
  }: BulkFields,
) {
  const { model, plural } = kind;
  const listName = `${carried}s`;
  const writes = writesOf(kind);
  const type = ref as unknown as ObjectRef<ExtendedTypes, AnyRecord>;

  const UpsertItem = builder.inputType(`Upsert${model}Item`, {
    description: `One of the ${plural} of upsert${model}s: the input of upsert${model}, with its keys.`,
    fields: (t) => ({
      by: t.field({
        type: keyInput(kind),
        description: `How the ${noun} is found, beside or instead of \`trackingId\`.`,
      }),
      expectedRevision: revisionField(t, noun),
      ...upsertFields(t),
      ...itemFields(t),
    }),
  });
  const UpsertMany = builder.inputType(`Upsert${model}sInput`, {
    description: `Up to ${BULK_MAX.toLocaleString('en')} ${plural} to create or update.`,
    fields: (t) => ({
      [listName]: t.field({
        type: [UpsertItem],
        required: true,
        description: `Up to ${BULK_MAX.toLocaleString('en')} ${plural}, in order.`,
      }),
      onError: onErrorField(t),
      mode: t.field({
        type: UpsertModeEnum,
        required: true,
        defaultValue: 'UPSERT',
        description: 'Whether records may be created and updated.',
      }),
      dryRun: dryRunField(t),
      ...writeFields(t),
      ...(allowDuplicates === undefined
        ? {}
        : { allowDuplicates: t.boolean({ required: true, defaultValue: false, description: allowDuplicates }) }),
      ...(createsReferences
        ? {
            onMissingReference: t.field({
              type: onMissingReference,
              required: true,
              defaultValue: 'ERROR',
              description: 'What happens when a reference names a record that does not exist.',
            }),
          }
        : {}),
    }),
  });
  const UpsertOutcome = outcomeType(`Upsert${model}Result`, carried, type, noun, true);
  const UpsertPayload = payloadType(`Upsert${model}sPayload`, plural, UpsertOutcome, COUNTED.upsert);
  builder.mutationField(`upsert${model}s`, (t) =>
    t.field({
      type: UpsertPayload,
      nullable: true,
      description: `Creates or updates up to ${BULK_MAX.toLocaleString('en')} ${plural}, each as upsert${model} would, and returns the outcome of each, in order. Items that name the same record are applied in order, and an item may refer to one before it. Idempotent: repeating the call changes nothing.`,
      access,
      args: {
        input: t.arg({ type: UpsertMany, required: true, description: `The ${plural}, and how to write them.` }),
      },
      resolve: async (_, { input }, context, info) => {
        const { onError, dryRun, [listName]: sent, ...options } = input as UpsertManyValues;
        const items = (sent as readonly UpsertItemValues[]).map(({ by, expectedRevision, ...values }) => ({
          by,
          expectedRevision,
          input: values,
        }));
        const write: WriteItem<(typeof items)[number]> = (writer, item) =>
          writes.upsert(writer, item.by, item.input, { ...options, expectedRevision: item.expectedRevision });
        return outcomes(kind, carried, listName, items, write, { onError, dryRun }, info, context);
      },
    }),
  );

  const DeleteItem = builder.inputType(`Delete${model}Item`, {
    description: `One of the ${plural} of delete${model}s.`,
    fields: (t) => ({
      by: t.field({ type: keyInput(kind), required: true, description: `How the ${noun} is found.` }),
      expectedRevision: revisionField(t, noun),
    }),
  });
  const DeleteMany = builder.inputType(`Delete${model}sInput`, {
    description: `Up to ${BULK_MAX.toLocaleString('en')} ${plural} to delete.`,
    fields: (t) => ({
      [listName]: t.field({
        type: [DeleteItem],
        required: true,
        description: `Up to ${BULK_MAX.toLocaleString('en')} ${plural}, in order.`,
      }),
      onError: onErrorField(t),
      dryRun: dryRunField(t),
    }),
  });
  const DeleteOutcome = outcomeType(`Delete${model}Result`, carried, type, noun, false);
  const DeletePayload = payloadType(`Delete${model}sPayload`, plural, DeleteOutcome, COUNTED.delete);
  builder.mutationField(`delete${model}s`, (t) =>
    t.field({
      type: DeletePayload,
      nullable: true,
      description: `Deletes up to ${BULK_MAX.toLocaleString('en')} ${plural}, each as delete${model} would, and returns the outcome of each, in order.`,
      access,
      args: {
        input: t.arg({ type: DeleteMany, required: true, description: `The ${plural}, and how to delete them.` }),
      },
      resolve: async (_, { input }, context, info) => {
        const { onError, dryRun, [listName]: sent } = input as UpsertManyValues;
        const items = (sent as readonly DeleteItemValues[]).map((item) => ({ ...item, input: {} }));
        const write: WriteItem<(typeof items)[number]> = async (writer, { by, expectedRevision }) => ({
          deleted: await writes.delete(writer, by, { expectedRevision }),
        });
        return outcomes(kind, carried, listName, items, write, { onError, dryRun }, info, context);
      },
    }),
  );
  return UpsertItem;
}

/** What Pothos does not know of inputs whose names are made. */
type UpsertManyValues = Values & WriteOptions & { onError: 'SKIP_FAILED' | 'REJECT_ALL'; dryRun: boolean };
type UpsertItemValues = Values & { by?: KeyInput | null; expectedRevision?: number | null };
type DeleteItemValues = { by: KeyInput; expectedRevision?: number | null };

function revisionField(t: InputBuilder, noun: string) {
  return t.int({
    description: `The revision that the change was made for: CONFLICT when the ${noun} is at another.`,
  });
}

function onErrorField(t: InputBuilder) {
  return t.field({
    type: OnErrorEnum,
    required: true,
    defaultValue: 'SKIP_FAILED',
    description: 'What happens to the other items when one fails.',
  });
}

function dryRunField(t: InputBuilder) {
  return t.boolean({
    required: true,
    defaultValue: false,
    description: 'If true, returns what would happen and writes nothing.',
  });
}

/** The type of an item's outcome. */
function outcomeType(
  name: string,
  carried: string,
  type: ObjectRef<ExtendedTypes, AnyRecord>,
  noun: string,
  changes: boolean,
) {
  return builder.objectRef<BulkOutcome>(name).implement({
    description: `The outcome of one item.`,
    fields: (t) => ({
      index: t.derived({
        type: 'Int',
        description: 'Position of the item in the input, starting at 0.',
        from: ({ index }) => index,
      }),
      result: t.derived({ type: BulkResultEnum, description: 'What was done.', from: ({ result }) => result }),
      ...(changes
        ? {
            changedFields: t.derived({
              type: ['String'],
              description: 'The fields that changed, by their input names.',
              from: ({ changedFields }) => changedFields,
            }),
          }
        : {}),
      [carried]: t.derived({
        type,
        nullable: true,
        description: changes
          ? `The ${noun} as it is now. Null if the item failed, or would be created by a dry run.`
          : `The ${noun} as it was, with the revision and time of its deletion. Null if the item failed.`,
        from: ({ row }) => row,
      }),
      ...(changes
        ? {
            normalized: t.derived({
              type: [Normalized],
              description: 'The values that `normalize` replaced. Empty without it.',
              from: ({ normalized }) => normalized,
            }),
          }
        : {}),
      errors: t.derived({
        type: [BulkError],
        description: 'Why the item failed. Empty otherwise.',
        from: ({ errors }) => errors,
      }),
    }),
  });
}

function payloadType(
  name: string,
  plural: string,
  outcome: ReturnType<typeof outcomeType>,
  counted: Readonly<Record<string, BulkOutcome['result']>>,
) {
  return builder.objectRef<readonly BulkOutcome[]>(name).implement({
    description: `What was done to the ${plural}.`,
    fields: (t) => ({
      ...Object.fromEntries(
        Object.entries(counted).map(([field, result]) => [
          field,
          t.derived({
            type: 'Int',
            description: `How many items were ${result}.`,
            from: (outcomes) => outcomes.filter((each) => each.result === result).length,
          }),
        ]),
      ),
      results: t.derived({
        type: [outcome],
        listSize: BULK_MAX,
        description: 'The outcome of each item, in order.',
        from: (outcomes) => outcomes,
      }),
    }),
  });
}

/** Writes the items, and reads what is selected of their records in one statement. */
async function outcomes<Item extends BulkItem>(
  kind: RecordKind,
  carried: string,
  listName: string,
  items: readonly Item[],
  write: WriteItem<Item>,
  options: { onError: 'SKIP_FAILED' | 'REJECT_ALL'; dryRun: boolean },
  info: GraphQLResolveInfo,
  context: Context,
): Promise<readonly BulkOutcome[]> {
  const records = items.reduce((sum, { input }) => sum + recordsIn(input), 0);
  checkCount(items, records, listName);
  // What is wrong with the selection is known before anything is written.
  const read = outcomeRead(carried, info, context);
  return writeMany(context, kind, items, write, {
    ...options,
    readBack: async (database, written) =>
      read === undefined ? [...written] : withRows(kind, written, read, database, context),
    transact: (work) => context.prisma.$transaction((tx) => work(within(tx, context)), { timeout: TRANSACTION_MS }),
    report: (fault) => context.reportFault(fault),
  });
}

/** How many records an item writes: its own, and those that come with it. */
function recordsIn({ contacts }: Values): number {
  return 1 + (Array.isArray(contacts) ? contacts.length : 0);
}

/** Throws InvalidInput where there are too many items, or too many records with those that come with them. */
function checkCount(items: readonly BulkItem[], records: number, listName: string): void {
  const issues = new Issues();
  const path = ['input', listName];
  checkLength(items, BULK_MAX, path, issues);
  if (items.length <= BULK_MAX && records > BULK_MAX) {
    issues.add(path, `must have at most ${BULK_MAX} records with those that come with them, not ${records}`);
  }
  if (issues.list.length > 0) throw new InvalidInput(issues.list);
}

/** The transaction as a database to write to, as long as the token holds. */
function within(tx: object, { database }: Context) {
  const view = transactionView(tx);
  return {
    ...view,
    async $commit(writes: Parameters<typeof view.$commit>[0]) {
      await database.stillAllowed();
      return view.$commit(writes);
    },
  };
}

/** What is selected of the records; undefined when nothing is. */
function outcomeRead(carried: string, info: GraphQLResolveInfo, context: Context): RowRead | undefined {
  const payload = getNamedType(info.returnType);
  const outcome = isObjectType(payload) ? getNamedType(payload.getFields().results?.type) : undefined;
  const type = isObjectType(outcome) ? getNamedType(outcome.getFields()[carried]?.type) : undefined;
  return isObjectType(type) ? rowReadAt(type, info, context, [['results', carried]]) : undefined;
}

/** The outcomes with their records as they are selected: from memory where that suffices. */
async function withRows(
  kind: RecordKind,
  written: readonly BulkOutcome[],
  read: RowRead,
  database: Database,
  { viewer, database: { meter } }: Context,
): Promise<BulkOutcome[]> {
  const isKnown = (row: Row) => read.relations.size === 0 && [...read.columns].every((column) => column in row);
  const ids = written.flatMap(({ row }) => (row && !isKnown(row) ? [String(row.id)] : []));
  if (ids.length === 0) return [...written];
  const where = and(equals('firmId', viewer.firmId), valued('id', [...new Set(ids)]));
  const columns = new Set([...read.columns, 'id']);
  const rows = await readRows(counting(database, meter), { ...read, model: kind.model, columns }, where, {
    limit: ids.length,
    withDeleted: true,
  });
  const byId = new Map(rows.map((row) => [String(row.id), row]));
  return written.map((outcome) => ({
    ...outcome,
    row: outcome.row && (byId.get(String(outcome.row.id)) ?? outcome.row),
  }));
}

/** The database, with what is read counted. */
function counting(database: Database, meter: Meter): TreeReader {
  return { $read: (read) => database.$read(read, { meter }) };
}
