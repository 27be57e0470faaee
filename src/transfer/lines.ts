/** JSON Lines: reading them from bytes, a line at a time, whatever is wrong with one. */

/** A line of an import file: the value it holds, or why it cannot be read. */
export interface SourceLine {
  /** Where it begins, counted from 1. */
  line: number;
  value?: unknown;
  fault?: string;
}

/** Longest line that is read, in bytes. A file without line ends must not fill the memory. */
export const LINE_MAX = 64 * 1024 * 1024;

const LINE_FEED = 10;

/** The values of JSON Lines: UTF-8, ended by LF or CRLF, with or without a byte order mark. Empty lines are skipped. */
export async function* jsonLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<SourceLine> {
  let held: Uint8Array[] = [];
  let length = 0;
  let line = 1;
  const take = (part: Uint8Array) => {
    length += part.length;
    if (length > LINE_MAX) held = [];
    else if (part.length > 0) held.push(part);
  };
  const finish = (): SourceLine | undefined => {
    const source = length > LINE_MAX ? { line, fault: `is longer than ${LINE_MAX} bytes` } : parsed(held, line);
    held = [];
    length = 0;
    line++;
    return source;
  };
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      take(chunk.subarray(start, end));
      start = end + 1;
      const source = finish();
      if (source) yield source;
    }
    take(chunk.subarray(start));
  }
  const last = finish();
  if (last) yield last;
}

// Strict, so that a file in another encoding is refused rather than imported with its letters lost.
const decoder = new TextDecoder('utf-8', { fatal: true });

function parsed(parts: readonly Uint8Array[], line: number): SourceLine | undefined {
  let text: string;
  try {
    text = decoder.decode(Buffer.concat(parts));
  } catch {
    return { line, fault: 'is not UTF-8 text' };
  }
  if (text.trim() === '') return undefined;
  try {
    return { line, value: JSON.parse(text) };
  } catch (error) {
    return { line, fault: `is not JSON: ${(error as Error).message}` };
  }
}
