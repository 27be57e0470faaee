import { Command } from 'commander';
import { readConfig } from '../config.ts';
import { migrateNow, print } from './session.ts';

/** `clientele migrate` */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('Bring the database to the schema of this version. Every other command does so too.')
    .action(async () => {
      const applied = await migrateNow(readConfig().databaseUrl);
      for (const name of applied) print(`Applied ${name}`);
      if (applied.length === 0) print('The database is up to date.');
    });
}
