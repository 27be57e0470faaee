/** JSON of what may be large, written in slices: JSON.stringify keeps everybody waiting until all of it is there. */
import { giveWay } from '../../base/give-way.ts';

/** How much is written at once, in values; so many characters of a text count as one. A few milliseconds' work. */
const SLICE = 20_000;
const CHARACTERS = 8;

/** The value as JSON.stringify writes it, in UTF-8. It must be a tree of plain objects and lists. */
export async function jsonBytes(value: unknown, since: number): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  await write(value, { pieces, since });
  return pieces;
}

interface Writing {
  pieces: Buffer[];
  /** When the request began: see giveWay. */
  since: number;
}

async function write(value: unknown, writing: Writing): Promise<void> {
  if (typeof value !== 'object' || value === null || weight(value, SLICE) <= SLICE) {
    await put(JSON.stringify(value), writing);
  } else if (Array.isArray(value)) {
    await writeList(value, writing);
  } else {
    let before = '{';
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      writing.pieces.push(Buffer.from(`${before}${JSON.stringify(key)}:`));
      await write(item, writing);
      before = ',';
    }
    writing.pieces.push(Buffer.from(before === '{' ? '{}' : '}'));
  }
}

/** As many items at once as are not too much together. */
async function writeList(items: readonly unknown[], writing: Writing): Promise<void> {
  let before = '[';
  for (let from = 0, to = 0; from < items.length; from = to) {
    for (let left = SLICE; to < items.length && left > 0; to++) {
      left -= weight(items[to], left);
      if (left < 0) break;
    }
    writing.pieces.push(Buffer.from(before));
    before = ',';
    if (to > from) await put(JSON.stringify(items.slice(from, to)).slice(1, -1), writing);
    else await write(items[to++], writing);
  }
  writing.pieces.push(Buffer.from(']'));
}

async function put(json: string, writing: Writing): Promise<void> {
  writing.pieces.push(Buffer.from(json));
  const turn = giveWay(writing.since);
  if (turn) await turn;
}

/** How much there is to write of a value. Not looked at further once it is more than `most`. */
function weight(value: unknown, most: number): number {
  if (typeof value === 'string') return 1 + value.length / CHARACTERS;
  if (typeof value !== 'object' || value === null) return 1;
  let sum = 1;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && sum <= most; index++) sum += weight(value[index], most - sum);
  } else {
    for (const key in value) {
      if (sum > most) break;
      sum += weight((value as Record<string, unknown>)[key], most - sum);
    }
  }
  return sum;
}
