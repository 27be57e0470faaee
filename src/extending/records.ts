/** `context.records`: records written by the steps of the mutations, so that nothing is past the change feed. */
import { Forbidden, NotFound } from '../base/errors.ts';
import { type Database, transactionView } from '../database/client.ts';
import { OutOfScope } from '../database/firm-client.ts';
import type { ModelName, Row } from '../database/sql/index.ts';
import { unstorable } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { kindOfModel, type RecordKind, type WriteOptions } from '../records/kind.ts';
import { writesOf } from '../records/operations.ts';
import { findUpserted } from '../records/save.ts';
import type { Saved, Writer } from '../records/write.ts';
import type { Session } from '../session/session.ts';
import { mayActAs } from '../session/viewer.ts';

/** How a record is named: by its id, or by the id that another system knows it by. */
export type By = { id: string } | { trackingId: string };

/** Writes of records as the caller of the request. Inputs are those of the mutations, and so are the errors. */
export class Records {
  readonly #session: Session;
  readonly #transaction: Database | undefined;

  constructor(session: Session, transaction?: Database) {
    this.#session = session;
    this.#transaction = transaction;
  }

  /** The same as a part of an open transaction: `tx` is what the callback of `context.prisma.$transaction` is given. */
  within(tx: object): Records {
    const session = this.#session;
    const view = transactionView(tx);
    return new Records(session, {
      ...view,
      async $commit(writes) {
        await session.stillAllowed();
        return view.$commit(writes);
      },
    });
  }

  /** Creates a record, as its `create…` mutation does. */
  async create(model: ModelName, input: Values, options: WriteOptions = {}): Promise<Saved> {
    return writesOf(kindNamed(model)).create(this.#writer(), input, options);
  }

  /** Creates the record that another system knows by `by.trackingId`, or patches it; one that was deleted comes back. */
  async upsert(
    model: ModelName,
    by: { trackingId: string },
    input: Values,
    options: WriteOptions = {},
  ): Promise<Saved> {
    const { upsert } = writesOf(kindNamed(model));
    if (!upsert) throw new OutOfScope(`${model} is not upserted: use context.records.create or context.records.patch.`);
    return upsert(this.#writer(), { ...input, trackingId: by.trackingId }, options);
  }

  /** Changes what the input names, as the `patch…` mutation does. Throws NotFound. */
  async patch(model: ModelName, by: By, input: Values, options: WriteOptions = {}): Promise<Saved> {
    const kind = kindNamed(model);
    const writer = this.#writer();
    return writesOf(kind).patch(writer, await idOf(writer, kind, by), input, options);
  }

  /** Deletes a record, as the `delete…` mutation does, and answers it as it was. Throws NotFound. */
  async delete(model: ModelName, by: By): Promise<Row> {
    const kind = kindNamed(model);
    const writer = this.#writer();
    return writesOf(kind).delete(writer, await idOf(writer, kind, by));
  }

  /** Brings a deleted record back with all that went with it. Throws NotFound. */
  async restore(model: ModelName, by: By): Promise<Saved> {
    const kind = kindNamed(model);
    const { restore } = writesOf(kind);
    if (!restore) throw new OutOfScope(`${model} does not come back by itself.`);
    const writer = this.#writer();
    return restore(writer, await idOf(writer, kind, by));
  }

  /** Whom the records are written as. Throws Forbidden. */
  #writer(): Writer {
    const session = this.#session;
    if (!this.#transaction && session.openTransactions > 0) {
      throw new OutOfScope('A transaction of this request is open: use context.records.within(tx).');
    }
    refuseReaders(session);
    return { database: this.#transaction ?? session, viewer: session.viewer };
  }
}

function kindNamed(model: ModelName): RecordKind {
  const kind = kindOfModel(model);
  if (!kind) throw new OutOfScope(`${model} is no kind of record: write it with context.prisma.`);
  return kind;
}

async function idOf(writer: Writer, kind: RecordKind, by: By): Promise<string> {
  if ('id' in by) return by.id;
  const found = unstorable(by.trackingId) ? null : await findUpserted(writer, kind, by.trackingId);
  if (!found) throw new NotFound(kind.what, ['by']);
  return String(found.id);
}

/** Throws Forbidden unless the viewer may write. */
export function refuseReaders({ viewer }: Session): void {
  if (mayActAs(viewer.role, 'WRITER')) return;
  throw new Forbidden(`Writing needs the role WRITER; this token has ${viewer.role}.`);
}
