import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Makes the Prisma clients on a fresh clone. In a process of its own: two projects may start at once. */
export default function setup(): void {
  const script = fileURLToPath(new URL('../../bin/build.js', import.meta.url));
  execFileSync(process.execPath, [script, 'clients'], { stdio: 'inherit' });
}
