/** Every list that a caller may send has a bound: the schema says it, and a longer list is refused by name. */
import { getNullableType, isListType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../src/schema.ts';
import { type AnswerError, startApp, type TestFirm } from './support/app.ts';
import { placed, places, smallest, smallestArguments } from './support/inputs.ts';
import { type RootField, rootFields } from './support/operations.ts';
import { make, type Records, recordsOf } from './support/records.ts';

let firm: TestFirm;
let records: Records;
/** A second record of the kinds that are merged. */
let twins: Record<string, string>;
beforeAll(async () => {
  firm = await (await startApp()).firm();
  records = await recordsOf(firm);
  for (const entity of ['CLIENT', 'CLIENT_CONTACT']) {
    await make(firm, 'CustomField', { name: 'Choices', key: 'choices', type: 'MULTI_SELECT', entity });
    await make(firm, 'CustomField', { name: 'Words', key: 'words', type: 'TEXT', entity });
  }
  const { id: client } = await make(firm, 'Client', { name: 'Twin' });
  const role = { client: { id: client }, role: { id: records.ids.ContactRole } };
  const { id: contact } = await make(firm, 'ClientContact', { ...role, lastName: 'Twin' });
  twins = { mergeClients: client, mergeClientContacts: contact };
});

const lists = rootFields(schema).flatMap((field) =>
  field.args.flatMap((argument) =>
    places(argument, [argument.name])
      .filter((place) => isListType(getNullableType(place.type)))
      .map((place) => ({ at: `${field.name}(${place.path.join('.')})`, field, argument, place })),
  ),
);

/** The bound that a description names. */
function boundIn(description: string): number {
  const [, bound = ''] = /\b(?:at most|up to|maximum) ([\d,]+)/i.exec(description) ?? [];
  return Number(bound.replaceAll(',', ''));
}

/** What is wrong with the argument, by the place in it. */
function faultsOf(errors: readonly AnswerError[] | undefined): Record<string, string> {
  const fields = errors?.flatMap(({ extensions }) => extensions.fields ?? []) ?? [];
  return Object.fromEntries(fields.map(({ path, message }) => [path.join('.'), message]));
}

describe('a list', () => {
  it('is met in many places', () => {
    expect(lists.length).toBeGreaterThan(50);
  });

  it.each(lists)(
    'at $at has a bound that the schema names, and no more are taken',
    async ({ field, argument, place }) => {
      const bound = boundIn(place.description);
      expect(bound, `a bound in "${place.description}"`).toBeGreaterThan(0);
      const type = getNullableType(place.type);
      if (!isListType(type)) throw new Error('There is no list');
      const item = itemOf(type.ofType);
      const tooLong = Array.from({ length: bound + 1 }, () => item);
      const [, ...within] = place.path;
      const sent = {
        ...smallestArguments(field, records),
        [argument.name]: placed(argument.type, within, tooLong, records),
      };
      if ('source' in sent) Object.assign(sent, { source: { id: twins[field.name] } });
      forItsOperator(sent, place.path);
      const { status, errors, data } = await firm.run(documentOf(field), sent);
      // What is wrong within an item of many is told of the item.
      const isWithinItem = isBulk(field) && place.path.length > 2;
      expect(status).toBe(isWithinItem ? 200 : 400);
      const message = new RegExp(`must have at most ${bound} \\w+, not ${bound + 1}`);
      const faults = isWithinItem ? faultsOfItems(data?.[field.name], place.path) : faultsOf(errors);
      expect(faults, JSON.stringify(errors ?? data)).toMatchObject({
        [place.path.join('.')]: expect.stringMatching(message),
      });
    },
  );
});

/** Whether the field writes many records. */
const isBulk = ({ name }: RootField) => /^(upsert|delete)\w+s$/.test(name);

/** The same as `faultsOf` of the items of a list at `path`. */
function faultsOfItems(data: unknown, [input = '', list = '']: readonly string[]): Record<string, string> {
  const { results } = data as { results: { index: number; errors: { path: string[]; message: string }[] }[] };
  const faults = results.flatMap(({ index, errors }) =>
    errors.map(({ path, message }) => [[input, list, index, ...path].join('.'), message]),
  );
  return Object.fromEntries(faults);
}

/** The least that can be asked of the field: what it returns does not matter, but for the faults of items. */
function documentOf(field: RootField): string {
  const { operation, name, args } = field;
  const variables = args.map((arg) => `$${arg.name}: ${arg.type}`).join(', ');
  const passed = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  return `${operation} (${variables}) { ${name}(${passed}) { __typename ${
    isBulk(field) ? 'results { index errors { path message } }' : ''
  } } }`;
}

/** A value for each item. */
const itemOf = (type: Parameters<typeof smallest>[0]) => smallest(type, records) ?? null;

/** Has a condition on a custom field speak of one that takes its operator. */
function forItsOperator(sent: Record<string, unknown>, path: readonly string[]): void {
  const operator = path.at(-1) ?? '';
  const at = path.lastIndexOf('customFields');
  if (at < 0 || at === path.length - 1) return;
  let condition: unknown = sent;
  for (const key of path.slice(0, -1)) condition = (condition as Record<string, unknown>)[key];
  (condition as Record<string, unknown>).key = operator.startsWith('has') ? 'choices' : 'words';
}

describe('what is sent as JSON', () => {
  const PATCH =
    'mutation ($id: ID!, $input: PatchClientInput!) { patchClient(by: { id: $id }, input: $input) { changedFields } }';
  const patch = async (customFields: Record<string, unknown>) =>
    faultsOf((await firm.run(PATCH, { id: records.ids.Client, input: { customFields } })).errors);

  it('has a bound on the custom fields of a record', async () => {
    const many = Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`key${index}`, null]));
    expect(await patch(many)).toEqual({ 'input.customFields': 'must have at most 500 items, not 501' });
  });

  it('has a bound on the options that are chosen', async () => {
    const many = Array.from({ length: 1_001 }, () => 'a');
    expect(await patch({ choices: many })).toEqual({
      'input.customFields.choices': '"choices" must have at most 1000 items, not 1001',
    });
  });
});
