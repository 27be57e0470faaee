/** Files that get their name once they are complete: one that was cut off looks like a whole one. */
import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';

/** Has `write` make the file under another name beside it, and gives it its own. Of what fails nothing is left. */
export async function wholeFile(file: string, write: (partial: string) => void | Promise<void>): Promise<void> {
  // A name of its own: two that write the same file must not write into each other's.
  const partial = `${file}.${randomBytes(4).toString('hex')}.partial`;
  const remove = () => rmSync(partial, { force: true });
  // A signal ends the process there and then.
  process.once('exit', remove);
  try {
    await write(partial);
    renameSync(partial, file);
  } finally {
    process.off('exit', remove);
    remove();
  }
}
