/** Texts in formats that have names of their own: dates, addresses of e-mail and the web, phone numbers and codes. */
import ISO6391 from 'iso-639-1';
import { z } from 'zod';
import { countryNamed, isCountry } from './countries.ts';
import type { AnyField, FieldKind } from './kind.ts';
import { trimmed } from './normalize.ts';
import { glimpse, type Issues, isCalendarDate, isWebUrl, type Path, unstorable } from './parse.ts';
import { isPhoneNumber, phoneNumberIn } from './phone.ts';

export interface FormatField<Format extends FormatName = FormatName> extends AnyField {
  readonly kind: Format;
  readonly required: false;
}

export const format = <Format extends FormatName>(kind: Format, description: string): FormatField<Format> => ({
  kind,
  description,
  required: false,
});

/** Longest URL of a field, in characters. */
const URL_MAX = 1024;
/** Longest e-mail address: RFC 5321's limit of 256 octets for a path, less its angle brackets. */
const EMAIL_MAX = 254;

interface Format {
  max: number;
  /** What a value must be, within an error and as the sentence of the requirement. */
  says: string;
  requirement: string;
  scalar: string;
  test: (value: string) => boolean;
  /** The form that is stored, where others are read too. */
  stored?: (value: string) => string;
  /** What a text that fails the test stands for, when it is normalized; `country` is that of the record's address. */
  meant?: (value: string, country: string | null) => string | undefined;
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

/** A host name with a path or without. The last label is letters, which tells it from numbers and addresses of e-mail. */
const HOST = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+(?:\p{L}{2,}|xn--[a-z0-9-]+)(?::\d+)?(?:[/?#]\S*)?$/iu;
/** Names of files look like hosts. None of these is a top-level domain. */
const FILE = /^[^/]*\.(?:png|jpe?g|gif|svg|webp|bmp|ico|tiff?|pdf|html?|php|aspx?|jsp)$/i;

/** The https URL that a host stands for: `www.acme.com`, `acme.com/about`. */
function urlOfHost(text: string): string | undefined {
  return HOST.test(text) && !FILE.test(text) ? `https://${text}` : undefined;
}

const FORMATS = {
  date: {
    max: 10,
    says: 'a calendar date, YYYY-MM-DD',
    requirement: 'A calendar date, YYYY-MM-DD.',
    scalar: 'Date',
    test: isCalendarDate,
  },
  email: {
    max: EMAIL_MAX,
    says: 'an e-mail address',
    requirement: `An e-mail address of up to ${EMAIL_MAX} characters.`,
    scalar: 'EmailAddress',
    test: (value) => emailPattern.test(value),
  },
  url: {
    max: URL_MAX,
    says: `an http or https URL of up to ${URL_MAX} characters`,
    requirement: `An http or https URL of up to ${URL_MAX} characters.`,
    scalar: 'URL',
    test: isWebUrl,
    meant: urlOfHost,
  },
  phone: {
    max: 16,
    says: 'a phone number in E.164 form, +{countryCode}{areaCode}{number}, such as +442079460958',
    requirement: 'A phone number in E.164 form, +{countryCode}{areaCode}{number}, such as +442079460958.',
    scalar: 'PhoneNumber',
    test: isPhoneNumber,
    meant: phoneNumberIn,
  },
  timezone: {
    max: 60,
    says: 'an IANA time zone name, such as Europe/London',
    requirement: 'An IANA time zone name of up to 60 characters, such as Europe/London.',
    scalar: 'TimeZone',
    test: isTimezone,
  },
  country: {
    max: 2,
    says: 'a country as ISO 3166-1 alpha-2, such as GB',
    requirement: 'A country as ISO 3166-1 alpha-2, such as GB; case-insensitive, stored in upper case.',
    scalar: 'CountryCode',
    test: isCountry,
    stored: (value) => value.toUpperCase(),
    meant: countryNamed,
  },
  language: {
    max: 2,
    says: 'a language as ISO 639-1, such as en',
    requirement: 'A language as ISO 639-1, such as en.',
    scalar: 'String',
    test: (value) => ISO6391.validate(value),
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

function isOf({ max, test }: Format, value: string): boolean {
  return value.length <= max && !unstorable(value) && test(value);
}

/** Checks a text in a format, and answers it as it is stored. */
export function parseFormat(name: FormatName, value: unknown, path: Path, issues: Issues): string | undefined {
  const format: Format = FORMATS[name];
  if (typeof value === 'string' && isOf(format, value)) return format.stored ? format.stored(value) : value;
  return issues.add(path, `must be ${format.says}, not ${glimpse(value)}`);
}

/** Longest text that is looked at for what it stands for. */
const MEANT_MAX = URL_MAX;

function normalizedFormat(format: Format, value: unknown, country: string | null): unknown {
  const text = trimmed(value);
  if (typeof text !== 'string' || text.length > MEANT_MAX || isOf(format, text)) return text;
  const meant = format.meant?.(text, country);
  return meant !== undefined && isOf(format, meant) ? meant : text;
}

const kindOf = <Name extends FormatName>(name: Name): FieldKind<FormatField<Name>> => ({
  class: () => 'optional',
  requirement: () => FORMATS[name].requirement,
  parse: (_field, value, path, issues) => parseFormat(name, value, path, issues),
  normalize: (_field, value, _path, { country }) => normalizedFormat(FORMATS[name], value, country),
  type: () => ({ scalar: FORMATS[name].scalar }),
  notation: 'text',
});

export const formatKinds = {
  date: kindOf('date'),
  email: kindOf('email'),
  url: kindOf('url'),
  phone: kindOf('phone'),
  timezone: kindOf('timezone'),
  country: kindOf('country'),
  language: kindOf('language'),
} satisfies { [Name in FormatName]: FieldKind<FormatField<Name>> };
