/**
 * Migrations that were begun and not noted as finished. This build cannot leave any; earlier builds noted a migration in a
 * commit after its own, and a process killed between the two left all of it there. Other tools may leave a part of it.
 */
import { name as identifier, sql } from '../sql/index.ts';
import type { Migration, Stage, Target } from '../store/index.ts';

/**
 * Whether the database holds all that `begun` makes: then only its note is missing. False when it holds nothing of it.
 * Throws when it holds a part. Found out by applying the migrations to an empty stage and comparing what differs there.
 */
export async function isThere(target: Target, migrations: readonly Migration[], begun: Migration): Promise<boolean> {
  const earlier = migrations.slice(0, migrations.indexOf(begun));
  const [before, after] = await rehearse(target, earlier, begun);
  const made = [...after].filter(([definition]) => !before.has(definition));
  const removed = [...before].filter(([definition]) => !after.has(definition));
  const tables = new Set([...made, ...removed].flatMap(([, table]) => table ?? []));
  const now = await pictureOf(target, tables);
  const missing = made.filter(([definition]) => !now.has(definition));
  const left = removed.filter(([definition]) => now.has(definition));
  const open = missing.length + left.length;
  if (open === made.length + removed.length) return false;
  if (open === 0) return true;
  const examples = [...missing.map(([text]) => text), ...left.map(([text]) => `without ${text}`)];
  throw new Error(
    `Migration ${begun.name} was begun by another program or an earlier version and never finished, and the database ` +
      `holds only a part of it. Restore a backup from before it or, if there are no data yet, use an empty database. ` +
      `Of ${made.length + removed.length} changes ${open} are not there, such as: ${glance(examples[0] ?? '')}`,
  );
}

/** Definitions, and rows with the table they are in. */
type Picture = ReadonlyMap<string, string | undefined>;

async function rehearse(target: Target, earlier: readonly Migration[], begun: Migration): Promise<[Picture, Picture]> {
  try {
    return await target.rehearse(async (stage) => {
      for (const migration of earlier) await stage.run(migration.sql);
      const before = await pictureOf(stage);
      await stage.run(begun.sql);
      return [before, await pictureOf(stage)];
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Migration ${begun.name} was begun and never finished, and how much of it is in the database could not be found ` +
        `out: ${message}. Otherwise restore a backup from before it or, if there are no data yet, use an empty database.`,
      { cause: error },
    );
  }
}

/** What is in a stage, with the rows of `tables`: by default of all, which on an empty stage are those that migrations insert. */
async function pictureOf(stage: Stage, tables?: ReadonlySet<string>): Promise<Picture> {
  const contents = await stage.contents();
  const picture = new Map<string, string | undefined>(
    contents.definitions.map((definition) => [definition, undefined]),
  );
  for (const table of contents.tables) {
    if (tables && !tables.has(table)) continue;
    const rows = await stage.query(sql`SELECT * FROM ${identifier(table)}`);
    for (const row of rows) picture.set(`row of ${table}: ${JSON.stringify(row)}`, table);
  }
  return picture;
}

function glance(definition: string): string {
  const line = definition.replace(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 100)} …` : line;
}
