import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/database/migrate.ts';

/** Migrates one file, of which every test takes a copy. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'clientele-test-'));
  const template = join(folder, 'template.db');
  await migrate(`file:${template}`);
  project.provide('databases', { provider: 'sqlite', folder, template });
  return () => rm(folder, { recursive: true, force: true });
}
