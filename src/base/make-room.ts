/** Takes out what was put in first, until one more fits among `max`. For caches, before something new is kept. */
export function makeRoom<Key>(kept: Map<Key, unknown> | Set<Key>, max: number): void {
  if (kept.size < max) return;
  for (const oldest of kept.keys()) {
    kept.delete(oldest);
    if (kept.size < max) return;
  }
}
