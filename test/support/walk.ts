/** Ways through a schema: every field that can be reached from a type, and every argument that a field can be given. */
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { toLiteral } from './json.ts';

/** A type at the end of a way from a root field. */
export interface Place {
  type: GraphQLNamedType;
  /** The field by which it is reached, and the type that has this field. */
  by: { type: GraphQLNamedType; field: string } | undefined;
  /** The names on the way, for messages. */
  way: readonly string[];
  /** What is selected here, as part of a selection of the root field. */
  select(inner: string): string;
  /** How many records more may lie on the way. */
  depth: number;
}

export interface Root {
  operation: 'query' | 'mutation';
  field: GraphQLField<unknown, unknown>;
  place: Place;
}

/** The fields of Query and Mutation, `depth` records deep. */
export function rootsOf(schema: GraphQLSchema, depth: number): Root[] {
  const types = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const;
  return types.flatMap(([operation, type]) =>
    Object.values(type?.getFields() ?? {}).map((field) => ({
      operation,
      field,
      place: {
        type: getNamedType(field.type),
        by: undefined,
        way: [field.name],
        select: (inner: string) => `{ ${inner} }`,
        depth,
      },
    })),
  );
}

/** The leaves among the fields of the type at a place. */
export function leavesOf({ type }: Place): string[] {
  const leaves = fieldsOf(type).filter((field) => isLeafType(getNamedType(field.type)));
  return ['__typename', ...leaves.map(({ name }) => name)];
}

/** The places that the other fields of the type lead to; and, for an interface, the types behind it. */
export function placesBeyond(schema: GraphQLSchema, place: Place): Place[] {
  const { type, way, select, depth } = place;
  const behind = isAbstractType(type) ? schema.getPossibleTypes(type) : [];
  return [
    ...behind.map((one) => ({
      type: one,
      by: undefined,
      way: [...way, `(${one})`],
      select: (inner: string) => select(`... on ${one} { ${inner} }`),
      depth,
    })),
    ...fieldsOf(type).flatMap((field) => {
      const inner = getNamedType(field.type);
      if (isLeafType(inner)) return [];
      if (field.args.some(isRequiredArgument))
        throw new Error(`${type}.${field.name} cannot be walked without arguments`);
      // What edges lead to, nodes do too: one record deep is enough to see that both show the same.
      const steps = inner.name.endsWith('Edge') ? 2 : isRecord(inner) ? 1 : 0;
      if (depth < steps) return [];
      const page = field.args.some(({ name }) => name === 'first') ? '(first: 3)' : '';
      return {
        type: inner,
        by: { type, field: field.name },
        way: [...way, field.name],
        select: (selected: string) => select(`${field.name}${page} { ${selected} }`),
        depth: depth - steps,
      };
    }),
  ];
}

function fieldsOf(type: GraphQLNamedType): GraphQLField<unknown, unknown>[] {
  return isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
}

/** Whether objects of the type are records, with an id of their own. */
export function isRecord(type: GraphQLNamedType): boolean {
  return isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node');
}

/** Values that arguments are made of. */
export interface Pool {
  ids: readonly string[];
  texts: readonly string[];
  /** Of pages, say. */
  number?: number;
}

/** Arguments as they are written in a document, each of them in turn with each of its values, the others at rest. */
export function argumentsOf(args: readonly GraphQLArgument[], pool: Pool): string[] {
  const required = args.filter(isRequiredArgument);
  const rest = Object.fromEntries(required.map(({ name, type }) => [name, valuesOf(type, pool)[0]]));
  const variants = args.flatMap(({ name, type }) => valuesOf(type, pool).map((value) => ({ ...rest, [name]: value })));
  const all = required.length === 0 ? [{}, ...variants] : variants;
  return all.map((variant) => written(args, variant));
}

function written(args: readonly GraphQLArgument[], values: Readonly<Record<string, unknown>>): string {
  const given = args.filter(({ name }) => values[name] !== undefined);
  const literals = given.map(({ name, type }) => `${name}: ${toLiteral(values[name], type)}`);
  return literals.length > 0 ? `(${literals.join(', ')})` : '';
}

const SCALARS: Readonly<Record<string, readonly unknown[]>> = {
  Float: [1.5],
  Boolean: [true, false],
  Date: ['2024-02-29'],
  DateTime: ['2030-01-01T00:00:00Z'],
  EmailAddress: ['a@example.com'],
  URL: ['https://example.com'],
  PhoneNumber: ['+442079460958'],
  CountryCode: ['GB'],
  TimeZone: ['Europe/London'],
  JSONObject: [{}],
};

/** Values of an input type: of an object, each field in turn with each of its values. */
function valuesOf(type: GraphQLInputType, pool: Pool, within: readonly string[] = []): unknown[] {
  if (isNonNullType(type)) return valuesOf(getNullableType(type), pool, within);
  if (isListType(type)) return valuesOf(type.ofType, pool, within).map((value) => [value]);
  if (isEnumType(type)) return type.getValues().map(({ name }) => name);
  if (isInputObjectType(type)) {
    // Once more within itself is enough to see what `and`, `or` and `not` do.
    if (within.filter((name) => name === type.name).length > 1) return [];
    const inside = [...within, type.name];
    const fields = Object.values(type.getFields());
    const nested = within.includes(type.name);
    const required = type.isOneOf ? [] : fields.filter(isRequiredInputField);
    const rest = Object.fromEntries(required.map((field) => [field.name, valuesOf(field.type, pool, inside)[0]]));
    return fields.flatMap((field) => {
      const values = valuesOf(field.type, pool, inside);
      return (nested ? values.slice(0, 1) : values).map((value) => ({ ...rest, [field.name]: value }));
    });
  }
  if (type.name === 'ID') return [...pool.ids];
  if (type.name === 'Int') return [pool.number ?? 2];
  return [...(SCALARS[type.name] ?? pool.texts)];
}

/** Root fields as one document, each under an alias of its own. */
export interface Asked {
  operation: 'query' | 'mutation';
  /** The field with its arguments and selection. */
  text: string;
}

/** Packs what is asked for into documents within the limits of the server. */
export function documentsOf<T extends Asked>(asked: readonly T[], most = 90): { document: string; asked: T[] }[] {
  const packs: { operation: Asked['operation']; asked: T[]; size: number }[] = [];
  for (const one of asked) {
    const size = one.text.match(/[\w"-]+|[^\s\w]/g)?.length ?? 0;
    const last = packs.at(-1);
    const fits = last && last.operation === one.operation && last.asked.length < most && last.size + size < 1_700;
    if (fits) {
      last.asked.push(one);
      last.size += size;
    } else packs.push({ operation: one.operation, asked: [one], size });
  }
  return packs.map(({ operation, asked: packed }) => ({
    document: `${operation} { ${packed.map(({ text }, index) => `a${index}: ${text}`).join('\n')} }`,
    asked: packed,
  }));
}
