/**
 * Assembly (formerly Copilot) creates clients who are people, with values of custom fields. The fields are defined
 * first, once for a firm; keys of fields and of options stay as they are, so that values need no translation.
 */

/** A custom field as Assembly defines it. */
export interface AssemblyCustomField {
  name: string;
  key: string;
  /** In camelCase: `text`, `phoneNumber`, `multiSelect` … */
  type: string;
  order: number;
  options?: { key: string; label: string; color: string }[];
}

/** The body of Assembly's create. */
export interface AssemblyClient {
  givenName: string;
  familyName: string;
  email: string;
  customFields?: Record<string, unknown>;
}

export const CREATE_CUSTOM_FIELD = `mutation ($input: CreateCustomFieldInput!) {
  createCustomField(input: $input) { customField { id } }
}`;

export const CREATE_CLIENT = `mutation ($input: CreateClientInput!) {
  createClient(input: $input) { client { id } }
}`;

/** The input of `createCustomField`, of which every name but the type's is the same. */
export function toCustomFieldInput({ name, key, type, order, options }: AssemblyCustomField) {
  // multiSelect is MULTI_SELECT, phoneNumber is PHONE_NUMBER, text is TEXT …
  const clienteleType = type.replace(/[A-Z]/g, '_$&').toUpperCase();
  return { entity: 'CLIENT', name, key, type: clienteleType, order, options };
}

/** The input of `createClient`. */
export function toClienteleInput({ givenName, familyName, email, customFields }: AssemblyClient) {
  return {
    // The client's `name` is made of these, since none is given.
    person: { firstName: givenName, lastName: familyName },
    email,
    // Values have the forms that Assembly gives them: lists of option keys, addresses as objects or as plain text.
    customFields,
  };
}
