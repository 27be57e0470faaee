import { setFlagsFromString } from 'node:v8';
import { Command, InvalidArgumentError } from 'commander';
import type { Logger } from 'pino';
import { type Config, readConfig } from '../config.ts';
import { migrate } from '../database/migrate.ts';
import { openDatabase } from '../database/open.ts';
import { ensureAdminToken, FIRST_FIRM, findViewer, firstStartToken } from '../firms/tokens.ts';
import { closeGracefully } from '../http/listen.ts';
import { GRAPHQL_PATH } from '../http/routes.ts';
import { type Interruptible, interruptible } from './interrupt.ts';
import { openLog } from './log.ts';
import { print } from './session.ts';
import { isWorker, runWorkers, shareMetrics, workerChannel } from './workers.ts';

/** `clientele serve` */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Migrate the database and serve GraphQL over HTTP until SIGTERM or SIGINT.')
    .option('--workers <count>', 'number of processes that share the port, to use as many cores', count, 1)
    .addHelpText(
      'after',
      `
Environment:
  DATABASE_URL           file:./data/clientele.db (default) or postgresql://…
  HOST, PORT             where to listen: 127.0.0.1 and 4000 by default
  CLIENTELE_ADMIN_TOKEN  made valid as an admin token of the firm ${FIRST_FIRM}, at least 16 characters
  CLIENTELE_GRAPHIQL     true or false: GraphiQL at GET ${GRAPHQL_PATH}; off when NODE_ENV is production
  CLIENTELE_CORS_HEADERS request headers that pages of other origins may send, beside the usual ones
  CLIENTELE_LOG_LEVEL    fatal, error, warn, info (default), debug, trace or silent
  CLIENTELE_POOL_SIZE    Postgres connections of each process: 12 by default
  CLIENTELE_RESPONSE_BYTES, CLIENTELE_RESPONSE_BUDGET_BYTES
                         bytes of one response, and of all in the making: 10 and 128 million by default`,
    )
    .action(serve);
}

/** Most processes behind one port. */
const WORKERS_MAX = 64;

function count(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= WORKERS_MAX) return number;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${WORKERS_MAX}.`);
}

async function serve({ workers }: { workers: number }): Promise<void> {
  const config = readConfig();
  const logger = openLog(config.logLevel);
  if (isWorker) {
    await serveHere(config, logger, process.env[FIRST_TOKEN]);
    return;
  }
  const starting = interruptible();
  const applied = await migrate(config.databaseUrl);
  if (applied.length > 0) logger.info({ migrations: applied }, 'migrated');
  // Not to be cut off between the commit and the only time that the token is shown.
  const firstToken = await starting.hold(() => ensureToken(config));
  if (workers === 1) {
    announce(await serveHere(config, logger, firstToken, starting));
    return;
  }
  // Handed down for GraphiQL, which any of them may be asked for.
  if (firstToken) process.env[FIRST_TOKEN] = firstToken;
  const serving = runWorkers(workers, logger);
  starting.release();
  const port = await serving;
  if (port !== undefined) announce(`http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`);
}

/** How the process that starts workers hands them the token of a first start. */
const FIRST_TOKEN = 'CLIENTELE_FIRST_TOKEN';

/** Makes the configured admin token valid, or prints and returns the token of a first start. */
async function ensureToken(config: Config): Promise<string | undefined> {
  const database = await openDatabase(config);
  try {
    if (config.adminToken !== undefined) {
      await ensureAdminToken(database, config.adminToken);
      return undefined;
    }
    const firstToken = (await firstStartToken(database)) ?? undefined;
    // Printed, not logged: logs are collected and kept, and a secret must not be in them.
    if (firstToken) print(`The first admin token, of the firm ${FIRST_FIRM}. You won't see it again: ${firstToken}`);
    return firstToken;
  } finally {
    await database.$close();
  }
}

/** Serves in this process until a signal ends it. Returns where. */
async function serveHere(
  config: Config,
  logger: Logger,
  initialToken: string | undefined,
  starting?: Interruptible,
): Promise<string> {
  // What a server keeps is little and stays the same: letting garbage grow to several times of it saves no time.
  setFlagsFromString('--heap-growing-percent=50');
  // Loaded here: to build the schema takes longer than all that the other commands do.
  const [{ schema }, { createServer }] = await Promise.all([import('../schema.ts'), import('../server.ts')]);
  const database = await openDatabase(config);
  const server = createServer({
    config,
    database,
    schema,
    findViewer: (secret) => findViewer(database, secret),
    logger,
    initialToken,
    ...(isWorker ? { shareMetrics } : {}),
  });
  const listening = server.listen();
  // Before anyone is told that it serves: whoever was told may send a signal at once.
  const parts = [{ close: async () => (await listening).close() }, { close: () => database.$close() }, workerChannel];
  const forget = closeGracefully(parts, logger, { patient: isWorker });
  starting?.release();
  try {
    return (await listening).url;
  } catch (error) {
    forget();
    await database.$close();
    await workerChannel.close();
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new Error(`Port ${config.port} of ${config.host} is in use; set PORT to another.`);
    }
    throw error;
  }
}

function announce(url: string): void {
  print(`Clientele serves ${url}${GRAPHQL_PATH}`);
}
