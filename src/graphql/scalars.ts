/**
 * The scalars of the schema. What a scalar promises is checked by the rules of the field that has it (fields/parse.ts),
 * so that one answer names every offending field of an input; here values only change their form.
 */
import { GraphQLScalarType, type GraphQLScalarTypeConfig, valueFromASTUntyped } from 'graphql';
import {
  GraphQLCountryCode,
  GraphQLDateTimeISO,
  GraphQLEmailAddress,
  GraphQLJSON,
  GraphQLJSONObject,
  GraphQLLocalDate,
  GraphQLPhoneNumber,
  GraphQLTimeZone,
  GraphQLURL,
} from 'graphql-scalars';

/** A library scalar under our name and description whose input reaches the field's own rules as it was sent. */
function passing(
  name: string,
  description: string,
  from: GraphQLScalarType,
  serialize: GraphQLScalarTypeConfig<unknown, unknown>['serialize'] = (value) => value,
): GraphQLScalarType {
  return new GraphQLScalarType({
    name,
    description,
    specifiedByURL: from.specifiedByURL,
    serialize,
    parseValue: (value) => value,
    parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
  });
}

/** An instant as it is stored, in the form JSON clients expect: UTC with milliseconds and `Z`. */
export function presentedInstant(stored: unknown): string {
  // Rows of Prisma hold dates; a date's own text has no milliseconds.
  if (stored instanceof Date) return stored.toISOString();
  // Nearly always in the form of `storedInstant`, where only the offset has to go.
  const text = String(stored);
  return text.length === 29 && text.endsWith('+00:00') ? `${text.slice(0, 23)}Z` : new Date(text).toISOString();
}

export const scalars = {
  DateTime: passing(
    'DateTime',
    'A timestamp in UTC, such as 2026-11-21T09:30:00.000Z. Input may carry any offset; digits beyond milliseconds are ignored.',
    GraphQLDateTimeISO,
    presentedInstant,
  ),
  Date: passing('Date', 'A calendar date, YYYY-MM-DD.', GraphQLLocalDate),
  EmailAddress: passing('EmailAddress', 'An e-mail address.', GraphQLEmailAddress),
  URL: passing('URL', 'An http or https URL.', GraphQLURL),
  PhoneNumber: passing(
    'PhoneNumber',
    'A phone number in E.164 form, +{countryCode}{areaCode}{number}, such as +442079460958.',
    GraphQLPhoneNumber,
  ),
  CountryCode: passing('CountryCode', 'A country as ISO 3166-1 alpha-2, such as GB.', GraphQLCountryCode),
  TimeZone: passing('TimeZone', 'An IANA time zone name, such as Europe/London.', GraphQLTimeZone),
  JSON: passing('JSON', 'Any JSON value.', GraphQLJSON),
  JSONObject: passing('JSONObject', 'A JSON object.', GraphQLJSONObject),
} as const;
