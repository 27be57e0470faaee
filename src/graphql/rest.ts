/**
 * Rows that a resolver read with Prisma hold what was asked of Prisma. What else the response needs of them is read here:
 * each field in one statement for all rows that ask for it in the same turn.
 */
import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import { and, oneOf, type Row, readRows } from '../database/sql/index.ts';
import type { Context } from './context.ts';
import { scopeOf } from './scope.ts';
import { fieldReadOf } from './selection.ts';

/** The rows of a field that are about to be read, by id. */
interface Batch {
  ids: Set<string>;
  rows: Promise<Map<string, Row>>;
}

const batches = new WeakMap<Context, Map<readonly FieldNode[], Batch>>();

/** What the field of `info` needs of the row, as the reader of records would have read it. */
export async function readRest(row: Row, info: GraphQLResolveInfo, context: Context): Promise<Row> {
  const { id } = row;
  const { parentType } = info;
  if (typeof id !== 'string')
    throw new Error(`A row of ${parentType.name} without its id: nothing more can be read of it`);
  let ofContext = batches.get(context);
  if (ofContext === undefined) {
    ofContext = new Map();
    batches.set(context, ofContext);
  }
  let batch = ofContext.get(info.fieldNodes);
  if (batch === undefined) {
    const ids = new Set<string>();
    const begin = async () => {
      // Others ask in the same turn.
      await Promise.resolve();
      ofContext.delete(info.fieldNodes);
      return readByIds([...ids], info, context);
    };
    batch = { ids, rows: begin() };
    ofContext.set(info.fieldNodes, batch);
  }
  batch.ids.add(id);
  return (await batch.rows).get(id) ?? {};
}

async function readByIds(
  ids: readonly string[],
  info: GraphQLResolveInfo,
  context: Context,
): Promise<Map<string, Row>> {
  const read = fieldReadOf(info, context);
  const where = and(scopeOf(context.viewer, read.model), oneOf('id', ids));
  const rows = await readRows(context.database.reads, read, where, { limit: ids.length });
  return new Map(rows.map((row) => [String(row.id), row]));
}
