/** How large responses may become: each by itself, and all that are in the making together. Sizes are in bytes. */
import { DomainError, Unavailable } from './errors.ts';

export const RESPONSE_BYTES_DEFAULT = 10_000_000;
export const RESPONSE_BUDGET_DEFAULT = 128_000_000;

/**
 * What the budget is charged for a byte: rows are in memory as they came and as what they are made into, and a response as
 * objects before it is text.
 */
const READ_WEIGHT = 2;
const RESPONSE_WEIGHT = 4;

/** What all responses of the process may take together. */
export class Budget {
  readonly #max: number;
  #used = 0;
  readonly #usedBy = new Map<string, number>();

  constructor(max = RESPONSE_BUDGET_DEFAULT) {
    this.#max = max;
  }

  get used(): number {
    return this.#used;
  }

  /** Throws Unavailable when there is no room. One holder may have half of it, so that there is some left for others. */
  take(bytes: number, holder: string): void {
    const held = (this.#usedBy.get(holder) ?? 0) + bytes;
    if (this.#used + bytes > this.#max || held > this.#max / 2) {
      throw new Unavailable('The server is working on too many large responses; nothing was read. Retry later.');
    }
    this.#used += bytes;
    this.#usedBy.set(holder, held);
  }

  giveBack(bytes: number, holder: string): void {
    this.#used -= bytes;
    const held = (this.#usedBy.get(holder) ?? 0) - bytes;
    if (held > 0) this.#usedBy.set(holder, held);
    else this.#usedBy.delete(holder);
  }
}

/** The response of `node:http`, as far as it tells of its caller. */
interface Caller {
  readonly destroyed: boolean;
  once(event: 'close', listener: () => void): unknown;
}

/** Counts what one request reads and what it responds with. Once it refused, it refuses everything. */
export class Meter {
  /** When the request began: see giveWay. */
  readonly since = performance.now();
  readonly #max: number;
  readonly #budget: Budget;
  readonly #holder: string;
  #taken = 0;
  #asked = 0;
  #read = 0;
  #responded = 0;
  #refused: DomainError | undefined;
  #settled = false;
  #caller: Caller | undefined;

  /** `holder`: for whom it is, such as the id of a token. */
  constructor(budget: Budget, holder: string, max = RESPONSE_BYTES_DEFAULT) {
    this.#budget = budget;
    this.#holder = holder;
    this.#max = max;
  }

  /** What it holds of the budget. */
  get taken(): number {
    return this.#taken;
  }

  /** How large the response is, about: 0 of small ones. */
  get responded(): number {
    return this.#responded;
  }

  /** How much more may be read. */
  get left(): number {
    return this.#refused || this.#settled ? 0 : this.#max - this.#read;
  }

  /** Who waits for the response. What is taken is given back once the caller has it, or has left. */
  set caller(caller: Caller) {
    this.#caller = caller;
  }

  /** Throws what it threw before, if it did, and when nobody waits for the response any more. */
  check(): void {
    if (this.#caller?.destroyed) this.#settled = true;
    if (this.#settled) this.#refused ??= new DomainError('TOO_COMPLEX', 'The response was made without this.');
    if (this.#refused) throw this.#refused;
  }

  /** Refuses what would be larger than allowed, and was not made for that reason. Throws TOO_COMPLEX. */
  refuse(): never {
    this.#refused ??= new DomainError('TOO_COMPLEX', tooLarge(this.#max));
    throw this.#refused;
  }

  /** Counts what the database is asked: the same long values may be sent with each of many statements. */
  ask(bytes: number): void {
    this.#asked += bytes;
    this.#charge(bytes, this.#asked, 1);
  }

  /** Counts rows that came in from the database. Throws TOO_COMPLEX or UNAVAILABLE. */
  read(bytes: number): void {
    this.#read += bytes;
    this.#charge(bytes, this.#read, READ_WEIGHT);
  }

  /** Counts a part of the response. Throws TOO_COMPLEX or UNAVAILABLE. */
  respond(bytes: number): void {
    this.#responded += bytes;
    this.#charge(bytes, this.#responded, RESPONSE_WEIGHT);
  }

  /** Gives back what it took, but for the response, which is made: what is still being read goes into no response. Returns what it holds. */
  settle(): number {
    this.#settled = true;
    this.#giveBackTo(Math.min(this.#taken, this.#responded));
    return this.#taken;
  }

  /** Gives back all it took, once the response is sent or nobody waits for it any more. */
  end(): void {
    this.settle();
    this.#giveBackTo(0);
  }

  #giveBackTo(bytes: number): void {
    if (this.#taken === bytes) return;
    this.#budget.giveBack(this.#taken - bytes, this.#holder);
    this.#taken = bytes;
  }

  #charge(bytes: number, sum: number, weight: number): void {
    this.check();
    try {
      if (sum > this.#max) this.refuse();
      this.#budget.take(weight * bytes, this.#holder);
      // Most responses are so small that nothing is taken for them.
      if (this.#taken === 0) this.#caller?.once('close', () => this.end());
      this.#taken += weight * bytes;
    } catch (error) {
      if (error instanceof DomainError) this.#refused = error;
      throw error;
    }
  }
}

function tooLarge(max: number): string {
  return `The response would be larger than ${max.toLocaleString('en')} bytes. Ask for fewer records with \`first\`, or for fewer long fields at once.`;
}
