/** What whoever makes a schema may declare of a field under `extensions.execution`. */
export interface FieldExecution {
  /**
   * Does what the field's resolver does, by its source alone, which spares making the other parameters. Fields with
   * arguments are resolved by their resolver all the same.
   */
  fromSource(source: unknown): unknown;
  /** Whether undefined means that the source does not tell: then the resolver is asked. */
  readonly mayNotTell?: boolean;
}

declare module 'graphql/type/definition.js' {
  interface GraphQLFieldExtensions<_TSource, _TContext, _TArgs> {
    execution?: FieldExecution;
  }
}
