/** SIGINT and SIGTERM while a command prepares its work, before it has a way of its own to end. */
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What shells make of a process that a signal ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

export interface Interruptible {
  /** Runs `work` to its end even when a signal comes meanwhile, and ends the process then. A second signal ends it at once. */
  hold<T>(work: () => Promise<T>): Promise<T>;
  /** Leaves signals to others from now on. */
  release(): void;
}

/**
 * Until it is released, a signal ends the process at once, with a line that says so. For what can be cut off anywhere: the database undoes what was not committed.
 */
export function interruptible(doing: string): Interruptible {
  let holding = false;
  let held: NodeJS.Signals | undefined;
  const end = (signal: NodeJS.Signals): never => {
    process.stderr.write(
      `Interrupted by ${signal} while ${doing}. Nothing is half done: the next start goes on from there.\n`,
    );
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
