import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/database/migrate.ts';

/** Migrates one file, of which every test takes a copy. */
export default async function setup(project: TestProject): Promise<() => void> {
  const folder = await mkdtemp(join(tmpdir(), 'clientele-test-'));
  const template = join(folder, 'template.db');
  await migrate(`file:${template}`);
  project.provide('databases', { provider: 'sqlite', folder, template });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // An interrupted run skips what vitest does at the end.
  process.once('exit', remove);
  return remove;
}
