import { closeSync, fsyncSync, lstatSync, openSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { readConfig } from '../config.ts';
import { copySqlite } from '../database/sqlite/index.ts';
import { wholeFile } from './whole-file.ts';

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
      // A link that leads nowhere is there, too.
      if (lstatSync(file, { throwIfNoEntry: false })) {
        throw new Error(`${file} exists already, and nothing is overwritten.`);
      }
      return wholeFile(file, (partial) => {
        writeFileSync(partial, '', { flag: 'wx' });
        copy(databaseUrl.slice('file:'.length), partial);
      });
    });
}

function copy(from: string, to: string): void {
  copySqlite(from, to);
  // SQLite leaves the copy to the operating system, which writes it when it likes.
  const descriptor = openSync(to, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
