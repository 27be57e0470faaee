/**
 * Reads a tree of records in one statement: rows as columns, and what is nested in them as JSON arrays (rows.ts).
 * The tree says which columns and relations are wanted; tables, columns and keys come from the Prisma model.
 */
import { giveWay, inTurns } from '../../base/give-way.ts';
import { ID_END, prefixOf } from '../../base/ids.ts';
import { type Route, routeTo, type Walk } from './access-path.ts';
import { ByColumns, columnsOf, encode, encodeColumns, type ModelName, type Row } from './columns.ts';
import { type Condition, conditionSql, ofFirmOnly } from './conditions.ts';
import type { Connection } from './connection.ts';
import type { Dialect } from './dialect.ts';
import { type Cells, isTrue, listOf, pageAt, type Shape, Shapes, tied } from './rows.ts';
import { Beginning, join, name, raw, Sql, type Statement, sql } from './sql.ts';
import type { KeyRead, OrderTerm, Page, PageRead, Position, RowRead, TreeReader } from './tree.ts';

/** Reads a page at the root. */
export function readPage(database: TreeReader, page: PageRead): Promise<Page> {
  return database.$read(page);
}

/** Reads the page over a connection. */
export async function pageOver(connection: Connection, page: PageRead): Promise<Page> {
  const route = await routeTo(connection, page);
  if (route === undefined || 'among' in route) return (await readBy(route, connection, page)).page;
  for (const reach of route.reaches) {
    const found = await walkWithin(reach, route, connection, page);
    if (found) return found;
  }
  return (await readBy((await route.otherwise()) ?? route, connection, page)).page;
}

/** The page where it is full before the walk has come so many rows far; undefined where it is not. */
async function walkWithin(reach: Sql, walk: Walk, connection: Connection, page: PageRead): Promise<Page | undefined> {
  const { row, order, backward } = page;
  const columns = new Set(order.map(({ column }) => column));
  const furthest = await readBy(undefined, connection, {
    ...page,
    row: { model: row.model, columns, relations: new Map() },
    where: ofFirmOnly(page.where),
    wants: { rows: true, total: false, more: false },
    limit: 1,
    skip: reach,
  });
  const [last] = furthest.page.rows;
  // The rest of the list is shorter: it is walked to its end.
  if (!last) return (await readBy(walk, connection, page)).page;
  const place = order.map(({ column }) => (last[column] ?? null) as string | number | null);
  const near = await readBy(walk, connection, { ...page, [backward ? 'after' : 'before']: place });
  return near.full ? near.page : undefined;
}

/** `full`: as many rows were found as were looked for. */
async function readBy(route: Route, connection: Connection, page: PageRead): Promise<{ page: Page; full: boolean }> {
  const { statement, plan, others } = rootStatement(page, route, connection.dialect);
  const quick = route && 'among' in route ? route.quick : page.quick === true && !page.wants.total;
  const rows = await connection.cells(statement, { long: !quick, rows: mostRows(page), within: rowsWithin(page) });
  const full = rows.length === mostRows(page);
  if (others === undefined) return { page: await finishRoot(rows, null, null, plan), full };
  const [first = []] = rows;
  // A page without rows comes as one that has nothing of the table's.
  const found = others > 0 && first[others - 1] !== null ? rows : [];
  return { page: await finishRoot(found, first[others], first[others + 1], plan), full: full && found.length > 0 };
}

/** How many rows are read of a page: one more than it has tells whether there are more. */
function mostRows({ limit, wants }: PageRead): number {
  return limit + (wants.more ? 1 : 0);
}

/** Reads the rows that meet a condition; at most `limit` of them, by id. For reads by key. */
export async function readRows(
  database: TreeReader,
  row: RowRead,
  where: Condition,
  options: { limit?: number; withDeleted?: boolean } = {},
): Promise<Row[]> {
  const order = columnsOf(row.model).id ? [{ column: 'id', descending: false, nullable: false, sorted: true }] : [];
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

/** How reads by a key go on after what they select. */
const keyTexts = new ByColumns<readonly string[]>();

/** The row whose columns have these values; null when there is none. */
export function readByKey(
  database: TreeReader,
  row: RowRead,
  key: KeyRead['key'],
  withDeleted = false,
): Promise<Row | null> {
  return database.$read({ is: 'row', row, key, withDeleted });
}

/** Reads the row over a connection. */
export async function rowOver(connection: Connection, { row, key, withDeleted }: KeyRead): Promise<Row | null> {
  const { dialect } = connection;
  const { model } = row;
  const { select, shape, pages } = rootPlan(row, dialect);
  const columns = Object.keys(key);
  const texts = keyTexts.of(`${model} ${withDeleted} ${dialect.name}`, columns, () => {
    const terms = columns.map((column, index) => `${index > 0 ? ' AND ' : ''}${ROOT}."${column}" = `);
    const living = columnsOf(model).deletedAt && !withDeleted ? ` AND ${ROOT}."deletedAt" IS NULL` : '';
    const first = columnsOf(model).id ? ` ORDER BY ${dialect.byNoIndex}${ROOT}."id" ASC` : '';
    const [term, ...more] = terms;
    return [` FROM "${model}" ${ROOT} WHERE ${term}`, ...more, `${living}${first} LIMIT 1`];
  });
  const values = encodeColumns(model, columns, key, dialect);
  const [cells] = await connection.cells(select.endingWith(new Sql(texts, values)), { rows: 1, within: 1 });
  return cells ? shape.make(cells, pages, nestedPage) : null;
}

/** All columns of a model, and no relations. */
export function wholeRow(model: ModelName): RowRead {
  return { model, columns: new Set(Object.keys(columnsOf(model))), relations: new Map() };
}

/** A page with how to make it of what is answered: the shape of its rows, and the pages within them. */
interface PagePlan {
  page: PageRead;
  shape: Shape;
  pages: PagePlan[];
}

/** The page at the root. Its rows may hold much, so that others get a turn between them. */
function finishRoot(cells: unknown[], total: unknown, other: unknown, plan: PagePlan): Page | Promise<Page> {
  const beyond = cutAndOrder(cells, plan.page);
  const rows: Row[] = [];
  const make = () => makeRows(cells, rows, plan);
  const page = () => pageOf(rows, beyond, total, other, plan);
  const turn = make();
  return turn ? inTurns(turn, make).then(page) : page();
}

/** Makes the rows that are not made yet, until others need a turn: then it returns a promise of that. */
function makeRows(cells: readonly unknown[], rows: Row[], plan: PagePlan): Promise<void> | undefined {
  while (rows.length < cells.length) {
    rows.push(plan.shape.make(cells[rows.length] as Cells, plan.pages, nestedPage));
    const turn = rows.length % SLICE_ROWS === 0 ? giveWay() : undefined;
    if (turn) return turn;
  }
  return undefined;
}

/** Rows after which it is asked whether others need a turn. */
const SLICE_ROWS = 8;

function finishPage(cells: unknown[], total: unknown, other: unknown, plan: PagePlan): Page {
  const beyond = cutAndOrder(cells, plan.page);
  const rows = cells.map((row) => plan.shape.make(row as Cells, plan.pages, nestedPage));
  return pageOf(rows, beyond, total, other, plan);
}

/** Cuts the row that was read beyond the limit, and puts the rows in order. Returns whether there was one. */
function cutAndOrder(cells: unknown[], { limit, backward }: PageRead): boolean {
  const beyond = cells.length > limit;
  if (beyond) cells.length = limit;
  if (backward) cells.reverse();
  return beyond;
}

function pageOf(rows: Row[], beyond: boolean, total: unknown, other: unknown, { page }: PagePlan): Page {
  const others = isTrue(other);
  return {
    rows,
    ...(page.wants.total ? { total: Number(total) } : {}),
    hasPrevious: page.backward ? beyond : others,
    hasNext: page.backward ? others : beyond,
  };
}

/** A page within a row, which is made when somebody looks: rows within rows may be so many that it takes long. */
class NestedPage implements Page {
  #cell: unknown;
  readonly #plan: PagePlan;
  #made: Page | undefined;

  constructor(cell: unknown, plan: PagePlan) {
    this.#cell = cell;
    this.#plan = plan;
  }

  get rows(): Row[] {
    return this.#page().rows;
  }

  get total(): number | undefined {
    return this.#page().total;
  }

  get hasPrevious(): boolean {
    return this.#page().hasPrevious;
  }

  get hasNext(): boolean {
    return this.#page().hasNext;
  }

  #page(): Page {
    if (!this.#made) {
      this.#made = pageOfCell(this.#cell, this.#plan);
      this.#cell = undefined;
    }
    return this.#made;
  }
}

const nestedPage = (cell: unknown, plan: PagePlan): Page => new NestedPage(cell, plan);

/** Its rows, or those with what else is asked. */
function pageOfCell(cell: unknown, plan: PagePlan): Page {
  const answer = listOf(cell) ?? [];
  if (isPlain(plan.page)) return finishPage(answer, null, null, plan);
  const [rows, total, other] = answer;
  return finishPage((rows ?? []) as unknown[], total, other, plan);
}

/** Whether nothing but its rows is asked of a page. */
function isPlain(page: PageRead): boolean {
  return page.wants.rows && !page.wants.total && !otherSide(page);
}

/** The cursor beyond which there are more rows on the side the page was not read from, where that is asked. */
function otherSide({ wants, backward, before, after }: PageRead): Position | undefined {
  return wants.more ? (backward ? before : after) : undefined;
}

/** `others`: the column from which on each row tells of the list, after one that is only empty where there are no rows. */
function rootStatement(
  page: PageRead,
  route: Route,
  dialect: Dialect,
): { statement: Statement; plan: PagePlan; others: number | undefined } {
  const alias = ROOT;
  const parts = partsOf(page, [], alias, dialect, route);
  const { select, shape, pages } = rootPlan(page.row, dialect);
  const plan = { page, shape, pages };
  if (!page.wants.rows) {
    return { statement: sql`SELECT ${parts.total}, ${parts.other}`, plan, others: 0 };
  }
  // The rows first, whole.
  const first = dialect.rowsFirst && page.quick !== true;
  if (isPlain(page) && !first) {
    return { statement: select.endingWith(parts.rows), plan, others: undefined };
  }
  const [key, ...others] = [...shape.columns].map((column) => `${alias}."${column}"`);
  const needed = raw([key, ...others].join());
  return {
    statement: select.endingWith(
      sql`, ${raw(String(key))}, ${parts.total}, ${parts.other} FROM (SELECT 1) "one" LEFT JOIN (SELECT ${needed}${parts.rows}) ${raw(alias)} ON TRUE`,
    ),
    plan,
    others: shape.width + 1,
  };
}

/** The cells of rows, as SQL and as what they are made into. */
interface CellPlan extends Omit<PagePlan, 'page'> {
  cells: Sql;
}

/** What rows at the root are made of, and the beginning of statements that select them. */
interface RootPlan extends Omit<PagePlan, 'page'> {
  dialect: Dialect;
  select: Beginning;
}

/** The alias of the rows at the root. */
const ROOT = 't';

/** Reads that are met again, as those of a document that is kept are. */
const knownReads = new WeakMap<RowRead, RootPlan>();

function rootPlan(read: RowRead, dialect: Dialect): RootPlan {
  const known = knownReads.get(read);
  if (known?.dialect === dialect) return known;
  const { cells, shape, pages } = cellsOf(read, 'columns', ROOT, dialect);
  const root = { dialect, shape, pages, select: new Beginning(sql`SELECT ${cells}`, dialect) };
  knownReads.set(read, root);
  return root;
}

/** Shapes of rows, by how databases read them. */
const shapes = new WeakMap<Dialect, Shapes>();

function shapesOf(dialect: Dialect): Shapes {
  const known = shapes.get(dialect);
  if (known) return known;
  const fresh = new Shapes(dialect);
  shapes.set(dialect, fresh);
  return fresh;
}

function cellsOf(read: RowRead, form: 'columns' | 'json', alias: string, dialect: Dialect): CellPlan {
  const shape = shapesOf(dialect).of(read, form, alias);
  const pages = shape.pages.map((place, index) => {
    const inner = pageAt(read, place.keys);
    const below = `${place.alias}p${index}`;
    return nestedPageSql(inner, tied(place.model, inner.link ?? {}, place.alias, below), below, dialect);
  });
  return { cells: shape.select(pages.map(({ cell }) => cell)), shape, pages: pages.map(({ plan }) => plan) };
}

/** A page within a row as one cell. `joined` ties its rows to the row above. */
function nestedPageSql(
  page: PageRead,
  joined: readonly string[],
  alias: string,
  dialect: Dialect,
): { cell: Sql; plan: PagePlan } {
  const parts = partsOf(page, joined, alias, dialect);
  const { cells, shape, pages } = cellsOf(page.row, 'json', alias, dialect);
  const plan = { page, shape, pages };
  const list = dialect.list(sql`SELECT ${cells} AS "j"${parts.rows}`, {
    rows: rowsWithin(page),
    level: levelOf(alias),
  });
  if (isPlain(page)) return { cell: list, plan };
  const rows = page.wants.rows ? list : raw('NULL');
  const [before, behind] = dialect.asJson;
  const call = raw(`${dialect.jsonArray}(${before}`);
  return { cell: sql`${call}${rows}${raw(behind)}, ${parts.total}, ${parts.other})`, plan };
}

/** How deep the rows under an alias are nested in others. */
function levelOf(alias: string): number {
  return alias.split('p').length - 1;
}

/** How many rows a page may bring, with those of the pages within. */
function rowsWithin({ row, limit }: PageRead): number {
  return limit * (1 + rowsBelow(row));
}

function rowsBelow({ relations }: RowRead): number {
  let sum = 0;
  for (const relation of relations.values())
    sum += relation.is === 'page' ? rowsWithin(relation) : rowsBelow(relation.row);
  return sum;
}

/** A page in SQL: `FROM … LIMIT …` for its rows, how many the list has, and whether there are more on the other side. */
function partsOf(
  page: PageRead,
  joined: readonly string[],
  alias: string,
  dialect: Dialect,
  route?: Route,
): { rows: Sql; total: Sql; other: Sql } {
  const { model } = page.row;
  const rowAlias = raw(alias);
  const byFew = route && 'among' in route ? route : undefined;
  const few = byFew ? [byFew.among(rowAlias)] : [];
  const { where } = byFew ?? page;
  const unindexed = few.length > 0 ? dialect.paths.byNoIndex : '';
  const table = raw(`"${model}" ${alias}${unindexed}`);
  const always = [
    ...joined.map(raw),
    ...(columnsOf(model).deletedAt && page.withDeleted !== true ? [raw(`${alias}."deletedAt" IS NULL`)] : []),
  ];
  const scope = [...always, ...few, conditionSql(where, model, rowAlias, dialect, route !== undefined)];
  const counted =
    route && !byFew && dialect.paths.countsByItself
      ? [...always, conditionSql(page.where, model, rowAlias, dialect)]
      : scope;
  const between = [...scope];
  const after = page.after && placed(page, page.after, dialect);
  const before = page.before && placed(page, page.before, dialect);
  if (after) between.push(beyond(page.order, after, false, rowAlias));
  if (before) between.push(beyond(page.order, before, true, rowAlias));
  // Not as a parameter: Postgres would plan anew for each value, and so does SQLite where it looks at one.
  const most = literal(mostRows(page));
  const skip = page.skip ? sql` OFFSET ${page.skip}` : raw('');
  const cursor = otherSide({ ...page, after, before });
  return {
    rows: sql` FROM ${table} WHERE ${join(between, ' AND ')}${orderSql(page, alias, dialect)} LIMIT ${most}${skip}`,
    total: page.wants.total ? sql`(SELECT count(*) FROM ${table} WHERE ${join(counted, ' AND ')})` : raw('NULL'),
    // There are when any row lies on the far side of the cursor.
    other: cursor
      ? sql`EXISTS (SELECT 1 FROM ${table} WHERE ${join([...scope, sql`${beyond(page.order, cursor, page.backward, rowAlias)} IS NOT TRUE`], ' AND ')})`
      : raw('NULL'),
  };
}

/** A place as the database compares it. */
function placed({ row: { model }, order }: PageRead, position: Position, dialect: Dialect): Position {
  return order.map(({ column }, at) => {
    const value = position[at] ?? null;
    const encoded = encode(model, column, value, dialect) as Position[number];
    // In the cursor of another list, an id may be of another kind: that is before or after all of this one.
    return encoded === null && value !== null ? (String(value) < `${prefixOf(model)}_` ? -1 : ID_END) : encoded;
  });
}

function literal(number: number): Sql {
  if (!Number.isSafeInteger(number)) throw new Error(`${number} is no number of rows`);
  return raw(String(number));
}

function orderSql({ order, backward }: PageRead, alias: string, dialect: Dialect): Sql {
  if (order.length === 0) return raw('');
  const terms = order.map((term) => {
    const down = term.descending !== backward;
    // Empty values are last, so that reading backward meets them first.
    const nulls = term.nullable ? (backward ? ' NULLS FIRST' : ' NULLS LAST') : '';
    const plus = term.sorted ? dialect.byNoIndex : '';
    return `${plus}${alias}."${term.column}" ${down ? 'DESC' : 'ASC'}${nulls}`;
  });
  return raw(` ORDER BY ${terms.join()}`);
}

/** Rows strictly beyond a position: after it, or, `reversed`, before it. */
function beyond(order: readonly OrderTerm[], position: Position, reversed: boolean, alias: Sql): Sql {
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
