/**
 * Long work in slices: what takes many steps asks between them whether others should have a turn of the event loop.
 * A health check, and every other request, then waits for a slice and not for the whole.
 */

/** The longest that work goes on in one turn, in milliseconds. Turns of ordinary requests under full load are shorter. */
const SLICE_MS = 16;

/** When the work of this turn began; undefined in a turn without any. */
let began: number | undefined;
/** Those that are about to begin something, in order. */
const fresh: (() => void)[] = [];
/** Those in the midst of something that grows in memory until it is done, and when that began. */
const underWay: { since: number; resume: () => void }[] = [];
let wasFresh = false;

/**
 * Nothing when work may go on; else a promise of its next turn. Work under way says `since` when: of several, the oldest
 * goes on until it is done, so that not all of them are in memory at once. It takes turns with what is about to begin.
 */
export function giveWay(since?: number): Promise<void> | undefined {
  const now = performance.now();
  if (began === undefined) {
    began = now;
    setImmediate(nextTurn);
    return undefined;
  }
  if (now - began < SLICE_MS) return undefined;
  return new Promise((resume) => {
    if (since === undefined) fresh.push(resume);
    else underWay.push({ since, resume });
  });
}

/** Goes on with what was cut short at `turn`: `work` returns a promise of another turn where it is cut short again. */
export async function inTurns(turn: Promise<void>, work: () => Promise<void> | undefined): Promise<void> {
  for (let next: Promise<void> | undefined = turn; next; next = work()) await next;
}

function nextTurn(): void {
  began = undefined;
  const resume = next();
  if (!resume) return;
  began = performance.now();
  setImmediate(nextTurn);
  goOn(resume);
}

function next(): (() => void) | undefined {
  wasFresh = fresh.length > 0 && !(wasFresh && underWay.length > 0);
  if (wasFresh) return fresh.shift();
  let oldest = 0;
  for (let index = 1; index < underWay.length; index++) {
    if ((underWay[index]?.since ?? 0) < (underWay[oldest]?.since ?? 0)) oldest = index;
  }
  return underWay.splice(oldest, 1)[0]?.resume;
}

/** Lets one go on, and after it the next, as long as the turn lasts. */
function goOn(resume: () => void): void {
  resume();
  // What goes on does so in microtasks; this comes after all of them.
  queueMicrotask(() => process.nextTick(nextWithinTurn));
}

function nextWithinTurn(): void {
  if (began === undefined || performance.now() - began >= SLICE_MS) return;
  const resume = next();
  if (resume) goOn(resume);
}
