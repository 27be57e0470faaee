/** Makes this process's clock and randomness run from a seed, so that what the product generates is the same every time. */

/** A small generator of pseudo-random numbers (mulberry32): answers numbers from 0 up to, not including, 1. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** From now on `new Date()` and `crypto.getRandomValues` are told by the seed. Answers how to move the clock on. */
export function seedProcess(seed, startsAt) {
  const random = randomFrom(seed);
  const RealDate = Date;
  let now = RealDate.parse(startsAt);
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      super(...(given.length > 0 ? given : [now]));
    }
    static now() {
      return now;
    }
  };
  globalThis.crypto.getRandomValues = (array) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let at = 0; at < bytes.length; at++) bytes[at] = random() * 256;
    return array;
  };
  return {
    advance(milliseconds) {
      now += milliseconds;
    },
  };
}
