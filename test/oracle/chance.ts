/** Random choices, all of which follow from fast-check's seed. */
import type { Random } from 'fast-check';

export class Chance {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A whole number below `count`. */
  below(count: number): number {
    return this.#random.nextInt(0, count - 1);
  }

  /** True in so many of a hundred cases. */
  of(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** One of the values, of which there must be any. */
  pick<T>(values: readonly T[]): T {
    if (values.length === 0) throw new Error('There is nothing to pick from');
    return values[this.below(values.length)] as T;
  }

  /** Up to `most` of the values, in any order, repeats included. */
  several<T>(values: readonly T[], most: number): T[] {
    return Array.from({ length: this.below(most + 1) }, () => this.pick(values));
  }

  /** The result of one of the makers, each as likely as its weight says. */
  weighted<T>(makers: readonly (readonly [weight: number, make: () => T])[]): T {
    let left = this.below(makers.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, make] of makers) {
      if (left < weight) return make();
      left -= weight;
    }
    throw new Error('There is nothing to pick from');
  }
}
