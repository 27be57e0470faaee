/**
 * Random documents over the whole schema. Few aliases are shared by all fields, so that one key stands for different
 * things at different places; fields are met twice with other arguments and selections; fragments are spread wherever
 * they fit.
 */
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
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
import type { World } from './world.ts';

const ALIASES = ['a', 'b', 'c'];
/** Levels of fields, one less than the limit. */
const LEVELS = 11;
/** Relations that the oracle follows for a document, about: each is a call of its own. */
const CALLS = 150;

type Field = GraphQLField<unknown, unknown>;
type Composite = GraphQLObjectType | GraphQLInterfaceType;

/** Types of objects that lie within a record, and the interface of such types. */
const SMALL = ['Address', 'CommunicationPreferences', 'CustomFieldAddress', 'CustomFieldValue', 'Person', 'Viewer'];

/** How many rows a page mostly has, at most. */
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

interface Variable {
  name: string;
  type: string;
  /** What it is for: only for the same it is used again. */
  use: string;
  initial: string;
}

/** Where a selection is made. */
interface Spot {
  place: Place;
  level: number;
  /** How many objects are selected from, about. */
  times: number;
  /** The rows of a page, where the object is one. */
  rows?: number;
}

/** Writes one document. */
export class DocumentWriter {
  readonly variables: Values = {};
  /** Whether a list below a root field is asked for in a wrong way. */
  faulty = false;
  readonly #chance: Chance;
  readonly #arguments: Arguments;
  readonly #fragments: Fragment[] = [];
  readonly #declared: Variable[] = [];
  /** Whether only what portal users may read is selected. */
  readonly #portal: boolean;
  /** The types of the records that are asked for by their ids. */
  #nodes: readonly string[] = [];
  #calls = CALLS;
  /** Fields and fragments that are still to be written, about. */
  #parts: number;

  constructor(chance: Chance, world: World, token: Token) {
    this.#chance = chance;
    this.#arguments = new Arguments(chance, world, token);
    this.#portal = token.role === 'CONTACT' && chance.of(80);
    this.#parts = 10 + chance.below(80);
  }

  /** The whole document, of what is selected at its root. */
  document(operation: 'query' | 'mutation', root: string): string {
    const declared = this.#declared.map(({ name, type, initial }) => `$${name}: ${type}${initial}`);
    const head = `${operation} Q${declared.length > 0 ? `(${declared.join(', ')})` : ''} ${root}`;
    return [head, ...this.#fragments.map(({ text }) => text)].join('\n');
  }

  /** Some fields of Query. */
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

  /** A field of Mutation, under this key. */
  mutation(name: string, values: Values, key: string): string {
    const field = schema.getMutationType()?.getFields()[name];
    const type = getNamedType(field?.type);
    if (!field || !isObjectType(type)) throw new Error(`There is no mutation ${name}`);
    const inner = this.#selection(type, { place: new Place(), level: 2, times: 1 });
    return `${key}: ${name}${this.#inBrackets(this.#write(field, values))} ${inner}`;
  }

  #selection(type: Composite, spot: Spot): string {
    const parts: string[] = [];
    const most = Math.max(1, Math.min(spot.level < 5 ? 6 : 4, this.#parts));
    // Of small objects there is more to ask for at no cost.
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

  /** A fragment on one of the types behind an interface. */
  #onOneOf(type: GraphQLInterfaceType, spot: Spot): string {
    const possible = schema.getPossibleTypes(type);
    const likely = possible.filter(({ name }) => type.name === 'Node' && this.#nodes.includes(name));
    const on = this.#chance.pick(likely.length > 0 && this.#chance.of(75) ? likely : possible);
    const inner = { ...spot, place: spot.place.of(on.name) };
    return `... on ${on.name}${this.#directive()} ${this.#selection(on, inner)}`;
  }

  /** A fragment without a name, on the type, on an interface of it, or on nothing. */
  #inline(type: Composite, spot: Spot): string {
    const on = this.#chance.pick(['', ` on ${type.name}`, ...type.getInterfaces().map(({ name }) => ` on ${name}`)]);
    const named = on === '' ? type : schema.getType(on.slice(' on '.length));
    return `...${on}${this.#directive()} ${this.#selection(isComposite(named) ? named : type, spot)}`;
  }

  /** A fragment with a name: one that is there and fits, or a new one. */
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

  /** A field of the type, as far as the document may still grow. */
  #choose(type: Composite, { level, times }: Spot): Field | undefined {
    const chance = this.#chance;
    const shown = Object.values(type.getFields()).filter(({ name }) => !this.#portal || isForPortal(type.name, name));
    const leaves = shown.filter(({ type: of }) => isLeafType(getNamedType(of)));
    const others = shown.filter(({ type: of }) => !isLeafType(getNamedType(of)));
    // What a value consists of costs nothing.
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
    const written = this.#write(field, values);
    const key = this.#key(spot.place, field.name, written.join(), field.type);
    if (key === undefined) return '';
    const alias = key === field.name ? '' : `${key}: `;
    const head = () => `${alias}${field.name}${this.#inBrackets(written)}${this.#directive()}`;
    if (!isComposite(inner)) return head();
    const below = {
      place: spot.place.inner(key),
      level: spot.level + 1,
      ...this.#below(type, field, values, spot),
    };
    const parts = [`${head()} ${this.#selection(inner, below)}`];
    // The same again, to be merged with it; and the field once more, mostly under another key and with other arguments.
    if (chance.of(6)) parts.push(`${head()} ${this.#selection(inner, below)}`);
    if (chance.of(25) && this.#parts > 0 && this.#calls >= spot.times) parts.push(this.#field(type, field, spot));
    return parts.filter(Boolean).join(' ');
  }

  /** How many objects a field leads to; those that the database must be asked for are taken off. */
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

  /** The key that a field gets, or undefined where every one that was tried is taken by something else. */
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
    return ` @${name}(if: ${chance.of(50) ? (name === 'include') === chance.of(80) : this.#flag()})`;
  }

  /** A Boolean variable; there are few. */
  #flag(): string {
    const known = this.#declared.filter(({ use }) => use === 'flag');
    if (known.length > 0 && (known.length > 2 || this.#chance.of(60))) return `$${this.#chance.pick(known).name}`;
    return `$${this.#declare(this.#chance.of(50), 'Boolean!', 'flag')}`;
  }

  #declare(value: unknown, type: string, use: string): string {
    const chance = this.#chance;
    const name = `v${this.#declared.length}`;
    const initial = this.#plain(value);
    if (initial !== undefined && chance.of(15)) this.#declared.push({ name, type, use, initial: ` = ${initial}` });
    else {
      this.#declared.push({ name, type, use, initial: '' });
      this.variables[name] = value;
    }
    return name;
  }

  /** A value that needs no type to be written. */
  #plain(value: unknown): string | undefined {
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  }

  /** Arguments as they stand in the document: written out, as variables, or as variables within what is written out. */
  #write(field: Field, values: Values): string[] {
    return field.args.flatMap((argument) => {
      const value = values[argument.name];
      return value === undefined ? [] : [`${argument.name}: ${this.#argument(field, argument, value)}`];
    });
  }

  /** Arguments in either order, which makes no difference. */
  #inBrackets(written: readonly string[]): string {
    const inOrder = this.#chance.of(50) ? written : written.toReversed();
    return written.length > 0 ? `(${inOrder.join(', ')})` : '';
  }

  #argument(field: Field, { name, type }: GraphQLArgument, value: unknown): string {
    const use = `${getNamedType(field.type).name}.${name}`;
    const known = this.#declared.filter((variable) => variable.use === use);
    if (known.length > 0 && !isNonNullType(type) && this.#chance.of(20)) return `$${this.#chance.pick(known).name}`;
    const long = Array.isArray(value) && value.length > 20;
    return long || this.#chance.of(20) ? this.#variable(value, type, use) : this.#literal(value, type, use);
  }

  #variable(value: unknown, type: GraphQLInputType, use: string, always = false): string {
    const required = value !== null && (always || isNonNullType(type) || this.#chance.of(30));
    const declared = required ? `${getNullableType(type)}!` : String(getNullableType(type));
    return `$${this.#declare(value, declared, required ? '' : use)}`;
  }

  #literal(value: unknown, type: GraphQLInputType, use: string): string {
    const inner = getNullableType(type);
    if (value === null) return 'null';
    if (isListType(inner) && Array.isArray(value)) {
      return `[${value.map((item) => this.#within(item, inner.ofType, use)).join(', ')}]`;
    }
    if (isInputObjectType(inner)) {
      const fields = inner.getFields();
      const parts = Object.entries(value as Values).flatMap(([name, part]) => {
        const field = fields[name];
        if (part === undefined || !field) return [];
        return [`${name}: ${this.#within(part, field.type, `${use}.${name}`, inner.isOneOf)}`];
      });
      return `{ ${parts.join(', ')} }`;
    }
    if (isLeafType(inner) && 'getValues' in inner) return String(value);
    if (typeof value === 'object') return this.#variable(value, type, use);
    return JSON.stringify(value);
  }

  #within(value: unknown, type: GraphQLInputType, use: string, always = false): string {
    return this.#chance.of(8) ? this.#variable(value, type, use, always) : this.#literal(value, type, use);
  }
}

/** The types of the ids among the arguments. */
function typesOf({ id, ids }: Values): string[] {
  return [id, ids].flat().flatMap((one) => typeOfId(String(one)) ?? []);
}

function isComposite(type: GraphQLNamedType | null | undefined): type is Composite {
  return isObjectType(type) || isInterfaceType(type);
}
