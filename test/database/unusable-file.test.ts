/** An SQLite file that cannot be used, and an SQLite driver that is not there: what commands and the server say of it. */
import { spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/database/migrate.ts';
import { finished, run, start } from '../support/cli.ts';
import { freshDatabaseUrl, provider } from '../support/database.ts';
import { TOKEN } from '../support/server.ts';

const aMinute = { timeout: 60_000 };

/** Each command in its way: migrating, serving, by our own SQL, by Prisma, by a handle that only reads. */
const COMMANDS = ['migrate', 'serve', 'firm create Acme', 'firm list', 'backup never.db'];

describe.runIf(provider === 'sqlite')('without a driver', aMinute, () => {
  test.each(COMMANDS)('%s says what to do', async (command) => {
    const preload = fileURLToPath(new URL('../support/without-sqlite.cjs', import.meta.url));
    const env = { DATABASE_URL: await freshDatabaseUrl(), NODE_OPTIONS: `--require ${preload}` };
    expect(await run(command.split(' '), env)).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^error: Node v\S+ has no SQLite of its own, and better-sqlite3 could not be .*Use Node 22\.16, .*\n$/,
      ),
    });
  });
});

/** Makes a folder read-only for the command alone, by mounts of its own. */
const READ_ONLY = {
  by: ['unshare', '--map-root-user', '--mount'],
  script: 'mount --bind "$FOLDER" "$FOLDER" && mount -o remount,bind,ro "$FOLDER"',
};

const canMount = provider === 'sqlite' && spawnSync('unshare', [...READ_ONLY.by.slice(1), 'true']).status === 0;

describe.runIf(canMount)('on a read-only file system', aMinute, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clientele-read-only-'));
    await copyFile((await freshDatabaseUrl()).slice('file:'.length), join(folder, 'clientele.db'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each(COMMANDS)('%s names the file and says what to do', async (command) => {
    const env = { DATABASE_URL: `file:${join(folder, 'clientele.db')}`, FOLDER: folder };
    const { code, stdout, stderr } = await run(command.split(' '), env, { after: READ_ONLY });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(
      `error: The database file ${join(folder, 'clientele.db')} is on a read-only file system. Make that writable, or set`,
    );
  });

  test.each(['new.db', 'deeper/new.db'])('%s cannot be made', async (file) => {
    const path = join(folder, file);
    const { stderr } = await run(['migrate'], { DATABASE_URL: `file:${path}`, FOLDER: folder }, { after: READ_ONLY });
    expect(stderr).toContain(`error: The database file ${path} is on a read-only file system.`);
  });
});

describe.runIf(provider === 'sqlite')('a path', () => {
  test('that is a folder', async () => {
    await expect(migrate(`file:${tmpdir()}`)).rejects.toThrow(`${tmpdir()} is a folder, not a database file.`);
  });

  test('that is another file', async () => {
    const file = (await freshDatabaseUrl()).slice('file:'.length);
    await writeFile(file, 'Not a database. '.repeat(1_000));
    await expect(migrate(`file:${file}`)).rejects.toThrow(`The database file ${file} is not an SQLite database.`);
  });

  test('that is not there, of which a backup is asked', aMinute, async () => {
    const file = `${(await freshDatabaseUrl()).slice('file:'.length)}.missing`;
    const { stderr } = await run(['backup', `${file}.backup`], { DATABASE_URL: `file:${file}` });
    expect(stderr).toContain(`error: The database file ${file} does not exist.`);
  });
});

/** No file may grow beyond about a megabyte. */
const SMALL_FILES = { script: 'ulimit -f 2000' };

describe.runIf(provider === 'sqlite' && process.platform !== 'win32')('a write that fails', aMinute, () => {
  const note = 'x'.repeat(9_000);

  test('ends an import, which names the file', async () => {
    const databaseUrl = await freshDatabaseUrl();
    const file = databaseUrl.slice('file:'.length);
    const lines = Array.from({ length: 500 }, (_, id) =>
      JSON.stringify({ trackingId: String(id), name: 'Acme', note }),
    );
    await writeFile(`${file}.jsonl`, lines.join('\n'));
    await run(['firm', 'create', 'Acme'], { DATABASE_URL: databaseUrl });
    const { code, stdout, stderr } = await run(
      ['import', `${file}.jsonl`, '--firm', 'Acme'],
      { DATABASE_URL: databaseUrl },
      { after: SMALL_FILES },
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/^created [1-9]\d*, .*failed 0\n$/);
    expect(stderr).toMatch(/^error: line \d+: The database file .* cannot .*\n$/);
    expect(stderr).toContain(file);
  });

  test('is a 503 for the caller, and names the file in the log', async () => {
    const databaseUrl = await freshDatabaseUrl();
    const env = {
      DATABASE_URL: databaseUrl,
      PORT: '0',
      CLIENTELE_ADMIN_TOKEN: TOKEN,
      CLIENTELE_LOG_LEVEL: 'error',
    };
    const child = start(['serve'], env, { after: SMALL_FILES });
    const end = finished(child);
    let url = '';
    for await (const line of createInterface({ input: child.stdout })) {
      url = /http:\S+/.exec(line)?.[0] ?? '';
      if (url) break;
    }
    const upsert = (id: number) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
        body: JSON.stringify({
          query: 'mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { result } }',
          variables: { input: { trackingId: String(id), name: 'Acme', note } },
        }),
      });
    let response = await upsert(0);
    for (let id = 1; id < 500 && response.ok; id++) response = await upsert(id);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] };
    expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }]);
    expect(errors[0]?.message).not.toContain(databaseUrl.slice('file:'.length));
    child.kill('SIGTERM');
    const { stdout } = await end;
    expect(stdout).toContain(`The database file ${databaseUrl.slice('file:'.length)} cannot `);
  });
});
