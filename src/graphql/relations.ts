/** Fields that lead from a row to rows of other records, all read in the statement of the row itself. */
import type { ObjectRef } from '@pothos/core';
import { and } from '../database/conditions.ts';
import type { ModelName, Row } from '../database/database.ts';
import type { OrderTerm } from '../database/read.ts';
import type { ExtendedTypes } from './builder.ts';
import { type Connection, pageArgs, pageBounds } from './connection.ts';
import type { RowFieldBuilder } from './fields.ts';
import { type FieldSource, pageIn } from './selection.ts';

/** What portal users may read: see access.ts. */
interface Shown {
  portal?: boolean;
}

/** The one record at the other end of a relation of the field's name; null when there is none. */
export function oneField(
  t: RowFieldBuilder,
  name: string,
  type: ObjectRef<ExtendedTypes, Row>,
  description: string,
  { portal = false }: Shown = {},
) {
  return t.field({
    type,
    nullable: true,
    description,
    extensions: { source: { one: name } satisfies FieldSource, portal },
    resolve: (row) => row[`:${name}`] as Row | null,
  });
}

/** The same where there always is one. */
export function theField(
  t: RowFieldBuilder,
  name: string,
  type: ObjectRef<ExtendedTypes, Row>,
  description: string,
  { portal = false }: Shown = {},
) {
  return t.field({
    type,
    description,
    extensions: { source: { one: name } satisfies FieldSource, portal },
    resolve: (row) => row[`:${name}`] as Row,
  });
}

/** A connection of the records at the other end of a relation, in an order of their own. */
export function manyField(
  t: RowFieldBuilder,
  relation: string,
  connection: ObjectRef<ExtendedTypes, Connection>,
  model: ModelName,
  order: readonly OrderTerm[],
  description: string,
  { portal = false }: Shown = {},
) {
  return t.field({
    type: connection,
    description,
    args: pageArgs(),
    extensions: {
      portal,
      source: {
        page: relation,
        read: (args) => ({ where: and(), ...pageBounds(args, order, model) }),
      } satisfies FieldSource,
    },
    resolve: (row, _args, _context, info) => ({ page: pageIn(row, info), order }),
  });
}
