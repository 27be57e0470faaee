/** Many records in one call: each goes the way of a single one, and what they read and commit is put together (batch.ts). */
import { DomainError, type FieldError, withinInput } from '../base/errors.ts';
import { isObject } from '../base/is-object.ts';
import type { Database } from '../database/client.ts';
import type { Row } from '../database/sql/index.ts';
import { publicName } from '../fields/fields.ts';
import { Issues } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { ViewerChanged } from '../session/session.ts';
import { Batch } from './batch.ts';
import { type Key, type KeyInput, keyText, readKey } from './keys.ts';
import { kindNamed, type RecordKind } from './kind.ts';
import type { NormalizedValue } from './normalize.ts';
import type { Saved, Writer } from './write.ts';

/** Most records in one call, those that come with others included. */
export const BULK_MAX = 1_000;
/** Records whose writes are committed together. */
export const BATCH_MAX = 200;

/** What becomes of the others when an item fails. */
export type OnError = 'SKIP_FAILED' | 'REJECT_ALL';

export type BulkResult = 'CREATED' | 'UPDATED' | 'UNCHANGED' | 'RESTORED' | 'DELETED' | 'FAILED';

/** What is asked of one record. */
export interface BulkItem {
  readonly by?: KeyInput | null | undefined;
  readonly input: Values;
}

/** What became of one item. */
export interface BulkOutcome {
  readonly index: number;
  readonly result: BulkResult;
  /** The fields that really changed, by their input names. */
  readonly changedFields: readonly string[];
  /** The record as it is now, or as it was when it was deleted; null where it failed. */
  readonly row: Row | null;
  /** What `normalize` took as something else: paths begin at the item. */
  readonly normalized: readonly NormalizedValue[];
  /** Why it failed: paths begin at the item. */
  readonly errors: readonly FieldError[];
}

/** Writes one item. */
export type WriteItem<Item> = (writer: Writer, item: Item, index: number) => Promise<Saved | { deleted: Row }>;

export interface BulkOptions {
  readonly onError: OnError;
  /** Whether only what would become of the items is worked out. */
  readonly dryRun: boolean;
  /** Runs what it is given in a transaction, and undoes all of it when that throws. */
  transact<T>(work: (database: Database) => Promise<T>): Promise<T>;
  /** Reads what is wanted of the records, from the database that they were written to. */
  readBack(database: Database, outcomes: readonly BulkOutcome[]): Promise<BulkOutcome[]>;
  /** Is told of errors that are faults of ours: callers learn nothing of them. */
  report(error: unknown): void;
}

/**
 * Writes the items in their order, as far as that matters: one that names what an earlier one names, or refers to it, waits
 * for that. Answers what became of each. Nothing is kept of a dry run, or where an item failed and all were to be rejected.
 */
export async function writeMany<Item extends BulkItem>(
  writer: Writer,
  kind: RecordKind,
  items: readonly Item[],
  write: WriteItem<Item>,
  { onError, dryRun, transact, readBack, report }: BulkOptions,
): Promise<BulkOutcome[]> {
  if (!dryRun && onError === 'SKIP_FAILED') {
    return readBack(writer.database, await inBatches(writer, kind, items, write, report));
  }
  let outcomes: BulkOutcome[] = [];
  try {
    return await transact(async (database) => {
      outcomes = await inBatches({ ...writer, database }, kind, items, write, report);
      const isRejected = onError === 'REJECT_ALL' && outcomes.some(({ result }) => result === 'FAILED');
      if (isRejected) outcomes = outcomes.map(rejected);
      else outcomes = await readBack(database, dryRun ? withoutCreated(outcomes) : outcomes);
      if (dryRun || isRejected) throw new Undone();
      return outcomes;
    });
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
    return outcomes;
  }
}

/** Undoes a transaction. */
class Undone extends Error {
  override readonly name = 'Undone';
}

/** Of a dry run: records that would be created are not there. */
function withoutCreated(outcomes: readonly BulkOutcome[]): BulkOutcome[] {
  const created = new Set(outcomes.flatMap(({ result, row }) => (result === 'CREATED' ? [row?.id] : [])));
  return outcomes.map((outcome) => (created.has(outcome.row?.id) ? { ...outcome, row: null } : outcome));
}

/** Where all were rejected: what would have been written was not. */
function rejected(outcome: BulkOutcome): BulkOutcome {
  if (outcome.result === 'FAILED') return outcome;
  const message = 'was not written, since another item failed; mend that one, or use onError: SKIP_FAILED';
  return failed(outcome.index, [{ path: [], code: 'CONFLICT', message }]);
}

async function inBatches<Item extends BulkItem>(
  writer: Writer,
  kind: RecordKind,
  items: readonly Item[],
  write: WriteItem<Item>,
  report: BulkOptions['report'],
): Promise<BulkOutcome[]> {
  const outcomes: BulkOutcome[] = [];
  for (let from = 0; from < items.length; from += BATCH_MAX) {
    outcomes.push(...(await batch(writer, kind, items.slice(from, from + BATCH_MAX), from, write, report)));
  }
  return outcomes;
}

/** Writes items at once. */
function batch<Item extends BulkItem>(
  writer: Writer,
  kind: RecordKind,
  items: readonly Item[],
  from: number,
  write: WriteItem<Item>,
  report: BulkOptions['report'],
): Promise<BulkOutcome[]> {
  const together: Writer = { ...writer, database: new Batch(writer.database) };
  /** The last item so far that is known by a key, and those since then that refer to it. */
  const named = new Map<string, Promise<unknown>>();
  const referring = new Map<string, Promise<unknown>[]>();
  return Promise.all(
    items.map((item, at) => {
      const index = from + at;
      const own = ownKeys(kind, item).map((key) => `${kind.model} ${keyText(key)}`);
      const referred = referredKeys(kind, item.input);
      // One that refers to what only a later item makes must not find it either.
      const before = [
        ...[...own, ...referred].flatMap((text) => named.get(text) ?? []),
        ...own.flatMap((text) => referring.get(text) ?? []),
      ];
      const run = () => outcomeOf(() => write(together, item, index), index, report);
      const outcome = before.length > 0 ? Promise.all(before).then(run) : run();
      for (const text of referred) referring.set(text, [...(referring.get(text) ?? []), outcome]);
      for (const text of own) {
        named.set(text, outcome);
        referring.delete(text);
      }
      return outcome;
    }),
  );
}

/** The keys by which an item names its record, and those that it gives to it. */
function ownKeys(kind: RecordKind, { by, input }: BulkItem): Key[] {
  const keys: Key[] = [];
  const add = (sent: unknown) => {
    const key = sent === undefined || sent === null ? undefined : readKey(kind, sent, [], new Issues());
    if (key) keys.push(key);
  };
  add(by);
  if (typeof input.trackingId === 'string') keys.push({ by: 'trackingId', value: input.trackingId });
  for (const list of [input.externalIds, input.setExternalIds]) {
    if (Array.isArray(list)) for (const externalId of list) if (isObject(externalId)) add({ externalId });
  }
  for (const name of Object.keys(kind.keys ?? {})) if (typeof input[name] === 'string') add({ [name]: input[name] });
  return keys;
}

/** The keys of all that an input refers to. */
function referredKeys(kind: RecordKind, input: Values): string[] {
  const texts: string[] = [];
  const visit = (fields: RecordKind['fields'], values: Values) => {
    for (const [name, field] of Object.entries(fields)) {
      if (field.kind === 'reference') {
        const target = kindNamed(field.to);
        const key = readKey(target, values[publicName(name, field)], [], new Issues());
        if (key) texts.push(`${target.model} ${keyText(key)}`);
      } else if (field.kind === 'objectList' && Array.isArray(values[name])) {
        for (const item of values[name]) if (isObject(item)) visit(field.fields, item);
      }
    }
  };
  visit(kind.fields, input);
  return texts;
}

async function outcomeOf(
  write: () => Promise<Saved | { deleted: Row }>,
  index: number,
  report: BulkOptions['report'],
): Promise<BulkOutcome> {
  try {
    const saved = await write();
    const done = { index, normalized: [], changedFields: [], errors: [] };
    if ('deleted' in saved) return { ...done, result: 'DELETED', row: saved.deleted };
    const { row, result, changedFields, normalized = [] } = saved;
    const isUnchanged = result === 'UPDATED' && changedFields.length === 0;
    return {
      ...done,
      result: isUnchanged ? 'UNCHANGED' : result,
      changedFields,
      row,
      normalized: normalized.map(withinInput),
    };
  } catch (error) {
    // Then the whole call is worked out anew, or refused (graphql/access.ts).
    if (error instanceof ViewerChanged) throw error;
    if (error instanceof DomainError) return failed(index, errorsOf(error));
    report(error);
    const message = 'Something went wrong on the server; the request id leads to the details in its log';
    return failed(index, [{ path: [], code: 'INTERNAL_SERVER_ERROR', message }]);
  }
}

function failed(index: number, errors: readonly FieldError[]): BulkOutcome {
  return { index, result: 'FAILED', changedFields: [], row: null, normalized: [], errors };
}

/** The faults of an item, or what is said of it as a whole. Paths begin at the item. */
function errorsOf({ code, message, fields }: DomainError): FieldError[] {
  if (fields.length === 0) return [{ path: [], code, message }];
  return fields.map(withinInput);
}
