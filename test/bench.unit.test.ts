/** The bench is not run by tests, but what it imports of the program is there. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FOLDERS = ['bench/', 'bench/servers/'].map((folder) => new URL(`../${folder}`, import.meta.url));
const files = FOLDERS.flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.js'))
    .map((file) => new URL(file, folder)),
);

test('The bench imports what the program exports', async () => {
  const missing: string[] = [];
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    for (const [, names = '', path = ''] of text.matchAll(/import \{([^}]*)\} from '((?:\.\.\/)+dist\/[^']*)'/g)) {
      const exported: object = await import(new URL(path, file).href);
      for (const name of names.split(',').map((each) => each.trim().split(' as ')[0] ?? ''))
        if (name && !(name in exported)) missing.push(`${path} ${name}`);
    }
  }
  expect(missing).toEqual([]);
});
