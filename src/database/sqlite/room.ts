/** How large a statement's cells may become on SQLite while they are made: they are in memory before any row is seen. */
import { CellTooLarge, SQLITE_ROOM } from '../../base/cell-size.ts';
import type { SqliteHandle } from './driver.ts';

/**
 * Lets statements on the handle call the function that counts. Returns what begins to count anew, before each statement:
 * cells may have `room` bytes, counted for each level by itself, since what is within a cell is a part of it.
 */
export function countCells(handle: SqliteHandle): (room: number) => void {
  const left: number[] = [];
  let most = 0;
  handle.function(SQLITE_ROOM, (level, bytes) => {
    const rest = (left[level] ?? most) - bytes;
    left[level] = rest;
    if (rest < 0) throw new CellTooLarge();
    return 1;
  });
  return (room) => {
    most = room;
    left.length = 0;
  };
}
