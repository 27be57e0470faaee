/** Random mutations of a firm's records, and what their payloads must contain. */
import { isDeepStrictEqual } from 'node:util';
import '../../src/kinds.ts';
import { kinds } from '../../src/records/kind.ts';
import type { Values } from './arguments.ts';
import type { Chance } from './chance.ts';
import type { Written } from './context.ts';
import { DAYS, EMAILS, NUMBERS, OPTIONS, PHONES, SYSTEMS, TAGS, TEXTS } from './data.ts';
import type { PrismaClient } from './prisma.ts';
import type { World } from './world.ts';

type Row = Values & { id: string; updatedAt?: unknown };

/** A mutation to send. */
export interface Mutation {
  field: string;
  values: Values;
  /** The payload's field for the record. */
  carried: string;
  /** Finds the record, even when it is deleted; null when it does not exist. */
  find(): Promise<Row | null>;
  /** Whether the payload shows the record as it was before the mutation, or as it is afterwards. */
  reads: 'before' | 'after';
  /** Whether sending it again changes nothing. */
  repeatable?: boolean;
}

/** Makes new names and keys unique. */
let count = 0;

export class Mutations {
  readonly #chance: Chance;
  readonly #world: World;
  readonly #prisma: PrismaClient;

  constructor(chance: Chance, world: World, prisma: PrismaClient) {
    this.#chance = chance;
    this.#world = world;
    this.#prisma = prisma;
  }

  /** A mutation of the records as they are now. */
  async next(): Promise<Mutation> {
    return this.#chance.weighted<Promise<Mutation> | Mutation>([
      [8, () => this.#upsertClient()],
      [6, () => this.#patchClient()],
      [4, () => this.#createClient()],
      [2, () => this.#deleteClient()],
      [2, () => this.#restoreClient()],
      [2, () => this.#mergeClients()],
      [5, () => this.#upsertContact()],
      [4, () => this.#patchContact()],
      [3, () => this.#createContact()],
      [2, () => this.#deleteContact()],
      [1, () => this.#mergeContacts()],
      [4, () => this.#location()],
      [5, () => this.#named()],
      [4, () => this.#customField()],
    ]);
  }

  get #where() {
    const { firmId } = this.#world;
    return { firmId };
  }

  async #live(model: 'client' | 'clientContact' | 'clientLocation', deleted = false): Promise<string> {
    const where = { ...this.#where, deletedAt: deleted ? { not: null } : null };
    const args = { where, select: { id: true }, orderBy: { id: 'asc' } } as const;
    const rows =
      model === 'client'
        ? await this.#prisma.client.findMany(args)
        : model === 'clientContact'
          ? await this.#prisma.clientContact.findMany(args)
          : await this.#prisma.clientLocation.findMany(args);
    return this.#chance.pick(rows).id;
  }

  #client = (id: string) => async (): Promise<Row | null> =>
    this.#prisma.client.findFirst({ where: { ...this.#where, id } });

  #contact = (id: string) => async (): Promise<Row | null> =>
    this.#prisma.clientContact.findFirst({ where: { ...this.#where, id } });

  #place = (id: string) => async (): Promise<Row | null> =>
    this.#prisma.clientLocation.findFirst({ where: { ...this.#where, id } });

  async #upsertClient(): Promise<Mutation> {
    const { clients } = this.#world;
    const known = this.#chance.of(80) ? this.#chance.pick(clients).trackingId : null;
    const trackingId = known ?? `new-${count++}`;
    const input = { trackingId, ...(known === null ? { name: `New ${count}` } : {}), ...(await this.#clientInput()) };
    const find = async () => {
      const found = await this.#prisma.client.findFirst({ where: { ...this.#where, trackingId } });
      return found?.mergedIntoId ? this.#client(found.mergedIntoId)() : found;
    };
    return { field: 'upsertClient', values: { input }, carried: 'client', find, reads: 'after', repeatable: true };
  }

  async #patchClient(): Promise<Mutation> {
    const id = await this.#live('client');
    const values = { by: { id }, input: await this.#clientInput() };
    return {
      field: 'patchClient',
      values,
      carried: 'client',
      find: this.#client(id),
      reads: 'after',
      repeatable: true,
    };
  }

  async #createClient(): Promise<Mutation> {
    const trackingId = `created-${count++}`;
    const roleId = this.#id('ContactRole');
    const contacts = [0, 1].map((index) => ({
      lastName: `Of ${trackingId}.${index}`,
      firstName: null,
      role: { id: roleId },
    }));
    const input = {
      ...(await this.#clientInput()),
      name: `Created ${count}`,
      trackingId,
      ...(this.#chance.of(50) ? { location: { name: this.#text() } } : {}),
      ...(this.#chance.of(50) ? { contacts: contacts.slice(this.#chance.below(2)) } : {}),
    };
    const values = { input, ...(this.#chance.of(30) ? { idempotencyKey: trackingId } : {}) };
    const find = () => this.#prisma.client.findFirst({ where: { ...this.#where, trackingId } });
    const repeatable = 'idempotencyKey' in values;
    return { field: 'createClient', values, carried: 'client', find, reads: 'after', repeatable };
  }

  async #deleteClient(): Promise<Mutation> {
    const id = await this.#live('client');
    return {
      field: 'deleteClient',
      values: { by: { id } },
      carried: 'client',
      find: this.#client(id),
      reads: 'before',
    };
  }

  async #restoreClient(): Promise<Mutation> {
    const id = await this.#live('client', true);
    return {
      field: 'restoreClient',
      values: { by: { id } },
      carried: 'client',
      find: this.#client(id),
      reads: 'after',
    };
  }

  async #mergeClients(): Promise<Mutation> {
    const [sourceId, targetId] = [await this.#live('client'), await this.#live('client')];
    const values = {
      source: { id: sourceId },
      target: { id: targetId },
      ...(this.#chance.of(30) ? { input: await this.#clientInput() } : {}),
    };
    return { field: 'mergeClients', values, carried: 'client', find: this.#client(targetId), reads: 'after' };
  }

  async #upsertContact(): Promise<Mutation> {
    const known = this.#chance.of(80) ? this.#chance.pick(this.#world.contacts).trackingId : null;
    const trackingId = known ?? `person-${count++}`;
    const place =
      known === null ? { client: { id: await this.#live('client') }, lastName: 'New', role: { id: this.#role() } } : {};
    const values = { input: { trackingId, ...place, ...(await this.#contactInput()) }, allowDuplicates: true };
    const find = async () => {
      const found = await this.#prisma.clientContact.findFirst({ where: { ...this.#where, trackingId } });
      return found?.mergedIntoId ? this.#contact(found.mergedIntoId)() : found;
    };
    const carried = 'clientContact';
    return { field: 'upsertClientContact', values, carried, find, reads: 'after', repeatable: true };
  }

  async #patchContact(): Promise<Mutation> {
    const id = await this.#live('clientContact');
    const values = { by: { id }, input: await this.#contactInput(), allowDuplicates: true };
    const [find, carried] = [this.#contact(id), 'clientContact'];
    return { field: 'patchClientContact', values, carried, find, reads: 'after', repeatable: true };
  }

  async #createContact(): Promise<Mutation> {
    const trackingId = `made-${count++}`;
    const place = {
      location: { id: await this.#live('clientLocation') },
      lastName: this.#text(),
      role: { id: this.#role() },
    };
    const values = { input: { ...place, ...(await this.#contactInput()), trackingId }, allowDuplicates: true };
    const find = () => this.#prisma.clientContact.findFirst({ where: { ...this.#where, trackingId } });
    return { field: 'createClientContact', values, carried: 'clientContact', find, reads: 'after' };
  }

  async #deleteContact(): Promise<Mutation> {
    const id = await this.#live('clientContact');
    const [find, carried] = [this.#contact(id), 'clientContact'];
    return { field: 'deleteClientContact', values: { by: { id } }, carried, find, reads: 'before' };
  }

  async #mergeContacts(): Promise<Mutation> {
    const [sourceId, targetId] = [await this.#live('clientContact'), await this.#live('clientContact')];
    const [find, carried] = [this.#contact(targetId), 'clientContact'];
    return {
      field: 'mergeClientContacts',
      values: { source: { id: sourceId }, target: { id: targetId } },
      carried,
      find,
      reads: 'after',
    };
  }

  async #location(): Promise<Mutation> {
    const chance = this.#chance;
    const carried = 'clientLocation';
    const name = `Place ${count++}`;
    const more = {
      ...(chance.of(50) ? { address: { city: this.#text() } } : {}),
      ...(chance.of(50) ? { salesperson: { id: this.#id('Employee') } } : {}),
      ...(chance.of(30) ? { isPrimary: true } : {}),
    };
    const id = await this.#live('clientLocation');
    const clientId = await this.#live('client');
    const made = () => this.#prisma.clientLocation.findFirst({ where: { ...this.#where, name } });
    return chance.pick<Mutation>([
      {
        field: 'createClientLocation',
        values: { input: { client: { id: clientId }, name, ...more } },
        carried,
        find: made,
        reads: 'after',
      },
      {
        field: 'patchClientLocation',
        values: { by: { id }, input: chance.of(50) ? { name, ...more } : more },
        carried,
        find: this.#place(id),
        reads: 'after',
        repeatable: true,
      },
      { field: 'deleteClientLocation', values: { by: { id } }, carried, find: this.#place(id), reads: 'before' },
    ]);
  }

  /** A mutation of a small named record. */
  async #named(): Promise<Mutation> {
    const types = ['Employee', 'ClientGroup', 'ClientType', 'Region', 'SuccessCycle', 'ContactRole'];
    const type = this.#chance.pick(types);
    const carried = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
    const name = `${type} ${count++}`;
    const id = this.#id(type);
    const find = (where: { id: string } | { name: string }) => async (): Promise<Row | null> => {
      const args = { where: { ...this.#where, ...where } };
      const { employee, clientGroup, clientType, region, successCycle, contactRole } = this.#prisma;
      const finders: Record<string, () => Promise<Row | null>> = {
        Employee: () => employee.findFirst(args),
        ClientGroup: () => clientGroup.findFirst(args),
        ClientType: () => clientType.findFirst(args),
        Region: () => region.findFirst(args),
        SuccessCycle: () => successCycle.findFirst(args),
        ContactRole: () => contactRole.findFirst(args),
      };
      return (await finders[type]?.()) ?? null;
    };
    return this.#chance.pick<Mutation>([
      { field: `create${type}`, values: { input: { name } }, carried, find: find({ name }), reads: 'after' },
      {
        field: `patch${type}`,
        values: { by: { id }, input: { name: this.#chance.of(50) ? name : undefined } },
        carried,
        find: find({ id }),
        reads: 'after',
        repeatable: true,
      },
      { field: `delete${type}`, values: { by: { id } }, carried, find: find({ id }), reads: 'before' },
    ]);
  }

  async #customField(): Promise<Mutation> {
    const chance = this.#chance;
    const carried = 'customField';
    const fields = await this.#prisma.customField.findMany({ where: this.#where, orderBy: { id: 'asc' } });
    const { id, type } = chance.pick(fields);
    const key = `made${count++}`;
    const find = () => this.#prisma.customField.findFirst({ where: { ...this.#where, id } });
    const made = () => this.#prisma.customField.findFirst({ where: { ...this.#where, key } });
    const isSelect = type.endsWith('SELECT');
    const entity = chance.pick(['CLIENT', 'CLIENT_CONTACT']);
    return chance.pick<Mutation>([
      {
        field: 'createCustomField',
        values: { input: { key, name: key, type: chance.pick(['TEXT', 'NUMBER', 'SINGLE_SELECT']), entity } },
        carried,
        find: made,
        reads: 'after',
      },
      {
        field: 'patchCustomField',
        values: {
          by: { id },
          input: {
            name: this.#text(),
            order: chance.below(5),
            ...(isSelect ? { options: [{ key: 'a', label: this.#text(), order: chance.below(5) }] } : {}),
          },
        },
        carried,
        find,
        reads: 'after',
        repeatable: true,
      },
      { field: 'archiveCustomField', values: { by: { id }, archived: chance.of(40) }, carried, find, reads: 'after' },
      { field: 'deleteCustomField', values: { by: { id } }, carried: 'deletedId', find, reads: 'before' },
    ]);
  }

  #id(type: string): string {
    return this.#chance.pick(this.#world.ids[type] ?? []);
  }

  /** A role that is available for contacts. */
  #role(): string {
    return this.#chance.pick((this.#world.ids.ContactRole ?? []).slice(0, 2));
  }

  #text(): string {
    return this.#chance.pick(TEXTS);
  }

  /** Up to four random fields. */
  #some(makers: Readonly<Record<string, () => unknown>>): Values {
    const names = this.#chance.several(Object.keys(makers), 4);
    return Object.fromEntries(names.map((name) => [name, makers[name]?.()]));
  }

  async #clientInput(): Promise<Values> {
    const chance = this.#chance;
    const { clients } = this.#world;
    const orNull = (value: () => unknown) => () => (chance.of(30) ? null : value());
    return this.#some({
      name: () => this.#text(),
      status: () => chance.pick(['ACTIVE', 'TRIAL', 'CLOSED']),
      active: () => chance.of(50),
      tags: () => [...new Set(chance.several(TAGS, 3))],
      note: orNull(() => chance.pick(['', 'noted'])),
      clientGroup: () => ({ id: this.#id('ClientGroup') }),
      websiteUrl: orNull(() => 'https://example.com/new'),
      inceptionDate: orNull(() => chance.pick(DAYS)),
      address: orNull(() => ({ city: this.#text(), country: chance.pick(['GB', null]) })),
      region: orNull(() => ({ id: this.#id('Region') })),
      type: orNull(() => ({ id: this.#id('ClientType') })),
      successCycle: orNull(() => ({ id: this.#id('SuccessCycle') })),
      assignedCsm: orNull(() => ({ id: this.#id('Employee') })),
      assignedSalesRep: orNull(() => ({ id: this.#id('Employee') })),
      npsScore: orNull(() => chance.pick([0, 7])),
      email: orNull(() => chance.pick(EMAILS)),
      phone: orNull(() => chance.pick(PHONES.slice(0, 2))),
      companyName: orNull(() => this.#text()),
      person: orNull(() => ({ firstName: this.#text(), occupation: null })),
      communicationPreferences: orNull(() => ({ post: chance.of(50) })),
      externalIds: () => chance.pick(SYSTEMS.map((system) => [{ system, id: `${system}-${chance.below(30)}` }])),
      accountTeam: () => [{ employee: { id: this.#id('Employee') }, role: 'Lead' }],
      parent: orNull(() => ({ id: chance.pick(clients).id })),
      primaryContact: orNull(() => ({ id: chance.pick(this.#world.contacts).id })),
      customFields: orNull(() => ({
        text: chance.pick([this.#text(), null]),
        number: chance.pick(NUMBERS),
        multi: chance.pick([[], OPTIONS.slice(1)]),
      })),
    });
  }

  async #contactInput(): Promise<Values> {
    const chance = this.#chance;
    const orNull = (value: () => unknown) => () => (chance.of(30) ? null : value());
    const [clientId, locationId] = [await this.#live('client'), await this.#live('clientLocation')];
    return this.#some({
      lastName: () => this.#text(),
      firstName: orNull(() => this.#text()),
      middleName: orNull(() => 'M'),
      email: orNull(() => chance.pick(EMAILS)),
      phoneHome: orNull(() => chance.pick(PHONES)),
      birthday: orNull(() => chance.pick(DAYS)),
      notes: orNull(() => 'new notes'),
      adminNotes: orNull(() => 'internal'),
      role: () => ({ id: this.#role() }),
      salesperson: orNull(() => ({ id: this.#id('Employee') })),
      address: orNull(() => ({ line1: this.#text() })),
      customFields: () => ({ text: this.#text(), single: chance.pick(['b', null]) }),
      ...(chance.of(50) ? { client: () => ({ id: clientId }) } : { location: () => ({ id: locationId }) }),
    });
  }
}

/** The possible values of `changedFields`, in order, by the payload's field. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    kinds().map(({ model, fields }) => [`${model.charAt(0).toLowerCase()}${model.slice(1)}`, Object.keys(fields)]),
  ),
  customField: ['name', 'order', 'required', 'archived', 'options', 'trackingId', 'externalIds'],
};

/** What the payload must contain, given the record before and after. `again`: the mutation repeats one before it. */
export function writtenBy({ field, carried }: Mutation, before: Row | null, record: Row, again: boolean): Written {
  if (carried === 'deletedId') return { record: { deletedId: record.id }, more: {} };
  const names = FIELDS[carried] ?? [];
  const changed = before ? names.filter((name) => differs(before[name], record[name])) : heldOf(names, record);
  const result = again ? 'UPDATED' : before === null ? 'CREATED' : before.deletedAt ? 'RESTORED' : 'UPDATED';
  const more = {
    normalized: [],
    changedFields: again ? [] : changed.map((name) => (name === 'trackingId' ? name : name.replace(/Id$/, ''))),
    ...(field.startsWith('upsert') ? { result } : {}),
  };
  return { record: { [carried]: record }, more };
}

const differs = (one: unknown, other: unknown) => !isDeepStrictEqual(one ?? null, other ?? null);

/** The fields that are not empty. */
function heldOf(names: readonly string[], record: Row): string[] {
  return names.filter((name) => {
    const value = record[name] ?? null;
    return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value !== null;
  });
}
