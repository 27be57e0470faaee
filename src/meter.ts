/** How large responses may become: each by itself, and all that are in the making together. Sizes are in bytes. */
import { DomainError, Unavailable } from './errors.ts';

export const RESPONSE_BYTES_DEFAULT = 10_000_000;
export const RESPONSE_BUDGET_DEFAULT = 128_000_000;

/** What all responses of the process may take together. */
export class Budget {
  readonly #max: number;
  #used = 0;

  constructor(max = RESPONSE_BUDGET_DEFAULT) {
    this.#max = max;
  }

  get used(): number {
    return this.#used;
  }

  /** Throws Unavailable when there is no room. */
  take(bytes: number): void {
    if (this.#used + bytes > this.#max) {
      throw new Unavailable('The server is working on too many large responses; nothing was read. Retry later.');
    }
    this.#used += bytes;
  }

  giveBack(bytes: number): void {
    this.#used -= bytes;
  }
}

/** Counts what one request reads and what it responds with. Once it refused, it refuses everything. */
export class Meter {
  readonly #max: number;
  readonly #budget: Budget;
  #taken = 0;
  #read = 0;
  #responded = 0;
  #refused: DomainError | undefined;

  constructor(budget: Budget, max = RESPONSE_BYTES_DEFAULT) {
    this.#budget = budget;
    this.#max = max;
  }

  /** What it holds of the budget. */
  get taken(): number {
    return this.#taken;
  }

  /** How much more may be read. */
  get left(): number {
    return this.#refused ? 0 : this.#max - this.#read;
  }

  /** Throws what it threw before, if it did. */
  check(): void {
    if (this.#refused) throw this.#refused;
  }

  /** Counts rows that came in from the database. Throws TOO_COMPLEX or UNAVAILABLE. */
  read(bytes: number): void {
    this.#read += bytes;
    this.#charge(bytes, this.#read);
  }

  /** Counts a part of the response. Throws TOO_COMPLEX or UNAVAILABLE. */
  respond(bytes: number): void {
    this.#responded += bytes;
    this.#charge(bytes, this.#responded);
  }

  /** Gives back what it took, once the response is sent or dropped. */
  release(): void {
    this.#budget.giveBack(this.#taken);
    this.#taken = 0;
  }

  #charge(bytes: number, sum: number): void {
    this.check();
    try {
      if (sum > this.#max) throw new DomainError('TOO_COMPLEX', tooLarge(this.#max));
      this.#budget.take(bytes);
      this.#taken += bytes;
    } catch (error) {
      if (error instanceof DomainError) this.#refused = error;
      throw error;
    }
  }
}

function tooLarge(max: number): string {
  return `The response would be larger than ${max.toLocaleString('en')} bytes. Ask for fewer records with \`first\`, or for fewer long fields at once.`;
}
