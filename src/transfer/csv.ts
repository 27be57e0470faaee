/**
 * CSV: a column for each leaf of a line, headed by its path, such as `address.city`. An empty cell says nothing, `null`
 * clears. Pure, but for reading the bytes.
 */
import { pipeline, Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import type { CustomFieldType, Definition } from '../custom-values/types.ts';
import { ADDRESS_PARTS, liveFields } from '../custom-values/values.ts';
import { type Field, type Fields, kindOfField, type ObjectListField } from '../fields/fields.ts';
import type { Notation } from '../fields/kind.ts';
import type { Values } from '../fields/patch.ts';
import { LINE_MAX, type SourceLine } from './lines.ts';

export interface Column {
  header: string;
  /** Where in a line its value is. */
  path: readonly string[];
  notation: Notation;
}

/** What columns are made from: the fields of a line, and the firm's own. */
export interface Columns {
  line: Fields;
  definitions: readonly Definition[];
}

const column = (path: readonly string[], notation: Notation): Column => ({ header: path.join('.'), path, notation });

/** Whether a list is spread over columns, one for each value of the field it is keyed by, such as `externalIds.stripe`. */
export function isSpread(field: Field): field is ObjectListField {
  return field.kind === 'objectList' && field.keyedBy.length === 1 && Object.keys(field.fields).length === 2;
}

/** Beside the columns of a list that is spread, the one that holds the order of its items. No item is called so. */
export const ORDER = '#';

const NOTATIONS: Partial<Record<CustomFieldType, Notation>> = {
  BOOLEAN: 'boolean',
  NUMBER: 'number',
  MULTI_SELECT: 'list',
};

const notationOf = (field: Field): Notation => kindOfField(field).notation;
const notationOfType = (type: CustomFieldType): Notation => NOTATIONS[type] ?? 'text';

/** The columns of the given keys of a line. `spread` names the columns of a list that is spread over them. */
export function columnsOf(
  { line, definitions }: Columns,
  keys: readonly string[],
  spread: readonly string[] = [],
): Column[] {
  return keys.flatMap((key) => {
    const field = line[key];
    if (!field) throw new Error(`A line has no ${key}`);
    if (field.kind === 'customFields') return liveFields(definitions).flatMap((each) => customColumns(key, each));
    if (field.kind === 'object') {
      return Object.entries(field.fields).map(([part, inner]) => column([key, part], notationOf(inner)));
    }
    if (isSpread(field)) {
      const items = spread.map((name) => column([key, name], 'text'));
      return items.length > 1 ? [...items, column([key, ORDER], 'list')] : items;
    }
    return [column([key], notationOf(field))];
  });
}

function customColumns(key: string, { key: own, type }: Definition): Column[] {
  if (type !== 'ADDRESS') return [column([key, own], notationOfType(type))];
  return Object.keys(ADDRESS_PARTS).map((part) => column([key, own, part], 'text'));
}

/** The columns that a header line stands for. Throws when one of them is none, or two speak of the same. */
export function columnsOfHeader(from: Columns, headers: readonly string[]): Column[] {
  const columns = headers.map((header, index) => {
    const found = columnOfHeader(from, header.trim());
    if (found) return found;
    const name = header.trim() === '' ? `Column ${index + 1} has no name` : `There is no column ${header.trim()}`;
    throw new Error(`${name}; --help lists them. Nothing was imported.`);
  });
  for (const { header } of columns) {
    const same = columns.filter((other) => other.header === header || other.header.startsWith(`${header}.`));
    if (same.length < 2) continue;
    const [one, other] = same;
    throw new Error(`The columns ${one?.header} and ${other?.header} speak of the same. Nothing was imported.`);
  }
  return columns;
}

function columnOfHeader({ line, definitions }: Columns, header: string): Column | undefined {
  const [key = '', ...rest] = header.split('.');
  const field = Object.hasOwn(line, key) ? line[key] : undefined;
  const [part = '', ...more] = rest;
  if (field?.kind === 'customFields') {
    const definition = liveFields(definitions).find((each) => each.key === part);
    if (!definition) return undefined;
    if (more.length === 0) return column([key, part], notationOfType(definition.type));
    const [inner = ''] = more;
    const known = definition.type === 'ADDRESS' && Object.hasOwn(ADDRESS_PARTS, inner) && more.length === 1;
    return known ? column([key, part, inner], 'text') : undefined;
  }
  if (!field) return undefined;
  if (rest.length === 0) return column([key], notationOf(field));
  if (isSpread(field)) {
    // The names of external systems may have points in them.
    const name = rest.join('.');
    if (name === ORDER) return column([key, ORDER], 'list');
    const naming = field.fields[field.keyedBy[0] ?? ''];
    const fits = naming?.kind === 'text' && (naming.pattern?.test.test(name) ?? true);
    return fits ? column([key, name], 'text') : undefined;
  }
  const inner = field.kind === 'object' && Object.hasOwn(field.fields, part) ? field.fields[part] : undefined;
  return inner && more.length === 0 ? column([key, part], notationOf(inner)) : undefined;
}

/** The line that the cells of a row stand for. */
export function lineOf(columns: readonly Column[], cells: readonly string[]): Values {
  const line: Record<string, unknown> = {};
  columns.forEach(({ path, notation }, index) => {
    const cell = cells[index] ?? '';
    if (cell === '') return;
    let place = line;
    for (const key of path.slice(0, -1)) {
      place[key] ??= {};
      place = place[key] as Record<string, unknown>;
    }
    place[path.at(-1) ?? ''] = readCell(notation, cell);
  });
  return line;
}

/** The cells of a line. What a line does not hold is an empty cell, and so is what it holds as empty. */
export function cellsOf(columns: readonly Column[], line: Values): string[] {
  return columns.map(({ path, notation }) => {
    let value: unknown = line;
    for (const key of path) value = (value as Values | null | undefined)?.[key];
    return printCell(notation, value);
  });
}

/** Rows as CSV. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return stringify(rows as string[][]);
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A cell's value. What does not read in its notation stays text, for the record's own rules to refuse. */
function readCell(notation: Notation, cell: string): unknown {
  if (cell === 'null') return notation === 'list' || notation === 'json' ? [] : null;
  switch (notation) {
    case 'number':
      return NUMBER.test(cell.trim()) ? Number(cell) : cell;
    case 'boolean': {
      // Spreadsheets write them in capitals.
      const word = cell.trim().toLowerCase();
      return word === 'true' ? true : word === 'false' ? false : cell;
    }
    case 'list':
      return readList(cell);
    case 'json':
      try {
        return JSON.parse(cell);
      } catch {
        return cell;
      }
    case 'text':
      return ESCAPED.test(cell) ? cell.slice(1) : cell;
  }
}

function printCell(notation: Notation, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value) && value.length === 0) return '';
  switch (notation) {
    case 'number':
    case 'boolean':
      return String(value);
    case 'list':
      return printList(value as string[]);
    case 'json':
      return JSON.stringify(value);
    case 'text': {
      const text = String(value);
      return text === '' || text === 'null' || ESCAPED.test(text) ? `\\${text}` : text;
    }
  }
}

/** What an empty text and the text `null` are written as, and what would be taken for that: one `\` is put before it. */
const ESCAPED = /^\\+(null)?$/;

/** Items between `|`; a `|` or `\` inside an item has a `\` before it. */
function readList(cell: string): string[] {
  const items: string[] = [];
  let item = '';
  for (let at = 0; at < cell.length; at++) {
    if (cell[at] === '|') {
      items.push(item);
      item = '';
    } else {
      if (cell[at] === '\\' && at + 1 < cell.length) at++;
      item += cell[at];
    }
  }
  return [...items, item];
}

function printList(items: readonly string[]): string {
  const text = items.map((item) => item.replace(/[\\|]/g, '\\$&')).join('|');
  return text === 'null' ? '\\null' : text;
}

interface Row {
  record: string[];
  info: Info;
}

/**
 * The lines of a CSV file: UTF-8, with or without a byte order mark, its columns separated by `,`, `;` or tabs, whichever
 * its header has. Rows without any value are skipped. Throws where it cannot be read on.
 */
export async function* csvLines(bytes: AsyncIterable<Uint8Array>, from: Columns): AsyncGenerator<SourceLine> {
  const { delimiter, text } = await separated(decoded(bytes));
  const rows = parse({
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    record_delimiter: ['\r\n', '\n'],
    max_record_size: LINE_MAX,
  });
  // Whatever fails is met where the rows are read.
  pipeline(Readable.from(text), rows, () => undefined);
  let columns: Column[] | undefined;
  // The parser counts a CRLF inside a cell as two lines.
  let overcounted = 0;
  try {
    for await (const { record, info } of rows as AsyncIterable<Row>) {
      const breaks = record.join('').match(/[\r\n]/g) ?? [];
      const line = info.lines - overcounted - breaks.length;
      overcounted += breaks.filter((character) => character === '\r').length;
      if (!columns) columns = columnsOfHeader(from, record);
      else if (record.length === columns.length) yield { line, value: lineOf(columns, record) };
      else yield { line, fault: `has ${record.length} cells, but the header has ${columns.length}` };
    }
  } catch (error) {
    if (error instanceof CsvError) throw new Error(`The file cannot be read any further: ${error.message}`);
    throw error;
  }
}

async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new Error('The file is not UTF-8 text; save it as such.');
    throw error;
  }
}

/** Longest header line that is looked at. */
const HEADER_MAX = 1_000_000;

/** What separates the columns, told by the header line, in which no name holds any of them; and all of the text. */
async function separated(text: AsyncGenerator<string>): Promise<{ delimiter: string; text: AsyncGenerator<string> }> {
  let head = '';
  while (!head.trimStart().includes('\n') && head.length < HEADER_MAX) {
    const { value, done } = await text.next();
    if (done) break;
    head += value;
  }
  const header = head.trimStart().split('\n', 1)[0] ?? '';
  const delimiter = [',', ';', '\t'].find((each) => header.includes(each)) ?? ',';
  async function* whole() {
    yield head;
    yield* text;
  }
  return { delimiter, text: whole() };
}
