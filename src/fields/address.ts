/** Postal addresses, wherever a record has one. */
import { format, object, text } from './fields.ts';
import type { Values } from './kind.ts';

/** The declared parts of an address. */
export const address = object(
  'The postal address.',
  'Address',
  {
    line1: text('First line.', { max: 1024 }),
    line2: text('Second line.', { max: 1024 }),
    line3: text('Third line.', { max: 1024 }),
    city: text('City or post town.', { max: 100 }),
    region: text('State, county or province.', { max: 100 }),
    postalCode: text('Postal or ZIP code.', { max: 20 }),
    country: format('country', 'Country.'),
    uprn: text("The UK's Unique Property Reference Number.", {
      max: 12,
      pattern: { test: /^\d{1,12}$/, says: '1 to 12 digits' },
    }),
    fullAddress: text('The address as a single text. Defaults to the other fields joined together.', { max: 4096 }),
  },
  // Parts of two addresses make a third, which nobody lives at.
  { joins: false },
);

/** The whole address as one text: what was given, else its parts, a line each. Null when there are none. */
export function fullAddress(parts: Values): string | null {
  if (typeof parts.fullAddress === 'string') return parts.fullAddress;
  const town = [parts.city, parts.region, parts.postalCode].filter(Boolean).join(', ');
  const lines = [parts.line1, parts.line2, parts.line3, town, parts.country].filter(Boolean);
  return lines.length > 0 ? lines.join('\n') : null;
}
