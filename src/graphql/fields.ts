/** GraphQL fields, output and input, made from the declared fields of a record, so that a limit is written once. */
import type { EnumRef, InputFieldRef, InputRef, ObjectRef } from '@pothos/core';
import type { Row } from '../database/database.ts';
import { fullAddress } from '../records/address.ts';
import {
  type ChoiceField,
  type Field,
  type Fields,
  type ObjectField,
  type ObjectListField,
  requirement,
} from '../records/fields.ts';
import { fieldClass } from '../records/patch.ts';
import { builder, type ExtendedTypes } from './builder.ts';

export type RowFieldBuilder = PothosSchemaTypes.ObjectFieldBuilder<ExtendedTypes, Row>;
export type InputBuilder = PothosSchemaTypes.InputFieldBuilder<ExtendedTypes, 'InputObject'>;

/** The description of a field with what its values must be. */
export function describe(field: Field): string {
  return `${field.description} ${requirement(field)}`;
}

const enums = new Map<string, EnumRef<ExtendedTypes, string>>();
const objects = new Map<string, ObjectRef<ExtendedTypes, Row>>();
const inputs = new Map<string, InputRef<unknown>>();

/** A GraphQL enum from value names and their descriptions. Asked twice, the same. */
export function enumOf(
  name: string,
  values: Readonly<Record<string, string>>,
  description: string,
): EnumRef<ExtendedTypes, string> {
  const known = enums.get(name);
  if (known) return known;
  const made = builder.enumType(name, {
    description,
    values: Object.fromEntries(Object.entries(values).map(([value, says]) => [value, { value, description: says }])),
  }) as unknown as EnumRef<ExtendedTypes, string>;
  enums.set(name, made);
  return made;
}

const choiceEnum = (field: ChoiceField) => enumOf(field.name, field.values, field.description);

function objectOf(field: ObjectField | ObjectListField): ObjectRef<ExtendedTypes, Row> {
  const known = objects.get(field.name);
  if (known) return known;
  const ref = builder.objectRef<Row>(field.name);
  objects.set(field.name, ref);
  ref.implement({
    description: field.description,
    fields: (t) => ({
      ...outputFields(t, field.fields),
      ...(field.name === 'Address'
        ? {
            fullAddress: t.string({
              nullable: true,
              description: describe(field.fields.fullAddress ?? field),
              resolve: fullAddress,
            }),
          }
        : {}),
    }),
  });
  return ref;
}

function inputOf(field: ObjectField | ObjectListField): InputRef<unknown> {
  const name = `${field.name}Input`;
  const known = inputs.get(name);
  if (known) return known;
  const rule = field.kind === 'object' ? ' In a patch: what is left out is kept, null clears.' : '';
  const made = builder.inputType(name, {
    description: `${field.description}${rule}`,
    fields: (t) => inputFields(t, field.fields, field.kind === 'objectList' ? 'create' : 'patch'),
  }) as InputRef<unknown>;
  inputs.set(name, made);
  return made;
}

/** The GraphQL type by which a field is read, or sent. */
function typeOf(field: Field, way: 'output' | 'input') {
  switch (field.kind) {
    case 'text':
      return 'String';
    case 'choice':
      return choiceEnum(field);
    case 'boolean':
      return 'Boolean';
    case 'integer':
      return 'Int';
    case 'date':
      return 'Date';
    case 'email':
      return 'EmailAddress';
    case 'url':
      return 'URL';
    case 'phone':
      return 'PhoneNumber';
    case 'timezone':
      return 'TimeZone';
    case 'country':
      return 'CountryCode';
    case 'language':
      return 'String';
    case 'textList':
      return ['String'];
    case 'objectList':
      return way === 'output' ? [objectOf(field)] : [inputOf(field)];
    case 'object':
      return way === 'output' ? objectOf(field) : inputOf(field);
    case 'reference':
      return 'ID';
    case 'customFields':
      return 'JSONObject';
  }
}

/** Whether a field leads to other records: how is the domain's to say. */
function leadsElsewhere(field: Field): boolean {
  if (field.kind === 'objectList') return Object.values(field.fields).some((part) => part.kind === 'reference');
  return field.kind === 'reference' || field.kind === 'customFields';
}

/**
 * Output fields that read the column of their name. References and custom fields are the domain's own to expose.
 * `portal` names those that portal users may read.
 */
export function outputFields(t: RowFieldBuilder, fields: Fields, portal: readonly string[] = []) {
  const own = Object.entries(fields).filter(([, field]) => !leadsElsewhere(field));
  return Object.fromEntries(
    own.map(([name, field]) => {
      const nullable = !['required', 'list'].includes(fieldClass(field));
      const options = {
        type: typeOf(field, 'output'),
        nullable,
        description: describe(field),
        extensions: { portal: portal.includes(name) },
        resolve: (row: Row) => row[name],
      };
      return [name, t.field(options as never) as ReturnType<RowFieldBuilder['string']>];
    }),
  );
}

/**
 * Input fields for creating or patching. They are nullable in GraphQL, also where null is refused, so that the rules
 * can name every offending field at once; `required` names those without which there is nothing to do.
 */
export function inputFields(
  t: InputBuilder,
  fields: Fields,
  way: 'create' | 'patch',
  required: readonly string[] = [],
) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const description = `${describe(field)}${defaultText(field, way)}`;
      return [
        name,
        t.field({
          type: typeOf(field, 'input') as never,
          required: required.includes(name),
          description,
        } as never) as InputFieldRef<ExtendedTypes, unknown>,
      ];
    }),
  );
}

function defaultText(field: Field, way: 'create' | 'patch'): string {
  if (way === 'patch') {
    if (fieldClass(field) === 'list') return ' [] clears it; null is an error.';
    return fieldClass(field) === 'required' ? ' null is an error.' : ' null clears it.';
  }
  return 'default' in field && field.default !== undefined ? ` By default ${String(field.default)}.` : '';
}

/** The fields that every record carries, from its columns. */
export function recordFields(t: RowFieldBuilder, what: string, portal = false) {
  const extensions = { portal };
  const column = (name: string) => (row: Row) => row[name] as string;
  return {
    createdAt: t.field({
      type: 'DateTime',
      description: `When the ${what} was created.`,
      extensions,
      resolve: column('createdAt'),
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: `When the ${what} last changed. A write that changes nothing leaves it.`,
      extensions,
      resolve: column('updatedAt'),
    }),
    revision: t.int({
      description: `Counts the changes of the ${what}, from 1.`,
      resolve: (row) => row.revision as number,
    }),
  };
}
