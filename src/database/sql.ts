/**
 * Composing SQL from safe parts: values never become text. Parts are only referred to until the whole is written out, so
 * that a deep tree of them costs no more than a flat one.
 */

export type Provider = 'sqlite' | 'postgres';

/** A piece of SQL: texts with a value, or another piece, between each two. */
export class Sql {
  readonly #texts: readonly string[];
  readonly #parts: readonly unknown[];
  #written: { text: string; values: unknown[]; dollars: boolean } | undefined;

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

  get values(): unknown[] {
    return (this.#written ?? this.#write(false)).values;
  }

  #write(dollars: boolean): { text: string; values: unknown[] } {
    if (this.#written?.dollars === dollars) return this.#written;
    const written = { text: '', values: [], dollars };
    this.#writeTo(written);
    this.#written = written;
    return written;
  }

  #writeTo(written: { text: string; values: unknown[]; dollars: boolean }): void {
    const texts = this.#texts;
    const parts = this.#parts;
    written.text += texts[0];
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index];
      if (part instanceof Sql) part.#writeTo(written);
      else {
        written.values.push(part);
        written.text += written.dollars ? `$${written.values.length}` : '?';
      }
      written.text += texts[index + 1];
    }
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

/** A table, column or alias as both databases quote it. Only for names of ours: the model's, or made in this folder. */
export function name(identifier: string): Sql {
  return raw(`"${identifier}"`);
}
