/** The command line as a user runs it: in a process of its own. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const bin = (name: string) => fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));
const clientele = bin('clientele.js');

// Before the tests, so that none of them meets a command that first has to build, and says so.
execFileSync(process.execPath, [bin('build.js')], { stdio: ['ignore', 'ignore', 'pipe'] });

export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

type Environment = Record<string, string>;

interface StartOptions {
  detached?: boolean;
  /** A shell script that is run before, and whose limits and mounts the command is under. `by` runs the shell. */
  after?: { script: string; by?: readonly string[] };
}

/** Starts a command with nothing in its environment but PATH and what is given. */
export function start(
  args: readonly string[],
  env: Environment,
  { after, detached = false }: StartOptions = {},
): ChildProcessWithoutNullStreams {
  const shell = after ? [...(after.by ?? []), 'sh', '-c', `${after.script} && exec "$0" "$@"`] : [];
  const [file = '', ...rest] = [...shell, process.execPath, clientele, ...args];
  return spawn(file, rest, { env: { PATH: process.env.PATH, ...env }, detached });
}

/** Runs a command to its end. */
export async function run(args: readonly string[], env: Environment, options: StartOptions = {}): Promise<Finished> {
  return finished(start(args, env, options));
}

/** What a command printed, and how it ended. */
export async function finished(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (chunk) => {
      printed[stream] += chunk;
    });
  }
  const [code] = await once(child, 'close');
  return { code, ...printed };
}
