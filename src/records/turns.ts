/** Writers of one record take turns within the process, so that many pushes of one client do not keep undoing each other. */

const lines = new Map<string, Promise<unknown>>();

/** Runs `work` after all earlier work under the same key has ended, well or not. */
export async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const earlier = lines.get(key);
  const mine = earlier ? earlier.then(work, work) : work();
  lines.set(key, mine);
  try {
    return await mine;
  } finally {
    if (lines.get(key) === mine) lines.delete(key);
  }
}
