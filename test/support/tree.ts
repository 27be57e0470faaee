/** A copy of the sources with what a document says is added to them: built, migrated and run by itself. */
import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = [
  'src',
  'prisma',
  'bin',
  'test',
  'package.json',
  'tsconfig.json',
  'prisma.config.ts',
  'vitest.config.ts',
];

export interface Tree {
  folder: string;
  /** Runs a script of the tree to its end, and answers what it printed on standard output. Throws where it fails. */
  run(script: string, args: readonly string[], env?: Record<string, string>): Promise<string>;
  remove(): Promise<void>;
}

/** Copies the sources, and adds to them the blocks of code of a document whose first line names a file. */
export async function treeWith(document: string): Promise<Tree> {
  const folder = await mkdtemp(join(tmpdir(), 'clientele-tree-'));
  const isSource = (path: string) => !path.includes('database/generated');
  for (const name of COPIED) await cp(join(root, name), join(folder, name), { recursive: true, filter: isSource });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await addFrom(await readFile(join(root, document), 'utf8'), folder);
  return {
    folder,
    async run(script, args, env = {}) {
      const options = { cwd: folder, env: { PATH: process.env.PATH ?? '', ...env }, maxBuffer: 64 * 1024 * 1024 };
      try {
        return (await promisify(execFile)(process.execPath, [join(folder, script), ...args], options)).stdout;
      } catch (error) {
        const { stdout, stderr } = error as { stdout?: string; stderr?: string };
        throw new Error(`${script} ${args.join(' ')} failed:\n${stdout}\n${stderr}`);
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A block is a new file, or goes to the end of one that is there, or into a model of the data model. */
async function addFrom(text: string, folder: string): Promise<void> {
  for (const [, name = '', model, code = ''] of text.matchAll(/^```\w+ (\S+?)(?: in (\w+))?\n(.*?)^```$/gms)) {
    const file = join(folder, name);
    if (model === undefined) {
      await mkdir(dirname(file), { recursive: true });
      await appendFile(file, `\n${code}`);
    } else {
      const before = await readFile(file, 'utf8');
      await writeFile(
        file,
        before.replace(new RegExp(`^model ${model} \\{\\n`, 'm'), (line) => `${line}${code}`),
      );
    }
  }
}
