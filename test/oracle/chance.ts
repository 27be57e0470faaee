/** Random choices, all of which follow from a seed. */
import fc from 'fast-check';

const NUMBER_MAX = 2 ** 31 - 1;

const numbers = fc.infiniteStream(fc.noBias(fc.nat(NUMBER_MAX)), { noHistory: true });

export function chanceOf(seed: number): Chance {
  const [stream] = fc.sample(numbers, { seed, numRuns: 1 });
  if (!stream) throw new Error('fast-check returned no numbers');
  return new Chance(stream);
}

export class Chance {
  readonly #numbers: Iterator<number>;

  constructor(stream: Iterator<number>) {
    this.#numbers = stream;
  }

  /** A whole number below `count`. */
  below(count: number): number {
    return Number(this.#numbers.next().value) % count;
  }

  /** True in so many of a hundred cases. */
  of(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** One of the values. */
  pick<T>(values: readonly T[]): T {
    if (values.length === 0) throw new Error('There is nothing to pick from');
    return values[this.below(values.length)] as T;
  }

  /** Up to `most` of the values, in any order; some may repeat. */
  several<T>(values: readonly T[], most: number): T[] {
    return Array.from({ length: this.below(most + 1) }, () => this.pick(values));
  }

  /** What one of the functions returns; the weight of each says how likely it is. */
  weighted<T>(choices: readonly (readonly [weight: number, make: () => T])[]): T {
    let left = this.below(choices.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, make] of choices) {
      if (left < weight) return make();
      left -= weight;
    }
    throw new Error('There is nothing to pick from');
  }
}
