/** GraphQL fields, output and input, made from the declared fields of a record, so that a limit is written once. */
import type { EnumRef, FieldRef, InputRef, InputType, ObjectRef, TypeParam } from '@pothos/core';
import type { Row } from '../database/sql/index.ts';
import { fullAddress } from '../fields/address.ts';
import type { ChoiceField } from '../fields/choice.ts';
import {
  type Field,
  type Fields,
  fieldClass,
  isFreeText,
  kindOfField,
  publicName,
  requirement,
} from '../fields/fields.ts';
import type { Composite, FieldType } from '../fields/kind.ts';
import type { RecordFieldOptions } from '../pothos/index.ts';
import type { KeyInput } from '../records/keys.ts';
import { kindNamed } from '../records/kind.ts';
import { type ListParts, partsOfList } from '../records/list-parts.ts';
import { builder, type ExtendedTypes } from './builder.ts';
import { keyInput } from './keys.ts';

/** The field builder of any model that has these columns. */
export interface ColumnBuilder<Name extends string> {
  column(
    name: Name,
    options: RecordFieldOptions & { type?: TypeParam<ExtendedTypes>; nullable?: boolean },
  ): FieldRef<ExtendedTypes>;
}
export type InputBuilder = PothosSchemaTypes.InputFieldBuilder<ExtendedTypes, 'InputObject'>;

/** The patch rule in short, for the descriptions of inputs. */
export const PATCH_RULE_SAYS =
  'what is left out is kept; null clears what may be empty, and so does "" in free text, while it is an error in other fields; a list is replaced whole; an object is merged.';

/** The description of a field with what its values must be. */
export function describe(field: Field): string {
  if (field.kind === 'boolean') return field.description;
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
  });
  enums.set(name, made);
  return made;
}

/** The GraphQL enum of a field's choices. */
export const choiceEnum = (field: ChoiceField) => enumOf(field.name, field.values, field.description);

function objectOf(field: Composite): ObjectRef<ExtendedTypes, Row> {
  const known = objects.get(field.name);
  if (known) return known;
  const ref = builder.objectRef<Row>(field.name);
  objects.set(field.name, ref);
  ref.implement({
    description: field.description,
    fields: (t) =>
      Object.fromEntries(
        Object.entries(field.fields as Fields).map(([name, part]) => [
          name,
          t.derived({
            type: outputType(part),
            nullable: isNullable(part),
            description: describe(part),
            from: field.name === 'Address' && name === 'fullAddress' ? fullAddress : (object) => object[name],
          }),
        ]),
      ),
  });
  return ref;
}

function isNullable(field: Field): boolean {
  return !['required', 'list'].includes(fieldClass(field));
}

function inputOf(field: Composite): InputRef<unknown> {
  const name = `${field.name}Input`;
  const known = inputs.get(name);
  if (known) return known;
  const rule = field.whole ? '' : ' In a patch, omitted fields keep their values and null clears a field.';
  const made: InputRef<unknown> = builder.inputType(name, {
    description: `${field.description}${rule}`,
    fields: (t) => inputFields(t, field.fields as Fields, field.whole ? 'create' : 'patch'),
  });
  inputs.set(name, made);
  return made;
}

/** The GraphQL type by which a field is read. */
function outputType(field: Field): TypeParam<ExtendedTypes> {
  const of = (type: FieldType): TypeParam<ExtendedTypes> => {
    if ('list' in type) return [of(type.list)] as TypeParam<ExtendedTypes>;
    if ('object' in type) return objectOf(type.object);
    if ('key' in type) throw new Error(`${field.description} A reference is read as the record it leads to.`);
    return leafOf(type);
  };
  return of(kindOfField(field).type(field));
}

/** The GraphQL type by which a field is sent. */
function inputType(field: Field): InputType<ExtendedTypes> | [InputType<ExtendedTypes>] {
  const of = (type: FieldType): InputType<ExtendedTypes> | [InputType<ExtendedTypes>] => {
    if ('list' in type) return [of(type.list) as InputType<ExtendedTypes>];
    if ('object' in type) return inputOf(type.object);
    if ('key' in type) return keyInputOf(type.key);
    return leafOf(type);
  };
  return of(kindOfField(field).type(field));
}

/** How records of a model are named in inputs. */
function keyInputOf(model: string): InputRef<KeyInput> {
  return keyInput(kindNamed(model));
}

/** A type that is the same in outputs and inputs. */
function leafOf(type: Exclude<FieldType, { object: Composite } | { list: FieldType } | { key: string }>) {
  if ('enum' in type) return enumOf(type.enum.name, type.enum.values, type.enum.description);
  return type.scalar as keyof ExtendedTypes['inputShapes'] & keyof ExtendedTypes['outputShapes'] & string;
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
export function outputFields<F extends Fields>(
  t: ColumnBuilder<NoInfer<keyof F & string>>,
  fields: F,
  portal: readonly NoInfer<keyof F & string>[] | 'all' = [],
) {
  const shown: readonly string[] = portal === 'all' ? Object.keys(fields) : portal;
  const made: Record<string, FieldRef<ExtendedTypes>> = {};
  for (const name in fields) {
    const field = fields[name];
    if (field === undefined || leadsElsewhere(field)) continue;
    made[name] = t.column(name, {
      type: outputType(field),
      nullable: isNullable(field),
      description: describe(field),
      portal: shown.includes(name),
    });
  }
  return made;
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
      const input = t.field({ type: inputType(field), required: required.includes(name), description });
      return [publicName(name, field), input];
    }),
  );
}

/** The inputs by which a patch or upsert changes single members of the lists among the fields. */
export function listPartFields(t: InputBuilder, fields: Fields) {
  const made: Record<string, ReturnType<typeof t.field>> = {};
  for (const [name, field] of Object.entries(fields)) {
    const parts = partsOfList(name, field);
    if (parts === undefined) continue;
    const apart = `Not together with \`${name}\`.`;
    if (parts.of === 'texts') {
      made[parts.add] = t.stringList({
        description: `Adds these to \`${name}\`, at its end, where they are not in it yet. ${apart} ${requirement(field)}`,
      });
      made[parts.remove] = t.stringList({
        description: `Takes these out of \`${name}\`. ${apart} ${requirement(field)}`,
      });
    } else {
      const type = partInput(parts);
      made[parts.set] = t.field({
        type: [type],
        description: `Sets single items of \`${name}\`, or takes them away; the others stay. ${apart} ${requirement(field)}`,
      });
    }
  }
  return made;
}

/** The input of one item that is set, or taken away. */
function partInput({ field, key, value }: Extract<ListParts, { of: 'items' }>): InputRef<unknown> {
  const name = `Set${field.name}Input`;
  const known = inputs.get(name);
  if (known) return known;
  const [keyField, valueField] = [field.fields[key], field.fields[value]];
  if (!keyField || !valueField) throw new Error(`${field.name} has no ${key} or no ${value}`);
  const made: InputRef<unknown> = builder.inputType(name, {
    description: `What an item becomes: one with this ${key} is replaced, or added; with a ${value} that is null it is taken away.`,
    fields: (t) => ({
      ...inputFields(t, { [key]: keyField }, 'create', [key]),
      [value]: t.field({
        type: inputType(valueField),
        description: `${describe(valueField)} null takes the item away.`,
      }),
    }),
  });
  inputs.set(name, made);
  return made;
}

function defaultText(field: Field, way: 'create' | 'patch'): string {
  if (way === 'patch') {
    if (fieldClass(field) === 'list') return ' [] clears it; null is an error.';
    if (fieldClass(field) === 'required') return ' null is an error.';
    return isFreeText(field) ? ' null or "" clears it.' : ' null clears it.';
  }
  return 'default' in field && field.default !== undefined ? ` Defaults to ${String(field.default)}.` : '';
}

/** The fields that every record carries, from its columns. */
export function recordFields(
  t: ColumnBuilder<'createdAt' | 'updatedAt' | 'revision'>,
  what: string,
  { portal = false }: { portal?: boolean } = {},
) {
  return {
    createdAt: t.column('createdAt', {
      type: 'DateTime',
      description: `When the ${what} was created.`,
      portal,
    }),
    updatedAt: t.column('updatedAt', {
      type: 'DateTime',
      description: `When the ${what} last changed. Writes that change no value do not update it.`,
      portal,
    }),
    revision: t.column('revision', {
      type: 'Int',
      description: `Revision number of the ${what}. Starts at 1 and increases with each change.`,
    }),
  };
}
