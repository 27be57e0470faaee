/** What commands share: the database they work on, and how they print. */
import { type Config, readConfig } from '../config.ts';
import type { Db } from '../database/client.ts';
import { migrate } from '../database/migrate.ts';
import { openDatabase } from '../database/open.ts';
import { interruptible } from './interrupt.ts';

/** Opens the configured database, migrated, for as long as `use` takes. */
export async function withDatabase<T>(use: (database: Db, config: Config) => Promise<T>): Promise<T> {
  const config = readConfig();
  interruptible();
  await migrate(config.databaseUrl);
  const database = await openDatabase(config);
  try {
    return await use(database, config);
  } finally {
    await database.$close();
  }
}

/** Prints a line on standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints rows in aligned columns under their headings; nothing at all when there are none. */
export function printTable(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return;
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines)
    print(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
