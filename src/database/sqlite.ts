/** Clientele on SQLite: one handle, every statement synchronous, so that a commit can meet no other writer of this process. */
import { makeRoom } from '../make-room.ts';
import { columnsOf, encodeRow } from './columns.ts';
import type { ChangeEntry, Database, ModelName, Row, Write } from './database.ts';
import type { PrismaClient } from './generated/sqlite/client.ts';
import type { Statement } from './sql.ts';
import { openHandle, type SqliteHandle, type SqliteStatement } from './sqlite-driver.ts';
import { understand } from './violations.ts';

/** How long a writer waits for one of another process, in milliseconds. */
const BUSY_TIMEOUT = 5_000;
/** How long reads may keep commits waiting, in milliseconds. */
const COMMIT_WAIT_MAX = 2;
/** Statements kept prepared. */
const PREPARED_MAX = 500;

/** Opens the database in the file that `url` (`file:…`) names. It must be migrated. */
export function openSqlite(url: string): Database {
  const file = url.replace(/^file:/, '');
  const handle = openHandle(file, { timeout: BUSY_TIMEOUT });
  handle.exec('PRAGMA journal_mode = WAL');
  // FULL: what was acknowledged is on the disk, also when the power fails, as it is on Postgres.
  handle.exec('PRAGMA synchronous = FULL');
  handle.exec('PRAGMA foreign_keys = ON');
  handle.exec('PRAGMA cache_size = -32000');
  let prisma: Promise<PrismaClient> | undefined;

  const prepared = new Map<string, SqliteStatement>();
  function prepare(text: string): SqliteStatement {
    const known = prepared.get(text);
    if (known) return known;
    const statement = handle.prepare(text);
    makeRoom(prepared, PREPARED_MAX);
    prepared.set(text, statement);
    return statement;
  }

  /** Runs one write. False when a guard did not hold. */
  function apply(write: Write): boolean {
    switch (write.kind) {
      case 'insert':
        for (const row of write.rows) insert(write.model, row);
        return true;
      case 'update':
        return update(write.model, write.where, write.set) === 1;
      case 'delete':
        return remove(write.model, write.where) === 1;
      case 'deleteAll':
        remove(write.model, write.where);
        return true;
      case 'record':
        record(write.changes);
        return true;
      case 'updateAll':
        updateAll(write);
        return true;
      case 'require':
        return count(write.model, write.where) === 1;
      case 'lock':
        // Commits go one at a time.
        return true;
    }
  }

  function insert(model: ModelName, row: Row): void {
    const [columns, values] = encodeRow(model, row, 'sqlite');
    const marks = columns.map(() => '?').join(', ');
    prepare(`INSERT INTO "${model}" (${quoted(columns)}) VALUES (${marks})`).run(...values);
  }

  function update(model: ModelName, where: Row, set: Row, also = ''): number {
    const [columns, values] = encodeRow(model, set, 'sqlite');
    const assignments = columns.map((column) => `"${column}" = ?`).join(', ');
    const [condition, met] = equal(model, where);
    return prepare(`UPDATE "${model}" SET ${assignments}${also} WHERE ${condition}`).run(...values, ...met).changes;
  }

  function remove(model: ModelName, where: Row): number {
    const [condition, met] = equal(model, where);
    return prepare(`DELETE FROM "${model}" WHERE ${condition}`).run(...met).changes;
  }

  function count(model: ModelName, where: Row): number {
    const [condition, met] = equal(model, where);
    const counted = prepare(`SELECT count(*) AS "rows" FROM "${model}" WHERE ${condition}`).get(...met);
    return (counted as { rows: number }).rows;
  }

  /** Takes `count` sequences and answers the one before the first. Writers go one at a time, so no later commit has a smaller one. */
  function takeSequences(count: number): number {
    const taken = prepare('UPDATE "ChangeClock" SET "value" = "value" + ? WHERE "id" = 1 RETURNING "value"');
    return (taken.get(count) as { value: number }).value - count;
  }

  function record(changes: readonly ChangeEntry[]): void {
    let sequence = takeSequences(changes.length);
    for (const change of changes) insert('Change', { ...change, sequence: ++sequence });
  }

  function updateAll({ model, where, set, told, change }: Extract<Write, { kind: 'updateAll' }>): void {
    const [condition, met] = equal(model, { ...where, ...told });
    const ids = prepare(`SELECT "id" FROM "${model}" WHERE ${condition} ORDER BY "id"`).all(...met) as { id: string }[];
    record(ids.map(({ id }) => ({ ...change, entityId: id })));
    update(model, where, set, ', "revision" = "revision" + 1');
  }

  /** Applies all writes of a commit within the open transaction. On `stale` or an error nothing of them is left. */
  function applyAll(writes: readonly Write[]): Outcome {
    prepare('SAVEPOINT "commit"').run();
    let outcome: Outcome = 'committed';
    try {
      if (!writes.every(apply)) outcome = 'stale';
    } catch (error) {
      outcome = { error: understand(error) };
    }
    if (outcome !== 'committed') prepare('ROLLBACK TO "commit"').run();
    prepare('RELEASE "commit"').run();
    return outcome;
  }

  /** Runs commits in one transaction: what takes long is to wait for the disk, and that is then done once for all. */
  function transact(commits: readonly Commit[]): Outcome[] {
    // IMMEDIATE: the write lock first. A deferred transaction that has read cannot wait for another process's writer.
    prepare('BEGIN IMMEDIATE').run();
    try {
      // Rows of one commit may point at each other in any order, as within one statement on Postgres.
      prepare('PRAGMA defer_foreign_keys = ON').run();
      const outcomes = commits.map(({ writes }) => applyAll(writes));
      prepare('COMMIT').run();
      return outcomes;
    } catch (error) {
      if (handle.isTransaction) prepare('ROLLBACK').run();
      const [only] = commits;
      if (commits.length === 1 && only) return [{ error: understand(error) }];
      // One of them points at nothing, which is found at the end: each on its own, only that one fails.
      return commits.flatMap((commit) => transact([commit]));
    }
  }

  let waiting: Commit[] = [];
  let waitingSince = 0;

  /** Commits all that arrived while the event loop was at other things. */
  function flush(): void {
    const commits = waiting;
    waiting = [];
    if (commits.length === 0) return;
    let outcomes: Outcome[];
    try {
      outcomes = transact(commits);
    } catch (error) {
      outcomes = commits.map(() => ({ error: understand(error) }));
    }
    for (const [index, { settle }] of commits.entries())
      settle(outcomes[index] ?? { error: new Error('A commit was lost') });
  }

  /** Reads that follow one another without a turn of the event loop would keep the commits from theirs. */
  function letCommitsThrough(): void {
    if (waiting.length > 0 && performance.now() - waitingSince > COMMIT_WAIT_MAX) flush();
  }

  function answers({ sql, values }: Statement, asArrays: boolean): unknown[] {
    const statement = prepare(sql);
    statement.setReturnArrays(asArrays);
    return statement.all(...values);
  }

  return {
    provider: 'sqlite',
    identity: handle,
    prisma() {
      prisma ??= openPrisma(handle);
      return prisma;
    },
    async query<T>(statement: Statement) {
      letCommitsThrough();
      return answers(statement, false) as T[];
    },
    async cells(statement) {
      letCommitsThrough();
      return answers(statement, true) as unknown[][];
    },
    commit(writes) {
      return new Promise((resolve, reject) => {
        const settle = (outcome: Outcome) => (typeof outcome === 'string' ? resolve(outcome) : reject(outcome.error));
        if (waiting.push({ writes, settle }) > 1) return;
        waitingSince = performance.now();
        setImmediate(flush);
      });
    },
    async close() {
      flush();
      await (await prisma)?.$disconnect();
      handle.close();
    },
  };
}

/** Loaded when it is needed, which is rare: it takes more memory than all else together. */
async function openPrisma(handle: SqliteHandle): Promise<PrismaClient> {
  const [{ PrismaClient }, { adapterOn, SQLITE_ADAPTER }] = await Promise.all([
    import('./generated/sqlite/client.ts'),
    import('./sqlite-adapter.ts'),
  ]);
  return new PrismaClient({ adapter: { ...SQLITE_ADAPTER, connect: async () => adapterOn(handle) } });
}

type Outcome = 'committed' | 'stale' | { error: unknown };

/** A commit that waits for its turn. */
interface Commit {
  writes: readonly Write[];
  settle(outcome: Outcome): void;
}

function quoted(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(', ');
}

/** `where` as a condition and its values. */
function equal(model: ModelName, where: Row): [condition: string, values: unknown[]] {
  const known = columnsOf(model);
  const [columns, values] = encodeRow(model, where, 'sqlite');
  const condition = columns.map((column) => `"${column}" IS ?`).join(' AND ');
  if (columns.some((column) => !known[column])) throw new Error(`${model} lacks one of ${columns.join(', ')}`);
  return [condition, values];
}
