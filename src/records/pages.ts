/** Lists of any length, read a page at a time. */
import type { Database } from '../database/client.ts';
import { type Condition, type Position, type Row, type RowRead, readPage } from '../database/sql/index.ts';

/** All rows that meet a condition, in the order of their ids: `row` must read these. */
export async function* pagesOf(
  database: Database,
  row: RowRead,
  where: Condition,
  size: number,
): AsyncGenerator<Row[]> {
  let after: Position | undefined;
  for (;;) {
    const page = await readPage(database, {
      is: 'page',
      row,
      where,
      order: [{ column: 'id', descending: false, nullable: false }],
      limit: size,
      backward: false,
      after,
      wants: { rows: true, total: false, more: true },
    });
    if (page.rows.length > 0) yield page.rows;
    const last = page.rows.at(-1);
    if (!page.hasNext || !last) return;
    after = [String(last.id)];
  }
}
