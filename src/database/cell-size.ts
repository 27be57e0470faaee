/** How large one cell of a row may become: databases make cells of nested rows whole before anybody sees their size. */

/** Bytes of one cell that are more than any response may have (config.ts): a statement that would make more fails. */
export const CELL_BYTES_MAX = 32_000_000;

/** The function that SQLite calls with the size of each row within a cell; it throws when they are too many bytes. */
export const SQLITE_ROOM = 'clientele_room';

/** A statement was ended because of the size of a cell. */
export class CellTooLarge extends Error {
  override readonly name = 'CellTooLarge';

  constructor(cause?: unknown) {
    super(`A cell would have more than ${CELL_BYTES_MAX} bytes.`, { cause });
  }
}

/** About how many bytes a row is. */
export function bytesOfRow(row: unknown): number {
  let bytes = 0;
  for (const cell of Array.isArray(row) ? row : Object.values(Object(row))) {
    bytes += typeof cell === 'string' ? cell.length : 8;
  }
  return bytes;
}
