/** An amount of money, in a currency that goes without saying: a number of up to two decimal places. */
import type { AnyField, FieldKind } from './kind.ts';
import { blankAsNull } from './normalize.ts';
import { glimpse } from './parse.ts';

export interface MoneyField extends AnyField {
  readonly kind: 'money';
  readonly max: number;
  readonly required: boolean;
}

/** Every amount up to here is told from its neighbors by a number of both databases. */
const AMOUNT_MAX = 1_000_000_000_000;

export const money = (description: string, options: { max?: number; required?: boolean } = {}): MoneyField => ({
  kind: 'money',
  description,
  max: AMOUNT_MAX,
  required: false,
  ...options,
});

/** Whether a number is an amount: what is written with two decimal places at most. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && Number(value.toFixed(2)) === value;
}

export const moneyKind: FieldKind<MoneyField> = {
  class: ({ required }) => (required ? 'required' : 'optional'),
  requirement: ({ max }) => `An amount from 0 to ${max}, with at most two decimal places.`,
  parse({ max }, value, path, issues) {
    if (isAmount(value) && value >= 0 && value <= max) return value + 0;
    return issues.add(
      path,
      `must be an amount from 0 to ${max} with at most two decimal places, not ${glimpse(value)}`,
    );
  },
  normalize: ({ required }, value) => blankAsNull(value, required),
  type: () => ({ scalar: 'Float' }),
  notation: 'number',
};
