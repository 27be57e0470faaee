/**
 * How a row is read: as a list of cells, not an object, since databases take long to write objects and the program to
 * parse them. What a RowRead asks for is worked out once for all reads of the same shape: the SQL of its cells, and where
 * each goes in the row.
 */
import { idText } from '../../base/ids.ts';
import { makeRoom } from '../../base/make-room.ts';
import { models } from '../generated/models.ts';
import { columnsOf, columnType, idsOf, type ModelName, type Row, relationOf } from './columns.ts';
import type { Dialect, Form } from './dialect.ts';
import { Sql } from './sql.ts';
import type { PageLink, PageRead, RowRead } from './tree.ts';

/** A row as it comes. */
export type Cells = readonly unknown[];

type Decode = (cell: unknown) => unknown;

/** Cells that one call of a JSON function takes: Postgres takes 100. Rows of more are lists of such lists. */
const CALL_MAX = 100;

/** The cells of a row under an alias, and how to make the row of them. */
export class Shape {
  /** Pages within the row, each as the keys of the relations that lead to it and the alias of the row it belongs to. */
  readonly pages: { keys: readonly string[]; model: ModelName; alias: string }[] = [];
  /** The columns that the cells are worked out from, and before them one that is never empty. */
  readonly columns: ReadonlySet<string>;
  /** The SQL of the cells, split where that of each page goes. */
  readonly #texts: string[] = [''];
  readonly #row: RowPlan;

  constructor(read: RowRead, form: Form, alias: string, dialect: Dialect) {
    this.#row = this.#plan(read, form, alias, dialect, []);
    const ties = [...read.relations.values()].flatMap((relation) => [
      ...pairsOf(read.model, relation.is === 'page' ? (relation.link ?? {}) : relation.relation).values(),
    ]);
    const kinds = [...read.columns].flatMap((column) => idsOf(read.model, column).kindColumn ?? []);
    this.columns = new Set([models[read.model].primaryKey[0], ...read.columns, ...ties, ...kinds]);
  }

  /** How many cells there are, as columns of a statement. */
  get width(): number {
    return this.#row.width;
  }

  /** The SQL of the cells, with that of the pages in their places. */
  select(pages: readonly Sql[]): Sql {
    return new Sql(this.#texts, pages);
  }

  /** The row of these cells; `page` makes the pages within it. */
  make<Plan>(cells: Cells, pages: readonly Plan[], page: (cell: unknown, plan: Plan) => unknown): Row {
    return makeRow(this.#row, cells, pages, page as (cell: unknown, plan: unknown) => unknown);
  }

  #plan(read: RowRead, form: Form, alias: string, dialect: Dialect, keys: readonly string[]): RowPlan {
    const { model } = read;
    const width = read.columns.size + read.relations.size;
    const inCalls = form === 'json' && width > CALL_MAX;
    const plan: RowPlan = { blank: {}, columns: [], ones: [], pages: [], width: width || 1, inCalls };
    const call = `${dialect.jsonArray}(`;
    const [before, behind] = form === 'json' ? dialect.asJson : ['', ''];
    let at = 0;
    const begin = () => {
      if (at > 0) this.#write(inCalls && at % CALL_MAX === 0 ? `),${call}` : ',');
    };
    if (form === 'json') this.#write(inCalls ? call + call : call);
    for (const column of read.columns) {
      begin();
      this.#write(cellSql(model, column, alias, form, dialect));
      plan.columns.push({ name: column, at: at++, decode: decodeOf(model, column, form, dialect) });
    }
    let index = 0;
    for (const [key, relation] of read.relations) {
      begin();
      const inner = `${alias}${index++}`;
      const path = [...keys, key];
      if (relation.is === 'page') {
        plan.pages.push({ name: `:${key}`, at: at++, index: this.pages.length });
        this.pages.push({ keys: path, model, alias });
        this.#write(before);
        this.#texts.push('');
        this.#write(behind);
        continue;
      }
      const target = relation.row.model;
      this.#write(`${before}(SELECT `);
      plan.ones.push({ name: `:${key}`, at: at++, row: this.#plan(relation.row, 'json', inner, dialect, path) });
      const where = tied(model, relation.relation, alias, inner);
      if (columnsOf(target).deletedAt) where.push(`${inner}."deletedAt" IS NULL`);
      this.#write(` FROM "${target}" ${inner} WHERE ${where.join(' AND ')})${behind}`);
    }
    if (form === 'json') this.#write(inCalls ? '))' : ')');
    else if (width === 0) this.#write('1');
    const names = [...plan.columns, ...plan.ones, ...plan.pages].map((cell) => cell.name);
    plan.blank = JSON.parse(JSON.stringify(Object.fromEntries(names.map((each) => [each, null]))));
    return plan;
  }

  #write(text: string): void {
    this.#texts[this.#texts.length - 1] += text;
  }
}

/** Where the cells of a row go. */
interface RowPlan {
  /** A row with nothing in it, to begin with: all rows have one layout in memory, however many cells they have. */
  blank: Row;
  columns: { name: string; at: number; decode: Decode | undefined }[];
  ones: { name: string; at: number; row: RowPlan }[];
  pages: { name: string; at: number; index: number }[];
  width: number;
  /** Whether the cells are in lists of CALL_MAX. */
  inCalls: boolean;
}

function makeRow(
  plan: RowPlan,
  given: Cells,
  pages: readonly unknown[],
  page: (cell: unknown, plan: unknown) => unknown,
): Row {
  const cells = plan.inCalls ? given.flat() : given;
  const row: Record<string, unknown> = { ...plan.blank };
  for (const { name: column, at, decode } of plan.columns) {
    const cell = cells[at];
    row[column] = decode === undefined || cell === null ? cell : decode(cell);
  }
  for (const one of plan.ones) {
    const cell = listOf(cells[one.at]);
    if (cell !== null) row[one.name] = makeRow(one.row, cell, pages, page);
  }
  for (const { name: key, at, index } of plan.pages) row[key] = page(cells[at], pages[index]);
  return row;
}

/** A JSON array as it comes: as text where it is a column of the statement. */
export function listOf(cell: unknown): unknown[] | null {
  return (typeof cell === 'string' ? JSON.parse(cell) : cell) as unknown[] | null;
}

/** How rows of a model are tied to the row above, in SQL. */
export function tied(model: ModelName, link: PageLink, alias: string, inner: string): string[] {
  return [...pairsOf(model, link)].map(([to, from]) => `${inner}."${to}" = ${alias}."${from}"`);
}

/** The columns by which a row of the model is tied to others: theirs to ours. */
function pairsOf(model: ModelName, link: PageLink): Map<string, string> {
  if (typeof link !== 'string') return new Map(Object.entries(link));
  const { from, to } = relationOf(model, link);
  return new Map(to.map((column, index) => [column, from[index] ?? '']));
}

function cellSql(model: ModelName, column: string, alias: string, form: Form, dialect: Dialect): string {
  const value = `${alias}."${column}"`;
  const type = columnType(model, column);
  if (type !== 'Id') return dialect.cell(value, type, form);
  const { kindColumn } = idsOf(model, column);
  return kindColumn === undefined ? value : `(${alias}."${kindColumn}" || ' ' || ${value})`;
}

/** What makes the value of a cell; undefined where it comes as it is. */
function decodeOf(model: ModelName, column: string, form: Form, dialect: Dialect): Decode | undefined {
  const type = columnType(model, column);
  if (type === 'Id') return decodeId(model, column);
  if (type === 'Json') return form === 'columns' ? (cell) => JSON.parse(cell as string) : undefined;
  return dialect.decoder(type, form);
}

/** What makes an id of its number, or of the kind and the number where the row says of which kind it is. */
function decodeId(model: ModelName, column: string): Decode | undefined {
  const { kind, kindColumn } = idsOf(model, column);
  if (kind !== undefined) return (cell) => idText(kind, Number(cell));
  if (kindColumn === undefined) return Number;
  return (cell) => {
    const text = String(cell);
    const end = text.indexOf(' ');
    return idText(text.slice(0, end), Number(text.slice(end + 1)));
  };
}

/** Whether a cell is true, in whichever way it comes. */
export function isTrue(cell: unknown): boolean {
  return cell === true || cell === 1 || cell === 't';
}

/** Shapes that are kept, and the longest key of one: arguments are a part of it, as long as a caller likes. */
const KEPT_MAX = 1_000;
const KEY_LENGTH_MAX = 10_000;

/** Finds the shape of a row's read, or works it out. */
export class Shapes {
  readonly #dialect: Dialect;
  readonly #byKey = new Map<string, Shape>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  of(read: RowRead, form: Form, alias: string): Shape {
    const key = `${form} ${alias} ${keyOf(read)}`;
    let shape = this.#byKey.get(key);
    if (!shape) {
      shape = new Shape(read, form, alias, this.#dialect);
      if (key.length > KEY_LENGTH_MAX) return shape;
      makeRoom(this.#byKey, KEPT_MAX);
      this.#byKey.set(key, shape);
    }
    return shape;
  }
}

/** What makes two reads of one shape: all but what is asked of the pages within. */
function keyOf(read: RowRead): string {
  let key = read.model as string;
  for (const column of read.columns) key += `,${column}`;
  for (const [relationKey, relation] of read.relations) {
    key +=
      relation.is === 'page'
        ? `;${relationKey}~${JSON.stringify(relation.link)}`
        : `;${relationKey}=${relation.relation}(${keyOf(relation.row)})`;
  }
  return key;
}

/** The page at the end of these keys. */
export function pageAt(read: RowRead, keys: readonly string[]): PageRead {
  let row = read;
  for (const key of keys) {
    const relation = row.relations.get(key);
    if (relation?.is === 'page') return relation;
    if (relation) row = relation.row;
  }
  throw new Error(`There is no page at ${keys.join('.')}`);
}
