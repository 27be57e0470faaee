import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { readConfig } from '../config.ts';
import { openHandle } from '../database/sqlite-driver.ts';

/** `clientele backup` */
export function backupCommand(): Command {
  return new Command('backup')
    .description(
      'Copy an SQLite database as it is at this moment, also while it is served. Postgres has pg_dump for it.',
    )
    .argument('<file>', 'the file to make')
    .action((file: string) => {
      const { databaseUrl } = readConfig();
      if (!databaseUrl.startsWith('file:')) throw new Error('DATABASE_URL names a Postgres database: use pg_dump.');
      if (existsSync(file)) throw new Error(`${file} exists already, and nothing is overwritten.`);
      // Under another name until it is whole: a copy that was cut off looks like a database, too.
      const partial = `${file}.partial`;
      writeFileSync(partial, '');
      try {
        copy(databaseUrl.slice('file:'.length), partial);
        renameSync(partial, file);
      } catch (error) {
        rmSync(partial, { force: true });
        throw error;
      }
    });
}

function copy(from: string, to: string): void {
  const handle = openHandle(from, { readOnly: true });
  try {
    handle.prepare('VACUUM INTO ?').run(to);
  } finally {
    handle.close();
  }
  // SQLite leaves the copy to the operating system, which writes it when it likes.
  const descriptor = openSync(to, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
