import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds on a fresh clone: tests need the Prisma clients, and reading threads the compiled program. In a process of its own, since two projects may start at once. */
export default function setup(): void {
  const script = fileURLToPath(new URL('../../bin/build.js', import.meta.url));
  execFileSync(process.execPath, [script], { stdio: 'inherit' });
}
