/** The field methods for records. global.ts documents them. */
import SchemaBuilder, { FieldBuilder, FieldRef, ImplementableObjectRef, type SchemaTypes } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import type { RecordRow, ReturnedRow } from '../database/model.ts';
import {
  and,
  type Condition,
  type ModelName,
  type OrderTerm,
  type Page,
  type PageLink,
  type Row,
  relationOf,
} from '../database/sql/index.ts';
import type { FieldExecution } from '../execution/index.ts';
import { PAGE_DEFAULT, PAGE_MAX } from '../records/lists.ts';
import type { FieldFacts, FieldSource, RecordFieldOptions } from './facts.ts';
import { type Connection, pageBounds, pageIn } from './pages.ts';

type Builder = PothosSchemaTypes.SchemaBuilder<SchemaTypes>;
type Fields = PothosSchemaTypes.FieldBuilder<SchemaTypes, Row>;

/** The types of a schema that are backed by models. */
interface RecordTypes {
  /** By the name of the type. */
  models: Map<string, ModelName>;
  rows: Map<ModelName, PothosSchemaTypes.ObjectRef<SchemaTypes, unknown>>;
  pages: Map<ModelName, PothosSchemaTypes.ObjectRef<SchemaTypes, unknown>>;
}

const types = new WeakMap<object, RecordTypes>();

/** The types of a builder's schema that are backed by models. */
export function recordTypes(builder: object): RecordTypes {
  let known = types.get(builder);
  if (known === undefined) {
    known = { models: new Map(), rows: new Map(), pages: new Map() };
    types.set(builder, known);
  }
  return known;
}

function found<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key, what: string): Value {
  const value = map.get(key);
  if (value === undefined) throw new Error(`${key} has no ${what}`);
  return value;
}

const builders: Builder = SchemaBuilder.prototype;

builders.recordRef = function recordRef<M extends ModelName>(this: Builder, model: M, name: string = model) {
  const ref = new ImplementableObjectRef<SchemaTypes, ReturnedRow<M>, RecordRow<M>>(this, name);
  const { models, rows } = recordTypes(this);
  models.set(name, model);
  rows.set(model, ref);
  return ref;
};

builders.pagesOf = function pagesOf(this: Builder, model, type) {
  recordTypes(this).pages.set(model, type);
};

/** What is made of a row that holds what the field reads; undefined where the row does not hold it. */
type FromRow = (row: Row, info: GraphQLResolveInfo) => unknown;

/** The options of a field that Pothos makes of one of ours. */
interface Made {
  type: unknown;
  nullable?: unknown;
  args?: unknown;
  facts: FieldFacts;
}

/** A field whose options follow from its name and from the model of its type, which are known once the schema is built. */
function recordField(
  t: Fields,
  { description, portal = false }: RecordFieldOptions,
  make: (
    name: string,
    model: ModelName,
    types: RecordTypes,
  ) => Made & ({ fromSource: (row: Row) => unknown } | { resolve: Resolve }),
): FieldRef<SchemaTypes, never, 'Object'> {
  return new FieldRef<SchemaTypes, never, 'Object'>('Object', (name, parent) => {
    const types = recordTypes(t.builder);
    const { facts, ...made } = make(name, found(types.models, parent.name, 'model'), types);
    const extensions = { record: { ...facts, portal } };
    const options =
      'fromSource' in made
        ? {
            ...made,
            resolve: fromRow(t, made.fromSource),
            extensions: { ...extensions, execution: { fromSource: made.fromSource, mayNotTell: true } },
          }
        : { ...made, extensions };
    return t.field({ description, ...options } as never).getConfig(name, parent);
  });
}

type Resolve = (row: Row, args: never, context: object, info: GraphQLResolveInfo) => unknown;

/** A resolver that reads what the row does not hold yet. */
function fromRow(t: Fields, from: FromRow): Resolve {
  const { records } = t.builder.options;
  return async (row, _args, context, info) => from(row, info) ?? from(await records.readRest(row, info, context), info);
}

const fields: Fields = FieldBuilder.prototype;

fields.column = function column(
  this: Fields,
  name: string,
  options: RecordFieldOptions & { type?: unknown; nullable?: boolean },
) {
  const { type = 'String', nullable = false } = options;
  return recordField(this, options, () => ({
    type,
    nullable,
    facts: { source: { columns: [name] } },
    fromSource: (row: Row) => row[name],
  }));
};

fields.computed = function computed(
  this: Fields,
  columns: readonly string[],
  options: RecordFieldOptions & { listSize?: number | string; type: unknown; nullable?: unknown } & (
      | { from(row: Row): unknown }
      | { resolve(...args: Parameters<Resolve>): unknown }
    ),
) {
  const { type, nullable = false, listSize } = options;
  const { records } = this.builder.options;
  const facts = { source: { columns }, ...(listSize === undefined ? {} : { listSize }) };
  const holds = (row: Row) => columns.every((column) => row[column] !== undefined);
  return recordField(this, options, () => {
    if ('from' in options) {
      const { from } = options;
      return { type, nullable, facts, fromSource: (row) => (holds(row) ? from(row) : undefined) };
    }
    const { resolve } = options;
    const whole: Resolve = async (row, args, context, info) =>
      resolve(await records.readRest(row, info, context), args, context, info);
    return {
      type,
      nullable,
      facts,
      resolve: (row, ...rest) => (holds(row) ? resolve(row, ...rest) : whole(row, ...rest)),
    };
  });
};

fields.one = function one(this: Fields, relation: string, options: RecordFieldOptions & { nullable?: boolean }) {
  return recordField(this, options, (name, model, { rows }) => ({
    type: found(rows, relationOf(model, relation).model, 'type'),
    nullable: options.nullable ?? false,
    facts: { source: { one: relation } },
    fromSource: (row: Row) => row[`:${name}`],
  }));
};

fields.many = function many(
  this: Fields,
  relation: string,
  options: RecordFieldOptions & { order: readonly OrderTerm[] },
) {
  const { order } = options;
  return recordField(this, options, (_, model, { pages }) =>
    pageField(this, pages, { link: relation, model: relationOf(model, relation).model, order }),
  );
};

fields.related = function related(
  this: Fields,
  model: ModelName,
  options: RecordFieldOptions & { on: object; order: readonly OrderTerm[]; where?: Condition; args?: object },
) {
  const { on, order, where, args } = options;
  return recordField(this, options, (_name, _model, { pages }) =>
    pageField(this, pages, { link: { firmId: 'firmId', ...on }, model, order, where, args }),
  );
};

interface PageOptions {
  link: PageLink;
  model: ModelName;
  order: readonly OrderTerm[];
  where?: Condition | undefined;
  args?: object | undefined;
}

function pageField(
  t: Fields,
  pages: RecordTypes['pages'],
  { link, model, order, where = and(), args = pageArgs(t.builder) }: PageOptions,
) {
  const source: FieldSource = { page: link, read: (given) => ({ where, ...pageBounds(given, order, model) }) };
  const connection = (row: Row, info: GraphQLResolveInfo): Connection<Row> | undefined => {
    const page = pageIn(row, info);
    return page && { page, order };
  };
  const whole = fromRow(t, connection);
  return {
    type: found(pages, model, 'connection type'),
    args,
    facts: { source },
    resolve: (row: Row, args: never, context: object, info: GraphQLResolveInfo) =>
      connection(row, info) ?? whole(row, args, context, info),
  };
}

fields.all = function all(
  this: Fields,
  relation: string,
  options: RecordFieldOptions & { order: readonly OrderTerm[]; limit: number },
) {
  const { order, limit } = options;
  return recordField(this, options, (name, model, { rows }) => ({
    type: [found(rows, relationOf(model, relation).model, 'type')],
    facts: { source: { list: relation, order, limit } },
    fromSource: (row: Row) => (row[`:${name}`] as Page | undefined)?.rows,
  }));
};

fields.derived = function derived(
  this: Fields,
  options: {
    type: unknown;
    nullable?: unknown;
    description: string;
    listSize?: number | string;
    from: FieldExecution['fromSource'];
  },
) {
  const { from, listSize, ...rest } = options;
  const extensions = { record: listSize === undefined ? {} : { listSize }, execution: { fromSource: from } };
  return this.field({ ...rest, resolve: from, extensions } as never);
};

/** The arguments of every connection. */
export function pageArgs<Types extends SchemaTypes>(builder: PothosSchemaTypes.SchemaBuilder<Types>) {
  return builder.args((t) => ({
    first: t.int({
      description: `Number of records to return from the start, or after \`after\`. Defaults to ${PAGE_DEFAULT}; maximum ${PAGE_MAX}.`,
    }),
    after: t.string({ description: 'Returns the records after this cursor.' }),
    last: t.int({
      description: `Number of records to return from the end, or before \`before\`. Maximum ${PAGE_MAX}. Cannot be combined with \`first\`.`,
    }),
    before: t.string({ description: 'Returns the records before this cursor.' }),
  }));
}
