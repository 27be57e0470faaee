/** The record that a mutation's payload carries, read as it is selected: from memory where that suffices. */

import type { GraphQLResolveInfo } from 'graphql';
import { and, columnsOf, equals, type Row, type RowRead, readRows } from '../database/sql/index.ts';
import { keyFrom } from '../records/addressed.ts';
import { findByKeys, type KeyInput, keyText } from '../records/keys.ts';
import type { RecordKind } from '../records/kind.ts';
import type { Context } from './context.ts';
import { payloadRowRead } from './selection.ts';

/**
 * Removes the record that a key names, and answers it with what the payload selects of the records around it: as they were,
 * since afterwards nothing leads from it to them.
 */
export async function removedRow(
  kind: RecordKind,
  field: string,
  by: KeyInput,
  remove: () => Promise<Row>,
  info: GraphQLResolveInfo,
  context: Context,
): Promise<Row> {
  const read = payloadRowRead(field, info, context);
  const before = read && read.relations.size > 0 ? await rowBefore(kind, by, read, context) : undefined;
  return { ...before, ...(await remove()) };
}

async function rowBefore(kind: RecordKind, by: KeyInput, read: RowRead, context: Context): Promise<Row | undefined> {
  const key = keyFrom(kind, by, ['by']);
  const told = ['id', 'deletedAt', 'mergedIntoId'].filter((column) => columnsOf(kind.model)[column]);
  const columns = new Set([...read.columns, ...told]);
  const found = await findByKeys(context, kind, [key], { ...read, columns });
  return found.get(keyText(key))?.[0];
}

/**
 * The record under `field` of the payload that `info` returns. `written` is what the write knows of it; the database is
 * asked again only for relations and columns beyond that.
 */
export async function payloadRow(
  field: string,
  written: Row,
  info: GraphQLResolveInfo,
  context: Context,
): Promise<Row> {
  const read = payloadRowRead(field, info, context);
  if (!read || (read.relations.size === 0 && [...read.columns].every((column) => column in written))) return written;
  const where = and(equals('firmId', context.viewer.firmId), equals('id', String(written.id)));
  const [row] = await readRows(context.database.reads, read, where, { withDeleted: true });
  return row ?? written;
}
