import { Command } from 'commander';
import { readConfig } from '../config.ts';
import { migrate } from '../database/migrate.ts';
import { interruptible } from './interrupt.ts';
import { print } from './session.ts';

/** `clientele migrate` */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('Migrate the database to the schema of this version. Every other command does so too.')
    .action(async () => {
      interruptible();
      const applied = await migrate(readConfig().databaseUrl);
      for (const name of applied) print(`Applied ${name}`);
      if (applied.length === 0) print('The database is up to date.');
    });
}
