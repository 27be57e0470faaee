/** What one request may ask for. The README, the schema and the error messages all quote these. */
import { PAGE_DEFAULT } from '../records/lists.ts';

/** What a list of objects that is no connection is taken to hold. */
export const PLAIN_LIST_SIZE = 5;

export interface Limit {
  readonly value: number;
  readonly description: string;
}

export const LIMITS = {
  bodyBytes: { value: 1_000_000, description: 'Bytes of a request body.' },
  bulkBodyBytes: { value: 8_000_000, description: 'Bytes of a request body with a bulk mutation.' },
  documentLength: { value: 100_000, description: 'Characters of a GraphQL document (excluding variables).' },
  values: {
    value: 20_000,
    description:
      'Values in the variables and extensions: a list counts as one, an object as five, and what is in them besides.',
  },
  bulkValues: { value: 100_000, description: 'The same in a request with a bulk mutation.' },
  tokens: { value: 4_000, description: 'Tokens of a GraphQL document.' },
  fields: { value: 2_000, description: 'Fields an operation selects, with every fragment spread out.' },
  depth: { value: 12, description: 'Levels of fields within fields. Introspection is not counted.' },
  aliases: { value: 100, description: 'Aliases in an operation, with every fragment spread out.' },
  directives: { value: 50, description: 'Directives in an operation, with every fragment spread out.' },
  repeats: { value: 100, description: 'Times one answer key is selected at the same place.' },
  cost: {
    value: 20_000,
    description: `Objects an operation may return: each connection counts as many as \`first\` or \`last\` says (${PAGE_DEFAULT} when neither does), \`nodes\` as many as there are ids, \`customFieldValues\` as many as the firm has fields, and any other list of objects counts ${PLAIN_LIST_SIZE}.`,
  },
} as const satisfies Record<string, Limit>;

/** Whether a body, or a document, may hold a bulk mutation: its limits are higher then. */
export function mayBeBulk(text: string): boolean {
  return /\b(?:upsert|delete)[A-Z][A-Za-z]*s\s*\(/.test(text);
}

/** Errors of one answer, and characters that they may take together; the last one counts those left out. */
export const ERRORS_MAX = 250;
export const ERRORS_LENGTH_MAX = 1_000_000;

/** How long `/health/ready` waits for the database. */
export const READY_TIMEOUT_MS = 2_000;

/** How long a closing server waits for what is in flight. */
export const CLOSE_TIMEOUT_MS = 10_000;

/** How long a closing server keeps an idle connection, for a request that is on its way. */
export const LINGER_MS = 100;
