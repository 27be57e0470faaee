/** JSON and GraphQL text that no well-meaning program would make. */
import { type GraphQLInputType, getNullableType, isEnumType, isInputObjectType, isListType } from 'graphql';

/** A piece of JSON as text: `1e400`, `-0`, or something nested deeper than any program writes. */
export class Raw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** How a failed property shows it. */
  toString(): string {
    return this.text.length > 100 ? `Raw(${this.text.slice(0, 50)}… ${this.text.length})` : `Raw(${this.text})`;
  }
}

/** The value as JSON text, with what is Raw in it as it is. Undefined members are left out. */
export function toJson(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => toJson(item ?? null)).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${toJson(member)}`).join()}}`;
}

/** The value as a GraphQL literal, where it can be one: object keys must be names. */
export function toLiteral(value: unknown, type?: GraphQLInputType): string | undefined {
  const inner = type && getNullableType(type);
  if (value instanceof Raw) return /[":]/.test(value.text) ? undefined : value.text;
  if (Array.isArray(value)) {
    const items = value.map((item) => toLiteral(item ?? null, isListType(inner) ? inner.ofType : undefined));
    return items.includes(undefined) ? undefined : `[${items.join()}]`;
  }
  if (typeof value === 'string' && isEnumType(inner) && /^[_A-Za-z]\w*$/.test(value)) return value;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = isInputObjectType(inner) ? inner.getFields() : {};
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const literals = members.map(([name, member]) => {
    const literal = /^[_A-Za-z]\w*$/.test(name) ? toLiteral(member, fields[name]?.type) : undefined;
    return literal === undefined ? undefined : `${name}:${literal}`;
  });
  return literals.includes(undefined) ? undefined : `{${literals.join()}}`;
}
