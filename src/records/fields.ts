/**
 * The kinds of fields that records are made of. A domain declares its fields once, as data, with these; validation,
 * the patch rule, the GraphQL inputs and their descriptions, the property tests and the documentation all read them.
 */

interface Described {
  readonly description: string;
}

/** Free or short text. Lengths count Unicode code points. */
export interface TextField extends Described {
  readonly kind: 'text';
  readonly max: number;
  readonly min: number;
  /** Text may not start or end with white space. For identifiers. */
  readonly exact: boolean;
  readonly pattern?: { readonly test: RegExp; readonly says: string };
  readonly required: boolean;
}

export interface ChoiceField extends Described {
  readonly kind: 'choice';
  /** The GraphQL enum's name, and its values with a description each. */
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
  readonly default: string;
  readonly required: true;
}

export interface BooleanField extends Described {
  readonly kind: 'boolean';
  readonly default?: boolean;
  readonly required: boolean;
}

export interface IntegerField extends Described {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
  readonly required: false;
}

/** Text in a format that has a name of its own: see `formats` in parse.ts. */
export interface FormatField extends Described {
  readonly kind: 'date' | 'email' | 'url' | 'phone' | 'timezone' | 'country' | 'language';
  readonly required: false;
}

/** A list of short texts without repeats, order kept. */
export interface TextListField extends Described {
  readonly kind: 'textList';
  readonly item: { readonly min: number; readonly max: number };
  readonly maxItems: number;
}

/** A list of objects, replaced as a whole. `keyedBy` names the fields that may not repeat among the items. */
export interface ObjectListField extends Described {
  readonly kind: 'objectList';
  readonly name: string;
  readonly fields: Fields;
  readonly keyedBy: readonly string[];
  readonly maxItems: number;
}

/** A small object stored on its record and merged field by field. */
export interface ObjectField extends Described {
  readonly kind: 'object';
  readonly name: string;
  readonly fields: Fields;
}

/** The id of another record of the firm. */
export interface ReferenceField extends Described {
  readonly kind: 'reference';
  /** The model it points at. */
  readonly to: string;
  readonly required: boolean;
  /** Whether a record that is pointed at cannot be deleted, where it would be gone for good. */
  readonly holds: boolean;
  /** What the record that is pointed at is to those that do: they are counted as `clients as their CSM`. */
  readonly as?: string;
}

/** The map of custom-field values, whose shape the firm defines. */
export interface CustomFieldsField extends Described {
  readonly kind: 'customFields';
  readonly maxItems: number;
}

export type Field =
  | TextField
  | ChoiceField
  | BooleanField
  | IntegerField
  | FormatField
  | TextListField
  | ObjectListField
  | ObjectField
  | ReferenceField
  | CustomFieldsField;

export type Fields = Readonly<Record<string, Field>>;

type TextOptions = {
  max: number;
  min?: number;
  exact?: boolean;
  pattern?: NonNullable<TextField['pattern']>;
  required?: boolean;
};

export const text = (description: string, options: TextOptions): TextField => ({
  kind: 'text',
  description,
  min: options.required === true ? 1 : 0,
  exact: false,
  required: false,
  ...options,
});

export const choice = (
  description: string,
  name: string,
  values: Readonly<Record<string, string>>,
  fallback: string,
): ChoiceField => ({ kind: 'choice', description, name, values, default: fallback, required: true });

export const boolean = (description: string, options: { default?: boolean } = {}): BooleanField => ({
  kind: 'boolean',
  description,
  required: options.default !== undefined,
  ...options,
});

export const integer = (description: string, range: { min: number; max: number }): IntegerField => ({
  kind: 'integer',
  description,
  required: false,
  ...range,
});

export const format = (kind: FormatField['kind'], description: string): FormatField => ({
  kind,
  description,
  required: false,
});

export const textList = (description: string, options: Omit<TextListField, 'kind' | 'description'>): TextListField => ({
  kind: 'textList',
  description,
  ...options,
});

export const objectList = (
  description: string,
  options: Omit<ObjectListField, 'kind' | 'description'>,
): ObjectListField => ({ kind: 'objectList', description, ...options });

export const object = (description: string, name: string, fields: Fields): ObjectField => ({
  kind: 'object',
  description,
  name,
  fields,
});

export const reference = (
  description: string,
  to: string,
  options: { required?: boolean; holds?: boolean; as?: string } = {},
): ReferenceField => ({
  kind: 'reference',
  description,
  to,
  required: false,
  holds: true,
  ...options,
});

export const customFields = (description: string, options: { maxItems: number }): CustomFieldsField => ({
  kind: 'customFields',
  description,
  ...options,
});

/** Longest URL of a field, in characters. */
export const URL_MAX = 1024;
/** Longest e-mail address: RFC 5321's limit of 256 octets for a path, less its angle brackets. */
export const EMAIL_MAX = 254;

/** What a value of the field must be, as a sentence: for schema descriptions and error messages alike. */
export function requirement(field: Field): string {
  switch (field.kind) {
    case 'text': {
      if (field.pattern) return `${field.pattern.says}.`;
      const length = field.min > 0 ? `${field.min} to ${field.max} characters` : `Up to ${field.max} characters`;
      return `${length}${field.exact ? ', without white space at either end' : ''}.`;
    }
    case 'choice':
      return `One of ${Object.keys(field.values).join(', ')}.`;
    case 'boolean':
      return 'true or false.';
    case 'integer':
      return `A whole number from ${field.min} to ${field.max}.`;
    case 'date':
      return 'A calendar date, YYYY-MM-DD.';
    case 'email':
      return `An e-mail address of up to ${EMAIL_MAX} characters.`;
    case 'url':
      return `An http or https URL of up to ${URL_MAX} characters.`;
    case 'phone':
      return 'A phone number in E.164 form, +{countryCode}{areaCode}{number}, such as +442079460958.';
    case 'timezone':
      return 'A name of the tz database of up to 60 characters, such as Europe/London.';
    case 'country':
      return 'A country as ISO 3166-1 alpha-2, such as GB; either case is read, upper case is stored.';
    case 'language':
      return 'A language as ISO 639-1, such as en.';
    case 'textList':
      return `Up to ${field.maxItems} texts of ${field.item.min} to ${field.item.max} characters, none twice; the order is kept.`;
    case 'objectList':
      return `Up to ${field.maxItems} items, none twice (by ${field.keyedBy.join(' and ')}).`;
    case 'object':
      return 'Merged field by field.';
    case 'reference':
      return `The id of ${a(nounOf(field.to))}.`;
    case 'customFields':
      return `A map from a custom field's key to its value; up to ${field.maxItems} entries.`;
  }
}

/** What a record of a model is called: `ClientGroup` is a client group. */
export function nounOf(model: string): string {
  return model.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

/** The noun with its article. */
export function a(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
