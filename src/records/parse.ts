/** Checks one value against its field. Pure: what needs the database or the record as it stands is checked later. */
import { countries, type TCountryCode } from 'countries-list';
import ISO6391 from 'iso-639-1';
import { z } from 'zod';
import { type ErrorCode, FAULTS_MAX, type FieldError, InvalidInput } from '../errors.ts';
import { EMAIL_MAX, type Field, URL_MAX } from './fields.ts';
import { isPhoneNumber } from './phone.ts';

export type Path = readonly (string | number)[];

/** Gathers every problem of an input, so that one answer names them all. Throws InvalidInput beyond FAULTS_MAX. */
export class Issues {
  readonly list: FieldError[] = [];

  add(path: Path, message: string, code: ErrorCode = 'BAD_USER_INPUT', ids?: readonly string[]): undefined {
    this.list.push({ path, code, message, ...(ids ? { ids } : {}) });
    if (this.list.length > FAULTS_MAX) throw new InvalidInput(this.list);
    return undefined;
  }
}

/** A value check: answers the value to store, or undefined after adding an issue. */
type Check = (value: unknown, path: Path, issues: Issues) => unknown;

/** What a value is, for a message; never the value itself beyond a short glimpse. */
export function glimpse(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'object') return 'an object';
  return String(value);
}

/** Length in Unicode code points, which is how Postgres and a reader count. */
function codePoints(value: string): number {
  let count = 0;
  for (const _ of value) count++;
  return count;
}

/** Why a text cannot be stored at all, if so. Postgres refuses NUL and SQLite would alter lone surrogates. */
export function unstorable(value: string): string | undefined {
  if (value.includes('\u0000')) return 'must not contain the character NUL (U+0000)';
  if (!value.isWellFormed()) return 'must be well-formed Unicode; it contains half of a surrogate pair';
  return undefined;
}

/** The text itself when it may be stored and has a fitting length, else undefined after adding an issue. */
export function checkText(
  value: unknown,
  rule: { min: number; max: number; exact?: boolean },
  path: Path,
  issues: Issues,
): string | undefined {
  if (typeof value !== 'string') return issues.add(path, `must be a string, not ${glimpse(value)}`);
  const fault = unstorable(value);
  if (fault) return issues.add(path, fault);
  // Code units are never fewer than code points, so short texts need no count.
  const length = value.length > rule.max ? codePoints(value) : value.length;
  if (length > rule.max) return issues.add(path, `must be at most ${rule.max} characters, not ${length}`);
  if (rule.min > 0 && value.trim() === '') return issues.add(path, 'must not be empty');
  if (rule.exact && value !== value.trim()) return issues.add(path, 'must not start or end with white space');
  return value;
}

/** Whether a list has no more items than it may; adds an issue where it has. */
export function checkLength(list: readonly unknown[], max: number, path: Path, issues: Issues): boolean {
  if (list.length <= max) return true;
  issues.add(path, `must have at most ${max} items, not ${list.length}`);
  return false;
}

/** A check by a predicate, for formats that have a name. */
function formatted(max: number, says: string, test: (value: string) => boolean): Check {
  return (value, path, issues) => {
    if (typeof value === 'string' && value.length <= max && !unstorable(value) && test(value)) return value;
    return issues.add(path, `must be ${says}, not ${glimpse(value)}`);
  };
}

const emailPattern = z.regexes.email;
const timezones = new Map<string, boolean>();

/** Whether the running Node knows the name; asked once per name, since the answer costs a formatter. */
function isTimezone(name: string): boolean {
  // Node also takes offsets such as +01:00, which are not names of the database.
  if (!/^[A-Za-z]/.test(name)) return false;
  const known = timezones.get(name);
  if (known !== undefined) return known;
  let found = true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    found = false;
  }
  if (timezones.size < 2_000) timezones.set(name, found);
  return found;
}

/** Whether the text is `YYYY-MM-DD` and a day that the calendar has. */
export function isCalendarDate(value: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  if (!match || match[1] === '0000') return false;
  const instant = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(value);
}

/** Whether the text is an http or https URL that a browser would open. */
export function isWebUrl(value: string): boolean {
  return /^https?:\/\/\S+$/i.test(value) && URL.canParse(value);
}

const countryCode = formatted(2, 'a country as ISO 3166-1 alpha-2, such as GB', isCountry);

/** Named text formats and how each is checked. */
export const formats = {
  date: formatted(10, 'a calendar date, YYYY-MM-DD', isCalendarDate),
  email: formatted(EMAIL_MAX, 'an e-mail address', (value) => emailPattern.test(value)),
  url: formatted(URL_MAX, `an http or https URL of up to ${URL_MAX} characters`, isWebUrl),
  phone: formatted(
    16,
    'a phone number in E.164 form, +{countryCode}{areaCode}{number}, such as +442079460958',
    isPhoneNumber,
  ),
  timezone: formatted(60, 'a name of the tz database, such as Europe/London', isTimezone),
  country: (value, path, issues) => {
    const checked = countryCode(value, path, issues);
    return typeof checked === 'string' ? checked.toUpperCase() : checked;
  },
  language: formatted(2, 'a language as ISO 639-1, such as en', (value) => ISO6391.validate(value)),
} satisfies Record<string, Check>;

/** Whether the text is an ISO 3166-1 alpha-2 code, in either case. */
function isCountry(value: string): boolean {
  // Some other letters become Latin ones in upper case.
  return /^[A-Za-z]{2}$/.test(value) && Object.hasOwn(countries, value.toUpperCase() as TCountryCode);
}

/**
 * Checks a value that is neither absent nor null against its field and answers it as it is stored.
 * Answers undefined after adding to `issues`. Objects, object lists and custom fields are taken apart in patch.ts.
 */
export function parseValue(field: Field, value: unknown, path: Path, issues: Issues): unknown {
  switch (field.kind) {
    case 'text': {
      const checked = checkText(value, field, path, issues);
      if (checked !== undefined && field.pattern && !field.pattern.test.test(checked)) {
        return issues.add(path, `must be: ${field.pattern.says}; not ${glimpse(value)}`);
      }
      return checked;
    }
    case 'choice':
      if (typeof value === 'string' && Object.hasOwn(field.values, value)) return value;
      return issues.add(path, `must be one of ${Object.keys(field.values).join(', ')}, not ${glimpse(value)}`);
    case 'boolean':
      if (typeof value === 'boolean') return value;
      return issues.add(path, `must be true or false, not ${glimpse(value)}`);
    case 'integer':
      if (Number.isInteger(value) && Number(value) >= field.min && Number(value) <= field.max) return Number(value) + 0;
      return issues.add(path, `must be a whole number from ${field.min} to ${field.max}, not ${glimpse(value)}`);
    case 'textList':
      return parseTextList(field, value, path, issues);
    case 'reference':
      if (typeof value === 'string' && value !== '' && value.length <= 64 && !unstorable(value)) return value;
      return issues.add(path, `must be the id of a ${field.to}, not ${glimpse(value)}`);
    case 'object':
    case 'objectList':
    case 'customFields':
      throw new Error(`parseValue does not take a field of kind ${field.kind}`);
    default:
      return formats[field.kind](value, path, issues);
  }
}

function parseTextList(field: Extract<Field, { kind: 'textList' }>, value: unknown, path: Path, issues: Issues) {
  if (!Array.isArray(value)) return issues.add(path, `must be a list, not ${glimpse(value)}`);
  if (!checkLength(value, field.maxItems, path, issues)) return undefined;
  const seen = new Map<unknown, number>();
  const before = issues.list.length;
  value.forEach((item, index) => {
    checkText(item, field.item, [...path, index], issues);
    const first = seen.get(item);
    if (first !== undefined) issues.add([...path, index], `repeats item ${first}; each may appear once`);
    else seen.set(item, index);
  });
  return issues.list.length === before ? value : undefined;
}
