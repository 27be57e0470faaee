/** Texts in formats that have names of their own: dates, addresses of e-mail and the web, phone numbers and codes. */
import { countries, type TCountryCode } from 'countries-list';
import ISO6391 from 'iso-639-1';
import { z } from 'zod';
import type { AnyField, FieldKind } from './kind.ts';
import { glimpse, type Issues, isCalendarDate, isWebUrl, type Path, unstorable } from './parse.ts';
import { isPhoneNumber } from './phone.ts';

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

/** Whether the text is an ISO 3166-1 alpha-2 code, in either case. */
function isCountry(value: string): boolean {
  // Some other letters become Latin ones in upper case.
  return /^[A-Za-z]{2}$/.test(value) && Object.hasOwn(countries, value.toUpperCase() as TCountryCode);
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
  },
  phone: {
    max: 16,
    says: 'a phone number in E.164 form, +{countryCode}{areaCode}{number}, such as +442079460958',
    requirement: 'A phone number in E.164 form, +{countryCode}{areaCode}{number}, such as +442079460958.',
    scalar: 'PhoneNumber',
    test: isPhoneNumber,
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

/** Checks a text in a format, and returns the stored form. */
export function parseFormat(name: FormatName, value: unknown, path: Path, issues: Issues): string | undefined {
  const { max, test, says, stored }: Format = FORMATS[name];
  if (typeof value === 'string' && value.length <= max && !unstorable(value) && test(value)) {
    return stored ? stored(value) : value;
  }
  return issues.add(path, `must be ${says}, not ${glimpse(value)}`);
}

const kindOf = <Name extends FormatName>(name: Name): FieldKind<FormatField<Name>> => ({
  class: () => 'optional',
  requirement: () => FORMATS[name].requirement,
  parse: (_field, value, path, issues) => parseFormat(name, value, path, issues),
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
