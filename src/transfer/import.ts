/**
 * Import: each line goes through the upsert that GraphQL calls, in a commit of its own, so that an import that was cut
 * short is simply run again.
 */
import { DomainError, InvalidInput, reasonOf, Unavailable } from '../base/errors.ts';
import { isObject } from '../base/is-object.ts';
import { glimpse } from '../fields/parse.ts';
import type { Values } from '../fields/patch.ts';
import { writesOf } from '../records/operations.ts';
import { inTurn } from '../records/turns.ts';
import type { Writer } from '../records/write.ts';
import type { Entity } from './entities.ts';
import { claimsOf, importLine, keyOf, type LineResult, noneTracked, type Outcome, type Run } from './line.ts';
import type { SourceLine } from './lines.ts';
import { refreshed } from './operator.ts';
import { References } from './references.ts';

/** Lines that are worked on at once. Those of one record keep their order, and those that want what only one can have. */
const CONCURRENCY = 8;
/** How long, in milliseconds, an import goes by the custom fields as they were. */
const REFRESH_AFTER = 2_000;

export interface ImportOptions {
  /** Checks each line against the database as it is, and writes nothing. */
  dryRun?: boolean;
  /** Ends at the first line that fails: none after it is written. */
  stopOnError?: boolean;
  /** Contacts only: whether twins by name are accepted. */
  allowDuplicates?: boolean;
  /** Told of each line that fails, with all that is wrong with it. */
  onFailure?(line: number, problems: readonly string[]): void;
}

/** How far an import has come. */
export interface ImportReport extends Record<Outcome | 'failed', number> {
  /** How many records were made because lines name them, by what they are. */
  made: ReadonlyMap<string, number>;
}

/** A line that is done but for the parent it names. */
interface Parentless extends LineResult {
  line: number;
  parent: string;
}

/** The report of an import that has not begun. */
export function emptyReport(): ImportReport {
  return { created: 0, updated: 0, restored: 0, unchanged: 0, failed: 0, made: new Map() };
}

/**
 * Imports lines into the operator's firm, keeping `report` up to date meanwhile. A line that breaks a rule fails alone;
 * anything else that goes wrong ends the import with an error.
 */
export async function importLines(
  writer: Writer,
  entity: Entity,
  lines: AsyncIterable<SourceLine>,
  options: ImportOptions = {},
  report: ImportReport = emptyReport(),
): Promise<ImportReport> {
  const { dryRun = false, stopOnError = false, allowDuplicates = false } = options;
  const references = new References(writer);
  const run: Run = { writer, entity, references, dryRun, allowDuplicates };
  report.made = references.made;
  const working = new Set<Promise<void>>();
  /** By key, what is yet to be put below a parent. */
  const parentless = new Map<string, Parentless>();
  /** Dry runs only: what would be there by now. */
  const wouldBe = new Set<string>();
  const state: { ended: boolean; fault?: Error } = { ended: false };
  let refreshedAt = Date.now();

  try {
    for await (const source of lines) {
      while (working.size >= (stopOnError ? 1 : CONCURRENCY)) await Promise.race(working);
      if (state.ended) break;
      if (Date.now() - refreshedAt > REFRESH_AFTER) {
        writer.viewer = await refreshed(writer);
        refreshedAt = Date.now();
      }
      const work: Promise<void> = importOne(source, [...working]).finally(() => working.delete(work));
      working.add(work);
    }
  } finally {
    // Also where the file could not be read on: what was begun is brought to its end.
    await Promise.all(working);
    for (const each of parentless.values()) if (!state.fault) await placeBelowParent(each);
  }
  if (state.fault) throw state.fault;
  return report;

  async function importOne({ line, value, fault }: SourceLine, before: readonly Promise<void>[]): Promise<void> {
    if (fault !== undefined) return fail(line, [fault]);
    try {
      const sent = asObject(value);
      const key = keyOf(entity, sent);
      const earlier = () => Promise.all(before);
      const claims = [key, ...claimsOf(entity, sent)];
      // Called before anything is waited for, so that lines that claim the same line up as they came.
      const result = await inTurn(
        claims.map((claim) => `import ${writer.viewer.firmId} ${entity.kind.model} ${claim}`),
        () => twice(sent, earlier),
      );
      if (dryRun && result.outcome === 'created') wouldBe.add(key);
      const overruled = sent.parent === undefined && sent.parentId === undefined ? undefined : parentless.get(key);
      if (overruled && parentless.delete(key)) report[overruled.outcome]++;
      if (result.parent === undefined) report[result.outcome]++;
      else parentless.set(key, { ...result, line, parent: result.parent });
    } catch (error) {
      failBy(line, error);
    }
  }

  /** What a line needs may be made or given up by the lines before it, so it fails only when it does so after them. */
  async function twice(sent: Values, earlier: () => Promise<unknown>): Promise<LineResult> {
    try {
      return await importLine(run, sent, earlier);
    } catch (error) {
      if (!(error instanceof DomainError) || error instanceof Unavailable) throw error;
      await earlier();
      references.forget();
      return importLine(run, sent, earlier);
    }
  }

  /** Sets the parent of a client whose line came before its parent's. */
  async function placeBelowParent({ line, id, parent, outcome }: Parentless): Promise<void> {
    try {
      const { kind } = entity;
      const found = await references.find({ to: kind.model, name: parent });
      if (typeof found === 'string' && !wouldBe.has(parent))
        return fail(line, [`input.parent: ${noneTracked(kind.model, parent)}${KEPT}`]);
      const saved =
        dryRun || typeof found === 'string'
          ? undefined
          : await writesOf(kind).patch(writer, { id }, { parent: { id: found.id } });
      const changed = saved !== undefined && saved.changedFields.length > 0;
      report[changed && outcome === 'unchanged' ? 'updated' : outcome]++;
    } catch (error) {
      failBy(line, error);
    }
  }

  function fail(line: number, problems: readonly string[]): void {
    report.failed++;
    options.onFailure?.(line, problems);
    if (stopOnError) state.ended = true;
  }

  function failBy(line: number, error: unknown): void {
    // Where the database is away, one line after the other would fail.
    if (error instanceof DomainError && !(error instanceof Unavailable)) {
      fail(line, problemsOf(error));
    } else {
      state.ended = true;
      const message = reasonOf(error);
      state.fault ??= new Error(`line ${line}: ${message}`, { cause: error });
    }
  }
}

/** What is added where a line failed after it was saved. */
const KEPT = '. All else of the line was imported';

function asObject(value: unknown): Values {
  if (isObject(value)) return value;
  throw new InvalidInput([
    { path: ['input'], code: 'BAD_USER_INPUT', message: `must be a JSON object, not ${glimpse(value)}` },
  ]);
}

function problemsOf(error: DomainError): string[] {
  if (error.fields.length === 0) return [error.message];
  return error.fields.map(({ path, message }) => `${path.join('.')}: ${message}`);
}
