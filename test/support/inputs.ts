/** Arguments made from the schema: the least that a root field takes, and every place within them where a value can go. */
import {
  type GraphQLInputType,
  GraphQLNonNull,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { RootField } from './operations.ts';
import type { Records } from './records.ts';

/** A place for a value: the names on the way to it from an argument, and the value's type. */
export interface Place {
  path: string[];
  type: GraphQLInputType;
  /** What the schema says of it. */
  description: string;
}

/** The places within an argument or a field: its leaves and its lists. Each input type once on the way, since filters nest. */
export function places(of: Described, path: string[] = [], within: string[] = []): Place[] {
  const { type } = of;
  const place = { path, type, description: of.description ?? '' };
  const inner = getNullableType(type);
  const item = isListType(inner) ? getNullableType(inner.ofType) : inner;
  if (!isInputObjectType(item)) return [place];
  const lists = isListType(inner) ? [place] : [];
  if (within.includes(item.name)) return lists;
  const on = isListType(inner) ? [...path, '0'] : path;
  const fields = Object.values(item.getFields());
  return [...lists, ...fields.flatMap((field) => places(field, [...on, field.name], [...within, item.name]))];
}

/** An argument, or a field of an input type. */
interface Described {
  type: GraphQLInputType;
  description?: string | null | undefined;
}

/** The smallest value of the type that has `value` at the end of the path. */
export function placed(type: GraphQLInputType, path: readonly string[], value: unknown, records: Records): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  const inner = getNullableType(type);
  if (isListType(inner)) return [placed(inner.ofType, rest, value, records)];
  if (!isInputObjectType(inner)) throw new Error(`${inner} has no ${first}`);
  const field = inner.getFields()[first];
  const others = inner.isOneOf ? {} : Object(smallest(new GraphQLNonNull(inner), records));
  return { ...others, [first]: field && placed(field.type, rest, value, records) };
}

/** Just enough for the type to be met: undefined where nothing is. */
export function smallest(type: GraphQLInputType, records: Records): unknown {
  if (!isNonNullType(type)) return undefined;
  const inner = getNullableType(type);
  if (isListType(inner)) return [];
  if (isEnumType(inner)) return inner.getValues()[0]?.name;
  if (isInputObjectType(inner) && inner.isOneOf) return { id: records.ids[inner.name.replace(/Key$/, '')] };
  if (isInputObjectType(inner)) {
    const required = Object.values(inner.getFields()).map((field) => [field.name, smallest(field.type, records)]);
    return { ...Object.fromEntries(required), ...completing(inner.name, records) };
  }
  if (!(inner.name in LEAVES)) throw new Error(`No value of the type ${inner} is known here; add one`);
  return inner.name === 'ID' ? records.ids.Client : LEAVES[inner.name];
}

/** A value of each scalar. */
const LEAVES: Readonly<Record<string, unknown>> = {
  ID: '',
  String: 'x',
  Int: 1,
  Float: 1,
  Boolean: true,
  Date: '2024-02-29',
  DateTime: '2026-11-21T09:30:00Z',
  EmailAddress: 'a@example.com',
  URL: 'https://example.com',
  PhoneNumber: '+442079460958',
  CountryCode: 'GB',
  TimeZone: 'Europe/London',
  JSON: 'x',
  JSONObject: {},
};

/** Every scalar of the schema that the tests know how to fill. */
export const knownScalars = Object.keys(LEAVES);

/** What an input takes beyond what the schema requires of it, to be accepted. */
export function completing(type: string, { mark, ids }: Records): Record<string, unknown> {
  const complete: Record<string, Record<string, unknown>> = {
    CreateClientInput: { name: 'C' },
    CreateClientLocationInput: { client: { id: ids.Client } },
    CreateClientContactInput: { location: { id: ids.ClientLocation }, role: { id: ids.ContactRole } },
    CreateCustomFieldInput: { type: 'SINGLE_SELECT' },
    PatchCustomFieldOptionInput: { label: 'L' },
    CustomFieldFilter: { key: 'text' },
  };
  // What an upsert finds the record by: of many at once, each item.
  const isUpsert = type.startsWith('Upsert') && !type.endsWith('sInput');
  return complete[type] ?? (isUpsert ? { trackingId: mark } : {});
}

/** Just enough for the root field to be answered. Keys are those of a record of their kind. */
export function smallestArguments(field: RootField, records: Records): Record<string, unknown> {
  return Object.fromEntries(field.args.map((arg) => [arg.name, smallest(arg.type, records)]));
}
