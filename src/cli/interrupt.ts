/** SIGINT and SIGTERM while a command does what can be cut off anywhere: the database undoes what was not committed. */
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export interface Interruptible {
  /** Runs `work` to its end even when a signal comes meanwhile, and ends the process then. A second signal ends it at once. */
  hold<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Leaves signals to others, who must listen already: of a signal that came while JavaScript ran, Node tells those who
   * listen when the event loop turns, and when meanwhile nobody did it is lost.
   */
  release(): void;
}

/** Until it is released, a signal ends the process at once, with a line that says so. */
export function interruptible(): Interruptible {
  let holding = false;
  let held: NodeJS.Signals | undefined;
  const end = (signal: NodeJS.Signals): never => {
    process.stderr.write(`Interrupted by ${signal}. What was not finished is undone; run it again to go on.\n`);
    process.exit(exitCodeOf(signal));
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (!holding || held !== undefined) end(signal);
    held = signal;
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    async hold(work) {
      holding = true;
      const result = await work();
      holding = false;
      if (held !== undefined) end(held);
      return result;
    },
    release() {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}

/** What shells make of a process that a signal ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
