/** The record that a mutation's payload carries, read as it is selected: from memory where that suffices. */
import type { GraphQLResolveInfo } from 'graphql';
import { and, equals, type Row, readRows } from '../database/sql/index.ts';
import type { Context } from './context.ts';
import { payloadRowRead } from './selection.ts';

/**
 * Removes a record, and answers it with what the payload selects of the records around it: as they were, since afterwards
 * nothing leads from it to them.
 */
export async function removedRow(
  field: string,
  id: string,
  remove: () => Promise<Row>,
  info: GraphQLResolveInfo,
  context: Context,
): Promise<Row> {
  const read = payloadRowRead(field, info, context);
  const where = and(equals('firmId', context.viewer.firmId), equals('id', id));
  const [before] = read && read.relations.size > 0 ? await readRows(context.database.reads, read, where) : [];
  return { ...before, ...(await remove()) };
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
