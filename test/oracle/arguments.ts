/** Random arguments for root fields and lists. Most are valid. */
import type { Chance } from './chance.ts';
import { DAYS, EMAILS, NUMBERS, OPTIONS, PHONES, SYSTEMS, TAGS, TEXTS, type Token } from './data.ts';
import { OPERATORS } from './filters.ts';
import {
  BY_NAME,
  CLIENT_TERMS,
  CLIENTS_BY_NAME,
  CONTACT_TERMS,
  CONTACTS_BY_NAME,
  cursorOf,
  type Order,
  orderOf,
  PAGE_MAX,
} from './lists.ts';
import type { World } from './world.ts';

export type Values = Record<string, unknown>;

export class Arguments {
  readonly #chance: Chance;
  readonly #world: World;
  /** A portal user's own records by type, which it mostly asks for. */
  readonly #own: Readonly<Record<string, readonly string[]>>;

  constructor(chance: Chance, world: World, { contactId }: Token) {
    this.#chance = chance;
    this.#world = world;
    const contact = world.contacts.find(({ id }) => id === contactId);
    const places = world.locations.filter(({ clientId }) => clientId === contact?.clientId).map(({ id }) => id);
    this.#own = contact ? { Client: [contact.clientId], ClientContact: [contact.id], ClientLocation: places } : {};
  }

  /** Page arguments of a list with a fixed order. `backward`: whether it takes `last` and `before`. */
  page(connection: string, backward: boolean): Values {
    return this.#page(() => this.#cursor(connection), backward);
  }

  /** The cursor of a random row, in the fixed order of lists of this type. */
  #cursor(connection: string): string {
    const { clients, contacts, changes, named } = this.#world;
    if (connection === 'ClientConnection') return cursorOf(this.#chance.pick(clients), CLIENTS_BY_NAME);
    if (connection === 'ClientContactConnection') return cursorOf(this.#chance.pick(contacts), CONTACTS_BY_NAME);
    if (connection === 'ChangeConnection') return String(this.#chance.pick(changes).sequence);
    return cursorOf(this.#chance.pick(named), BY_NAME);
  }

  /** Page arguments of which one is invalid. */
  wrongPage(backward: boolean): Values {
    return this.#chance.pick<Values>([
      { first: PAGE_MAX + 1 },
      { first: -1 },
      { after: 'nonsense' },
      ...(backward ? [{ first: 1, last: 1 }, { before: '' }] : []),
    ]);
  }

  #page(cursor: () => string, backward: boolean): Values {
    const chance = this.#chance;
    const size = () => chance.pick([0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 30, null]);
    const sizes: Values = chance.of(15) ? {} : backward && chance.of(30) ? { last: size() } : { first: size() };
    return {
      ...sizes,
      ...(chance.of(20) ? { after: cursor() } : {}),
      ...(backward && chance.of(15) ? { before: cursor() } : {}),
      ...(chance.of(5) ? { after: null } : {}),
    };
  }

  /** Arguments of a root field. */
  root(field: string): Values {
    const chance = this.#chance;
    const world = this.#world;
    switch (field) {
      case 'client':
        return { by: this.#clientKey() };
      case 'clientContact':
        return { by: this.#contactKey() };
      case 'node':
        return { id: this.#anyId() };
      case 'nodes':
        return { ids: chance.below(300) === 0 ? Array(PAGE_MAX + 1).fill(this.#anyId()) : this.#ids(5) };
      case 'clients':
        return this.#list(CLIENT_TERMS, world.clients, () => this.clientFilter(2));
      case 'clientContacts':
        return this.#list(CONTACT_TERMS, world.contacts, () => this.contactFilter(2));
      case 'clientLocations':
        return {
          ...this.page('', true),
          ...(chance.of(40) ? { client: chance.pick([{ id: this.#id('Client') }, { id: this.#anyId() }, null]) } : {}),
        };
      case 'customFields':
        return {
          ...(chance.of(40) ? { entity: chance.pick(['CLIENT', 'CLIENT_CONTACT', null]) } : {}),
          ...(chance.of(40) ? { includeArchived: chance.pick([true, false, null]) } : {}),
        };
      case 'changes':
        return {
          ...this.page('ChangeConnection', false),
          ...(chance.of(40)
            ? { entities: chance.several(['CLIENT', 'CLIENT_CONTACT', 'CLIENT_LOCATION', 'CLIENT_GROUP'], 2) }
            : {}),
        };
      case 'duplicateClients':
      case 'duplicateClientContacts':
        return {
          ...(chance.of(70) ? { by: chance.pick(['NAME', 'EMAIL', 'PHONE']) } : {}),
          ...(chance.of(60) ? { first: chance.pick([0, 1, 2, 3, null]) } : {}),
          ...(chance.of(30) ? { after: chance.pick(['a@example.com', 'mia\nab', 'strasse', '12123456789', '']) } : {}),
        };
      case 'clientGroup':
      case 'clientLocation':
      case 'clientType':
      case 'contactRole':
      case 'customField':
      case 'employee':
      case 'region':
      case 'successCycle': {
        const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}`;
        return { by: { id: chance.of(90) ? this.#id(type) : this.#anyId() } };
      }
      case 'viewer':
        return {};
      default:
        return this.page('', true);
    }
  }

  #list<Row extends { id: string }>(
    terms: Readonly<Record<string, Parameters<typeof orderOf<Row>>[0][string]>>,
    rows: readonly Row[],
    filter: () => Values,
  ): Values {
    const chance = this.#chance;
    const fields = Object.keys(terms);
    const direction = () => (chance.of(30) ? {} : { direction: chance.pick(['ASC', 'DESC']) });
    const orderBy = chance.of(50) ? chance.several(fields, 2).map((field) => ({ field, ...direction() })) : undefined;
    const asked = (orderBy ?? []).map((term) => ({ direction: 'ASC', ...term }));
    const order: Order<Row> = orderOf<Row>(terms, asked);
    return {
      ...this.#page(() => cursorOf(chance.pick(rows), order), true),
      ...(chance.of(2) ? this.wrongPage(true) : {}),
      ...(orderBy ? { orderBy } : {}),
      ...(chance.of(45) ? { filter: chance.of(5) ? null : filter() } : {}),
      ...(chance.of(20) ? { search: this.#search() } : {}),
    };
  }

  #search(): string {
    const chance = this.#chance;
    const words = ['ab', 'mia', 'example', 'STRASSE', 'T-1', 'zendesk-', 'a_b', '', '😀', 'cafe\u0301', 'nothing'];
    return chance.of(1) ? 'w '.repeat(21) : chance.several(words, 2).join(' ');
  }

  #id(type: string): string {
    const own = this.#own[type] ?? [];
    return this.#chance.pick(own.length > 0 && this.#chance.of(75) ? own : (this.#world.ids[type] ?? []));
  }

  /** An id of any type; most exist. */
  #anyId(): string {
    const { ids, strangers } = this.#world;
    const often = ['Client', 'Client', 'ClientContact', 'ClientLocation'];
    return this.#chance.weighted([
      [5, () => this.#id(this.#chance.pick(often))],
      [3, () => this.#id(this.#chance.pick(Object.keys(ids)))],
      [1, () => this.#chance.pick(strangers)],
    ]);
  }

  #ids(most: number): string[] {
    return Array.from({ length: this.#chance.below(most + 1) }, () => this.#anyId());
  }

  #clientKey(): Values {
    const { clients, externalIds } = this.#world;
    const chance = this.#chance;
    return chance.weighted<Values>([
      [5, () => ({ id: chance.of(90) ? this.#id('Client') : this.#anyId() })],
      [3, () => ({ trackingId: chance.pick(clients).trackingId ?? 'none' })],
      [2, () => ({ externalId: chance.pick([...externalIds, { system: 'none', id: 'none' }]) })],
    ]);
  }

  #contactKey(): Values {
    const chance = this.#chance;
    return chance.of(70)
      ? { id: chance.of(90) ? this.#id('ClientContact') : this.#anyId() }
      : { trackingId: chance.pick(this.#world.contacts).trackingId ?? 'none' };
  }

  /** Conditions on one or two fields, with up to `depth` levels of `and`, `or` and `not`. */
  #filter(depth: number, fields: Readonly<Record<string, () => unknown>>): Values {
    const chance = this.#chance;
    const inner = () => this.#filter(depth - 1, fields);
    const filter: Values = {};
    for (let count = 1 + chance.below(2); count > 0; count--) {
      const way = depth > 0 ? chance.below(10) : 9;
      if (way === 0) filter.and = Array.from({ length: chance.below(3) }, inner);
      else if (way < 3) filter.or = Array.from({ length: chance.below(3) }, inner);
      else if (way < 5) filter.not = inner();
      else {
        const name = chance.pick(Object.keys(fields));
        filter[name] = chance.of(2) ? null : fields[name]?.();
      }
    }
    return filter;
  }

  clientFilter(depth: number): Values {
    const chance = this.#chance;
    const id = (type: string) => () => this.#equality(() => this.#id(type));
    const key = (type: string) => () => this.#equality(() => ({ id: this.#id(type) }));
    const text = () => this.#text();
    return this.#filter(depth, {
      id: id('Client'),
      trackingId: text,
      name: text,
      status: () => this.#equality(() => chance.pick(['ACTIVE', 'TRIAL', 'CLOSED']), false),
      active: () => ({ equals: chance.of(50) }),
      invitationStatus: () => this.#equality(() => chance.pick(['INVITED', 'ACCEPTED']), false),
      tags: () =>
        chance.pick<Values>([
          { hasEvery: chance.several(TAGS, 2) },
          { hasSome: chance.several(TAGS, 2) },
          { isEmpty: chance.of(50) },
        ]),
      clientGroup: key('ClientGroup'),
      websiteUrl: text,
      inceptionDate: () => this.#range(() => chance.pick(chance.of(98) ? DAYS : ['nonsense'])),
      terminatedDate: () => ({ isNull: chance.of(50) }),
      address: () => ({
        [chance.pick(['city', 'region', 'postalCode'])]: this.#text(),
        ...(chance.of(40) ? { country: this.#equality(() => chance.pick(['GB', 'FR', 'gb'])) } : {}),
      }),
      timezone: () => this.#equality(() => 'Europe/London'),
      externalId: () => ({
        system: chance.pick(SYSTEMS),
        ...(chance.of(40) ? { isNull: chance.of(50) } : {}),
        ...(chance.of(50) ? { in: chance.several(this.#world.externalIds, 3).map(({ id: one }) => one) } : {}),
        ...(chance.of(20) ? { equals: chance.pick(this.#world.externalIds).id } : {}),
      }),
      npsScore: () => this.#range(() => chance.pick([0, 7, -100, 8])),
      email: text,
      phone: () => this.#equality(() => chance.pick(PHONES)),
      altPhone: () => this.#equality(() => chance.pick(PHONES)),
      companyName: text,
      assignedSalesRepName: text,
      person: () => ({
        [chance.pick(['firstName', 'lastName'])]: this.#text(),
        ...(chance.of(40) ? { dateOfBirth: this.#range(() => '1980-02-29') } : {}),
      }),
      customFields: () => this.#customFilters('CLIENT'),
      region: key('Region'),
      type: key('ClientType'),
      successCycle: key('SuccessCycle'),
      assignedCsm: key('Employee'),
      assignedSalesRep: key('Employee'),
      createdBy: key('Employee'),
      modifiedBy: key('Employee'),
      primaryContact: key('ClientContact'),
      parent: key('Client'),
      accountTeam: key('Employee'),
      createdAt: () => this.#range(() => this.#instant(), false),
      updatedAt: () => this.#range(() => this.#instant(), false),
    });
  }

  contactFilter(depth: number): Values {
    const id = (type: string) => () => this.#equality(() => this.#id(type));
    const key = (type: string) => () => this.#equality(() => ({ id: this.#id(type) }));
    const text = () => this.#text();
    return this.#filter(depth, {
      id: id('ClientContact'),
      trackingId: text,
      firstName: text,
      lastName: text,
      email: text,
      accountCode: text,
      client: key('Client'),
      location: key('ClientLocation'),
      role: key('ContactRole'),
      salesperson: key('Employee'),
      customFields: () => this.#customFilters('CLIENT_CONTACT'),
      createdAt: () => this.#range(() => this.#instant(), false),
      updatedAt: () => this.#range(() => this.#instant(), false),
    });
  }

  #instant(): string {
    return this.#chance.pick([
      '2026-01-01T00:00:00Z',
      '2026-01-01T01:00:00.001+01:00',
      '2026-06-30T23:59:59.99Z',
      '2026-07-01T12:00:00-05:00',
    ]);
  }

  #part(): string {
    const chance = this.#chance;
    const characters = [...chance.pick([...TEXTS, ...EMAILS, 'T-1', 'P-2', 'https://example.com'])];
    const from = chance.below(characters.length);
    return characters.slice(from, from + 1 + chance.below(4)).join('');
  }

  #text(): Values {
    const chance = this.#chance;
    const whole = () => chance.pick([...TEXTS, ...EMAILS, '']);
    return chance.weighted<Values>([
      [3, () => ({ contains: chance.of(90) ? this.#part() : whole() })],
      [3, () => ({ startsWith: chance.of(90) ? this.#part() : whole() })],
      [2, () => this.#equality(whole)],
      [1, () => ({ contains: this.#part(), isNull: false })],
      [1, () => (chance.of(10) ? { contains: null } : {})],
    ]);
  }

  #equality(value: () => unknown, nullable = true): Values {
    const chance = this.#chance;
    return chance.weighted<Values>([
      [4, () => ({ equals: value() })],
      [4, () => ({ in: Array.from({ length: chance.below(4) }, value) })],
      [nullable ? 2 : 0, () => ({ isNull: chance.of(50) })],
    ]);
  }

  #range(value: () => unknown, nullable = true): Values {
    const chance = this.#chance;
    return chance.weighted<Values>([
      [4, () => ({ [chance.pick(['gt', 'gte', 'lt', 'lte'])]: value() })],
      [1, () => ({ gte: value(), lt: value() })],
      [3, () => this.#equality(value, nullable)],
    ]);
  }

  #customFilters(entity: string): Values[] {
    return Array.from({ length: 1 + this.#chance.below(2) }, () => this.#customFilter(entity));
  }

  #customFilter(entity: string): Values {
    const chance = this.#chance;
    const fields = this.#world.fields.filter((field) => field.entity === entity);
    const { key, type, archived } = chance.pick(fields);
    if (chance.of(1)) return { key: 'unknown', isNull: true };
    if (archived && chance.of(80)) return this.#customFilter(entity);
    const operator = chance.of(1) ? 'gt' : chance.pick(OPERATORS[type] ?? []);
    if (operator === 'isNull') return { key, isNull: chance.of(50) };
    if (type === 'MULTI_SELECT') return { key, [operator]: chance.several(OPTIONS, 2) };
    const value = () => this.#customValue(type);
    if (operator === 'in') return { key, in: Array.from({ length: chance.below(3) }, value) };
    if (operator === 'contains' || operator === 'startsWith') return { key, [operator]: this.#part() };
    return { key, [operator]: value() };
  }

  #customValue(type: string): unknown {
    const chance = this.#chance;
    switch (type) {
      case 'NUMBER':
        return chance.pick(NUMBERS);
      case 'BOOLEAN':
        return chance.of(50);
      case 'DATE':
        return chance.pick(DAYS);
      case 'SINGLE_SELECT':
        return chance.pick(OPTIONS);
      case 'ADDRESS':
        return chance.pick(['In one line', 'Via\nRome\nit']);
      default:
        return chance.pick([...TEXTS, '', 'c@example.com', 'https://example.com/c', '+12123456789']);
    }
  }
}
