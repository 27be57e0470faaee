/** The schema of a small record with a name: its type, its list, and its three mutations, each kind alike. */
import type { ImplementableObjectRef } from '@pothos/core';
import type { ModelName, Row } from '../database/database.ts';
import type { ColumnName, OrderBy, RecordRow } from '../database/model.ts';
import type { Role } from '../firms/viewer.ts';
import { pageArgs } from '../pothos/index.ts';
import { a, type Fields } from '../records/fields.ts';
import type { NamedKind } from '../records/named.ts';
import { builder, type ExtendedTypes } from './builder.ts';
import { connectionOf, readConnection } from './connection.ts';
import { inputFields, outputFields, recordFields } from './fields.ts';
import { Node } from './node.ts';
import { payloadRow, removedRow } from './payload.ts';
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
  const { model, what, plural, writes } = kind;
  const carried = `${model.charAt(0).toLowerCase()}${model.slice(1)}`;

  ref.implement({
    description,
    interfaces: [Node],
    fields: (t) => ({ ...outputFields(t, kind.fields, portal), ...recordFields(t, what) }),
  });

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

  const payload = (name: string, says: string) =>
    builder.objectRef<{ row: Row }>(name).implement({
      description: says,
      fields: (t) => ({ [carried]: t.derived({ type: ref, description: `The ${what}.`, from: ({ row }) => row }) }),
    });
  const CreateInput = builder.inputType(`Create${model}Input`, {
    description: `Fields of a new ${what}.`,
    fields: (t) => inputFields(t, kind.fields, 'create', required),
  });
  const PatchInput = builder.inputType(`Patch${model}Input`, {
    description: `Changes to ${a(what)}. Omitted fields keep their values.`,
    fields: (t) => inputFields(t, kind.fields, 'patch'),
  });

  builder.mutationField(`create${model}`, (t) =>
    t.field({
      type: payload(`Create${model}Payload`, `The ${what} that was created.`),
      nullable: true,
      description: `Creates ${a(what)}.${kind.holders ? ' Fails with DUPLICATE if the name is taken.' : ''}`,
      access,
      args: { input: t.arg({ type: CreateInput, required: true, description: `The ${what}.` }) },
      resolve: async (_, { input }, context, info) => ({
        row: await payloadRow(carried, (await writes.create(context, input)).row, info, context),
      }),
    }),
  );
  builder.mutationField(`patch${model}`, (t) =>
    t.field({
      type: payload(`Patch${model}Payload`, `The ${what} after the change.`),
      nullable: true,
      description: `Patches ${a(what)}. Omitted fields keep their values.`,
      access,
      args: {
        id: t.arg.id({ required: true, description: `The ${what}.` }),
        input: t.arg({
          type: PatchInput,
          required: true,
          description: 'The changes. Omitted fields keep their values.',
        }),
      },
      resolve: async (_, { id, input }, context, info) => ({
        row: await payloadRow(carried, (await writes.patch(context, id, input)).row, info, context),
      }),
    }),
  );
  builder.mutationField(`delete${model}`, (t) =>
    t.field({
      type: payload(`Delete${model}Payload`, `The ${what} as it was before deletion.`),
      nullable: true,
      description: removal,
      access,
      args: { id: t.arg.id({ required: true, description: `The ${what}.` }) },
      resolve: async (_, { id }, context, info) => {
        const run = () => writes.delete(context, id);
        return { row: await removedRow(carried, id, run, info, context) };
      },
    }),
  );
}
