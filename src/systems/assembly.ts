/**
 * Assembly (formerly Copilot) creates clients who are people, with values of custom fields. Keys of fields and of options
 * are the same here, so values need no translation. The fields are defined first: `assembly.definitions` reads and writes
 * their definitions.
 */
import { isObject } from '../base/is-object.ts';
import { ADDRESS_PARTS, addressText } from '../custom-values/values.ts';
import { glimpse } from '../fields/parse.ts';
import { choice, eachOf, nameOfPerson, same, sameIfSet } from './forms.ts';
import { type Form, line, mapping, type Report } from './mapping.ts';

const customFields: Form = {
  says: 'each value under its key: text, a number, a list of option keys, an address as an object or as text',
  read: (values, report) => {
    if (!isObject(values)) return report(`must be an object, not ${glimpse(values)}`);
    return eachOf(values, (value, key) =>
      customValue(value, (reason, part = value, inside = []) => report(reason, part, [key, ...inside])),
    );
  },
  write: (values) => (isObject(values) ? eachOf(values, theirValue) : undefined),
};

function customValue(value: unknown, report: Report): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (Array.isArray(value)) {
    return value.every((option) => typeof option === 'string') ? value : report('must be a list of option keys');
  }
  if (!isObject(value))
    return report(`must be text, a number, a list of option keys or an address, not ${glimpse(value)}`);
  return eachOf(value, (part, name) =>
    Object.hasOwn(ADDRESS_PARTS, name) ? part : report(`an address has the parts ${PARTS}`, part, [name]),
  );
}

const PARTS = Object.keys(ADDRESS_PARTS).join(', ');

/** What is unset is left out, and so are Booleans, which Assembly lacks. Its addresses need a country, or are text. */
function theirValue(value: unknown): unknown {
  if (value === null || typeof value === 'boolean') return undefined;
  if (!isObject(value)) return value;
  const parts = eachOf(value, (part) => (typeof part === 'string' ? part : undefined));
  const text = addressText(parts) ?? undefined;
  return parts.country === undefined ? text : { ...parts, fullAddress: text };
}

const options: Form = {
  says: 'each with its `key`, `label` and `color`',
  read: (list, report) => {
    if (!Array.isArray(list)) return report(`must be a list, not ${glimpse(list)}`);
    return list.map((option: unknown, index) => {
      if (!isObject(option)) return option;
      return eachOf(option, (value, name) =>
        OPTION_PARTS.includes(name) ? value : report(NO_PART, value, [index, name]),
      );
    });
  },
  write: (list) =>
    Array.isArray(list)
      ? list
          .filter(isObject)
          .map((option) =>
            eachOf(option, (value, name) => (OPTION_PARTS.includes(name) ? (value ?? undefined) : undefined)),
          )
      : undefined,
};

const OPTION_PARTS: readonly string[] = ['key', 'label', 'color'];
const NO_PART = 'options are known by their keys, and have a label and a color beside';

/** The types that Assembly has. Of ours it lacks BOOLEAN, DATE and SINGLE_SELECT. */
const type = choice({
  text: 'TEXT',
  multiSelect: 'MULTI_SELECT',
  email: 'EMAIL',
  address: 'ADDRESS',
  url: 'URL',
  number: 'NUMBER',
  phoneNumber: 'PHONE_NUMBER',
});

const definitions = mapping({
  name: 'assembly',
  title: 'Assembly',
  entity: 'customField',
  withoutKey: 'CREATED',
  foundBy: ['assembly'],
  always: { entity: 'CLIENT' },
  lines: [
    line('id', 'externalIds.assembly', sameIfSet, 'Finds the definition.'),
    line('key', 'key', same),
    line('name', 'name', same),
    line('type', 'type', type),
    line('order', 'order', same),
    line('options', 'options', options, 'Ids of options are reported: a key names an option.'),
  ],
  noPlace: [],
  lost: ['`type` is left out for BOOLEAN, DATE and SINGLE_SELECT, which Assembly lacks.'],
});

export const assembly = {
  ...mapping({
    name: 'assembly',
    title: 'Assembly',
    entity: 'client',
    withoutKey: 'CREATED',
    foundBy: ['assembly'],
    lines: [
      line('id', 'externalIds.assembly', sameIfSet, 'Finds the client. In answers, not in the body of a create.'),
      line('givenName', 'person.firstName', same),
      line('familyName', 'person.lastName', same),
      line('familyName', 'name', nameOfPerson('givenName')),
      line('email', 'email', same),
      line('customFields', 'customFields', customFields, 'An address as text is its `fullAddress`.'),
    ],
    noPlace: [],
    lost: [
      'Our `name` is not written: `givenName` and `familyName` tell it.',
      'Custom values that are unset, true or false are left out. A date is written as text, a single choice as its key.',
      'An address without a country is written as text, its parts in it, since an address object of Assembly has one; one without `fullAddress` gets it made of its parts.',
    ],
  }),
  /** The definitions of its custom fields. */
  definitions,
};
