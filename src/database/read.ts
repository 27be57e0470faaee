/**
 * Reads a tree of records in one statement: the database builds each row, with its relations nested, as JSON.
 * The tree says which columns and relations are wanted; tables, columns and keys come from the Prisma model.
 */
import { columnsOf, columnType, relationOf } from './columns.ts';
import { type Condition, conditionSql } from './conditions.ts';
import type { Database, ModelName, Row } from './database.ts';
import { join, name, type Provider, raw, type Sql, sql } from './sql.ts';

/** What is wanted of one row. Relations appear in the row under `:` and their key. */
export interface RowRead {
  model: ModelName;
  columns: ReadonlySet<string>;
  relations: ReadonlyMap<string, OneRead | PageRead>;
}

/** A relation to one row, or none. */
export interface OneRead {
  is: 'one';
  relation: string;
  row: RowRead;
}

/** A term of an order. Empty values come last, in either direction. */
export interface OrderTerm {
  column: string;
  descending: boolean;
  /** Whether the column may be empty. */
  nullable: boolean;
}

/** A place in an order: the values of its terms. */
export type Position = readonly (string | number | null)[];

/** How the rows of a page are tied to the row above: by a relation of the model, or by equal columns (theirs: ours). */
export type PageLink = string | Readonly<Record<string, string>>;

/** A page of rows: by keyset, so that rows written meanwhile neither repeat nor hide others. */
export interface PageRead {
  is: 'page';
  /** None at the root. */
  link?: PageLink;
  row: RowRead;
  where: Condition;
  /** Ends in `id`, so that no two rows have one place. */
  order: readonly OrderTerm[];
  limit: number;
  /** The last rows instead of the first. */
  backward: boolean;
  after?: Position | undefined;
  before?: Position | undefined;
  /** What is asked for: rows are not read, and counted, when nobody looks. */
  wants: { rows: boolean; total: boolean; more: boolean };
  /** Rows marked as deleted are left out unless this is set. */
  withDeleted?: boolean;
  /** Whether an index answers it at once; else others must not have to wait behind it. */
  quick?: boolean;
}

/** A page as it was read. `rows` are in the asked order whichever end they were read from. */
export interface Page {
  rows: Row[];
  total?: number;
  /** Whether rows exist before the first and after the last. */
  hasPrevious: boolean;
  hasNext: boolean;
}

/** Reads a page at the root. */
export async function readPage(database: Database, page: PageRead): Promise<Page> {
  const [answer] = await database.query<{ json: string }>(rootStatement(page, database.provider), {
    long: page.quick !== true || page.wants.total,
  });
  if (!answer) throw new Error('A page was not answered');
  return finishPage(parsed(answer.json), page);
}

/** Reads the rows that meet a condition; at most `limit` of them, by id. For reads by key. */
export async function readRows(
  database: Database,
  row: RowRead,
  where: Condition,
  options: { limit?: number; withDeleted?: boolean } = {},
): Promise<Row[]> {
  const order = columnsOf(row.model).id ? [{ column: 'id', descending: false, nullable: false }] : [];
  const page = await readPage(database, {
    is: 'page',
    row,
    where,
    order,
    limit: options.limit ?? 1,
    backward: false,
    wants: { rows: true, total: false, more: false },
    withDeleted: options.withDeleted ?? false,
    quick: true,
  });
  return page.rows;
}

/** All columns of a model, and no relations. */
export function wholeRow(model: ModelName): RowRead {
  return { model, columns: new Set(Object.keys(columnsOf(model))), relations: new Map() };
}

interface RawPage {
  rows: Row[] | null;
  total: number | null;
  other: boolean | number | null;
}

const parsed = (json: unknown): RawPage => (typeof json === 'string' ? JSON.parse(json) : json) as RawPage;

/** Cuts the row that was read beyond the limit, puts the rows in order, and does the same for the pages inside them. */
function finishPage(answer: RawPage, page: PageRead): Page {
  const rows = answer.rows ?? [];
  const beyond = rows.length > page.limit;
  if (beyond) rows.length = page.limit;
  if (page.backward) rows.reverse();
  const other = Boolean(answer.other);
  return {
    rows: needsFinishing(page.row) ? rows.map((row) => finishRow(row, page.row)) : rows,
    ...(answer.total === null ? {} : { total: Number(answer.total) }),
    hasPrevious: page.backward ? beyond : other,
    hasNext: page.backward ? other : beyond,
  };
}

function finishRow(row: Row, read: RowRead): Row {
  const cells = whole(row) as Record<string, unknown>;
  for (const [key, relation] of read.relations) {
    const value = cells[`:${key}`];
    if (relation.is === 'page') cells[`:${key}`] = finishPage(value as RawPage, relation);
    else if (value && needsFinishing(relation.row)) cells[`:${key}`] = finishRow(value as Row, relation.row);
  }
  return cells;
}

/** Whether rows read so are more than plain cells: most are not, and need no walk. */
function needsFinishing(read: RowRead): boolean {
  if (read.columns.size + read.relations.size > PAIRS_MAX) return true;
  for (const relation of read.relations.values()) {
    if (relation.is === 'page' || needsFinishing(relation.row)) return true;
  }
  return false;
}

function rootStatement(page: PageRead, provider: Provider): Sql {
  const json = pageJson(page, [], raw('t'), provider);
  // As text: the program parses it, once, whatever the driver would make of JSON.
  return provider === 'postgres' ? sql`SELECT ${json}::text AS "json"` : sql`SELECT ${json} AS "json"`;
}

/** A page as a JSON object. `joined` ties its rows to the row above. */
function pageJson(page: PageRead, joined: readonly Sql[], alias: Sql, provider: Provider): Sql {
  const model = page.row.model;
  const table = sql`${name(model)} ${alias}`;
  const scope = [
    ...joined,
    ...notDeleted(model, alias, page.withDeleted === true),
    conditionSql(page.where, model, alias, provider),
  ];
  const between = [...scope];
  if (page.after) between.push(beyond(page.order, page.after, false, model, alias));
  if (page.before) between.push(beyond(page.order, page.before, true, model, alias));
  const ordered = orderSql(page.order, page.backward, alias);
  const inner = sql`SELECT ${rowJson(page.row, alias, provider)} AS "j" FROM ${table} WHERE ${join(between, ' AND ')}${ordered} LIMIT ${page.limit + (page.wants.more ? 1 : 0)}`;

  const rows = page.wants.rows ? sql`(SELECT ${aggregate(provider)} FROM (${inner}) "r")` : raw('NULL');
  const total = page.wants.total ? sql`(SELECT count(*) FROM ${table} WHERE ${join(scope, ' AND ')})` : raw('NULL');
  // On the side the page was not read from, there are more rows when any lies on the far side of its cursor.
  const cursor = page.backward ? page.before : page.after;
  const other =
    page.wants.more && cursor
      ? sql`EXISTS (SELECT 1 FROM ${table} WHERE ${join([...scope, sql`${beyond(page.order, cursor, page.backward, model, alias)} IS NOT TRUE`], ' AND ')})`
      : raw('NULL');
  return objectJson(
    [
      ['rows', rows, true],
      ['total', total, false],
      ['other', other, false],
    ],
    provider,
  );
}

function aggregate(provider: Provider): Sql {
  return provider === 'postgres'
    ? raw(`coalesce(json_agg("r"."j"), '[]'::json)`)
    : raw(`json_group_array(json("r"."j"))`);
}

function notDeleted(model: ModelName, alias: Sql, withDeleted: boolean): Sql[] {
  return columnsOf(model).deletedAt && !withDeleted ? [sql`${alias}."deletedAt" IS NULL`] : [];
}

/** A row as a JSON object of its wanted columns and relations. */
function rowJson(read: RowRead, alias: Sql, provider: Provider): Sql {
  const parts: [key: string, value: Sql, json: boolean][] = [];
  for (const column of read.columns) parts.push(columnJson(read.model, column, alias, provider));
  let index = 0;
  for (const [key, relation] of read.relations) {
    const inner = raw(`${alias.sql}${index++}`);
    parts.push([`:${key}`, relationJson(read.model, relation, alias, inner, provider), true]);
  }
  return objectJson(parts, provider);
}

function columnJson(model: ModelName, column: string, alias: Sql, provider: Provider): [string, Sql, boolean] {
  const value = sql`${alias}.${name(column)}`;
  switch (columnType(model, column)) {
    case 'Json':
      return [column, value, true];
    case 'BigInt':
      return [column, sql`CAST(${value} AS TEXT)`, false];
    case 'Boolean':
      // SQLite keeps Booleans as 0 and 1.
      return provider === 'postgres'
        ? [column, value, false]
        : [column, sql`CASE ${value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END`, true];
    default:
      return [column, value, false];
  }
}

/** Most pairs of one call: Postgres takes 100 arguments. */
const PAIRS_MAX = 50;

function objectJson(parts: readonly [key: string, value: Sql, json: boolean][], provider: Provider): Sql {
  const pairs = parts.map(([key, value, json]) => {
    // Keys are bound only where a caller chose them; column names are ours.
    const literal = /^:?[A-Za-z0-9_]+$/.test(key) ? raw(`'${key}'`) : sql`${key}`;
    return json && provider === 'sqlite' ? sql`${literal}, json(${value})` : sql`${literal}, ${value}`;
  });
  if (provider === 'sqlite') return sql`json_object(${join(pairs.length > 0 ? pairs : [raw('')])})`;
  if (pairs.length <= PAIRS_MAX)
    return pairs.length > 0 ? sql`json_build_object(${join(pairs)})` : raw('json_build_object()');
  const chunks: Sql[] = [];
  for (let at = 0; at < pairs.length; at += PAIRS_MAX) {
    chunks.push(sql`json_build_object(${join(pairs.slice(at, at + PAIRS_MAX))})`);
  }
  return sql`json_build_array(${join(chunks)})`;
}

/** A row in one piece: one with more than PAIRS_MAX cells comes as a list of its parts. */
function whole(row: Row | readonly Row[]): Row {
  return Array.isArray(row) ? Object.assign({}, ...row) : (row as Row);
}

function relationJson(model: ModelName, read: OneRead | PageRead, alias: Sql, inner: Sql, provider: Provider): Sql {
  if (read.is === 'page') return pageJson(read, linked(model, read.link ?? {}, alias, inner), inner, provider);
  const where = [...linked(model, read.relation, alias, inner), ...notDeleted(read.row.model, inner, false)];
  return sql`(SELECT ${rowJson(read.row, inner, provider)} FROM ${name(read.row.model)} ${inner} WHERE ${join(where, ' AND ')})`;
}

function linked(model: ModelName, link: PageLink, alias: Sql, inner: Sql): Sql[] {
  if (typeof link !== 'string') {
    return Object.entries(link).map(([to, from]) => sql`${inner}.${name(to)} = ${alias}.${name(from)}`);
  }
  const relation = relationOf(model, link);
  return relation.to.map((to, index) => sql`${inner}.${name(to)} = ${alias}.${name(relation.from[index] ?? '')}`);
}

function orderSql(order: readonly OrderTerm[], backward: boolean, alias: Sql): Sql {
  if (order.length === 0) return raw('');
  const terms = order.map((term) => {
    const down = term.descending !== backward;
    // Empty values are last, so that reading backward meets them first.
    const nulls = term.nullable ? (backward ? ' NULLS FIRST' : ' NULLS LAST') : '';
    return sql`${alias}.${name(term.column)} ${raw(`${down ? 'DESC' : 'ASC'}${nulls}`)}`;
  });
  return sql` ORDER BY ${join(terms)}`;
}

/** Rows strictly beyond a position: after it, or, `reversed`, before it. */
function beyond(order: readonly OrderTerm[], position: Position, reversed: boolean, model: ModelName, alias: Sql): Sql {
  const uniform = order.every((term) => !term.nullable && term.descending === order[0]?.descending);
  if (uniform) {
    // A row comparison is what both databases can answer from an index.
    const columns = join(order.map((term) => sql`${alias}.${name(term.column)}`));
    const by = raw((order[0]?.descending ?? false) === reversed ? '>' : '<');
    return sql`((${columns}) ${by} (${join([...position])}))`;
  }
  const alternatives = order.map((term, index) => {
    const same = order.slice(0, index).map((earlier, at) => sameSql(earlier, position[at] ?? null, alias));
    return sql`(${join([...same, furtherSql(term, position[index] ?? null, reversed, alias)], ' AND ')})`;
  });
  columnType(model, 'id');
  return sql`(${join(alternatives, ' OR ')})`;
}

function sameSql(term: OrderTerm, value: string | number | null, alias: Sql): Sql {
  const column = sql`${alias}.${name(term.column)}`;
  return value === null ? sql`${column} IS NULL` : sql`${column} = ${value}`;
}

/** Further along one term than `value`; empty values are the furthest. */
function furtherSql(term: OrderTerm, value: string | number | null, reversed: boolean, alias: Sql): Sql {
  const column = sql`${alias}.${name(term.column)}`;
  if (value === null) return reversed ? sql`${column} IS NOT NULL` : sql`1 = 0`;
  const compared = sql`${column} ${raw(term.descending === reversed ? '>' : '<')} ${value}`;
  return term.nullable && !reversed ? sql`(${compared} OR ${column} IS NULL)` : compared;
}
