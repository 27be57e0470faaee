/** What the plugin leaves on the types and fields of the schema for those who read selections: typed, under `extensions.record`. */
import type { ModelName, OrderTerm, PageLink, PageRead } from '../database/sql/index.ts';

/** Where the value of a field of a record comes from. */
export type FieldSource =
  /** From these columns. */
  | { columns: readonly string[] }
  /** The row at the other end of a relation. The row has it under `:` and the field's name. */
  | { one: string }
  /** All rows at the other end of a relation, where they are few. The row has them under `:` and the field's name. */
  | { list: string; order: readonly OrderTerm[]; limit: number }
  /** A page of rows tied to this one (`link`). The row has it where `pageIn` looks: one for each list of arguments. */
  | {
      page: PageLink;
      read: (args: Record<string, unknown>) => Omit<PageRead, 'is' | 'row' | 'wants' | 'link'>;
    };

/** Of an object type: its rows are rows of this model. */
export interface TypeFacts {
  readonly model: ModelName;
}

export interface FieldFacts {
  /** Absent where nothing of the row is read for it. */
  readonly source?: FieldSource;
  /** Whether portal users may read it. */
  readonly portal?: boolean;
  /** The smallest role that may ask for a root field, where it is not the usual one. */
  readonly access?: string;
  /** How many items a list has that is no connection: a number, or the name of a number that the firm's data decide. */
  readonly listSize?: number | string;
}

/** What every field of a record may be given. */
export interface RecordFieldOptions {
  description: string;
  /** Whether portal users may read it: no, unless it says so. */
  portal?: boolean;
}

declare module 'graphql/type/definition.js' {
  interface GraphQLObjectTypeExtensions<_TSource, _TContext> {
    record?: TypeFacts;
  }
  interface GraphQLFieldExtensions<_TSource, _TContext, _TArgs> {
    record?: FieldFacts;
  }
}
