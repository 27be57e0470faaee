/** The input types of filters, made from what the records declare of theirs (records/filters.ts). */
import type { InputRef, InputType } from '@pothos/core';
import type { FilterInput, FilterValue, OperatorsType } from '../records/filter-kinds.ts';
import { CONDITIONS_BOUND, type FieldsType, type FilterFields } from '../records/filters.ts';
import { kindNamed } from '../records/kind.ts';
import { builder, type ExtendedTypes } from './builder.ts';
import { choiceEnum } from './fields.ts';
import { keyInput } from './keys.ts';

const made = new Map<string, InputRef<FilterInput>>();

/** The input type of a filter's operators or fields. Asked twice, the same. */
function inputOf(type: OperatorsType | FieldsType<never>): InputRef<FilterInput> {
  const known = made.get(type.name);
  if (known) return known;
  const ref = builder.inputType(type.name, {
    description: type.says,
    fields: (t) =>
      'fields' in type
        ? fieldsOf(t, type.fields)
        : Object.fromEntries(
            Object.entries(type.operators).map(([name, { takes, list, says, required = false }]) => [
              name,
              t.field({ type: list ? [inputValue(takes)] : inputValue(takes), required, description: says }),
            ]),
          ),
  });
  made.set(type.name, ref);
  return ref;
}

function inputValue(value: FilterValue): InputType<ExtendedTypes> {
  if (typeof value === 'string') return value;
  return 'key' in value ? keyInput(kindNamed(value.key)) : choiceEnum(value);
}

function fieldsOf(t: PothosSchemaTypes.InputFieldBuilder<ExtendedTypes, 'InputObject'>, fields: FilterFields<never>) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { type, list, says }]) => [
      name,
      t.field({ type: list ? [inputOf(type)] : inputOf(type), description: says }),
    ]),
  );
}

/** The filter of a list: its fields, and `and`, `or` and `not` over filters like it. */
export function filterInput(name: string, what: string, fields: FilterFields<never>): InputRef<FilterInput> {
  const ref = builder.inputRef<FilterInput>(name);
  ref.implement({
    description: `Filter on ${what}. All given conditions must match; combine them with \`and\`, \`or\` and \`not\`.`,
    fields: (t) => ({
      and: t.field({
        type: [ref],
        description: `All of these filters must match. An empty list matches everything. ${CONDITIONS_BOUND}`,
      }),
      or: t.field({
        type: [ref],
        description: `At least one of these filters must match. An empty list matches nothing. ${CONDITIONS_BOUND}`,
      }),
      not: t.field({ type: ref, description: 'This filter must not match.' }),
      ...fieldsOf(t, fields),
    }),
  });
  return ref;
}

export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Sort direction. Empty values come last in both directions.',
  values: {
    ASC: { description: 'Ascending: smallest, first or oldest value first.' },
    DESC: { description: 'Descending: greatest, last or newest value first.' },
  } as const,
});
