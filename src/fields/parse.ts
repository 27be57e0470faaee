/** Checks one value against its field. Pure: what needs the database or the record as it stands is checked later. */
import { type ErrorCode, FAULTS_MAX, type FieldError, InvalidInput } from '../base/errors.ts';

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
