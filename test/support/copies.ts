/** Many records at once, stored past everything that a mutation would check. */
import { newId } from '../../src/base/ids.ts';
import type { Db } from '../../src/database/client.ts';
import type { ModelName, Row } from '../../src/database/sql/columns.ts';
import { equals } from '../../src/database/sql/conditions.ts';
import { readRows, wholeRow } from '../../src/database/sql/read.ts';

/** How many are stored in one commit. */
const BATCH = 5_000;

/** Stores so many copies of a record, each with an id of its own and what `change` says, and answers their ids. */
export async function copies(
  database: Db,
  model: ModelName & Parameters<typeof newId>[0],
  id: string,
  count: number,
  change: (index: number) => Row,
): Promise<string[]> {
  const [row] = await readRows(database, wholeRow(model), equals('id', id));
  const rows = Array.from({ length: count }, (_, index) => ({ ...row, id: newId(model), ...change(index) }));
  for (let from = 0; from < count; from += BATCH) {
    await database.$commit([{ kind: 'insert', model, rows: rows.slice(from, from + BATCH) }]);
  }
  return rows.map((copy) => copy.id);
}
