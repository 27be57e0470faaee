/** Documents that together select every field of the schema. */
import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { schema } from './schema.ts';
import type { World } from './world.ts';

type Wrap = (inner: string) => string;

/** One document for each reachable object type: all its fields, at the end of the shortest path to it. */
export function wholeDocuments(world: World): string[] {
  const found = new Map<GraphQLObjectType, Wrap>();
  const waiting: { type: GraphQLNamedType | null | undefined; wrap: Wrap }[] = [];
  const next = (type: GraphQLNamedType | null | undefined, wrap: Wrap) => waiting.push({ type, wrap });
  next(schema.getQueryType(), (inner) => `{ ${inner} }`);
  for (let one = waiting.shift(); one; one = waiting.shift()) {
    const { type, wrap } = one;
    if (isAbstractType(type)) {
      for (const behind of schema.getPossibleTypes(type))
        next(behind, (inner) => wrap(`... on ${behind} { ${inner} }`));
    }
    if (!isObjectType(type) || found.has(type)) continue;
    found.set(type, wrap);
    for (const field of Object.values(type.getFields())) {
      // Lists are more likely than single records to contain a value.
      if (field.args.some(isRequiredArgument)) continue;
      next(getNamedType(field.type), (inner) => wrap(`${asked(field, world)} { ${inner} }`));
    }
  }
  return [...found].map(([type, wrap]) =>
    wrap(
      Object.values(type.getFields())
        .map((field) => whole(field, world))
        .join(' '),
    ),
  );
}

function whole(field: GraphQLField<unknown, unknown>, world: World): string {
  return isLeafType(getNamedType(field.type)) ? asked(field, world) : `${asked(field, world)} { __typename }`;
}

/** The field with its required arguments. Lists return enough rows for some to have a value. */
function asked({ name, args }: GraphQLField<unknown, unknown>, { ids, clients, contacts }: World): string {
  const some = Object.values(ids).map(([id]) => id);
  const required: Readonly<Record<string, string>> = {
    client: `by: { id: "${clients[0]?.id}" }`,
    clientContact: `by: { id: "${contacts[0]?.id}" }`,
    node: `id: "${clients[0]?.id}"`,
    nodes: `ids: ${JSON.stringify(some)}`,
  };
  // What is looked up by a key is named after its type.
  const [id] = ids[`${name.charAt(0).toUpperCase()}${name.slice(1)}`] ?? [];
  if (args.some(isRequiredArgument)) return `${name}(${required[name] ?? `by: { id: "${id}" }`})`;
  return args.some((argument) => argument.name === 'first') ? `${name}(first: 30)` : name;
}
