/** Walks the selection below a field. */
import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type SelectionNode,
} from 'graphql';
import type { Fault } from './context.ts';
import { ORDERS, type PageArgs, pageFaults } from './lists.ts';
import { typeOfId } from './records.ts';

/** The possible object types of a field. */
export function objectTypes(type: GraphQLOutputType, { schema }: GraphQLResolveInfo): readonly GraphQLObjectType[] {
  const named = getNamedType(type);
  if (isAbstractType(named)) return schema.getPossibleTypes(named);
  return isObjectType(named) ? [named] : [];
}

/** The fields selected on an object type, by response key. */
export function selected(type: GraphQLObjectType, nodes: readonly FieldNode[], info: GraphQLResolveInfo) {
  const found = new Map<string, FieldNode[]>();
  const look = (selections: readonly SelectionNode[]) => {
    for (const selection of selections) {
      if (getDirectiveValues(GraphQLSkipDirective, selection, info.variableValues)?.if === true) continue;
      if (getDirectiveValues(GraphQLIncludeDirective, selection, info.variableValues)?.if === false) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        found.set(key, [...(found.get(key) ?? []), selection]);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : info.fragments[selection.name.value];
      const on = fragment?.typeCondition?.name.value ?? type.name;
      const implemented = type.getInterfaces().map(({ name }) => name);
      if (fragment && (on === type.name || implemented.includes(on))) look(fragment.selectionSet.selections);
    }
  };
  for (const node of nodes) look(node.selectionSet?.selections ?? []);
  return found;
}

/** The faults of all lists selected below a root field, on the object types that it can return. */
export function faultsBelow(args: Readonly<Record<string, unknown>>, info: GraphQLResolveInfo): Fault[] {
  const ids = [args.id, args.ids].flat().map((id) => typeOfId(String(id)));
  const types = objectTypes(info.returnType, info);
  const possible = types.length > 1 ? types.filter(({ name }) => ids.includes(name)) : types;
  return possible.flatMap((type) => faultsWithin(type, info.fieldNodes, [info.path.key], info));
}

function faultsWithin(
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  path: Fault['path'],
  info: GraphQLResolveInfo,
): Fault[] {
  return [...selected(type, nodes, info)].flatMap(([key, inner]) => {
    const [node] = inner;
    const field = type.getFields()[node?.name.value ?? ''];
    if (!field || !node) return []; // __typename
    const at = [...path, key];
    const order = ORDERS[getNamedType(field.type).name];
    const given = order ? getArgumentValues(field, node, info.variableValues) : {};
    const own = order ? pageFaults(given as PageArgs, order) : [];
    return [
      ...own.map((fault) => ({ ...fault, path: [...at, ...fault.path] })),
      ...objectTypes(field.type, info).flatMap((object) => faultsWithin(object, inner, at, info)),
    ];
  });
}
