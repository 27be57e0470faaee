/** Documents for every root field of the schema, made from the schema itself: what is added to it is met unnamed. */
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import type { Role } from '../../src/session/viewer.ts';

export interface RootField {
  operation: 'query' | 'mutation';
  name: string;
  args: readonly GraphQLArgument[];
  /** The smallest role that may ask for it. */
  role: Role;
  /** Takes each argument as the variable of its name, and selects what there is to select. */
  document: string;
  /** The same with its arguments written in place: `(first: 1)`, or nothing. */
  inline(args: string): string;
}

/** The fields of Query and Mutation. */
export function rootFields(schema: GraphQLSchema): RootField[] {
  const roots = [
    ['query', schema.getQueryType(), 'READER'],
    ['mutation', schema.getMutationType(), 'WRITER'],
  ] as const;
  return roots.flatMap(([operation, type, usual]) =>
    Object.values(type?.getFields() ?? {}).map((field): RootField => {
      const { name, args } = field;
      const type = getNamedType(field.type);
      const selection = selectionOf(schema, type, isAbstractType(type) ? 1 : 2);
      const variables = args.map((arg) => `$${arg.name}: ${arg.type}`).join(', ');
      const passed = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
      const inline = (given: string) => `${operation} { ${name}${given} ${selection} }`;
      return {
        operation,
        name,
        args,
        role: (field.extensions.record?.access as Role | undefined) ?? usual,
        document: args.length > 0 ? `${operation} (${variables}) { ${name}(${passed}) ${selection} }` : inline(''),
        inline,
      };
    }),
  );
}

/** The fields of a type that need no arguments, `depth` levels of records deep; of lists within lists, the first two. */
function selectionOf(schema: GraphQLSchema, type: GraphQLNamedType, depth: number): string {
  if (isLeafType(type)) return '';
  if (isAbstractType(type)) {
    const types = schema.getPossibleTypes(type);
    const parts = types.map((one) => `... on ${one} ${objectSelection(schema, one, depth, conflictsOf(types))}`);
    return `{ __typename ${parts.join(' ')} }`;
  }
  if (!isObjectType(type)) throw new Error(`${type} cannot be selected from`);
  return objectSelection(schema, type, depth, new Set());
}

/** `aliased` are fields that other types at the same place have with another type. */
function objectSelection(schema: GraphQLSchema, type: GraphQLObjectType, depth: number, aliased: Set<string>): string {
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const selected = fieldSelection(schema, field, depth);
    if (selected === undefined) return [];
    return aliased.has(field.name) ? `${type}_${field.name}: ${selected}` : selected;
  });
  return `{ __typename ${fields.join(' ')} }`;
}

function conflictsOf(types: readonly GraphQLObjectType[]): Set<string> {
  const fields = types.flatMap((type) => Object.values(type.getFields()));
  return new Set(
    fields
      .filter(({ name, type }) => fields.some((other) => other.name === name && String(other.type) !== String(type)))
      .map(({ name }) => name),
  );
}

function fieldSelection(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>, depth: number) {
  const type = getNamedType(field.type);
  // What edges lead to, nodes do too.
  if (field.args.some(isRequiredArgument) || type.name.endsWith('Edge')) return undefined;
  if (isLeafType(type)) return field.name;
  if (depth === 0) return undefined;
  const page = field.args.some(({ name }) => name === 'first') ? '(first: 2)' : '';
  const isRecord = !/(Connection|Payload)$/.test(type.name);
  return `${field.name}${page} ${selectionOf(schema, type, isRecord ? depth - 1 : depth)}`;
}
