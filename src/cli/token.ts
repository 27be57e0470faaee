import { Command, InvalidArgumentError } from 'commander';
import type { Db } from '../database/client.ts';
import { type Firm, findFirm, listFirms } from '../firms/firms.ts';
import { createToken, listTokens, revokeToken } from '../firms/tokens.ts';
import { ROLES, type Role } from '../session/viewer.ts';
import { print, printTable, withDatabase } from './session.ts';

interface NewTokenOptions {
  firm: string;
  role: Role;
  name: string;
  employee?: string;
  contact?: string;
}

const roleNames = Object.keys(ROLES).join(', ');

/** `clientele token …` */
export function tokenCommand(): Command {
  const token = new Command('token').description('API tokens: each belongs to one firm and one role.');
  token
    .command('create')
    .description('Create a token and print only the token. It is stored hashed and cannot be shown again.')
    .requiredOption('--firm <name>', 'the firm it belongs to')
    .requiredOption('--role <role>', `what it may do: ${roleNames}`, parseRole)
    .option('--name <name>', 'the actor of its changes in the feed', 'cli')
    .option('--employee <id>', 'the employee that the token acts for')
    .option('--contact <id>', 'the client contact that a CONTACT token is bound to')
    .addHelpText(
      'after',
      `\nRoles:\n${Object.entries(ROLES)
        .map(([role, may]) => `  ${role.padEnd(8)} ${may}`)
        .join('\n')}`,
    )
    .action((options: NewTokenOptions) =>
      withDatabase(async (database) => {
        const { id: firmId } = await firmNamed(database, options.firm);
        const { name, role, employee: employeeId, contact: contactId } = options;
        const { secret } = await createToken(database, { firmId, name, role, employeeId, contactId });
        print(secret);
      }),
    );
  token
    .command('list')
    .description('List the tokens of a firm, oldest first, without their secrets.')
    .requiredOption('--firm <name>', 'the firm')
    .action((options: { firm: string }) =>
      withDatabase(async (database) => {
        const { id: firmId } = await firmNamed(database, options.firm);
        const tokens = await listTokens(database, firmId);
        printTable(
          ['ID', 'NAME', 'ROLE', 'CREATED', 'REVOKED'],
          tokens.map((each) => [
            each.id,
            each.name,
            each.role,
            each.createdAt.toISOString(),
            each.revokedAt?.toISOString() ?? '',
          ]),
        );
      }),
    );
  token
    .command('revoke')
    .description('Revoke a token. Its next request is rejected.')
    .argument('<id-or-token>', 'its id, as listed, or the token itself')
    .action((idOrToken: string) =>
      withDatabase(async (database) => {
        await revokeToken(database, idOrToken);
        print('Revoked.');
      }),
    );
  return token;
}

function parseRole(text: string): Role {
  const role = text.toUpperCase();
  if (Object.hasOwn(ROLES, role)) return role as Role;
  throw new InvalidArgumentError(`It must be one of ${roleNames}.`);
}

async function firmNamed(database: Db, name: string): Promise<Firm> {
  const firm = await findFirm(database, name);
  if (firm) return firm;
  const names = (await listFirms(database)).map((each) => each.name);
  const known = names.length > 0 ? `There are: ${names.join(', ')}` : 'There are none yet';
  throw new Error(`There is no firm ${name}. ${known} (clientele firm create).`);
}
