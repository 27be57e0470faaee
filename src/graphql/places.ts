/**
 * Places of a response. Response keys name them, never values in a row: one row may stand at several places (aliases of a
 * relation, `nodes` beside `edges`), each with keys of its own. So each place is collected by itself.
 */
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getNamedType,
  isObjectType,
  responsePathAsArray,
  type SelectionSetNode,
} from 'graphql';
import { type CollectableDocument, collectFields, selectionSets } from '../execution/index.ts';

/** A place of a response: its path, and the selection sets there, which the specification merges by response key. */
export interface Place {
  path: readonly (string | number)[];
  sets: readonly SelectionSetNode[];
}

/** The place of `info`'s own field. */
export function placeOf({ path, fieldNodes }: GraphQLResolveInfo): Place {
  return { path: responsePathAsArray(path), sets: selectionSets(fieldNodes) };
}

/** The places of the fields at this path of names below `info`'s field: each alias on the way is a place of its own. */
export function placesAt(info: GraphQLResolveInfo, path: readonly string[]): Place[] {
  let type: GraphQLNamedType = getNamedType(info.returnType);
  let places = [placeOf(info)];
  for (const name of path) {
    if (!isObjectType(type)) return [];
    const parent = type;
    places = places.flatMap((place) => placesOf(parent, name, place, info));
    const field: GraphQLField<unknown, unknown> | undefined = type.getFields()[name];
    if (!field) return [];
    type = getNamedType(field.type);
  }
  return places;
}

/** The places of a field below a place, by its aliases there. */
export function placesOf(
  type: GraphQLObjectType,
  field: string,
  place: Place,
  execution: CollectableDocument,
): Place[] {
  return fieldsAt(type, place, execution)
    .filter(({ node }) => node.name.value === field)
    .map(({ below }) => below);
}

/** A field at a place: its first node, and the place below it. */
export interface FieldAt {
  node: FieldNode;
  below: Place;
}

/** The fields that are selected at a place. */
export function fieldsAt(type: GraphQLObjectType, { path, sets }: Place, execution: CollectableDocument): FieldAt[] {
  return [...collectFields(type, sets, execution)].flatMap(([key, nodes]) => {
    const [node] = nodes;
    return node ? [{ node, below: { path: [...path, key], sets: selectionSets(nodes) } }] : [];
  });
}
