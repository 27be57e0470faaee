/** docs/architecture.md told to the imports of src/: which folder may import which, and what each must not know. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import '../src/kinds.ts';
import { kinds } from '../src/records/kind.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = join(root, 'src');

/** Files of src/ by their paths in it, with their texts. What Prisma generates imports nothing of ours. */
const files = new Map<string, string>(
  readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('database/generated/'))
    .map((path) => [path, readFileSync(join(src, path), 'utf8')]),
);

interface Import {
  from: string;
  /** A file of src/, or the name of a package. */
  to: string;
  /** By `import()`. */
  lazily: boolean;
}

/** Every import, of types too: static, dynamic, and what is exported again. */
const imports: readonly Import[] = [...files].flatMap(([from, text]) =>
  [...text.matchAll(/\b(?:from|import|require)\s*(\(?)\s*'([^']+)'/g)].map(([, call, to = '']) => ({
    from,
    lazily: call === '(',
    to: to.startsWith('.') ? normalize(join(dirname(from), to)) : to,
  })),
);
const ours = imports.filter(({ to }) => to.endsWith('.ts'));
const packages = imports.filter(({ to }) => !to.endsWith('.ts'));

/** The folder of a file: `.` is src/ itself. */
const folderOf = (path: string) => (path.startsWith('database/generated/') ? 'database/generated' : dirname(path));
const folders = new Set([...files.keys()].map(folderOf));

/** The arrows between folders, each with an import that it is made of. */
const arrows = new Map<string, Map<string, string>>();
for (const { from, to } of ours) {
  const [tail, head] = [folderOf(from), folderOf(to)];
  if (tail === head) continue;
  const heads = arrows.get(tail) ?? new Map<string, string>();
  arrows.set(tail, heads.set(head, `${from} imports ${to}`));
}

/** The table of docs/architecture.md: folders of one nature, and what they import. */
function tableRows(): { tails: string[]; heads: string[] }[] {
  const lines = readFileSync(join(root, 'docs/architecture.md'), 'utf8').split('\n');
  const first = lines.findIndex((line) => line.startsWith('| in `src/` |')) + 2;
  const named = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name.replace(/(?<=.)\/$/, ''));
  return lines.slice(first, lines.indexOf('', first)).map((line) => {
    const [, of, , to] = line.split('|');
    return { tails: named(of), heads: named(to) };
  });
}

/** Folders with a door and a README: what is in them is reached by that door. */
const sealed = [...folders].filter(
  (folder) => existsSync(join(src, folder, 'index.ts')) && existsSync(join(src, folder, 'README.md')),
);

/** Those of them, with what they stand on, that know no word of the product. */
const engines = [
  'base',
  'execution',
  'http/fast',
  'database/migrations',
  'database/postgres',
  'database/sql',
  'database/sqlite',
  'database/store',
];
const isIn = (path: string, among: readonly string[]) => among.includes(dirname(path));

describe('the folders of src/', () => {
  const rows = tableRows();
  const allowed = new Map(rows.flatMap(({ tails, heads }) => tails.map((tail) => [tail, new Set(heads)])));

  test('are those of the table', () => {
    expect([...allowed.keys()].sort()).toEqual([...folders, 'database/generated'].sort());
  });

  test('import what the table says, and nothing else', () => {
    const wrong = [...arrows].flatMap(([tail, heads]) =>
      [...heads].filter(([head]) => !allowed.get(tail)?.has(head)).map(([, example]) => example),
    );
    expect(wrong).toEqual([]);
  });

  test('make every arrow of the table', () => {
    const idle = rows.flatMap(({ tails, heads }) => {
      const made = new Set(tails.flatMap((tail) => [...(arrows.get(tail)?.keys() ?? [])]));
      return heads.filter((head) => !made.has(head)).map((head) => `${tails.join()} to ${head}`);
    });
    expect(idle).toEqual([]);
  });

  test('do not import each other, directly or by way of others', () => {
    const graph = new Map([...arrows].map(([tail, heads]) => [tail, new Set(heads.keys())]));
    expect(circlesIn(graph)).toEqual([]);
  });
});

test('files do not import each other, directly or by way of others', () => {
  const graph = new Map<string, Set<string>>();
  // A kind names its schema, which is loaded when all kinds are there.
  for (const { from, to, lazily } of ours) if (!lazily) graph.set(from, (graph.get(from) ?? new Set()).add(to));
  expect(circlesIn(graph)).toEqual([]);
});

test.each(sealed)('%s is entered by its door only', (folder) => {
  const others = ours.filter(({ from, to }) => folderOf(to) === folder && folderOf(from) !== folder);
  expect(others.filter(({ to }) => to !== `${folder}/index.ts`)).toEqual([]);
});

test('every engine but the base has a door and a README', () => {
  expect(sealed).toEqual(expect.arrayContaining(engines.filter((folder) => folder !== 'base')));
});

describe('engines', () => {
  const texts = [...files].filter(([path]) => isIn(path, engines));

  test('know no kind of record', () => {
    // Fields of one word, such as `name`, say nothing of whose they are.
    const fields = kinds().flatMap((kind) => Object.keys(kind.fields).filter((name) => /[A-Z]/.test(name)));
    const generic = new Set(['createdBy', 'modifiedBy', 'customFields', 'isPrimary']);
    const words = fields.filter((name) => !generic.has(name)).join('|');
    const models = kinds().map(({ model }) => model);
    // In quotes, since Postgres' driver has a Client, too.
    const known = new RegExp(`\\b(?:${words})\\b|["'\`](?:${models.join('|')})["'\`]`);
    expect(texts.filter(([, text]) => known.test(text)).map(([path, text]) => [path, known.exec(text)?.[0]])).toEqual(
      [],
    );
  });

  test('do not know the folders of the product', () => {
    const product = kinds().map(({ model }) => model);
    expect(product).not.toEqual([]);
    const below = new Set([...engines, 'http', 'database/generated']);
    expect(ours.filter(({ from, to }) => isIn(from, engines) && !below.has(folderOf(to)))).toEqual([]);
  });
});

describe('databases', () => {
  test('have their drivers imported by their stores only', () => {
    const drivers = /^(?:pg|better-sqlite3|node:sqlite|@prisma\/adapter-pg|clientele-node20)$/;
    const outside = packages.filter(
      ({ from, to }) => drivers.test(to) && !isIn(from, ['database/sqlite', 'database/postgres']),
    );
    expect(outside).toEqual([]);
  });

  const outside = [...files].filter(([path]) => !path.startsWith('database/'));

  test('are asked in SQL by database/ only', () => {
    const writes = /\.\$(?:query|execute)Raw|\bsql`|\b(?:import|,|\{) (?:sql|raw)\b[^;]*database\/sql/;
    expect(outside.filter(([, text]) => writes.test(text)).map(([path]) => path)).toEqual([]);
  });

  test("have Prisma's internals read in one file", () => {
    const reading = [...files].filter(([, text]) => /__internalParams|@prisma\/client\/runtime/.test(text));
    expect(reading.map(([path]) => path)).toEqual(['database/prisma-internals.ts']);
  });

  test('differ in their dialects, and not where SQL is written', () => {
    const written = [...files].filter(([path]) => path.startsWith('database/sql/'));
    const told = written.filter(([, text]) => /'(?:sqlite|postgres)'|\bprovider\b/.test(text));
    expect(told.map(([path]) => path)).toEqual([]);
  });
});

test('rules know nothing of GraphQL and HTTP', () => {
  const rules = ['base', 'custom-values', 'extending', 'fields', 'records', 'session', 'transfer'];
  const edge = /^(?:graphql|graphql-yoga|@pothos\/.*|node:http)$/;
  const isRule = (path: string) => isIn(path, rules) || path.startsWith('database/');
  expect(packages.filter(({ from, to }) => isRule(from) && edge.test(to))).toEqual([]);
});

/** The circles of a graph, each as its nodes in order; one for each node that closes any. */
function circlesIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]) => {
    if (path.includes(node)) circles.push([...path.slice(path.indexOf(node)), node].join(' → '));
    if (path.includes(node) || done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return circles;
}
