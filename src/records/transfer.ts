/** What a kind says of its lines in the files that are imported and exported. How these are read is in ../transfer. */
import type { Row } from '../database/sql/index.ts';
import type { Field, Fields } from '../fields/fields.ts';
import type { Values } from '../fields/patch.ts';
import type { Writer } from './write.ts';

/** How records of a kind are imported and exported: a line is the input of their upsert. */
export interface Transfer {
  /** What the command line calls them. */
  readonly name: string;
  /** What a line may hold that the upsert takes, beside the fields of the record. */
  readonly further?: Fields;
  /** What a line tells of other records, by its key. */
  readonly elsewhere?: Readonly<Record<string, Elsewhere>>;
  /** What a line takes that only one record of the firm can have: of two lines that want it, the first shall get it. */
  claims?(line: Values): string[];
}

/** A value of a line that is kept on another record. */
export interface Elsewhere {
  readonly field: Field;
  /** The field that points at the record which has it, and the columns of that. */
  readonly on: { readonly field: string; readonly columns: readonly string[] };
  /** The value, as it is exported. */
  value(record: Row, on: Row | null): unknown;
  /** Sets what the line holds. Answers whether that changed anything. */
  set(writer: Writer, record: Row, value: unknown): Promise<boolean>;
}
