/** What the plugin for records leaves on the schema. What it does not let compile is in records-plugin.types.ts. */
import { isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../src/schema.ts';

test('Every type of records says its model, and every field of one what it reads', () => {
  const records = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => type.extensions.record);
  expect(records.map(({ name }) => name).sort()).toEqual(
    [
      ...['AccountTeamMember', 'Change', 'Client', 'ClientContact', 'ClientGroup', 'ClientLocation', 'ClientType'],
      ...['ContactRole', 'CustomField', 'Employee', 'Region', 'SuccessCycle'],
    ].sort(),
  );
  const silent = records.flatMap((type) =>
    Object.values(type.getFields())
      .filter(({ name, extensions }) => name !== 'id' && extensions.record?.source === undefined)
      .map(({ name }) => `${type}.${name}`),
  );
  expect(silent).toEqual([]);
});

test('Fields without arguments that look at their source alone say so', () => {
  const others = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(
      (type) => !type.name.startsWith('__') && type !== schema.getQueryType() && type !== schema.getMutationType(),
    )
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ args, extensions }) => args.length === 0 && extensions.execution === undefined)
        .map(({ name }) => `${type}.${name}`),
    );
  // These look at the firm's definitions.
  const custom = ['customFields', 'customFieldValues'];
  expect(others.sort()).toEqual(
    ['Client', 'ClientContact'].flatMap((type) => custom.map((name) => `${type}.${name}`)).sort(),
  );
});
