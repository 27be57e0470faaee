import { Command } from 'commander';
import { createFirm, listFirms } from '../firms/firms.ts';
import { print, printTable, withDatabase } from './session.ts';

/** `clientele firm …` */
export function firmCommand(): Command {
  const firm = new Command('firm').description(
    'Firms: the companies that keep their clients here, apart from each other.',
  );
  firm
    .command('create')
    .description('Create a firm and print its id.')
    .argument('<name>', 'its name, unique')
    .action((name: string) => withDatabase(async (database) => print(String((await createFirm(database, name)).id))));
  firm
    .command('list')
    .description('List the firms by name.')
    .action(() =>
      withDatabase(async (database) => {
        const firms = await listFirms(database);
        printTable(
          ['NAME', 'ID'],
          firms.map(({ name, id }) => [name, String(id)]),
        );
      }),
    );
  return firm;
}
