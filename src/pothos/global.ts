/** What the plugin adds to Pothos: field methods, options of fields, and of the builder. */
import type {
  FieldKind,
  FieldNullability,
  InputFieldMap,
  MaybePromise,
  SchemaTypes,
  ShapeFromTypeParam,
  TypeParam,
} from '@pothos/core';
import type { GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql';
import type {
  ColumnName,
  Columns,
  IsOptional,
  ModelOf,
  OrderBy,
  RecordRow,
  ReturnedRow,
  Target,
  ToMany,
  ToOne,
} from '../database/model.ts';
import type { Condition, ModelName, Row } from '../database/sql/index.ts';
import type { RecordFieldOptions } from './facts.ts';
import type { Connection } from './pages.ts';
import type { RecordsPlugin } from './plugin.ts';

/** A root field as the guard is told of it. */
export interface RootField<Access extends string = string> {
  readonly name: string;
  readonly writes: boolean;
  /** The smallest role that may ask for it, where it is not the usual one. */
  readonly access: Access | undefined;
}

export interface RecordsOptions<Types extends SchemaTypes> {
  /** Puts the checks of what a caller may do before the resolver of a root field. */
  guard(
    field: RootField<Types['Access']>,
    resolve: GraphQLFieldResolver<unknown, Types['Context']>,
  ): GraphQLFieldResolver<unknown, Types['Context']>;
  /**
   * Reads what the field of `info` needs of a row that was read by others, who did not know what would be selected. The
   * row that it returns holds that as if it had been read with the selection.
   */
  readRest(row: Row, info: GraphQLResolveInfo, context: Types['Context']): Promise<Row>;
}

type Nullability<IsNullable> = IsNullable extends true ? { nullable: true } : { nullable?: false };

/** The GraphQL type of a column. One of text is a String unless it says otherwise. */
type ColumnTypeOption<Types extends SchemaTypes, Value, Type extends TypeParam<Types>> = [NonNullable<Value>] extends [
  ShapeFromTypeParam<Types, Type, false>,
]
  ? [NonNullable<Value>] extends [string]
    ? { type?: Type }
    : { type: Type }
  : { type: never };

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      records: RecordsPlugin<Types>;
    }

    export interface UserSchemaTypes {
      /** The roles that fields can require. */
      Access: string;
    }

    export interface ExtendDefaultTypes<PartialTypes extends Partial<UserSchemaTypes>> {
      Access: PartialTypes['Access'] extends string ? PartialTypes['Access'] : string;
    }

    export interface SchemaBuilderOptions<Types extends SchemaTypes> {
      records: RecordsOptions<Types>;
    }

    export interface SchemaBuilder<Types extends SchemaTypes> {
      /** An object type backed by the rows of a model. It has the model's name unless it is given another. */
      recordRef<M extends ModelName>(
        model: M,
        name?: string,
      ): ImplementableObjectRef<Types, ReturnedRow<M>, RecordRow<M>>;

      /** Makes a connection type the one in which `t.many` and `t.related` return pages of a model's rows. */
      pagesOf<M extends ModelName>(model: M, type: ObjectRef<Types, Connection<ReturnedRow<M>>>): void;
    }

    export interface QueryFieldOptions<
      Types extends SchemaTypes,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveReturnShape,
    > {
      /** The smallest role that may ask for it. */
      access?: Types['Access'];
    }

    export interface MutationFieldOptions<
      Types extends SchemaTypes,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveReturnShape,
    > {
      /** The smallest role that may ask for it. */
      access?: Types['Access'];
    }

    export interface FieldBuilder<Types extends SchemaTypes, ParentShape, Kind extends FieldKind = FieldKind> {
      /** A column as it is. */
      column<Name extends ColumnName<ModelOf<ParentShape>>, Type extends TypeParam<Types> = 'String'>(
        name: Name,
        options: RecordFieldOptions &
          Nullability<null extends Columns<ModelOf<ParentShape>>[Name] ? true : false> &
          ColumnTypeOption<Types, Columns<ModelOf<ParentShape>>[Name], Type>,
      ): FieldRef<Types, unknown, Kind>;

      /** A value made from columns: by these alone (`from`), or by a resolver that is given these as its parent. */
      computed<
        Name extends ColumnName<ModelOf<ParentShape>>,
        Type extends TypeParam<Types>,
        Nullable extends FieldNullability<Type> = Types['DefaultFieldNullability'],
      >(
        columns: readonly Name[],
        options: RecordFieldOptions & {
          type: Type;
          nullable?: Nullable;
          /** How many items a list has: a number, or the name of a number that the firm's data decide. */
          listSize?: number | string;
        } & (
            | {
                from: (
                  row: Pick<Columns<ModelOf<ParentShape>>, Name>,
                ) => MaybePromise<ShapeFromTypeParam<Types, Type, Nullable>>;
              }
            | {
                resolve: (
                  row: Pick<Columns<ModelOf<ParentShape>>, Name>,
                  args: object,
                  context: Types['Context'],
                  info: GraphQLResolveInfo,
                ) => MaybePromise<ShapeFromTypeParam<Types, Type, Nullable>>;
              }
          ),
      ): FieldRef<Types, ShapeFromTypeParam<Types, Type, Nullable>, Kind>;

      /** The row at the other end of a relation. */
      one<Name extends ToOne<ModelOf<ParentShape>>>(
        relation: Name,
        options: RecordFieldOptions & Nullability<IsOptional<ModelOf<ParentShape>, Name>>,
      ): FieldRef<Types, unknown, Kind>;

      /** A connection of the rows at the other end of a relation, in an order of their own. */
      many<Name extends ToMany<ModelOf<ParentShape>>>(
        relation: Name,
        options: RecordFieldOptions & { order: readonly OrderBy<Target<ModelOf<ParentShape>, Name>>[] },
      ): FieldRef<Types, unknown, Kind>;

      /** A list of all rows at the other end of a relation, where they are few. */
      all<Name extends ToMany<ModelOf<ParentShape>>>(
        relation: Name,
        options: RecordFieldOptions & { order: readonly OrderBy<Target<ModelOf<ParentShape>, Name>>[]; limit: number },
      ): FieldRef<Types, unknown, Kind>;

      /** A connection of rows of a model that no relation leads to: they have the values of these columns (theirs: ours). */
      related<M extends ModelName>(
        model: M,
        options: RecordFieldOptions & {
          on: { readonly [Column in ColumnName<M>]?: ColumnName<ModelOf<ParentShape>> };
          order: readonly OrderBy<M>[];
          /** What else must hold of them. */
          where?: Condition;
          /** The arguments of the page, where they are not the usual ones. */
          args?: InputFieldMap;
        },
      ): FieldRef<Types, unknown, Kind>;

      /** A value made from the parent alone, where it is no record. */
      derived<
        Type extends TypeParam<Types>,
        Nullable extends FieldNullability<Type> = Types['DefaultFieldNullability'],
      >(options: {
        type: Type;
        nullable?: Nullable;
        description: string;
        listSize?: number | string;
        from: (parent: ParentShape) => MaybePromise<ShapeFromTypeParam<Types, Type, Nullable>>;
      }): FieldRef<Types, ShapeFromTypeParam<Types, Type, Nullable>, Kind>;
    }
  }
}
