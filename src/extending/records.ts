/** `context.records`: records written by the steps of the mutations, so that nothing is past the change feed. */

import { Forbidden } from '../base/errors.ts';
import { type Database, transactionView } from '../database/client.ts';
import { OutOfScope } from '../database/firm-client.ts';
import type { ModelName, Row } from '../database/sql/index.ts';
import type { Values } from '../fields/patch.ts';
import type { KeyInput } from '../records/keys.ts';
import { kindOfModel, type RecordKind, type WriteOptions } from '../records/kind.ts';
import { writesOf } from '../records/operations.ts';
import type { Saved, Writer } from '../records/write.ts';
import type { Session } from '../session/session.ts';
import { mayActAs } from '../session/viewer.ts';

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

  /**
   * Creates the record that `by` and `input.trackingId` name, or patches it, as its `upsert…` mutation does; one that was
   * deleted comes back. Of the two keys, one suffices.
   */
  async upsert(model: ModelName, by: KeyInput | null, input: Values, options: WriteOptions = {}): Promise<Saved> {
    return writesOf(kindNamed(model)).upsert(this.#writer(), by, input, options);
  }

  /** Changes what the input names, as the `patch…` mutation does. Throws NotFound. */
  async patch(model: ModelName, by: KeyInput, input: Values, options: WriteOptions = {}): Promise<Saved> {
    return writesOf(kindNamed(model)).patch(this.#writer(), by, input, options);
  }

  /** Deletes a record, as the `delete…` mutation does, and answers it as it was. Throws NotFound. */
  async delete(model: ModelName, by: KeyInput, options: WriteOptions = {}): Promise<Row> {
    return writesOf(kindNamed(model)).delete(this.#writer(), by, options);
  }

  /** Brings a deleted record back with all that went with it. Throws NotFound. */
  async restore(model: ModelName, by: KeyInput): Promise<Saved> {
    const { restore } = writesOf(kindNamed(model));
    if (!restore) throw new OutOfScope(`${model} does not come back by itself.`);
    return restore(this.#writer(), by);
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

/** Throws Forbidden unless the viewer may write. */
export function refuseReaders({ viewer }: Session): void {
  if (mayActAs(viewer.role, 'WRITER')) return;
  throw new Forbidden(`Writing needs the role WRITER; this token has ${viewer.role}.`);
}
