import { Command } from 'commander';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { migrate } from '../database/migrate.ts';
import { openDatabase } from '../database/open.ts';
import { ensureAdminToken, FIRST_FIRM, findViewer, firstStartToken } from '../firms/tokens.ts';
import { closeGracefully } from '../http/listen.ts';
import { GRAPHQL_PATH } from '../http/routes.ts';
import { print } from './session.ts';

/** `clientele serve` */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Migrate the database and serve GraphQL over HTTP until SIGTERM or SIGINT.')
    .addHelpText(
      'after',
      `
Environment:
  DATABASE_URL           file:./data/clientele.db (default) or postgresql://…
  HOST, PORT             where to listen: 127.0.0.1 and 4000 by default
  CLIENTELE_ADMIN_TOKEN  made valid as an admin token of the firm ${FIRST_FIRM}, at least 16 characters
  CLIENTELE_GRAPHIQL     true or false: GraphiQL at GET ${GRAPHQL_PATH}; off when NODE_ENV is production
  CLIENTELE_LOG_LEVEL    fatal, error, warn, info (default), debug, trace or silent
  CLIENTELE_POOL_SIZE    Postgres connections of this process: 10 by default`,
    )
    .action(serve);
}

async function serve(): Promise<void> {
  // Loaded here: to build the schema takes longer than all that the other commands do.
  const [{ schema }, { createServer }] = await Promise.all([import('../schema.ts'), import('../server.ts')]);
  const config = readConfig();
  const logger = pino({ level: config.logLevel });
  const applied = await migrate(config.databaseUrl);
  if (applied.length > 0) logger.info({ migrations: applied }, 'migrated');
  const database = await openDatabase(config);
  try {
    const firstToken = await ensureToken();
    const findViewerHere = (secret: string) => findViewer(database, secret);
    const server = createServer({
      config,
      database,
      schema,
      findViewer: findViewerHere,
      logger,
      initialToken: firstToken,
    });
    const listening = await server.listen();
    closeGracefully([listening, database], logger);
    // Printed, not logged: logs are collected and kept, and a secret must not be in them.
    if (firstToken) print(`The first admin token, of the firm ${FIRST_FIRM}. It is shown only now: ${firstToken}`);
    print(`Clientele serves ${listening.url}${GRAPHQL_PATH}`);
  } catch (error) {
    await database.close();
    throw error;
  }

  async function ensureToken(): Promise<string | undefined> {
    if (config.adminToken === undefined) return (await firstStartToken(database)) ?? undefined;
    await ensureAdminToken(database, config.adminToken);
    return undefined;
  }
}
