/** The log of a server, on its standard output. */
import { type Logger, pino } from 'pino';
import type { Config } from '../config.ts';

/** How long a line may wait for others, in milliseconds. What waits is written when the process ends. */
const LOG_WAIT_MAX = 200;
/** Bytes of lines that are worth being written. */
const LOG_CHUNK = 8_192;

/** Bytes that may wait for a reader that is slow or a disk that is full. Lines beyond are lost. */
const LOG_WAITING_MAX = 4_000_000;

/** A log that is written beside the work, many lines at once: a write for each costs more than making it. */
export function openLog(level: Config['logLevel'], file = 1): Logger {
  const destination = pino.destination({ dest: file, sync: false, minLength: LOG_CHUNK, maxLength: LOG_WAITING_MAX });
  // What could not be written is tried again with the lines after it. A log is nothing to end a server for.
  destination.on('error', () => undefined);
  setInterval(() => destination.flush(), LOG_WAIT_MAX).unref();
  return pino({ level }, destination);
}
