/** Arguments as they appear in a document: literals, variables, or literals that contain variables. */
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { Values } from './arguments.ts';
import type { Chance } from './chance.ts';

type Field = GraphQLField<unknown, unknown>;

interface Variable {
  name: string;
  type: string;
  /** What the variable is for. It is used again only for the same purpose. */
  use: string;
  /** Its default value as it is written. */
  initial: string;
}

const FLAG = 'flag';

export class Variables {
  readonly values: Values = {};
  readonly #chance: Chance;
  readonly #declared: Variable[] = [];

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** The variable definitions of the operation. */
  declaration(): string {
    const declared = this.#declared.map(({ name, type, initial }) => `$${name}: ${type}${initial}`);
    return declared.length > 0 ? `(${declared.join(', ')})` : '';
  }

  /** One of a few Boolean variables. */
  flag(): string {
    const known = this.#declared.filter(({ use }) => use === FLAG);
    if (known.length > 0 && (known.length > 2 || this.#chance.of(60))) return `$${this.#chance.pick(known).name}`;
    return this.#declare(this.#chance.of(50), 'Boolean!', FLAG);
  }

  /** The arguments of a field, each as `name: value`. */
  argumentsOf(field: Field, values: Values): string[] {
    return field.args.flatMap((argument) => {
      const value = values[argument.name];
      return value === undefined ? [] : [`${argument.name}: ${this.#argument(field, argument, value)}`];
    });
  }

  /** The arguments in either order, which must make no difference. */
  inParentheses(written: readonly string[]): string {
    const inOrder = this.#chance.of(50) ? written : written.toReversed();
    return written.length > 0 ? `(${inOrder.join(', ')})` : '';
  }

  #declare(value: unknown, type: string, use: string): string {
    const name = `v${this.#declared.length}`;
    const isPlain = typeof value === 'number' || typeof value === 'boolean';
    const initial = isPlain && this.#chance.of(15) ? ` = ${value}` : '';
    if (initial === '') this.values[name] = value;
    this.#declared.push({ name, type, use, initial });
    return `$${name}`;
  }

  #argument(field: Field, { name, type }: GraphQLArgument, value: unknown): string {
    const use = `${getNamedType(field.type).name}.${name}`;
    const known = this.#declared.filter((variable) => variable.use === use);
    if (known.length > 0 && !isNonNullType(type) && this.#chance.of(20)) return `$${this.#chance.pick(known).name}`;
    const isLong = Array.isArray(value) && value.length > 20;
    return isLong || this.#chance.of(20) ? this.#variable(value, type, use) : this.#literal(value, type, use);
  }

  /** `always`: the position takes non-null variables only. */
  #variable(value: unknown, type: GraphQLInputType, use: string, always = false): string {
    const required = value !== null && (always || isNonNullType(type) || this.#chance.of(30));
    const declared = required ? `${getNullableType(type)}!` : String(getNullableType(type));
    return this.#declare(value, declared, required ? '' : use);
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
    if (isEnumType(inner)) return String(value);
    // An object of a scalar type: its keys need not be names.
    if (typeof value === 'object') return this.#variable(value, type, use);
    return JSON.stringify(value);
  }

  #within(value: unknown, type: GraphQLInputType, use: string, always = false): string {
    return this.#chance.of(8) ? this.#variable(value, type, use, always) : this.#literal(value, type, use);
  }
}
