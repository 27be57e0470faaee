/** Sends the items of systems' bodies to a server: what they name by keys is named by ids. */
import { isObject } from '../../src/base/is-object.ts';
import { clientFields } from '../../src/clients/fields.ts';
import { contactFields } from '../../src/contacts/fields.ts';
import type { Values } from '../../src/fields/kind.ts';
import type { Item, Mapping } from '../../src/systems/index.ts';
import type { TestFirm } from './app.ts';

/** Our ids by those of the systems: `clientsuccess 103`. */
export type KnownIds = Readonly<Record<string, string>>;

/** A mutation for an item. */
interface Sent {
  document: string;
  variables: Record<string, unknown>;
}

const mutation = (verb: string, type: string, args: string, selection = '') => {
  const field = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
  const passed = args.replaceAll(/\$(\w+): [\w!]+/g, '$1: $$$1');
  return `mutation (${args}) { ${verb}${type}(${passed}) { ${selection} ${field} { id } } }`;
};

/** The mutation for a client of a body: a patch of the one that the item names, else an upsert or a creation. */
export async function forClient(firm: TestFirm, system: Mapping, body: unknown, known: KnownIds = {}): Promise<Sent> {
  const { by, setExternalIds, ...fields } = onlyItem(system, body);
  const input: Record<string, unknown> = withIds(fields, clientFields, known);
  const { client } = by
    ? await firm.ok('query ($by: ClientKey!) { client(by: $by) { id externalIds { system id } } }', { by })
    : { client: null };
  if (setExternalIds !== undefined) input.externalIds = changedIds(client?.externalIds ?? [], setExternalIds);
  if (client) {
    const document = mutation('patch', 'Client', '$id: ID!, $input: PatchClientInput!', 'changedFields');
    return { document, variables: { id: client.id, input } };
  }
  const creates = system.withoutKey === 'CREATED';
  const document = creates
    ? mutation('create', 'Client', '$input: CreateClientInput!')
    : mutation('upsert', 'Client', '$input: UpsertClientInput!', 'result changedFields');
  return { document, variables: { input } };
}

/** The mutation for a contact of a body: a patch of the one that has the number, else a creation. */
export function forContact(system: Mapping, body: unknown, known: KnownIds): Sent {
  const { by, setExternalIds: _, allowDuplicates, ...fields } = onlyItem(system, body);
  const input = withIds(fields, contactFields, known);
  const id = by && known[`${by.externalId.system} ${by.externalId.id}`];
  const args = `$input: ${id ? 'Patch' : 'Create'}ClientContactInput!, $allowDuplicates: Boolean!`;
  const document = id
    ? mutation('patch', 'ClientContact', `$id: ID!, ${args}`, 'changedFields')
    : mutation('create', 'ClientContact', args);
  return { document, variables: { ...(id ? { id } : {}), input, allowDuplicates } };
}

/** The item that all of a body becomes. */
function onlyItem(system: Mapping, body: unknown): Item {
  const { items, unmapped } = system.read(body);
  const [item] = items;
  if (items.length !== 1 || !item || unmapped.length > 0) throw new Error(`Not mapped: ${JSON.stringify(unmapped)}`);
  return item;
}

/** References as ids: `assignedCsm: { externalId }` becomes `assignedCsmId`. */
function withIds(item: Values, fields: Values, known: KnownIds): Values {
  const entries = Object.entries(item).map(([name, value]) => {
    if (Object.hasOwn(fields, name) && name !== 'accountTeam') return [name, value];
    if (name === 'accountTeam' && Array.isArray(value)) {
      return [name, value.map(({ employee, role }) => ({ employeeId: idOf(employee, known), role }))];
    }
    if (name === 'type' && isObject(value) && 'name' in value) return ['typeName', value.name];
    return [`${name}Id`, value === null ? null : idOf(value, known)];
  });
  return Object.fromEntries(entries);
}

function idOf(key: unknown, known: KnownIds): string {
  const { externalId } = isObject(key) ? key : {};
  const { system, id } = isObject(externalId) ? externalId : {};
  const found = known[`${system} ${id}`];
  if (found === undefined) throw new Error(`Nothing has the key ${JSON.stringify(key)}`);
  return found;
}

/** The whole list, with single ids set and, where they are null, removed. */
function changedIds(held: { system: string; id: string }[], set: unknown): unknown[] {
  const ids = new Map(held.map((one) => [one.system, one]));
  for (const one of Array.isArray(set) ? set : []) {
    if (one.id === null) ids.delete(one.system);
    else ids.set(one.system, one);
  }
  return [...ids.values()];
}
