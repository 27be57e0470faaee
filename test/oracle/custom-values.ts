/** Values of custom fields, and addresses. */
import type { CustomField } from '../support/prisma.ts';
import { compareText } from './lists.ts';

export type Json = Readonly<Record<string, unknown>>;

interface Option {
  key: string;
  order: number;
}

export const optionsOf = ({ options }: CustomField): Option[] =>
  (options as unknown as Option[]).toSorted((one, other) => one.order - other.order);

/** The fields by `order`, ties by id. */
export function inOrder(fields: readonly CustomField[]): CustomField[] {
  return fields.toSorted((one, other) => one.order - other.order || compareText(one.id, other.id));
}

const live = (fields: readonly CustomField[]) => inOrder(fields).filter(({ archived }) => !archived);

/** The value of every live field by key; null when unset. */
export function valueMap(fields: readonly CustomField[], values: Json): Json {
  return Object.fromEntries(live(fields).map(({ number, key }) => [key, values[number] ?? null]));
}

/** The same values as objects of the types that implement CustomFieldValue. */
export function typedValues(fields: readonly CustomField[], values: Json): Json[] {
  return live(fields).map((field) => ({ field, key: field.key, ...typedValue(field, values[field.number] ?? null) }));
}

function typedValue(field: CustomField, value: unknown): Json {
  const chosen = (key: unknown) => optionsOf(field).find((option) => option.key === key) ?? null;
  switch (field.type) {
    case 'TEXT':
      return { __typename: 'TextFieldValue', text: value };
    case 'NUMBER':
      return { __typename: 'NumberFieldValue', number: value };
    case 'BOOLEAN':
      return { __typename: 'BooleanFieldValue', boolean: value };
    case 'DATE':
      return { __typename: 'DateFieldValue', date: value };
    case 'EMAIL':
      return { __typename: 'EmailFieldValue', email: value };
    case 'URL':
      return { __typename: 'UrlFieldValue', url: value };
    case 'PHONE_NUMBER':
      return { __typename: 'PhoneNumberFieldValue', phoneNumber: value };
    case 'ADDRESS':
      return { __typename: 'AddressFieldValue', address: value };
    case 'SINGLE_SELECT':
      return { __typename: 'SingleSelectFieldValue', option: chosen(value) };
    case 'MULTI_SELECT':
      return { __typename: 'MultiSelectFieldValue', options: (value as string[] | null)?.map(chosen) ?? null };
    default:
      throw new Error(`There is no type ${field.type}`);
  }
}

/** The full address as given, or made from its parts, one per line. */
export function fullAddress(address: Json): string | null {
  if (typeof address.fullAddress === 'string') return address.fullAddress;
  const town = [address.city, address.region, address.postalCode].filter(Boolean).join(', ');
  const [one, two] = [address.line1 ?? address.addressLine1, address.line2 ?? address.addressLine2];
  return [one, two, address.line3, town, address.country].filter(Boolean).join('\n') || null;
}
