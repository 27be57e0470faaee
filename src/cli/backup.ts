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
      const handle = openHandle(databaseUrl.slice('file:'.length), { readOnly: true });
      try {
        handle.prepare('VACUUM INTO ?').run(file);
      } finally {
        handle.close();
      }
    });
}
