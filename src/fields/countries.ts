/** Countries: by their codes, and by the names that people write. */
import { countries, getCountryData, type TCountryCode } from 'countries-list';

/** Whether the text is an ISO 3166-1 alpha-2 code, in either case. */
export function isCountry(value: string): boolean {
  // Some other letters become Latin ones in upper case.
  return /^[A-Za-z]{2}$/.test(value) && Object.hasOwn(countries, value.toUpperCase() as TCountryCode);
}

/**
 * The code of the country of that name: in English or a language of the country, by another name in use (`UK`, `Holland`),
 * or by its three letters of ISO 3166-1. Case, accents and punctuation do not matter. Undefined when no country, or more
 * than one, is called so.
 */
export function countryNamed(name: string): string | undefined {
  names ??= namesOfCountries();
  return names.get(comparable(name)) ?? undefined;
}

/** The code by each name, null where two countries share it. Made when the first name is looked up. */
let names: Map<string, TCountryCode | null> | undefined;

function namesOfCountries(): Map<string, TCountryCode | null> {
  const found = new Map<string, TCountryCode | null>();
  for (const code of Object.keys(countries) as TCountryCode[]) {
    const { name, native, alias = [], languages, iso3 } = getCountryData(code);
    const spoken = ['en', ...languages].map((language) => nameIn(language, code));
    for (const called of new Set([name, native, iso3, ...alias, ...spoken].map(comparable))) {
      found.set(called, found.has(called) ? null : code);
    }
  }
  return found;
}

function nameIn(language: string, code: TCountryCode): string {
  try {
    return new Intl.DisplayNames(language, { type: 'region' }).of(code) ?? code;
  } catch {
    // Some languages have no code that Intl takes.
    return code;
  }
}

/** A name as it is compared: `The U.S.A.` is `usa`. */
function comparable(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('.', '')
    .replaceAll('&', ' and ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/^the /, '');
}
