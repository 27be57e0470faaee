/** Reads which values several rows of a model share, and which rows those are. */
import { idText } from '../../base/ids.ts';
import type { ModelName } from './columns.ts';
import { type Condition, conditionSql } from './conditions.ts';
import type { Connection } from './connection.ts';
import { empty, join, name, raw, type Sql, sql } from './sql.ts';

/** Values that two or more rows share, in their order. */
export interface SharedRead {
  is: 'shared';
  model: ModelName;
  /** The rows that are looked at. */
  where: Condition;
  value: SharedValue;
  /** At most `limit` values, after the value `after`; of each, the first `members` rows by id. None: only their number. */
  page?: { limit: number; after?: string | undefined; members: number };
}

/** A column of the rows, or of rows of another model beside them: `on` pairs its columns with theirs. */
type SharedValue =
  | { column: string }
  | { column: string; model: ModelName; on: Readonly<Record<string, string>>; where: Condition };

export interface SharedValues {
  /** How many values there are; undefined where a page was asked for. */
  total: number | undefined;
  values: { value: string; count: number; ids: string[] }[];
}

/** The shared values over a connection. */
export async function sharedOver(connection: Connection, read: SharedRead): Promise<SharedValues> {
  const { page } = read;
  const pairs = pairsOf(read, connection);
  const long = { long: true };
  const shared = sql`GROUP BY p."value" HAVING count(*) > 1`;
  if (!page) {
    const counting = sql`SELECT count(*) FROM (SELECT p."value" FROM (${pairs}) p ${shared}) g`;
    const [[total] = []] = await connection.cells(counting, long);
    return { total: Number(total), values: [] };
  }
  const beyond = page.after === undefined ? empty : sql`WHERE p."value" > ${page.after}`;
  const groups = await connection.cells(
    sql`SELECT p."value", count(*) FROM (${pairs}) p ${beyond} ${shared} ORDER BY p."value" LIMIT ${page.limit}`,
    long,
  );
  if (groups.length === 0) return { total: undefined, values: [] };
  const met = join(groups.map(([value]) => value));
  const members = await connection.cells(
    sql`SELECT m."value", m."id" FROM (
      SELECT p."value", p."id", row_number() OVER (PARTITION BY p."value" ORDER BY p."id") AS "place" FROM (${pairs}) p WHERE p."value" IN (${met})
    ) m WHERE m."place" <= ${page.members} ORDER BY m."id"`,
    long,
  );
  const values = groups.map(([value, count]) => ({
    value: String(value),
    count: Number(count),
    ids: members.filter(([shared]) => shared === value).map(([, id]) => idText(read.model, Number(id))),
  }));
  return { total: undefined, values };
}

/** All pairs of a value and a row that has it. */
function pairsOf({ model, where, value }: SharedRead, { dialect }: Connection): Sql {
  const met = conditionSql(where, model, raw('r'), dialect);
  const column = name(value.column);
  if (!('model' in value)) {
    return sql`SELECT r.${column} AS "value", r."id" AS "id" FROM ${name(model)} r WHERE ${met}`;
  }
  const tied = Object.entries(value.on).map(([theirs, ours]) => sql`r.${name(ours)} = v.${name(theirs)}`);
  const beside = conditionSql(value.where, value.model, raw('v'), dialect);
  return sql`SELECT v.${column} AS "value", r."id" AS "id" FROM ${name(value.model)} v
    JOIN ${name(model)} r ON ${join(tied, ' AND ')} AND ${met} WHERE ${beside}`;
}
