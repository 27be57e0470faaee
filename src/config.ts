/** Environment to configuration: the only reader of `process.env`. */
import { z } from 'zod';
import { CELL_BYTES_MAX } from './base/cell-size.ts';
import { RESPONSE_BUDGET_DEFAULT, RESPONSE_BYTES_DEFAULT } from './base/meter.ts';

const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');

function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
}

const headerNames = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim().toLowerCase()))
  .pipe(z.array(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/)));

/** The environment variables, their defaults and, as descriptions, what each must be. */
const environment = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^(file:.|postgres(ql)?:\/\/)/)
    .default('file:./data/clientele.db')
    .describe('file: and a path, or postgresql://user:password@host:port/database'),
  HOST: z.string().default('127.0.0.1').describe('an address to listen on'),
  PORT: wholeNumber(0, 65_535).default(4000).describe('a whole number from 0 to 65535'),
  CLIENTELE_ADMIN_TOKEN: z.string().min(16).optional().describe('at least 16 characters'),
  CLIENTELE_GRAPHIQL: flag.optional().describe('true or false'),
  CLIENTELE_CORS_HEADERS: headerNames.optional().describe('names of request headers, separated by commas'),
  CLIENTELE_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('fatal, error, warn, info, debug, trace or silent'),
  CLIENTELE_POOL_SIZE: wholeNumber(1, 200).default(12).describe('a whole number from 1 to 200'),
  CLIENTELE_RESPONSE_BYTES: wholeNumber(100_000, CELL_BYTES_MAX)
    .default(RESPONSE_BYTES_DEFAULT)
    .describe(`a whole number of bytes from 100000 to ${CELL_BYTES_MAX}`),
  CLIENTELE_RESPONSE_BUDGET_BYTES: wholeNumber(1_000_000, 999_999_999)
    .default(RESPONSE_BUDGET_DEFAULT)
    .describe('a whole number of bytes from 1000000 to 999999999'),
  NODE_ENV: z.string().default('development').describe('development or production'),
});

type Variable = keyof typeof environment.shape;

/** Variables that may hold a secret, which is not to be printed. */
const SECRET: readonly Variable[] = ['DATABASE_URL', 'CLIENTELE_ADMIN_TOKEN'];

export interface Config {
  databaseUrl: string;
  host: string;
  port: number;
  /** Made valid at start as an admin token of the firm `demo`. */
  adminToken: string | undefined;
  /** Whether GET /graphql shows GraphiQL: by default, everywhere but in production. */
  graphiql: boolean;
  /** Request headers that pages of other origins may send, beside those of http/cors.ts. */
  corsHeaders: readonly string[];
  logLevel: z.infer<typeof environment>['CLIENTELE_LOG_LEVEL'];
  /** Postgres connections of one process. */
  poolSize: number;
  /** Bytes of one response at most. */
  responseBytes: number;
  /** Bytes of all responses that are in the making, at most. */
  responseBudgetBytes: number;
  production: boolean;
}

/** Reads the configuration. Throws one Error that names every wrong variable. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  // An empty variable is an unset one: that is how compose files and shells leave them.
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(set);
  if (!parsed.success) {
    const wrong = new Set(parsed.error.issues.map((issue) => issue.path[0] as Variable));
    const problems = [...wrong].map((variable) => {
      const is = SECRET.includes(variable) ? 'something else' : JSON.stringify(set[variable]);
      return `  ${variable} must be ${environment.shape[variable].description}; it is ${is}`;
    });
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
    corsHeaders: values.CLIENTELE_CORS_HEADERS ?? [],
    logLevel: values.CLIENTELE_LOG_LEVEL,
    poolSize: values.CLIENTELE_POOL_SIZE,
    responseBytes: values.CLIENTELE_RESPONSE_BYTES,
    responseBudgetBytes: values.CLIENTELE_RESPONSE_BUDGET_BYTES,
    production,
  };
}
