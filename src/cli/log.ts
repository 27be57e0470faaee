/** The log of a server, on its standard output. */
import { type Logger, pino } from 'pino';
import type { Config } from '../config.ts';

/** How long a line may wait for others, in milliseconds. What waits is written when the process ends. */
const LOG_WAIT_MAX = 200;
/** Characters of lines that are worth being written. No more, since several workers may write to one pipe. */
const LOG_CHUNK = 8_192;

/** Bytes that may wait for a reader that is slow or a disk that is full. Lines beyond are lost. */
const LOG_WAITING_MAX = 4_000_000;

/**
 * A log that is written beside the work, many lines at once: a write for each costs more than making it. They are gathered
 * here, since the destination would count the bytes of all that wait at each line anew.
 */
export function openLog(level: Config['logLevel'], file = 1): Logger {
  const destination = pino.destination({
    dest: file,
    sync: false,
    minLength: LOG_CHUNK,
    maxLength: LOG_WAITING_MAX,
  });
  // What could not be written is tried again with the lines after it. A log is nothing to end a server for.
  destination.on('error', () => undefined);
  let lines = '';
  const hand = () => {
    const gathered = lines;
    lines = '';
    destination.write(gathered);
  };
  setInterval(() => {
    hand();
    destination.flush();
  }, LOG_WAIT_MAX).unref();
  // Before the destination's own, which writes what it has.
  process.prependListener('exit', hand);
  return pino(
    { level },
    {
      write(line) {
        lines += line;
        if (lines.length >= LOG_CHUNK) hand();
      },
    },
  );
}
