/**
 * Ids of records. Outside `<kind>_<26 characters>`, a UUIDv7 in Crockford's base 32 behind the name of its kind, as
 * TypeID has it (https://github.com/jetify-com/typeid): unique, readable, and in the order of creation. Inside, in every
 * key and index, a number of 53 bits: the millisecond and a counter. What else the UUID holds is worked out from the
 * number, so that a mistyped id is none.
 */

const prefixes = new Map<string, string>();
const kinds = new Map<string, string>();
/** A text put together of parts takes longer than one that is written over. */
const drafts = new Map<string, Draft>();

/** Gives ids of a kind their prefix: a few lower-case letters that no other kind has. */
export function identify(kind: string, prefix: string): void {
  if (!/^[a-z]+$/.test(prefix)) throw new Error(`${prefix} cannot begin an id`);
  if (kinds.has(prefix)) throw new Error(`Ids of ${kinds.get(prefix)} begin with ${prefix} already`);
  prefixes.set(kind, prefix);
  drafts.set(kind, draftOf(prefix));
  kinds.set(prefix, kind);
}

/** What ids of a kind begin with; undefined where it has none. */
export function prefixOf(kind: string): string | undefined {
  return prefixes.get(kind);
}

/** The prefix of each kind of record's ids. */
export function idPrefixes(): Readonly<Record<string, string>> {
  return Object.fromEntries(prefixes);
}

/** Where the numbers begin: 41 bits of milliseconds last until 2089. */
const EPOCH = Date.UTC(2020, 0, 1);
/** Numbers of one millisecond. A new millisecond begins somewhere in the first half, so that processes seldom meet. */
const PER_MS = 4_096;
/** A clock that goes back further than this is followed. */
const ROLLBACK_MS = 10_000;

/** Greater than the number of any id. */
export const ID_END = Number.MAX_SAFE_INTEGER;

let last = 0;

/** A new id. Within a process each is greater than the one before. Two processes may make the same: the key refuses one. */
export function newId(kind: string): string {
  const now = Math.max(Date.now() - EPOCH, 0) * PER_MS;
  const isLater = now > last || now < last - ROLLBACK_MS * PER_MS;
  last = isLater ? now + Math.floor((Math.random() * PER_MS) / 2) : last + 1;
  return idText(kind, last);
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** The letters of an id behind its prefix. */
const LENGTH = 26;

/** Each two letters, by the ten bits that they stand for. */
const PAIRS = new Uint16Array(
  Uint8Array.from(
    [...ALPHABET].flatMap((first) => [...ALPHABET].flatMap((second) => [first, second])),
    (letter) => letter.charCodeAt(0),
  ).buffer,
);

const BITS_25 = 2 ** 25;
const BITS_10 = 2 ** 10 - 1;

/** Where the ids of a kind are written: the text behind `start`, and its letters two by two. */
interface Draft {
  text: Buffer;
  start: number;
  letters: Uint16Array;
}

function draftOf(prefix: string): Draft {
  const before = `${prefix}_`;
  // Two letters are written at once, which is done at even places only.
  const start = before.length % 2;
  const memory = new ArrayBuffer(start + before.length + LENGTH);
  const text = Buffer.from(memory);
  text.write(before, start, 'latin1');
  return { text, start, letters: new Uint16Array(memory, start + before.length, LENGTH / 2) };
}

const pair = (bits: number): number => PAIRS[bits & BITS_10] ?? 0;

/** The id of a kind that stands for a number. */
export function idText(kind: string, number: number): string {
  // In whole numbers of 32 bits: what is left by a division of others takes long.
  const since = Math.floor(number / PER_MS);
  const count = (number - since * PER_MS) | 0;
  const ms = since + EPOCH;
  const high = (ms / BITS_25) | 0;
  const low = (ms - high * BITS_25) | 0;
  const mixed = mix(Math.imul(low, 0x9e3779b1) ^ Math.imul((high << 12) | count, 0x85ebca6b));
  const more = mix(mixed);
  // 48 bits of milliseconds, the version 7, 12 bits, the variant 2, 62 bits.
  const middle = (7 << 16) | (count << 4) | (2 << 2) | (mixed & 3);
  const draft = drafts.get(kind);
  if (draft === undefined) throw new Error(`${kind} has no ids`);
  const { text, start, letters } = draft;
  letters[0] = pair(high >>> 15);
  letters[1] = pair(high >>> 5);
  letters[2] = pair((high << 5) | (low >>> 20));
  letters[3] = pair(low >>> 10);
  letters[4] = pair(low);
  letters[5] = pair(middle >>> 10);
  letters[6] = pair(middle);
  letters[7] = pair(mixed >>> 22);
  letters[8] = pair(mixed >>> 12);
  letters[9] = pair(mixed >>> 2);
  letters[10] = pair(more >>> 22);
  letters[11] = pair(more >>> 12);
  letters[12] = pair(more >>> 2);
  return text.toString('latin1', start);
}

/** Spreads what numbers differ in over 32 bits. */
function mix(number: number): number {
  const mixed = Math.imul(number ^ (number >>> 15), 0xc2b2ae35);
  return mixed ^ (mixed >>> 13);
}

/** What each character stands for, by its code. */
const VALUES = new Int8Array(128).fill(-1);
for (const [value, letter] of [...ALPHABET].entries()) VALUES[letter.charCodeAt(0)] = value;

/** Characters of an id that tell its number: 50 bits of milliseconds and 20 bits with the counter among them. */
const MS_LETTERS = 10;
const TELLING = 14;

/** The kind and number that an id stands for; null when it is no id of ours. */
export function parseId(id: string): { kind: string; number: number } | null {
  const end = id.indexOf('_');
  const kind = kinds.get(id.slice(0, Math.max(end, 0)));
  if (kind === undefined || id.length !== end + 1 + LENGTH) return null;
  let ms = 0;
  let middle = 0;
  for (let at = 0; at < TELLING; at++) {
    const value = VALUES[id.charCodeAt(end + 1 + at)] ?? -1;
    if (value < 0) return null;
    if (at < MS_LETTERS) ms = ms * 32 + value;
    else middle = middle * 32 + value;
  }
  const number = (ms - EPOCH) * PER_MS + ((middle >>> 4) & (PER_MS - 1));
  if (number < 0 || !Number.isSafeInteger(number) || idText(kind, number) !== id) return null;
  return { kind, number };
}

/** The kind of record that an id names; null when it is no id of ours. */
export function kindOf(id: string): string | null {
  return parseId(id)?.kind ?? null;
}
