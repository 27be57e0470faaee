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
  description: 'An option of a SINGLE_SELECT or MULTI_SELECT field.',
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
  description: `A custom field defined by the firm. Maximum ${FIELDS_MAX} per entity, including archived fields.`,
  interfaces: [Node],
  fields: (t) => ({
    ...outputFields(t, { trackingId: customFieldFields.trackingId, externalIds: customFieldFields.externalIds }),
    key: t.column('key', { description: newCustomFieldFields.key.description }),
    name: t.column('name', { description: describe(customFieldFields.name) }),
    type: t.column('type', { type: TypeEnum, description: newCustomFieldFields.type.description }),
    entity: t.column('entity', { type: EntityEnum, description: newCustomFieldFields.entity.description }),
    order: t.column('order', {
      type: 'Int',
      description: 'Sort position among the fields, ascending. Ties are broken by id.',
    }),
    required: t.column('required', { type: 'Boolean', description: customFieldFields.required.description }),
    archived: t.column('archived', {
      type: 'Boolean',
      description:
        'Whether the field is archived. Values of an archived field are kept, but cannot be read or written until it is unarchived.',
    }),
    options: t.column('options', {
      type: [CustomFieldOption],
      description: 'The options of a SINGLE_SELECT or MULTI_SELECT field in order, including archived options.',
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
    'The value of a custom field on a record. Each field type has its own object type with a distinct name for the value, so that fragments on several types can be combined. The value is null if the record has none.',
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
  description: 'The value of an ADDRESS field.',
  fields: (t) => ({
    fullAddress: t.derived({
      type: 'String',
      nullable: true,
      description: `${describe(ADDRESS_PARTS.fullAddress)} Defaults to the other fields joined together.`,
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
      description: 'The selected option. May have been archived since.',
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
      description: 'The selected options in the order sent. May include options archived since.',
      from: ({ field, value }) => value?.flatMap((chosen) => field.options.find(({ key }) => key === chosen) ?? []),
    }),
  }),
});

builder.queryField('customFields', (t) =>
  t.field({
    type: [CustomField],
    description: 'The custom fields of the firm, ordered by entity and position.',
    args: {
      entity: t.arg({ type: EntityEnum, description: 'Returns only fields of this kind of record.' }),
      includeArchived: t.arg.boolean({ defaultValue: false, description: 'Includes archived fields.' }),
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
const OPTIONS = `Only for SINGLE_SELECT and MULTI_SELECT fields. Maximum ${OPTIONS_MAX}, including archived options.`;

const NewCustomFieldOptionInput = builder.inputType('CreateCustomFieldOptionInput', {
  description: 'An option of a new custom field.',
  fields: (t) => ({
    ...inputFields(t, { key: newOptionFields.key, ...otherOptionFields }, 'create', ['label']),
    order: t.int({ description: `${describe(placeOfOption)} Defaults to the last position.` }),
  }),
});

const CreateCustomFieldInput = builder.inputType('CreateCustomFieldInput', {
  description: 'Fields of a new custom field.',
  fields: (t) => ({
    ...inputFields(t, otherNewFields, 'create', ['name']),
    type: t.field({ type: TypeEnum, required: true, description: newType.description }),
    order: t.int({ description: `${describe(placeOfField)} Defaults to the last position.` }),
    options: t.field({ type: [NewCustomFieldOptionInput], description: `The options, in order. ${OPTIONS}` }),
  }),
});

const PatchCustomFieldOptionInput = builder.inputType('PatchCustomFieldOptionInput', {
  description:
    'An option to change or add. If `id` or `key` matches an existing option, that option is patched: omitted fields keep their values. Otherwise a new option is added and `label` is required.',
  fields: (t) => ({
    id: t.id({ description: 'The option to change.' }),
    key: t.string({
      description: `${describe(newOptionFields.key)} Identifies the option to change if \`id\` is omitted.`,
    }),
    ...inputFields(t, otherOptionFields, 'patch'),
    order: t.int({ description: `${describe(placeOfOption)} Must not be null.` }),
  }),
});

const PatchCustomFieldInput = builder.inputType('PatchCustomFieldInput', {
  description: 'Changes to a custom field. Omitted fields keep their values. `key`, `type` and `entity` are immutable.',
  fields: (t) => ({
    ...inputFields(t, { name: customFieldFields.name, required: customFieldFields.required, ...identity }, 'patch'),
    ...listPartFields(t, identity),
    order: t.int({ description: `${describe(placeOfField)} Must not be null.` }),
    options: t.field({
      type: [PatchCustomFieldOptionInput],
      description: `Options to add, relabel, reorder or archive; omitted options are kept. ${OPTIONS} Options cannot be removed because records may use them; archive them instead.`,
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
    args: { by: t.arg({ type: CustomFieldKey, required: true, description: 'The key to look up.' }) },
    resolve: (_, { by }, { definitions }) => customFieldBy(Object.values(definitions ?? {}).flat(), by),
  }),
);

const UpsertCustomFieldInput = builder.inputType('UpsertCustomFieldInput', {
  description:
    'A custom field as another system knows it. Created when there is none: then `name` and `type` are required. Otherwise patched: what is left out is kept; key, type and entity never change, and may only be sent as they are.',
  fields: (t) => ({
    ...inputFields(t, otherNewFields, 'patch'),
    ...listPartFields(t, identity),
    type: t.field({ type: TypeEnum, description: newType.description }),
    order: t.int({ description: `${describe(placeOfField)} Defaults to the last position.` }),
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
        ? {
            result: t.derived({
              type: UpsertResult,
              description: 'What happened to the record.',
              from: ({ result }) => result,
            }),
          }
        : {}),
      changedFields: t.derived({
        type: ['String'],
        description: 'The input names of the fields whose values changed. Empty if the call changed no value.',
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
  description: 'The deleted field.',
  fields: (t) => ({ deletedId: t.exposeID('deletedId', { description: 'The id of the deleted field.' }) }),
});

builder.mutationField('createCustomField', (t) =>
  t.field({
    type: payload('CreateCustomFieldPayload', 'The field that was created.'),
    nullable: true,
    access: 'ADMIN',
    description:
      'Creates a custom field. Fails with DUPLICATE if another field of the entity, archived or not, has the same key.',
    args: { input: t.arg({ type: CreateCustomFieldInput, required: true, description: 'The field.' }) },
    resolve: async (_, { input }, context) => ({ customField: await createCustomField(context, input) }),
  }),
);

builder.mutationField('patchCustomField', (t) =>
  t.field({
    type: changedPayload('PatchCustomFieldPayload', 'The field after the change.'),
    nullable: true,
    access: 'ADMIN',
    description: 'Patches a custom field and its options. Omitted fields keep their values.',
    args: {
      by: t.arg({ type: CustomFieldKey, required: true, description: 'The field.' }),
      input: t.arg({
        type: PatchCustomFieldInput,
        required: true,
        description: 'The changes. Omitted fields keep their values.',
      }),
      expectedRevision: t.arg.int({ description: REVISION }),
    },
    resolve: (_, { by, input, ...options }, context) => patchCustomField(context, by, input, options),
  }),
);

builder.mutationField('archiveCustomField', (t) =>
  t.field({
    type: payload('ArchiveCustomFieldPayload', 'The field after the change.'),
    nullable: true,
    access: 'ADMIN',
    description:
      'Archives or unarchives a custom field. Values of an archived field are kept, but cannot be read or written.',
    args: {
      by: t.arg({ type: CustomFieldKey, required: true, description: 'The field.' }),
      archived: t.arg.boolean({
        required: true,
        defaultValue: true,
        description: 'true archives the field; false unarchives it.',
      }),
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
    description: 'Permanently deletes a custom field and its values on all records.',
    args: {
      by: t.arg({ type: CustomFieldKey, required: true, description: 'The field.' }),
      expectedRevision: t.arg.int({ description: REVISION }),
    },
    resolve: async (_, { by, ...options }, context) => ({
      deletedId: (await deleteCustomField(context, by, options)).id,
    }),
  }),
);
