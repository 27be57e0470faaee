/**
 * Ids of records: `<kind>_<26 characters>`, a UUIDv7 in Crockford's base 32 behind the name of its kind, as TypeID has it
 * (https://github.com/jetify-com/typeid). Unique everywhere, readable, and in the order of creation.
 */
import { uuidv7obj } from 'uuidv7';

const prefixes = new Map<string, string>();
const kinds = new Map<string, string>();

/** Gives ids of a kind their prefix: a few lower-case letters that no other kind has. */
export function identify(kind: string, prefix: string): void {
  if (!/^[a-z]+$/.test(prefix)) throw new Error(`${prefix} cannot begin an id`);
  if (kinds.has(prefix)) throw new Error(`Ids of ${kinds.get(prefix)} begin with ${prefix} already`);
  prefixes.set(kind, prefix);
  kinds.set(prefix, kind);
}

/** The prefix of each kind of record's ids. */
export function idPrefixes(): Readonly<Record<string, string>> {
  return Object.fromEntries(prefixes);
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new id. Within a process each is greater than the one before of its kind. */
export function newId(kind: string): string {
  const prefix = prefixes.get(kind);
  if (prefix === undefined) throw new Error(`${kind} has no ids`);
  return `${prefix}_${base32(uuidv7obj().bytes)}`;
}

/** The kind of record that an id names; null when it is no id of ours. */
export function kindOf(id: string): string | null {
  const match = /^([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}$/.exec(id);
  return kinds.get(match?.[1] ?? '') ?? null;
}

/** 16 bytes as 26 characters: 130 bits of which the first two are zero, so that text order is byte order. */
function base32(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 2;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return text;
}
