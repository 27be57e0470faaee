/** The input types of filters: one for each kind of value, with the operators that records/filters.ts gives meaning to. */
import type { InputRef } from '@pothos/core';
import { FILTER_CONDITIONS_MAX, FILTER_VALUES_MAX, type FilterInput } from '../records/filters.ts';
import { builder } from './builder.ts';

export const VALUES_BOUND = `At most ${FILTER_VALUES_MAX} values.`;
/** What bounds the lists of conditions in a filter. */
export const CONDITIONS_BOUND = `A filter has at most ${FILTER_CONDITIONS_MAX} conditions in all.`;
const isNull = 'true: only empty ones; false: only those with a value.';

export const TextFilter = builder.inputType('TextFilter', {
  description: 'Conditions on text. All that are given must hold.',
  fields: (t) => ({
    equals: t.string({ description: 'Is this text, exactly.' }),
    contains: t.string({ description: 'Contains this text, without regard to case.' }),
    startsWith: t.string({ description: 'Starts with this text, without regard to case.' }),
    in: t.stringList({ description: `Is one of these texts, exactly. ${VALUES_BOUND}` }),
    isNull: t.boolean({ description: isNull }),
  }),
});

export const IdFilter = builder.inputType('IdFilter', {
  description: 'Conditions on an id. All that are given must hold.',
  fields: (t) => ({
    equals: t.id({ description: 'Is this id.' }),
    in: t.idList({ description: `Is one of these ids. ${VALUES_BOUND}` }),
    isNull: t.boolean({ description: isNull }),
  }),
});

export const KeywordFilter = builder.inputType('KeywordFilter', {
  description: 'Conditions on a text that is matched as a whole, such as a phone number. All that are given must hold.',
  fields: (t) => ({
    equals: t.string({ description: 'Is this text, exactly.' }),
    in: t.stringList({ description: `Is one of these texts, exactly. ${VALUES_BOUND}` }),
    isNull: t.boolean({ description: isNull }),
  }),
});

/** A filter of equality and order over a scalar. */
function orderedFilter(name: string, type: 'Int' | 'Date' | 'DateTime', what: string) {
  return builder.inputType(name, {
    description: `Conditions on ${what}. All that are given must hold.`,
    fields: (t) => ({
      equals: t.field({ type, description: `Is this ${what}.` }),
      gt: t.field({ type, description: `Is after or above this ${what}.` }),
      gte: t.field({ type, description: `Is this ${what}, or after or above it.` }),
      lt: t.field({ type, description: `Is before or below this ${what}.` }),
      lte: t.field({ type, description: `Is this ${what}, or before or below it.` }),
      in: t.field({ type: [type], description: `Is one of these. ${VALUES_BOUND}` }),
      isNull: t.boolean({ description: isNull }),
    }),
  });
}

export const IntFilter = orderedFilter('IntFilter', 'Int', 'number');
export const DateFilter = orderedFilter('DateFilter', 'Date', 'date');
export const DateTimeFilter = orderedFilter('DateTimeFilter', 'DateTime', 'instant');

export const BooleanFilter = builder.inputType('BooleanFilter', {
  description: 'Conditions on a Boolean.',
  fields: (t) => ({
    equals: t.boolean({ description: 'Is this.' }),
    isNull: t.boolean({ description: isNull }),
  }),
});

export const ListFilter = builder.inputType('ListFilter', {
  description: 'Conditions on a list of texts. All that are given must hold.',
  fields: (t) => ({
    hasEvery: t.stringList({ description: `Has all of these. ${VALUES_BOUND}` }),
    hasSome: t.stringList({ description: `Has at least one of these. ${VALUES_BOUND}` }),
    isEmpty: t.boolean({ description: 'true: only empty lists; false: only others.' }),
  }),
});

/** A filter of equality over an enum. */
export function enumFilter<T>(name: string, type: T, what: string): InputRef<FilterInput> {
  return builder.inputType(name, {
    description: `Conditions on ${what}. All that are given must hold.`,
    fields: (t) => ({
      equals: t.field({ type: type as 'String', description: 'Is this.' }),
      in: t.field({ type: [type] as ['String'], description: `Is one of these. ${VALUES_BOUND}` }),
    }),
  }) as unknown as InputRef<FilterInput>;
}

export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Which way a list is ordered. Empty values come last either way.',
  values: {
    ASC: { description: 'Smallest, first or oldest at the start.' },
    DESC: { description: 'Greatest, last or newest at the start.' },
  } as const,
});
