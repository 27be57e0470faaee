/**
 * Long work in slices: what takes many steps asks between them whether others should have a turn of the event loop.
 * A health check, and every other request, then waits for a slice and not for the whole.
 */

/** The longest that work goes on in one turn, in milliseconds. */
const SLICE_MS = 8;

/** When the work of this turn began; undefined in a turn without any. */
let began: number | undefined;
const waiting: (() => void)[] = [];

/** Nothing when work may go on; else a promise of its next turn. Those that wait go on in order. */
export function giveWay(): Promise<void> | undefined {
  const now = performance.now();
  if (began === undefined) {
    began = now;
    setImmediate(nextTurn);
    return undefined;
  }
  return now - began < SLICE_MS ? undefined : new Promise((resolve) => waiting.push(resolve));
}

function nextTurn(): void {
  began = undefined;
  if (waiting.length === 0) return;
  began = performance.now();
  setImmediate(nextTurn);
  next();
}

/** Lets the first go on, and after it the next, as long as the turn lasts. */
function next(): void {
  const first = waiting.shift();
  if (!first) return;
  first();
  // What goes on does so in microtasks; this comes after all of them.
  queueMicrotask(() => process.nextTick(nextWithinTurn));
}

function nextWithinTurn(): void {
  if (began !== undefined && performance.now() - began < SLICE_MS) next();
}
