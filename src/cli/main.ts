/** The command line. Each group of commands has a file of its own; this one puts them together and reports failure. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { reasonOf } from '../base/errors.ts';
import { backupCommand } from './backup.ts';
import { exportCommand } from './export.ts';
import { firmCommand } from './firm.ts';
import { importCommand } from './import.ts';
import { migrateCommand } from './migrate.ts';
import { serveCommand } from './serve.ts';
import { tokenCommand } from './token.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const program = new Command('clientele')
  .description('A self-hosted GraphQL gateway for client records.')
  .version(version)
  .addHelpText('after', '\nDATABASE_URL names the database; the default is file:./data/clientele.db.')
  .addCommand(serveCommand())
  .addCommand(migrateCommand())
  .addCommand(firmCommand())
  .addCommand(tokenCommand())
  .addCommand(importCommand())
  .addCommand(exportCommand())
  .addCommand(backupCommand());

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`error: ${reasonOf(error)}\n`);
  process.exitCode = 1;
}
