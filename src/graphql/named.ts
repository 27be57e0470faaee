/** The schema of a small record with a name: its type, its list, and its three mutations, each kind alike. */
import type { ImplementableObjectRef } from '@pothos/core';
import type { ColumnName, OrderBy, RecordRow } from '../database/model.ts';
import type { ModelName } from '../database/sql/index.ts';
import { a, type Fields } from '../fields/fields.ts';
import { pageArgs } from '../pothos/index.ts';
import type { NamedKind } from '../records/named.ts';
import type { Role } from '../session/viewer.ts';
import { builder, type ExtendedTypes } from './builder.ts';
import { connectionOf, readConnection } from './connection.ts';
import { type ColumnBuilder, outputFields, recordFields } from './fields.ts';
import { changeFields, keyField } from './kind.ts';
import { Node } from './node.ts';
import { scopeOf } from './scope.ts';

/** The models that have what every small record with a name has. */
type NamedModel = {
  [M in ModelName]: 'name' | 'nameFolded' | 'revision' extends ColumnName<M> ? M : never;
}[ModelName];
type NamedRow = RecordRow<NamedModel>;

/** The order of lists by name. */
export const BY_NAME: readonly OrderBy<NamedModel>[] = [
  { column: 'nameFolded', descending: false, nullable: false },
  { column: 'id', descending: false, nullable: false },
];

interface NamedOptions<F extends Fields> {
  ref: ImplementableObjectRef<ExtendedTypes, NamedRow>;
  kind: NamedKind<F>;
  description: string;
  /** The field of the list. */
  list: string;
  /** Without which of the fields there is nothing to create. */
  required?: readonly string[];
  /** What portal users may read where they come upon one: see access.ts. */
  portal?: readonly (keyof F & string)[];
  /** The smallest role that may create, patch and delete. Defaults to WRITER. */
  access?: Role;
  /** What the schema says of deleting one, where that is not as usual. */
  removal?: string;
}

/** Adds a kind of small record to the schema. */
export function namedSchema<F extends Fields>({
  ref,
  kind,
  description,
  list,
  required = ['name'],
  portal = [],
  access = 'WRITER',
  removal = `Deletes ${a(kind.what)}. Fails with CONFLICT, stating the number of uses, while it is in use.`,
}: NamedOptions<F>): void {
  const { model, what, plural } = kind;

  ref.implement({
    description,
    interfaces: [Node],
    fields: (t) => ({
      ...outputFields(t as ColumnBuilder<string>, kind.fields as Fields, portal),
      ...recordFields(t, what),
    }),
  });

  keyField(kind, ref as never);
  const Connection = connectionOf(model, ref, plural);
  builder.queryField(list, (t) =>
    t.field({
      type: Connection,
      description: `The ${plural} of the firm, ordered by name.`,
      args: pageArgs(builder),
      resolve: (_, args, context, info) =>
        readConnection(args, BY_NAME, scopeOf(context.viewer, model), info, context, { ordered: true, all: true }),
    }),
  );
  changeFields(kind, ref as never, {
    required,
    access,
    says: {
      create: `Creates ${a(what)}. DUPLICATE when ${kind.keys?.name ? 'its name or its trackingId' : 'its trackingId'} is taken.`,
      delete: removal,
    },
  });
}
