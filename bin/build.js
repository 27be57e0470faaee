/**
 * Makes what is not committed, when it is missing or old: the Prisma clients (src/database/generated) and dist.
 * `npm start` and the tests call it, so that a fresh clone needs no build step. Told by content, not by file times,
 * which a checkout or a copy changes.
 *
 *   node bin/build.js            everything
 *   node bin/build.js clients    the Prisma clients only
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const generated = join(root, 'src/database/generated');
const dist = join(root, 'dist');

/** Builds what is stale. Quiet: a line on stderr when there is work, and the tool's own output when it fails. */
export function build({ clientsOnly = false } = {}) {
  // An image may ship dist without the sources.
  if (!existsSync(join(root, 'src'))) return;
  if (!existsSync(join(root, 'node_modules'))) throw new Error('The dependencies are missing: run `npm ci` first.');
  if (isFresh(clientsOnly)) return;
  const release = lock();
  try {
    buildClients();
    if (!clientsOnly) buildDist();
  } finally {
    release();
  }
}

const clientSources = () => [
  ...['schema.prisma', 'render-postgres.js', 'generate-models.js', 'text-ids.js'].map((file) =>
    join(root, 'prisma', file),
  ),
  require.resolve('prisma/package.json'),
];

const distSources = () => [
  ...filesBelow(join(root, 'src')).filter((file) => !file.startsWith(generated)),
  ...clientSources(),
  join(root, 'tsconfig.json'),
  require.resolve('typescript/package.json'),
];

function isFresh(clientsOnly) {
  return isStamped(generated, clientSources()) && (clientsOnly || isStamped(dist, distSources()));
}

function buildClients() {
  const sources = clientSources();
  if (isStamped(generated, sources)) return;
  say('Generating the database clients …');
  run(join(root, 'prisma/render-postgres.js'), []);
  const prisma = join(dirname(require.resolve('prisma/package.json')), 'build/index.js');
  for (const schema of ['prisma/schema.prisma', 'prisma/postgres/schema.prisma']) {
    run(prisma, ['generate', '--schema', schema]);
  }
  run(join(root, 'prisma/text-ids.js'), [join(generated, 'sqlite'), join(generated, 'postgres')]);
  stamp(generated, sources);
}

function buildDist() {
  const sources = distSources();
  if (isStamped(dist, sources)) return;
  say('Compiling …');
  // The compiler writes even where it fails: what is there then is of no known sources.
  rmSync(join(dist, '.stamp'), { force: true });
  const typescript = require('typescript/package.json');
  run(join(dirname(require.resolve('typescript/package.json')), typescript.bin.tsc), ['-p', 'tsconfig.json']);
  stamp(dist, sources);
}

function filesBelow(folder) {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function isStamped(folder, sources) {
  try {
    return readFileSync(join(folder, '.stamp'), 'utf8') === digest(sources);
  } catch {
    return false;
  }
}

function stamp(folder, sources) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '.stamp'), digest(sources));
}

function digest(files) {
  const hash = createHash('sha256');
  for (const file of files.toSorted()) {
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function run(script, args) {
  // Prisma starts its generators by name.
  const path = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH: path, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The build failed.\n${stdout}${stderr}`);
}

/** Two starts at once must not write the same files: the second waits, then finds everything made. */
function lock() {
  const file = join(root, 'node_modules/.clientele-build');
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (isAbandoned(file)) rmSync(file, { force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
  }
}

function isAbandoned(file) {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    build({ clientsOnly: process.argv[2] === 'clients' });
  } catch (error) {
    say(error.message);
    process.exitCode = 1;
  }
}
