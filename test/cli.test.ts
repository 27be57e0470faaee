import { existsSync } from 'node:fs';
import { readdir, readlink, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../src/database/open.ts';
import { openHandle } from '../src/database/sqlite/driver.ts';
import { createFirm } from '../src/firms/firms.ts';
import { findViewer } from '../src/firms/tokens.ts';
import type { Viewer } from '../src/session/viewer.ts';
import { finished, run, start } from './support/cli.ts';
import { freshDatabaseUrl, provider, unmigratedDatabaseUrl } from './support/database.ts';

const aMinute = { timeout: 60_000 };

async function viewerOf(databaseUrl: string, secret: string): Promise<Viewer | null> {
  const database = await openDatabase({ databaseUrl, poolSize: 1 });
  try {
    return await findViewer(database, secret);
  } finally {
    await database.$close();
  }
}

describe.runIf(provider === 'sqlite')('help', aMinute, () => {
  test.each([
    [['--help'], 'serve'],
    [['serve', '--help'], 'CLIENTELE_ADMIN_TOKEN'],
    [['migrate', '--help'], 'Usage: clientele migrate'],
    [['firm', '--help'], 'create'],
    [['firm', 'create', '--help'], '<name>'],
    [['firm', 'list', '--help'], 'List the firms'],
    [['token', '--help'], 'revoke'],
    [['token', 'create', '--help'], 'CONTACT '],
    [['token', 'list', '--help'], '--firm <name>'],
    [['token', 'revoke', '--help'], '<id-or-token>'],
  ])('%j', async (args, expected) => {
    const { code, stdout, stderr } = await run(args, {});
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(expected);
  });
});

describe('firms and tokens', aMinute, () => {
  let env: { DATABASE_URL: string };
  beforeAll(async () => {
    // Not migrated: whoever begins with `firm create` need not know of `migrate`.
    env = { DATABASE_URL: await unmigratedDatabaseUrl() };
    const created = await run(['firm', 'create', 'Acme Ltd'], env);
    expect(created).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\n$/), stderr: '' });
  }, 60_000);

  test('a firm is listed', async () => {
    const { stdout } = await run(['firm', 'list'], env);
    expect(stdout).toMatch(/^NAME +ID\nAcme Ltd +\d+\n$/);
  });

  test('a token is printed alone, works, is listed without its secret, and is revoked', async () => {
    const created = await run(['token', 'create', '--firm', 'Acme Ltd', '--role', 'WRITER', '--name', 'crm'], env);
    expect(created).toEqual({ code: 0, stdout: expect.stringMatching(/^clt_[\w-]{43}\n$/), stderr: '' });
    const secret = created.stdout.trim();
    const viewer = await viewerOf(env.DATABASE_URL, secret);
    expect(viewer).toMatchObject({ firmName: 'Acme Ltd', role: 'WRITER', tokenName: 'crm' });

    const listed = await run(['token', 'list', '--firm', 'Acme Ltd'], env);
    expect(listed.stdout).toContain(viewer?.tokenId);
    expect(listed.stdout).not.toContain(secret);

    expect(await run(['token', 'revoke', viewer?.tokenId ?? ''], env)).toMatchObject({ code: 0 });
    expect(await viewerOf(env.DATABASE_URL, secret)).toBeNull();
  });

  test.each([
    ['an unknown role', ['token', 'create', '--firm', 'Acme Ltd', '--role', 'BOSS'], /ADMIN, WRITER, READER, CONTACT/],
    ['an unknown firm', ['token', 'create', '--firm', 'Nobody', '--role', 'READER'], /no firm Nobody.*Acme Ltd/],
    ['a firm that is there', ['firm', 'create', 'Acme Ltd'], /is a firm Acme Ltd already/],
    ['a contact that is missing', ['token', 'create', '--firm', 'Acme Ltd', '--role', 'CONTACT'], /contact.*required/],
    ['an unknown token', ['token', 'revoke', 'clt_unknown'], /no token/],
  ])('%s is one line on stderr', async (_, args, expected) => {
    const { code, stdout, stderr } = await run(args, env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: .*\n$/);
    expect(stderr).toMatch(expected);
  });
});

describe.runIf(process.platform === 'linux')('a command that waits for another instance to migrate', aMinute, () => {
  /** Holds what an instance holds while it migrates. */
  async function migrating(databaseUrl: string) {
    if (provider === 'sqlite') {
      const file = databaseUrl.slice('file:'.length);
      const handle = openHandle(file);
      handle.exec('BEGIN IMMEDIATE');
      return {
        async isWaitedFor(pid: number) {
          const folder = `/proc/${pid}/fd`;
          const open = (await readdir(folder)).map((name) => readlink(join(folder, name)).catch(() => ''));
          return (await Promise.all(open)).includes(file);
        },
        release: async () => handle.close(),
      };
    }
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query('BEGIN; SELECT pg_advisory_xact_lock(72707369)');
    return {
      async isWaitedFor() {
        const { rows } = await client.query(`SELECT 1 FROM pg_locks WHERE "locktype" = 'advisory' AND NOT "granted"
          AND "database" = (SELECT "oid" FROM pg_database WHERE "datname" = current_database())`);
        return rows.length > 0;
      },
      release: () => client.end(),
    };
  }

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends when it is interrupted by %s, and says so', async (signal, exitCode) => {
    const databaseUrl = await unmigratedDatabaseUrl();
    const other = await migrating(databaseUrl);
    try {
      for (const command of ['migrate', 'serve', 'firm list']) {
        const child = start(command.split(' '), { DATABASE_URL: databaseUrl, PORT: '0' });
        const end = finished(child);
        await expect.poll(() => other.isWaitedFor(child.pid ?? 0), { timeout: 20_000 }).toBe(true);
        child.kill(signal);
        const stderr = `Interrupted by ${signal}. What was not finished is undone; run it again to go on.\n`;
        expect(await end).toEqual({ code: exitCode, stdout: '', stderr });
        // On Postgres the server gives up what the command left waiting.
        await expect.poll(() => other.isWaitedFor(process.pid), { timeout: 20_000 }).toBe(provider === 'sqlite');
      }
    } finally {
      await other.release();
    }
    expect(await run(['migrate'], { DATABASE_URL: databaseUrl })).toMatchObject({ code: 0, stderr: '' });
  });

  test('goes on when that is done', async () => {
    const databaseUrl = await unmigratedDatabaseUrl();
    const other = await migrating(databaseUrl);
    const child = start(['migrate'], { DATABASE_URL: databaseUrl });
    const end = finished(child);
    await expect.poll(() => other.isWaitedFor(child.pid ?? 0), { timeout: 20_000 }).toBe(true);
    await other.release();
    expect(await end).toMatchObject({ code: 0, stderr: '' });
  });
});

test('a wrong configuration is told by the name of its variable', aMinute, async () => {
  const { code, stderr } = await run(['migrate'], { DATABASE_URL: 'mysql://me:secret@somewhere', PORT: 'http' });
  expect(code).toBe(1);
  expect(stderr).toMatch(/DATABASE_URL must be file: and a path, or postgresql:.*; it is something else\n/);
  expect(stderr).toMatch(/PORT must be a whole number from 0 to 65535; it is "http"\n/);
  expect(stderr).not.toContain('secret');
});

describe('backup', aMinute, () => {
  test.runIf(provider === 'sqlite')('copies a database that is in use, and overwrites nothing', async () => {
    const env = { DATABASE_URL: await freshDatabaseUrl() };
    const database = await openDatabase({ databaseUrl: env.DATABASE_URL, poolSize: 1 });
    try {
      await createFirm(database, 'Acme Ltd');
      const copy = `${env.DATABASE_URL.slice('file:'.length)}.backup`;
      expect(await run(['backup', copy], env)).toEqual({ code: 0, stdout: '', stderr: '' });
      expect((await run(['firm', 'list'], { DATABASE_URL: `file:${copy}` })).stdout).toContain('Acme Ltd');
      expect(await run(['backup', copy], env)).toMatchObject({ code: 1, stderr: expect.stringMatching(/exists/) });
    } finally {
      await database.$close();
    }
  });

  test.runIf(provider === 'sqlite')('that is killed leaves nothing that looks like one', async () => {
    const env = { DATABASE_URL: await freshDatabaseUrl() };
    const file = env.DATABASE_URL.slice('file:'.length);
    const handle = openHandle(file);
    handle.exec(`CREATE TABLE "Much" AS WITH RECURSIVE "n" ("i") AS (SELECT 1 UNION ALL SELECT "i" + 1 FROM "n" WHERE "i" < 40000)
      SELECT "i", randomblob(1000) FROM "n"`);
    handle.close();
    const copy = `${file}.backup`;
    const child = start(['backup', copy], env);
    const end = finished(child);
    const begun = async () => (await readdir(dirname(file))).some((name) => name.startsWith(basename(copy)));
    while (child.exitCode === null && !(await begun())) await setImmediate();
    child.kill('SIGKILL');
    await end;
    if (!existsSync(copy)) expect(await run(['backup', copy], env)).toEqual({ code: 0, stdout: '', stderr: '' });
    const whole = openHandle(copy);
    expect(whole.prepare('SELECT count(*) AS "rows" FROM "Much"').get()).toEqual({ rows: 40_000 });
    whole.close();
  });

  test.runIf(provider === 'sqlite' && process.platform !== 'win32')('puts nothing in the place of a link', async () => {
    const env = { DATABASE_URL: await freshDatabaseUrl() };
    const link = `${env.DATABASE_URL.slice('file:'.length)}.link`;
    await symlink('nowhere', link);
    expect(await run(['backup', link], env)).toMatchObject({ code: 1, stderr: expect.stringMatching(/exists/) });
    expect(await readlink(link)).toBe('nowhere');
  });

  test.runIf(provider === 'postgres')('is left to pg_dump', async () => {
    const { code, stderr } = await run(['backup', 'x'], { DATABASE_URL: await freshDatabaseUrl() });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('pg_dump') });
  });
});

describe('serve', aMinute, () => {
  /** Starts a server, hands over the lines it printed until it was ready and its URL, and stops it. */
  async function serving(
    env: Record<string, string>,
    use: (url: string, printed: string) => Promise<void>,
  ): Promise<void> {
    const child = start(['serve'], { PORT: '0', CLIENTELE_LOG_LEVEL: 'warn', ...env });
    const end = finished(child);
    let printed = '';
    for await (const line of createInterface({ input: child.stdout })) {
      printed += `${line}\n`;
      if (line.startsWith('Clientele serves')) break;
    }
    try {
      const url = /http:\S+/.exec(printed)?.[0];
      if (!url) throw new Error(`It did not start: ${(await end).stderr}`);
      await use(url, printed);
    } finally {
      child.kill('SIGTERM');
      const { code, stderr } = await end;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
  }

  async function ask(url: string, token: string): Promise<unknown> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    return response.json();
  }

  test('makes one token on a first start, and none on the second', async () => {
    const env = { DATABASE_URL: await unmigratedDatabaseUrl() };
    await serving(env, async (url, printed) => {
      const [token] = /clt_\S+/.exec(printed) ?? [];
      expect(await ask(url, token ?? '')).toEqual({ data: { __typename: 'Query' } });
      // The command line works on the database of a running server.
      expect(await run(['firm', 'create', 'Acme'], env)).toMatchObject({ code: 0 });
    });
    await serving(env, async (_, printed) => expect(printed).not.toContain('clt_'));
  });

  test('takes CLIENTELE_ADMIN_TOKEN, and does not print it', async () => {
    const token = 'operators-own-token';
    const env = { DATABASE_URL: await freshDatabaseUrl(), CLIENTELE_ADMIN_TOKEN: token };
    await serving(env, async (url, printed) => {
      expect(printed).not.toContain(token);
      expect(printed).not.toContain('clt_');
      expect(await ask(url, token)).toEqual({ data: { __typename: 'Query' } });
    });
  });

  test('says in one line that the port is taken, and lets go of the database', async () => {
    const env = { DATABASE_URL: await freshDatabaseUrl() };
    await serving(env, async (url) => {
      const second = start(['serve'], { ...env, PORT: new URL(url).port, CLIENTELE_LOG_LEVEL: 'warn' });
      const { code, stderr } = await finished(second);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^error: Port \d+ of .* is in use; set PORT to another.\n$/);
    });
  });
});
