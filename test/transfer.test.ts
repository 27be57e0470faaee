/** Export and import: what goes out comes back, here and elsewhere, and every line that fails says why. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../src/database/open.ts';
import type { Field, Fields } from '../src/fields/fields.ts';
import { createFirm } from '../src/firms/firms.ts';
import { fieldsOf } from '../src/records/save.ts';
import { csvLines } from '../src/transfer/csv.ts';
import { entityNamed } from '../src/transfer/entities.ts';
import { exportCsv, exportJson } from '../src/transfer/export.ts';
import { type ImportOptions, importLines } from '../src/transfer/import.ts';
import { jsonLines, LINE_MAX } from '../src/transfer/lines.ts';
import { operatorOf } from '../src/transfer/operator.ts';
import { startApp, type TestApp, type TestFirm } from './support/app.ts';
import { finished, run, start } from './support/cli.ts';
import { copies } from './support/copies.ts';
import { freshDatabaseUrl, provider } from './support/database.ts';
import { entriesOf } from './support/feed.ts';
import { make, recordsOf } from './support/records.ts';
import { day, plainValue } from './support/values.ts';

type Line = Record<string, unknown>;
interface Firm extends TestFirm {
  name: string;
}

let app: TestApp;
let firms = 0;
beforeAll(async () => {
  app = await startApp();
});

async function newFirm(): Promise<Firm> {
  const name = `Transfer ${++firms}`;
  return { name, ...(await app.firm(name)) };
}

/** Bytes in pieces that end anywhere, as files and pipes hand them over. */
async function* bytesOf(content: string | Uint8Array, size = 1_000): AsyncGenerator<Uint8Array> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

type Settings = ImportOptions & { entity?: 'clients' | 'contacts'; format?: 'jsonl' | 'csv'; pieces?: number };

/** Imports a file and answers the counts with the lines that failed. */
async function load(firm: Firm, content: string | Uint8Array, settings: Settings = {}) {
  const { entity: name = 'clients', format = 'jsonl', pieces, ...options } = settings;
  const entity = entityNamed(name);
  const operator = await operatorOf(app.database, firm.name, 'import');
  const bytes = bytesOf(content, pieces);
  const lines =
    format === 'csv'
      ? csvLines(bytes, { line: entity.line, keys: entity.keys, definitions: await fieldsOf(operator, entity.kind) })
      : jsonLines(bytes);
  const failures: string[] = [];
  const onFailure = (line: number, problems: readonly string[]) => {
    for (const problem of problems) failures.push(`line ${line}: ${problem}`);
  };
  const { made, ...counts } = await importLines(operator, entity, lines, { ...options, onFailure });
  return { ...counts, made: Object.fromEntries(made), failures };
}

async function unload(
  firm: Firm,
  format: 'jsonl' | 'csv' = 'jsonl',
  name: 'clients' | 'contacts' = 'clients',
): Promise<string> {
  const operator = await operatorOf(app.database, firm.name, 'export');
  let text = '';
  for await (const part of (format === 'csv' ? exportCsv : exportJson)(operator, entityNamed(name))) text += part;
  return text;
}

async function exported(firm: Firm, name: 'clients' | 'contacts' = 'clients'): Promise<Line[]> {
  return (await unload(firm, 'jsonl', name))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const jsonl = (lines: readonly unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
const counts = (some: Line) => ({
  created: 0,
  updated: 0,
  restored: 0,
  unchanged: 0,
  failed: 0,
  failures: [],
  ...some,
});

const TYPES = ['TEXT', 'NUMBER', 'BOOLEAN', 'DATE', 'EMAIL', 'URL', 'PHONE_NUMBER', 'ADDRESS'] as const;
const CUSTOM_KEYS = Object.fromEntries([...TYPES, 'SINGLE_SELECT', 'MULTI_SELECT'].map((type) => [type, `my${type}`]));

async function defineFields(firm: Firm, entity = 'CLIENT'): Promise<void> {
  for (const [type, key] of Object.entries(CUSTOM_KEYS)) {
    const options = type.endsWith('SELECT') ? [{ label: 'a' }, { label: 'b' }] : [];
    await make(firm, 'CustomField', { name: type, key, type, entity, options });
  }
}

/** Texts that a format may trip over. */
const awkward = fc.constantFrom(
  ...['null', '\\', '\\\\', '\\null', 'a|b', 'a\\|b', '"quoted"', "'", '=1+1', '-', 'x,y;z\tw', ' lead', 'trail '],
  ...['two\r\nlines', 'two\nlines', 'return\r', '\uFEFFmark', 'Zoë 🦊', 'true', '12', '{"a":1}', 'ı\u0130ß'],
);
const text = fc.oneof(awkward, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }));
const filled = text.filter((value) => value.trim() !== '');
const exact = filled.map((value) => value.trim());
const employee = fc.constantFrom(
  'Cy',
  'Ann Lee <ann@example.com>',
  'Ann Lee <lee@example.com>',
  'B | "B" <b@example.com>',
);

const CUSTOM: Record<string, fc.Arbitrary<unknown>> = {
  TEXT: text,
  NUMBER: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    fc.integer(),
  ),
  BOOLEAN: fc.boolean(),
  DATE: day,
  EMAIL: fc.constant('custom@example.com'),
  URL: fc.constant('https://example.com/?a=1,2'),
  PHONE_NUMBER: fc.constant('+12123456789'),
  ADDRESS: fc.record({ city: filled, country: fc.constant('GB'), fullAddress: filled }, { requiredKeys: ['city'] }),
  SINGLE_SELECT: fc.constantFrom('a', 'b'),
  MULTI_SELECT: fc.constantFrom(['a'], ['b', 'a']),
};

/** Valid values of a field of a line. */
function valid(name: string, field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'text':
      if (['assignedCsm', 'assignedSalesRep', 'createdBy', 'modifiedBy', 'salesperson', 'employee'].includes(name)) {
        return employee;
      }
      if (name === 'uprn') return fc.stringMatching(/^\d{1,12}$/);
      if (name === 'nationalInsuranceNumber') return fc.constantFrom('AB123456C', 'CE 12 34 56 A');
      if (field.exact) return exact;
      return (field.min > 0 ? filled : text).map((value) => [...value].slice(0, field.max).join(''));
    case 'choice':
    case 'boolean':
    case 'integer':
    case 'money':
    case 'url':
    case 'phone':
    case 'timezone':
    case 'language':
      return plainValue(field);
    case 'date':
      return name === 'inceptionDate' ? fc.constant('1980-01-01') : day;
    case 'email':
      return fc.constantFrom('a@example.com', "o'b.c@example.org");
    case 'country':
      return fc.constantFrom('GB', 'US');
    case 'textList':
      return fc.uniqueArray(filled, { minLength: 1, maxLength: 5 });
    case 'objectList':
      if (name === 'externalIds')
        return fc
          .tuple(fc.uuid(), exact, fc.shuffledSubarray(['stripe', 'zen.desk-2', 'usage'], { minLength: 1 }))
          .map(([id, other, systems]) => systems.map((system) => ({ system, id: `${id} ${other}`.slice(0, 200) })));
      return fc.uniqueArray(fc.record({ employee, role: filled }), {
        minLength: 1,
        selector: (item) => item.employee + item.role,
      });
    case 'object':
      return fc.record(partsOf(field.fields), { requiredKeys: [] }).filter((parts) => Object.keys(parts).length > 0);
    case 'customFields':
      return fc.record(Object.fromEntries(Object.entries(CUSTOM).map(([type, value]) => [CUSTOM_KEYS[type], value])), {
        requiredKeys: [],
      });
    case 'reference':
      throw new Error(`${name} is named in these lines`);
  }
}

const partsOf = (fields: Fields) =>
  Object.fromEntries(Object.entries(fields).map(([key, part]) => [key, valid(key, part)]));

/** Names are matched without regard to case, so each is one of a few that differ otherwise. */
const NAMES = ['North', 'a|b "c"', 'null', '\\', 'Größe, 2', ' x\ny '];

/** Lines as they are exported, each with any of the fields, and a trackingId that is its own. */
function clients(): fc.Arbitrary<Line[]> {
  const { id: _id, trackingId: _key, parent: _parent, ...others } = entityNamed('clients').line;
  const arbitraries: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, field] of Object.entries(others)) {
    if (!entityNamed('clients').exported.includes(name)) continue;
    const named = ['clientGroup', 'region', 'type', 'successCycle'].includes(name);
    arbitraries[name] = named ? fc.constantFrom(...NAMES) : valid(name, field);
  }
  const line = fc.record(arbitraries, { requiredKeys: ['name'] });
  return fc
    .uniqueArray(fc.tuple(exact, line, fc.nat()), { minLength: 1, maxLength: 8, selector: ([key]) => key })
    .map((drawn) =>
      drawn.map(([trackingId, fields, at], index) => ({
        trackingId,
        ...fields,
        // Any of the lines but itself and those that lead to it: each below one that comes after it in the list.
        ...(at % 2 === 0 && index + 1 < drawn.length
          ? { parent: drawn[index + 1 + (at % (drawn.length - index - 1))]?.[0] }
          : {}),
      })),
    );
}

/** Lines by key, however they are ordered. */
const byKey = (lines: readonly Line[]) =>
  Object.fromEntries(lines.map((line) => [String(line.trackingId), { externalIds: [], ...line }]));

describe('a round trip of clients', () => {
  it('holds empty text for nothing', async () => {
    const firm = await newFirm();
    const empty = jsonl([{ trackingId: 'E', name: 'Empty', note: '', person: { title: '' }, address: { city: '' } }]);
    expect(await load(firm, empty)).toMatchObject(counts({ created: 1 }));
    expect(await exported(firm)).toMatchObject([{ trackingId: 'E', note: null, person: null, address: null }]);
    expect(await load(firm, empty)).toMatchObject(counts({ unchanged: 1 }));
  });

  it('with any values of every field, in both formats, changes nothing here and makes the same elsewhere', async () => {
    await fc.assert(
      fc.asyncProperty(clients(), async (lines) => {
        const here = await newFirm();
        await defineFields(here);
        const first = await load(here, jsonl(lines));
        expect(first).toMatchObject(counts({ created: lines.length }));
        const out = await exported(here);
        // Parts and keys that were not sent are null.
        expect(byKey(out)).toMatchObject(byKey(lines.map((line) => ({ externalIds: [], ...line }))));

        const before = await entriesOf(app, here);
        expect(await load(here, jsonl(out))).toMatchObject(counts({ unchanged: lines.length, made: {} }));
        const csv = await unload(here, 'csv');
        expect(await load(here, csv, { format: 'csv' })).toMatchObject(counts({ unchanged: lines.length, made: {} }));
        expect(await entriesOf(app, here)).toBe(before);

        for (const format of ['jsonl', 'csv'] as const) {
          const there = await newFirm();
          await defineFields(there);
          const content = format === 'csv' ? csv : jsonl(out);
          expect(await load(there, content, { format })).toMatchObject(counts({ created: lines.length }));
          expect(byKey(await exported(there))).toEqual(byKey(out));
        }
      }),
      { numRuns: provider === 'sqlite' ? 25 : 8 },
    );
  }, 120_000);

  it('takes back what was added since, where the format can say so', async () => {
    const firm = await newFirm();
    await load(firm, jsonl([{ trackingId: 'T', name: 'As it was', address: { city: 'Leeds' } }]));
    const [json, csv] = [await unload(firm), await unload(firm, 'csv')];
    await load(
      firm,
      jsonl([{ trackingId: 'T', note: 'new', tags: ['new'], address: { line1: 'new' }, region: 'New' }]),
    );
    expect(await load(firm, csv, { format: 'csv' })).toMatchObject(counts({ unchanged: 1 }));
    expect(await load(firm, json)).toMatchObject(counts({ updated: 1 }));
    expect(await unload(firm)).toBe(json);
  });

  it('names a firm that has one of everything', async () => {
    const here = await newFirm();
    await recordsOf(here);
    const lines = await exported(here);
    expect(await load(here, jsonl(lines))).toMatchObject(counts({ unchanged: 2, made: {} }));
    const contacts = await unload(here, 'jsonl', 'contacts');
    expect(await load(here, contacts, { entity: 'contacts' })).toMatchObject(counts({ unchanged: 1, made: {} }));
    const csv = await unload(here, 'csv', 'contacts');
    expect(await load(here, csv, { entity: 'contacts', format: 'csv' })).toMatchObject(counts({ unchanged: 1 }));
  });

  it('reads more than one page, in the order of creation', async () => {
    const firm = await newFirm();
    const lines = Array.from({ length: 1_203 }, (_, index) => ({ trackingId: `P-${index}`, name: `Client ${index}` }));
    // One after the other.
    await load(firm, jsonl(lines), { stopOnError: true });
    expect((await exported(firm)).map(({ trackingId }) => trackingId)).toEqual(lines.map((line) => line.trackingId));
    expect((await unload(firm, 'csv')).split('\n')).toHaveLength(lines.length + 2);
  });
});

describe('a client without a trackingId', () => {
  it('is found by its id here, and elsewhere by its id as its trackingId', async () => {
    const [here, there] = [await newFirm(), await newFirm()];
    const parent = await make(here, 'Client', { name: 'No key' });
    await make(here, 'Client', { name: 'Child', trackingId: 'child', parent: { id: parent.id } });
    const lines = await exported(here);
    expect(lines).toMatchObject([
      { id: parent.id, name: 'No key' },
      { trackingId: 'child', parent: parent.id },
    ]);
    expect(await load(here, jsonl(lines))).toMatchObject(counts({ unchanged: 2 }));
    expect(await load(here, jsonl([{ id: parent.id, note: 'n' }]))).toMatchObject(counts({ updated: 1 }));

    expect(await load(there, jsonl(lines))).toMatchObject(counts({ created: 2 }));
    expect(await load(there, jsonl(lines))).toMatchObject(counts({ unchanged: 2 }));
    const { id: _, ...rest } = lines[0] ?? {};
    expect(byKey(await exported(there))).toMatchObject(byKey([{ ...rest, trackingId: parent.id }]));
  });

  it('is given one by a line with both, wherever it is', async () => {
    const [here, there] = [await newFirm(), await newFirm()];
    const { id } = await make(here, 'Client', { name: 'No key' });
    await load(there, await unload(here));
    const keyed = jsonl([{ id, trackingId: 'K', name: 'Has a key' }]);
    for (const firm of [here, there]) {
      expect(await load(firm, keyed)).toMatchObject(counts({ updated: 1 }));
      expect(await load(firm, keyed)).toMatchObject(counts({ unchanged: 1 }));
      expect(await exported(firm)).toMatchObject([{ trackingId: 'K', name: 'Has a key' }]);
    }
  });

  it('comes back when it was deleted', async () => {
    const firm = await newFirm();
    const { id } = await make(firm, 'Client', { name: 'Gone' });
    const file = await unload(firm);
    await firm.ok('mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }', { id });
    expect(await exported(firm)).toEqual([]);
    const wrong = await load(firm, jsonl([{ id, email: 'none' }]));
    expect(wrong.failures).toEqual(['line 1: input.email: must be an e-mail address, not "none"']);
    expect(await exported(firm)).toEqual([]);
    expect(await load(firm, file, { dryRun: true })).toMatchObject(counts({ restored: 1 }));
    expect(await load(firm, file)).toMatchObject(counts({ restored: 1 }));
    expect(await unload(firm)).toBe(file);
  });

  it('comes back with what the line changes in one commit', async () => {
    const firm = await newFirm();
    const { id } = await make(firm, 'Client', { name: 'Gone' });
    await firm.ok('mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }', { id });
    expect(await load(firm, jsonl([{ id, name: 'Back' }]))).toMatchObject(counts({ restored: 1 }));
    const history = 'query ($id: ID!) { client(by: { id: $id }) { history(first: 2) { nodes { kind after } } } }';
    expect((await firm.ok(history, { id })).client.history.nodes).toMatchObject([
      { kind: 'RESTORED', after: { name: 'Back' } },
      { kind: 'DELETED' },
    ]);
  });

  it('is the one it was merged into', async () => {
    const firm = await newFirm();
    const [source, target] = [await make(firm, 'Client', { name: 'One' }), await make(firm, 'Client', { name: 'Two' })];
    await firm.ok(
      'mutation ($s: ID!, $t: ID!) { mergeClients(source: { id: $s }, target: { id: $t }) { client { id } } }',
      {
        s: source.id,
        t: target.id,
      },
    );
    expect(await load(firm, jsonl([{ id: source.id, name: 'Renamed' }]))).toMatchObject(counts({ updated: 1 }));
    expect(await exported(firm)).toMatchObject([{ id: target.id, name: 'Renamed' }]);
  });
});

describe('contacts', () => {
  it('come with their location, role and salesperson, and as the primary contact', async () => {
    const [here, there] = [await newFirm(), await newFirm()];
    for (const firm of [here, there]) await defineFields(firm, 'CLIENT_CONTACT');
    await load(
      here,
      jsonl([
        { trackingId: 'C1', name: 'One' },
        { trackingId: 'C2', name: 'Two' },
      ]),
    );
    const lines = [
      { trackingId: 'p1', client: 'C1', role: 'Adjuster', lastName: 'Ames', location: null, isPrimary: true },
      {
        ...{ trackingId: 'p2', client: 'C1', role: 'Adjuster', firstName: 'Bo', lastName: 'Berg', location: 'Dock, 2' },
        ...{ salesperson: 'Ann Lee <ann@example.com>', address: { city: 'Leeds' }, phoneHome: '+1 404 x501' },
        ...{ language: 'en', birthday: '1980-01-01', adminNotes: 'null', notes: null, isPrimary: false },
        customFields: { [CUSTOM_KEYS.MULTI_SELECT ?? '']: ['a', 'b'] },
      },
      { trackingId: 'p3', client: 'C2', role: 'Owner', lastName: 'Cole', location: 'Dock, 2', isPrimary: true },
    ];
    expect(await load(here, jsonl(lines), { entity: 'contacts' })).toMatchObject(
      counts({ created: 3, made: { 'contact role': 2, 'client location': 2, employee: 1 } }),
    );
    const out = await exported(here, 'contacts');
    expect(byKey(out)).toMatchObject(byKey(lines));
    const [json, csv] = [jsonl(out), await unload(here, 'csv', 'contacts')];
    for (const [content, format] of [
      [json, 'jsonl'],
      [csv, 'csv'],
    ] as const) {
      expect(await load(here, content, { entity: 'contacts', format })).toMatchObject(
        counts({ unchanged: 3, made: {} }),
      );
    }
    await load(there, await unload(here));
    expect(await load(there, csv, { entity: 'contacts', format: 'csv' })).toMatchObject(counts({ created: 3 }));
    expect(byKey(await exported(there, 'contacts'))).toEqual(byKey(out));
    // A contact that is no longer primary.
    const step = jsonl([{ trackingId: 'p1', isPrimary: false }]);
    expect(await load(there, step, { entity: 'contacts' })).toMatchObject(counts({ updated: 1 }));
    expect(await load(there, step, { entity: 'contacts' })).toMatchObject(counts({ unchanged: 1 }));
  });

  it('are taken in spite of twins only where that is allowed', async () => {
    const firm = await newFirm();
    await load(firm, jsonl([{ trackingId: 'C', name: 'One' }]));
    const twins = jsonl(['1', '2'].map((trackingId) => ({ trackingId, client: 'C', role: 'Owner', lastName: 'Twin' })));
    const { failures, ...rest } = await load(firm, twins, { entity: 'contacts' });
    expect(rest).toMatchObject({ created: 1, failed: 1 });
    expect(failures).toEqual([expect.stringMatching(/^line [12]: input\.\w+: /)]);
    const allowed = await load(firm, twins, { entity: 'contacts', allowDuplicates: true });
    expect(allowed).toMatchObject(counts({ created: 1, unchanged: 1 }));
  });

  it('say what is wrong with their place', async () => {
    const firm = await newFirm();
    await load(firm, jsonl([{ trackingId: 'C', name: 'One' }]));
    const person = { role: 'Owner', lastName: 'Doe' };
    const lines = [
      { trackingId: '1', client: 'nobody', ...person },
      { trackingId: '2', client: 'nobody', location: 'Dock', ...person },
      { trackingId: '3', location: 'Dock', ...person },
      { trackingId: '4', ...person },
      { trackingId: '5', client: 'C', lastName: 'Doe', isPrimary: 'yes', email: 'none' },
    ];
    const { failures, made } = await load(firm, jsonl(lines), { entity: 'contacts' });
    expect(failures.sort()).toEqual([
      'line 1: input.client: There is no client with the trackingId or id "nobody"',
      'line 2: input.client: There is no client with the trackingId or id "nobody"',
      'line 3: input.location: needs the client, under `client`',
      expect.stringContaining('line 4: input.location: is required'),
      'line 5: input.email: must be an e-mail address, not "none"',
      'line 5: input.isPrimary: must be true or false, not "yes"',
      expect.stringContaining('line 5: input.role: is required'),
    ]);
    expect(made).toEqual({});
  });
});

describe('keys', () => {
  it('stand in the place of names, in both formats', async () => {
    const firm = await newFirm();
    const externalIds = [{ system: 'crm', id: 'R-9' }];
    await make(firm, 'Region', { name: 'North', externalIds });
    await make(firm, 'Employee', { name: 'Ann Lee', email: 'ann@example.com' });
    await make(firm, 'Client', { name: 'Parent', trackingId: 'P' });
    const line = {
      trackingId: 'K',
      name: 'Keyed',
      region: { externalId: externalIds[0] },
      type: { name: 'New' },
      assignedCsm: { email: 'ANN@example.com' },
      parent: { trackingId: 'P' },
    };
    expect(await load(firm, jsonl([line]))).toMatchObject(counts({ created: 1 }));
    const csv = [
      'trackingId,region.externalId.crm,type.name,assignedCsm.email,parent.trackingId',
      'K,R-9,NEW,ann@example.com,P',
      'K2,R-8,,nobody@example.com,Q',
    ];
    const again = await load(firm, csv.join('\n'), { format: 'csv' });
    expect(again).toMatchObject({ unchanged: 1, failed: 1 });
    expect(again.failures.sort()).toEqual([
      'line 3: input.assignedCsm: There is no employee with this email',
      expect.stringContaining('line 3: input.name: is required'),
      'line 3: input.parent: There is no client with this trackingId',
      'line 3: input.region: There is no region with this externalId',
    ]);
    const [, keyed] = await exported(firm);
    expect(keyed).toMatchObject({
      region: 'North',
      type: 'New',
      assignedCsm: 'Ann Lee <ann@example.com>',
      parent: 'P',
    });
  });
});

describe('names', () => {
  it('make what is not there once, however many lines name it, and without regard to case', async () => {
    const firm = await newFirm();
    const lines = Array.from({ length: 40 }, (_, index) => ({
      trackingId: `N-${index}`,
      name: 'Named',
      region: index % 2 ? 'North' : 'NORTH',
      assignedCsm: 'Ann Lee <ann@example.com>',
      accountTeam: [{ employee: 'Bob', role: 'Lead' }],
    }));
    expect(await load(firm, jsonl(lines))).toMatchObject(counts({ created: 40, made: { region: 1, employee: 2 } }));
  });

  it('make nothing where the line fails', async () => {
    const firm = await newFirm();
    const result = await load(firm, jsonl([{ trackingId: 'T', name: 'n', region: 'New', type: '', npsScore: 101 }]));
    expect(result.made).toEqual({});
    expect(result.failures).toEqual([expect.stringMatching(/^line 1: input\.npsScore: /)]);
    expect((await load(firm, jsonl([{ trackingId: 'T', name: 'n', type: '' }]))).failures).toEqual([
      'line 1: input.type: must not be empty',
    ]);
  });

  it('tell employees apart by e-mail address, and by id where that is not enough', async () => {
    const [here, there] = [await newFirm(), await newFirm()];
    const twin = { name: 'Ann Lee', email: 'ann@example.com' };
    const ids: string[] = [];
    for (let count = 0; count < 2; count++) ids.push((await make(here, 'Employee', twin)).id);
    const lines = ids.map((assignedCsmId) => ({ trackingId: assignedCsmId, name: 'Shared', assignedCsmId }));
    await load(here, jsonl(lines));
    for (const format of ['jsonl', 'csv'] as const) {
      expect(await load(here, await unload(here, format), { format })).toMatchObject(counts({ unchanged: 2 }));
    }
    expect((await load(here, jsonl([{ trackingId: 'T', name: 'n', assignedCsm: 'Ann Lee' }]))).failures).toEqual([
      'line 1: input.assignedCsm: "Ann Lee" is the name of several; say which by assignedCsmId',
    ]);
    const moved = await load(there, await unload(here));
    expect(moved).toMatchObject(counts({ created: 2, made: { employee: 1 } }));
  });

  it('tell an employee from any number of others of the same name', async () => {
    const firm = await newFirm();
    const { id } = await make(firm, 'Employee', { name: 'Ann Lee', email: 'first@example.com' });
    const others = await copies(app.database, 'Employee', id, 1_100, (index) => ({
      email: `${index}@example.com`,
    }));
    const lines = [{ trackingId: 'T', name: 'n', assignedCsm: 'Ann Lee <1099@example.com>' }];
    expect(await load(firm, jsonl(lines))).toMatchObject(counts({ created: 1, made: {} }));
    const csm = '{ client(by: { trackingId: "T" }) { assignedCsm { id } } }';
    expect((await firm.ok(csm)).client.assignedCsm).toEqual({ id: others.at(-1) });
  });

  it('stand behind an id only where the firm does not have that', async () => {
    const firm = await newFirm();
    const { id } = await make(firm, 'Region', { name: 'Mine' });
    const lines = [
      { trackingId: '1', name: 'n', regionId: id, region: 'Other' },
      { trackingId: '2', name: 'n', regionId: 'region_00000000000000000000000000', region: 'Mine' },
    ];
    expect(await load(firm, jsonl(lines))).toMatchObject(counts({ created: 2, made: {} }));
    expect(await exported(firm)).toMatchObject([{ region: 'Mine' }, { region: 'Mine' }]);
  });
});

describe('a parent', () => {
  it('may come after its children', async () => {
    const firm = await newFirm();
    const lines = ['c', 'b', 'a'].map((trackingId, index, all) => ({
      trackingId,
      name: trackingId,
      parent: all[index + 1] ?? null,
    }));
    const file = jsonl(lines);
    expect(await load(firm, file)).toMatchObject(counts({ created: 3 }));
    expect(await load(firm, file)).toMatchObject(counts({ unchanged: 3 }));
    expect(byKey(await exported(firm))).toMatchObject(byKey(lines));
  });

  it('that never comes fails the line, which is imported without it', async () => {
    const firm = await newFirm();
    const file = jsonl([{ trackingId: 'T', name: 'Orphan', parent: 'nobody' }]);
    const says = [
      'line 1: input.parent: There is no client with the trackingId or id "nobody". All else of the line was imported',
    ];
    expect(await load(firm, file)).toMatchObject({ failed: 1, created: 0, failures: says });
    expect(await exported(firm)).toMatchObject([{ name: 'Orphan', parent: null }]);
  });

  it('is the one that the last line of the child names', async () => {
    const firm = await newFirm();
    const child = (parent: string | null) => ({ trackingId: 'child', name: 'Child', parent });
    const parents = ['a', 'b'].map((trackingId) => ({ trackingId, name: trackingId }));
    const file = jsonl([child('a'), child('b'), ...parents, { trackingId: 'child', note: 'n' }]);
    expect(await load(firm, file)).toMatchObject({ created: 3, updated: 2, unchanged: 0, failed: 0 });
    expect(byKey(await exported(firm)).child).toMatchObject({ parent: 'b', note: 'n' });
    const other = await newFirm();
    await load(other, jsonl([child('a'), ...parents, child(null)]));
    expect(byKey(await exported(other)).child).toMatchObject({ parent: null });
  });

  it('that was deleted is left as it is', async () => {
    const firm = await newFirm();
    await load(
      firm,
      jsonl([
        { trackingId: 'a', name: 'a' },
        { trackingId: 'b', name: 'b', parent: 'a' },
      ]),
    );
    const { client } = await firm.ok('{ client(by: { trackingId: "a" }) { id } }');
    await firm.ok('mutation ($id: ID!) { deleteClient(by: { id: $id }) { client { id } } }', { id: client.id });
    const file = await unload(firm);
    expect(JSON.parse(file)).not.toHaveProperty('parent');
    expect(await load(firm, file)).toMatchObject(counts({ unchanged: 1 }));
  });
});

describe('order', () => {
  it('is kept among the lines of one record', async () => {
    const firm = await newFirm();
    const lines = Array.from({ length: 60 }, (_, index) => ({
      trackingId: `O-${index % 3}`,
      name: `Name ${index}`,
      // Names that have to be made take longer.
      ...(index % 7 === 0 ? { region: `Region ${index}` } : {}),
    }));
    expect(await load(firm, jsonl(lines))).toMatchObject(counts({ created: 3, updated: 57 }));
    const names = (await exported(firm)).map(({ name }) => name).sort();
    expect(names).toEqual(['Name 57', 'Name 58', 'Name 59']);
  });

  it('lets a line take what an earlier one gives up', async () => {
    const firm = await newFirm();
    const holder = (at: number, id: string | null) => ({
      trackingId: `H-${at}`,
      name: 'Holder',
      externalIds: id === null ? [] : [{ system: 'stripe', id }],
    });
    const takers = Array.from({ length: 30 }, (_, at) => at);
    const file = jsonl([holder(0, 'cus_1'), ...takers.flatMap((at) => [holder(at, null), holder(at + 1, 'cus_1')])]);
    expect(await load(firm, file)).toMatchObject({ failed: 0, failures: [] });
    expect((await exported(firm)).find(({ trackingId }) => trackingId === 'H-30')).toMatchObject({
      externalIds: [{ system: 'stripe', id: 'cus_1' }],
    });
  });

  it('lets the first of two lines have what only one can have', async () => {
    const firm = await newFirm();
    // The first of each two has more to do, so that the second would overtake it.
    const pairs = Array.from({ length: 10 }, (_, at) => [
      { trackingId: `${at}-first`, name: 'First', region: `Region ${at}`, externalIds: { stripe: `cus_${at}` } },
      { trackingId: `${at}-second`, name: 'Second', externalIds: [{ system: 'stripe', id: `cus_${at}` }] },
    ]);
    expect(await load(firm, jsonl(pairs.flat()))).toMatchObject({ created: 10, failed: 10 });
    expect((await exported(firm)).map(({ name }) => name)).toEqual(pairs.map(() => 'First'));

    const twins = Array.from({ length: 10 }, (_, at) => [
      { trackingId: `${at}-first`, client: '0-first', lastName: `Twin ${at}`, title: 'First', role: `Role ${at}` },
      { trackingId: `${at}-second`, client: '0-first', lastName: ` TWIN ${at}`, title: 'Second' },
    ]);
    expect(await load(firm, jsonl(twins.flat()), { entity: 'contacts' })).toMatchObject({ created: 10, failed: 10 });
    const kept = (await unload(firm, 'jsonl', 'contacts')).trim().split('\n');
    expect(kept.map((line) => JSON.parse(line).title)).toEqual(twins.map(() => 'First'));
  });
});

describe('a line that fails', () => {
  it('is told by its number, with all that is wrong with it, and alone', async () => {
    const firm = await newFirm();
    const lines = [
      '\uFEFF{"trackingId":"1","name":"With a mark"}\r',
      '',
      '{"trackingId":"2","name":"Broken"',
      '   \r',
      '["trackingId"]',
      '{"trackingId":"3","name":"","email":"nobody","nmae":"typo","address":{"town":"Leeds","country":"UK"}}',
      '{"name":"No key"}',
      '{"trackingId":7,"name":"Number"}',
      '{"id":"contact_00000000000000000000000000","name":"Another kind"}',
      '{"trackingId":"4","name":"n","region":5,"externalIds":{"stripe":7},"accountTeam":[{"employee":"","role":""}]}',
      '{"trackingId":"5","name":"Last, without a line end","customFields":{"nope":1}}',
      '{"trackingId":"6","name":"Good"}',
    ];
    for (const pieces of [1, 7, 100_000]) {
      const { failures, ...rest } = await load(firm, lines.join('\n'), { pieces });
      expect(rest).toMatchObject({ failed: 8, created: pieces === 1 ? 2 : 0, unchanged: pieces === 1 ? 0 : 2 });
      expect(failures.sort()).toEqual(
        [
          /^line 10: input\.accountTeam\.0\.role: must not be empty$/,
          /^line 10: input\.externalIds\.stripe: must be a string, not 7$/,
          /^line 10: input\.region: must be a string, not 5$/,
          /^line 11: input\.customFields\.nope: there is no custom field "nope"/,
          /^line 3: is not JSON: /,
          /^line 5: input: must be a JSON object, not a list$/,
          /^line 6: input\.address\.country: must be a country/,
          /^line 6: input\.address\.town: is no field that can be imported$/,
          /^line 6: input\.email: must be an e-mail address, not "nobody"$/,
          /^line 6: input\.name: must not be empty$/,
          /^line 6: input\.nmae: is no field that can be imported$/,
          /^line 7: input\.trackingId: is required/,
          /^line 8: input\.trackingId: must be a string, not 7$/,
          /^line 9: input\.id: must be the id of a client/,
        ].map((pattern) => expect.stringMatching(pattern)),
      );
    }
  });

  it('may be in another encoding, or longer than any record', async () => {
    const firm = await newFirm();
    const good = (key: string) => Buffer.from(`{"trackingId":"${key}","name":"Good"}\n`);
    const latin = Buffer.from('{"trackingId":"L","name":"Zo\xeb"}\n', 'latin1');
    const huge = Buffer.concat([Buffer.alloc(LINE_MAX + 1, 'x'), Buffer.from('\n')]);
    const file = Buffer.concat([good('1'), latin, huge, good('2')]);
    const { failures, ...rest } = await load(firm, file, { pieces: 1_000_000 });
    expect(rest).toMatchObject({ created: 2, failed: 2 });
    expect(failures).toEqual(['line 2: is not UTF-8 text', `line 3: is longer than ${LINE_MAX} bytes`]);
  });

  it('is the last one that is looked at, where that is asked for', async () => {
    const firm = await newFirm();
    const lines = Array.from({ length: 30 }, (_, index) => ({
      trackingId: `S-${index}`,
      name: index === 9 ? '' : 'n',
    }));
    const result = await load(firm, jsonl(lines), { stopOnError: true });
    expect(result).toMatchObject({ created: 9, failed: 1 });
    expect(await exported(firm)).toHaveLength(9);
  });
});

describe('a dry run', () => {
  it('tells what would be, and writes nothing', async () => {
    const firm = await newFirm();
    await load(firm, jsonl([{ trackingId: 'old', name: 'Old', externalIds: [{ system: 'stripe', id: 'taken' }] }]));
    const before = [await unload(firm), await entriesOf(app, firm)];
    const lines = [
      { trackingId: 'child', name: 'Child', parent: 'new', region: 'New region' },
      { trackingId: 'new', name: 'New', type: 'New type' },
      { trackingId: 'old', name: 'Renamed' },
      { trackingId: 'old', name: 'Old' },
      { trackingId: 'bad', name: 'Bad', email: 'none' },
      { trackingId: 'late', name: 'Late', externalIds: { stripe: 'taken' } },
      { trackingId: 'lost', name: 'Lost', parent: 'nobody' },
    ];
    const { failures, ...rest } = await load(firm, jsonl(lines), { dryRun: true });
    expect(rest).toEqual({ created: 2, updated: 1, restored: 0, unchanged: 1, failed: 3, made: {} });
    expect(failures.map((failure) => failure.split(': ').slice(0, 2).join(': ')).sort()).toEqual([
      'line 5: input.email',
      'line 6: input.externalIds.stripe',
      'line 7: input.parent',
    ]);
    expect([await unload(firm), await entriesOf(app, firm)]).toEqual(before);
    expect((await firm.ok('{ regions { totalCount } clientTypes { totalCount } }')).regions.totalCount).toBe(0);
  });
});

describe('CSV', () => {
  it('keeps the order of external ids in a column of its own', async () => {
    const [here, there] = [await newFirm(), await newFirm()];
    const [stripe, zendesk] = [
      { system: 'stripe', id: 's' },
      { system: 'zendesk', id: 'z' },
    ];
    const of = (name: string, externalIds: Line[]) => ({
      ...{ trackingId: name, name },
      externalIds: externalIds.map(({ system, id }) => ({ system, id: `${id}-${name}` })),
    });
    const lines = [of('up', [stripe, zendesk]), of('down', [zendesk, stripe]), of('one', [zendesk])];
    await load(here, jsonl(lines));
    const csv = await unload(here, 'csv');
    expect(csv.split('\n')[0]).toContain('externalIds.stripe,externalIds.zendesk,externalIds.#');
    expect(await load(there, csv, { format: 'csv' })).toMatchObject(counts({ created: 3 }));
    expect(byKey(await exported(there))).toMatchObject(byKey(lines));

    const turned = 'trackingId,externalIds.#\nup,zendesk|crm\ndown,\n';
    expect(await load(there, turned, { format: 'csv' })).toMatchObject(counts({ updated: 1, unchanged: 1 }));
    const expected = [of('up', [zendesk, stripe]), lines[1], lines[2]] as Line[];
    expect(byKey(await exported(there))).toMatchObject(byKey(expected));
    const wrong = await load(there, jsonl([{ trackingId: 'up', externalIds: { '#': 'stripe' } }]));
    expect(wrong.failures).toEqual(['line 1: input.externalIds.#: must be a list, not "stripe"']);
  });

  it('clears with null, keeps with an empty cell, and merges external ids', async () => {
    const firm = await newFirm();
    await defineFields(firm);
    const columns =
      'trackingId,name,note,tags,npsScore,active,address.city,externalIds.stripe,region,customFields.myNUMBER';
    const rows = [
      'T,First,"a ""note""",a|b\\|c,7,TRUE,Leeds,cus_1,North,1.5e3',
      'T,,null,null,null,,null,null,null,null',
    ];
    const file = (...which: string[]) => [columns, ...which].join('\r\n');
    await load(firm, file(rows[0] ?? ''), { format: 'csv' });
    await load(firm, jsonl([{ trackingId: 'T', externalIds: { zendesk: '9' } }]));
    const [filled] = await exported(firm);
    expect(filled).toMatchObject({
      ...{ name: 'First', note: 'a "note"', tags: ['a', 'b|c'], npsScore: 7, active: true, region: 'North' },
      address: { city: 'Leeds' },
      externalIds: [
        { system: 'stripe', id: 'cus_1' },
        { system: 'zendesk', id: '9' },
      ],
      customFields: { myNUMBER: 1500 },
    });
    expect(await load(firm, 'trackingId,note\nT,\n', { format: 'csv' })).toMatchObject(counts({ unchanged: 1 }));
    expect(await load(firm, file(rows[1] ?? ''), { format: 'csv' })).toMatchObject(counts({ updated: 1 }));
    expect(await exported(firm)).toMatchObject([
      {
        ...{ name: 'First', note: null, tags: [], npsScore: null, address: null, region: null },
        externalIds: [{ system: 'zendesk', id: '9' }],
        customFields: { myNUMBER: null },
      },
    ]);
  });

  it.each([
    ['commas', 'trackingId,name,note\nT,"a;b",n\n'],
    ['semicolons and a mark', '\uFEFFtrackingId;name;note\r\nT;a;b\r\n'],
    ['tabs and blank rows', '\n\ntrackingId\tname\tnote\n\t\t\nT\ta\tb\n\n'],
    ['commas after names in quotes', '"trackingId", name ,"note"\nT,a,b'],
  ])('may be separated by %s', async (_, file) => {
    const firm = await newFirm();
    expect(await load(firm, file, { format: 'csv', pieces: 3 })).toMatchObject(counts({ created: 1 }));
  });

  it.each([
    ['an unknown column', 'trackingId,nmae\nT,x\n', /no column nmae/],
    ['an unknown part', 'trackingId,address.town\nT,x\n', /no column address\.town/],
    ['an unknown custom field', 'trackingId,customFields.nope\nT,x\n', /no column customFields\.nope/],
    ['a system that is none', 'trackingId,externalIds.Stripe\nT,x\n', /no column externalIds\.Stripe/],
    ['a column without a name', 'trackingId,,name\nT,x,y\n', /Column 2 has no name/],
    ['a column twice', 'trackingId,name,name\nT,x,y\n', /name and name speak of the same/],
    ['an object beside its part', 'trackingId,address,address.city\nT,x,y\n', /address and address\.city/],
    ['another encoding', Buffer.from('trackingId,name\nT,Zo\xeb\n', 'latin1'), /not UTF-8/],
    ['a quote that stays open', 'trackingId,name\nT,"x\n', /cannot be read any further: .*Quote Not Closed/],
  ])('is refused with %s', async (_, file, says) => {
    const firm = await newFirm();
    await expect(load(firm, file, { format: 'csv' })).rejects.toThrow(says);
    expect(await exported(firm)).toEqual([]);
  });

  it('counts lines as an editor does, and tells rows of another length', async () => {
    const firm = await newFirm();
    const rows = [
      'trackingId,name,note',
      'A,"two',
      'lines",n',
      '',
      'B,,x',
      'C,only two',
      'D,n,',
      '"E","","x',
      '',
      'y"',
      'F,n,n,n',
    ];
    for (const end of ['\n', '\r\n']) {
      const { failures } = await load(firm, rows.join(end), { format: 'csv' });
      expect(failures.sort()).toEqual([
        expect.stringMatching(/^line 11: has 4 cells, but the header has 3$/),
        expect.stringMatching(/^line 5: input\.name: is required/),
        expect.stringMatching(/^line 6: has 2 cells, but the header has 3$/),
        expect.stringMatching(/^line 8: input\.name: is required/),
      ]);
    }
  });

  it('leaves cells that do not read as what they should be to the rules of the record', async () => {
    const firm = await newFirm();
    const file = 'trackingId,name,npsScore,active,accountTeam,address\nT,n,ten,maybe,[{,Leeds\n';
    const { failures } = await load(firm, file, { format: 'csv' });
    expect(failures.sort()).toEqual([
      'line 2: input.accountTeam: must be a list, not "[{"',
      'line 2: input.active: must be true or false, not "maybe"',
      'line 2: input.address: must be an object, not "Leeds"',
      expect.stringMatching(/^line 2: input\.npsScore: must be a whole number .*, not "ten"$/),
    ]);
  });
});

describe('the command line', { timeout: 60_000 }, () => {
  let folder: string;
  let env: { DATABASE_URL: string };
  /** What the firm Large is exported as. */
  let large: string;
  const path = (name: string) => join(folder, name);
  /** Lines that are worked on at once may be created in another order. */
  const sorted = (lines: string) => lines.split('\n').sort();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clientele-transfer-'));
    env = { DATABASE_URL: await freshDatabaseUrl() };
    const database = await openDatabase({ databaseUrl: env.DATABASE_URL, poolSize: 2 });
    for (const name of ['Here', 'There', 'Large']) await createFirm(database, name);
    await database.$close();
    const lines = Array.from({ length: 500 }, (_, index) => ({
      trackingId: `E-${index}`,
      note: 'x'.repeat(1_000),
      name: 'n',
    }));
    const filling = start(['import', '--firm', 'Large', '-'], env);
    filling.stdin.end(jsonl(lines));
    expect(await finished(filling)).toMatchObject({ code: 0 });
    large = (await run(['export', '--firm', 'Large'], env)).stdout;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.runIf(provider === 'sqlite')('has help', async () => {
    for (const [command, says] of [
      ['import', 'externalIds.stripe'],
      ['export', '--output <file>'],
    ] as const) {
      const { code, stdout, stderr } = await run([command, '--help'], {});
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(says);
    }
  });

  it('carries a firm over, tells failures on standard error, and exits by them', async () => {
    const lines = [
      { trackingId: '1', name: 'One', region: 'North' },
      { trackingId: '2' },
      { trackingId: '3', name: 'Three' },
    ];
    await writeFile(path('in.jsonl'), jsonl(lines));
    const loaded = await run(['import', '--firm', 'Here', path('in.jsonl')], env);
    expect(loaded).toMatchObject({
      code: 1,
      stdout: 'created 2, updated 0, restored 0, unchanged 0, failed 1\nalso created 1 region\n',
    });
    expect(loaded.stderr).toMatch(/^line 2: input\.name: is required.*\n$/);

    const written = await run(['export', '--firm', 'Here', '--output', path('out.csv')], env);
    expect(written).toEqual({ code: 0, stdout: '', stderr: '' });
    const out = await run(['export', '--firm', 'Here'], env);
    expect(out).toMatchObject({ code: 0, stderr: '' });

    expect(await run(['import', '--firm', 'There', path('out.csv')], env)).toMatchObject({ code: 0, stderr: '' });
    const there = await run(['export', '--firm', 'There'], env);
    expect(sorted(there.stdout)).toEqual(sorted(out.stdout));

    const piped = start(['import', '--firm', 'There', '-'], env);
    piped.stdin.end(out.stdout);
    expect(await finished(piped)).toEqual({
      code: 0,
      stdout: 'created 0, updated 0, restored 0, unchanged 2, failed 0\n',
      stderr: '',
    });
    const dry = start(['import', '--firm', 'There', '--dry-run', '--format', 'csv', '-'], env);
    dry.stdin.end('trackingId,name\n9,Nine\n');
    expect(await finished(dry)).toMatchObject({
      code: 0,
      stdout: 'Dry run: created 1, updated 0, restored 0, unchanged 0, failed 0\n',
    });
    expect((await run(['export', '--firm', 'There'], env)).stdout).toBe(there.stdout);
  });

  it.each([
    ['a firm that is not there', ['export', '--firm', 'Nobody'], /no firm Nobody/],
    ['a file that is not there', ['import', '--firm', 'Here', '/nowhere.jsonl'], /ENOENT/],
    ['a column that is none', ['import', '--firm', 'Here', 'bad.csv'], /no column nmae/],
    ['an unknown entity', ['export', '--firm', 'Here', '--entity', 'cats'], /clients, contacts/],
  ])('says in one line that there is %s', async (_, args, says) => {
    await writeFile(path('bad.csv'), 'trackingId,nmae\n1,x\n');
    const { code, stderr } = await run(
      args.map((arg) => (arg === 'bad.csv' ? path(arg) : arg)),
      env,
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*\n$/);
    expect(stderr).toMatch(says);
  });

  describe.runIf(process.platform !== 'win32')('exports to', () => {
    const exportTo = (file: string, script = 'true') =>
      run(['export', '--firm', 'Large', '--output', path(file)], env, { after: { script } });
    const done = { code: 0, stdout: '', stderr: '' };

    it('a file that has its name once it is complete, and leaves nothing of one that is not', async () => {
      const files = async () => (await readdir(folder)).sort();
      const before = await files();
      // No file may grow beyond about 50 kB.
      const cut = () => exportTo('whole.jsonl', 'ulimit -f 100');
      expect(await cut()).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: .*EFBIG.*\n$/) });
      expect(await files()).toEqual(before);
      await writeFile(path('whole.jsonl'), 'of yesterday', { mode: 0o600 });
      expect(await cut()).toMatchObject({ code: 1 });
      expect(await readFile(path('whole.jsonl'), 'utf8')).toBe('of yesterday');
      expect(await exportTo('whole.jsonl')).toEqual(done);
      expect(await readFile(path('whole.jsonl'), 'utf8')).toBe(large);
      expect((await stat(path('whole.jsonl'))).mode & 0o777).toBe(0o600);
      expect(await files()).toEqual([...before, 'whole.jsonl'].sort());
    });

    it('what a link leads to, and leaves the link', async () => {
      await symlink('aim.jsonl', path('link.jsonl'));
      for (const _ of ['where nothing is', 'where something is']) {
        expect(await exportTo('link.jsonl')).toEqual(done);
        expect(await readlink(path('link.jsonl'))).toBe('aim.jsonl');
        expect(await readFile(path('aim.jsonl'), 'utf8')).toBe(large);
      }
      await link(path('aim.jsonl'), path('twin.jsonl'));
      await writeFile(path('aim.jsonl'), '');
      expect(await exportTo('twin.jsonl')).toEqual(done);
      expect(await readFile(path('aim.jsonl'), 'utf8')).toBe(large);
    });

    it('a FIFO, and standard output by its name', async () => {
      execFileSync('mkfifo', [path('fifo')]);
      const read = readFile(path('fifo'), 'utf8');
      expect(await exportTo('fifo')).toEqual(done);
      expect(await read).toBe(large);
      expect((await stat(path('fifo'))).isFIFO()).toBe(true);
      const args = ['export', '--firm', 'Large', '--output', '/dev/stdout'];
      // What a child of Node has for standard output has no name.
      const { code } = await run(args, env, { after: { script: `exec > '${path('stdout')}'` } });
      expect(code).toBe(0);
      expect(await readFile(path('stdout'), 'utf8')).toBe(large);
    });
  });

  it('ends quietly when its reader has seen enough', async () => {
    const child = start(['export', '--firm', 'Large'], env);
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = await once(child, 'exit');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('that was killed in the middle of an import is simply run again', async () => {
    const [aim, again] = [await freshDatabaseUrl(), await freshDatabaseUrl()];
    const lines = Array.from({ length: 600 }, (_, index) => ({
      trackingId: `K-${index}`,
      name: `Client ${index}`,
      region: `Region ${index % 100}`,
      externalIds: [{ system: 'stripe', id: `cus_${index}` }],
      // Some below a client that comes later.
      parent: index % 10 === 0 && index < 500 ? `K-${index + 95}` : null,
    }));
    await writeFile(path('killed.jsonl'), jsonl(lines));
    const args = ['import', '--firm', 'Here', path('killed.jsonl')];
    for (const databaseUrl of [aim, again]) {
      const database = await openDatabase({ databaseUrl, poolSize: 2 });
      await createFirm(database, 'Here');
      if (databaseUrl === again) {
        const child = start(args, { DATABASE_URL: again });
        await expect.poll(async () => database.client.count(), { timeout: 30_000, interval: 10 }).toBeGreaterThan(100);
        child.kill('SIGKILL');
        await once(child, 'close');
        expect(await database.client.count()).toBeLessThan(600);
      }
      await database.$close();
    }
    expect(await run(args, { DATABASE_URL: aim })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^created 600, .* failed 0/),
    });
    const rest = await run(args, { DATABASE_URL: again });
    expect(rest).toMatchObject({ code: 0 });
    const first = await run(['export', '--firm', 'Here'], { DATABASE_URL: aim });
    const twice = await run(['export', '--firm', 'Here'], { DATABASE_URL: again });
    expect(sorted(twice.stdout)).toEqual(sorted(first.stdout));
    expect(await readFile(path('killed.jsonl'), 'utf8')).toBe(jsonl(lines));
  });
});
