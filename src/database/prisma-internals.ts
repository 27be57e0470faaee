/** What Prisma tells an extension only inwardly: read here alone, so that another version of it is a change in one place. */
interface Internals {
  /** How a result is reached from what its call selects (`findUnique(…).contacts()`). */
  dataPath?: readonly string[];
  /** Set on a call through the client of a transaction. */
  transaction?: object;
}

/** The internals of a call as an extension is given it. */
export function internalsOf(call: object): Internals {
  return (call as { __internalParams?: Internals }).__internalParams ?? {};
}
