/**
 * Long work in slices: what takes many steps asks between them whether others should have a turn of the event loop.
 * A health check, and every other request, then waits for a slice and not for the whole.
 */

/** The longest that work goes on in one turn, in milliseconds. */
const SLICE_MS = 8;

/** When the work of this turn began; undefined in a turn without any. */
let began: number | undefined;
const waiting: (() => void)[] = [];

/** Nothing when work may go on; else a promise of its next turn. Those that wait get one turn each, in order. */
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
  const next = waiting.shift();
  began = undefined;
  if (!next) return;
  began = performance.now();
  setImmediate(nextTurn);
  next();
}
