/** Custom fields in the schema: definitions and how they change, values as typed objects, and filters. */
import {
  CUSTOM_FIELD_ENTITIES,
  CUSTOM_FIELD_TYPES,
  type CustomFieldType,
  type Definition,
  FIELDS_MAX,
  OPTIONS_MAX,
  type Option,
} from '../custom-values/types.ts';
import { ADDRESS_PARTS, type AddressValue, addressText, liveFields } from '../custom-values/values.ts';
import type { Values } from '../fields/patch.ts';
import { builder } from '../graphql/builder.ts';
import { describe, enumOf, inputFields, listPartFields, outputFields } from '../graphql/fields.ts';
import { keyInput } from '../graphql/keys.ts';
import { Node } from '../graphql/node.ts';
import { FINDING, UpsertResult } from '../graphql/records.ts';
import {
  archiveCustomField,
  type Changed,
  CUSTOM_FIELD,
  createCustomField,
  customFieldBy,
  customFieldFields,
  deleteCustomField,
  newCustomFieldFields,
  newOptionFields,
  optionFields,
  patchCustomField,
  upsertCustomField,
} from './custom-fields.ts';

const TypeEnum = enumOf(
  'CustomFieldType',
  CUSTOM_FIELD_TYPES,
  'The types a custom field can have, with the values each takes in the input map `customFields`.',
);
const EntityEnum = enumOf('CustomFieldEntity', CUSTOM_FIELD_ENTITIES, 'The records that can have custom fields.');

const CustomFieldOption = builder.objectRef<Option>('CustomFieldOption').implement({
  description: 'A choice that a SINGLE_SELECT or MULTI_SELECT field offers.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique across all options.' }),
    key: t.exposeString('key', { description: newOptionFields.key.description }),
    label: t.exposeString('label', { description: describe(optionFields.label) }),
    color: t.exposeString('color', { nullable: true, description: describe(optionFields.color) }),
    order: t.exposeInt('order', { description: optionFields.order.description }),
    archived: t.exposeBoolean('archived', { description: optionFields.archived.description }),
  }),
});

export const CustomField = builder.recordRef('CustomField').implement({
  description: `A field that the firm defined for its records. An entity has at most ${FIELDS_MAX}, archived ones included.`,
  interfaces: [Node],
  fields: (t) => ({
    ...outputFields(t, { trackingId: customFieldFields.trackingId, externalIds: customFieldFields.externalIds }),
    key: t.column('key', { description: newCustomFieldFields.key.description }),
    name: t.column('name', { description: describe(customFieldFields.name) }),
    type: t.column('type', { type: TypeEnum, description: newCustomFieldFields.type.description }),
    entity: t.column('entity', { type: EntityEnum, description: newCustomFieldFields.entity.description }),
    order: t.column('order', {
      type: 'Int',
      description: 'Its place among the fields: small ones first, those of one order by id.',
    }),
    required: t.column('required', { type: 'Boolean', description: customFieldFields.required.description }),
    archived: t.column('archived', {
      type: 'Boolean',
      description:
        'Values of an archived field are kept, but can neither be read nor written until it is brought back.',
    }),
    options: t.column('options', {
      type: [CustomFieldOption],
      description: 'What a SINGLE_SELECT or MULTI_SELECT field offers, in order, archived options included.',
    }),
  }),
});

/** One value of a record, with the definition it is of; null when unset. */
interface TypedValue<Value = unknown> {
  field: Definition;
  value: Value | null;
}

/** A record's values as the type CustomFieldValue has them: of every live field, in order. */
export function customFieldValues(definitions: readonly Definition[], values: Values): TypedValue[] {
  return liveFields(definitions).map((field) => ({ field, value: values[field.number] ?? null }));
}

/** The object type that holds the values of each type of field. */
const VALUE_TYPES: Readonly<Record<CustomFieldType, string>> = {
  TEXT: 'TextFieldValue',
  NUMBER: 'NumberFieldValue',
  BOOLEAN: 'BooleanFieldValue',
  DATE: 'DateFieldValue',
  EMAIL: 'EmailFieldValue',
  URL: 'UrlFieldValue',
  PHONE_NUMBER: 'PhoneNumberFieldValue',
  ADDRESS: 'AddressFieldValue',
  SINGLE_SELECT: 'SingleSelectFieldValue',
  MULTI_SELECT: 'MultiSelectFieldValue',
};

export const CustomFieldValue = builder.interfaceRef<TypedValue>('CustomFieldValue').implement({
  description:
    "A record's value of a custom field. There is one type for each kind of value, and each has its value under a name of its own, so that fragments on several of them fit together. A field without a value is present with null.",
  resolveType: ({ field }) => VALUE_TYPES[field.type],
  fields: (t) => ({
    field: t.derived({ type: CustomField, description: 'The field.', from: ({ field }) => field }),
    key: t.derived({ type: 'String', description: "The field's key.", from: ({ field }) => field.key }),
  }),
});

/** What the types of values have in common. */
function valueType(type: CustomFieldType) {
  return {
    description: `A value of a field of type ${type}. ${CUSTOM_FIELD_TYPES[type]}`,
    interfaces: [CustomFieldValue],
  };
}

const TEXT = {
  nullable: true as const,
  description: 'The value.',
  from: ({ value }: TypedValue<string>) => value,
};

builder.objectRef<TypedValue<string>>(VALUE_TYPES.TEXT).implement({
  ...valueType('TEXT'),
  fields: (t) => ({ text: t.derived({ type: 'String', ...TEXT }) }),
});

builder.objectRef<TypedValue<number>>(VALUE_TYPES.NUMBER).implement({
  ...valueType('NUMBER'),
  fields: (t) => ({
    number: t.derived({
      type: 'Float',
      nullable: true,
      description: 'The value.',
      from: ({ value }) => value,
    }),
  }),
});

builder.objectRef<TypedValue<boolean>>(VALUE_TYPES.BOOLEAN).implement({
  ...valueType('BOOLEAN'),
  fields: (t) => ({
    boolean: t.derived({
      type: 'Boolean',
      nullable: true,
      description: 'The value.',
      from: ({ value }) => value,
    }),
  }),
});

builder.objectRef<TypedValue<string>>(VALUE_TYPES.DATE).implement({
  ...valueType('DATE'),
  fields: (t) => ({ date: t.derived({ type: 'Date', ...TEXT }) }),
});

builder.objectRef<TypedValue<string>>(VALUE_TYPES.EMAIL).implement({
  ...valueType('EMAIL'),
  fields: (t) => ({ email: t.derived({ type: 'EmailAddress', ...TEXT }) }),
});

builder.objectRef<TypedValue<string>>(VALUE_TYPES.URL).implement({
  ...valueType('URL'),
  fields: (t) => ({ url: t.derived({ type: 'URL', ...TEXT }) }),
});

builder.objectRef<TypedValue<string>>(VALUE_TYPES.PHONE_NUMBER).implement({
  ...valueType('PHONE_NUMBER'),
  fields: (t) => ({ phoneNumber: t.derived({ type: 'PhoneNumber', ...TEXT }) }),
});

const addressPart = (part: keyof typeof ADDRESS_PARTS) => ({
  nullable: true as const,
  description: describe(ADDRESS_PARTS[part]),
  from: (address: AddressValue) => address[part],
});

const CustomFieldAddress = builder.objectRef<AddressValue>('CustomFieldAddress').implement({
  description: 'The value of an ADDRESS field: the parts that were given.',
  fields: (t) => ({
    fullAddress: t.derived({
      type: 'String',
      nullable: true,
      description: `${describe(ADDRESS_PARTS.fullAddress)} Made of the parts when it was not given.`,
      from: addressText,
    }),
    country: t.derived({ type: 'CountryCode', ...addressPart('country') }),
    region: t.derived({ type: 'String', ...addressPart('region') }),
    postalCode: t.derived({ type: 'String', ...addressPart('postalCode') }),
    addressLine1: t.derived({ type: 'String', ...addressPart('addressLine1') }),
    addressLine2: t.derived({ type: 'String', ...addressPart('addressLine2') }),
    city: t.derived({ type: 'String', ...addressPart('city') }),
  }),
});

builder.objectRef<TypedValue<AddressValue>>(VALUE_TYPES.ADDRESS).implement({
  ...valueType('ADDRESS'),
  fields: (t) => ({
    address: t.derived({
      type: CustomFieldAddress,
      nullable: true,
      description: 'The value.',
      from: ({ value }) => value,
    }),
  }),
});

builder.objectRef<TypedValue<string>>(VALUE_TYPES.SINGLE_SELECT).implement({
  ...valueType('SINGLE_SELECT'),
  fields: (t) => ({
    option: t.derived({
      type: CustomFieldOption,
      nullable: true,
      description: 'The option that is chosen, which may have been archived since.',
      from: ({ field, value }) => field.options.find(({ key }) => key === value),
    }),
  }),
});

builder.objectRef<TypedValue<readonly string[]>>(VALUE_TYPES.MULTI_SELECT).implement({
  ...valueType('MULTI_SELECT'),
  fields: (t) => ({
    options: t.derived({
      type: [CustomFieldOption],
      nullable: true,
      description: 'The options that are chosen, in the order they were sent; some may have been archived since.',
      from: ({ field, value }) => value?.flatMap((chosen) => field.options.find(({ key }) => key === chosen) ?? []),
    }),
  }),
});

builder.queryField('customFields', (t) =>
  t.field({
    type: [CustomField],
    description: 'The custom fields of the firm, by entity and in order.',
    args: {
      entity: t.arg({ type: EntityEnum, description: 'Only fields of these records.' }),
      includeArchived: t.arg.boolean({ defaultValue: false, description: 'Archived fields too.' }),
    },
    resolve: (_, { entity, includeArchived }, { definitions }) =>
      Object.keys(CUSTOM_FIELD_ENTITIES)
        .filter((name) => (entity ?? name) === name)
        .flatMap((name) => definitions?.[name] ?? [])
        .filter(({ archived }) => includeArchived === true || !archived),
  }),
);

const { order: placeOfField, type: newType, ...otherNewFields } = newCustomFieldFields;
const { trackingId, externalIds } = customFieldFields;
const identity = { trackingId, externalIds };
const { order: placeOfOption, ...otherOptionFields } = optionFields;
const OPTIONS = `Of SINGLE_SELECT and MULTI_SELECT fields; at most ${OPTIONS_MAX}, archived ones included.`;

const NewCustomFieldOptionInput = builder.inputType('CreateCustomFieldOptionInput', {
  description: 'An option of a new custom field.',
  fields: (t) => ({
    ...inputFields(t, { key: newOptionFields.key, ...otherOptionFields }, 'create', ['label']),
    order: t.int({ description: `${describe(placeOfOption)} By default after the last.` }),
  }),
});

const CreateCustomFieldInput = builder.inputType('CreateCustomFieldInput', {
  description: 'A new custom field.',
  fields: (t) => ({
    ...inputFields(t, otherNewFields, 'create', ['name']),
    type: t.field({ type: TypeEnum, required: true, description: newType.description }),
    order: t.int({ description: `${describe(placeOfField)} By default after the last.` }),
    options: t.field({ type: [NewCustomFieldOptionInput], description: `The options, in order. ${OPTIONS}` }),
  }),
});

const PatchCustomFieldOptionInput = builder.inputType('PatchCustomFieldOptionInput', {
  description:
    'An option to change or add. With the id, or else the key, of one that the field has, it is changed: what is left out is kept. Otherwise it is added, and needs a label.',
  fields: (t) => ({
    id: t.id({ description: 'The option to change.' }),
    key: t.string({ description: `${describe(newOptionFields.key)} Finds the option to change where no id is given.` }),
    ...inputFields(t, otherOptionFields, 'patch'),
    order: t.int({ description: `${describe(placeOfOption)} null is an error.` }),
  }),
});

const PatchCustomFieldInput = builder.inputType('PatchCustomFieldInput', {
  description: 'Changes of a custom field: what is left out is kept. Key, type and entity never change.',
  fields: (t) => ({
    ...inputFields(t, { name: customFieldFields.name, required: customFieldFields.required, ...identity }, 'patch'),
    ...listPartFields(t, identity),
    order: t.int({ description: `${describe(placeOfField)} null is an error.` }),
    options: t.field({
      type: [PatchCustomFieldOptionInput],
      description: `Options to add, relabel, reorder or archive; those not listed are kept. ${OPTIONS} None is ever removed, since records may hold it: archive it instead.`,
    }),
  }),
});

const CustomFieldKey = keyInput(CUSTOM_FIELD);
const REVISION = 'The revision that the change was made for: CONFLICT when the field is at another.';

builder.queryField('customField', (t) =>
  t.field({
    type: CustomField,
    nullable: true,
    description: 'One custom field, archived or not; null when there is none.',
    args: { by: t.arg({ type: CustomFieldKey, required: true, description: 'How it is found.' }) },
    resolve: (_, { by }, { definitions }) => customFieldBy(Object.values(definitions ?? {}).flat(), by),
  }),
);

const UpsertCustomFieldInput = builder.inputType('UpsertCustomFieldInput', {
  description:
    'A custom field as another system knows it. Created when there is none: then `name` and `type` are required. Else patched: what is left out is kept; key, type and entity never change, and may only be sent as they are.',
  fields: (t) => ({
    ...inputFields(t, otherNewFields, 'patch'),
    ...listPartFields(t, identity),
    type: t.field({ type: TypeEnum, description: newType.description }),
    order: t.int({ description: `${describe(placeOfField)} By default after the last.` }),
    options: t.field({
      type: [PatchCustomFieldOptionInput],
      description: `Options to add, relabel, reorder or archive; those not listed are kept. ${OPTIONS}`,
    }),
  }),
});

function changedPayload(name: string, description: string, shows: { result?: boolean } = {}) {
  return builder.objectRef<Changed>(name).implement({
    description,
    fields: (t) => ({
      customField: t.derived({ type: CustomField, description: 'The field.', from: ({ field }) => field }),
      ...(shows.result
        ? { result: t.derived({ type: UpsertResult, description: 'What was done.', from: ({ result }) => result }) }
        : {}),
      changedFields: t.derived({
        type: ['String'],
        description: 'The fields that really changed, by their input names. Empty when the call changed no value.',
        from: ({ changedFields }) => changedFields,
      }),
    }),
  });
}

builder.mutationField('upsertCustomField', (t) =>
  t.field({
    type: changedPayload('UpsertCustomFieldPayload', 'The field, and what was done to it.', { result: true }),
    nullable: true,
    access: 'ADMIN',
    description: `Creates the custom field that the keys name, or patches it. ${FINDING}`,
    args: {
      by: t.arg({
        type: CustomFieldKey,
        description: 'How the field is found, beside or instead of `input.trackingId`.',
      }),
      input: t.arg({ type: UpsertCustomFieldInput, required: true, description: 'The field.' }),
      expectedRevision: t.arg.int({ description: REVISION }),
    },
    resolve: (_, { by, input, ...options }, context) => upsertCustomField(context, by, input, options),
  }),
);

function payload(name: string, description: string) {
  return builder.objectRef<{ customField: Definition }>(name).implement({
    description,
    fields: (t) => ({
      customField: t.derived({
        type: CustomField,
        description: 'The field.',
        from: (result) => result.customField,
      }),
    }),
  });
}

const DeleteCustomFieldPayload = builder.objectRef<{ deletedId: string }>('DeleteCustomFieldPayload').implement({
  description: 'Which field was deleted.',
  fields: (t) => ({ deletedId: t.exposeID('deletedId', { description: 'The id it had.' }) }),
});

builder.mutationField('createCustomField', (t) =>
  t.field({
    type: payload('CreateCustomFieldPayload', 'The field that was created.'),
    nullable: true,
    access: 'ADMIN',
    description: 'Creates a custom field. DUPLICATE when another of the entity, archived or not, has its key.',
    args: { input: t.arg({ type: CreateCustomFieldInput, required: true, description: 'The field.' }) },
    resolve: async (_, { input }, context) => ({ customField: await createCustomField(context, input) }),
  }),
);

builder.mutationField('patchCustomField', (t) =>
  t.field({
    type: changedPayload('PatchCustomFieldPayload', 'The field as it is now.'),
    nullable: true,
    access: 'ADMIN',
    description: 'Changes a custom field and its options.',
    args: {
      by: t.arg({ type: CustomFieldKey, required: true, description: 'The field.' }),
      input: t.arg({ type: PatchCustomFieldInput, required: true, description: 'What changes.' }),
      expectedRevision: t.arg.int({ description: REVISION }),
    },
    resolve: (_, { by, input, ...options }, context) => patchCustomField(context, by, input, options),
  }),
);

builder.mutationField('archiveCustomField', (t) =>
  t.field({
    type: payload('ArchiveCustomFieldPayload', 'The field as it is now.'),
    nullable: true,
    access: 'ADMIN',
    description:
      'Archives a custom field, or brings it back: its values are kept, but can neither be read nor written meanwhile.',
    args: {
      by: t.arg({ type: CustomFieldKey, required: true, description: 'The field.' }),
      archived: t.arg.boolean({ required: true, defaultValue: true, description: 'false brings it back.' }),
    },
    resolve: async (_, { by, archived }, context) => ({
      customField: await archiveCustomField(context, by, archived),
    }),
  }),
);

builder.mutationField('deleteCustomField', (t) =>
  t.field({
    type: DeleteCustomFieldPayload,
    nullable: true,
    access: 'ADMIN',
    description: 'Deletes a custom field for good, and with it the values that records have of it.',
    args: {
      by: t.arg({ type: CustomFieldKey, required: true, description: 'The field.' }),
      expectedRevision: t.arg.int({ description: REVISION }),
    },
    resolve: async (_, { by, ...options }, context) => ({
      deletedId: (await deleteCustomField(context, by, options)).id,
    }),
  }),
);
