/** The index of searches: kept by the database itself, whoever writes, and by migrations that rebuild a table. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { searchedModels, searchTriggers } from '../../prisma/search-index.js';
import { applyMigrations } from '../../src/database/migrations/apply.ts';
import { openDatabase } from '../../src/database/open.ts';
import { raw, sql } from '../../src/database/sql/sql.ts';
import { openHandle } from '../../src/database/sqlite/driver.ts';
import { startApp, type TestFirm } from '../support/app.ts';
import { freshDatabaseUrl, provider } from '../support/database.ts';
import { query } from '../support/sql.ts';

const prisma = fileURLToPath(new URL('../../prisma', import.meta.url));

async function withFirm(
  url: string,
  use: (firm: TestFirm, run: (text: string) => Promise<unknown[]>) => Promise<void>,
) {
  const database = await openDatabase({ databaseUrl: url, poolSize: 3 });
  try {
    await use(await (await startApp(database)).firm(randomUUID()), (text) => query(database, sql`${raw(text)}`));
  } finally {
    await database.$close();
  }
}

async function create(firm: TestFirm, names: readonly string[]): Promise<void> {
  const document = 'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }';
  for (const name of names) await firm.ok(document, { input: { name, trackingId: name } });
}

/** The names that a search finds, in order. */
async function found(firm: TestFirm, search: string): Promise<string[]> {
  const { clients } = await firm.ok(
    'query ($search: String) { clients(first: 250, search: $search) { nodes { name } } }',
    {
      search,
    },
  );
  return clients.nodes.map(({ name }: { name: string }) => name);
}

/** On SQLite more than wait to be put into the index. */
const MANY = provider === 'sqlite' ? 300 : 100;

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `Client "${String(index).padStart(3, '0')}"`);

/** Makes the file anew, for which SQLite may give rows other numbers unless they are columns. */
function vacuum(url: string): void {
  const handle = openHandle(url.slice('file:'.length));
  handle.exec('VACUUM');
  handle.close();
}

describe('the search index', () => {
  it('finds what is new, what was long there, and what is called otherwise now', async () => {
    const url = await freshDatabaseUrl();
    const [last = ''] = numbered(MANY).slice(-1);
    const [next = ''] = numbered(2 * MANY).slice(-1);
    await withFirm(url, async (firm, run) => {
      const names = numbered(MANY);
      await create(firm, names);
      expect(await found(firm, 'client "')).toEqual(names.slice(0, 250));
      for (const name of ['Client "007"', last]) expect(await found(firm, name)).toEqual([name]);

      const rename = 'mutation ($input: UpsertClientInput!) { upsertClient(input: $input) { client { id } } }';
      await firm.ok(rename, { input: { trackingId: 'Client "007"', name: 'Somebody else' } });
      expect(await found(firm, 'mebody')).toEqual(['Somebody else']);
      expect(await found(firm, '"007" somebody')).toEqual(['Somebody else']);
      await create(firm, numbered(2 * MANY).slice(MANY));
      expect(await found(firm, 'mebody')).toEqual(['Somebody else']);
      expect(await found(firm, next)).toEqual([next]);
      expect(await found(firm, 'Client "999"')).toEqual([]);
      if (provider === 'postgres') return;
      vacuum(url);
      expect(await found(firm, 'mebody')).toEqual(['Somebody else']);
      expect(await found(firm, 'Client "123"')).toEqual(['Client "123"']);
      const [waiting] = (await run('SELECT count(*) AS "rows" FROM "ClientUnindexed"')) as { rows: number }[];
      expect(waiting?.rows).toBeLessThan(256);
    });
  });

  it('finds every part of three characters and more, wherever it stands', async () => {
    await withFirm(await freshDatabaseUrl(), async (firm) => {
      const names = ['Ärger & "Söhne"', "O'Hara/Łódź*", 'a😀b😀c (x-y)', 'AND OR NOT', 'trailing ab', 'नमस्ते\u200dw'];
      await create(firm, [...names, ...numbered(MANY)]);
      const document =
        'query ($part: String) { clients(first: 250, filter: { name: { contains: $part } }) { nodes { name } } }';
      for (const name of names) {
        const characters = [...name];
        for (const length of [3, 4, 5, 6, characters.length]) {
          for (let at = 0; at + length <= characters.length; at++) {
            const part = characters.slice(at, at + length).join('');
            const { clients } = await firm.ok(document, { part });
            expect(clients.nodes, part).toContainEqual({ name });
            if (!part.includes(' ')) expect(await found(firm, part), part).toContain(name);
          }
        }
      }
    });
  });

  it('finds nothing where nothing is', async () => {
    await withFirm(await freshDatabaseUrl(), async (firm) => expect(await found(firm, 'any')).toEqual([]));
  });

  it('is there after all migrations', async () => {
    await withFirm(await freshDatabaseUrl(), async (_firm, run) => {
      if (provider === 'postgres') {
        const indexes = await run(`SELECT indexname FROM pg_indexes WHERE indexname LIKE '%searchText_idx' ORDER BY 1`);
        expect(indexes).toEqual([
          { indexname: 'ClientContact_searchText_idx' },
          { indexname: 'Client_searchText_idx' },
        ]);
        return;
      }
      const triggers = (await run(`SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name`)) as {
        sql: string;
      }[];
      const tables = searchedModels(await readFile(join(prisma, 'schema.prisma'), 'utf8'));
      expect(tables).toEqual(['Client', 'ClientContact']);
      const kept = tables.map(searchTriggers).join('');
      expect(triggers).toHaveLength(3 * tables.length);
      for (const trigger of triggers) expect(kept).toContain(`${trigger.sql};`);
    });
  });

  it.runIf(provider === 'sqlite')('has all parts of long texts', async () => {
    await withFirm(await freshDatabaseUrl(), async (firm, run) => {
      const document = 'mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }';
      for (let length = 1; length <= 150; length += 7) {
        const characters = Array.from({ length }, (_, index) => (length % 2 === 0 ? '😀é' : 'ab')[index % 2] ?? '');
        const externalIds = Array.from({ length: length % 5 }, (_, index) => ({
          system: `s${index}`,
          id: `${index}${'wxyz'.repeat(length % 40)}`,
        }));
        await firm.ok(document, { input: { name: `${characters.join('')}${length}`, externalIds } });
      }
      const rows = (await run(
        'SELECT "searchText" AS "text", "parts" FROM "Client" JOIN "ClientParts" USING ("rowNumber")',
      )) as { text: string; parts: string }[];
      for (const { text, parts } of rows) {
        const characters = [...text];
        const places = Array.from({ length: Math.max(1, characters.length - 2) }, (_, at) => at);
        const expected = places.flatMap((at) =>
          characters
            .slice(at, at + 5)
            .join('')
            .split('\n'),
        );
        const searchable = (all: readonly string[]) => [...new Set(all.filter((part) => [...part].length > 2))].sort();
        expect(searchable(parts.split('\n'))).toEqual(searchable(expected));
      }
      expect(Math.max(...rows.map(({ text }) => text.length))).toBeGreaterThan(500);
    });
  });

  it.runIf(provider === 'sqlite')('stays when a migration rebuilds the table', async () => {
    const url = await freshDatabaseUrl();
    const folder = await mkdtemp(join(tmpdir(), 'clientele-migration-'));
    try {
      await symlink(join(prisma, '../node_modules'), join(folder, 'node_modules'));
      await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
      await cp(prisma, join(folder, 'prisma'), { recursive: true });
      const model = join(folder, 'prisma/schema.prisma');
      const text = await readFile(model, 'utf8');
      // A column with another type is what SQLite needs a new table for.
      await writeFile(model, text.replace(/assignedSalesRepName( +)String\?/, 'assignedSalesRepName$1Int?'));
      await promisify(execFile)(process.execPath, [join(folder, 'prisma/new-migration.js'), 'rebuild']);

      await withFirm(url, (firm) => create(firm, numbered(MANY)));
      expect(await applyMigrations(url, join(folder, 'prisma/sqlite/migrations'))).toEqual([
        expect.stringMatching(/_rebuild$/),
      ]);
      await withFirm(url, async (firm, run) => {
        const indexed =
          await run(`SELECT "name" FROM "ClientSearch" JOIN "Client" ON "rowNumber" = "ClientSearch"."rowid"
          WHERE "ClientSearch" MATCH '"""042"""'`);
        expect(indexed).toEqual([{ name: 'Client "042"' }]);
        await create(firm, ['Another one']);
        expect(await found(firm, 'other')).toEqual(['Another one']);
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
