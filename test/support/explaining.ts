/** A database that remembers the statements it is given, and tells how it would carry them out. */
import { clientOn, type Db } from '../../src/database/client.ts';
import { columnType, encode } from '../../src/database/sql/columns.ts';
import { join, name, raw, type Sql, type Statement, sql } from '../../src/database/sql/sql.ts';
import type { Adapter, Write } from '../../src/database/store/adapter.ts';

export interface Plan {
  statement: string;
  /** The indexes that are used, primary keys too. */
  indexes: string[];
  /** Tables of which every row, or every entry of an index, is looked at. */
  scanned: string[];
  /** Whether all that the firm has in a large table is looked at. */
  walked: boolean;
  /** Whether rows of a list are sorted, because no index has them in order. */
  sorts: boolean;
}

export type ExplainingDatabase = Db & {
  /** The plans of all statements given while `act` runs. Of what is written: how its rows are found. */
  plansOf(act: () => Promise<unknown>): Promise<Plan[]>;
  /** The plans of statements as SQLite's driver got them (recording.ts). */
  plansOfTexts(texts: readonly string[]): Promise<Plan[]>;
};

/** The same database, remembering. */
export async function explaining({ $adapter: adapter }: Db): Promise<ExplainingDatabase> {
  let statements: Given[] = [];
  const remembering: Adapter = {
    ...adapter,
    cells(statement, options) {
      // What asks for a plan carries nothing out.
      if (!statement.text.startsWith('EXPLAIN')) statements.push({ statement, options });
      return adapter.cells(statement, options);
    },
    commit(writes) {
      statements.push(
        ...writes.flatMap((write) => ('where' in write ? { statement: finding(write, adapter), options: {} } : [])),
      );
      return adapter.commit(writes);
    },
  };
  const client = (await clientOn(remembering)).$extends({
    client: {
      plansOfTexts: (texts: readonly string[]): Promise<Plan[]> =>
        Promise.all(
          texts.map((text) => {
            const values = Array(text.split('?').length - 1).fill(null);
            return sqlitePlan({ sql: text, text, values }, adapter);
          }),
        ),
      async plansOf(act: () => Promise<unknown>): Promise<Plan[]> {
        statements = [];
        await act();
        const given = statements;
        return Promise.all(given.map((one) => planOf(one, adapter)));
      },
    },
  });
  return client as unknown as ExplainingDatabase;
}

/** How a write finds its rows, as a statement that reads them. */
function finding(write: Extract<Write, { where: unknown }>, { dialect }: Adapter): Sql {
  const { model } = write;
  const where = write.kind === 'updateAll' && write.change ? { ...write.where, ...write.told } : write.where;
  const terms = Object.entries(where).map(([column, value]) => {
    columnType(model, column);
    return value === null
      ? sql`t.${name(column)} IS NULL`
      : sql`t.${name(column)} = ${encode(model, column, value, dialect)}`;
  });
  return sql`SELECT 1 FROM ${name(model)} t WHERE ${join(terms, ' AND ')}`;
}

/** A statement and how it was to be run: that decides the plan too. */
interface Given {
  statement: Statement;
  options: Options | undefined;
}

type Options = Parameters<Adapter['cells']>[1];

function planOf({ statement, options }: Given, adapter: Adapter): Promise<Plan> {
  return adapter.provider === 'sqlite' ? sqlitePlan(statement, adapter) : postgresPlan(statement, options, adapter);
}

function prefixed(command: string, { sql, text, values }: Statement): Statement {
  return { sql: `${command} ${sql}`, text: `${command} ${text}`, values };
}

async function sqlitePlan(statement: Statement, adapter: Adapter): Promise<Plan> {
  const steps = await adapter.cells(prefixed('EXPLAIN QUERY PLAN', statement), { long: true });
  const aliases = new Map<string, string>();
  for (const [, table = '', alias] of statement.sql.matchAll(/(?:FROM|JOIN|UPDATE) "(\w+)"(?: "?(\w+)"?)?/g)) {
    aliases.set(table, table);
    if (alias) aliases.set(alias, table);
  }
  // Columns: id, parent, notused, detail.
  const details = steps.map(([, , , detail]) => String(detail));
  return {
    statement: statement.sql,
    indexes: details.flatMap((detail) => / USING (?:COVERING )?INDEX (\w+)/.exec(detail)?.[1] ?? []),
    scanned: details.flatMap((detail) => {
      // What is joined from the left is what the statement itself selected.
      const [, alias = ''] = /^SCAN (\w+)(?!.*(?:VIRTUAL TABLE|LEFT-JOIN))/.exec(detail) ?? [];
      return aliases.get(alias) ?? [];
    }),
    walked: details.some((detail) => {
      const [, alias = ''] =
        /^SEARCH (\w+) USING (?:COVERING )?(?:INDEX \w+|PRIMARY KEY) \(firmId=\?\)/.exec(detail) ?? [];
      return LARGE.test(aliases.get(alias) ?? '');
    }),
    sorts: details.includes('USE TEMP B-TREE FOR ORDER BY'),
  };
}

/** Tables that grow with the firm. */
export const LARGE = /^(Client|ClientContact|ClientLocation|ExternalId|IndexedValue|Change)$/;

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Alias?: string;
  'Index Cond'?: string;
  'Plan Rows': number;
  Plans?: PlanNode[];
}

async function postgresPlan(statement: Statement, given: Options, adapter: Adapter): Promise<Plan> {
  // Without the request's meter: its response is made by now.
  const options = { ...given, meter: undefined };
  const [[answer] = []] = await adapter.cells(prefixed('EXPLAIN (FORMAT JSON)', statement), options);
  const nodes = (JSON.parse(String(answer)) as { Plan: PlanNode }[]).flatMap(({ Plan }) => withInner(Plan));
  const whole = nodes.filter(
    (node) => node['Node Type'] === 'Seq Scan' || (/Index/.test(node['Node Type']) && !node['Index Cond']),
  );
  return {
    statement: statement.text,
    indexes: nodes.flatMap((node) => node['Index Name'] ?? []),
    scanned: whole.map((node) => node['Relation Name'] ?? node['Index Name'] ?? ''),
    walked: nodes.some(
      (node) => LARGE.test(node['Relation Name'] ?? '') && /^\("firmId" = [^()]*\)$/.test(node['Index Cond'] ?? ''),
    ),
    sorts: nodes.some((node) => /Sort/.test(node['Node Type']) && node['Plan Rows'] > 1),
  };
}

function withInner(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(withInner)];
}

/** What Postgres does by itself after a while: it counts, and tidies its indexes. SQLite is not to need that. */
export async function analyze({ $adapter: adapter }: Db): Promise<void> {
  if (adapter.provider === 'postgres') await adapter.cells(raw('VACUUM ANALYZE'), { long: true });
}
