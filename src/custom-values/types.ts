/** The types a custom field can have, and what a definition is. */

/** Most custom fields an entity of a firm can have, archived ones included. */
export const FIELDS_MAX = 500;
/** Most options a select can have, archived ones included. */
export const OPTIONS_MAX = 1_000;

/** Each type with the sentence that says which values it takes: for the schema, the errors and the README. */
export const CUSTOM_FIELD_TYPES = {
  TEXT: 'A string of up to 65,536 characters.',
  NUMBER: 'A finite number.',
  BOOLEAN: 'true or false.',
  DATE: 'A calendar date, YYYY-MM-DD.',
  EMAIL: 'An e-mail address.',
  URL: 'An http or https URL.',
  PHONE_NUMBER: 'A phone number, `+{countryCode}{areaCode}{number}`, such as +12123456789.',
  ADDRESS:
    'An object `{ fullAddress country region postalCode addressLine1 addressLine2 city }`, country as ISO 3166-1 alpha-2; a string is shorthand for `{ fullAddress }`.',
  SINGLE_SELECT: "The key of one of the field's options.",
  MULTI_SELECT: `A list of up to ${OPTIONS_MAX.toLocaleString('en')} distinct keys of the field's options.`,
} as const;

export type CustomFieldType = keyof typeof CUSTOM_FIELD_TYPES;

const entities: Record<string, string> = {};

/** The records that can have custom fields, with what the schema says of them: the kinds that declare it. */
export const CUSTOM_FIELD_ENTITIES: Readonly<Record<string, string>> = entities;

/** How custom fields call the records that have them, such as CLIENT. */
export type CustomFieldEntity = string;

/** Adds records that can have custom fields. */
export function haveCustomFields(entity: CustomFieldEntity, says: string): void {
  const all = { ...entities, [entity]: says };
  for (const name of Object.keys(all).sort()) {
    // Their order is visible in the schema: by name, regardless of the order of declaration.
    delete entities[name];
    entities[name] = all[name] ?? '';
  }
}

/** A choice of a SINGLE_SELECT or MULTI_SELECT field. */
export interface Option {
  id: string;
  key: string;
  label: string;
  color: string | null;
  order: number;
  archived: boolean;
}

/** A custom field as the firm defined it. */
export interface Definition {
  id: string;
  /** What stands for the field beside and on its records: never given again. */
  number: number;
  entity: CustomFieldEntity;
  key: string;
  name: string;
  type: CustomFieldType;
  order: number;
  required: boolean;
  archived: boolean;
  options: readonly Option[];
  trackingId: string | null;
  externalIds: readonly { system: string; id: string }[];
}

declare module '../database/model.ts' {
  interface JsonColumns {
    CustomField: { options: readonly Option[]; externalIds: readonly { system: string; id: string }[] };
  }
}
