/** Writers of one record take turns within the process, so that many pushes of one client do not keep undoing each other. */

const lines = new Map<string, Promise<unknown>>();

/**
 * Runs `work` after all earlier work under any of the same keys has ended, well or not. `waited` tells whether there was
 * any: what was read before may then be out of date.
 */
export async function inTurn<T>(keys: string | readonly string[], work: (waited: boolean) => Promise<T>): Promise<T> {
  const each = typeof keys === 'string' ? [keys] : keys;
  const earlier = each.flatMap((key) => lines.get(key) ?? []);
  const mine = earlier.length > 0 ? Promise.allSettled(earlier).then(() => work(true)) : work(false);
  for (const key of each) lines.set(key, mine);
  try {
    return await mine;
  } finally {
    for (const key of each) if (lines.get(key) === mine) lines.delete(key);
  }
}
