/** Valid values of fields, for the kinds whose values need not tell records apart. */
import fc from 'fast-check';
import type { Field } from '../../src/fields/fields.ts';

export const day = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

export function plainValue(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'choice':
      return fc.constantFrom(...Object.keys(field.values));
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: field.min, max: field.max });
    case 'money':
      return fc.integer({ min: 0, max: 100 * field.max }).map((cents) => cents / 100);
    case 'url':
      return fc.webUrl({ validSchemes: ['http', 'https'] });
    case 'phone':
      return fc.stringMatching(/^\+(1[2-9]|442)\d{9}$/);
    case 'timezone':
      return fc.constantFrom('Europe/London', 'America/Los_Angeles');
    case 'language':
      return fc.constantFrom('en', 'de');
    default:
      throw new Error(`Values of the kind ${field.kind} are the test's to choose`);
  }
}
