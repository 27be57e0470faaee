/** How large one cell of a row may become: databases make cells of nested rows whole before anybody sees their size. */
import type { Meter } from './meter.ts';

/** Bytes of one cell that are more than any response may have (config.ts): a statement that would make more fails. */
export const CELL_BYTES_MAX = 32_000_000;

/** The function that SQLite calls with the level and the size of a row within a cell; it throws when they are too many bytes. */
export const SQLITE_ROOM = 'clientele_room';

/** A statement was ended because of the size of a cell. */
export class CellTooLarge extends Error {
  override readonly name = 'CellTooLarge';

  constructor(cause?: unknown) {
    super(`A cell would have more than ${CELL_BYTES_MAX} bytes.`, { cause });
  }
}

/** Values of fewer characters are not worth counting. */
const UNCOUNTED_LENGTH = 4_096;

/** Counts the values that are sent with a statement. Throws when nothing more may be read. */
export function countValues(values: readonly unknown[], meter: Meter | undefined): void {
  if (!meter) return;
  meter.check();
  const length = lengthOf(values);
  if (length > UNCOUNTED_LENGTH) meter.ask(length);
}

function lengthOf(values: readonly unknown[]): number {
  let length = 0;
  for (const value of values) {
    if (typeof value === 'string') length += value.length;
    else if (Array.isArray(value)) length += lengthOf(value);
  }
  return length;
}

/** Texts of fewer characters are taken for ASCII. */
const SHORT_TEXT = 1_024;

/** About how many bytes a row is. */
export function bytesOfRow(row: unknown): number {
  const cells: readonly unknown[] = Array.isArray(row) ? row : Object.values(Object(row));
  let bytes = 8 * cells.length;
  for (const cell of cells) {
    if (typeof cell === 'string') bytes += cell.length < SHORT_TEXT ? cell.length : Buffer.byteLength(cell);
  }
  return bytes;
}
