/** How large a statement's cells may become on SQLite while they are made: they are in memory before any row is seen. */
import { CELL_BYTES_MAX, CellTooLarge, SQLITE_ROOM } from './cell-size.ts';
import type { SqliteHandle } from './sqlite-driver.ts';

/** Cells within cells are counted at each level. */
const ROOM = 2 * CELL_BYTES_MAX;

/** Lets statements on the handle call the function that counts. Returns what begins to count anew, before each statement. */
export function countCells(handle: SqliteHandle): () => void {
  let left = ROOM;
  handle.function(SQLITE_ROOM, (bytes) => {
    left -= bytes;
    if (left < 0) throw new CellTooLarge();
    return 1;
  });
  return () => {
    left = ROOM;
  };
}
