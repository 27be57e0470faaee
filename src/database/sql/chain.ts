/** Reads a row and those that it leads to, one after another, by a column that points at its own model. */
import { idText } from '../../base/ids.ts';
import type { ModelName } from './columns.ts';
import { encodeId } from './columns.ts';
import type { Connection } from './connection.ts';
import { empty, name, sql } from './sql.ts';

/** The row `from` of a firm, then the row that its column `by` points at, and so on. */
export interface ChainRead {
  is: 'chain';
  model: ModelName;
  by: string;
  firmId: number;
  from: string;
  /** Maximum number of rows. Defaults to all. */
  most?: number;
  /** Only the last row before this one; none where the chain does not lead to it. */
  before?: string;
}

/** The ids of the rows over a connection, in the order of the chain. */
export async function chainOver(connection: Connection, read: ChainRead): Promise<string[]> {
  const { model, by, firmId, most } = read;
  const [table, next] = [name(model), name(by)];
  const idOf = (id: string) => encodeId(model, 'id', id);
  const first = sql`FROM ${table} WHERE "firmId" = ${firmId} AND "id" = ${idOf(read.from)}`;
  const before = read.before === undefined ? undefined : idOf(read.before);
  const further = sql`FROM ${table} r JOIN chain ON r."id" = chain."next" WHERE r."firmId" = ${firmId}`;
  const limit = most === undefined ? empty : sql` AND chain."place" < ${most}`;
  const rows = await connection.cells(
    before === undefined
      ? sql`WITH RECURSIVE chain("id", "next", "place") AS (
          SELECT "id", ${next}, 1 ${first}
          UNION ALL
          SELECT r."id", r.${next}, chain."place" + 1 ${further}${limit}
        ) SELECT "id" FROM chain ORDER BY "place"`
      : sql`WITH RECURSIVE chain("id", "next") AS (
          SELECT "id", ${next} ${first}
          UNION
          SELECT r."id", r.${next} ${further} AND chain."next" <> ${before}
        ) SELECT "id" FROM chain WHERE "next" = ${before}`,
  );
  return rows.map(([id]) => idText(model, Number(id)));
}
