/** Phone numbers in international form, wherever a field holds one. */
import parsePhoneNumber, { getCountries } from 'libphonenumber-js/core';
import phoneMetadata from 'libphonenumber-js/min/metadata';

/**
 * Whether the text is a phone number in international form: a country calling code that exists, a length that the
 * country has, and no trunk prefix. Area codes are judged by form only, since new ones are assigned all the time.
 */
export function isPhoneNumber(value: string): boolean {
  if (!/^\+[1-9]\d{6,14}$/.test(value)) return false;
  // North America: the one plan whose area codes all have one form, NXX with N from 2 to 9.
  if (value.startsWith('+1') && !/^\+1[2-9]/.test(value)) return false;
  const number = parsePhoneNumber(value, phoneMetadata);
  return number !== undefined && number.number === value && number.isPossible();
}

/**
 * The international form of a phone number as people write it. One without a country code is dialled from `country`, and
 * must be valid there. Undefined when it cannot be told, or when an extension would be lost.
 */
export function phoneNumberIn(text: string, country: string | null): string | undefined {
  const defaultCountry = getCountries(phoneMetadata).find((code) => code === country);
  const number = parsePhoneNumber(text, { ...(defaultCountry && { defaultCountry }), extract: false }, phoneMetadata);
  if (number === undefined || number.ext !== undefined) return undefined;
  if (!text.startsWith('+') && !number.isValid()) return undefined;
  return isPhoneNumber(number.number) ? number.number : undefined;
}
