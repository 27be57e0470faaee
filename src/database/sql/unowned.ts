/** Reads a value of a column that nothing stands for any more. */
import type { ModelName } from './columns.ts';
import type { Connection } from './connection.ts';
import { name, sql } from './sql.ts';

/** A number above `above` in a column of a firm's rows that no row of `owner` has in its own column. */
export interface UnownedRead {
  is: 'unowned';
  model: ModelName;
  column: string;
  firmId: number;
  above: number;
  owner: { model: ModelName; column: string };
}

/** The least such number over a connection. One step into the index for each number, instead of a walk over the rows. */
export async function unownedOver(connection: Connection, read: UnownedRead): Promise<number | undefined> {
  const { firmId, above, owner } = read;
  const [table, column] = [name(read.model), name(read.column)];
  const next = sql`SELECT min(${column}) FROM ${table} WHERE "firmId" = ${firmId} AND ${column} >`;
  const rows = await connection.cells(
    sql`WITH RECURSIVE "held" ("number") AS (
      ${next} ${above}
      UNION ALL
      SELECT (${next} "held"."number") FROM "held" WHERE "number" IS NOT NULL
    )
    SELECT "number" FROM "held" WHERE "number" IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM ${name(owner.model)} WHERE "firmId" = ${firmId} AND ${name(owner.column)} = "held"."number") LIMIT 1`,
    { long: true },
  );
  const [first] = rows;
  return first && Number(first[0]);
}
