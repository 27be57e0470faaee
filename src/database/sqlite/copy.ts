/** Copies an SQLite database while others use it. */
import { openHandle } from './driver.ts';

/** Writes what is in the file `from` at this moment into the empty file `to`. */
export function copySqlite(from: string, to: string): void {
  const handle = openHandle(from, { readOnly: true });
  try {
    handle.prepare('VACUUM INTO ?').run(to);
  } finally {
    handle.close();
  }
}
