/** Phone numbers in international form, wherever a field holds one. */
import parsePhoneNumber from 'libphonenumber-js/core';
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
