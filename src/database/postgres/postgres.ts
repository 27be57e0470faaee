/**
 * Postgres for Prisma and for reads and commits of our own. A commit is one statement, so it needs one round trip and no explicit transaction: its parts
 * are data-modifying CTEs, and when a guard does not hold, a division by zero makes the database undo all of them.
 */
import pg from 'pg';
import { CellTooLarge, countValues } from '../../base/cell-size.ts';
import { DomainError } from '../../base/errors.ts';
import { makeRoom } from '../../base/make-room.ts';
import type { Meter } from '../../base/meter.ts';
import { models } from '../generated/models.ts';
import {
  ByColumns,
  columnsOf,
  columnType,
  encode,
  encodeColumns,
  join,
  type ModelName,
  name,
  quoted,
  type Row,
  raw,
  Sql,
  type Statement,
  sql,
} from '../sql/index.ts';
import {
  type Adapter,
  type ChangeEntry,
  ENTRIES_MAX,
  type TransactionConnection,
  tooManyEntries,
  type UpdateAll,
  understand,
  understandRead,
  type Write,
} from '../store/index.ts';
import { adapterOver, POSTGRES_ADAPTER } from './adapter.ts';
import { postgresDialect } from './dialect.ts';
import { postgresFailure } from './failures.ts';
import { DEAD, openPipeline } from './pipeline.ts';
import { type PreparedStatement, runCells, Watch } from './query.ts';

/**
 * Statement texts that are given a name, and with it a plan that each connection keeps. When there are more, all names are
 * given anew, over new connections: those in use are soon known again, and what nobody asks any more is forgotten.
 */
const NAMED_MAX = 500;
/** Statements of a connection for what takes long, until another takes its place: it forgets names so. */
const USES_MAX = 5_000;

/** The longest that one statement may take: what takes longer is asking for too much. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** How long a statement may wait for a connection of a pool, in milliseconds. */
const CONNECTION_TIMEOUT_MS = 30_000;

/**
 * Connections by what may hold up what is behind it: reads wait for nobody, a write may wait for a lock that another
 * program holds, and what is left is for statements that take long. A read of a table that another program has locked
 * whole, as only a change of its layout needs, waits on a connection for such.
 */
const READING = 3;
const WRITING = 2;
const LOCKING = 1;
const WAITING = 1;

/** How long a read waits for a lock before it waits elsewhere, in milliseconds. */
const LOCK_TIMEOUT_MS = 100;
/** How long statements that met a lock are sent there at once, in milliseconds. */
const LOCKED_MS = 1_000;
/** Statements of which that is remembered. */
const LOCKED_MAX = 100;

/** Opens the database at `url` with at most `poolSize` connections, or as few as it takes. It must be migrated. */
export function openPostgres(url: string, poolSize: number): Adapter {
  const connection = {
    connectionString: url,
    application_name: 'clientele',
    // Instants are printed in the session's zone and style, which may be set for the server or the database.
    options: '-c timezone=UTC -c datestyle=ISO',
    statement_timeout: STATEMENT_TIMEOUT_MS,
  };
  const withOptions = (more: string) => ({ ...connection, options: `${connection.options} ${more}` });
  // What runs here may take long, or none, by the values it is asked for: it is planned for them, and on one core.
  const forLong = withOptions('-c plan_cache_mode=force_custom_plan -c max_parallel_workers_per_gather=0');
  // What is short has an index, however few or many rows the database thinks there are.
  const forShort = withOptions('-c enable_seqscan=off');
  const pool = new pg.Pool({
    ...forLong,
    query_timeout: DEAD,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    maxUses: USES_MAX,
    max: Math.max(1, poolSize - READING - WRITING - LOCKING - WAITING),
  });
  const locking = new pg.Pool({
    ...connection,
    query_timeout: DEAD,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    max: LOCKING,
  });
  const waiting = new pg.Pool({
    ...forShort,
    query_timeout: DEAD,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    max: WAITING,
  });
  const withoutWaiting = { ...forShort, options: `${forShort.options} -c lock_timeout=${LOCK_TIMEOUT_MS}` };
  const pipeline = openPipeline(withoutWaiting, READING);
  const writing = openPipeline(forShort, WRITING);
  // A connection that breaks while idle, or between two statements, is replaced by the pool; what is sent over it fails.
  // Without listeners it would end the process.
  for (const each of [pool, locking, waiting]) {
    each.on('error', () => undefined);
    each.on('connect', (client) => client.on('error', () => undefined));
  }
  const names = new Map<string, string>();
  let given = 0;
  const freshName = () => `c${given++}`;
  const seen = new Set<string>();
  function nameOf(text: string): string | undefined {
    const known = names.get(text);
    if (known) return known;
    // One that does not come again takes no name from those that do.
    if (!seen.delete(text)) {
      makeRoom(seen, NAMED_MAX);
      seen.add(text);
      return undefined;
    }
    if (names.size >= NAMED_MAX) {
      names.clear();
      pipeline.renew();
      writing.renew();
    }
    const fresh = freshName();
    names.set(text, fresh);
    return fresh;
  }

  /**
   * Has the statement sent under its name; once more under a new one when that name is of no use on a connection, which
   * refuses to run the statement before anything is done.
   */
  async function named<T>(
    { text, values }: Pick<Statement, 'text' | 'values'>,
    send: (statement: PreparedStatement) => Promise<T>,
  ): Promise<T> {
    const name = nameOf(text);
    try {
      return await send({ name, text, values });
    } catch (error) {
      if (!renamed(text, name, error)) throw error;
      return send({ name: names.get(text), text, values });
    }
  }

  /** Gives the statement another name where an error says that the one it was sent under is of no use. */
  function renamed(text: string, name: string | undefined, error: unknown): boolean {
    if (name === undefined || !isNameUnusable(error)) return false;
    if (names.get(text) === name) names.set(text, freshName());
    return true;
  }

  /** When statements met a lock, by their texts. */
  const locked = new Map<string, number>();

  /** Runs a statement that has an index: beside others, unless it has to wait for a lock. */
  async function runShort(
    { text, values }: Pick<Statement, 'text' | 'values'>,
    meter: Meter | undefined,
    again = false,
  ): Promise<unknown[][]> {
    const met = locked.size > 0 ? locked.get(text) : undefined;
    if (met === undefined || performance.now() - met > LOCKED_MS) {
      const name = nameOf(text);
      try {
        return await pipeline.run({ name, text, values }, meter);
      } catch (error) {
        if (isLocked(error)) {
          makeRoom(locked, LOCKED_MAX);
          locked.set(text, performance.now());
        } else if (!again && renamed(text, name, error)) {
          return runShort({ text, values }, meter, true);
        } else {
          throw error;
        }
      }
    }
    const rows = await named({ text, values }, (statement) => runAlone(waiting, statement, meter));
    locked.delete(text);
    return rows;
  }

  /** Runs a statement on a connection of its own, which is given up when the statement brings too much. */
  async function runAlone(pool: pg.Pool, statement: PreparedStatement, meter: Meter | undefined): Promise<unknown[][]> {
    const client = await pool.connect();
    const { stream } = client.connection;
    let broken = false;
    let refused: { error: unknown } | undefined;
    const refuse = (error: unknown) => {
      refused = { error };
      stream.destroy(new Error('A statement brought too much.'));
    };
    const watch = new Watch(stream, () => meter, refuse);
    try {
      return await runCells(client, statement, meter);
    } catch (error) {
      broken = !(error instanceof pg.DatabaseError);
      throw refused ? refused.error : error;
    } finally {
      watch.stop();
      client.release(broken);
    }
  }

  /** Runs statements in one transaction. Each of them sees what was committed before it began. */
  async function runTogether(statements: readonly Pick<Statement, 'text' | 'values'>[]): Promise<void> {
    const client = await locking.connect();
    let broken = false;
    try {
      await client.query('BEGIN');
      for (const statement of statements) await client.query(statement.text, statement.values);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {
        broken = true;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  return {
    ...POSTGRES_ADAPTER,
    dialect: postgresDialect,
    connect: () => adapterOver(pool, connectionOn),
    async cells(statement, { long = false, meter } = {}) {
      try {
        countValues(statement.values, meter);
        return await (long ? named(statement, (query) => runAlone(pool, query, meter)) : runShort(statement, meter));
      } catch (error) {
        throw understoodRead(error, meter);
      }
    },
    version: () => undefined,
    failureOf: postgresFailure,
    async check() {
      await pipeline.run({ name: undefined, text: 'SELECT 1', values: [] });
    },
    async commit(writes) {
      try {
        const locks = writes.filter((write) => write.kind === 'lock');
        const statement = commitStatement(writes.filter((write) => write.kind !== 'lock'));
        // A statement does not see what is committed while it waits for a lock: the one after it does.
        if (locks.length > 0) await runTogether([...locks.map(lockStatement), statement]);
        else await named<unknown>(statement, (query) => (writing.isStuck() ? pool.query(query) : writing.run(query)));
        return 'committed';
      } catch (error) {
        const meaning = understand(error, postgresFailure(error));
        if (meaning === 'guard' || meaning === 'retry') return 'stale';
        throw meaning;
      }
    },
    async close() {
      await Promise.all([pool.end(), locking.end(), waiting.end(), pipeline.close(), writing.close()]);
    },
  };
}

/**
 * The connection of a transaction on `client`, for as long as that `isOpen`. In a `snapshot` it sees nothing that is
 * committed later.
 */
function connectionOn(client: pg.PoolClient, snapshot: boolean, isOpen: () => boolean): TransactionConnection {
  /** Sends a statement, unless the transaction is over: it would be run by itself, or in another one. */
  function send(text: string, values: unknown[] = []): Promise<pg.QueryResult> {
    refuseClosed();
    return client.query(text, values);
  }

  function refuseClosed(): void {
    if (!isOpen()) throw new Error('The transaction is closed.');
  }

  /** The commit that is being written: savepoints of two at once would not nest. */
  let last: Promise<unknown> = Promise.resolve();

  async function commit(writes: readonly Write[]): Promise<'committed' | 'stale'> {
    if (writes.length === 0) return 'committed';
    await send('SAVEPOINT "clientele_commit"');
    try {
      for (const write of writes) {
        if (write.kind === 'lock') {
          const { text, values } = lockStatement(write);
          await send(text, values);
        }
      }
      const others = writes.filter((write) => write.kind !== 'lock');
      const { text, values } = commitStatement(others, await entriesBefore(others));
      await send(text, values);
      await send('RELEASE SAVEPOINT "clientele_commit"');
      return 'committed';
    } catch (error) {
      await send('ROLLBACK TO SAVEPOINT "clientele_commit"; RELEASE SAVEPOINT "clientele_commit"');
      const meaning = understand(error, postgresFailure(error));
      if (meaning === 'guard' && !snapshot) return 'stale';
      if (meaning !== 'guard' && meaning !== 'retry') throw meaning;
      // What the transaction sees, or holds, stays in the way for as long as it lasts.
      throw new DomainError('CONFLICT', 'Another writer was in the way of the transaction. Run the transaction again.');
    }
  }

  /** How many entries of the feed the transaction has made: the next ones are numbered after them. */
  async function entriesBefore(writes: readonly Write[]): Promise<number> {
    const change = writes.map((write) =>
      write.kind === 'record' ? write.changes[0] : 'change' in write && write.change,
    );
    const [first] = change.filter((entry) => entry !== false && entry !== null && entry !== undefined);
    if (!first) return 0;
    const entries = sql`SELECT count(*)::integer AS "entries" FROM "Change" WHERE "firmId" = ${first.firmId} AND "sequence" >= clientele_sequence(0)`;
    return Number((await send(entries.text, entries.values)).rows[0]?.entries ?? 0);
  }

  return {
    dialect: postgresDialect,
    async cells({ text, values }, { meter } = {}) {
      refuseClosed();
      try {
        countValues(values, meter);
        return await runCells(client, { name: undefined, text, values }, meter);
      } catch (error) {
        throw understoodRead(error, meter);
      }
    },
    commit(writes) {
      const done = last.then(() => commit(writes));
      last = done.catch(() => undefined);
      return done;
    },
  };
}

/** What a read failed of, in our words. */
function understoodRead(error: unknown, meter: Meter | undefined): unknown {
  if (!isDivisionByZero(error)) return understandRead(error, postgresFailure(error));
  try {
    meter?.refuse();
  } catch (refusal) {
    return refusal;
  }
  return understandRead(new CellTooLarge(error), undefined);
}

/** Whether a statement gave up waiting for a lock. */
function isLocked(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '55P03';
}

/** How a reading statement ends that would make a cell too large (dialect.ts). */
function isDivisionByZero(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '22012';
}

/**
 * Whether a statement was refused because of what its name stands for on a connection: a plan that a migration has
 * outdated, or nothing, since the statement that was to be its first, sent just before, failed.
 */
function isNameUnusable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.routine === 'RevalidateCachedQuery' || error.code === '26000');
}

/** The texts of commits, by the forms of their writes. */
const commits = new Map<string, string>();
/** Texts of commits that are kept, and the longest one, in characters. */
const COMMITS_MAX = 500;
const COMMIT_LENGTH_MAX = 10_000;

/** All writes but locks as one statement, in a transaction that has made `entries` entries of the feed before. */
function commitStatement(writes: readonly Exclude<Write, Lock>[], entries = 0): Pick<Statement, 'text' | 'values'> {
  const known = writes.reduce((sum, write) => sum + (write.kind === 'record' ? write.changes.length : 0), entries);
  if (known > ENTRIES_MAX) throw tooManyEntries();
  let ordinal = entries;
  let key = '';
  const values: unknown[] = [];
  const expected: number[] = [];
  const parts: (Part | UpdateAll)[] = [];
  for (const write of writes) {
    const part = write.kind === 'updateAll' ? write : partOf(write, ordinal);
    if (write.kind === 'record') ordinal += write.changes.length;
    parts.push(part);
    if (!('form' in part)) continue;
    key += `${part.form.id},`;
    values.push(...part.values);
    if (part.expected !== undefined) expected.push(part.expected);
  }
  values.push(...expected);
  if (writes.some(({ kind }) => kind === 'updateAll')) return composed(parts, known);
  const kept = commits.get(key);
  if (kept !== undefined) return { text: kept, values };
  const { text } = composed(parts, known);
  if (text.length <= COMMIT_LENGTH_MAX) {
    makeRoom(commits, COMMITS_MAX);
    commits.set(key, text);
  }
  return { text, values };
}

/**
 * The parts of a commit as one statement. Entries of the feed are numbered from 0: first those that are known, then those
 * of each bulk change, of which only the statement itself learns how many there are.
 */
function composed(writes: readonly (Part | UpdateAll)[], known: number): Sql {
  const parts: Sql[] = [];
  const guards: Sql[] = [];
  const taken: Sql[] = [sql`${known}::integer`];
  for (const write of writes) {
    const part = name(`w${parts.length}`);
    if ('form' in write) {
      parts.push(sql`${part} AS (${new Sql(write.form.texts, write.values)})`);
      if (write.form.guarded) {
        const rows = write.expected === undefined ? raw('1') : sql`${write.expected}::integer`;
        guards.push(sql`(SELECT count(*) FROM ${part}) = ${rows}`);
      }
      continue;
    }
    parts.push(sql`${part} AS (${updateAll(write)})`);
    if (!write.change) continue;
    const start = join([...taken], ' + ');
    parts.push(sql`${name(`w${parts.length}`)} AS (${recordAll(write, write.change, part, start)})`);
    taken.push(sql`(SELECT count(*) FROM ${part})`);
  }
  const check = guards.length > 0 ? sql`1 / (CASE WHEN ${join(guards, ' AND ')} THEN 1 ELSE 0 END)` : sql`1`;
  // Fails with an error of its own where there are too many; what is known beforehand is not asked for again.
  const room = taken.length > 1 ? sql`, sqrt(${raw(String(ENTRIES_MAX))} - (${join(taken, ' + ')}))` : raw('');
  return sql`WITH ${join(parts, ', ')} SELECT ${check} AS "done"${room}`;
}

type Lock = Extract<Write, { kind: 'lock' }>;

function lockStatement({ model, where }: Lock): Sql {
  return sql`SELECT 1 FROM ${name(model)} WHERE ${equal(model, where)} FOR UPDATE`;
}

/** What the SQL of a write depends on beside its values. */
interface Form {
  id: number;
  /** The SQL, with a value between each two. */
  texts: readonly string[];
  /** Whether it must meet as many rows as it names. */
  guarded: boolean;
}

/** A write as a part of the statement. */
interface Part {
  form: Form;
  values: unknown[];
  /** How many rows it must meet, when that is not one. */
  expected?: number;
}

const forms = new ByColumns<Form>();
let formed = 0;

/** The form of writes `what` of these columns; `texts` says how it reads when it was not met before. */
function formOf(what: string, columns: readonly string[], guarded: boolean, texts: () => readonly string[]): Form {
  return forms.of(what, columns, () => ({ id: formed++, texts: texts(), guarded }));
}

function partOf(write: Exclude<Write, Lock | UpdateAll>, ordinal: number): Part {
  const { kind } = write;
  switch (kind) {
    case 'insert':
      return insert(write.model, write.rows);
    case 'update': {
      const { model } = write;
      const columns = Object.keys(write.set);
      const { terms, values } = termsOf(model, write.where);
      const form = formOf(`update ${model} ${columns.length}`, [...columns, ...terms], true, () =>
        gaps([
          `UPDATE "${model}" SET `,
          ...columns.map((column, index) => `${index > 0 ? ',' : ''}"${column}" = ${GAP}`),
          ` WHERE ${whereOf(terms)} RETURNING 1`,
        ]),
      );
      return { form, values: [...encodeColumns(model, columns, write.set, postgresDialect), ...values] };
    }
    case 'updateEach':
      return updateEach(write.model, write.rows);
    case 'deleteEach':
      return deleteEach(write.model, write.rows);
    case 'requireEach':
      return requireEach(write.model, write.rows);
    case 'delete':
    case 'deleteAll': {
      const { terms, values } = termsOf(write.model, write.where);
      const guarded = kind === 'delete';
      if (kind === 'delete' || write.most === undefined) {
        const text = `DELETE FROM "${write.model}" WHERE ${whereOf(terms)} RETURNING 1`;
        return { form: formOf(`${kind} ${write.model}`, terms, guarded, () => gaps([text])), values };
      }
      // By where the rows lie: however many others there are, no plan can go astray.
      const some = `SELECT "ctid" FROM "${write.model}" WHERE ${whereOf(terms)} LIMIT ${GAP}::integer`;
      const text = `DELETE FROM "${write.model}" WHERE "ctid" = ANY(ARRAY(${some})) RETURNING 1`;
      const form = formOf(`delete some ${write.model}`, terms, guarded, () => gaps([text]));
      return { form, values: [...values, write.most] };
    }
    case 'record':
      return record(write.changes, ordinal);
    case 'require': {
      const { terms, values } = termsOf(write.model, write.where);
      const text = `SELECT 1 FROM "${write.model}" WHERE ${whereOf(terms)} FOR SHARE`;
      return { form: formOf(`require ${write.model}`, terms, true, () => gaps([text])), values };
    }
  }
}

/** Stands for a value in a text. */
const GAP = '\u0000';

/** Texts put together and split where the values go. */
function gaps(texts: readonly string[]): string[] {
  return texts.join('').split(GAP);
}

function whereOf(terms: readonly string[]): string {
  return terms.length > 0 ? terms.join(' AND ') : 'TRUE';
}

/** The terms of `where`, and the values of those that have one. Empty columns are asked for as such, since nothing equals null. */
function termsOf(model: ModelName, where: Row): { terms: string[]; values: unknown[] } {
  const terms: string[] = [];
  const values: unknown[] = [];
  for (const column of Object.keys(where)) {
    const value = encode(model, column, where[column], postgresDialect);
    terms.push(value === null ? `"${column}" IS NULL` : `"${column}" = ${GAP}`);
    if (value !== null) values.push(value);
  }
  return { terms, values };
}

/** One row as values; more as one JSON parameter, so that the statement's text does not depend on their number. */
function insert(model: ModelName, rows: readonly Row[]): Part {
  const [first = {}] = rows;
  const columns = Object.keys(first);
  const into = () => `INSERT INTO "${model}" (${quoted(columns)})`;
  if (rows.length === 1) {
    const form = formOf(`insert ${model}`, columns, false, () =>
      gaps([`${into()} VALUES (${columns.map(() => GAP).join()}) RETURNING 1`]),
    );
    return { form, values: encodeColumns(model, columns, first, postgresDialect) };
  }
  const form = formOf(`insert many ${model}`, columns, false, () =>
    gaps([
      `${into()} SELECT ${quoted(columns)} FROM json_populate_recordset(NULL::"${model}", ${GAP}::json) RETURNING 1`,
    ]),
  );
  return { form, values: [jsonRows(model, rows)] };
}

/** A column whose values come from rows of JSON. */
interface Given {
  /** Its name there. */
  alias: string;
  column: string;
  /** Its values, one for each row. */
  of: (index: number) => unknown;
}

/** Rows of JSON as a part of the statement: what stands behind FROM, and its one value. */
function givenRows(model: ModelName, given: readonly Given[], count: number): { from: string; json: string } {
  const columns = given.map(({ alias, column }) => `"${alias}" ${CASTS[columnType(model, column)]}`);
  const rows = Array.from({ length: count }, (_, index) =>
    Object.fromEntries(
      given.map(({ alias, column, of }) => {
        const value = of(index);
        return [alias, columnType(model, column) === 'Id' ? encode(model, column, value, postgresDialect) : value];
      }),
    ),
  );
  return { from: `json_to_recordset(${GAP}::json) AS "given" (${columns.join()})`, json: JSON.stringify(rows) };
}

/** The columns that name rows, and the terms that find them: those that are null in the first row are null in all. */
function namedBy(rows: readonly Row[]): { given: Given[]; terms: string[] } {
  const [first = {}] = rows;
  const columns = Object.keys(first);
  const given = columns
    .filter((column) => first[column] !== null)
    .map((column, at) => ({ alias: `w${at}`, column, of: (index: number) => rows[index]?.[column] }));
  const terms = given.map(({ alias, column }) => `"row"."${column}" = "given"."${alias}"`);
  const empty = columns.filter((column) => first[column] === null).map((column) => `"row"."${column}" IS NULL`);
  return { given, terms: [...terms, ...empty] };
}

function updateEach(model: ModelName, rows: readonly { where: Row; set: Row }[]): Part {
  const columns = Object.keys(rows[0]?.set ?? {});
  const { given, terms } = namedBy(rows.map(({ where }) => where));
  const set = columns.map((column, at) => ({
    alias: `s${at}`,
    column,
    of: (index: number) => rows[index]?.set[column] ?? null,
  }));
  const { from, json } = givenRows(model, [...given, ...set], rows.length);
  const form = formOf(`update each ${model} ${columns.length}`, [...columns, ...terms], true, () =>
    gaps([
      `UPDATE "${model}" AS "row" SET ${set.map(({ alias, column }) => `"${column}" = "given"."${alias}"`).join()}`,
      ` FROM ${from} WHERE ${terms.join(' AND ')} RETURNING 1`,
    ]),
  );
  return { form, values: [json], expected: rows.length };
}

function deleteEach(model: ModelName, rows: readonly Row[]): Part {
  const { given, terms } = namedBy(rows);
  const { from, json } = givenRows(model, given, rows.length);
  const form = formOf(`delete each ${model}`, terms, false, () =>
    gaps([`DELETE FROM "${model}" AS "row" USING ${from} WHERE ${terms.join(' AND ')} RETURNING 1`]),
  );
  return { form, values: [json] };
}

function requireEach(model: ModelName, rows: readonly Row[]): Part {
  const { given, terms } = namedBy(rows);
  const { from, json } = givenRows(model, given, rows.length);
  const form = formOf(`require each ${model}`, terms, true, () =>
    gaps([`SELECT 1 FROM "${model}" AS "row", ${from} WHERE ${terms.join(' AND ')} FOR SHARE OF "row"`]),
  );
  return { form, values: [json], expected: rows.length };
}

/** Rows as Postgres takes them from JSON: all but ids are as they are. */
function jsonRows(model: ModelName, rows: readonly object[]): string {
  const columns = Object.keys(rows[0] ?? {}).filter((column) => columnType(model, column) === 'Id');
  return JSON.stringify(
    rows.map((row) => {
      const encoded: Record<string, unknown> = { ...row };
      for (const column of columns) encoded[column] = encode(model, column, encoded[column], postgresDialect);
      return encoded;
    }),
  );
}

const CHANGE_COLUMNS = ['firmId', 'at', 'actor', 'kind', 'entity', 'entityId', 'before', 'after'] as const;

/** The entries get their sequences from `clientele_sequence` (the migration says how they rise with the commits). */
function record(changes: readonly ChangeEntry[], ordinal: number): Part {
  const into = `INSERT INTO "Change" ("sequence", ${quoted(CHANGE_COLUMNS)})`;
  const [only] = changes;
  if (changes.length === 1 && only) {
    const form = formOf('record', [], false, () =>
      gaps([
        `${into} VALUES (clientele_sequence(${GAP}::integer), ${CHANGE_COLUMNS.map(() => GAP).join()}) RETURNING 1`,
      ]),
    );
    return { form, values: [ordinal, ...encodeColumns('Change', CHANGE_COLUMNS, { ...only }, postgresDialect)] };
  }
  const form = formOf('record many', [], false, () =>
    gaps([
      `${into} SELECT clientele_sequence((${GAP}::integer + row_number() OVER () - 1)::integer), ${quoted(CHANGE_COLUMNS)} FROM json_populate_recordset(NULL::"Change", ${GAP}::json) RETURNING 1`,
    ]),
  );
  return { form, values: [ordinal, jsonRows('Change', changes)] };
}

function updateAll({ model, where, except, set, told, change }: UpdateAll): Sql {
  const raised = columnsOf(model).revision ? raw(', "revision" = "revision" + 1') : raw('');
  const others = except === undefined ? raw('') : sql` AND "id" <> ${encode(model, 'id', except, postgresDialect)}`;
  const returned = change ? join(['id', ...Object.keys(told)].map(name)) : raw('1');
  return sql`UPDATE ${name(model)} SET ${assignments(model, set)}${raised} WHERE ${equal(model, where)}${others} RETURNING ${returned}`;
}

/** The types of what is selected for columns, where nothing else tells them. */
const CASTS = {
  Json: 'json',
  DateTime: 'timestamptz',
  Int: 'integer',
  BigInt: 'bigint',
  Id: 'bigint',
  String: 'text',
  Boolean: 'boolean',
  Float: 'double precision',
} as const;

/** Enters a bulk change of the rows of `changed`, numbered from `start`. */
function recordAll({ model, told }: UpdateAll, change: Omit<ChangeEntry, 'entityId'>, changed: Sql, start: Sql): Sql {
  const columns = CHANGE_COLUMNS.filter((column) => column !== 'entityId');
  const values = columns.map((column) => {
    const cast = CASTS[models.Change.columns[column]];
    return sql`${encode('Change', column, change[column], postgresDialect)}::${raw(cast)}`;
  });
  return sql`INSERT INTO "Change" ("sequence", "entityId", ${join(columns.map(name))}) SELECT clientele_sequence((${start} + row_number() OVER (ORDER BY "id") - 1)::integer), "id", ${join(values)} FROM ${changed} WHERE ${equal(model, told)} RETURNING 1`;
}

function assignments(model: ModelName, set: Row): Sql {
  return join(
    Object.keys(set).map((column) => sql`${name(column)} = ${encode(model, column, set[column], postgresDialect)}`),
  );
}

/** `where` as a condition. Empty columns are asked for as such, since nothing equals null. */
function equal(model: ModelName, where: Row): Sql {
  const terms = Object.keys(where).map((column) => {
    const value = encode(model, column, where[column], postgresDialect);
    return value === null ? sql`${name(column)} IS NULL` : sql`${name(column)} = ${value}`;
  });
  return terms.length > 0 ? join(terms, ' AND ') : raw('TRUE');
}
