/** The schema of a small record with a name: its type, its list, and its three mutations, each kind alike. */
import type { ImplementableObjectRef } from '@pothos/core';
import type { Row } from '../database/database.ts';
import type { Role } from '../firms/viewer.ts';
import { a } from '../records/fields.ts';
import { createNamed, deleteNamed, type NamedKind, patchNamed } from '../records/named.ts';
import type { Writer } from '../records/write.ts';
import { builder, type ExtendedTypes } from './builder.ts';
import { connectionOf, pageArgs, readConnection } from './connection.ts';
import { inputFields, outputFields, type RowFieldBuilder, recordFields } from './fields.ts';
import { Node } from './node.ts';
import { payloadRow, removedRow } from './payload.ts';
import { scopeOf } from './scope.ts';

/** The order of lists by name. */
export const BY_NAME = ['nameFolded', 'id'].map((column) => ({ column, descending: false, nullable: false }));

interface NamedOptions {
  ref: ImplementableObjectRef<ExtendedTypes, Row>;
  kind: NamedKind;
  description: string;
  /** The plural of the noun, for descriptions. */
  plural: string;
  /** The field of the list. */
  list: string;
  /** Without which of the fields there is nothing to create. */
  required?: readonly string[];
  /** What portal users may read where they come upon one: see access.ts. */
  portal?: readonly string[];
  /** Fields beyond the declared ones. */
  more?: (t: RowFieldBuilder) => Record<string, ReturnType<RowFieldBuilder['string']>>;
  /** The smallest role that may create, patch and delete. WRITER unless said. */
  access?: Role;
  remove?: { description: string; run: (writer: Writer, id: string) => Promise<Row> };
}

/** Adds a kind of small record to the schema. */
export function namedSchema({
  ref,
  kind,
  description,
  plural,
  list,
  required = ['name'],
  portal = [],
  more,
  access = 'WRITER',
  remove,
}: NamedOptions): void {
  const { model, what } = kind;
  const carried = `${model.charAt(0).toLowerCase()}${model.slice(1)}`;
  const extensions = { access };

  ref.implement({
    description,
    interfaces: [Node],
    extensions: { type: { model } },
    fields: (t) => ({ ...outputFields(t, kind.fields, portal), ...more?.(t), ...recordFields(t, what) }),
  });

  const Connection = connectionOf(model, ref, plural);
  builder.queryField(list, (t) =>
    t.field({
      type: Connection,
      description: `The ${plural} of the firm, by name.`,
      args: pageArgs(),
      resolve: (_, args, context, info) =>
        readConnection(args, BY_NAME, scopeOf(context.viewer, model), info, context, { ordered: true, all: true }),
    }),
  );

  const payload = (name: string, says: string) =>
    builder.objectRef<{ row: Row }>(name).implement({
      description: says,
      fields: (t) => ({ [carried]: t.field({ type: ref, description: `The ${what}.`, resolve: ({ row }) => row }) }),
    });
  const CreateInput = builder.inputType(`Create${model}Input`, {
    description: `A new ${what}.`,
    fields: (t) => inputFields(t, kind.fields, 'create', required),
  });
  const PatchInput = builder.inputType(`Patch${model}Input`, {
    description: `Changes of ${a(what)}: what is left out is kept.`,
    fields: (t) => inputFields(t, kind.fields, 'patch'),
  });

  builder.mutationField(`create${model}`, (t) =>
    t.field({
      type: payload(`Create${model}Payload`, `The ${what} that was created.`),
      nullable: true,
      description: `Creates ${a(what)}.${kind.holders ? ' DUPLICATE when the name is taken.' : ''}`,
      extensions,
      args: { input: t.arg({ type: CreateInput, required: true, description: `The ${what}.` }) },
      resolve: async (_, { input }, context, info) => ({
        row: await payloadRow(carried, await createNamed(context, kind, input), info, context),
      }),
    }),
  );
  builder.mutationField(`patch${model}`, (t) =>
    t.field({
      type: payload(`Patch${model}Payload`, `The ${what} as it is now.`),
      nullable: true,
      description: `Changes ${a(what)}: only what is sent.`,
      extensions,
      args: {
        id: t.arg.id({ required: true, description: `The ${what}.` }),
        input: t.arg({ type: PatchInput, required: true, description: 'What changes.' }),
      },
      resolve: async (_, { id, input }, context, info) => ({
        row: await payloadRow(carried, await patchNamed(context, kind, id, input), info, context),
      }),
    }),
  );
  builder.mutationField(`delete${model}`, (t) =>
    t.field({
      type: payload(`Delete${model}Payload`, `The ${what} as it was.`),
      nullable: true,
      description: remove?.description ?? `Deletes ${a(what)}. CONFLICT, with a count, while it is in use.`,
      extensions,
      args: { id: t.arg.id({ required: true, description: `The ${what}.` }) },
      resolve: async (_, { id }, context, info) => {
        const run = () => (remove ? remove.run(context, id) : deleteNamed(context, kind, id));
        return { row: await removedRow(carried, id, run, info, context) };
      },
    }),
  );
}
