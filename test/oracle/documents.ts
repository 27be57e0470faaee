/**
 * Random documents over the whole schema. All fields share a few aliases, so that one response key stands for different
 * fields at different places. Fields appear twice with different arguments and selections, and fragments are spread
 * wherever they fit.
 */
import {
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
  TypeNameMetaFieldDef,
} from 'graphql';
import { FOR_ALL, isForPortal, roleFor } from './access.ts';
import { Arguments, type Values } from './arguments.ts';
import type { Chance } from './chance.ts';
import type { Role } from './context.ts';
import type { Token } from './data.ts';
import { Place } from './place.ts';
import { typeOfId } from './records.ts';
import { schema } from './schema.ts';
import { Variables } from './variables.ts';
import type { World } from './world.ts';

const ALIASES = ['a', 'b', 'c'];
/** Levels of nested fields: one below the server's limit. */
const LEVELS = 11;
/** Roughly how many database calls the oracle may make for one document. */
const CALLS = 150;

type Field = GraphQLField<unknown, unknown>;
type Composite = GraphQLObjectType | GraphQLInterfaceType;

/** Objects stored within a record, and the interface of custom-field values. Selecting from them costs no call. */
const SMALL = ['Address', 'CommunicationPreferences', 'CustomFieldAddress', 'CustomFieldValue', 'Person', 'Viewer'];

/** How many rows a page of a nested list usually has. */
const TYPICAL: Readonly<Record<string, number>> = {
  ClientConnection: 4,
  ClientContactConnection: 4,
  ClientLocationConnection: 2,
  ChangeConnection: 3,
};

interface Fragment {
  name: string;
  on: string;
  text: string;
  place: Place;
}

/** Where a selection is made. */
interface Spot {
  place: Place;
  level: number;
  /** Roughly how many objects the selection applies to. */
  times: number;
  /** For a connection, its number of rows. */
  rows?: number;
}

/** Writes one document. */
export class DocumentWriter {
  /** Whether a list below a root field has an invalid argument. */
  faulty = false;
  readonly #chance: Chance;
  readonly #arguments: Arguments;
  readonly #fragments: Fragment[] = [];
  readonly #variables: Variables;
  /** Whether to select only what portal users may read. */
  readonly #portal: boolean;
  /** The types of the ids that the last `node` or `nodes` was given. */
  #nodes: readonly string[] = [];
  #calls = CALLS;
  /** Roughly how many fields and fragments may still be written. */
  #parts: number;

  constructor(chance: Chance, world: World, token: Token) {
    this.#chance = chance;
    this.#arguments = new Arguments(chance, world, token);
    this.#variables = new Variables(chance);
    this.#portal = token.role === 'CONTACT' && chance.of(80);
    this.#parts = 10 + chance.below(80);
  }

  get variables(): Values {
    return this.#variables.values;
  }

  /** The whole document, given the selection at its root. */
  document(operation: 'query' | 'mutation', root: string): string {
    const head = `${operation} Q${this.#variables.declaration()} ${root}`;
    return [head, ...this.#fragments.map(({ text }) => text)].join('\n');
  }

  /** A selection of Query's fields. */
  query(role: Role): string {
    const chance = this.#chance;
    const type = schema.getQueryType();
    if (!type) throw new Error('The schema has no queries');
    const place = new Place();
    const allowed = Object.values(type.getFields()).filter(({ name }) => roleFor(type.name, name) !== 'ADMIN');
    const often = ['client', 'client', 'clientContact', 'clients', 'clientContacts', 'node', 'nodes'];
    const roots = allowed.filter(({ name }) => role !== 'CONTACT' || FOR_ALL.includes(name) || chance.of(2));
    const weighted = roots.flatMap((field) => [field, ...often.filter((name) => name === field.name).map(() => field)]);
    const parts: string[] = [];
    for (let count = 1 + chance.below(3); count > 0; count--) {
      const field = chance.pick(weighted);
      const values = this.#arguments.root(field.name);
      parts.push(this.#field(type, field, { place, level: 1, times: 1 }, values));
    }
    if (chance.of(10)) parts.push(this.#spread(type, { place, level: 1, times: 1 }));
    return `{ ${parts.filter(Boolean).join(' ') || '__typename'} }`;
  }

  /** A field of Mutation under this response key. */
  mutation(name: string, values: Values, key: string): string {
    const field = schema.getMutationType()?.getFields()[name];
    const type = getNamedType(field?.type);
    if (!field || !isObjectType(type)) throw new Error(`There is no mutation ${name}`);
    const inner = this.#selection(type, { place: new Place(), level: 2, times: 1 });
    return `${key}: ${name}${this.#variables.inParentheses(this.#variables.argumentsOf(field, values))} ${inner}`;
  }

  #selection(type: Composite, spot: Spot): string {
    const parts: string[] = [];
    const most = Math.max(1, Math.min(spot.level < 5 ? 6 : 4, this.#parts));
    const least = SMALL.includes(type.name) ? 6 : 1;
    for (let count = least + this.#chance.below(most); count > 0; count--) parts.push(this.#part(type, spot));
    return `{ ${parts.filter(Boolean).join(' ') || '__typename'} }`;
  }

  #part(type: Composite, spot: Spot): string {
    this.#parts--;
    const way = this.#chance.below(100);
    if (isInterfaceType(type) && way < 70) return this.#onOneOf(type, spot);
    if (way < 8) return this.#inline(type, spot);
    if (way < 18) return this.#spread(type, spot);
    if (way < 24) return this.#typename(spot.place);
    const field = this.#choose(type, spot);
    return field ? this.#field(type, field, spot) : '';
  }

  #typename(place: Place): string {
    const key = this.#key(place, '__typename', '', TypeNameMetaFieldDef.type);
    return key === undefined ? '' : `${key === '__typename' ? '' : `${key}: `}__typename${this.#directive()}`;
  }

  /** An inline fragment on one of the types that implement the interface. */
  #onOneOf(type: GraphQLInterfaceType, spot: Spot): string {
    const possible = schema.getPossibleTypes(type);
    const likely = possible.filter(({ name }) => type.name === 'Node' && this.#nodes.includes(name));
    const on = this.#chance.pick(likely.length > 0 && this.#chance.of(75) ? likely : possible);
    const inner = { ...spot, place: spot.place.of(on.name) };
    return `... on ${on.name}${this.#directive()} ${this.#selection(on, inner)}`;
  }

  /** An inline fragment on the type, on one of its interfaces, or without a type condition. */
  #inline(type: Composite, spot: Spot): string {
    const on = this.#chance.pick(['', ` on ${type.name}`, ...type.getInterfaces().map(({ name }) => ` on ${name}`)]);
    const named = on === '' ? type : schema.getType(on.slice(' on '.length));
    return `...${on}${this.#directive()} ${this.#selection(isComposite(named) ? named : type, spot)}`;
  }

  /** A spread of a named fragment: an existing one that fits, or a new one. */
  #spread(type: Composite, spot: Spot): string {
    const chance = this.#chance;
    const names = [type.name, ...type.getInterfaces().map(({ name }) => name)];
    const fitting = this.#fragments.filter(({ on, place }) => names.includes(on) && spot.place.takes(place));
    const known = fitting.length > 0 && chance.of(70) ? chance.pick(fitting) : undefined;
    if (known && this.#calls >= spot.times * 4) {
      this.#calls -= spot.times * 4;
      spot.place.add(known.place);
      return `...${known.name}${this.#directive()}`;
    }
    if (this.#fragments.length > 4 || spot.level > 7) return '';
    const on = schema.getType(chance.pick(names));
    if (!isComposite(on)) return '';
    const place = new Place();
    const text = this.#selection(on, { ...spot, place });
    const name = `F${this.#fragments.length}`;
    this.#fragments.push({ name, on: on.name, text: `fragment ${name} on ${on.name} ${text}`, place });
    if (!spot.place.takes(place)) {
      this.#fragments.pop();
      return '';
    }
    spot.place.add(place);
    return `...${name}${this.#directive()}`;
  }

  /** A random field of the type; a leaf once the document is large enough. */
  #choose(type: Composite, { level, times }: Spot): Field | undefined {
    const chance = this.#chance;
    const shown = Object.values(type.getFields()).filter(({ name }) => !this.#portal || isForPortal(type.name, name));
    const leaves = shown.filter(({ type: of }) => isLeafType(getNamedType(of)));
    const others = shown.filter(({ type: of }) => !isLeafType(getNamedType(of)));
    const isValue = /FieldValue$/.test(type.name);
    const grows = level < LEVELS && (isValue || (this.#calls >= times && this.#parts > 0));
    const often = isValue || /Connection$/.test(type.name) ? 70 : this.#portal ? 60 : 45;
    const deeper = others.length > 0 && grows && (leaves.length === 0 || chance.of(often));
    if (deeper && chance.of(10)) return others.find(({ name }) => name === 'customFieldValues') ?? chance.pick(others);
    const from = deeper ? others : leaves;
    return from.length > 0 ? chance.pick(from) : undefined;
  }

  #field(type: Composite, field: Field, spot: Spot, given?: Values): string {
    const chance = this.#chance;
    const inner = getNamedType(field.type);
    const isRoot = type === schema.getQueryType();
    const values = given ?? (isRoot ? this.#arguments.root(field.name) : this.#listArguments(field, inner));
    if (inner.name === 'Node') this.#nodes = typesOf(values);
    const written = this.#variables.argumentsOf(field, values);
    const key = this.#key(spot.place, field.name, written.join(), field.type);
    if (key === undefined) return '';
    const alias = key === field.name ? '' : `${key}: `;
    const head = () => `${alias}${field.name}${this.#variables.inParentheses(written)}${this.#directive()}`;
    if (!isComposite(inner)) return head();
    const below = {
      place: spot.place.inner(key),
      level: spot.level + 1,
      ...this.#below(type, field, values, spot),
    };
    const parts = [`${head()} ${this.#selection(inner, below)}`];
    // Once more under the same key, to be merged; and once more with other arguments, mostly under another key.
    if (chance.of(6)) parts.push(`${head()} ${this.#selection(inner, below)}`);
    if (chance.of(25) && this.#parts > 0 && this.#calls >= spot.times) parts.push(this.#field(type, field, spot));
    return parts.filter(Boolean).join(' ');
  }

  /** How many objects a field leads to. Deducts the database calls that the oracle makes for it. */
  #below(type: Composite, field: Field, values: Values, { times, rows }: Spot): { times: number; rows?: number } {
    const inner = getNamedType(field.type).name;
    const isRecord = Boolean(schema.getType(inner)) && !/Edge$|^PageInfo$|^Address$|^Person$/.test(inner);
    if (/Connection$/.test(type.name)) return { times: times * (field.name === 'pageInfo' ? 0 : (rows ?? 1)) };
    if (isRecord && !/Edge$/.test(type.name)) this.#calls -= times;
    if (!inner.endsWith('Connection')) return { times: isListType(getNullableType(field.type)) ? times * 3 : times };
    const asked = values.first ?? values.last ?? 25;
    const most = TYPICAL[inner] ?? 4;
    return { times, rows: Math.min(Number(asked), type === schema.getQueryType() ? most * 3 : most) };
  }

  /** A response key for the field; undefined when every key that was tried means something else here. */
  #key(place: Place, name: string, written: string, type: GraphQLOutputType): string | undefined {
    for (let tried = 0; tried < 4; tried++) {
      const key = this.#chance.of(60) ? this.#chance.pick(ALIASES) : name;
      if (place.put(key, `${name}${written}`, type)) return key;
    }
    return undefined;
  }

  #listArguments({ args }: Field, connection: GraphQLNamedType): Values {
    if (args.length === 0) return {};
    const backward = args.some(({ name }) => name === 'last');
    if (this.#chance.below(200) > 0) return this.#arguments.page(connection.name, backward);
    this.faulty = true;
    return this.#arguments.wrongPage(backward);
  }

  #directive(): string {
    const chance = this.#chance;
    if (chance.of(92)) return '';
    const name = chance.pick(['skip', 'include']);
    return ` @${name}(if: ${chance.of(50) ? (name === 'include') === chance.of(80) : this.#variables.flag()})`;
  }
}

/** The types of the ids among the arguments. */
function typesOf({ id, ids }: Values): string[] {
  return [id, ids].flat().flatMap((one) => typeOfId(String(one)) ?? []);
}

function isComposite(type: GraphQLNamedType | null | undefined): type is Composite {
  return isObjectType(type) || isInterfaceType(type);
}
