/** How many values a request's variables and extensions hold, which is what it takes to read them. */
import { GraphQLError } from 'graphql';
import { LIMITS, mayBeBulk } from './limits.ts';

/** What an object counts for: to read it, each field of its type is looked at, whether it has a value or not. */
const OBJECT_VALUES = 5;

/** How many values a request with this document, or body, may have. */
function mostValues(text: string | undefined): number {
  return text !== undefined && mayBeBulk(text) ? LIMITS.bulkValues.value : LIMITS.values.value;
}

/**
 * Whether there are more than allowed with this document. Not by recursion, since they may be nested as deeply as a body is
 * long.
 */
export function hasTooManyValues(document: string | undefined, ...members: unknown[]): boolean {
  const open: object[] = [];
  let left: number = mostValues(document);
  const count = (value: unknown) => {
    if (typeof value !== 'object' || value === null) left--;
    else {
      left -= Array.isArray(value) ? 1 : OBJECT_VALUES;
      open.push(value);
    }
  };
  for (const member of members) if (member !== undefined) count(member);
  for (let next = open.pop(); next && left >= 0; next = open.pop()) {
    if (Array.isArray(next)) {
      for (let index = 0; index < next.length && left >= 0; index++) count(next[index]);
    } else {
      for (const key in next) {
        if (left < 0) break;
        count((next as Record<string, unknown>)[key]);
      }
    }
  }
  return left < 0;
}

/** What a body holds besides: itself, the query and the name of the operation. */
const BESIDE = 3;

/** Whether a body, or a part of one, is sure to have more than allowed: to be asked before it is read into memory. */
export function isSureToHaveTooMany(...json: string[]): boolean {
  const most = Math.max(LIMITS.values.value, ...json.map(mostValues)) + BESIDE;
  return json.reduce((values, text) => values + (mayHave(text, most) ? valuesIn(text, most) : 0), 0) > most;
}

/** Each value but the first takes two characters: one of its own, and a comma or bracket. */
function mayHave({ length }: string, most: number): boolean {
  return length > 2 * most;
}

/** The values in JSON, counted up to one more than `most`. Of what is not JSON, any number. */
export function valuesIn(json: string, most = Number.POSITIVE_INFINITY): number {
  let values = 1;
  /** Whether a list or object has just begun, and may be empty. */
  let begun = false;
  for (let at = 0; at < json.length && values <= most; at++) {
    switch (json[at]) {
      case ' ':
      case '\t':
      case '\n':
      case '\r':
        continue;
      case ']':
      case '}':
        begun = false;
        continue;
      case ',':
        values++;
        continue;
    }
    if (begun) values++;
    begun = json[at] === '[' || json[at] === '{';
    if (json[at] === '"') at = endOfText(json, at);
  }
  return values;
}

/** Where the text ends that begins at `from`. */
function endOfText(json: string, from: number): number {
  for (let end = json.indexOf('"', from + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let escapes = 0;
    while (json[end - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return end;
  }
  return json.length;
}

export function tooManyValues(): GraphQLError {
  const most = LIMITS.values.value.toLocaleString('en');
  const bulk = LIMITS.bulkValues.value.toLocaleString('en');
  return new GraphQLError(
    `The variables and extensions have more than ${most} values, or ${bulk} with a bulk mutation.`,
    {
      extensions: { code: 'TOO_COMPLEX' },
    },
  );
}
