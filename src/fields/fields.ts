/**
 * The kinds of field a record can have: each is one object in one file beside this one, and is listed here. A record's
 * fields are declared once, as data: input checks, the patch rule, GraphQL inputs and their descriptions, merging, files,
 * the property tests and the documentation all read them.
 */
import { type BooleanField, booleanKind } from './boolean.ts';
import { type ChoiceField, choiceKind } from './choice.ts';
import { type CustomFieldsField, customFieldsKind } from './custom-fields.ts';
import { type FormatField, type FormatName, formatKinds } from './formats.ts';
import { type IntegerField, integerKind } from './integer.ts';
import type { FieldClass, FieldKind } from './kind.ts';
import { type MoneyField, moneyKind } from './money.ts';
import { type ObjectField as ObjectFieldOf, objectKind } from './object.ts';
import { type ObjectListField as ObjectListFieldOf, objectListKind } from './object-list.ts';
import { type ReferenceField, referenceKind } from './reference.ts';
import { type TextField, textKind } from './text.ts';
import { type TextListField, textListKind } from './text-list.ts';

export { boolean } from './boolean.ts';
export { type ChoiceField, choice } from './choice.ts';
export { customFields } from './custom-fields.ts';
export { format } from './formats.ts';
export { integer } from './integer.ts';
export { a, nounOf, publicName } from './kind.ts';
export { money } from './money.ts';
export { type ReferenceField, reference } from './reference.ts';
export { type TextField, text } from './text.ts';
export { type TextListField, textList } from './text-list.ts';

export interface ObjectField extends ObjectFieldOf<Fields> {}
export interface ObjectListField extends ObjectListFieldOf<Fields> {}

/** The fields there are, by their kind. */
type FieldsByKind = { [Name in FormatName]: FormatField<Name> } & {
  text: TextField;
  choice: ChoiceField;
  boolean: BooleanField;
  integer: IntegerField;
  money: MoneyField;
  reference: ReferenceField;
  textList: TextListField;
  object: ObjectField;
  objectList: ObjectListField;
  customFields: CustomFieldsField;
};

export type Field = FieldsByKind[keyof FieldsByKind];

export type Fields = Readonly<Record<string, Field>>;

const KINDS: { readonly [Kind in keyof FieldsByKind]: FieldKind<FieldsByKind[Kind]> } = {
  ...formatKinds,
  text: textKind,
  choice: choiceKind,
  boolean: booleanKind,
  integer: integerKind,
  money: moneyKind,
  reference: referenceKind,
  textList: textListKind,
  object: objectKind,
  objectList: objectListKind,
  customFields: customFieldsKind,
};

/** What the program knows of the field's values. */
export function kindOfField(field: { readonly kind: string }): FieldKind<Field> {
  const kind = KINDS[field.kind as keyof FieldsByKind];
  if (kind === undefined) throw new Error(`There is no kind of field ${field.kind}`);
  return kind as FieldKind<never> as FieldKind<Field>;
}

/** What a value of the field must be, as a sentence: for schema descriptions and error messages alike. */
export function requirement(field: Field): string {
  return kindOfField(field).requirement(field);
}

/** Which column of the patch rule's table a field falls under. */
export function fieldClass(field: Field): FieldClass {
  return kindOfField(field).class(field);
}

/** Whether the field is free text, where the empty one stands for nothing. */
export function isFreeText(field: Field): boolean {
  return kindOfField(field).free?.(field) ?? false;
}

export const objectList = (
  description: string,
  options: Omit<ObjectListField, 'kind' | 'description'>,
): ObjectListField => ({ kind: 'objectList', description, ...options });

export const object = (
  description: string,
  name: string,
  fields: Fields,
  options: { joins?: boolean } = {},
): ObjectField => ({ kind: 'object', description, name, fields, joins: true, ...options });
