/**
 * Composing SQL from safe parts: values never become text. Parts are only referred to until the whole is written out, so
 * that a deep tree of them costs no more than a flat one.
 */
/** What a database is given. */
export type Statement = Pick<Sql, 'sql' | 'text' | 'values'>;

interface Written {
  text: string;
  values: unknown[];
  dollars: boolean;
  /** How many values there are before it. */
  offset: number;
}

/** A piece of SQL: texts with a value, or another piece, between each two. */
export class Sql {
  readonly #texts: readonly string[];
  readonly #parts: readonly unknown[];
  #written: Written | undefined;

  constructor(texts: readonly string[], parts: readonly unknown[]) {
    this.#texts = texts;
    this.#parts = parts;
  }

  /** As SQLite takes it: values are `?`. */
  get sql(): string {
    return this.#write(false).text;
  }

  /** As Postgres takes it: values are `$1`, `$2` … */
  get text(): string {
    return this.#write(true).text;
  }

  /** The same where other SQL with so many values comes before it. */
  textAfter(offset: number): string {
    return this.#write(true, offset).text;
  }

  get values(): unknown[] {
    return (this.#written ?? this.#write(false)).values;
  }

  #write(dollars: boolean, offset = 0): Written {
    if (this.#written?.dollars === dollars && this.#written.offset === offset) return this.#written;
    const written = { text: '', values: [], dollars, offset };
    this.#writeTo(written);
    this.#written = written;
    return written;
  }

  #writeTo(written: Written): void {
    const texts = this.#texts;
    const parts = this.#parts;
    written.text += texts[0];
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index];
      if (part instanceof Sql) part.#writeTo(written);
      else {
        written.values.push(part);
        written.text += written.dollars ? `$${written.offset + written.values.length}` : '?';
      }
      written.text += texts[index + 1];
    }
  }
}

/** The longest text that is kept of a statement, and of all together, in characters. */
const KEPT_LENGTH_MAX = 10_000;
const ALL_KEPT_LENGTH_MAX = 4_000_000;

/** The texts that are kept, by the beginnings they have. */
const allKept = new Set<Map<string, string>>();
let allKeptLength = 0;

/** How long all texts together are that are kept of statements that begin alike. */
export function keptLength(): number {
  return allKeptLength;
}

/**
 * How statements begin, written once for all of them. Those that read alike are also the very same string: to find what
 * was prepared by a long text that was put together anew takes longer than to write its end.
 */
export class Beginning {
  readonly #text: string;
  readonly #values: readonly unknown[];
  readonly #numbered: boolean;
  /** Whole texts, by what comes after the beginning. */
  readonly #kept = new Map<string, string>();
  /** Whether any statement began so before: of reads made for one request nothing is kept. */
  #used = false;

  constructor(beginning: Sql, { numbered }: { numbered: boolean }) {
    this.#text = numbered ? beginning.text : beginning.sql;
    this.#values = beginning.values;
    this.#numbered = numbered;
  }

  /** The statement that goes on with `end`. */
  endingWith(end: Sql): Statement {
    const text = this.#whole(this.#numbered ? end.textAfter(this.#values.length) : end.sql);
    return { sql: text, text, values: [...this.#values, ...end.values] };
  }

  #whole(end: string): string {
    const known = this.#kept.get(end);
    if (known !== undefined) return known;
    const whole = this.#text + end;
    const again = this.#used;
    this.#used = true;
    if (!again || whole.length > KEPT_LENGTH_MAX) return whole;
    if (allKeptLength + whole.length > ALL_KEPT_LENGTH_MAX) {
      for (const kept of allKept) kept.clear();
      allKept.clear();
      allKeptLength = 0;
    }
    allKept.add(this.#kept);
    allKeptLength += whole.length;
    this.#kept.set(end, whole);
    return whole;
  }
}

/** SQL as a template: what is put in is a value, unless it is SQL itself. */
export function sql(texts: TemplateStringsArray, ...parts: readonly unknown[]): Sql {
  return new Sql(texts, parts);
}

/** Text that is SQL as it stands. Never of what a caller sent. */
export function raw(text: string): Sql {
  return new Sql([text], []);
}

export const empty = raw('');

/** Values or pieces with a separator between each two. There must be any. */
export function join(parts: readonly unknown[], separator = ','): Sql {
  if (parts.length === 0) throw new Error('There is nothing to join');
  const texts = parts.map((_, index) => (index === 0 ? '' : separator));
  return new Sql([...texts, ''], parts);
}

/** Names of columns in a row, quoted. */
export function quoted(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(', ');
}

/** A table, column or alias as both databases quote it. Only for names of ours: the model's, or made in this folder. */
export function name(identifier: string): Sql {
  return raw(`"${identifier}"`);
}
