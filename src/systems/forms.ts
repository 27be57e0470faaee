/** The forms that the lines of the tables are made of: how one value of theirs becomes one of ours, and back. */
import { getCountryDataList } from 'countries-list';
import { isObject } from '../base/is-object.ts';
import { clientFields } from '../clients/fields.ts';
import type { Values } from '../fields/kind.ts';
import { glimpse } from '../fields/parse.ts';
import { type Form, idIn } from './mapping.ts';

/** The same value on both sides. */
export const same: Form = { says: 'as it is', read: (value) => value, write: (value) => value };

/** The same value on both sides; read, and not written, where the record has none. */
export const sameIfSet: Form = { ...same, omitsNull: true };

/** An object whose fields have lines of their own. */
export const object: Form = {
  says: 'null clears it whole; its fields are below',
  read: () => undefined,
  write: () => undefined,
  holdsLines: true,
};

/** The object that holds the body. */
export const envelope: Form = { ...object, says: 'holds the fields below' };

/** A word of theirs for one of ours. `back` says what is written for those of ours, where that is not the opposite. */
export function choice(words: Readonly<Record<string, string>>, back?: Readonly<Record<string, string>>): Form {
  const theirs = new Map(Object.entries(words));
  const opposite = [...theirs].reverse().map(([their, our]) => [our, their] as const);
  const ours = new Map(back ? Object.entries(back) : opposite);
  const names = [...theirs.keys()].join(', ');
  return {
    says: [...theirs].map(([their, our]) => (their === our ? our : `${their} is ${our}`)).join(', '),
    read: (value, report) =>
      (typeof value === 'string' ? theirs.get(value) : undefined) ??
      report(`must be one of ${names}, not ${glimpse(value)}`),
    write: (value) => (typeof value === 'string' ? ours.get(value) : undefined),
  };
}

/** A whole number of theirs as the text of an id. */
function idOfNumber(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
}

/** The number that the text of an id is, where it is one that JSON holds exactly. */
function numberOfId(id: unknown): number | undefined {
  if (typeof id !== 'string' || !/^(0|[1-9]\d*)$/.test(id)) return undefined;
  return Number.isSafeInteger(Number(id)) ? Number(id) : undefined;
}

const NO_NUMBER = 'must be a whole number from 0 to 9007199254740991, beyond which JSON loses digits, not';

/** The record's own id: a number of theirs, a text of ours. */
export const ownNumber: Form = {
  says: 'the number as text',
  read: (value, report) => idOfNumber(value) ?? report(`${NO_NUMBER} ${glimpse(value)}`),
  write: numberOfId,
  omitsNull: true,
};

/** Reference to the record that has the number among its external ids, under the system's name. */
export function byNumber(system: string, { instead }: { instead?: null } = {}): Form {
  return {
    says: `the record that has it as external id of the system \`${system}\``,
    read: (value, report) => {
      const id = idOfNumber(value);
      return id === undefined ? report(`${NO_NUMBER} ${glimpse(value)}`) : { externalId: { system, id } };
    },
    write: (record) => numberOfId(idOf(record, system)),
    ...(instead === undefined ? {} : { instead }),
  };
}

/** Reference to the record that has the text among its external ids, under the system's name. */
export function byId(system: string): Form {
  return {
    says: `the record that has it as external id of the system \`${system}\``,
    read: (id, report) =>
      typeof id === 'string' ? { externalId: { system, id } } : report(`must be a string, not ${glimpse(id)}`),
    write: (record) => idOf(record, system),
  };
}

/** Reference to the record of the name. */
export const byName: Form = {
  says: 'the record of that name',
  read: (name, report) => (typeof name === 'string' ? { name } : report(`must be a string, not ${glimpse(name)}`)),
  write: (record) => (isObject(record) && typeof record.name === 'string' ? record.name : undefined),
};

const idOf = (record: unknown, system: string): unknown =>
  isObject(record) ? idIn(record.externalIds, system) : undefined;

/** Countries by their codes of two and three letters and by their English names, in lower case. */
const countryCodes = new Map(
  getCountryDataList().flatMap(({ iso2, iso3, name, alias = [] }) =>
    [...alias, name, iso3, iso2].map((text) => [text.toLowerCase(), iso2] as const),
  ),
);

/** A country in free text, which is a code of ours. */
export const country: Form = {
  says: 'a code of two or three letters, or an English name, as the code of two letters',
  read: (value, report) =>
    (typeof value === 'string' ? countryCodes.get(value.trim().toLowerCase()) : undefined) ??
    report(`must be a code or the English name of a country, not ${glimpse(value)}`),
  write: (code) => code,
};

/** First and last name as the name of a client; `firstName` is the other field of theirs. */
export function nameOfPerson(firstName: string): Form {
  return {
    says: `\`${firstName}\` and this, where both are there`,
    read: (lastName, _report, beside) => {
      const first = beside[firstName];
      if (typeof first !== 'string' || typeof lastName !== 'string') return undefined;
      return [...`${first} ${lastName}`.trim()].slice(0, clientFields.name.max).join('') || undefined;
    },
    write: () => undefined,
  };
}

/** The members of an object one by one, each as `make` makes it; undefined ones are left out. */
export function eachOf(values: Values, make: (value: unknown, key: string) => unknown): Values {
  const made = Object.entries(values).map(([key, value]) => [key, make(value, key)] as const);
  return Object.fromEntries(made.filter(([, value]) => value !== undefined));
}
