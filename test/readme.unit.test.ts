/** What the README and the documents beside it say of the code, kept in step with it. */
import { existsSync, readFileSync } from 'node:fs';
import { buildSchema, isObjectType, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../src/base/errors.ts';
import * as meter from '../src/base/meter.ts';
import { readConfig } from '../src/config.ts';
import { CUSTOM_FIELD_TYPES } from '../src/custom-values/types.ts';
import { PATCH_RULE } from '../src/fields/patch.ts';
import { LIMITS } from '../src/http/limits.ts';
import { STATUS_OF } from '../src/http/status.ts';
import { ROLES } from '../src/session/viewer.ts';

const root = new URL('..', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), 'utf8');
const readme = read('README.md');
const documents = [
  'README.md',
  ...['architecture', 'changes', 'import-export', 'operations', 'performance', 'systems'].map(
    (name) => `docs/${name}.md`,
  ),
];

/** The rows of the table whose heading row begins so, cell by cell, without code marks. */
function table(heading: string): string[][] {
  const lines = readme.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  expect(start, `a table headed "${heading}"`).toBeGreaterThan(-1);
  const rest = lines.slice(start + 2);
  const end = rest.findIndex((line) => !line.startsWith('|'));
  return rest.slice(0, end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

const unmarked = (cell: string | undefined) => (cell ?? '').replace(/^`(.*)`$/, '$1');

describe('the README', () => {
  it('lists every error code with its meaning', () => {
    const rows = table('`extensions.code`').map(([code, meaning]) => [unmarked(code), meaning]);
    expect(rows).toEqual(Object.entries(ERROR_CODES));
    for (const [code, meaning] of rows) {
      expect(meaning).toMatch(new RegExp(`HTTP ${STATUS_OF[code as keyof typeof STATUS_OF]}\\.$`));
    }
  });

  it('lists every configuration variable with its default', () => {
    const [, body = ''] = /z\.object\(\{\n(.*?)\n\}\)/s.exec(read('src/config.ts')) ?? [];
    const named = new Map(Object.entries(meter).map(([constant, value]) => [constant, String(value)]));
    const variables = body.split(/\n(?= {2}[A-Z])/).map((entry) => {
      const [, name = ''] = /^ *([A-Z_]+):/.exec(entry) ?? [];
      const [, fallback = '–'] = /\.default\('?(.*?)'?\)/.exec(entry) ?? [];
      return [name, named.get(fallback) ?? fallback];
    });
    expect(variables.length).toBeGreaterThan(5);
    expect(table('variable').map(([name, fallback]) => [unmarked(name), unmarked(fallback)])).toEqual(variables);
    expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 4000 });
  });

  it('has the patch rule as the code has it', () => {
    const words = { keep: 'unchanged', clear: 'cleared', error: 'error', replace: 'replaced', merge: 'merged' };
    const columns = ['optional', 'required', 'list', 'object', 'custom'] as const;
    const sent = ['nothing', 'null', 'emptyText', 'emptyList', 'value'] as const;
    const told = table('sent').map((row) => row.slice(1).map((cell) => cell.split(' ')[0]));
    expect(told).toEqual(sent.map((what) => columns.map((column) => words[PATCH_RULE[column][what]])));
  });

  it('lists every type of custom field, what it takes and how it is read', () => {
    const rows = table('type').map(([type, value]) => [unmarked(type), value]);
    expect(rows).toEqual(Object.entries(CUSTOM_FIELD_TYPES));
    const schema = buildSchema(read('schema.graphql'));
    for (const [, , typed] of table('type')) {
      const [, name = '', field = ''] = /^`(\w+) \{ (\w+) \}`$/.exec(typed ?? '') ?? [];
      const type = schema.getType(name);
      expect(isObjectType(type) && type.getFields()[field], typed).toBeTruthy();
    }
  });

  it('lists every role', () => {
    expect(table('role').map(([role]) => unmarked(role))).toEqual(Object.keys(ROLES));
  });

  it('lists every limit of a request', () => {
    const limits = Object.values(LIMITS).map(({ value, description }) => [value.toLocaleString('en-US'), description]);
    expect(table('at most')).toEqual(limits);
  });
});

describe.each(documents)('%s', (file) => {
  const text = read(file);

  it('holds operations that the schema takes', () => {
    const schema = buildSchema(read('schema.graphql'));
    for (const [, operation = ''] of text.matchAll(/^```graphql\n(.*?)^```$/gms)) {
      const faults = validate(schema, parse(operation)).map(({ message }) => message);
      expect(faults, operation).toEqual([]);
    }
  });

  it('links to what there is', () => {
    for (const [, target = '', anchor] of text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
      const url = target ? new URL(target, new URL(file, root)) : new URL(file, root);
      expect(existsSync(url), `${target} of ${file}`).toBe(true);
      if (anchor) expect(anchorsOf(readFileSync(url, 'utf8')), `#${anchor} of ${target || file}`).toContain(anchor);
    }
  });
});

/** The anchors that GitHub makes of a document's headings. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
