/**
 * The types of rows, derived from Prisma's: a column, relation or model that the data model does not have does not
 * compile.
 */
import type { Prisma } from './generated/sqlite/client.ts';
import type { ModelName, OrderTerm } from './sql/index.ts';

/**
 * What JSON columns hold, by model. Whoever owns such a column says so where its type is:
 *
 *     declare module './model.ts' {
 *       interface JsonColumns { CustomField: { options: readonly Option[] } }
 *     }
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is extended from elsewhere.
export interface JsonColumns {}

type Payloads = Prisma.TypeMap['model'];
type Scalars<M extends ModelName> = Payloads[M]['payload']['scalars'];
type Relations<M extends ModelName> = Payloads[M]['payload']['objects'];

/** Instants are text in the rows that we read and dates in Prisma's; large integers are text on Postgres. */
type Held<Value> = Value extends Date ? string | Date : Value extends bigint ? string | number | bigint : Value;
type Json<M, Column, Otherwise> = M extends keyof JsonColumns
  ? Column extends keyof JsonColumns[M]
    ? JsonColumns[M][Column]
    : Otherwise
  : Otherwise;

/** All columns of a row. Of several models, those that they share. */
export type Columns<M extends ModelName> = M extends ModelName
  ? { readonly [Column in keyof Scalars<M> & string]: Json<M, Column, Held<Scalars<M>[Column]>> }
  : never;
export type ColumnName<M extends ModelName> = [M] extends [never] ? never : keyof Columns<M> & string;

/** A term of an order of rows of a model. */
export interface OrderBy<M extends ModelName> extends OrderTerm {
  column: ColumnName<M>;
}

declare const MODEL: unique symbol;

/** A row of any model. */
export interface AnyRecord {
  readonly [MODEL]?: ModelName;
}

/** A row of a model as far as it was read: with the columns that were selected. */
export type RecordRow<M extends ModelName> = M extends ModelName
  ? Partial<Columns<M>> & { readonly [MODEL]?: M }
  : never;

/** What may be returned as a record of a model: a row as we read it, or as Prisma does. */
export type ReturnedRow<M extends ModelName> = M extends ModelName
  ? { readonly [Column in ColumnName<M>]?: Columns<M>[Column] | Scalars<M>[Column & keyof Scalars<M>] } & {
      readonly [MODEL]?: M;
    }
  : never;

/** The model of a type's rows; never where it is backed by something else. */
export type ModelOf<Shape> = typeof MODEL extends keyof Shape ? Extract<Shape[typeof MODEL], ModelName> : never;

type ModelNamed<Payload> = Payload extends { name: infer Name } ? Extract<Name, ModelName> : never;

/** The relations of a model that lead to one row, or none. */
export type ToOne<M extends ModelName> = [M] extends [never] ? never : RelationName<M, false>;

/** Those that lead to any number of rows. */
export type ToMany<M extends ModelName> = [M] extends [never] ? never : RelationName<M, true>;

type RelationName<M extends ModelName, IsList extends boolean> = {
  [Name in keyof Relations<M> & string]: Relations<M>[Name] extends readonly unknown[]
    ? IsList extends true
      ? Name
      : never
    : IsList extends true
      ? never
      : Name;
}[keyof Relations<M> & string];

/** Whether a relation may lead to no row. */
export type IsOptional<M extends ModelName, Name extends ToOne<M>> = null extends Relations<M>[Name] ? true : false;

/** The model at the other end of a relation. */
export type Target<M extends ModelName, Name extends keyof Relations<M>> = ModelNamed<
  Relations<M>[Name] extends readonly (infer Item)[] ? Item : NonNullable<Relations<M>[Name]>
>;
