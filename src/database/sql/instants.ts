/** Instants as texts. */

/** An instant as the program holds and compares it: UTC with milliseconds. */
export function storedInstant(instant: Date = new Date()): string {
  return `${instant.toISOString().slice(0, -1)}+00:00`;
}

const INSTANT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/i;

/**
 * An instant written with its offset (RFC 3339, seconds optional), in the form it is stored. Undefined when the text is
 * something else, names a day or hour that does not exist, or lies outside the years 1 to 9999 in UTC, which is all
 * Postgres and SQLite share.
 */
export function parseInstant(text: string): string | undefined {
  const local = INSTANT.exec(text)?.[1]?.toUpperCase();
  // Date takes 2026-02-30 for March 2, and 24:00 for the next day.
  if (local === undefined || !storedOf(`${local}Z`)?.startsWith(local)) return undefined;
  const stored = storedOf(text.toUpperCase());
  return stored !== undefined && /^(?!0000)\d{4}-/.test(stored) ? stored : undefined;
}

function storedOf(text: string): string | undefined {
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? undefined : storedInstant(instant);
}
