/** Counts about how many bytes a response has while it is made. */
import type { Account, Execution } from './operation.ts';

/** Bytes that the account is asked for at once. Responses of less are not counted. */
export const PORTION = 16_384;

/** Braces and a comma. */
export const BRACES_BYTES = 3;
/** Quotes, a colon and a comma. */
export const PUNCTUATION_BYTES = 4;

/** Counts what is added to the response. */
export function countBytes(bytes: number, execution: Execution): void {
  execution.allowance -= bytes;
  if (execution.allowance < 0 && execution.account) refill(execution, execution.account);
}

function refill(execution: Execution, account: Account): void {
  const wanted = PORTION - execution.allowance;
  try {
    account.respond(wanted);
    execution.allowance += wanted;
  } catch (error) {
    execution.refusal = error as Error;
    throw error;
  }
}

/** What a scalar or an enum is taken to be in a response, unless it is long. */
export const SHORT_BYTES = 24;
/** Texts of more characters are long. */
const SHORT_TEXT = 64;
/** Texts of fewer characters are counted as they are; of longer ones, what JSON makes of them. */
const LONG_TEXT = 256;

/** About how many bytes a value of a scalar or an enum is in a response. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') {
    return value.length < LONG_TEXT ? value.length + 2 : Buffer.byteLength(JSON.stringify(value));
  }
  if (typeof value !== 'object' || value === null) return 5;
  let size = 2;
  if (Array.isArray(value)) {
    for (const item of value) size += sizeOf(item) + 1;
  } else {
    for (const key in value) size += key.length + PUNCTUATION_BYTES + sizeOf((value as Record<string, unknown>)[key]);
  }
  return size;
}

/** Counts a completed scalar or enum that is more than what is counted for each with its object, and returns it. */
export function countLeafValue(value: unknown, execution: Execution): unknown {
  if (typeof value === 'string' ? value.length > SHORT_TEXT : typeof value === 'object' && value !== null) {
    countBytes(sizeOf(value), execution);
  }
  return value;
}
