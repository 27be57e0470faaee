/** Where the servers run: a copy of what was built, so that a build meanwhile changes nothing, with the Node that was asked for. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('..', import.meta.url));
let installs = 0;

/** Copies the build (of this checkout, or of the one given) into the folder and answers `{ root, node, version }`. */
export function install({ folder, node }, says, source = here) {
  const binary = realpathSync(resolve(node));
  const [version, abi] = execFileSync(binary, ['-p', 'process.version + " " + process.versions.modules'], {
    encoding: 'utf8',
  })
    .trim()
    .split(' ');
  const root = join(folder, `app-${process.pid}-${++installs}`);
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  for (const part of ['package.json', 'bin', 'dist', 'prisma'])
    cpSync(join(source, part), join(root, part), { recursive: true });
  const extras = join(here, 'bench/node_modules');
  cpSync(join(here, 'bench'), join(root, 'bench'), { recursive: true, filter: (path) => !path.startsWith(extras) });
  if (existsSync(extras)) symlinkSync(realpathSync(extras), join(root, 'bench/node_modules'));
  // Checkouts from before the folder node20 use better-sqlite3 on every Node.
  const native = !existsSync(join(source, 'node20')) && abi !== process.versions.modules;
  const packages = native ? packagesFor(binary, version, folder, says, source) : join(source, 'node_modules');
  symlinkSync(realpathSync(packages), join(root, 'node_modules'));
  return { root, node: binary, version, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** The packages with better-sqlite3 compiled for another Node, from the headers that came with it. Kept. */
function packagesFor(binary, version, folder, says, source) {
  const lock = createHash('sha256')
    .update(readFileSync(join(source, 'package-lock.json')))
    .digest('hex')
    .slice(0, 10);
  const home = join(folder, `packages-${version}-${lock}`);
  const packages = join(home, 'node_modules');
  if (existsSync(home)) return packages;
  const making = `${home}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  const from = realpathSync(join(source, 'node_modules'));
  const to = join(making, 'node_modules');
  // Hard links where the folders are on one disk, copies elsewhere.
  if (spawnSync('cp', ['-al', from, to]).status !== 0) {
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  }
  const native = join(to, 'better-sqlite3');
  rmSync(native, { recursive: true });
  cpSync(join(from, 'better-sqlite3'), native, { recursive: true });
  const made = join(native, 'build/Release/better_sqlite3.node');
  const kept = join(
    folder,
    `better-sqlite3-${JSON.parse(readFileSync(join(native, 'package.json'))).version}-${version}.node`,
  );
  if (!existsSync(kept)) {
    says(`compiling better-sqlite3 for Node ${version}`);
    const args = [nodeGyp(), 'rebuild', '--release', ...headersOf(binary)];
    const built = spawnSync(binary, args, { cwd: native, encoding: 'utf8' });
    if (built.status !== 0) {
      throw new Error(`better-sqlite3 does not compile:\n${built.stdout.slice(-2000)}${built.stderr.slice(-2000)}`);
    }
    cpSync(made, kept);
  }
  cpSync(kept, made);
  renameSync(making, home);
  return packages;
}

/** The headers beside the binary, as npm's package `node` has them; else node-gyp looks for them itself. */
function headersOf(binary) {
  const home = dirname(dirname(binary));
  const platform = `node-${process.platform}-${process.arch}`;
  const places = [home, join(home, 'node_modules', platform), join(home, '..', platform)];
  const found = places.find((place) => existsSync(join(place, 'include/node/node.h')));
  return found ? [`--nodedir=${found}`] : [];
}

/** The node-gyp inside npm, which comes with every Node. */
function nodeGyp() {
  const npm = realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim());
  return createRequire(npm).resolve('node-gyp/bin/node-gyp.js');
}
