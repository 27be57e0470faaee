/** Which texts are phone numbers, in built-in fields and in custom ones. */
import { describe, expect, it } from 'vitest';
import { isPhoneNumber } from '../src/fields/phone.ts';

describe('a phone number', () => {
  it.each(['+12123456789', '+14441234576', '+442079460958', '+390612345678', '+80012345678'])(
    'passes: %s',
    (number) => {
      expect(isPhoneNumber(number)).toBe(true);
    },
  );

  it.each([
    ['no country has the area code 000', '+10001234567'],
    ['an area code of North America begins with 2 to 9', '+11231234567'],
    ['no country code', '2123456789'],
    ['a country code that does not exist', '+999123456789'],
    ['too short for its country', '+1212345678'],
    ['too long for its country', '+121234567890'],
    ['a trunk prefix', '+4402079460958'],
    ['spaces', '+1 212 345 6789'],
    ['an extension', '+12123456789x5'],
    ['digits of another script', '+1٢123456789'],
    ['a line break', '+12123456789\n'],
    ['nothing', ''],
  ])('does not pass with %s', (_, number) => {
    expect(isPhoneNumber(number)).toBe(false);
  });
});
