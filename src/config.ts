/** Environment to configuration: the only reader of `process.env`. */
import { z } from 'zod';

const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');

/** The environment variables, their defaults and, as descriptions, what the README says of them. */
const environment = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^(file:|postgres(ql)?:\/\/)/, 'must start with file: or postgresql://')
    .default('file:./data/clientele.db'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  CLIENTELE_ADMIN_TOKEN: z.string().min(16, 'must be at least 16 characters').optional(),
  CLIENTELE_GRAPHIQL: flag.optional(),
  CLIENTELE_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  CLIENTELE_POOL_SIZE: z.coerce.number().int().min(1).max(200).default(10),
  NODE_ENV: z.string().default('development'),
});

export interface Config {
  databaseUrl: string;
  host: string;
  port: number;
  /** Made valid at start as an admin token of the firm `demo`. */
  adminToken: string | undefined;
  /** Whether GET /graphql shows GraphiQL: by default, everywhere but in production. */
  graphiql: boolean;
  logLevel: z.infer<typeof environment>['CLIENTELE_LOG_LEVEL'];
  /** Postgres connections of one process. */
  poolSize: number;
  production: boolean;
}

/** Reads the configuration. Throws one Error that names every wrong variable. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  // An empty variable is an unset one: that is how compose files and shells leave them.
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(set);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The configuration is wrong:\n${problems.join('\n')}`);
  }
  const values = parsed.data;
  const production = values.NODE_ENV === 'production';
  return {
    databaseUrl: values.DATABASE_URL,
    host: values.HOST,
    port: values.PORT,
    adminToken: values.CLIENTELE_ADMIN_TOKEN,
    graphiql: values.CLIENTELE_GRAPHIQL ?? !production,
    logLevel: values.CLIENTELE_LOG_LEVEL,
    poolSize: values.CLIENTELE_POOL_SIZE,
    production,
  };
}
