/** Compares the two responses to one document. */
import { isDeepStrictEqual } from 'node:util';
import type { Failure } from './context.ts';
import type { GatewayAnswer } from './gateway.ts';
import type { Answer } from './schema.ts';

export type Path = readonly (string | number)[];

export interface Difference {
  path: Path;
  gateway: unknown;
  oracle: unknown;
}

/** Counts compared values. */
export interface Tally {
  values: number;
}

/** The first difference in the data. The order of keys matters. */
function firstDifference(gateway: unknown, oracle: unknown, tally: Tally, path: Path): Difference | undefined {
  if (typeof gateway !== 'object' || typeof oracle !== 'object' || gateway === null || oracle === null) {
    tally.values++;
    return Object.is(gateway, oracle) ? undefined : { path, gateway, oracle };
  }
  if (Array.isArray(gateway) !== Array.isArray(oracle)) return { path, gateway, oracle };
  const [keys, expected] = [Object.keys(gateway), Object.keys(oracle)];
  // Keys that both have come first: a differing value says more than a missing key.
  for (const key of keys.filter((one) => expected.includes(one))) {
    const inner = [gateway, oracle].map((object) => (object as Record<string, unknown>)[key]);
    const found = firstDifference(inner[0], inner[1], tally, [...path, Array.isArray(gateway) ? Number(key) : key]);
    if (found) return found;
  }
  return isDeepStrictEqual(keys, expected) ? undefined : { path: [...path, '(keys)'], gateway: keys, oracle: expected };
}

/** The first difference between two responses; undefined when there is none. */
export function differenceOf(gateway: GatewayAnswer, oracle: Answer, tally: Tally): Difference | undefined {
  return (
    differenceOfFailures(gateway, oracle.failures) ??
    firstDifference(gateway.data ?? null, oracle.data ?? null, tally, []) ??
    differenceOfStatus(gateway)
  );
}

/** The HTTP status of a response in which nothing succeeded and all errors have this code. */
const STATUS: Readonly<Record<string, number>> = {
  BAD_USER_INPUT: 400,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  UNAUTHENTICATED: 401,
};

function differenceOfStatus({ status, data, failures }: GatewayAnswer): Difference | undefined {
  const codes = new Set(failures.map(({ code }) => code));
  const [code] = codes;
  const succeeded = Object.values(data ?? {}).some((value) => value !== null);
  const expected = failures.length === 0 || succeeded ? 200 : codes.size === 1 ? STATUS[code ?? ''] : undefined;
  return expected === undefined || status === expected
    ? undefined
    : { path: ['(status)'], gateway: status, oracle: expected };
}

function comparable({ path, code, fields }: Failure): string {
  const faults = fields?.map((fault) => `${fault.path.join('.')} ${fault.code}`).sort();
  return [path.join('.'), code, ...(faults ?? [])].join(' | ');
}

/** The difference in errors. When `data` is null, the gateway may report any of the errors that can occur. */
function differenceOfFailures(gateway: GatewayAnswer, oracle: readonly Failure[]): Difference | undefined {
  // graphql-js describes invalid variables in its messages only.
  const inWords = gateway.data === undefined;
  const [told, expected] = [gateway.failures, oracle].map((failures) =>
    failures.map((failure) => comparable(inWords ? { ...failure, fields: undefined } : failure)).sort(),
  ) as [string[], string[]];
  const difference = { path: ['(errors)'], gateway: told, oracle: [...new Set(expected)] };
  if (gateway.data !== null) return isDeepStrictEqual(told, expected) ? undefined : difference;
  return told.length > 0 && told.every((failure) => expected.includes(failure)) ? undefined : difference;
}
